"""The few content lines of iCalendar that say when somebody is busy, and no line of text."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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
_NAME = re.compile(rb"[A-Za-z0-9-]+")
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)')
_NO_PARAMETERS: Mapping[str, str] = MappingProxyType({})


class CalendarTextError(Exception):
    """A component cannot be read; the message is the reason, without any of its text."""


@dataclass(frozen=True, slots=True)
class Property:
    """One content line: upper-case names, parameters without their quotes, the value as it stands."""

    name: str
    parameters: Mapping[str, str]
    value: str


class Component:
    """What stands between BEGIN and END; `number` counts a calendar's components from 1.

    `problem` says what is wrong with its form, where something is. Its lines lie in `pieces` of text, some
    of many lines, until the first property is asked for; then what is not read is let go.
    """

    __slots__ = ("_properties", "children", "name", "number", "pieces", "problem")

    def __init__(self, name: str, number: int = 0) -> None:
        """Hold nothing yet."""
        self.name, self.number, self.problem = name, number, ""
        self.pieces: list[bytes] = []
        self.children: list[Component] = []
        self._properties: list[Property] | None = None

    @property
    def properties(self) -> list[Property]:
        """The properties that are read, in the order of the file."""
        if self._properties is None:
            self._properties = [one for piece in self.pieces for one in content_lines(piece)]
            self.pieces = []
        return self._properties

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


def name_of(line: bytes) -> str:
    """The name of a content line that is read, in capital letters; "" for any other line."""
    found = _NAME.match(line)
    name = found[0].decode().upper() if found else ""
    return name if name in _READ else ""


def content_lines(text: bytes) -> Iterator[Property]:
    """The content lines of a text that are read; its lines are unfolded and end with LF."""
    for line in text.split(b"\n"):
        name = name_of(line)
        if name:
            found = content(line.decode("utf-8", "replace"), name)
            if found is not None:
                yield found


def content(line: str, name: str) -> Property | None:
    """A content line (RFC 5545, section 3.1) that begins with the name; None where it has no value."""
    at = len(name)
    if line[at : at + 1] == ":":
        return Property(name, _NO_PARAMETERS, line[at + 1 :])
    parameters: dict[str, str] = {}
    while found := _PARAMETER.match(line, at):
        parameters[found[1].upper()] = found[2].strip('"')
        at = found.end()
    return Property(name, parameters, line[at + 1 :]) if line[at : at + 1] == ":" else None
