"""The facts of one received message, from what Exchange tells of it; nothing is asked here."""

from dataclasses import replace
from typing import Any

from boundary_exchange.parse import addresses, extended, id_and_key, instant, text
from boundary_exchange.vocabulary import SPAM_CONFIDENCE, TRANSPORT_HEADERS, Field
from boundary_plugins import UNKNOWN, Headers, SubjectMessage, Unknown, read_message

Xml = Any

#: What is asked of a message: no body, no attachment.
FIELDS: tuple[Field, ...] = (
    "item:ItemClass",
    "item:DateTimeReceived",
    TRANSPORT_HEADERS,
    SPAM_CONFIDENCE,
)
#: What is asked where neither the header block nor the MIME form of a message can be had.
FEW_FIELDS: tuple[Field, ...] = (
    *FIELDS,
    "item:Subject",
    "message:From",
    "message:ToRecipients",
    "message:CcRecipients",
    "message:InternetMessageId",
)
#: The least confidence at which Exchange itself takes a message for spam.
_SPAM = 5
#: Exchange's classes of messages that a program wrote, by how they begin, and the field that says so.
_BY_A_PROGRAM = {
    "report.": ("content-type", "multipart/report"),
    "ipm.note.rules.": ("auto-submitted", "auto-replied"),
    "ipm.recall.": ("auto-submitted", "auto-generated"),
}


def header_block(item: Xml) -> bytes:
    """The header fields as they arrived; empty where Exchange kept none."""
    return str(extended(item, TRANSPORT_HEADERS) or "").encode("utf-8", "replace").strip()


def message_from(item: Xml, headers: bytes) -> SubjectMessage:
    """The facts of a message with a header block; its structure is known by Exchange's class of it."""
    message = read_message(
        headers + b"\r\n\r\n",
        provider_id=id_and_key(item)[0],
        arrived_at=instant(text(item, "t:DateTimeReceived")),
        spam=_spam(item),
    )
    return _with_class(message, text(item, "t:ItemClass").lower())


def message_of_few_fields(item: Xml) -> SubjectMessage:
    """The facts of a message whose header fields cannot be had: what is not among the few is unknown."""
    few = {
        "from": ", ".join(addresses(item, "From")),
        "to": ", ".join(addresses(item, "ToRecipients")),
        "cc": ", ".join(addresses(item, "CcRecipients")),
        "subject": " ".join(text(item, "t:Subject").split()),
        "message-id": text(item, "t:InternetMessageId").strip(),
    }
    headers = Headers({name: (value,) for name, value in few.items() if value}, frozenset(few))
    arrived_at = instant(text(item, "t:DateTimeReceived"))
    message = SubjectMessage(id_and_key(item)[0], arrived_at, headers, spam=_spam(item))
    return _with_class(message, text(item, "t:ItemClass").lower(), frozenset(few))


def _spam(item: Xml) -> bool | Unknown:
    """Exchange's own verdict."""
    try:
        return int(extended(item, SPAM_CONFIDENCE) or "") >= _SPAM
    except ValueError:
        return UNKNOWN


def _with_class(
    message: SubjectMessage, item_class: str, known: frozenset[str] | None = None
) -> SubjectMessage:
    """The facts with what Exchange's class of the message adds: an invitation, a report, a program's answer.

    `known` are the fields that could be had, None for all.
    """
    if item_class.startswith("ipm.schedule.meeting"):
        message = replace(message, calendar_method=True)
    elif item_class.startswith("ipm.note"):
        # What a text/calendar part with a METHOD makes of a message, Exchange has made of it.
        message = replace(message, calendar_method=False)
    for beginning, (name, value) in _BY_A_PROGRAM.items():
        if item_class.startswith(beginning) and message.headers is not None:
            fields = _fields(message.headers)
            fields[name] = (value,)
            message = replace(message, headers=Headers(fields, None if known is None else known | {name}))
    return message


def _fields(headers: Headers) -> dict[str, tuple[str, ...]]:
    """The fields that are there, by lower-case name."""
    found = {name: headers.all(name) for name in headers.names()}
    return {name: values for name, values in found.items() if values is not UNKNOWN}
