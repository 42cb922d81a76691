"""The working hours of a mailbox, which colleagues see: days, and one span from the first hour to the last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from boundary_microsoft365.client import Graph, Json
from boundary_microsoft365.examination import examined_path
from boundary_microsoft365.kept_state import KeptState
from boundary_microsoft365.mailbox_settings import read_settings, write_settings
from boundary_microsoft365.settings import WorkingHoursSettings
from boundary_plugins import Examined, Publication, Refused, Services, Window, zone_by_name

_SETTING = "workingHours"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Hours:
    """Working hours as Exchange has them: times of day to the minute ("09:00"), and a zone's name."""

    days: frozenset[str]
    start: str
    end: str
    zone: str


class WorkingHoursPublisher:
    """The port `Publisher` over a mailbox's working hours."""

    def __init__(self, settings: WorkingHoursSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._name = services.name or "publisher"
        self._graph = Graph(settings, services)
        self._state = KeptState(services.state_directory / "working_hours.json", self._name)

    def publish(self, publication: Publication) -> bool:
        """Write the hours of the coming week where they differ; whether something was written.

        Raises Refused where the mailbox takes them for another zone's, ProviderError.
        """
        wanted = _wanted(publication)
        if wanted is None:
            # A week without any hours: Exchange has no such thing.
            return False
        found = read_settings(self._graph, _SETTING)
        if _is_same(_read(found), wanted):
            return False
        if not self._state.read():
            self._state.write({"before": found})
        write_settings(self._graph, {_SETTING: _written(wanted)})
        kept = _read(read_settings(self._graph, _SETTING))
        if not _is_same(kept, wanted):
            write_settings(self._graph, {_SETTING: found})
            told = f"in the zone {kept.zone}" if kept.zone != wanted.zone else "as something else"
            raise Refused(
                self._name, f"the mailbox keeps the working hours {told}, so they were put back as they were"
            )
        return True

    def remove(self) -> None:
        """Put the working hours back that were there before."""
        before = self._state.read().get("before")
        if isinstance(before, dict):
            write_settings(self._graph, {_SETTING: before})
        self._state.forget()

    def close(self) -> None:
        """Let go of every connection."""
        self._graph.close()

    def examine(self) -> tuple[Examined, ...]:
        """The mailbox's settings, by asking for them."""
        return examined_path(self._graph, "working hours", "/mailboxSettings", "MailboxSettings.ReadWrite")


def _wanted(publication: Publication) -> _Hours | None:
    """The usual hours of the week from the day of making; None where there are none."""
    zone = ZoneInfo(publication.zone)
    until = publication.between.start + _WEEK
    windows = publication.usual or publication.windows
    spans = [(each.interval.start, min(each.interval.end, until)) for each in _open(windows, until)]
    local = [(start.astimezone(zone), end.astimezone(zone)) for start, end in spans]
    if not local:
        return None
    days = frozenset(_DAYS[start.weekday()] for start, _ in local)
    start = min(f"{start:%H:%M}" for start, _ in local)
    end = max(_end(start, end) for start, end in local)
    return _Hours(days, start, end, publication.zone)


def _open(windows: Sequence[Window], until: datetime) -> list[Window]:
    """The open windows that begin in the week."""
    return [each for each in windows if each.is_open and each.interval.start < until]


def _end(start: datetime, end: datetime) -> str:
    """The time of day of an end; one after midnight is the day's last minute."""
    return f"{end:%H:%M}" if end.date() == start.date() else "23:59"


def _read(setting: Json) -> _Hours:
    """What a setting says."""
    start, end = (str(setting.get(name) or "")[:5] for name in ("startTime", "endTime"))
    zone = (setting.get("timeZone") or {}).get("name") or ""
    return _Hours(frozenset(setting.get("daysOfWeek") or ()), start, end, str(zone))


def _written(hours: _Hours) -> dict[str, Any]:
    """The hours as Graph takes them, whose zone is always declared."""
    return {
        "daysOfWeek": [day for day in _DAYS if day in hours.days],
        "startTime": f"{hours.start}:00.0000000",
        "endTime": f"{hours.end}:00.0000000",
        "timeZone": {"name": hours.zone},
    }


def _is_same(found: _Hours, wanted: _Hours) -> bool:
    """Whether both mean the same; Exchange may call a zone by Windows' name for it."""
    if (found.days, found.start, found.end) != (wanted.days, wanted.start, wanted.end):
        return False
    return found.zone == wanted.zone or _offsets(found.zone) == _offsets(wanted.zone) != ()


def _offsets(name: str) -> tuple[timedelta | None, ...]:
    """A zone's offsets in winter and in summer; `()` where nobody knows it."""
    zone = zone_by_name(name)
    if zone is None:
        return ()
    return tuple(datetime(2026, month, 15, 12, tzinfo=zone).utcoffset() for month in (1, 4, 7, 10))
