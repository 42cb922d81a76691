"""From the address of a server to one calendar of the account, and to its scheduling inbox."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from caldav.elements import cdav, dav

from boundary_caldav.answers import Forbidden, NoDav
from boundary_caldav.client import Client
from boundary_caldav.parse import CALDAV, DAV, Resource, path_of
from boundary_caldav.session import origin_of
from boundary_plugins import Gone, Refused, Unsupported

_WELL_KNOWN = "/.well-known/caldav"
#: How servers say that an address is none of CalDAV's; the well-known one may lead on.
_NOT_HERE = (Gone, Unsupported, NoDav, Forbidden)


@dataclass(frozen=True, slots=True)
class FoundCalendar:
    """A calendar of the account: its path, and the name that the user gave it."""

    path: str
    name: str


def find_calendar(client: Client, wanted: str) -> FoundCalendar:
    """The calendar that is wanted by its name or address; the only one where nothing is said.

    Raises Refused where it cannot be told which one is meant, and what asking raises.
    """
    given = _given(client, wanted)
    if given is not None:
        return given
    found = calendars(client)
    if wanted:
        found = tuple(one for one in found if one.name == wanted)
    if len(found) == 1:
        return found[0]
    raise Refused(client.name, _which(len(found), wanted))


def _which(count: int, wanted: str) -> str:
    """One sentence about a calendar that cannot be told."""
    if wanted:
        number = "no calendar" if count == 0 else f"{count} calendars"
        return f"the account has {number} of the name that calendar says; boundary doctor lists them all"
    if count == 0:
        return "the account has no calendar"
    return f"the account has {count} calendars; let calendar name one of them (boundary doctor lists them)"


def _given(client: Client, wanted: str) -> FoundCalendar | None:
    """The calendar where an address of one is configured, as `calendar` or as `url`."""
    if wanted and "/" not in wanted:
        return None
    address = urljoin(client.url, wanted)
    if origin_of(address) != origin_of(client.url):
        raise Refused(client.name, "calendar is an address on another server than url")
    try:
        found = client.properties(address, [dav.ResourceType(), dav.DisplayName()])
    except _NOT_HERE:
        # A server's bare address need not answer to anything but the way to the account.
        if wanted:
            raise
        return None
    if found and _is_calendar(found[0]):
        return FoundCalendar(found[0].path, found[0].text(f"{DAV}displayname") or "")
    if wanted:
        raise Refused(client.name, "what calendar names is there, and is no calendar")
    return None


def calendars(client: Client) -> tuple[FoundCalendar, ...]:
    """Every calendar of the account, by path."""
    return tuple(sorted(_calendars(client), key=lambda one: one.path))


def _calendars(client: Client) -> Iterator[FoundCalendar]:
    """Every calendar in every home of the account (RFC 4791, section 6.2.1)."""
    (principal,) = client.properties(principal_path(client), [cdav.CalendarHomeSet()])[:1] or (None,)
    homes = principal.hrefs(f"{CALDAV}calendar-home-set") if principal else ()
    if not homes:
        raise Refused(client.name, "the server names no place of the account's calendars")
    for home in homes:
        for one in client.properties(home, [dav.ResourceType(), dav.DisplayName()], depth=1):
            if _is_calendar(one):
                yield FoundCalendar(one.path, one.text(f"{DAV}displayname") or "")


def principal_path(client: Client) -> str:
    """The account's own address (RFC 5397): by the configured one, else by the well-known one (RFC 6764)."""
    for address in (client.url, _WELL_KNOWN):
        try:
            found = client.properties(address, [dav.CurrentUserPrincipal()])
        except _NOT_HERE:
            continue
        for one in found[:1]:
            for href in one.hrefs(f"{DAV}current-user-principal"):
                return href
    raise Refused(client.name, "what url names is no CalDAV server, or it does not say whose account this is")


def inbox_path(client: Client) -> str | None:
    """The account's scheduling inbox (RFC 6638, section 2.2.1); None where the server has none."""
    found = client.properties(principal_path(client), [cdav.ScheduleInboxURL()])
    inboxes = found[0].hrefs(f"{CALDAV}schedule-inbox-URL") if found else ()
    return path_of(inboxes[0]) if inboxes else None


def _is_calendar(resource: Resource) -> bool:
    """Whether a resource is a calendar collection (RFC 4791, section 4.2)."""
    return resource.has_within(f"{DAV}resourcetype", f"{CALDAV}calendar")
