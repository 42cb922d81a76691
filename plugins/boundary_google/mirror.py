"""One Google calendar, followed by what changed in it, and never with a word of any event."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from boundary_google.client import GoogleClient
from boundary_google.occurrences import (
    Json,
    Series,
    UnreadableEventError,
    is_own,
    name_of,
    series_id,
    series_of,
    single_period,
)
from boundary_plugins import (
    CalendarContents,
    CalendarFile,
    CalendarPeriod,
    Gone,
    Interval,
    Refused,
    is_iana_zone,
    open_calendar,
)

#: What is asked for of an event: when it is and what it means. No title, place, text or address.
_TIME = "(date,dateTime,timeZone)"
FIELDS = (
    "nextPageToken,nextSyncToken,timeZone,"
    f"items(id,status,eventType,transparency,start{_TIME},end{_TIME},recurrence,"
    f"recurringEventId,originalStartTime{_TIME},attendees(self,responseStatus))"
)
#: Google's greatest page.
_PAGE = 2500
#: A list of changes that does not end is nobody's calendar.
_MOST_PAGES = 1000


class Mirror:
    """The events of one calendar as of the last look. `any_counts`: those marked free count, too."""

    def __init__(self, client: GoogleClient, calendar: str, zone: str, *, any_counts: bool) -> None:
        """Ask nothing yet; `zone` is meant where Google names none that is known."""
        self._client, self._calendar, self._any_counts = client, calendar, any_counts
        self._zone = zone
        self._token: str | None = None
        # By series and by id; a single event is a series of one.
        self._events: dict[str, dict[str, Json]] = {}
        self._singles: dict[str, CalendarPeriod | None] = {}
        self._series: dict[str, CalendarFile] = {}
        self._unread: dict[str, str] = {}

    def refresh(self) -> None:
        """Look what changed; where anything fails, all stays as it was. Raises ProviderError."""
        if self._token is not None:
            try:
                self._take(*self._asked(self._token), is_whole=False)
                return
            except (Gone, Refused):
                # The place is too old (410), or Google does not take it: everything is read anew.
                pass
        self._take(*self._asked(None), is_whole=True)

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval, as of the last look."""
        found = [
            period
            for period in self._singles.values()
            if period is not None
            and period.interval.start < between.end
            and between.start < period.interval.end
        ]
        set_aside = list(self._unread.values())
        for file in self._series.values():
            part = file.between(between)
            found += part.periods
            set_aside += part.set_aside
        ordered = sorted(
            found, key=lambda period: (period.interval, period.kind.value, period.busy_type.value)
        )
        return CalendarContents(tuple(ordered), set_aside=tuple(set_aside))

    def _asked(self, token: str | None) -> tuple[list[Json], str | None, str]:
        """Every event, or what changed since; the new place, and the calendar's zone."""
        events = self._client.resource("calendar", "v3", "events")
        # Of many guests one is told, the account itself.
        asked = {"calendarId": self._calendar, "maxResults": _PAGE, "maxAttendees": 1, "fields": FIELDS}
        found: list[Json] = []
        page: Any = {}
        for _ in range(_MOST_PAGES):
            request = events.list(**asked, syncToken=token, pageToken=page.get("nextPageToken"))
            page = self._client.read(request)
            found += page.get("items", ())
            if not page.get("nextPageToken"):
                break
        named = str(page.get("timeZone", ""))
        return found, page.get("nextSyncToken"), named if is_iana_zone(named) else self._zone

    def _take(self, events: Iterable[Json], token: str | None, zone: str, *, is_whole: bool) -> None:
        """Let the events be as they are now, and understand what is new."""
        # In another zone whole days are other instants.
        changed = set(self._events) if is_whole or zone != self._zone else set()
        if is_whole:
            self._events = {}
        self._zone = zone
        changed |= set(_applied(self._events, list(events)))
        for series in changed:
            self._understand(series)
        self._token = token

    def _understand(self, series: str) -> None:
        """Understand one series anew, or forget it."""
        for known in (self._singles, self._series, self._unread):
            known.pop(series, None)
        parts = self._events.get(series)
        if not parts:
            return
        try:
            if len(parts) == 1 and _is_single(only := next(iter(parts.values()))):
                self._singles[series] = single_period(only, self._zone, any_counts=self._any_counts)
            else:
                made = series_of(series, parts.values(), self._zone, any_counts=self._any_counts)
                self._series[series] = _opened(made, self._zone)
        except UnreadableEventError as error:
            self._unread[series] = f"{name_of(series)}: {error}"


def _applied(known: dict[str, dict[str, Json]], events: list[Json]) -> Iterator[str]:
    """Put events in their places, and take away those that are gone; the series that were touched."""
    for event in events:
        if _is_gone(event) and known.pop(str(event["id"]), None) is not None:
            # With a series goes whatever was changed in it; what is still there, Google names as well.
            yield str(event["id"])
    places = defaultdict(dict, known)
    for event in events:
        if is_own(event) or _is_gone(event):
            continue
        series = series_id(event)
        places[series][str(event["id"])] = event
        yield series
    known.update(places)


def _is_gone(event: Json) -> bool:
    """Whether it was deleted; a part of a series that was is still known, as one that does not take place."""
    return event.get("status") == "cancelled" and "recurringEventId" not in event


def _is_single(event: Json) -> bool:
    """Whether it takes place once, and is no part of a series."""
    return not event.get("recurrence") and "recurringEventId" not in event


def _opened(series: Series, zone: str) -> CalendarFile:
    """A series, understood."""
    return open_calendar(series.text, zone=zone, name=series.name)
