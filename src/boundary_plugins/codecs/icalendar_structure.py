"""Cuts the text of calendars into components; nearly all of them are events that are cut out whole."""

import re

from boundary_plugins.codecs.icalendar_lines import Component, content, name_of

#: No calendar nests deeper than an alarm in an event in a calendar.
_DEEPEST = 10
_BOUND = re.compile(rb"^(BEGIN|END):VCALENDAR[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
#: Components of the calendar itself: nothing that was left open before them goes on behind them.
_OF_A_CALENDAR = ("VEVENT", "VAVAILABILITY", "VFREEBUSY", "VTIMEZONE", "VTODO", "VJOURNAL")
_EVENT, _EVENT_END = b"\nBEGIN:VEVENT\n", b"\nEND:VEVENT\n"
_ALARM, _ALARM_END = b"\nBEGIN:VALARM\n", b"\nEND:VALARM\n"
_NESTED = re.compile(rb"\n(?:BEGIN|END)[:;]", re.IGNORECASE)


def is_whole_calendar(data: bytes) -> bool:
    """Whether the text begins and ends as a calendar does, so that it is not cut off."""
    bounds = [bound.upper() for bound in _BOUND.findall(_plain(data))]
    return len(bounds) >= 2 and bounds == [b"BEGIN", b"END"] * (len(bounds) // 2)


def read_components(data: bytes) -> list[Component]:
    """The calendars in the text (RFC 5545, section 3.4): none where it is no calendar at all.

    Line ends may be CRLF, LF or mixed. A component that is not closed carries its `problem`.
    """
    text, structure = unfolded(data), _Structure()
    begin, at = text.find(_EVENT), 0
    while begin >= 0:
        structure.read(text[at:begin])
        at = begin + len(_EVENT) - 1
        following = text.find(_EVENT, at)
        # The LF behind an event is that before the next one.
        end = text.find(_EVENT_END, at, following + 1 if following >= 0 else None)
        event = _alone(text[at : end + 1]) if end >= 0 else None
        if event is None:
            structure.read(_EVENT)
        else:
            at = end + len(_EVENT_END) - 1
            structure.add_event(event)
        begin = following
    structure.read(text[at:])
    return structure.closed()


def _alone(event: bytes) -> bytes | None:
    """The lines of an event without its alarms; None where anything else begins or ends among them."""
    kept, *alarms = event.split(_ALARM)
    if len(_NESTED.findall(event)) != 2 * len(alarms):
        return None
    for alarm in alarms:
        _, end, behind = alarm.partition(_ALARM_END)
        if not end:
            return None
        kept += b"\n" + behind
    return kept


class _Structure:
    """The calendars that were read so far, and the components that are open, from the outermost on."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._calendars: list[Component] = []
        self._path: list[Component] = []

    def read(self, text: bytes) -> None:
        """Go on with any lines."""
        for line in filter(None, text.split(b"\n")):
            name = name_of(line)
            if name in ("BEGIN", "END"):
                bound = content(line.decode("utf-8", "replace"), name)
                if bound is not None:
                    change = self._begin if name == "BEGIN" else self._end
                    change(bound.value.strip().upper())
            elif name and self._path:
                self._path[-1].pieces.append(line)

    def add_event(self, lines: bytes) -> None:
        """Go on with an event in which nothing else begins or ends."""
        if self._path:
            self._close_within_the_calendar()
            self._open("VEVENT").pieces.append(lines)
            self._path.pop()

    def closed(self) -> list[Component]:
        """The calendars, at the end of the text."""
        for left_open in self._path:
            left_open.problem = left_open.problem or "it is cut off"
        return self._calendars

    def _begin(self, name: str) -> None:
        """Open a component; one of the calendar's own closes what was left open before it."""
        path = self._path
        if name == "VCALENDAR":
            while path:
                path.pop().problem = "it has no END"
            path.append(Component(name))
            self._calendars.append(path[0])
            return
        if not path:
            return
        if name in _OF_A_CALENDAR:
            self._close_within_the_calendar()
        if len(path) > _DEEPEST:
            path[1].problem = "it is nested too deeply"
            return
        self._open(name)

    def _close_within_the_calendar(self) -> None:
        """Close everything but the calendar."""
        while len(self._path) > 1:
            self._path.pop().problem = "it has no END"

    def _open(self, name: str) -> Component:
        """Open a component within the innermost one."""
        parent = self._path[-1]
        component = Component(name, len(parent.children) + 1)
        parent.children.append(component)
        self._path.append(component)
        return component

    def _end(self, name: str) -> None:
        """Close the innermost component of the name, and what was left open within it."""
        if not any(component.name == name for component in self._path):
            return
        while self._path:
            component = self._path.pop()
            if component.name == name:
                return
            component.problem = "it has no END"


def _plain(data: bytes) -> bytes:
    """The octets in UTF-8 without a byte order mark; some programs write UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def unfolded(data: bytes) -> bytes:
    """The lines of the text, unfolded, each between two LF.

    A fold may stand inside a character of several octets (RFC 5545, section 3.1), so octets are unfolded.
    """
    text = _plain(data).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = text.replace(b"\n ", b"").replace(b"\n\t", b"")
    return b"\n" + text + b"\n"
