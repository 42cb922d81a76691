"""A publisher that writes availability as entries into a calendar on Exchange, and knows its own again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.examination import examined_calendar
from boundary_exchange.occurrences import occurrences
from boundary_exchange.problems import Trouble
from boundary_exchange.settings import EntrySettings
from boundary_exchange.vocabulary import ENTRY
from boundary_plugins import (
    AbsenceKind,
    Examined,
    Interval,
    Publication,
    Services,
    difference,
    intersection,
    shown_this_week,
)

Xml = Any

#: So many entries are written or taken away at once.
BATCH = 100
_AWAY, _CLOSED = "OOF", "Busy"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of ours as it stands in the calendar."""

    item_id: str
    interval: Interval | None
    status: str
    subject: str


class CalendarEntries:
    """The port `Publisher` over the calendar of one mailbox. It touches no entry but its own."""

    def __init__(self, settings: EntrySettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._connection = Connection(settings, services)

    def publish(self, publication: Publication) -> bool:
        """Take away what is no longer so and enter what is new; whether anything was written."""
        wanted = self._wanted(publication, self._away_already(publication.between))
        missing, superfluous = set(wanted), []
        for entry in self._entries():
            shown = _clipped(entry, publication.between)
            if shown in missing and entry.subject == self._settings.subject:
                missing.remove(shown)
            else:
                superfluous.append(entry.item_id)
        self._take_away(superfluous)
        self._enter(sorted(missing, key=lambda one: one[0].start))
        return bool(missing or superfluous)

    def remove(self) -> None:
        """Take away every entry of ours."""
        self._take_away([entry.item_id for entry in self._entries()])

    def close(self) -> None:
        """Let go of every connection."""
        self._connection.close()

    def examine(self) -> tuple[Examined, ...]:
        """Whether the calendar can be reached and written to."""
        return examined_calendar(self._connection, self._services.now(), writes=True)

    def _wanted(self, publication: Publication, already: Sequence[Interval]) -> list[tuple[Interval, str]]:
        """Absences as out of office and, where they are shown, closed hours as busy."""
        is_short = self._settings.absences == "this week"
        shown = shown_this_week(publication) if is_short else publication
        away = difference(intersection(shown.absences, [publication.between]), already)
        wanted = [(each, _AWAY) for each in away]
        if self._settings.shows == "closed hours":
            closed = [window.interval for window in shown.windows if not window.is_open]
            wanted += [(each, _CLOSED) for each in difference(closed, [*away, *already])]
        return wanted

    def _away_already(self, between: Interval) -> list[Interval]:
        """When the calendar shows the therapist as out of office by itself: that needs no second entry."""
        try:
            there = occurrences(self._connection, between)
        except Trouble as trouble:
            raise self._connection.error(trouble) from None
        return [each.interval for each in there if each.kind is AbsenceKind.OUT_OF_OFFICE]

    def _entries(self) -> list[_Entry]:
        """The entries of ours that are there."""
        return [_entry(item) for item in self._pages()]

    def _pages(self) -> Iterator[Xml]:
        """Page after page of them."""
        offset: int | None = 0
        while offset is not None:
            (message,) = self._asked("FindItem", payloads.find_entries(self._settings.address, offset))
            yield from parse.items(message)
            offset = parse.next_offset(message)

    def _enter(self, entries: list[tuple[Interval, str]]) -> None:
        """Enter what is missing."""
        for start in range(0, len(entries), BATCH):
            some = entries[start : start + BATCH]
            subject = self._settings.subject
            self._asked("CreateItem", payloads.create_entries(self._settings.address, subject, some))

    def _take_away(self, item_ids: list[str]) -> None:
        """Delete entries of ours."""
        for start in range(0, len(item_ids), BATCH):
            self._asked("DeleteItem", payloads.delete_items(item_ids[start : start + BATCH]))

    def _asked(self, operation: str, request: Xml) -> list[Xml]:
        """The messages of an answer. Raises ProviderError."""
        try:
            return self._connection.ask(operation, request)
        except Trouble as trouble:
            raise self._connection.error(trouble) from None


def _entry(item: Xml) -> _Entry:
    """An entry as it stands."""
    return _Entry(
        item_id=parse.id_and_key(item)[0],
        interval=parse.interval(parse.text(item, "t:Start"), parse.text(item, "t:End")),
        # Somebody may have changed how one is then; that is not ours any more and is put right.
        status=parse.text(item, "t:LegacyFreeBusyStatus") or str(parse.extended(item, ENTRY)),
        subject=parse.text(item, "t:Subject"),
    )


def _clipped(entry: _Entry, between: Interval) -> tuple[Interval, str] | None:
    """What an entry shows of the time that is published; None where it shows nothing of it."""
    shown = intersection([entry.interval], [between]) if entry.interval else ()
    return (shown[0], entry.status) if shown else None
