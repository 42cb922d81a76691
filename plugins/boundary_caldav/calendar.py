"""A calendar on a CalDAV server: looked at anew with each question, and fetched where it changed."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping

from boundary_caldav.client import Client, SignedIn
from boundary_caldav.collection import Collection
from boundary_caldav.discovery import FoundCalendar, find_calendar
from boundary_caldav.examination import examined
from boundary_caldav.inbox import Inbox
from boundary_caldav.kept import Entry, Keeper
from boundary_caldav.mirror import Mirror
from boundary_caldav.settings import CaldavCalendarSettings
from boundary_plugins import (
    Calendar,
    CalendarContents,
    CalendarFile,
    Examined,
    Gone,
    Interval,
    Services,
    is_publication,
)
from boundary_plugins import (
    open_calendar as read_text,
)


def open_calendar(settings: CaldavCalendarSettings, services: Services) -> Calendar:
    """The calendar, read by its entries or by its busy times alone."""
    kind = BusyCalendar if settings.mode == "free-busy" else EventCalendar
    return kind(settings, services)


class _CaldavCalendar(ABC):
    """What both have in common."""

    def __init__(self, settings: CaldavCalendarSettings, services: Services) -> None:
        """Ask nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "calendar"
        self._signed_in = SignedIn(settings, services)
        self._found: FoundCalendar | None = None
        self._inbox = Inbox()

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval. Raises ProviderError where the server cannot tell."""
        contents: CalendarContents = self._signed_in.ask(lambda client: self._contents(client, between))
        return contents

    def examine(self) -> tuple[Examined, ...]:
        """Whether the account signs in, and which of its calendars is meant."""
        return examined(self._signed_in, self._settings.calendar)

    def close(self) -> None:
        """Let go of the connection."""
        self._signed_in.close()

    def _contents(self, client: Client, between: Interval) -> CalendarContents:
        """The same, with what the server keeps for the account where that is wanted."""
        try:
            contents = self._read(self._collection(client), between)
        except Gone:
            # It may have been moved; the next look searches for it.
            self._found = None
            raise
        if not self._settings.inbox:
            return contents
        return _together(contents, self._of_inbox(client, between))

    @abstractmethod
    def _read(self, collection: Collection, between: Interval) -> CalendarContents:
        """What the calendar itself holds."""

    def _collection(self, client: Client) -> Collection:
        """The calendar, searched for once."""
        if self._found is None:
            self._found = find_calendar(client, self._settings.calendar)
        return Collection(client, self._found.path)

    def _of_inbox(self, client: Client, between: Interval) -> CalendarContents:
        """The availability that the server keeps for the account, where it is not what we published there."""
        text = self._inbox.read(client)
        if text is None or is_publication(text):
            return CalendarContents(())
        return self._file(text, "the account's availability").between(between)

    def _file(self, text: bytes, name: str) -> CalendarFile:
        """A text, understood."""
        return read_text(text, zone=self._services.zone, name=name)


class EventCalendar(_CaldavCalendar):
    """The port `Calendar` over the entries of a calendar."""

    def __init__(self, settings: CaldavCalendarSettings, services: Services) -> None:
        """Read nothing yet."""
        super().__init__(settings, services)
        of = hashlib.sha256(f"{settings.url}\n{settings.username}\n{settings.calendar}".encode()).hexdigest()
        self._mirror = Mirror(Keeper(services.state_directory / "calendar.json", of, services.log))
        self._files: dict[str, tuple[Entry, CalendarFile]] = {}

    def _read(self, collection: Collection, between: Interval) -> CalendarContents:
        """Every entry, each understood once."""
        self._understand(self._mirror.refresh(collection).entries)
        return _together(*(file.between(between) for _, (_, file) in sorted(self._files.items())))

    def _understand(self, entries: Mapping[str, Entry]) -> None:
        """Understand what is new, and forget what is gone."""
        files: dict[str, tuple[Entry, CalendarFile]] = {}
        for name, entry in entries.items():
            known = self._files.get(name)
            if known is not None and known[0] is entry:
                files[name] = known
            elif entry.text:
                files[name] = entry, self._file(entry.text.encode(), f"entry {name}")
        self._files = files


class BusyCalendar(_CaldavCalendar):
    """The port `Calendar` over busy times, where the account may see no more (RFC 4791, section 7.10)."""

    def _read(self, collection: Collection, between: Interval) -> CalendarContents:
        """The busy times, as the server works them out."""
        text = collection.busy_times(between)
        return self._file(text, "busy times").between(between)


def _together(*parts: CalendarContents) -> CalendarContents:
    """Several contents as one."""
    return CalendarContents(
        periods=tuple(period for part in parts for period in part.periods),
        availabilities=tuple(layer for part in parts for layer in part.availabilities),
        set_aside=tuple(line for part in parts for line in part.set_aside),
    )
