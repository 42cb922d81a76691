"""Streaming through an mbox file, one message in memory at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

#: Of a longer message only so much is kept: header block and structure lie well within.
MAX_MESSAGE_BYTES = 8 << 20

_LONGEST_LINE = 1 << 16
_MARK, _LINE_FEED = b">\n"
_EMPTY_LINES = (b"\n", b"\r\n")


def iter_mbox(
    source: str | Path | IO[bytes], *, max_message_bytes: int = MAX_MESSAGE_BYTES
) -> Iterator[bytes]:
    """Each message of an mbox (mboxo, mboxrd; LF or CRLF), without its `From ` line, in order.

    `source` is a path or a file open for reading bytes. A message begins at the start or after an empty
    line; what stands before the first `From ` line counts as a message too. `>From ` is unquoted.
    Raises OSError.
    """
    if isinstance(source, (str, Path)):
        with Path(source).open("rb") as file:
            yield from _messages(file, max_message_bytes)
    else:
        yield from _messages(source, max_message_bytes)


def looks_like_mbox(beginning: bytes) -> bool:
    """Whether a file that begins like this is an mbox."""
    return beginning.startswith(b"From ")


def _messages(file: IO[bytes], limit: int) -> Iterator[bytes]:
    """Gather lines until the next `From ` line that follows an empty one."""
    lines: list[bytes] = []
    size, after_empty, whole, begun = 0, True, True, False
    readline = file.readline
    while line := readline(_LONGEST_LINE):
        if after_empty and whole and line.startswith(b"From "):
            if begun:
                yield b"".join(lines)
            lines, size, begun = [], 0, True
        elif size < limit:
            begun = True
            lines.append(_unquoted(line) if line[0] == _MARK and whole else line)
            size += len(line)
        after_empty = len(line) < 3 and whole and line in _EMPTY_LINES
        whole = line[-1] == _LINE_FEED
    if begun:
        yield b"".join(lines)


def _unquoted(line: bytes) -> bytes:
    """`>From ` and, in mboxrd, `>>From ` lose one mark."""
    return line[1:] if line.lstrip(b">").startswith(b"From ") else line
