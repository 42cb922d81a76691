"""The therapist's time on contacts: logged afterwards, or by a clock that runs."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.meter import USUAL_METER, Meter, TimeSpent
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import contacts, time_entries


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """Time on record for a contact of a client; of the clock that runs `seconds` is None.

    `started_at` is None for time that was logged without a clock. `logged_at` is when it came on record, or
    (a clock) when it was started or stopped last. `of_mark` is true where a mark on the message says it.
    """

    id: int
    contact: int
    meter: Meter
    seconds: int | None
    started_at: datetime | None
    logged_at: datetime
    client_id: str | None
    of_mark: bool = False


def time_on(contact: sa.ColumnElement[int]) -> sa.ScalarSelect[Any]:
    """The seconds on record for a contact, as part of a query; NULL where there are none."""
    return (
        sa.select(sa.func.sum(time_entries.c.seconds))
        .where(time_entries.c.contact == contact)
        .scalar_subquery()
    )


class TimeReads(Reads):
    """Reading time."""

    def time_entries(self, contact: int) -> list[TimeEntry]:
        """What is on record for a contact, oldest first."""
        return self._entries(time_entries.c.contact == contact)[::-1]

    def latest_time(self, limit: int, *, by_hand: bool = False) -> list[TimeEntry]:
        """What came on record last, on any contact, the latest first; with `by_hand` without that of marks."""
        conditions = (sa.not_(time_entries.c.of_mark),) if by_hand else ()
        return self._entries(*conditions, limit=limit)

    def running_clock(self) -> TimeEntry | None:
        """The clock that runs; None where none does."""
        found = self._entries(time_entries.c.seconds.is_(None))
        return found[0] if found else None

    def _entries(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[TimeEntry]:
        """This therapist's entries under conditions, the latest first."""
        query = (
            sa.select(time_entries, contacts.c.client_id)
            .join(contacts, contacts.c.number == time_entries.c.contact)
            .where(time_entries.c.therapist == self.therapist, *conditions)
            .order_by(time_entries.c.logged_at.desc(), time_entries.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_entry(row) for row in connection.execute(query)]


class TimeWrites(Writes):
    """Logging time."""

    def log_time(self, contact: int, spent: TimeSpent, at: datetime) -> int | None:
        """Log time on a contact; the entry's id, None where no contact has this number."""
        return self._add(contact, at, meter=spent.meter.value, seconds=spent.seconds)

    def set_marked_time(self, mailbox: str, provider_id: str, seconds: int, at: datetime) -> bool:
        """Let the time that a message is marked with be so much, 0 for none; whether anything changed.

        Nothing changes where the message is no contact. One entry a contact, however often it is said.
        """
        contact = self.connection.execute(
            sa.select(contacts.c.number, contacts.c.channel).where(
                contacts.c.therapist == self.therapist,
                contacts.c.mailbox == mailbox,
                contacts.c.provider_id == provider_id,
            )
        ).one_or_none()
        if contact is None:
            return False
        of_mark = sa.and_(time_entries.c.contact == contact.number, time_entries.c.of_mark)
        if not seconds:
            return self.connection.execute(sa.delete(time_entries).where(of_mark)).rowcount > 0
        change = sa.update(time_entries).where(of_mark, time_entries.c.seconds != seconds)
        if self.connection.execute(change.values(seconds=seconds, logged_at=at)).rowcount:
            return True
        if self.connection.scalar(sa.select(time_entries.c.id).where(of_mark)) is not None:
            return False
        meter = USUAL_METER[Channel(contact.channel)].value
        return self._add(contact.number, at, meter=meter, seconds=seconds, of_mark=True) is not None

    def start_clock(self, contact: int, meter: Meter, at: datetime) -> int | None:
        """Let the clock run from `at`; None where no contact has this number. One runs at a time:

        raises StoreError where another does.
        """
        return self._add(contact, at, meter=meter.value, seconds=None, started_at=at)

    def stop_clock(self, entry: int, seconds: int, at: datetime) -> bool:
        """Stop the clock with so many seconds on it; False where it does not run any more."""
        change = sa.update(time_entries).where(
            time_entries.c.therapist == self.therapist,
            time_entries.c.id == entry,
            time_entries.c.seconds.is_(None),
        )
        return self.connection.execute(change.values(seconds=seconds, logged_at=at)).rowcount > 0

    def forget_time(self, entry: int) -> bool:
        """Take an entry away, or a clock that runs; False where there is none."""
        gone = sa.delete(time_entries).where(
            time_entries.c.therapist == self.therapist, time_entries.c.id == entry
        )
        return self.connection.execute(gone).rowcount > 0

    def _add(self, contact: int, at: datetime, **values: Any) -> int | None:
        """Add an entry to a contact of this therapist."""
        known = sa.select(contacts.c.number).where(
            contacts.c.therapist == self.therapist, contacts.c.number == contact
        )
        if self.connection.scalar(known) is None:
            return None
        row = sa.insert(time_entries).values(
            therapist=self.therapist, contact=contact, logged_at=at, **values
        )
        made: int | None = self.connection.scalar(row.returning(time_entries.c.id))
        return made


def _entry(row: Any) -> TimeEntry:
    """An entry as a value."""
    meter = Meter(row.meter)
    return TimeEntry(
        row.id, row.contact, meter, row.seconds, row.started_at, row.logged_at, row.client_id, row.of_mark
    )
