"""The text of a file of clients, in whichever encoding it was saved; what is no text is refused."""

import os
import stat
from pathlib import Path

from boundary_plugins import Unavailable

#: In bytes. An address book with photographs is large; beyond this it is something else.
LARGEST = 64 * 1024 * 1024
_MEGABYTE = 1024 * 1024

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: What a program writes that does not export text: a workbook or another archive, a document, an image.
_OTHER_FILES = (
    (b"PK\x03\x04", "a workbook or an archive; export it as CSV"),
    (b"\xd0\xcf\x11\xe0", "an old workbook; export it as CSV"),
    (b"%PDF", "a PDF document; export it as CSV"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
)

# What tells that a file was changed: its time in nanoseconds, its size, and its inode.
Stamp = tuple[int, int, int]


def read_client_text(path: Path, name: str) -> str:
    """The text of the file. Raises Unavailable in the name of the provider `name`, with one sentence."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise Unavailable(name, f"{path} is not a file")
            if status.st_size > LARGEST:
                size, most = status.st_size // _MEGABYTE, LARGEST // _MEGABYTE
                raise Unavailable(name, f"{path} is too large ({size} MB); allowed: up to {most} MB")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(path, name, error) from None
    try:
        return decoded(data)
    except ValueError as error:
        raise Unavailable(name, f"{path.name}: {error}") from None


def stamp_of(path: Path, name: str) -> Stamp:
    """What tells one state of the file from another. Raises Unavailable."""
    try:
        status = path.stat()
    except OSError as error:
        raise unreadable(path, name, error) from None
    return status.st_mtime_ns, status.st_size, status.st_ino


def unreadable(path: Path, name: str, error: OSError) -> Unavailable:
    """One sentence about a file that cannot be read."""
    if isinstance(error, FileNotFoundError):
        return Unavailable(name, f"there is no file {path}")
    if isinstance(error, IsADirectoryError):
        return Unavailable(name, f"{path} is a folder; allowed: a file")
    if isinstance(error, PermissionError):
        return Unavailable(name, f"{path} may not be read by this user")
    return Unavailable(name, f"{path} cannot be read ({error.strerror})")


def decoded(data: bytes) -> str:
    """Text of UTF-8, UTF-16 or (what Windows still writes) Windows-1252. Raises ValueError, saying why."""
    for beginning, what in _OTHER_FILES:
        if data.startswith(beginning):
            raise ValueError(f"it is {what}")
    text = _decoded(data)
    if text is None or any(character in text for character in "\0\x01\x02\x03\x04\x05\x06\x07\x08"):
        raise ValueError("it is not text; allowed: UTF-8, UTF-16 or Windows-1252")
    return text


def _decoded(data: bytes) -> str | None:
    """The text in the first encoding that fits; None where none does."""
    for encoding in _encodings(data):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _encodings(data: bytes) -> tuple[str, ...]:
    """The encodings to try: the one that its mark names, or where every other byte is none, UTF-16."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return (encoding,)
    beginning = data[:2000]
    even, odd = beginning[0::2], beginning[1::2]
    if odd and odd.count(0) > len(odd) * 0.7:
        return ("utf-16-le",)
    if even and even.count(0) > len(even) * 0.7:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")
