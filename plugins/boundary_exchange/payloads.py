"""What is asked of Exchange: our values to the XML of EWS (Microsoft's messages.xsd), nothing of the network."""

import base64
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from boundary_exchange.vocabulary import (
    AUTO_SUBMITTED,
    CALENDAR,
    DRAFTS,
    ENTRY,
    MESSAGES,
    RESPONSE_ID,
    SENT,
    SUPPRESS_RESPONSES,
    TYPES,
    Extended,
    Field,
)
from boundary_plugins import Interval

Xml = Any

#: So many items are found at once; a server's own limit is higher.
PAGE = 200
_NAMESPACES = {"m": MESSAGES, "t": TYPES}


def instant(at: datetime) -> str:
    """An instant in the form of XML Schema, in whole seconds of UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _root(operation: str, **attributes: str) -> Xml:
    """The element of a request."""
    return etree.Element(f"{{{MESSAGES}}}{operation}", attributes, nsmap=_NAMESPACES)


def _add(parent: Xml, name: str, text: str | None = None, **attributes: str) -> Xml:
    """A further child, by its name with the prefix ("t:Start")."""
    prefix, _, local = name.partition(":")
    child = etree.SubElement(parent, f"{{{_NAMESPACES[prefix]}}}{local}", attributes)
    child.text = text
    return child


def _folder(parent: Xml, name: str, mailbox: str) -> None:
    """A folder that every mailbox has, of this mailbox, whoever signs in."""
    folder = _add(parent, "t:DistinguishedFolderId", Id=name)
    _add(_add(folder, "t:Mailbox"), "t:EmailAddress", mailbox)


def _property(parent: Xml, field: Field) -> None:
    """What names a field."""
    if isinstance(field, str):
        _add(parent, "t:FieldURI", FieldURI=field)
        return
    attributes = {
        "DistinguishedPropertySetId": field.distinguished_set,
        "PropertySetId": field.own_set,
        "PropertyTag": field.tag,
        "PropertyName": field.name,
        "PropertyType": field.kind,
    }
    _add(parent, "t:ExtendedFieldURI", **{name: text for name, text in attributes.items() if text})


def _value(item: Xml, field: Extended, text: str) -> None:
    """An extended property with its value."""
    extended = _add(item, "t:ExtendedProperty")
    _property(extended, field)
    _add(extended, "t:Value", text)


def _shape(parent: Xml, fields: Sequence[Field], *, mime: bool = False) -> None:
    """Which fields are wanted: the id, and nothing but these."""
    shape = _add(parent, "m:ItemShape")
    _add(shape, "t:BaseShape", "IdOnly")
    if mime:
        _add(shape, "t:IncludeMimeContent", "true")
    if fields:
        further = _add(shape, "t:AdditionalProperties")
        for field in fields:
            _property(further, field)


def _ids(parent: Xml, ids: Iterable[tuple[str, str]]) -> None:
    """Items by id and change key ("" where any version will do)."""
    item_ids = _add(parent, "m:ItemIds")
    for item_id, change_key in ids:
        _add(item_ids, "t:ItemId", Id=item_id, **({"ChangeKey": change_key} if change_key else {}))


def sync_items(folder: str, mailbox: str, state: str | None, fields: Sequence[Field], most: int) -> Xml:
    """What changed in a folder since a state (None: everything there is)."""
    root = _root("SyncFolderItems")
    _shape(root, fields)
    _folder(_add(root, "m:SyncFolderId"), folder, mailbox)
    if state is not None:
        _add(root, "m:SyncState", state)
    _add(root, "m:MaxChangesReturned", str(most))
    return root


def get_items(ids: Iterable[str], fields: Sequence[Field], *, mime: bool = False) -> Xml:
    """Some items, by their ids."""
    root = _root("GetItem")
    _shape(root, fields, mime=mime)
    _ids(root, ((each, "") for each in ids))
    return root


def get_folders(folders: Iterable[str], mailbox: str, fields: Sequence[Field] = ()) -> Xml:
    """Some folders that every mailbox has."""
    root = _root("GetFolder")
    shape = _add(root, "m:FolderShape")
    _add(shape, "t:BaseShape", "IdOnly")
    if fields:
        further = _add(shape, "t:AdditionalProperties")
        for field in fields:
            _property(further, field)
    ids = _add(root, "m:FolderIds")
    for folder in folders:
        _folder(ids, folder, mailbox)
    return root


def _find(
    folders: Iterable[str], mailbox: str, fields: Sequence[Field], restriction: Xml, offset: int
) -> Xml:
    """A search in some folders, one page from an offset."""
    root = _root("FindItem", Traversal="Shallow")
    _shape(root, fields)
    _add(
        root, "m:IndexedPageItemView", MaxEntriesReturned=str(PAGE), Offset=str(offset), BasePoint="Beginning"
    )
    root.append(restriction)
    parents = _add(root, "m:ParentFolderIds")
    for folder in folders:
        _folder(parents, folder, mailbox)
    return root


def find_response(folders: Iterable[str], mailbox: str, response_id: str) -> Xml:
    """The response with an id of ours, in some folders."""
    restriction = etree.Element(f"{{{MESSAGES}}}Restriction", nsmap=_NAMESPACES)
    equal = _add(restriction, "t:IsEqualTo")
    _property(equal, RESPONSE_ID)
    _add(_add(equal, "t:FieldURIOrConstant"), "t:Constant", Value=response_id)
    return _find(folders, mailbox, (), restriction, 0)


def find_entries(mailbox: str, offset: int) -> Xml:
    """The entries of ours in the calendar, one page."""
    restriction = etree.Element(f"{{{MESSAGES}}}Restriction", nsmap=_NAMESPACES)
    _property(_add(restriction, "t:Exists"), ENTRY)
    fields = ("calendar:Start", "calendar:End", "calendar:LegacyFreeBusyStatus", "item:Subject", ENTRY)
    return _find((CALENDAR,), mailbox, fields, restriction, offset)


def create_draft(mailbox: str, content: bytes, response_id: str) -> Xml:
    """A message that is kept and not sent.

    Exchange takes over only some fields of a MIME message; those that a response must have are properties.
    """
    root = _root("CreateItem", MessageDisposition="SaveOnly")
    _folder(_add(root, "m:SavedItemFolderId"), DRAFTS, mailbox)
    message = _add(_add(root, "m:Items"), "t:Message")
    _add(message, "t:MimeContent", base64.b64encode(content).decode(), CharacterSet="UTF-8")
    _value(message, RESPONSE_ID, response_id)
    _value(message, AUTO_SUBMITTED, "auto-replied")
    # Every bit: no read receipt, no delivery report, no automatic reply.
    _value(message, SUPPRESS_RESPONSES, "-1")
    return root


def send_draft(mailbox: str, item_id: str, change_key: str) -> Xml:
    """The act of sending a message that is kept; it then stands among the sent ones."""
    root = _root("SendItem", SaveItemToFolder="true")
    _ids(root, [(item_id, change_key)])
    _folder(_add(root, "m:SavedItemFolderId"), SENT, mailbox)
    return root


def calendar_view(mailbox: str, between: Interval, fields: Sequence[Field]) -> Xml:
    """Every occurrence that touches an interval, at most two years long."""
    root = _root("FindItem", Traversal="Shallow")
    _shape(root, fields)
    _add(root, "m:CalendarView", StartDate=instant(between.start), EndDate=instant(between.end))
    _folder(_add(root, "m:ParentFolderIds"), CALENDAR, mailbox)
    return root


def create_entries(mailbox: str, subject: str, entries: Iterable[tuple[Interval, str]]) -> Xml:
    """Entries of ours, each with how one is then ("Busy", "OOF"); nobody is invited or reminded."""
    root = _root("CreateItem", SendMeetingInvitations="SendToNone")
    _folder(_add(root, "m:SavedItemFolderId"), CALENDAR, mailbox)
    items = _add(root, "m:Items")
    for interval, status in entries:
        item = _add(items, "t:CalendarItem")
        _add(item, "t:Subject", subject)
        _add(item, "t:ReminderIsSet", "false")
        _value(item, ENTRY, status)
        _add(item, "t:Start", instant(interval.start))
        _add(item, "t:End", instant(interval.end))
        _add(item, "t:IsAllDayEvent", "false")
        _add(item, "t:LegacyFreeBusyStatus", status)
    return root


def delete_items(ids: Iterable[str]) -> Xml:
    """Take items of ours away for good; nobody is told of an entry that goes."""
    root = _root("DeleteItem", DeleteType="HardDelete", SendMeetingCancellations="SendToNone")
    _ids(root, ((each, "") for each in ids))
    return root


def get_replies(mailbox: str) -> Xml:
    """What the automatic replies are set to."""
    root = _root("GetUserOofSettingsRequest")
    _add(_add(root, "t:Mailbox"), "t:Address", mailbox)
    return root


def set_replies(
    mailbox: str, state: str, audience: str, during: Interval | None, internal: str, external: str
) -> Xml:
    """Set the automatic replies: a state ("Scheduled", "Disabled"), who gets the external one, texts in HTML."""
    root = _root("SetUserOofSettingsRequest")
    _add(_add(root, "t:Mailbox"), "t:Address", mailbox)
    settings = _add(root, "t:UserOofSettings")
    _add(settings, "t:OofState", state)
    _add(settings, "t:ExternalAudience", audience)
    if during is not None:
        duration = _add(settings, "t:Duration")
        _add(duration, "t:StartTime", instant(during.start))
        _add(duration, "t:EndTime", instant(during.end))
    _add(_add(settings, "t:InternalReply"), "t:Message", internal)
    _add(_add(settings, "t:ExternalReply"), "t:Message", external)
    return root


def get_working_hours(mailbox: str, day: Interval) -> Xml:
    """Free or busy on one day, with which the working hours come."""
    root = _root("GetUserAvailabilityRequest")
    zone = _add(root, "t:TimeZone")
    _add(zone, "t:Bias", "0")
    for season in ("t:StandardTime", "t:DaylightTime"):
        rule = _add(zone, season)
        _add(rule, "t:Bias", "0")
        _add(rule, "t:Time", "00:00:00")
        _add(rule, "t:DayOrder", "0")
        _add(rule, "t:Month", "0")
        _add(rule, "t:DayOfWeek", "Sunday")
    data = _add(_add(root, "m:MailboxDataArray"), "t:MailboxData")
    _add(_add(data, "t:Email"), "t:Address", mailbox)
    _add(data, "t:AttendeeType", "Required")
    options = _add(root, "t:FreeBusyViewOptions")
    window = _add(options, "t:TimeWindow")
    _add(window, "t:StartTime", day.start.strftime("%Y-%m-%dT%H:%M:%S"))
    _add(window, "t:EndTime", day.end.strftime("%Y-%m-%dT%H:%M:%S"))
    _add(options, "t:RequestedView", "FreeBusy")
    return root


def subscribe(folders: Iterable[str], mailbox: str) -> Xml:
    """A stream that tells of changes in some folders."""
    root = _root("Subscribe")
    request = _add(root, "m:StreamingSubscriptionRequest")
    ids = _add(request, "t:FolderIds")
    for folder in folders:
        _folder(ids, folder, mailbox)
    kinds = _add(request, "t:EventTypes")
    for kind in ("NewMailEvent", "CreatedEvent", "ModifiedEvent", "MovedEvent"):
        _add(kinds, "t:EventType", kind)
    return root
