"""A file that a publisher alone writes: whole or not at all, and never over somebody else's."""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path

from boundary_plugins import Condition, Examined, Refused, Unavailable

_SENTENCES = {
    errno.ENOENT: "the folder of {} does not exist",
    errno.ENOTDIR: "the folder of {} is not a folder",
    errno.EISDIR: "{} is a folder; allowed: a file",
    errno.EACCES: "{} may not be written by this user",
    errno.EPERM: "{} may not be written by this user",
    errno.EROFS: "{} is on a disk that cannot be written",
    errno.ENOSPC: "the disk of {} is full",
    errno.EDQUOT: "the disk of {} is full for this user",
}


class WrittenFile:
    """One file. `is_ours` tells by its content whether this program wrote it; `name` is who writes."""

    def __init__(self, path: Path, name: str, is_ours: Callable[[bytes], bool]) -> None:
        """Open nothing yet: a folder that is not there may come."""
        self._path, self._name, self._is_ours = path, name, is_ours

    def content(self) -> bytes | None:
        """What the file says now; None where there is none. Raises Unavailable."""
        try:
            return self._read()
        except OSError as error:
            raise self._unavailable(error) from None

    def write(self, content: bytes) -> bool:
        """Write the file where it would differ; True where it was written.

        Raises Unavailable where it cannot be written, with the old file as it was, and Refused where
        the file there is not one of ours.
        """
        try:
            before = self._read()
            if before == content:
                return False
            if before and not self._is_ours(before):
                raise Refused(self._name, self._foreign())
            _replace(Path(os.path.realpath(self._path)), content)
        except OSError as error:
            raise self._unavailable(error) from None
        return True

    def remove(self) -> None:
        """Delete the file where it is one of ours."""
        try:
            before = self._read()
            if before and self._is_ours(before):
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unavailable(error) from None

    def examine(self) -> tuple[Examined, ...]:
        """Whether the file could be written, by looking at its folder and at what lies there."""
        part, folder = "file", Path(os.path.realpath(self._path)).parent
        try:
            before = self._read()
            if not folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, "")
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "")
        except OSError as error:
            found = str(self._unavailable(error)).removeprefix(f"{self._name}: ")
            return (Examined(part, Condition.BROKEN, found, "see that this user may write there"),)
        if before and not self._is_ours(before):
            remedy = "name another file, or move that one away"
            return (Examined(part, Condition.BROKEN, self._foreign(), remedy),)
        written = "was written before" if before else "can be written"
        return (Examined(part, Condition.OK, f"{self._path} {written}"),)

    def _read(self) -> bytes | None:
        """What the file says now."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _foreign(self) -> str:
        """One sentence about a file of somebody else."""
        return f"{self._path} is not a file that this program wrote, so it is left as it is"

    def _unavailable(self, error: OSError) -> Unavailable:
        """One sentence about a file that cannot be written."""
        sentence = _SENTENCES.get(error.errno or 0)
        if sentence is None:
            sentence = f"{{}} cannot be written ({error.strerror})"
        return Unavailable(self._name, sentence.format(self._path))


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, to the disk, then rename: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.boundary-new")
    beside.unlink(missing_ok=True)
    try:
        _write(beside, content, _mode(path))
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _write(path: Path, content: bytes, mode: int | None) -> None:
    """A new file on the disk; readable for all, as a web server's user must read it, unless `mode`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _mode(path: Path) -> int | None:
    """The permissions that somebody may have given the file."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
