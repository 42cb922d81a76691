"""The structure of a message, as far as one question needs it: does it hold a calendar's request?"""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64
from collections.abc import Iterator

from boundary_plugins.codecs.mime_fields import cut, read_headers
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.headers import parameters, token
from boundary_plugins.core.message import Headers

#: How much of a body is looked at, how deep and how many parts; beyond, the structure is unknown.
MAX_BODY_BYTES = 4 << 20
_MAX_DEPTH = 6
_MAX_PARTS = 200
_MAX_PART_HEADER = 16 << 10
_MAX_CALENDAR_BEGINNING = 8 << 10

#: Only these are opened: a forwarded message (message/rfc822) is a person's attachment.
_OPENED = frozenset({"multipart/mixed", "multipart/alternative", "multipart/related"})
_NOT_OPENED = ("text/plain", "text/html")
_NOT_OPENED_PART = re.compile(rb"Content-Type: text/(?:plain|html)")
_METHOD_LINE = re.compile(rb"^METHOD[ \t]*[:;]", re.IGNORECASE | re.MULTILINE)
_PLAIN_BOUNDARY = re.compile(r'; ?boundary="([^"\\]++)"')
_BASE64_LINES = re.compile(rb"\s+")


def holds_calendar_method(headers: Headers, data: bytes, body_start: int) -> bool | Unknown:
    """Whether text/calendar with a method stands at the top or in multipart/mixed or alternative.

    `data` is the whole message, whose body begins at `body_start`. Unknown where it is nested or long
    beyond what is looked at.
    """
    content_type = headers.first("content-type")
    if content_type is None or content_type is UNKNOWN or content_type.startswith(_NOT_OPENED):
        return _is_calendar_message(headers)
    if _is_calendar_message(headers):
        return True
    return _in_part(content_type, headers, data, body_start, min(len(data), MAX_BODY_BYTES), 0)


def _is_calendar_message(headers: Headers) -> bool:
    """Whether Exchange marks it as its calendar's (Content-Class)."""
    value = headers.first("content-class")
    return isinstance(value, str) and token(value) == "urn:content-classes:calendarmessage"


def _in_part(
    content_type: str, headers: Headers, data: bytes, start: int, end: int, depth: int
) -> bool | Unknown:
    """The same for one part, whose body lies from `start` to `end`."""
    kind = token(content_type)
    if kind == "text/calendar":
        return "method" in parameters(content_type) or _has_method_line(headers, data, start, end)
    if kind not in _OPENED:
        return False
    if depth == _MAX_DEPTH:
        return UNKNOWN
    plain = _PLAIN_BOUNDARY.search(content_type) if "(" not in content_type else None
    boundary = plain[1] if plain else parameters(content_type).get("boundary", "")
    return _in_multipart(boundary.rstrip().encode("utf-8", "replace"), data, start, end, depth)


def _in_multipart(boundary: bytes, data: bytes, start: int, end: int, depth: int) -> bool | Unknown:
    """The same for each part between the boundaries (RFC 2046, section 5.1.1).

    Unknown if one of the parts is and none has it, or if the last boundary is missing at the end of the
    data, as it is where only the beginning of a message was read.
    """
    answer: bool | Unknown = False
    begin: int | None = None
    for number, (line_start, next_line, closing) in enumerate(_delimiters(boundary, data, start, end)):
        found = False if begin is None else _in_raw_part(data, begin, line_start, depth)
        if found is True:
            return True
        if found is UNKNOWN or number == _MAX_PARTS:
            answer = UNKNOWN
        if closing or number == _MAX_PARTS:
            return answer
        begin = next_line
    if begin is not None and _in_raw_part(data, begin, end, depth) is True:
        return True
    return UNKNOWN if end == min(len(data), MAX_BODY_BYTES) else answer


def _in_raw_part(data: bytes, start: int, end: int, depth: int) -> bool | Unknown:
    """The same for one part with its own header block."""
    if _NOT_OPENED_PART.match(data, start, end):
        # Most parts say at once that they are a text.
        return False
    block, body_start = cut(data[start : min(end, start + _MAX_PART_HEADER)])
    headers = read_headers(block) if block else None
    content_type = headers.first("content-type") if headers else None
    if headers is None or not isinstance(content_type, str) or content_type.startswith(_NOT_OPENED):
        return False
    return _in_part(content_type, headers, data, start + body_start, end, depth + 1)


def _delimiters(boundary: bytes, data: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where it begins, where the next line begins, and whether it is the last."""
    delimiter = b"--" + boundary
    if not boundary:
        return
    at = data.find(delimiter, start, end)
    while at >= 0:
        after = at + len(delimiter)
        newline = data.find(b"\n", after, end)
        next_line = end if newline < 0 else newline + 1
        rest = data[after : min(next_line, after + 80)].strip()
        if (at == start or data[at - 1] in b"\r\n") and rest in (b"", b"--"):
            yield at, next_line, rest == b"--"
        at = data.find(delimiter, after, end)


def _has_method_line(headers: Headers, data: bytes, start: int, end: int) -> bool:
    """Whether the beginning of a calendar's text has a METHOD (RFC 5545, section 3.7.2)."""
    text = data[start : min(end, start + _MAX_CALENDAR_BEGINNING)]
    encoding = headers.first("content-transfer-encoding")
    if isinstance(encoding, str) and token(encoding) == "base64":
        text = _from_base64(text)
    return _METHOD_LINE.search(text.replace(b"\r", b"\n")) is not None


def _from_base64(text: bytes) -> bytes:
    """What can be read of the beginning of a base64 text."""
    letters = _BASE64_LINES.sub(b"", text)
    try:
        return a2b_base64(letters[: len(letters) // 4 * 4])
    except BinasciiError:
        return b""
