"""Recurring components as occurrences: rules run on the wall clock of their zone, then become instants."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from boundary_plugins.codecs.icalendar_cycle import Rule
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, Property
from boundary_plugins.codecs.icalendar_times import Length, Moment, Zones, length, length_between, moment
from boundary_plugins.core.interval import Interval

#: How many steps a rule may take from its beginning: four centuries of days, fifteen years of hours.
MOST_STEPS = 150_000
#: More occurrences of one event than this in one question are no appointments of a person.
MOST_OCCURRENCES = 10_000
MOST_TIMES_A_DAY = 48
#: No zone is further than this from UTC, and no clock change is larger.
_MARGIN = timedelta(days=2)
#: The days of each month in a leap year.
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


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


def _length(component: Component, start: Moment, zones: Zones) -> Length:
    """By DTEND, by DURATION, or (RFC 5545, section 3.6.1) one day for a date and nothing for a time."""
    if (end := component.first("DTEND")) is not None:
        return length_between(start, moment(end, zones))
    if (duration := component.first("DURATION")) is not None:
        return length(duration.value, "DURATION")
    return Length(1 if start.is_date else 0, timedelta())


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that something takes place, and the component that says what it is."""

    interval: Interval
    part: Part


class Series:
    """A component that may recur, with the components that replace single occurrences of it."""

    def __init__(self, master: Part | None, replacements: list[Part], zones: Zones) -> None:
        """Read the rules. Raises CalendarTextError."""
        self.number = (master or replacements[0]).component.number
        self._master, self._zones = master, zones
        self._single = [one for one in replacements if not one.this_and_future]
        self._from_here_on = sorted((one for one in replacements if one.this_and_future), key=_replaced)
        self._replaced = {_replaced(one) for one in replacements}
        self._rules: list[Rule] = []
        self._unwanted: list[Rule] = []
        self._added: list[tuple[Moment, Length | None]] = []
        self._removed: set[datetime] = set()
        self._removed_days: set[date] = set()
        if master is not None:
            self._read(master)

    def _read(self, master: Part) -> None:
        """The rules, and the times that were added and taken out."""
        self._rules = [_rule(one, master.start) for one in master.component.all("RRULE")]
        self._unwanted = [_rule(one, master.start) for one in master.component.all("EXRULE")]
        for found in master.component.all("RDATE"):
            self._added += [_added(found, value, self._zones) for value in _values(found)]
        for found in master.component.all("EXDATE"):
            for value in _values(found):
                removed = moment(found, self._zones, value)
                if removed.is_date:
                    self._removed_days.add(removed.wall.date())
                else:
                    self._removed.add(removed.instant)

    def only(self) -> "Occurrence | None":
        """The one occurrence of what does not recur; None where there is more to it, or no time at all."""
        master = self._master
        if (
            master is None
            or self._rules
            or self._added
            or self._replaced
            or self._removed
            or self._removed_days
        ):
            return None
        interval = _interval(master.start.wall, master, master.length)
        return Occurrence(interval, master) if interval is not None else None

    def between(self, between: Interval) -> Iterator[Occurrence]:
        """Every occurrence that touches the interval. Raises CalendarTextError where there are too many."""
        count = 0
        for interval, part in self._all(between):
            if interval is not None and interval.start < between.end and between.start < interval.end:
                count += 1
                if count > MOST_OCCURRENCES:
                    raise CalendarTextError("it recurs too often to be followed")
                yield Occurrence(interval, part)

    def _all(self, between: Interval) -> Iterator[tuple[Interval | None, Part]]:
        """Occurrences in and near the interval: replacements wherever they were moved, and the others."""
        for part in (*self._single, *self._from_here_on):
            yield _interval(part.start.wall, part, part.length), part
        if self._master is None:
            return
        for begins, own in self._starts(self._master, between):
            at = begins.instant
            is_removed = at in self._removed or begins.wall.date() in self._removed_days
            if not is_removed and at not in self._replaced:
                yield self._one(begins, at, own)

    def _one(self, begins: Moment, at: datetime, own: Length | None) -> tuple[Interval | None, Part]:
        """One occurrence, by the last component that changed it and all after it (RFC 5545, 3.8.4.4)."""
        assert self._master is not None
        part, wall = self._master, begins.wall
        zone = self._master.start.zone
        for changed in self._from_here_on:
            if changed.recurrence_id is not None and _replaced(changed) <= at:
                part = changed
                wall = begins.wall + (changed.start.in_zone(zone) - changed.recurrence_id.in_zone(zone))
        return _interval(wall, self._master, own or part.length), part

    def _starts(self, master: Part, between: Interval) -> Iterator[tuple[Moment, Length | None]]:
        """When occurrences begin that may touch the interval, each once; the first is DTSTART."""
        longest = max([part.length.about for part in (master, *self._from_here_on)])
        moved = max([abs(_moved(one)) for one in self._from_here_on], default=timedelta())
        first = _wall(between.start, master) - longest - moved - _MARGIN
        last = _wall(between.end, master) + moved + _MARGIN
        unwanted = {wall for rule in self._unwanted for wall in _walk(rule, first, last)}
        walls = {wall for rule in self._rules for wall in _walk(rule, first, last)} | {master.start.wall}
        for wall in sorted(walls - unwanted):
            yield Moment(wall, master.start.zone, master.start.is_date), None
        for added, own in self._added:
            wall = added.in_zone(master.start.zone)
            if own is not None or wall not in walls:
                yield Moment(wall, master.start.zone, master.start.is_date), own


def _walk(rule: Rule, first: datetime, last: datetime) -> Iterator[datetime]:
    """The rule's times from `first` to `last`, on its own clock. Raises CalendarTextError if endless."""
    steps = 0
    for wall in islice(rule.times(last), MOST_STEPS + 1):
        steps += 1
        if wall >= first:
            yield wall
    if steps > MOST_STEPS:
        raise CalendarTextError("it recurs too often to be followed")


def _rule(found: Property, start: Moment) -> Rule:
    """A recurrence rule that runs on the clock of its start. Raises CalendarTextError."""
    parts: dict[str, str] = {}
    for piece in filter(None, found.value.strip().upper().split(";")):
        key, _, value = piece.partition("=")
        parts[key.strip()] = value.strip()
    if _too_often(parts):
        raise CalendarTextError("it recurs too often to be followed")
    if _never(parts):
        raise CalendarTextError("it recurs on days that do not exist")
    if (
        not re.fullmatch(r"[1-9]\d{0,5}", parts.get("INTERVAL", "1"))
        or {"DTSTART", "BYEASTER"} & parts.keys()
    ):
        raise CalendarTextError(f"{found.name} cannot be followed")
    until = _until(parts.pop("UNTIL"), start) if "UNTIL" in parts else None
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    try:
        rule = rrulestr(text, dtstart=start.wall)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise CalendarTextError(f"{found.name} cannot be followed") from None
    if not isinstance(rule, rrule):
        raise CalendarTextError(f"{found.name} cannot be followed")
    return Rule(rule, start.wall, until)


def _too_often(parts: dict[str, str]) -> bool:
    """Whether a rule would keep a machine busy for minutes, and is no rule of a person.

    Anybody can send an invitation, so the work that one line asks for is bounded. Days of the year and
    weeks by number are for yearly rules only (RFC 5545, section 3.3.10): in others they may never meet.
    """
    frequency = parts.get("FREQ", "")
    if frequency in ("SECONDLY", "MINUTELY"):
        return True
    if frequency != "YEARLY" and ("BYYEARDAY" in parts or "BYWEEKNO" in parts):
        return True
    times_a_day = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times_a_day *= parts.get(key, "").count(",") + 1
    return times_a_day > MOST_TIMES_A_DAY


def _never(parts: dict[str, str]) -> bool:
    """Whether no month of the rule has a day of the rule, which would be sought until the year 9999."""
    try:
        months = [int(one) for one in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else range(1, 13)
        days = [abs(int(one)) for one in parts["BYMONTHDAY"].split(",")] if "BYMONTHDAY" in parts else [1]
        return not any(day <= _DAYS[month - 1] for month in months for day in days)
    except (ValueError, IndexError):
        return False


def _until(value: str, start: Moment) -> datetime:
    """The last moment of a rule on the clock of its start; a day counts to its end."""
    until = moment(Property("RRULE", {}, value), _NO_ZONES)
    if until.is_date:
        return until.wall.replace(hour=23, minute=59, second=59)
    if until.zone is UTC and not start.is_date:
        return until.in_zone(start.zone)
    return until.wall


_NO_ZONES = Zones("UTC", [])


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


def _interval(wall: datetime, part: Part, lasts: Length) -> Interval | None:
    """From the wall time, as long as it lasts; None where it lasts no time at all."""
    start = Moment(wall, part.start.zone).instant
    end = lasts.after(wall, part.start.zone)
    return Interval(start, end) if start < end else None


def _replaced(part: Part) -> datetime:
    """The instant of the occurrence that a component replaces."""
    assert part.recurrence_id is not None
    return part.recurrence_id.instant


def _moved(part: Part) -> timedelta:
    """How far a component moves what it replaces."""
    return part.start.instant - _replaced(part)


def _wall(at: datetime, part: Part) -> datetime:
    """What the clock of a part shows at an instant."""
    return at.astimezone(part.start.zone).replace(tzinfo=None)
