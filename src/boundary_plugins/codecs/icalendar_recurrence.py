"""Recurring components as occurrences: rules run on the wall clock of their zone, then become instants."""

from collections.abc import Iterator
from dataclasses import dataclass

from boundary_plugins.codecs.icalendar_clock import DAY, within_the_calendar
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, Property
from boundary_plugins.codecs.icalendar_rrule import Steps, read_rule, walk
from boundary_plugins.codecs.icalendar_times import Length, Moment, length, length_between, moment
from boundary_plugins.codecs.icalendar_zones import Zones

#: More occurrences of one event than this in one question are no appointments of a person.
MOST_OCCURRENCES = 10_000
#: No zone is further than this from UTC with a clock change besides, in seconds.
_MARGIN = 3 * DAY


@dataclass(frozen=True, slots=True)
class Part:
    """One VEVENT or AVAILABLE: when it begins and how long it lasts, in its own words."""

    component: Component
    start: Moment
    length: Length
    recurrence_id: Moment | None
    this_and_future: bool

    @classmethod
    def read(cls, component: Component, zones: Zones) -> "Part":
        """Its times. Raises CalendarTextError."""
        if component.problem:
            raise CalendarTextError(component.problem)
        found = component.first("DTSTART")
        if found is None:
            raise CalendarTextError("DTSTART is missing")
        start = moment(found, zones)
        replaced = component.first("RECURRENCE-ID")
        return cls(
            component,
            start,
            _length(component, start, zones),
            moment(replaced, zones) if replaced else None,
            replaced is not None and replaced.parameters.get("RANGE", "").upper() == "THISANDFUTURE",
        )

    def ends(self, wall: int, at: int, lasts: Length) -> int:
        """The instant at which an occurrence ends that begins at an instant, when the clock shows `wall`."""
        end = self.start.clock.instant(wall + lasts.days * DAY) if lasts.days else at
        return within_the_calendar(end + lasts.exact)


def _length(component: Component, start: Moment, zones: Zones) -> Length:
    """By DTEND, by DURATION, or (RFC 5545, section 3.6.1) one day for a date and nothing for a time."""
    if (end := component.first("DTEND")) is not None:
        return length_between(start, moment(end, zones))
    if (duration := component.first("DURATION")) is not None:
        return length(duration.value, "DURATION")
    return Length(1 if start.is_date else 0, 0)


#: From an instant to an instant something takes place, and the component says what it is.
Occurrence = tuple[int, int, Part]


class Series:
    """A component that may recur, with the components that replace single occurrences of it."""

    def __init__(self, master: Part | None, replacements: list[Part], zones: Zones) -> None:
        """Read the rules. Raises CalendarTextError."""
        self.number = (master or replacements[0]).component.number
        self._master, self._zones = master, zones
        self._single = [one for one in replacements if not one.this_and_future]
        self._from_here_on = sorted((one for one in replacements if one.this_and_future), key=_replaced)
        self._replaced = {_replaced(one) for one in replacements}
        self._rules: list[Steps] = []
        self._unwanted: list[Steps] = []
        self._added: list[tuple[Moment, Length | None]] = []
        self._removed: set[int] = set()
        self._removed_days: set[int] = set()
        if master is not None:
            self._read(master)

    def _read(self, master: Part) -> None:
        """The rules, and the times that were added and taken out."""
        self._rules = [read_rule(one, master.start) for one in master.component.all("RRULE")]
        self._unwanted = [read_rule(one, master.start) for one in master.component.all("EXRULE")]
        for found in master.component.all("RDATE"):
            self._added += [_added(found, value, self._zones) for value in _values(found)]
        for found in master.component.all("EXDATE"):
            for value in _values(found):
                removed = moment(found, self._zones, value)
                if removed.is_date:
                    self._removed_days.add(removed.wall // DAY)
                else:
                    self._removed.add(removed.instant)

    def only(self) -> Occurrence | None:
        """The one occurrence of what does not recur; None where there is more to it, or no time at all."""
        master = self._master
        if master is None or self._rules or self._added or self._replaced:
            return None
        if self._removed or self._removed_days:
            return None
        start, end = _span(master)
        return (start, end, master) if start < end else None

    def between(self, first: int, last: int) -> Iterator[Occurrence]:
        """Every occurrence that touches what lies between two instants.

        Raises CalendarTextError where there are too many.
        """
        count = 0
        for occurrence in self._all(first, last):
            start, end, _ = occurrence
            if start < last and first < end and start < end:
                count += 1
                if count > MOST_OCCURRENCES:
                    raise CalendarTextError("it recurs too often to be followed")
                yield occurrence

    def _all(self, first: int, last: int) -> Iterator[Occurrence]:
        """Occurrences in and near the interval: replacements wherever they were moved, and the others."""
        for part in (*self._single, *self._from_here_on):
            yield *_span(part), part
        if self._master is None:
            return
        clock, removed = self._master.start.clock, self._removed | self._replaced
        for wall, own in self._starts(self._master, first, last):
            at = clock.instant(wall)
            if at not in removed and not (self._removed_days and wall // DAY in self._removed_days):
                yield self._one(self._master, wall, at, own)

    def _one(self, master: Part, wall: int, at: int, own: Length | None) -> Occurrence:
        """One occurrence, by the last component that changed it and all after it (RFC 5545, 3.8.4.4)."""
        part, clock = master, master.start.clock
        moved = 0
        for changed in self._from_here_on:
            if changed.recurrence_id is not None and _replaced(changed) <= at:
                part, moved = changed, changed.start.on(clock) - changed.recurrence_id.on(clock)
        if moved:
            wall += moved
            at = clock.instant(wall)
        return at, master.ends(wall, at, own or part.length), part

    def _starts(self, master: Part, first: int, last: int) -> Iterator[tuple[int, Length | None]]:
        """The wall times at which occurrences begin that may touch the interval; the first is DTSTART."""
        longest = max(part.length.about for part in (master, *self._from_here_on))
        moved = max([abs(_moved(one)) for one in self._from_here_on], default=0)
        first, last = first - longest - moved - _MARGIN, last + moved + _MARGIN
        unwanted = {wall for rule in self._unwanted for wall in walk(rule, first, last)}
        walls = {wall for rule in self._rules for wall in walk(rule, first, last)} | {master.start.wall}
        for wall in sorted(walls - unwanted):
            yield wall, None
        for added, own in self._added:
            wall = added.on(master.start.clock)
            if own is not None or wall not in walls:
                yield wall, own


def _values(found: Property) -> list[str]:
    """The values of a list."""
    return [value for value in found.value.split(",") if value.strip()]


def _added(found: Property, value: str, zones: Zones) -> tuple[Moment, Length | None]:
    """One time of an RDATE; a period has its own length (RFC 5545, section 3.8.5.2)."""
    begins, _, ends = value.partition("/")
    start = moment(found, zones, begins)
    return start, period_length(found, start, ends, zones) if ends else None


def period_length(found: Property, start: Moment, ends: str, zones: Zones) -> Length:
    """The length of a period that begins at `start`: to an end, or a duration. Raises CalendarTextError."""
    if ends.strip()[:1] in ("P", "p", "+", "-"):
        return length(ends, found.name)
    return length_between(start, moment(found, zones, ends))


def _span(part: Part) -> tuple[int, int]:
    """When a component itself begins and ends."""
    at = part.start.instant
    return at, part.ends(part.start.wall, at, part.length)


def _replaced(part: Part) -> int:
    """The instant of the occurrence that a component replaces."""
    assert part.recurrence_id is not None
    return part.recurrence_id.instant


def _moved(part: Part) -> int:
    """How far a component moves what it replaces, in seconds."""
    return part.start.instant - _replaced(part)
