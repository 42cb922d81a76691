"""A loopback server of one account with a scheduling inbox that holds an availability (RFC 6638, RFC 7953).

It has real state and is strict: what the RFC does not allow as `calendar-availability` is refused.
"""

from xml.etree import ElementTree

from icalendar import Calendar

from servers.loopback_dav import Answer, LoopbackDav, Request

DAV, CALDAV = "{DAV:}", "{urn:ietf:params:xml:ns:caldav}"
PRINCIPAL, INBOX = "/principals/therapist/", "/calendars/therapist/inbox/"
_AVAILABILITY = f"{CALDAV}calendar-availability"
_XML = {"Content-Type": "application/xml; charset=utf-8"}


class SchedulingServer(LoopbackDav):
    """The account "therapist". `availability` is what the inbox holds; None where it holds nothing.

    With `is_protected` nobody may change it; without `has_inbox` the account has none.
    """

    def __init__(self) -> None:
        """Hold nothing."""
        self.availability: str | None = None
        self.is_protected = False
        self.has_inbox = True
        super().__init__()

    def answer(self, request: Request) -> Answer:
        """PROPFIND and PROPPATCH, and nothing else."""
        try:
            root = ElementTree.fromstring(request.body)
        except ElementTree.ParseError:
            return Answer(400)
        if request.method == "PROPFIND" and root.tag == f"{DAV}propfind":
            return self._found(request.path, [each.tag for each in root.iterfind(f"{DAV}prop/*")])
        if request.method == "PROPPATCH" and root.tag == f"{DAV}propertyupdate":
            return self._changed(request.path, root)
        return Answer(405)

    def _found(self, path: str, wanted: list[str]) -> Answer:
        """The properties of a resource."""
        values = self._properties(path)
        if values is None:
            return Answer(404)
        has = "".join(values[name] for name in wanted if name in values)
        lacks = "".join(_element(name) for name in wanted if name not in values)
        return _multistatus(path, _part(has, "200 OK") + _part(lacks, "404 Not Found"))

    def _properties(self, path: str) -> dict[str, str] | None:
        """The properties that a resource has, as elements; None where there is no resource."""
        principal = {
            f"{DAV}current-user-principal": _element(f"{DAV}current-user-principal", _href(PRINCIPAL))
        }
        if path in ("/", PRINCIPAL):
            inbox = f"{CALDAV}schedule-inbox-URL"
            return principal | ({inbox: _element(inbox, _href(INBOX))} if self.has_inbox else {})
        if path == INBOX and self.has_inbox:
            held = self.availability
            return principal | (
                {} if held is None else {_AVAILABILITY: _element(_AVAILABILITY, _escaped(held))}
            )
        return None

    def _changed(self, path: str, root: ElementTree.Element) -> Answer:
        """Set or remove the availability."""
        asked = [(action.tag, each) for action in root for each in action.iterfind(f"{DAV}prop/*")]
        if path != INBOX or [each.tag for _, each in asked] != [_AVAILABILITY]:
            return Answer(403)
        (action, value), name = asked[0], _element(_AVAILABILITY)
        if self.is_protected:
            return _multistatus(path, _part(name, "403 Forbidden"))
        if action == f"{DAV}remove":
            self.availability = None
            return _multistatus(path, _part(name, "200 OK"))
        if not _is_allowed(value.text or ""):
            return _multistatus(path, _part(name, "409 Conflict"))
        # As most servers do, it keeps what it understood, and not the octets.
        self.availability = Calendar.from_ical(value.text or "").to_ical().decode()
        return _multistatus(path, _part(name, "200 OK"))


def _is_allowed(text: str) -> bool:
    """Whether a text is an iCalendar object with one VAVAILABILITY and no METHOD (RFC 7953, section 7.2.4)."""
    try:
        calendar = Calendar.from_ical(text)
    except ValueError:
        return False
    kinds = [each.name for each in calendar.subcomponents if each.name != "VTIMEZONE"]
    return kinds == ["VAVAILABILITY"] and "METHOD" not in calendar and "UID" in calendar.subcomponents[0]


def _multistatus(path: str, parts: str) -> Answer:
    """An answer about one resource."""
    response = _element(f"{DAV}response", _href(path) + parts)
    return Answer(207, _XML, _element(f"{DAV}multistatus", response).encode())


def _part(properties: str, status: str) -> str:
    """Some properties and what became of them; nothing where there are none."""
    if not properties:
        return ""
    inner = _element(f"{DAV}prop", properties) + _element(f"{DAV}status", f"HTTP/1.1 {status}")
    return _element(f"{DAV}propstat", inner)


def _href(path: str) -> str:
    """An address."""
    return _element(f"{DAV}href", path)


def _element(name: str, inner: str = "") -> str:
    """An element, by its name with the namespace."""
    space, local = name[1:].split("}")
    return f'<{local} xmlns="{space}">{inner}</{local}>'


def _escaped(text: str) -> str:
    """A text as XML holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
