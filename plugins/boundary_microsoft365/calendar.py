"""Calendars of Exchange Online over Graph: each view followed by its delta, and read anew where that tells too little."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from boundary_microsoft365 import parse
from boundary_microsoft365.client import Graph
from boundary_microsoft365.examination import examined_path
from boundary_microsoft365.folders import Json
from boundary_microsoft365.settings import CalendarSettings
from boundary_plugins import CalendarContents, CalendarPeriod, Examined, Gone, Interval, Refused, Services

UTC_TIMES = 'outlook.timezone="UTC"'
_PREFER = (UTC_TIMES, "odata.maxpagesize=200")
#: That one occurrence of a series was deleted is told by no delta, so all is read again so often.
_READ_ANEW = timedelta(hours=6)
#: Of so many views at most what was read is kept.
_MOST_VIEWS = 8


@dataclass(frozen=True, slots=True)
class _View:
    """What one view of a calendar held, by the id of each event, and where to go on."""

    events: dict[str, Json]
    link: str
    read_at: datetime


class Microsoft365Calendar:
    """The port `Calendar` over Graph. Of an event only its times and its marks are looked at."""

    def __init__(self, settings: CalendarSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._services, self._name = services, services.name or "calendar"
        self._names = settings.calendars
        self._graph = Graph(settings, services)
        self._paths: tuple[str, ...] | None = None if settings.calendars else ("",)
        self._views: dict[tuple[str, Interval], _View] = {}

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval. Raises ProviderError."""
        periods: list[CalendarPeriod] = []
        aside = 0
        for path in self._calendar_paths():
            for event in parse.completed(list(self._events(path, between).values())):
                try:
                    period = parse.period_of(event, self._services.zone)
                except (KeyError, TypeError, ValueError):
                    aside += 1
                    continue
                if period is not None and period.interval.start < between.end > between.start:
                    periods += [period] if period.interval.end > between.start else []
        told = (f"{aside} of its events have times that cannot be read",) if aside else ()
        return CalendarContents(tuple(sorted(periods, key=_order)), set_aside=told)

    def close(self) -> None:
        """Let go of every connection, and forget what was read."""
        self._views.clear()
        self._graph.close()

    def examine(self) -> tuple[Examined, ...]:
        """The calendars, by asking for their names."""
        return examined_path(self._graph, "calendars", "/calendars", "Calendars.Read")

    def _calendar_paths(self) -> tuple[str, ...]:
        """Where the configured calendars are. Raises Refused where one is not there."""
        if self._paths is None:
            self._paths = calendar_paths(self._graph, self._names)
        return self._paths

    def _events(self, path: str, between: Interval) -> dict[str, Json]:
        """What a view holds now."""
        known = self._views.get((path, between))
        view = None
        if known is not None and self._services.now() - known.read_at < _READ_ANEW:
            view = self._followed(known)
        if view is None:
            view = self._read(path, between)
        self._views.pop((path, between), None)
        self._views[path, between] = view
        for old in list(self._views)[:-_MOST_VIEWS]:
            del self._views[old]
        return view.events

    def _read(self, path: str, between: Interval) -> _View:
        """A view, read from its beginning."""
        # A whole day belongs to no zone and is asked for by UTC's.
        start, end = between.start - timedelta(days=1), between.end + timedelta(days=1)
        query = {
            name: f"{at:%Y-%m-%dT%H:%M:%SZ}" for name, at in (("startDateTime", start), ("endDateTime", end))
        }
        events, link = self._round(f"{path}/calendarView/delta", query)
        return _View({str(event["id"]): _kept(event) for event in events}, link, self._services.now())

    def _followed(self, view: _View) -> _View | None:
        """The view with what changed since; None where that cannot be told: Graph forgot, or a series changed."""
        try:
            events, link = self._round(view.link, None)
        except Gone:
            return None
        now = dict(view.events)
        for event in events:
            before = now.pop(str(event["id"]), {})
            if any(each.get("type", "singleInstance") != "singleInstance" for each in (event, before)):
                return None
            if "@removed" not in event:
                now[str(event["id"])] = _kept(event)
        return _View(now, link, view.read_at)

    def _round(self, path: str, query: dict[str, str] | None) -> tuple[list[Json], str]:
        """Page after page, and the link to go on from."""
        events: list[Json] = []
        link: object = None
        for page in self._graph.pages(path, query, prefer=_PREFER):
            events += page.get("value") or ()
            link = page.get("@odata.deltaLink")
        return events, self._graph.relative(link)


def calendar_paths(graph: Graph, names: tuple[str, ...]) -> tuple[str, ...]:
    """The paths of calendars by their names. Raises Refused where one is not there, ProviderError."""
    query = {"$select": "id,name", "$top": "100"}
    ids = {
        str(each.get("name")): str(each["id"])
        for page in graph.pages("/calendars", query)
        for each in page.get("value") or ()
    }
    missing = [name for name in names if name not in ids]
    if missing:
        allowed = ", ".join(f'"{name}"' for name in ids)
        raise Refused(graph.name, f'there is no calendar "{missing[0]}"; allowed: {allowed}')
    return tuple(f"/calendars/{ids[name]}" for name in names)


def _kept(event: Json) -> Json:
    """Of an event what matters for the hours; its subject, its place and its people are dropped at once."""
    return {name: event[name] for name in _FIELDS if name in event}


_FIELDS = (
    *("id", "type", "seriesMasterId", "start", "end", "showAs", "isAllDay", "isCancelled"),
    *("responseStatus", "transactionId"),
)


def _order(period: CalendarPeriod) -> tuple[datetime, datetime, str]:
    """The order of time."""
    return period.interval.start, period.interval.end, period.kind.value
