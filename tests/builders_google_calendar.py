"""What reads and writes Google calendars and Gmail's responder, with the small Google behind it, in a test's hands."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, TypeVar

from boundary_google.calendar import GoogleCalendar
from boundary_google.publisher import CalendarPublisher
from boundary_google.settings import CalendarPublisherSettings, GoogleCalendarSettings, VacationSettings
from boundary_google.vacation import VacationPublisher
from boundary_plugins.host.services import Services
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.benches import CalendarBench, PublisherBench, ResponderBench, at
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from servers.google import Account, GoogleServer
from servers.google_calendar import diaries
from servers.google_diary import Diary

LIST = "calendar.events.list"
PortT = TypeVar("PortT", GoogleCalendar, CalendarPublisher, VacationPublisher)


def event(start: str, end: str, **more: object) -> dict[str, object]:
    """An event by its times ("2026-03-02T10:00:00Z"), or by its days ("2026-03-02")."""
    times = {
        name: {"dateTime" if "T" in text else "date": text} for name, text in (("start", start), ("end", end))
    }
    return times | {"summary": "Invented private words"} | more


class _Bench(Generic[PortT]):
    """One account, and what one table of the configuration opens over it."""

    kind: type[PortT]
    model: type[Any]
    scopes: tuple[str, ...]
    name = "calendar work"

    def __init__(self, folder: Path, google: GoogleServer, account: Account, **settings: object) -> None:
        self.folder, self.google, self.account = folder, google, account
        self.log, self.time = MemoryLog(), at(0)
        self.secrets = {"google": json.dumps(google.token(account, *self.scopes))}
        self._settings = {"api_endpoint": google.url, "timeout": 5, **self.usual(), **settings}
        self._opened: list[PortT] = []
        self.port: PortT = self.opened()

    def usual(self) -> Mapping[str, object]:
        """The settings where a test says nothing else."""
        return {}

    def services(self) -> Services:
        """What the port is given."""
        made = memory_services(self.folder, secrets=self.secrets, log=self.log, name=self.name)
        return replace(made, now=self.now)

    def now(self) -> datetime:
        """The present instant, as a test says it."""
        return self.time

    def opened(self, **settings: object) -> PortT:
        """Another instance over the same account, as after a restart."""
        made: PortT = self.kind(self.model.model_validate(self._settings | settings), self.services())
        self._opened.append(made)
        return made

    @property
    def diary(self) -> Diary:
        """The account's own calendar."""
        return diaries(self.account)["primary"]

    def close(self) -> None:
        """Let go of every instance."""
        for each in self._opened:
            each.close()


class ReadBench(_Bench[GoogleCalendar], CalendarBench):
    """Calendars that are read."""

    kind, model, scopes = GoogleCalendar, GoogleCalendarSettings, ("calendar.events.readonly",)

    @property
    def calendar(self) -> GoogleCalendar:  # type: ignore[override]
        """The port."""
        return self.port

    def enter(self, period: CalendarPeriod) -> None:
        times = [instant.isoformat() for instant in (period.interval.start, period.interval.end)]
        kind = "outOfOffice" if period.kind is AbsenceKind.OUT_OF_OFFICE else "default"
        self.diary.enter(event(times[0], times[1], eventType=kind))


class WrittenBench(_Bench[CalendarPublisher], PublisherBench):
    """A calendar that is written into."""

    kind, model, scopes = CalendarPublisher, CalendarPublisherSettings, ("calendar.events",)
    name = "publisher hours"

    def usual(self) -> Mapping[str, object]:
        return {"calendar": "primary"}

    @property
    def publisher(self) -> CalendarPublisher:  # type: ignore[override]
        """The port."""
        return self.port

    def seen(self) -> bytes | None:
        there = self.diary.there()
        return json.dumps(there, sort_keys=True).encode() if there else None

    def times(self) -> list[tuple[str, str]]:
        """When the events are, in the order of time."""
        shown = [self.diary.shown(each) for each in self.diary.there()]
        return sorted((each["start"]["dateTime"], each["end"]["dateTime"]) for each in shown)


class VacationBench(_Bench[VacationPublisher], ResponderBench):
    """Gmail's own responder."""

    kind, model, scopes = VacationPublisher, VacationSettings, ("gmail.settings.basic",)
    name = "publisher nights"

    @property
    def publisher(self) -> VacationPublisher:  # type: ignore[override]
        """The port."""
        return self.port

    @property
    def vacation(self) -> dict[str, object]:
        """The responder as Gmail holds it."""
        return self.account.mailbox.vacation

    def seen(self) -> bytes | None:
        is_on = self.vacation.get("enableAutoReply")
        return json.dumps(self.vacation, sort_keys=True).encode() if is_on else None

    def switch_on_otherwise(self) -> bool:
        self.account.mailbox.vacation = {"enableAutoReply": True, "responseSubject": "I am at sea"}
        return True
