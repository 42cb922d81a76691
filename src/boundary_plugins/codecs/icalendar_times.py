"""Dates, times and durations of iCalendar, as numbers of seconds on a clock (see `icalendar_clock`)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from boundary_plugins.codecs.icalendar_clock import DAY, UTC_CLOCK, Clock, seconds
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Property
from boundary_plugins.codecs.icalendar_zones import Zones

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a calendar writes it: what a clock shows, or a whole day."""

    wall: int
    clock: Clock
    is_date: bool = False

    @property
    def instant(self) -> int:
        """The instant."""
        return self.clock.instant(self.wall)

    def on(self, clock: Clock) -> int:
        """What another clock shows at this moment; a day is the same day everywhere."""
        return self.wall if self.is_date or clock is self.clock else clock.shows(self.instant)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: days of the calendar, and then exact seconds (RFC 5545, section 3.3.6)."""

    days: int
    exact: int

    def after(self, wall: int, clock: Clock) -> int:
        """The instant at which something ends that begins when the clock shows `wall`."""
        return clock.instant(wall + self.days * DAY) + self.exact

    @property
    def about(self) -> int:
        """The seconds on an ordinary day."""
        return self.days * DAY + self.exact


def moment(found: Property, zones: Zones, value: str | None = None) -> Moment:
    """The DATE or DATE-TIME of a property, or of one of its values. Raises CalendarTextError."""
    match = _TIME.fullmatch((found.value if value is None else value).strip())
    if match is None:
        raise CalendarTextError(f"{found.name} is not a date or a time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        # A leap second is counted as the one before it (RFC 5545, section 3.3.12).
        shown = datetime.combine(date(year, month, day), time(hour, minute, min(second, 59)))
    except ValueError:
        raise CalendarTextError(f"{found.name} is not a date or a time that exists") from None
    wall = seconds(shown)
    if match[4] is None:
        return Moment(wall, zones.default, is_date=True)
    if match[7]:
        return Moment(wall, UTC_CLOCK)
    name = found.parameters.get("TZID")
    return Moment(wall, zones.named(name) if name else zones.default)


def length(value: str, name: str) -> Length:
    """A DURATION (RFC 5545, section 3.3.6). Raises CalendarTextError where it is none, or is negative."""
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        raise CalendarTextError(f"{name} is not a duration")
    if match[1] == "-":
        raise CalendarTextError("it ends before it starts")
    weeks, days, hours, minutes, exact = (int(part or 0) for part in match.groups()[1:])
    if weeks + days > 1_000_000 or hours + minutes + exact > 10_000_000_000:
        raise CalendarTextError(f"{name} is too long")
    return Length(7 * weeks + days, (hours * 60 + minutes) * 60 + exact)


def length_between(start: Moment, end: Moment) -> Length:
    """The length from one to the other: days between dates, else exact time (RFC 5545, section 3.8.5.3).

    Raises CalendarTextError where the end is before the start.
    """
    if start.is_date:
        # Many programs name the first day as the end, too; a day is meant.
        found = Length(end.wall // DAY - start.wall // DAY or 1, 0)
    else:
        found = Length(0, end.instant - start.instant)
    if found.about < 0:
        raise CalendarTextError("it ends before it starts")
    return found
