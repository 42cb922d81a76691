"""The calendars of an account as a state: single events and series, with every occurrence written out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from servers.graph_description import Json

DEFAULT = "Calendar"


@dataclass(slots=True)
class Event:
    """One event, or one occurrence; `start` and `end` are aware. `master` is the series it belongs to."""

    id: str
    calendar: str
    start: datetime
    end: datetime
    fields: Json
    type: str = "singleInstance"
    master: str | None = None
    properties: dict[str, str] = field(default_factory=dict)

    def whole(self) -> Json:
        """All that is told of it, with times in UTC."""
        told = {
            "id": self.id,
            "type": self.type,
            "subject": "Invented",
            "showAs": "busy",
            "sensitivity": "normal",
            "isAllDay": False,
            "isCancelled": False,
            "start": moment(self.start),
            "end": moment(self.end),
            **self.fields,
        }
        return told if self.master is None else {**told, "seriesMasterId": self.master}

    def brief(self) -> Json:
        """What a delta tells of an occurrence: when it is, and of which series."""
        whole = self.whole()
        return {name: whole[name] for name in ("id", "type", "start", "end", "seriesMasterId")}


def moment(at: datetime) -> Json:
    """An instant as a dateTimeTimeZone in UTC, with the seven digits that Graph writes."""
    return {"dateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}


@dataclass(slots=True)
class Calendars:
    """Everything in the calendars of one account. `changes` are ids, with what was there before."""

    names: list[str] = field(default_factory=lambda: [DEFAULT])
    events: dict[str, Event] = field(default_factory=dict)
    changes: list[tuple[str, str]] = field(default_factory=list)
    tokens: dict[str, dict[str, object]] = field(default_factory=dict)
    _number: int = 0

    def add(
        self,
        start: datetime,
        end: datetime,
        calendar: str = DEFAULT,
        type: str = "singleInstance",
        **fields: object,
    ) -> Event:
        """Somebody enters an event; `fields` are Graph's own."""
        self._number += 1
        event = Event(f"EVT-{self._number}=", calendar, start, end, dict(fields), type)
        self.events[event.id] = event
        self.changes.append((event.id, calendar))
        return event

    def add_weekly(
        self, first: datetime, hours: float, weeks: int, zone: str, calendar: str = DEFAULT, **fields: object
    ) -> list[Event]:
        """Somebody enters a series: each week at the same wall-clock time of `zone`; `first` is naive."""
        place = ZoneInfo(zone)
        starts = [(first + timedelta(weeks=week)).replace(tzinfo=place) for week in range(weeks)]
        length = timedelta(hours=hours)
        master = self.add(starts[0], starts[0] + length, calendar, "seriesMaster", **fields)
        return [master, *(self._occurrence(master, start, length) for start in starts)]

    def change(self, event_id: str, **fields: object) -> None:
        """Somebody changes an event."""
        self.events[event_id].fields |= fields
        self.changes.append((event_id, self.events[event_id].calendar))

    def remove(self, event_id: str) -> None:
        """Somebody deletes an event; that one occurrence went is told to nobody, as with Graph."""
        event = self.events.pop(event_id)
        if event.master is None:
            self.changes.append((event_id, event.calendar))

    def within(self, calendar: str, start: datetime, end: datetime) -> Iterator[Event]:
        """What a view shows: single events and occurrences that touch the time."""
        for event in self.events.values():
            if event.calendar == calendar and event.type != "seriesMaster" and touches(event, start, end):
                yield event

    def series_within(self, calendar: str, start: datetime, end: datetime) -> Iterator[Event]:
        """The masters of the occurrences that a view shows."""
        masters = {event.master for event in self.within(calendar, start, end)}
        return (event for event in self.events.values() if event.id in masters)

    def _occurrence(self, master: Event, start: datetime, length: timedelta) -> Event:
        """One occurrence of a series."""
        # Wall-clock arithmetic within one zone: an hour's session on the night of a change is not meant.
        event = self.add(start, start + length, master.calendar, "occurrence", **master.fields)
        event.master = master.id
        return event


def touches(event: Event, start: datetime, end: datetime) -> bool:
    """Whether an event and a time have an instant in common."""
    return event.start < end and start < event.end
