"""The hours in force: configuration, calendars and one-off commands, combined when one of them changed."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from boundary_plugins.availability_sources.assemble import HoursSettings, assemble
from boundary_plugins.availability_sources.calendars import CalendarUse, absences, busy_times
from boundary_plugins.availability_sources.holidays import public_holidays
from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.core.availability import ContactHours, Window
from boundary_plugins.core.hours_grammar import WeeklyHours, parse_weekly
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import BoundaryError, PluginError, ProviderError
from boundary_plugins.ports import AbsenceKind, Calendar, CalendarContents, CalendarPeriod, PublicHoliday
from boundary_plugins.store.records import AvailabilityChange

#: A closed window may be long (a leave of months): so far around a year the hours are known.
AROUND = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class ServedCalendar:
    """A calendar by the name that the configuration gives it, and what its entries mean for the hours."""

    name: str
    port: Calendar
    closes: bool
    available: bool


class Health(Protocol):
    """Whoever wants to know how the calendars are (daemon/provider_health.py; a command says it)."""

    def failed(self, provider: str, error: BoundaryError) -> None:
        """A calendar could not be read."""
        ...

    def well(self, provider: str) -> None:
        """A calendar was read."""
        ...

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """These entries of a calendar could not be read; none, where all could."""
        ...


class Timetable:
    """Contact hours around any instant, a year at a time; any thread may ask, one refreshes.

    A calendar that fails keeps what it said last; what it cannot read is told and the rest is used.
    """

    def __init__(
        self,
        settings: HoursSettings,
        calendars: Sequence[ServedCalendar],
        changes: Callable[[], Sequence[AvailabilityChange]],
        health: Health,
        now: Callable[[], datetime],
    ) -> None:
        """Combine `settings`, what `calendars` hold, and the one-off `changes` of the store."""
        self._settings, self._calendars, self._health, self._now = settings, calendars, health, now
        self._read_changes = changes
        self._changes: Sequence[AvailabilityChange] = ()
        self._contents: dict[tuple[str, int], CalendarContents] = {}
        self._hours: dict[int, ContactHours] = {}
        self._lock = threading.RLock()

    def refresh(self, *, calendars: bool) -> bool:
        """Notice one-off commands (cheap), and with `calendars` read those anew; whether hours changed.

        Raises StoreError.
        """
        changes = list(self._read_changes())
        # A calendar that is slow or hangs keeps nobody waiting for the hours that are known.
        read = self._read_calendars() if calendars else {}
        with self._lock:
            differing = {key: content for key, content in read.items() if content != self._contents.get(key)}
            changed = changes != self._changes or bool(differing)
            self._changes = changes
            self._contents.update(differing)
            if changed:
                self._hours.clear()
        return changed

    def hours_around(self, at: datetime) -> ContactHours:
        """The hours that cover the instant and 400 days before and after its year."""
        known = self._hours.get(at.year)
        if known is not None:
            return known
        with self._lock:
            hours = self._hours.get(at.year)
            if hours is None:
                hours = self._hours[at.year] = self._assembled(at.year)
            return hours

    def hours(self) -> ContactHours:
        """The hours around the present."""
        return self.hours_around(self._now())

    def ordinary_week(self) -> WeeklyHours:
        """The hours of each day where no season, holiday or anything else says otherwise."""
        weekly = self._settings.weekly
        return parse_weekly(weekly) if isinstance(weekly, str) else weekly

    def usual_windows(self, between: Interval) -> tuple[Window, ...]:
        """The windows as they would be without anybody's absence: what may be shown of the weeks ahead."""
        present = tuple(
            replace(use, contents=replace(use.contents, periods=_present(use.contents)))
            for use in self._uses(between.start.year)
        )
        year = between.start.year
        return assemble(self._settings, self._changes, present, _around(year)).windows_between(between)

    def because(self, between: Interval) -> tuple[str, ...]:
        """What makes the hours within an interval as they are, in the order of time: "holiday: Labor Day".

        A window names everything that made it, and a closed one may have lasted for days.
        """
        year = between.start.year
        with self._lock:
            hours = assemble(self._settings, self._changes, self._uses(year), between)
        return tuple(dict.fromkeys(source for window in hours.windows for source in window.sources))

    def holidays(self, between: Interval) -> tuple[PublicHoliday, ...]:
        """The public holidays that the configuration closes, from the first day to the last."""
        kept = self._settings
        first, last = (wall_clock(edge, kept.zone).date() for edge in (between.start, between.end))
        return public_holidays(kept.holiday_region, kept.holiday_subdivision, kept.work_on, first, last)

    def absences(self, between: Interval) -> tuple[Interval, ...]:
        """The out-of-office times in the calendars, merged."""
        return absences(self._uses(between.start.year), between)

    def busy(self, between: Interval) -> tuple[Interval, ...]:
        """The busy times in the calendars, merged."""
        return busy_times(self._uses(between.start.year), between)

    def _assembled(self, year: int) -> ContactHours:
        """Combine everything around a year."""
        return assemble(self._settings, self._changes, self._uses(year), _around(year))

    def _uses(self, year: int) -> tuple[CalendarUse, ...]:
        """What the calendars hold around a year, with what it means."""
        with self._lock:
            return tuple(
                CalendarUse(self._content(calendar, year), calendar.closes, calendar.available)
                for calendar in self._calendars
            )

    def _content(self, calendar: ServedCalendar, year: int) -> CalendarContents:
        """What a calendar holds around a year, read once until the next refresh."""
        key = (calendar.name, year)
        if key not in self._contents:
            self._contents[key] = self._read(calendar, year) or CalendarContents(())
        return self._contents[key]

    def _read_calendars(self) -> dict[tuple[str, int], CalendarContents]:
        """Read again what was read before, and the present year; without those that failed."""
        years = {year for _, year in list(self._contents)} | {self._now().year}
        read = {
            (calendar.name, year): self._read(calendar, year)
            for calendar in self._calendars
            for year in years
        }
        return {key: content for key, content in read.items() if content is not None}

    def _read(self, calendar: ServedCalendar, year: int) -> CalendarContents | None:
        """What a calendar holds around a year; None where it failed, which is told."""
        title = f"calendar {calendar.name}"
        try:
            contents = calendar.port.contents(_around(year))
        except (ProviderError, PluginError) as error:
            self._health.failed(title, error)
            return None
        self._health.well(title)
        self._health.partly(title, contents.set_aside)
        return contents


def _present(contents: CalendarContents) -> tuple[CalendarPeriod, ...]:
    """The periods of a calendar that are nobody's absence."""
    return tuple(period for period in contents.periods if period.kind is not AbsenceKind.OUT_OF_OFFICE)


def _around(year: int) -> Interval:
    """The interval of instants that is known around a year."""
    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    return Interval(first - AROUND, last + AROUND)
