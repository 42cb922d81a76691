"""A Google calendar as a state: events as their owner sees them, and what changed since a place."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from servers.discovery import Json

_FIRST = 1000


@dataclass(slots=True)
class Diary:
    """One calendar. `changed` tells at which number an event was changed last; `oldest` is the oldest place."""

    zone: str = "UTC"
    role: str = "owner"
    events: dict[str, Json] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    number: int = _FIRST
    oldest: int = _FIRST
    #: Whether it takes out-of-office events, as the main calendar of a Workspace account does.
    takes_absences: bool = True
    #: The most that one page holds; Google may give fewer than were asked for.
    page: int = 2500
    #: What somebody does just before the next write arrives.
    meanwhile: Callable[[], object] | None = None

    def enter(self, event: Json) -> Json:
        """An event as a person, or a program, enters it; in the place of one with the same id."""
        self.number += 1
        event_id = str(event.get("id") or f"google{self.number}")
        kept: Json = {"status": "confirmed", "eventType": "default"} | event | {"id": event_id}
        kept["etag"] = f'"{self.number}"'
        self.events[event_id] = kept
        self.changed[event_id] = self.number
        return kept

    def delete(self, event_id: str) -> None:
        """Delete an event; the changes tell it, and its id is never free again."""
        self.enter({**self.events[event_id], "status": "cancelled"})

    def forget_changes(self) -> None:
        """Lose all places so far, as happens after some weeks."""
        self.number += 1
        self.oldest = self.number

    def there(self) -> list[Json]:
        """The events that were not deleted, the oldest change first."""
        return [each for each in self._by_change() if each["status"] != "cancelled" or _is_part(each)]

    def since(self, place: int) -> list[Json]:
        """What changed since a place, what was deleted too."""
        return [each for each in self._by_change() if self.changed[str(each["id"])] > place]

    def shown(self, event: Json) -> Json:
        """An event as Google shows it: times in the calendar's zone, and of a deleted one hardly anything."""
        if event["status"] == "cancelled":
            kept = {
                name: event[name] for name in ("id", "etag", "status", "recurringEventId") if name in event
            }
            original = event.get("originalStartTime")
            return kept | ({"originalStartTime": self._time(original)} if original else {})
        times = {name: self._time(event[name]) for name in _TIMES if name in event}
        return {**event, **times, "kind": "calendar#event"}

    def _by_change(self) -> list[Json]:
        """All events, by their last change."""
        return sorted(self.events.values(), key=lambda event: self.changed[str(event["id"])])

    def _time(self, time: Json) -> Json:
        """A time in the calendar's zone, whatever zone it names."""
        if "date" in time:
            return dict(time)
        try:
            at = instant(time, self.zone).astimezone(ZoneInfo(self.zone))
        except (ValueError, OverflowError):
            # What another program imported may be no time at all.
            return dict(time)
        text = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        return {"dateTime": text, "timeZone": time.get("timeZone", self.zone)}


_TIMES = ("start", "end", "originalStartTime")


def instant(time: Json, zone: str) -> datetime:
    """When a time is."""
    if "date" in time:
        day = date.fromisoformat(time["date"])
        return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    at = datetime.fromisoformat(time["dateTime"])
    if at.utcoffset() is None:
        at = at.replace(tzinfo=ZoneInfo(time.get("timeZone", zone)))
    return at.astimezone(UTC)


def _is_part(event: Json) -> bool:
    """Whether it is a part of a series, of which lists also tell those that were cancelled."""
    return "recurringEventId" in event
