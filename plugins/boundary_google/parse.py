"""Gmail's JSON to this program's values; nothing here asks anybody."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import getaddresses
from typing import Any

from boundary_plugins import (
    ASKED_FIELDS,
    RESPONSE_HEADER,
    UNKNOWN,
    Headers,
    SentMessage,
    SubjectMessage,
    Unknown,
)

Json = Mapping[str, Any]

RESPONSE_FIELD = RESPONSE_HEADER.lower()
#: What is fetched of a received message, and of a sent one.
RECEIVED_FIELDS = tuple(sorted(ASKED_FIELDS | {"content-class"}))
SENT_FIELDS = ("bcc", "cc", "to", RESPONSE_FIELD)
#: Gmail's own sorting that means bulk mail; "updates" are left out, for a portal's mail lands there.
_BULK = frozenset({"CATEGORY_PROMOTIONS", "CATEGORY_SOCIAL", "CATEGORY_FORUMS"})
#: What carries one of these did not come from somebody else, or is not there any more.
_NOT_RECEIVED = frozenset({"SENT", "DRAFT", "CHAT", "TRASH"})
#: Only these are opened: a forwarded message (message/rfc822) is a person's attachment.
_OPENED = frozenset({"multipart/mixed", "multipart/alternative", "multipart/related"})
_MAX_DEPTH = 4
_FOLD = re.compile(r"\r?\n(?=[ \t])")
_METHOD = re.compile(r";\s*method\s*=", re.IGNORECASE)
_TIME_LABEL = re.compile(r"Boundary/\s*(\d{1,4})\s*(?:m|min|mins|minutes?|Minuten)?\.?", re.IGNORECASE)


def is_received(labels: Iterable[str]) -> bool:
    """Whether a message with these labels came from somebody."""
    return _NOT_RECEIVED.isdisjoint(labels)


def subject_message(message: Json, known: frozenset[str] | None) -> SubjectMessage:
    """The facts of a received message. `known` are the fields that were fetched; None: all of them.

    The arrival is the instant at which Gmail took it.
    """
    payload = message.get("payload", {})
    labels = frozenset(message.get("labelIds", ()))
    return SubjectMessage(
        provider_id=message["id"],
        arrived_at=_instant(message),
        headers=_headers(payload, known),
        spam="SPAM" in labels,
        bulk=not _BULK.isdisjoint(labels),
        calendar_method=_holds_calendar_method(payload, 0),
    )


def sent_message(message: Json) -> SentMessage:
    """To whom and when one of the therapist's own messages went, and our response id in it."""
    fields = _fields(message.get("payload", {}))
    values = [value for name in ("to", "cc", "bcc") for value in fields.get(name, ())]
    recipients = dict.fromkeys(address for _, address in getaddresses(values) if "@" in address)
    return SentMessage(
        provider_id=message["id"],
        recipients=tuple(recipients),
        sent_at=_instant(message),
        response_id=response_id_of(message),
    )


def response_id_of(message: Json) -> str | None:
    """Our own response id; None where it is not a response of ours."""
    values = _fields(message.get("payload", {})).get(RESPONSE_FIELD, ())
    return values[0].strip() or None if values else None


def field_of(message: Json, name: str) -> str:
    """The topmost value of a field by its lower-case name; "" where there is none."""
    return next(iter(_fields(message.get("payload", {})).get(name, ())), "")


def minutes_of(label: str) -> int | None:
    """The minutes that a label logs ("Boundary/12 min"); None where it logs none."""
    found = _TIME_LABEL.fullmatch(label.strip())
    return int(found[1]) if found else None


def _headers(payload: Json, known: frozenset[str] | None) -> Headers | None:
    """The header fields; None where not one is there, and all could have been."""
    fields = _fields(payload)
    return Headers(fields, known) if fields or known is not None else None


def _fields(payload: Json) -> dict[str, tuple[str, ...]]:
    """Each field's values by its lower-case name, unfolded."""
    found: dict[str, list[str]] = {}
    for each in payload.get("headers", ()):
        value = _FOLD.sub("", str(each.get("value", ""))).strip()
        found.setdefault(str(each.get("name", "")).lower(), []).append(value)
    return {name: tuple(values) for name, values in found.items()}


def _holds_calendar_method(part: Json, depth: int) -> bool | Unknown:
    """Whether a text/calendar part with a method is at the top or in multipart/mixed or alternative.

    Unknown where the parts were not fetched, or a calendar's method stands in its text alone.
    """
    fields = _fields(part)
    if "urn:content-classes:calendarmessage" in " ".join(fields.get("content-class", ())).lower():
        return True
    kind = str(part.get("mimeType", "")).lower()
    if kind == "text/calendar":
        return True if _METHOD.search(" ".join(fields.get("content-type", ()))) else UNKNOWN
    if kind not in _OPENED:
        return False
    if "parts" not in part or depth == _MAX_DEPTH:
        return UNKNOWN
    found = [_holds_calendar_method(each, depth + 1) for each in part["parts"]]
    if True in found:
        return True
    return UNKNOWN if UNKNOWN in found else False


def _instant(message: Json) -> datetime:
    """When Gmail took the message (milliseconds since 1970), aware and in UTC."""
    return datetime.fromtimestamp(int(message.get("internalDate", 0)) / 1000, UTC)
