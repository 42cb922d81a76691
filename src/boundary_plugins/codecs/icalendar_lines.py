"""Reads the few lines of iCalendar that say when somebody is busy, and no line of text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

#: The properties that are read (RFC 5545, RFC 7953, and Microsoft's own); every other line is dropped
#: unread, so that no summary, attendee or place can leave this module.
_READ = frozenset(
    {
        "BEGIN",
        "BUSYTYPE",
        "CATEGORIES",
        "DTEND",
        "DTSTAMP",
        "DTSTART",
        "DURATION",
        "END",
        "EXDATE",
        "EXRULE",
        "FREEBUSY",
        "LAST-MODIFIED",
        "METHOD",
        "PRIORITY",
        "PRODID",
        "RDATE",
        "RECURRENCE-ID",
        "RRULE",
        "SEQUENCE",
        "STATUS",
        "TRANSP",
        "TZID",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "UID",
        "X-LIC-LOCATION",
        "X-MICROSOFT-CDO-ALLDAYEVENT",
        "X-MICROSOFT-CDO-BUSYSTATUS",
    }
)
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
#: A fold may stand inside a character of several octets (RFC 5545, section 3.1), so octets are unfolded.
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})
#: No calendar nests deeper than an alarm in an event in a calendar.
_DEEPEST = 10
_BOUND = re.compile(rb"^(BEGIN|END):VCALENDAR[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class CalendarTextError(Exception):
    """A component cannot be read; the message is the reason, without any of its text."""


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: upper-case names, parameters without their quotes, the value as it stands."""

    name: str
    parameters: Mapping[str, str]
    value: str


@dataclass(slots=True)
class Component:
    """What stands between BEGIN and END; `number` counts a calendar's components from 1.

    `problem` says what is wrong with its form, where something is.
    """

    name: str
    number: int = 0
    properties: list[Property] = field(default_factory=list)
    children: "list[Component]" = field(default_factory=list)
    problem: str = ""

    def first(self, name: str) -> Property | None:
        """The first property of a name."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Property]:
        """Every property of a name, in the order of the file."""
        return (one for one in self.properties if one.name == name)

    def word(self, name: str, otherwise: str = "") -> str:
        """The value of the first property of a name, in capital letters."""
        found = self.first(name)
        return found.value.strip().upper() if found else otherwise


def is_whole_calendar(data: bytes) -> bool:
    """Whether the text begins and ends as a calendar does, so that it is not cut off."""
    bounds = [bound.upper() for bound in _BOUND.findall(_plain(data))]
    return len(bounds) >= 2 and bounds == [b"BEGIN", b"END"] * (len(bounds) // 2)


def read_components(data: bytes) -> list[Component]:
    """The calendars in the text (RFC 5545, section 3.4): none where it is no calendar at all.

    Line ends may be CRLF, LF or mixed. A component that is not closed carries its `problem`.
    """
    calendars: list[Component] = []
    path: list[Component] = []
    for line in _lines(data):
        if line.name == "BEGIN":
            _begin(line.value.strip().upper(), calendars, path)
        elif line.name == "END":
            _end(line.value.strip().upper(), path)
        elif path:
            path[-1].properties.append(line)
    for left_open in path:
        left_open.problem = left_open.problem or "it is cut off"
    return calendars


def _begin(name: str, calendars: list[Component], path: list[Component]) -> None:
    """Open a component; one of the calendar's own closes what was left open before it."""
    if name == "VCALENDAR":
        while path:
            path.pop().problem = "it has no END"
        path.append(Component(name))
        calendars.append(path[0])
        return
    if not path:
        return
    if name in ("VEVENT", "VAVAILABILITY", "VFREEBUSY", "VTIMEZONE", "VTODO", "VJOURNAL"):
        while len(path) > 1:
            path.pop().problem = "it has no END"
    if len(path) > _DEEPEST:
        path[1].problem = "it is nested too deeply"
        return
    parent = path[-1]
    component = Component(name, len(parent.children) + 1)
    parent.children.append(component)
    path.append(component)


def _end(name: str, path: list[Component]) -> None:
    """Close the innermost component of the name, and what was left open within it."""
    if not any(component.name == name for component in path):
        return
    while path:
        component = path.pop()
        if component.name == name:
            return
        component.problem = "it has no END"


def _plain(data: bytes) -> bytes:
    """The octets in UTF-8 without a byte order mark; some programs write UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _lines(data: bytes) -> Iterator[Property]:
    """The content lines that are read, unfolded."""
    text = _FOLD.sub(b"", _plain(data)).decode("utf-8", "replace")
    for line in re.split(r"[\r\n]+", text):
        found = _NAME.match(line)
        if found and found[0].upper() in _READ:
            content = _content(line, found[0].upper(), found.end())
            if content is not None:
                yield content


def _content(line: str, name: str, at: int) -> Property | None:
    """A content line (RFC 5545, section 3.1); None where it has no value."""
    if line[at : at + 1] == ":":
        return Property(name, _NO_PARAMETERS, line[at + 1 :])
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(line, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    return Property(name, parameters, line[at + 1 :]) if line[at : at + 1] == ":" else None
