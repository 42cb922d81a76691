"""What Exchange answers: the XML of EWS to our values, without asking anything further."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from boundary_exchange.problems import Trouble
from boundary_exchange.vocabulary import MESSAGES, TYPES, Extended
from boundary_plugins import Interval
from boundary_plugins import header_block as cut_block

Xml = Any

_NAMESPACES = {"m": MESSAGES, "t": TYPES}
#: A broken date is taken as ancient.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def text(element: Xml, path: str) -> str:
    """The text at a path ("t:ItemClass"), "" where there is none."""
    return str(element.findtext(path, "", _NAMESPACES) or "")


def attribute(element: Xml, path: str, name: str) -> str:
    """An attribute of the element at a path, "" where there is none."""
    found = element.find(path, _NAMESPACES)
    return "" if found is None else str(found.get(name, ""))


def texts(element: Xml, path: str) -> tuple[str, ...]:
    """The texts of every element at a path."""
    return tuple(str(each.text or "") for each in element.findall(path, _NAMESPACES))


def all_of(element: Xml, path: str) -> list[Xml]:
    """Every element at a path."""
    return list(element.findall(path, _NAMESPACES))


def instant(words: str) -> datetime:
    """An instant in UTC; what names no zone is in UTC, which every request asks for."""
    try:
        at = datetime.fromisoformat(words)
    except ValueError:
        return LONG_AGO
    return at.replace(tzinfo=UTC) if at.utcoffset() is None else at.astimezone(UTC)


def interval(start: str, end: str) -> Interval | None:
    """From one instant to another; None where that is nothing."""
    first, last = instant(start), instant(end)
    return Interval(first, last) if first < last else None


def trouble_in(message: Xml) -> Trouble | None:
    """What one message of an answer says went wrong; None where all is well."""
    if message.get("ResponseClass") != "Error":
        return None
    wait = None
    for value in message.iterfind("m:MessageXml/t:Value", _NAMESPACES):
        if value.get("Name") == "BackOffMilliseconds" and str(value.text).isdecimal():
            wait = int(value.text) / 1000
    return Trouble(text(message, "m:ResponseCode"), wait=wait)


def extended(item: Xml, field: Extended) -> str | None:
    """The value of an extended property; None where it is not there."""
    for each in item.iterfind("t:ExtendedProperty", _NAMESPACES):
        uri = each.find("t:ExtendedFieldURI", _NAMESPACES)
        if uri is not None and _is_field(uri, field):
            return text(each, "t:Value")
    return None


def _is_field(uri: Xml, field: Extended) -> bool:
    """Whether an answer names the property that was asked for; servers write tags in two ways."""
    if field.tag is not None:
        tag = str(uri.get("PropertyTag", ""))
        return tag != "" and int(tag, 0) == int(field.tag, 0)
    return str(uri.get("PropertyName", "")).lower() == str(field.name).lower()


@dataclass(frozen=True, slots=True)
class Change:
    """One change in a folder: what became of an item ("Create", "Update"), its id and what was asked of it."""

    kind: str
    item_id: str
    item: Xml


def changes(message: Xml) -> Iterator[Change]:
    """The items that came or changed; what was deleted or only read tells nothing here."""
    for change in message.iterfind("m:Changes/*", _NAMESPACES):
        kind = str(change.tag).rpartition("}")[2]
        if kind in ("Create", "Update") and len(change):
            yield Change(kind, attribute(change[0], "t:ItemId", "Id"), change[0])


def is_last(message: Xml) -> bool:
    """Whether nothing more waits behind this page of changes."""
    return text(message, "m:IncludesLastItemInRange") != "false"


def items(message: Xml) -> list[Xml]:
    """The items of an answer that gives items, or of a page of a search."""
    found = message.find("m:Items", _NAMESPACES)
    if found is None:
        found = message.find("m:RootFolder/t:Items", _NAMESPACES)
    return [] if found is None else list(found)


def next_offset(message: Xml) -> int | None:
    """Where the next page of a search begins; None where this was the last."""
    if is_whole(message):
        return None
    offset = attribute(message, "m:RootFolder", "IndexedPagingOffset")
    return int(offset) if offset.isdecimal() else None


def id_and_key(item: Xml) -> tuple[str, str]:
    """The id of an item and of its version."""
    return attribute(item, "t:ItemId", "Id"), attribute(item, "t:ItemId", "ChangeKey")


def addresses(item: Xml, *fields: str) -> tuple[str, ...]:
    """The plain addresses of some fields ("ToRecipients"), each once, in order.

    What bears no address of the Internet (an X.500 name of the organisation's own) is left out.
    """
    found = (each for field in fields for each in texts(item, f"t:{field}/t:Mailbox/t:EmailAddress"))
    return tuple(dict.fromkeys(each for each in found if "@" in each and not each.startswith("/")))


def mime_header_block(item: Xml) -> bytes:
    """The header block of an item's MIME form; empty where there is none. The rest is not kept."""
    try:
        content = base64.b64decode(text(item, "t:MimeContent"))
    except ValueError:
        return b""
    return (cut_block(content) or b"").strip()


def is_whole(message: Xml) -> bool:
    """Whether a search gave all that there is."""
    return attribute(message, "m:RootFolder", "IncludesLastItemInRange") != "false"
