"""Reading a Maildir that others deliver to and tidy up, without ever changing it."""

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("new", "cur")

# In seconds: the coarsest clock of a file system in use (FAT's) ticks this often.
CLOCK_TICK = 2.0

# Seconds since 1970 have so many digits from 1973 to the year 5138; a shorter number is none.
_LENGTH_OF_SECONDS = range(9, 12)


class NoMaildirError(Exception):
    """There is no Maildir at this path; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a look at the folders' own times gave, and when (seconds since 1970)."""

    times: tuple[tuple[int, int], ...]
    taken_at: float

    def is_too_fresh(self) -> bool:
        """Whether something may still come under the very same time."""
        return any(abs(self.taken_at - modified / 1e9) < CLOCK_TICK for _, modified in self.times)


class Maildir:
    """One Maildir (or Maildir++ folder). A message's identity is its file's name before the `:`.

    `set_aside` is told once of each thing that is no readable message: its identity and a reason.
    """

    def __init__(self, path: Path, set_aside: Callable[[str, str], None]) -> None:
        """Look at nothing yet."""
        self.path = path
        self._set_aside = set_aside
        self._told: set[str] = set()
        self._names: dict[str, str] = {}

    def stamp(self) -> Stamp:
        """The times of the folders, which change whenever a name comes, goes or changes."""
        taken_at = time.time()
        try:
            found = [(self.path / folder).stat() for folder in FOLDERS]
        except OSError as error:
            raise self._missing(error) from error
        return Stamp(tuple((status.st_ino, status.st_mtime_ns) for status in found), taken_at)

    def identities(self) -> set[str]:
        """Every message that is there and can be read.

        `new` is listed before `cur`: what a mail program moves meanwhile is then seen twice, never missed.
        """
        names: dict[str, str] = {}
        told_before, self._told = self._told, set()
        for folder in FOLDERS:
            try:
                with os.scandir(self.path / folder) as entries:
                    for entry in entries:
                        if not entry.name.startswith("."):
                            self._note(entry, folder, names, told_before)
            except OSError as error:
                raise self._missing(error) from error
        self._names = names
        return set(names)

    @property
    def set_aside_count(self) -> int:
        """How many entries of the last look were no messages that can be read."""
        return len(self._told)

    def _note(
        self, entry: "os.DirEntry[str]", folder: str, names: dict[str, str], told_before: set[str]
    ) -> None:
        """Take one entry of a folder, or set it aside and tell it once."""
        identity = identity_of(entry.name)
        reason = _why_not_read(entry)
        if reason is None:
            names[identity] = f"{folder}/{entry.name}"
            return
        self._told.add(identity)
        if identity not in told_before:
            self._set_aside(identity, reason)

    def delivered_at(self, identity: str) -> float:
        """About when a message came (seconds since 1970): its name begins with it, else the file's time."""
        digits = identity.partition(".")[0]
        if digits.isascii() and digits.isdigit() and len(digits) in _LENGTH_OF_SECONDS:
            return float(digits)
        try:
            return (self.path / self._names[identity]).stat().st_mtime
        except (KeyError, OSError):
            return time.time()

    def read(self, identity: str, limit: int) -> tuple[bytes, float]:
        """The first `limit` bytes of a message and its file's time (seconds since 1970).

        A message that was renamed since it was listed is looked for again. Raises FileNotFoundError
        where it is gone, NoMaildirError where everything is, and OSError where it cannot be read.
        """
        for path in self._places(identity):
            try:
                return _read(path, limit)
            except FileNotFoundError:
                continue
        self.stamp()
        raise FileNotFoundError(identity)

    def _places(self, identity: str) -> Iterator[Path]:
        """Where a message may be, looking anew twice: renaming can outrun a look."""
        if identity in self._names:
            yield self.path / self._names[identity]
        for _ in range(3):
            self.identities()
            if identity in self._names:
                yield self.path / self._names[identity]

    def _missing(self, error: OSError) -> NoMaildirError:
        """What is wrong with the whole Maildir."""
        if isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return NoMaildirError(f"there is no Maildir at {self.path} (it needs the folders new and cur)")
        return NoMaildirError(f"the Maildir at {self.path} cannot be read ({error.strerror})")


def identity_of(name: str) -> str:
    """A message's identity: the file's name without the flags that mail programs append to it."""
    return name.partition(":")[0]


def _why_not_read(entry: "os.DirEntry[str]") -> str | None:
    """Why an entry is no message that can be read; None where it is one."""
    if not entry.name.isprintable():
        return "its name is not printable text"
    if entry.is_symlink():
        return "it is a symbolic link"
    if not entry.is_file(follow_symlinks=False):
        return "it is no regular file"
    return None if os.access(entry.path, os.R_OK) else "it cannot be read (permissions)"


def _read(path: Path, limit: int) -> tuple[bytes, float]:
    """Open without following a link or waiting for a pipe, and read the beginning."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path.name} is no regular file")
        return file.read(limit), status.st_mtime
