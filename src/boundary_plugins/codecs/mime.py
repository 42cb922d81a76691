"""Messages as bytes to values and back: what plugins and the shell use of MIME.

Reading cuts the header block and looks at the structure, never at a text; writing makes a response.
"""

from datetime import UTC, datetime

from boundary_plugins.codecs.mbox import iter_mbox, looks_like_mbox
from boundary_plugins.codecs.mime_dates import arrival_instant, instant_of
from boundary_plugins.codecs.mime_fields import MAX_HEADER_BYTES, cut, header_block, read_headers
from boundary_plugins.codecs.mime_response import compose_response, response_fields
from boundary_plugins.codecs.mime_structure import holds_calendar_method
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.message import SubjectMessage

#: Where nothing tells when a message arrived it is taken as ancient, hence never answered.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def read_message(
    data: bytes,
    *,
    provider_id: str,
    arrived_at: datetime | None = None,
    file_time: datetime | None = None,
    trusted_hop: int = 0,
    envelope_sender: str | Unknown = UNKNOWN,
    spam: bool | Unknown = UNKNOWN,
    delivered_to: tuple[str, ...] = (),
) -> SubjectMessage:
    """The facts of a message from its bytes (RFC 5322); any bytes give a value, never an error.

    `arrived_at` where the provider knows it, else the date of the trusted Received field (`trusted_hop`
    counts from the top), of Date, or `file_time`, all aware. Of the body only the boundaries of
    multipart/mixed and alternative are looked at.
    """
    block, body_start = cut(data)
    headers = read_headers(block) if block else None
    if arrived_at is None:
        arrived_at = arrival_instant(headers, trusted_hop=trusted_hop, fallback=file_time or LONG_AGO)
    return SubjectMessage(
        provider_id,
        arrived_at.astimezone(UTC),
        headers,
        envelope_sender,
        spam,
        UNKNOWN if headers is None else holds_calendar_method(headers, data, body_start),
        delivered_to,
    )


__all__ = [
    "LONG_AGO",
    "MAX_HEADER_BYTES",
    "arrival_instant",
    "compose_response",
    "header_block",
    "instant_of",
    "iter_mbox",
    "looks_like_mbox",
    "read_headers",
    "read_message",
    "response_fields",
]
