"""Absences entered in a calendar of Exchange Online, each marked as this program's own."""

import json
from uuid import uuid4

from boundary_microsoft365 import parse
from boundary_microsoft365.calendar import UTC_TIMES, calendar_paths
from boundary_microsoft365.client import Graph, Json
from boundary_microsoft365.examination import examined_path
from boundary_microsoft365.settings import CalendarPublisherSettings
from boundary_plugins import (
    AbsenceKind,
    Examined,
    Gone,
    Interval,
    Publication,
    Services,
    difference,
    intersection,
)

_PREFER = (UTC_TIMES,)
_PAGE = "200"


class CalendarPublisher:
    """The port `Publisher` over the events that it made itself."""

    def __init__(self, settings: CalendarPublisherSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._graph = Graph(settings, services)
        self._path: str | None = None

    def publish(self, publication: Publication) -> bool:
        """Make the events that are missing and delete those that are too many; whether there were any.

        An absence that the calendar shows already, by somebody's own event, needs no second one.
        """
        shown = self._shown_otherwise(publication.between)
        wanted = set(difference(publication.absences, shown))
        ours = self._own()
        changed = False
        for event_id, interval in ours.items():
            # Of an absence that has begun only what is left of it is told.
            left = intersection((interval,), (publication.between,)) if interval else ()
            if left and left[0] in wanted:
                wanted.remove(left[0])
            elif interval is None or interval.end > publication.between.start:
                changed = self._delete(event_id) or changed
        for interval in sorted(wanted, key=lambda each: each.start):
            self._create(interval)
        return changed or bool(wanted)

    def remove(self) -> None:
        """Delete every event that is ours."""
        for event_id in self._own():
            self._delete(event_id)

    def close(self) -> None:
        """Let go of every connection."""
        self._graph.close()

    def examine(self) -> tuple[Examined, ...]:
        """The calendar, by asking for what is ours in it."""
        return examined_path(self._graph, "calendar", "/calendars", "Calendars.ReadWrite")

    def _calendar(self) -> str:
        """Where the calendar is."""
        if self._path is None:
            name = self._settings.calendar
            self._path = "" if name is None else calendar_paths(self._graph, (name,))[0]
        return self._path

    def _own(self) -> dict[str, Interval | None]:
        """Our events by their ids, and when they are."""
        found: dict[str, Interval | None] = {}
        asked = f"ep/id eq '{parse.OWN_PROPERTY}' and ep/value eq '{parse.OWN_VALUE}'"
        query = {
            "$filter": f"singleValueExtendedProperties/Any(ep: {asked})",
            "$select": "id,start,end",
            "$top": _PAGE,
        }
        for page in self._graph.pages(f"{self._calendar()}/events", query, prefer=_PREFER):
            found |= {str(event["id"]): _interval(event) for event in page.get("value") or ()}
        return found

    def _shown_otherwise(self, between: Interval) -> list[Interval]:
        """When somebody's own events say "out of office" in this calendar."""
        query = {
            "startDateTime": f"{between.start:%Y-%m-%dT%H:%M:%SZ}",
            "endDateTime": f"{between.end:%Y-%m-%dT%H:%M:%SZ}",
            "$select": "id,type,start,end,showAs,isAllDay,isCancelled,responseStatus,transactionId",
            "$top": _PAGE,
        }
        found = []
        for page in self._graph.pages(f"{self._calendar()}/calendarView", query, prefer=_PREFER):
            for event in page.get("value") or ():
                period = _period(event, self._services.zone)
                if period is not None:
                    found.append(period)
        return found

    def _create(self, interval: Interval) -> None:
        """Enter one event. Whether it was is seen when they are listed the next time."""
        body = {
            "subject": self._settings.subject,
            "showAs": self._settings.show_as,
            "isReminderOn": False,
            "start": parse.utc_moment(interval.start),
            "end": parse.utc_moment(interval.end),
            "transactionId": f"{parse.OWN_TRANSACTION}{uuid4()}",
            "singleValueExtendedProperties": [{"id": parse.OWN_PROPERTY, "value": parse.OWN_VALUE}],
        }
        self._graph.request("POST", f"{self._calendar()}/events", content=json.dumps(body).encode())

    def _delete(self, event_id: str) -> bool:
        """Delete one event; False where it was gone already."""
        try:
            self._graph.request("DELETE", f"/events/{event_id}")
        except Gone:
            return False
        return True


def _interval(event: Json) -> Interval | None:
    """When an event is; None where that cannot be read."""
    start, end = (parse.zoned_instant(event.get(name) or {}) for name in ("start", "end"))
    return Interval(start, end) if start is not None and end is not None and start < end else None


def _period(event: Json, zone: str) -> Interval | None:
    """When an event of somebody's own says that they are out of the office."""
    try:
        period = parse.period_of(event, zone)
    except (KeyError, TypeError, ValueError):
        return None
    return period.interval if period is not None and period.kind is AbsenceKind.OUT_OF_OFFICE else None
