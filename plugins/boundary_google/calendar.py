"""Google calendars that are read: their events as busy times and absences, or as the hours one is available."""

from datetime import datetime

from boundary_google.client import GoogleClient
from boundary_google.examination import events_examined
from boundary_google.mirror import Mirror
from boundary_google.settings import GoogleCalendarSettings
from boundary_plugins import (
    AbsenceKind,
    Availability,
    CalendarContents,
    Examined,
    Gone,
    Interval,
    Services,
    Unavailable,
)

_GONE = "is not there, or not shared with this account"


class GoogleCalendar:
    """The port `Calendar` over some calendars of one account; nothing of a title is ever asked for.

    All events are read once, also those long past, and after that what changed: a place to go on from
    (`syncToken`) goes with no bounds of time, and expanding series here keeps each change small.
    """

    def __init__(self, settings: GoogleCalendarSettings, services: Services) -> None:
        """Ask nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "calendar"
        self._client = GoogleClient(settings, services)
        self._mirrors = self._made()

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval. Raises ProviderError; then nothing is half read."""
        for number, mirror in enumerate(self._mirrors, 1):
            try:
                mirror.refresh()
            except Gone:
                which = "the calendar" if len(self._mirrors) == 1 else f"calendar {number} of its calendars"
                raise Unavailable(self._name, f"{which} {_GONE}") from None
        parts = [mirror.contents(between) for mirror in self._mirrors]
        together = CalendarContents(
            periods=tuple(period for part in parts for period in part.periods),
            set_aside=tuple(line for part in parts for line in part.set_aside),
        )
        return _as_hours(together, between) if self._settings.holds == "available hours" else together

    def examine(self) -> tuple[Examined, ...]:
        """The sign-in, and each calendar."""
        return events_examined(self._client, self._settings.calendars, self._now())

    def close(self) -> None:
        """Let go of every connection, and forget what was read."""
        self._client.close()
        self._mirrors = self._made()

    def _now(self) -> datetime:
        """The present instant."""
        return self._services.now()

    def _made(self) -> tuple[Mirror, ...]:
        """A mirror for each calendar, with nothing read."""
        any_counts = self._settings.holds == "available hours"
        return tuple(
            Mirror(self._client, calendar, self._services.zone, any_counts=any_counts)
            for calendar in self._settings.calendars
        )


def _as_hours(contents: CalendarContents, between: Interval) -> CalendarContents:
    """Events as the hours one is available (RFC 7953): in all of the interval, these and no others."""
    hours = tuple(each.interval for each in contents.periods if each.kind is AbsenceKind.BUSY)
    away = tuple(each for each in contents.periods if each.kind is AbsenceKind.OUT_OF_OFFICE)
    layer = Availability("available hours in the calendar", 0, between, hours)
    return CalendarContents(away, (layer,), contents.set_aside)
