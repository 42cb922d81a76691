"""Events that take place once, which nearly all of a calendar's do: read in one go over their lines.

What a line means hangs on what stands before its colon and on little else, and both come again and again.
So each is understood once, by the readers of any event, and then remembered. An event in which anything is
out of the ordinary is left to those readers.
"""

from typing import NamedTuple

from boundary_plugins.codecs.icalendar_clock import DAY, Clock, within_the_calendar
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, content, name_of
from boundary_plugins.codecs.icalendar_meaning import Mark, mark_of
from boundary_plugins.codecs.icalendar_times import Length, length, moment
from boundary_plugins.codecs.icalendar_zones import Zones

_IGNORED, _MARK, _ODD = "", "mark", "odd"
#: What the lines of each property are to an event that takes place once; others are ignored.
_ROLES = {
    "DTSTART": "DTSTART",
    "DTEND": "DTEND",
    "DURATION": "DURATION",
    "UID": "UID",
    "CATEGORIES": _MARK,
    "STATUS": _MARK,
    "TRANSP": _MARK,
    "X-MICROSOFT-CDO-ALLDAYEVENT": _MARK,
    "X-MICROSOFT-CDO-BUSYSTATUS": _MARK,
    # It recurs, or is one time of what does.
    "EXDATE": _ODD,
    "EXRULE": _ODD,
    "RDATE": _ODD,
    "RECURRENCE-ID": _ODD,
    "RRULE": _ODD,
}


class PlainEvent(NamedTuple):
    """When an event takes place, from an instant to an instant, and what it means, if it means anything."""

    uid: str | None
    start: int
    end: int
    mark: Mark | None


class PlainEvents:
    """The reader of one calendar's events; it remembers what it understood."""

    def __init__(self, zones: Zones) -> None:
        """Remember nothing yet."""
        self._zones = zones
        # What stands before the colon, and what it is.
        self._roles: dict[bytes, str] = {}
        # The same with the length of the value, which tells a day from a time, and that from one in UTC.
        self._clocks: dict[tuple[bytes, int], tuple[Clock, bool]] = {}
        self._days: dict[bytes, int] = {}
        self._times: dict[bytes, int] = {}
        self._lengths: dict[bytes, Length] = {}
        self._marks: dict[tuple[bool, bytes], Mark | None] = {}

    def read(self, component: Component) -> PlainEvent | None:
        """The event, or None where it is not so plain; what is wrong with it, others say."""
        if component.problem or component.children or len(component.pieces) != 1:
            return None
        try:
            return self._event(component.pieces[0])
        except (CalendarTextError, ArithmeticError, LookupError, TypeError, ValueError):
            return None

    def _event(self, text: bytes) -> PlainEvent | None:
        """The event of these lines. Raises whatever is wrong."""
        roles = self._roles
        found: dict[str, tuple[bytes, bytes]] = {}
        marks: list[bytes] = []
        for line in text.split(b"\n"):
            head, _, value = line.partition(b":")
            role = roles.get(head)
            if role is None:
                role = self._role(head)
            if role is _MARK:
                marks.append(line)
            elif role:
                if role in found or role is _ODD:
                    return None
                found[role] = head, value
        start, end, is_date = self._span(found)
        if start >= end:
            return None
        uid = found["UID"][1].decode("utf-8", "replace") if "UID" in found else None
        return PlainEvent(uid, start, within_the_calendar(end), self._mark(is_date, b"\n".join(marks)))

    def _role(self, head: bytes) -> str:
        """What the lines are that begin so. Only names that are read are remembered with parameters."""
        name = name_of(head)
        role = _ROLES.get(name, _IGNORED)
        if role and content(head.decode("utf-8", "replace") + ":", name) is None:
            return _ODD
        if name or b";" not in head:
            self._roles[head] = role
        return role

    def _span(self, found: dict[str, tuple[bytes, bytes]]) -> tuple[int, int, bool]:
        """From when to when, and whether by days. Raises LookupError where other readers must tell."""
        wall, clock, is_date = self._time(*found["DTSTART"])
        start = clock.instant(wall)
        if "DTEND" not in found:
            lasts = self._length(found["DURATION"][1])
            return start, lasts.after(wall, clock), is_date
        end_wall, end_clock, ends_on_date = self._time(*found["DTEND"])
        if "DURATION" in found or ends_on_date is not is_date:
            raise LookupError
        return start, end_clock.instant(end_wall), is_date

    def _time(self, head: bytes, value: bytes) -> tuple[int, Clock, bool]:
        """A time on its clock, and whether it is a day. Raises what is wrong with it."""
        try:
            clock, is_date = self._clocks[head, len(value)]
            return self._days[value[:8]] + self._times[value[8:]], clock, is_date
        except KeyError:
            return self._understood(head, value)

    def _understood(self, head: bytes, value: bytes) -> tuple[int, Clock, bool]:
        """The same of what was never seen. Raises LookupError where its zone is unknown."""
        found = content((head + b":" + value).decode("ascii"), name_of(head))
        if found is None or value != value.strip():
            raise LookupError
        read = moment(found, self._zones)
        if self._zones.unknown:
            self._zones.unknown = False
            raise LookupError
        self._clocks[head, len(value)] = read.clock, read.is_date
        self._days[value[:8]] = read.wall // DAY * DAY
        self._times[value[8:]] = read.wall % DAY
        return read.wall, read.clock, read.is_date

    def _length(self, value: bytes) -> Length:
        """A duration."""
        if value not in self._lengths:
            self._lengths[value] = length(value.decode("ascii"), "DURATION")
        return self._lengths[value]

    def _mark(self, is_date: bool, lines: bytes) -> Mark | None:
        """What these lines mean."""
        key = is_date, lines
        if key not in self._marks:
            component = Component("VEVENT")
            component.pieces.append(lines)
            self._marks[key] = mark_of(component, is_date)
        return self._marks[key]
