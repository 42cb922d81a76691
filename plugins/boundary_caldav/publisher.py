"""Publishers to a CalDAV server: the availability that it keeps for its user, and entries of a calendar."""

import hashlib
from abc import ABC, abstractmethod

from boundary_caldav.client import Client, SignedIn
from boundary_caldav.discovery import find_calendar
from boundary_caldav.entries import Entries
from boundary_caldav.examination import broken, examined
from boundary_caldav.inbox import Inbox
from boundary_caldav.settings import CaldavPublisherSettings
from boundary_plugins import (
    BoundaryError,
    Condition,
    Examined,
    Gone,
    Publication,
    Publisher,
    Refused,
    Services,
    is_publication,
    same_lines,
    shown_this_week,
    write_entries,
    write_hours,
)

_FOREIGN = "the server already holds an availability that this program did not write; it is left as it is"
_NO_PLACE = "the server keeps no availability for its account; let calendar name one to write entries into"


def open_publisher(settings: CaldavPublisherSettings, services: Services) -> Publisher:
    """To a calendar where one is named, else to the account's own availability."""
    kind = EntryPublisher if settings.calendar else HoursPublisher
    return kind(settings, services)


class _CaldavPublisher(ABC):
    """What both have in common."""

    def __init__(self, settings: CaldavPublisherSettings, services: Services) -> None:
        """Ask nothing yet."""
        self._settings = settings
        self._name = services.name or "publisher"
        self._signed_in = SignedIn(settings, services)

    def publish(self, publication: Publication) -> bool:
        """Write what differs. Raises ProviderError, with the rest as it was."""
        is_short = self._settings.absences == "this week"
        shown = shown_this_week(publication) if is_short else publication
        return bool(self._signed_in.ask(lambda client: self._publish(client, shown)))

    def remove(self) -> None:
        """Take away only what this publisher made."""
        self._signed_in.ask(self._remove)

    def close(self) -> None:
        """Let go of the connection."""
        self._signed_in.close()

    @abstractmethod
    def _publish(self, client: Client, shown: Publication) -> bool:
        """Write what differs."""

    @abstractmethod
    def _remove(self, client: Client) -> None:
        """Take away what is ours."""


class HoursPublisher(_CaldavPublisher):
    """The port `Publisher` over the account's availability (RFC 7953)."""

    def __init__(self, settings: CaldavPublisherSettings, services: Services) -> None:
        """Ask nothing yet."""
        super().__init__(settings, services)
        self._inbox = Inbox()

    def examine(self) -> tuple[Examined, ...]:
        """Whether the server has a place for it, and nobody else's availability stands there."""
        try:
            return (self._signed_in.ask(self._examined),)
        except BoundaryError as error:
            return (broken(self._signed_in, error),)

    def _examined(self, client: Client) -> Examined:
        """The same."""
        part, present = "calendar server", self._inbox.read(client)
        if present is not None and not is_publication(present):
            return Examined(part, Condition.BROKEN, _FOREIGN, "remove it in the program that made it")
        if not self._inbox.is_there(client):
            return Examined(part, Condition.BROKEN, _NO_PLACE, "add calendar to this table")
        return Examined(part, Condition.OK, "the server has a place for the availability of its account")

    def _publish(self, client: Client, shown: Publication) -> bool:
        """Write the hours where they differ, and read them back."""
        if not self._inbox.is_there(client):
            raise Refused(self._name, _NO_PLACE)
        wanted, present = write_hours(shown), self._inbox.read(client)
        if present is not None:
            if same_lines(present, wanted):
                return False
            if not is_publication(present):
                raise Refused(self._name, _FOREIGN)
        self._inbox.write(client, wanted)
        if not same_lines(self._inbox.read(client) or b"", wanted):
            raise Refused(self._name, "the server took the availability, and does not hold it")
        return True

    def _remove(self, client: Client) -> None:
        """Take the availability away where it is ours."""
        present = self._inbox.read(client)
        if present is not None and is_publication(present):
            self._inbox.remove(client)


class EntryPublisher(_CaldavPublisher):
    """The port `Publisher` over a calendar: an entry for each open time, or for each that is closed."""

    def __init__(self, settings: CaldavPublisherSettings, services: Services) -> None:
        """Ask nothing yet."""
        super().__init__(settings, services)
        # Two who write into the same calendar leave each other's entries alone.
        text = f"{services.name}\n{settings.username}\n{settings.calendar}"
        self._owner = hashlib.sha256(text.encode()).hexdigest()[:12]
        self._entries: Entries | None = None

    def examine(self) -> tuple[Examined, ...]:
        """Whether the calendar is found and may be written."""
        return examined(self._signed_in, self._settings.calendar, is_written=True)

    def _publish(self, client: Client, shown: Publication) -> bool:
        """Write the entries that differ, and delete those that are no longer meant."""
        wanted = write_entries(shown, owner=self._owner, closed=self._settings.shows == "closed")
        return self._make(client, wanted)

    def _remove(self, client: Client) -> None:
        """Delete the entries that are ours."""
        self._make(client, {})

    def _make(self, client: Client, wanted: dict[str, bytes]) -> bool:
        """Let the calendar hold just these entries of ours."""
        if self._entries is None:
            found = find_calendar(client, self._settings.calendar)
            self._entries = Entries(self._owner, found.path)
        try:
            return self._entries.make(client, wanted)
        except Gone:
            self._entries = None
            raise
