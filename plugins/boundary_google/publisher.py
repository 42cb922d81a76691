"""Availability written into a Google calendar: an event for each open time, or for each that is closed."""

import hashlib

from boundary_google.client import GoogleClient
from boundary_google.examination import events_examined
from boundary_google.own_events import OwnEvents, event_of
from boundary_google.settings import CalendarPublisherSettings
from boundary_plugins import (
    Examined,
    Gone,
    Interval,
    Publication,
    Services,
    Unavailable,
    closed_times,
    difference,
    open_times,
    shown_this_week,
)

_GONE = "the calendar is not there, or not shared with this account"


class CalendarPublisher:
    """The port `Publisher` over one calendar. Only what this publisher made is ever changed or deleted."""

    def __init__(self, settings: CalendarPublisherSettings, services: Services) -> None:
        """Ask nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "publisher"
        self._client = GoogleClient(settings, services)
        # Two who write into the same calendar leave each other's events alone.
        text = f"{services.name}\n{settings.account or ''}\n{settings.calendar}"
        owner = hashlib.sha256(text.encode()).hexdigest()[:12]
        self._events = OwnEvents(self._client, settings.calendar, owner)

    def publish(self, publication: Publication) -> bool:
        """Write what differs. Raises ProviderError; the next time goes on from what stands there."""
        is_short = self._settings.absences == "this week"
        shown = shown_this_week(publication) if is_short else publication
        shows, owner = self._settings.shows, self._events.owner
        return self._make([event_of(interval, shows, owner) for interval in _times(shown, shows)])

    def remove(self) -> None:
        """Delete the events that are ours."""
        self._make([])

    def examine(self) -> tuple[Examined, ...]:
        """The sign-in, and whether the calendar may be written."""
        return events_examined(self._client, [self._settings.calendar], self._services.now(), is_written=True)

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def _make(self, wanted: list[dict[str, object]]) -> bool:
        """Let the calendar hold just these events of ours."""
        try:
            return self._events.make(wanted)
        except Gone:
            raise Unavailable(self._name, _GONE) from None


def _times(shown: Publication, shows: str) -> tuple[Interval, ...]:
    """The times that are written."""
    if shows == "open":
        return open_times(shown)
    if shows == "closed":
        return closed_times(shown)
    return difference([shown.between], open_times(shown))
