"""Mail that lies in files: an .eml, an mbox, a Maildir or a folder of .eml, one message at a time."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from boundary_plugins.codecs.mime import iter_mbox
from boundary_plugins.errors import UsageProblem

#: Of a larger message only so much is read; headers and the structure stand at its beginning.
MOST_BYTES = 1 << 20

_MAILDIR_FOLDERS = ("new", "cur")
_MBOX_BEGIN = b"From "


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """One message: the file it lies in, its index there (from 0), its bytes, and when the file was written."""

    path: str
    index: int
    data: bytes
    file_time: datetime


def archived(paths: Iterable[Path]) -> Iterator[ArchivedMessage]:
    """Every message below the paths, in the order given, folders by name; memory does not grow with them.

    Raises UsageProblem for a path that does not exist. A file that cannot be read is a message without
    a byte, so that it is reported and the rest goes on.
    """
    for path in paths:
        if not path.exists():
            raise UsageProblem(f"{path}: there is no such file or folder")
        yield from _in_folder(str(path)) if path.is_dir() else _in_file(str(path))


def _in_folder(folder: str) -> Iterator[ArchivedMessage]:
    """A Maildir's new and cur, else every .eml and mbox in the folder and below it."""
    inner = [Path(folder) / name for name in _MAILDIR_FOLDERS]
    if any(path.is_dir() for path in inner):
        for path in inner:
            if path.is_dir():
                yield from _files(str(path), whatever_their_name=True)
        return
    yield from _files(folder, whatever_their_name=False)
    for entry in _sorted_entries(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _in_folder(entry.path)


def _files(folder: str, *, whatever_their_name: bool) -> Iterator[ArchivedMessage]:
    """The messages of the files in one folder."""
    for entry in _sorted_entries(folder):
        is_mail = whatever_their_name or entry.name.endswith((".eml", ".mbox"))
        if is_mail and not entry.name.startswith(".") and entry.is_file():
            yield from _in_file(entry.path)


def _sorted_entries(folder: str) -> list[os.DirEntry[str]]:
    """The entries of a folder by name."""
    with os.scandir(folder) as entries:
        return sorted(entries, key=_name)


def _name(entry: os.DirEntry[str]) -> str:
    """The name of an entry, for ordering."""
    return entry.name


def _beginning(path: str) -> tuple[bytes, datetime]:
    """What is read of a file, and when it was written. Raises OSError."""
    # Ten thousand files are read in a row: a file object asks the system twice as much as is needed.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0))
    try:
        known = os.fstat(descriptor)
        # A buffer of the greatest size for each small file would take longer than the reading.
        data = os.read(descriptor, min(known.st_size or MOST_BYTES, MOST_BYTES))
    finally:
        os.close(descriptor)
    return data, datetime.fromtimestamp(known.st_mtime, UTC)


def _in_file(path: str) -> Iterator[ArchivedMessage]:
    """The one message of a file, or all of an mbox."""
    try:
        data, file_time = _beginning(path)
    except OSError:
        yield ArchivedMessage(path, 0, b"", datetime.fromtimestamp(0, UTC))
        return
    if not data.startswith(_MBOX_BEGIN):
        yield ArchivedMessage(path, 0, data, file_time)
        return
    del data
    for index, message in enumerate(iter_mbox(Path(path))):
        yield ArchivedMessage(path, index, message[:MOST_BYTES], file_time)
