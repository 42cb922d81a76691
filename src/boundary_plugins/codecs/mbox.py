"""Streaming through an mbox file, one message in memory at a time."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

#: Of a longer message only so much is kept: header block and structure lie well within.
MAX_MESSAGE_BYTES = 8 << 20

_CHUNK = 1 << 18
_LONGEST_LINE = 1 << 16
#: What must be seen before a `From ` line to know it: an empty line, and the end of the one before.
_CONTEXT = 3
_LINE_FEED = 0x0A
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


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
    """Cut the text at each `From ` line that follows an empty one.

    The text is searched as a whole and not line by line, of which a mailbox has hundred times as many as
    messages; of a long message the beginning is put aside, so that the text in memory stays small.
    """
    # The start of the file counts as following an empty line.
    text, begin, begun = b"\n\n", 2, False
    aside: list[bytes] = []
    size = 0
    while True:
        more = file.read(_CHUNK)
        text = text[begin - _CONTEXT :] + more if begin > _CONTEXT else text + more
        begin = min(begin, _CONTEXT)
        while found := _from_line(text, begin, final=not more):
            if begun or aside or found[0] > begin:
                yield _whole(aside, text[begin : found[0]], limit)
            aside, size, begun, begin = [], 0, True, found[1]
        if not more:
            break
        undecided = len(text) - _LONGEST_LINE - _CONTEXT
        if undecided - begin > _CHUNK:
            if size < limit:
                aside.append(text[begin:undecided])
            size += undecided - begin
            begin = undecided
    if begun or aside or len(text) > begin:
        yield _whole(aside, text[begin:], limit)


def _from_line(text: bytes, begin: int, *, final: bool) -> tuple[int, int] | None:
    """Where the next `From ` line after an empty one begins and ends; None where `text` holds no whole one.

    `final` tells that nothing follows `text`. One that is too long for a line ends nevertheless.
    """
    at = text.find(b"\nFrom ", begin - 1)
    while at >= 0:
        if text[at - 1] == _LINE_FEED or text[at - 2 : at] == b"\n\r":
            end = text.find(b"\n", at + 1) + 1
            if end:
                return at + 1, end
            return (at + 1, len(text)) if final or len(text) - at > _LONGEST_LINE else None
        at = text.find(b"\nFrom ", at + 1)
    return None


def _whole(aside: list[bytes], end: bytes, limit: int) -> bytes:
    """A message of its parts, at most `limit` bytes; `>From ` and, in mboxrd, `>>From ` lose one mark."""
    message = b"".join((*aside, end))[:limit] if aside or len(end) > limit else end
    return _QUOTED_FROM.sub(rb"\1", message) if b">From " in message else message
