"""Items of our Exchange as the XML of EWS, with the fields that were asked for and in the order of the schema."""

import base64
from collections.abc import Iterable
from typing import Any

from lxml import etree

from servers.ews_items import Item
from servers.ews_schema import MESSAGES, NAMESPACES, TYPES

Xml = Any

#: The simple elements and lists of an item in the order of types.xsd.
_ORDER = (
    "MimeContent",
    "ItemId",
    "ItemClass",
    "Subject",
    "Sensitivity",
    "DateTimeReceived",
    "Categories",
    "DateTimeSent",
    "DateTimeCreated",
    "ReminderIsSet",
    "ExtendedProperty",
    "ToRecipients",
    "CcRecipients",
    "BccRecipients",
    "From",
    "InternetMessageId",
    "UID",
    "Start",
    "End",
    "OriginalStart",
    "IsAllDayEvent",
    "LegacyFreeBusyStatus",
    "IsCancelled",
    "IsRecurring",
    "CalendarItemType",
    "MyResponseType",
)
#: What only a question for single items tells; a search or a sync says nothing of it.
SINGLE_ONLY = {"ToRecipients", "CcRecipients", "BccRecipients", "MimeContent", "InternetMessageHeaders"}


def t(name: str, *children: Any, **attributes: str) -> Xml:
    """An element of the types."""
    return _element(TYPES, name, children, attributes)


def m(name: str, *children: Any, **attributes: str) -> Xml:
    """An element of the messages."""
    return _element(MESSAGES, name, children, attributes)


def _element(space: str, name: str, children: Iterable[Any], attributes: dict[str, str]) -> Xml:
    """An element with elements or a text in it."""
    element = etree.Element(f"{{{space}}}{name}", attributes, nsmap={"t": TYPES, "m": MESSAGES})
    for child in children:
        if isinstance(child, str):
            element.text = child
        else:
            element.append(child)
    return element


def property_key(uri: Xml) -> str:
    """The key of a property that a request names."""
    kind = uri.get("PropertyType")
    if uri.get("PropertyTag"):
        return f"{int(uri.get('PropertyTag'), 0):#x}:{kind}"
    space = uri.get("DistinguishedPropertySetId") or uri.get("PropertySetId")
    return f"{space}/{uri.get('PropertyName')}".lower() + f":{kind}"


class Shape:
    """Which fields a request asks for."""

    def __init__(self, request: Xml) -> None:
        """Read an ItemShape."""
        shape = request.find("m:ItemShape", NAMESPACES)
        self.mime = shape.findtext("t:IncludeMimeContent", "false", NAMESPACES) == "true"
        self.names = [
            each.get("FieldURI").partition(":")[2]
            for each in shape.iterfind("t:AdditionalProperties/t:FieldURI", NAMESPACES)
        ]
        self.properties = list(shape.iterfind("t:AdditionalProperties/t:ExtendedFieldURI", NAMESPACES))

    def forbidden_in_a_search(self) -> bool:
        """Whether something is asked for that only a question for single items tells."""
        return self.mime or bool(SINGLE_ONLY & set(self.names))


def item_xml(item: Item, shape: Shape, *, single: bool) -> Xml:
    """An item with the fields that were asked for; a search tells only the beginning of a long property."""
    found: dict[str, list[Xml]] = {"ItemId": [item_id(item)]}
    if shape.mime:
        found["MimeContent"] = [t("MimeContent", base64.b64encode(item.mime).decode(), CharacterSet="UTF-8")]
    for name in shape.names:
        found[name] = _field(item, name)
    properties = [(uri, item.extended.get(property_key(uri))) for uri in shape.properties]
    found["ExtendedProperty"] = [
        t("ExtendedProperty", _uri(uri), t("Value", value if single else value[:255]))
        for uri, value in properties
        if value is not None
    ]
    element = t(item.kind)
    for name in _ORDER:
        element.extend(found.pop(name, []))
    assert not found, f"the server does not know {sorted(found)}"
    return element


def item_id(item: Item) -> Xml:
    """An item's id and version."""
    return t("ItemId", Id=item.item_id, ChangeKey=item.change_key)


def _field(item: Item, name: str) -> list[Xml]:
    """One field; nothing where the item has none."""
    if name == "Categories":
        return [t(name, *(t("String", each) for each in item.categories))] if item.categories else []
    if name in item.people:
        boxes = [t("Mailbox", t("EmailAddress", each)) for each in item.people[name]]
        return [t(name, *boxes)]
    return [t(name, item.fields[name])] if name in item.fields else []


def _uri(uri: Xml) -> Xml:
    """The name of a property as Exchange writes it back."""
    attributes = dict(uri.attrib)
    if "PropertyTag" in attributes:
        attributes["PropertyTag"] = f"{int(attributes['PropertyTag'], 0):#x}"
    return t("ExtendedFieldURI", **attributes)
