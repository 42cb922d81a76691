"""What our Exchange does for each operation of EWS: a request's XML to the XML of its answer."""

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from lxml import etree

from servers.ews_calendar import instant, view
from servers.ews_items import Item, Mailbox, stamp
from servers.ews_schema import MESSAGES, NAMESPACES, TYPES
from servers.ews_shape import Shape, item_id, item_xml, m, property_key, t

Xml = Any
LONGEST_VIEW = timedelta(days=732)


class EwsError(Exception):
    """An error of one message of an answer; `values` go into its MessageXml."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code, self.values = code, values


def error_message(name: str, error: EwsError) -> Xml:
    """The message that tells an error."""
    message = m(
        name,
        m("MessageText", "Something about therapist@example.com went wrong."),
        m("ResponseCode", error.code),
        m("DescriptiveLinkKey", "0"),
        ResponseClass="Error",
    )
    if error.values:
        message.append(m("MessageXml", *(t("Value", text, Name=each) for each, text in error.values.items())))
    return message


def _well(name: str, *children: Xml) -> Xml:
    """A message that tells that all is well."""
    return m(name, m("ResponseCode", "NoError"), *children, ResponseClass="Success")


def _folders(request: Xml, path: str) -> list[str]:
    """The folders that a request names."""
    return [each.get("Id") for each in request.iterfind(f"{path}/t:DistinguishedFolderId", NAMESPACES)]


def sync_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """SyncFolderItems."""
    (folder,) = _folders(request, "m:SyncFolderId")
    shape, most = Shape(request), int(request.findtext("m:MaxChangesReturned", "", NAMESPACES))
    if shape.forbidden_in_a_search():
        raise EwsError("ErrorInvalidPropertyForOperation")
    news = mailbox.since(folder, _number(mailbox, folder, request.findtext("m:SyncState", "", NAMESPACES)))
    told, is_last = news[:most], len(news) <= most
    at = mailbox.last_number(folder)
    if not is_last:
        last = told[-1][1]
        at = max(each.number for each in mailbox.events[folder] if each.item_id == last)
    changes = [_change(mailbox, kind, each, shape) for kind, each in told]
    state = base64.b64encode(f"{mailbox.epoch}/{folder}/{at}".encode()).decode()
    yield _well(
        "SyncFolderItemsResponseMessage",
        m("SyncState", state),
        m("IncludesLastItemInRange", "true" if is_last else "false"),
        m("Changes", *changes),
    )


def _number(mailbox: Mailbox, folder: str, state: str) -> int:
    """The number that a sync state stands for."""
    if not state:
        return 0
    try:
        epoch, name, number = base64.b64decode(state).decode().split("/")
    except ValueError:
        raise EwsError("ErrorInvalidSyncStateData") from None
    if int(epoch) != mailbox.epoch or name != folder:
        raise EwsError("ErrorInvalidSyncStateData")
    return int(number)


def _change(mailbox: Mailbox, kind: str, each: str, shape: Shape) -> Xml:
    """One change."""
    if kind == "Delete":
        return t("Delete", t("ItemId", Id=each))
    return t(kind, item_xml(mailbox.items[each], shape, single=False))


def get_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """GetItem."""
    shape, name = Shape(request), "GetItemResponseMessage"
    for each in request.iterfind("m:ItemIds/t:ItemId", NAMESPACES):
        item = mailbox.items.get(each.get("Id"))
        if item is None:
            message = error_message(name, EwsError("ErrorItemNotFound"))
        elif shape.mime and item.mime_is_broken:
            message = error_message(name, EwsError("ErrorMimeContentConversionFailed"))
        else:
            yield _well(name, m("Items", item_xml(item, shape, single=True)))
            continue
        message.append(m("Items"))
        yield message


def find_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """FindItem, with a view of the calendar or a restriction."""
    shape = Shape(request)
    if shape.forbidden_in_a_search():
        raise EwsError("ErrorInvalidPropertyForOperation")
    calendar = request.find("m:CalendarView", NAMESPACES)
    for folder in _folders(request, "m:ParentFolderIds"):
        if calendar is not None:
            yield _view(mailbox, calendar, request, shape)
        else:
            paging = request.find("m:IndexedPageItemView", NAMESPACES)
            yield _page(mailbox, folder, request.find("m:Restriction", NAMESPACES), paging, shape)


def _view(mailbox: Mailbox, calendar: Xml, request: Xml, shape: Shape) -> Xml:
    """What a view of the calendar holds."""
    start, end = instant(calendar.get("StartDate")), instant(calendar.get("EndDate"))
    if request.find("m:Restriction", NAMESPACES) is not None:
        raise EwsError("ErrorUnsupportedPathForQuery")
    if end - start > LONGEST_VIEW:
        raise EwsError("ErrorCalendarViewRangeTooBig")
    found = view(mailbox, start, end)
    shown = [item_xml(item, shape, single=False) for item in found[: mailbox.most_entries]]
    return _found(shown, len(found), len(found) <= mailbox.most_entries, None)


def _page(mailbox: Mailbox, folder: str, restriction: Xml, paging: Xml, shape: Shape) -> Xml:
    """One page of what a restriction lets through."""
    offset, most = int(paging.get("Offset")), int(paging.get("MaxEntriesReturned"))
    found = [item for item in mailbox.in_folder(folder) if _fits(item, restriction)]
    shown = [item_xml(item, shape, single=False) for item in found[offset : offset + most]]
    end = offset + len(shown)
    return _found(shown, len(found), end >= len(found), end)


def _found(shown: list[Xml], total: int, is_last: bool, offset: int | None) -> Xml:
    """The message of a search."""
    attributes = {"TotalItemsInView": str(total), "IncludesLastItemInRange": "true" if is_last else "false"}
    if offset is not None:
        attributes["IndexedPagingOffset"] = str(offset)
    return _well("FindItemResponseMessage", m("RootFolder", t("Items", *shown), **attributes))


def _fits(item: Item, restriction: Xml) -> bool:
    """Whether an item has a property, or has it with a value."""
    (condition,) = restriction
    value = item.extended.get(property_key(condition.find("t:ExtendedFieldURI", NAMESPACES)))
    if condition.tag == f"{{{TYPES}}}Exists":
        return value is not None
    return bool(value == condition.find("t:FieldURIOrConstant/t:Constant", NAMESPACES).get("Value"))


def create_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """CreateItem: drafts and entries in the calendar."""
    mailbox.writes.append("CreateItem")
    for each in request.find("m:Items", NAMESPACES):
        properties = {
            property_key(uri): extended.findtext("t:Value", "", NAMESPACES)
            for extended in each.iterfind("t:ExtendedProperty", NAMESPACES)
            for uri in extended.iterfind("t:ExtendedFieldURI", NAMESPACES)
        }
        if each.tag == f"{{{TYPES}}}CalendarItem":
            fields = {etree.QName(child).localname: child.text or "" for child in each if not len(child)}
            fields |= {"CalendarItemType": "Single", "IsCancelled": "false"}
            created = mailbox.add("calendar", "CalendarItem", fields=fields, extended=properties)
        else:
            if request.get("MessageDisposition") != "SaveOnly":
                raise EwsError("ErrorMessageDispositionRequired")
            content = base64.b64decode(each.findtext("t:MimeContent", "", NAMESPACES))
            created = mailbox.draft(content, properties)
        kind = etree.QName(each).localname
        yield _well("CreateItemResponseMessage", m("Items", t(kind, item_id(created))))


def send_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """SendItem: once for each version of a draft."""
    for each in request.iterfind("m:ItemIds/t:ItemId", NAMESPACES):
        item = mailbox.items.get(each.get("Id"))
        if item is None:
            raise EwsError("ErrorItemNotFound")
        if each.get("ChangeKey") is None:
            raise EwsError("ErrorChangeKeyRequired")
        if each.get("ChangeKey") != item.change_key:
            raise EwsError("ErrorIrresolvableConflict")
        if item.folder != "drafts" or not item.people.get("ToRecipients"):
            raise EwsError("ErrorInvalidRecipients")
        mailbox.send(item.item_id)
        yield _well("SendItemResponseMessage")


def delete_items(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """DeleteItem."""
    mailbox.writes.append("DeleteItem")
    for each in request.iterfind("m:ItemIds/t:ItemId", NAMESPACES):
        if each.get("Id") not in mailbox.items:
            yield error_message("DeleteItemResponseMessage", EwsError("ErrorItemNotFound"))
            continue
        mailbox.remove(each.get("Id"))
        yield _well("DeleteItemResponseMessage")


def get_folders(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """GetFolder, with what the sign-in may do."""
    rights = ("CreateAssociated", "CreateContents", "CreateHierarchy", "Delete", "Modify", "Read")
    for folder in _folders(request, "m:FolderIds"):
        kind = "CalendarFolder" if folder == "calendar" else "Folder"
        identity = base64.b64encode(f"{mailbox.address}/{folder}".encode()).decode()
        may_create = "true" if mailbox.rights.get(folder, True) else "false"
        allowed = {"CreateContents": may_create}
        effective = t("EffectiveRights", *(t(each, allowed.get(each, "true")) for each in rights))
        element = t(kind, t("FolderId", Id=identity, ChangeKey=identity), effective)
        yield _well("GetFolderResponseMessage", m("Folders", element))


def subscribe(mailbox: Mailbox, request: Xml) -> Iterator[Xml]:
    """Subscribe to a stream."""
    folders = _folders(request, "m:StreamingSubscriptionRequest/t:FolderIds")
    yield _well("SubscribeResponseMessage", m("SubscriptionId", mailbox.subscribe(folders)))


def get_replies(mailbox: Mailbox, request: Xml) -> Xml:
    """GetUserOofSettings; Exchange writes the HTML anew."""
    del request
    oof = mailbox.oof

    def reply(html: str) -> Xml:
        return t("Message", f"<html>\n<head><style>p {{}}</style></head>\n{html}\n</html>" if html else "")

    settings = t(
        "OofSettings",
        t("OofState", oof.state),
        t("ExternalAudience", oof.audience),
        t("Duration", t("StartTime", stamp(oof.start)), t("EndTime", stamp(oof.end))),
        t("InternalReply", reply(oof.internal)),
        t("ExternalReply", reply(oof.external)),
    )
    well = _well("ResponseMessage")
    return m("GetUserOofSettingsResponse", well, settings, m("AllowExternalOof", oof.allowed))


def set_replies(mailbox: Mailbox, request: Xml) -> Xml:
    """SetUserOofSettings."""
    mailbox.writes.append("SetUserOofSettings")
    settings = request.find("t:UserOofSettings", NAMESPACES)
    oof = mailbox.oof
    start = settings.findtext("t:Duration/t:StartTime", "", NAMESPACES)
    if start:
        end = instant(settings.findtext("t:Duration/t:EndTime", "", NAMESPACES))
        if instant(start) >= end:
            raise EwsError("ErrorInvalidScheduledOofDuration")
        oof.start, oof.end = instant(start), end + oof.moves_end_by
    elif settings.findtext("t:OofState", "", NAMESPACES) == "Scheduled":
        raise EwsError("ErrorInvalidUserOofSettings")
    oof.state = settings.findtext("t:OofState", "", NAMESPACES)
    oof.audience = settings.findtext("t:ExternalAudience", "", NAMESPACES)
    oof.internal = _body(settings.findtext("t:InternalReply/t:Message", "", NAMESPACES))
    oof.external = _body(settings.findtext("t:ExternalReply/t:Message", "", NAMESPACES))
    return m("SetUserOofSettingsResponse", _well("ResponseMessage"))


def _body(html: str) -> str:
    """What is kept of some HTML: its body."""
    return html.replace("<html>", "").replace("</html>", "").strip()


def availability(mailbox: Mailbox, request: Xml) -> Xml:
    """GetUserAvailability, with the working hours alone."""
    del request
    free = t("FreeBusyView", t("FreeBusyViewType", "FreeBusy"))
    if mailbox.working_hours is not None:
        free.append(etree.fromstring(f'<WorkingHours xmlns="{TYPES}">{mailbox.working_hours}</WorkingHours>'))
    answer = m("FreeBusyResponse", _well("ResponseMessage"), m("FreeBusyView", *free))
    return m("GetUserAvailabilityResponse", m("FreeBusyResponseArray", answer))


#: Operations that answer with one message for each thing that was asked.
SEVERAL: dict[str, Callable[[Mailbox, Xml], Iterator[Xml]]] = {
    "CreateItem": create_items,
    "DeleteItem": delete_items,
    "FindItem": find_items,
    "GetFolder": get_folders,
    "GetItem": get_items,
    "SendItem": send_items,
    "Subscribe": subscribe,
    "SyncFolderItems": sync_items,
}
#: Operations that answer once, in a form of their own.
ONCE: dict[str, Callable[[Mailbox, Xml], Xml]] = {
    "GetUserAvailability": availability,
    "GetUserOofSettings": get_replies,
    "SetUserOofSettings": set_replies,
}


def answered(mailbox: Mailbox, operation: str, request: Xml, error: EwsError | None = None) -> Xml:
    """The answer to a request; with `error` it goes wrong before anything is done."""
    with mailbox.lock:
        try:
            if error is not None:
                raise error
            if operation in ONCE:
                return ONCE[operation](mailbox, request)
            messages = list(SEVERAL[operation](mailbox, request))
        except EwsError as problem:
            return _answer_of_error(operation, problem)
    return m(f"{operation}Response", m("ResponseMessages", *messages))


def _answer_of_error(operation: str, problem: EwsError) -> Xml:
    """The answer that tells an error in the form of its operation."""
    if operation == "GetUserAvailability":
        inner = m("FreeBusyResponse", error_message("ResponseMessage", problem))
        return m("GetUserAvailabilityResponse", m("FreeBusyResponseArray", inner))
    if operation in ONCE:
        return m(f"{operation}Response", error_message("ResponseMessage", problem))
    message = error_message(f"{operation}ResponseMessage", problem)
    if operation in ("CreateItem", "GetItem"):
        message.append(m("Items"))
    return m(f"{operation}Response", m("ResponseMessages", message))


__all__ = ["MESSAGES", "EwsError", "answered", "error_message"]
