"""Elements of questions that the library has no names for."""

from caldav.elements.base import BaseElement, ValuedBaseElement
from caldav.elements.dav import Href, Prop, PropertyUpdate, Set, SyncCollection, SyncLevel, SyncToken
from caldav.lib.namespace import ns


class CalendarAvailability(ValuedBaseElement):
    """The availability of the calendar user, on the scheduling inbox (RFC 7953, section 7.2.4)."""

    tag = ns("C", "calendar-availability")


class CollectionTag(BaseElement):
    """What changes whenever anything in a collection does (getctag; older than RFC 6578, and widely known)."""

    tag = "{http://calendarserver.org/ns/}getctag"


class Privileges(BaseElement):
    """What the account may do (RFC 3744, section 5.5)."""

    tag = ns("D", "current-user-privilege-set")


class Remove(BaseElement):
    """What a PROPPATCH takes away (RFC 4918, section 14.23)."""

    tag = ns("D", "remove")


def within(outer: BaseElement, *inner: BaseElement) -> BaseElement:
    """An element with others in it."""
    return outer.append(inner)


def sync_question(token: str | None, wanted: BaseElement) -> BaseElement:
    """What changed since a token (RFC 6578, section 3.2), or (None) everything there is."""
    return within(
        SyncCollection(), SyncToken(value=token or ""), SyncLevel(value="1"), within(Prop(), wanted)
    )


def setting(value: BaseElement) -> BaseElement:
    """A property set."""
    return within(PropertyUpdate(), within(Set(), within(Prop(), value)))


def removal(value: BaseElement) -> BaseElement:
    """A property taken away."""
    return within(PropertyUpdate(), within(Remove(), within(Prop(), value)))


def href(path: str) -> BaseElement:
    """The address of one resource."""
    return Href(value=path)
