"""What runs the program: the mode, leases, notices, and the clock of the last commit."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from boundary_plugins.store.records import LeaseRecord, Mode, ModeRecord, Notice
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.statement import Statement
from boundary_plugins.store.tables import from_stored, leases, notices, therapists


class OperationReads(Reads):
    """Reading how the program runs."""

    def mode(self) -> ModeRecord:
        """The mode; a fresh store watches."""
        table = therapists.c
        query = sa.select(table.mode, table.mode_since, table.armed_at).where(
            table.therapist == self.therapist
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return ModeRecord(Mode.WATCHING) if row is None else ModeRecord(Mode(row[0]), row[1], row[2])

    def last_commit_at(self) -> datetime | None:
        """The latest instant on record, to the second; None before anything was committed."""
        query = sa.select(therapists.c.last_commit_at).where(therapists.c.therapist == self.therapist)
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        return found

    def notices(self, *, include_cleared: bool = False) -> list[Notice]:
        """What needs a person now, oldest first."""
        table = notices.c
        query = sa.select(table.key, table.text, table.raised_at, table.cleared_at).where(
            table.therapist == self.therapist
        )
        if not include_cleared:
            query = query.where(table.cleared_at.is_(None))
        with self._database.read() as connection:
            return [Notice(*row) for row in connection.execute(query.order_by(table.raised_at, table.key))]

    def leases(self) -> list[LeaseRecord]:
        """Who serves which mailbox, also leases that have run out."""
        table = leases.c
        query = sa.select(table.mailbox, table.holder, table.expires_at)
        with self._database.read() as connection:
            rows = connection.execute(query.where(table.therapist == self.therapist).order_by(table.mailbox))
            return [LeaseRecord(*row) for row in rows]


_STANDING = Statement(
    "SELECT mode, mode_since, armed_at, directory_version FROM therapists WHERE therapist = ?"
)


class OperationWrites(Writes):
    """Changing how the program runs."""

    def standing(self) -> tuple[ModeRecord, int]:
        """The mode and the version of the client directory, as they are for this transaction."""
        row = _STANDING.run(self.driver, (self.therapist,)).fetchone()
        if row is None:
            return ModeRecord(Mode.WATCHING), 0
        mode, since, armed_at, version = row
        return _mode_record(mode, since, armed_at), int(version or 0)

    def _set_mode(self, mode: Mode, **values: datetime | None) -> None:
        """Change the mode where it is another."""
        change = sa.update(therapists).where(
            therapists.c.therapist == self.therapist, therapists.c.mode != mode.value
        )
        self.connection.execute(change.values(mode=mode.value, **values))

    def raise_notice(self, key: str, text: str, at: datetime) -> bool:
        """It is so that a person is needed; True where it was not so before (tell them once).

        The text of a standing notice is renewed. No address, subject or body stands in it.
        """
        standing = _notice(self.therapist, key) & notices.c.cleared_at.is_(None)
        if self.connection.execute(sa.update(notices).where(standing).values(text=text)).rowcount:
            return False
        row = {"text": text, "raised_at": at, "cleared_at": None}
        self._upsert(notices, {"key": key}, row)
        return True

    def clear_notice(self, key: str, at: datetime) -> bool:
        """It is well again; True where it was not (tell them once)."""
        standing = _notice(self.therapist, key) & notices.c.cleared_at.is_(None)
        change = sa.update(notices).where(standing).values(cleared_at=at)
        return self.connection.execute(change).rowcount > 0

    def acquire_lease(self, mailbox: str, holder: str, at: datetime, seconds: float) -> bool:
        """Take or renew the lease of a mailbox; False where another holder has it still."""
        row = {"therapist": self.therapist, "mailbox": mailbox, "holder": holder}
        until = at + timedelta(seconds=seconds)
        statement = self._insert(leases).values(**row, expires_at=until)
        free = sa.or_(leases.c.holder == holder, leases.c.expires_at <= at)
        upsert = statement.on_conflict_do_update(
            index_elements=["therapist", "mailbox"],
            set_={"holder": holder, "expires_at": until},
            where=free,
        ).returning(leases.c.holder)
        return self.connection.scalar(upsert) is not None

    def renew_lease(self, mailbox: str, holder: str, at: datetime, seconds: float) -> bool:
        """Keep the lease of a mailbox that this holder has; False where it is not theirs any more."""
        change = sa.update(leases).where(
            leases.c.therapist == self.therapist, leases.c.mailbox == mailbox, leases.c.holder == holder
        )
        until = at + timedelta(seconds=seconds)
        return self.connection.execute(change.values(expires_at=until)).rowcount > 0

    def release_lease(self, mailbox: str, holder: str) -> bool:
        """Give the lease back; False where it was somebody else's by now."""
        change = sa.delete(leases).where(
            leases.c.therapist == self.therapist, leases.c.mailbox == mailbox, leases.c.holder == holder
        )
        return self.connection.execute(change).rowcount > 0

    def _upsert(self, table: sa.Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert a row of this therapist, or replace its values."""
        statement = self._insert(table).values(therapist=self.therapist, **key, **values)
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=["therapist", *key], set_=values)
        )


@lru_cache(maxsize=16)
def _mode_record(mode: str, since: int | None, armed_at: int | None) -> ModeRecord:
    """The mode as a value; it is asked of each message and hardly ever another."""
    return ModeRecord(Mode(mode), _instant(since), _instant(armed_at))


def _instant(stored: int | None) -> datetime | None:
    """An instant as it is stored, where there is one."""
    return None if stored is None else from_stored(stored)


def _notice(therapist: str, key: str) -> sa.ColumnElement[bool]:
    """The condition for one notice."""
    return (notices.c.therapist == therapist) & (notices.c.key == key)
