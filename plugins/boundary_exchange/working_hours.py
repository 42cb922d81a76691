"""The working hours that somebody set in Outlook's options, in the time zone that they bear."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from boundary_exchange import parse
from boundary_exchange.windows_zone import Change, WindowsZone, weekday
from boundary_plugins import Availability, Interval, intersection

Xml = Any

SOURCE = "working hours in Outlook"
_EVERY = {
    "Day": range(7),
    "Weekday": range(5),
    "WeekendDay": range(5, 7),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Working time on some days of the week (0 is Monday), in minutes after midnight."""

    days: frozenset[int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The working time of a week, and the zone that it is meant in."""

    zone: WindowsZone
    periods: tuple[Period, ...]

    def availability(self, between: Interval) -> Availability:
        """One layer: available in working time, as instants."""
        # A period may pass midnight, and a zone may be a day ahead.
        first = (between.start - timedelta(days=2)).date()
        days = [first + timedelta(days=each) for each in range(between.duration.days + 5)]
        working = [each for day in days for each in self._on(day)]
        return Availability(SOURCE, 0, between, intersection(working, [between]))

    def _on(self, day: date) -> Iterator[Interval]:
        """The working time that begins on a day."""
        for period in self.periods:
            if day.weekday() in period.days:
                length = (period.end - period.start) % 1440 or 1440
                start = self.zone.instant(day, period.start)
                end = self.zone.instant(day, period.start + length)
                if start < end:
                    yield Interval(start, end)


def read_working_hours(message: Xml) -> WorkingHours | None:
    """The working hours of an answer; None where it tells none, or a zone that is no zone."""
    hours = message.find(".//{*}WorkingHours")
    if hours is None:
        return None
    try:
        zone = _zone(hours)
        periods = tuple(_period(each) for each in parse.all_of(hours, "t:WorkingPeriodArray/t:WorkingPeriod"))
    except ValueError:
        return None
    return WorkingHours(zone, periods)


def _zone(hours: Xml) -> WindowsZone:
    """The zone by its rules. Raises ValueError."""
    bias = int(parse.text(hours, "t:TimeZone/t:Bias"))
    return WindowsZone(
        bias, _change(hours, "t:TimeZone/t:StandardTime"), _change(hours, "t:TimeZone/t:DaylightTime")
    )


def _change(hours: Xml, path: str) -> Change:
    """When a season begins. Raises ValueError."""
    year = parse.text(hours, f"{path}/t:Year")
    return Change(
        bias=int(parse.text(hours, f"{path}/t:Bias")),
        month=int(parse.text(hours, f"{path}/t:Month")),
        order=int(parse.text(hours, f"{path}/t:DayOrder")),
        weekday=weekday(parse.text(hours, f"{path}/t:DayOfWeek")),
        at=time.fromisoformat(parse.text(hours, f"{path}/t:Time")),
        year=int(year) if year.isdecimal() and int(year) else None,
    )


def _period(period: Xml) -> Period:
    """One period of the week. Raises ValueError."""
    names = parse.text(period, "t:DayOfWeek").split()
    days = frozenset(day for name in names for day in _EVERY.get(name) or (weekday(name),))
    start = int(parse.text(period, "t:StartTimeInMinutes"))
    return Period(days, start, int(parse.text(period, "t:EndTimeInMinutes")))
