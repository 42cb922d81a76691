"""The header block of a message: cutting it from the bytes, and reading it into fields."""

import re
from functools import lru_cache

from boundary_plugins.core.message import Headers

#: No honest header block is longer; what follows is not looked at.
MAX_HEADER_BYTES = 1 << 20

_FIELD_NAME = re.compile(r"[!-9;-~]+\Z")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_FROM_LINES = (b"From ", b">From ")
_LF_FIRST = (b"\n\n", b"\n\r\n", b"\r\r")
_CRLF_FIRST = (b"\n\r\n", b"\n\n", b"\r\r")


def header_block(data: bytes) -> bytes | None:
    """The header block of a message, without the empty line, None where there is none.

    Line ends are CRLF, LF or CR, also mixed. A byte order mark, NULs and leading mbox `From ` lines are
    dropped; of an endless block the whole lines of the first MiB are taken.
    """
    return cut(data)[0]


def cut(data: bytes) -> tuple[bytes | None, int]:
    """The header block as `header_block` gives it, and the index at which the body begins."""
    end = _end_of_header_block(data)
    return _cleaned(data[:end]), end


def _cleaned(block: bytes) -> bytes | None:
    """The block with LF line ends and without what does not belong to it."""
    if b"\r" in block or b"\0" in block:
        block = block.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\0", b"")
    if block.startswith(_BYTE_ORDER_MARK):
        block = block[3:]
    while block.startswith(_FROM_LINES):
        block = block.partition(b"\n")[2]
    if block.startswith(b"\n"):
        return None
    return block.partition(b"\n\n")[0].rstrip(b"\n") or None


def _end_of_header_block(data: bytes) -> int:
    """Where the body begins: after the first empty line, whatever the line ends are.

    The empty line of the message's own line ends is looked for first, the others only before it, so
    that a long body is not read.
    """
    limit = min(len(data), MAX_HEADER_BYTES)
    first = data.find(b"\n", 0, limit)
    crlf = first > 0 and data[first - 1] == 0x0D
    end = -1
    for mark in _CRLF_FIRST if crlf else _LF_FIRST:
        at = data.find(mark, 0, limit)
        if at >= 0:
            end = at + len(mark)
            limit = at + 1
            if not crlf and data.find(b"\r", 0, limit) < 0:
                # One byte is found much sooner than three, and most often it is not there.
                break
    if end < 0 and limit < len(data):
        return data.rfind(b"\n", 0, limit) + 1
    return limit if end < 0 else end


def read_headers(block: bytes) -> Headers | None:
    """The fields of a header block, with values unfolded but not decoded; None where no field is in it.

    Reads what the standard library's BytesHeaderParser reads, and the obsolete space before the colon
    (RFC 5322, section 4.5). 8-bit values are UTF-8 where they can be (RFC 6532), else Windows-1252.
    """
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = "\n".join([_decoded_line(line) for line in block.split(b"\n")])
    # Whatever begins with white space continues the line above.
    if "\t" in text:
        # Looking for one letter is ten times as fast as replacing two where there are none.
        text = text.replace("\n\t", "\t")
    lines = text.replace("\n ", " ").split("\n")
    fields: dict[str, tuple[str, ...]] = {}
    repeated: dict[str, list[str]] = {}
    for line in lines:
        raw_name, colon, value = line.partition(":")
        name = field_name(raw_name)
        if name is None or not colon:
            if _ends_the_block(line):
                break
            continue
        if name not in fields:
            fields[name] = (value.strip(" \t"),)
        else:
            repeated.setdefault(name, [*fields[name]]).append(value.strip(" \t"))
    for name, values in repeated.items():
        fields[name] = tuple(values)
    return Headers(fields) if fields else None


@lru_cache(maxsize=2048)
def field_name(raw: str) -> str | None:
    """The lower-case name of a field, None where it is no name (RFC 5322, sections 2.2 and 4.5)."""
    name = raw.rstrip(" \t")
    return name.lower() if _FIELD_NAME.match(name) else None


def _ends_the_block(line: str) -> bool:
    """Whether a line that is no field begins the body; an empty name or an mbox line is only passed over."""
    return not line.startswith((":", "From ", " ", "\t"))


def _decoded_line(line: bytes) -> str:
    """One line as UTF-8 where it is, else as Windows-1252."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
