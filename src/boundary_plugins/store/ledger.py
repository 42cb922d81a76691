"""The ledger in the store: what was posted, line by line, and only ever added to."""

import json
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency, Tax
from boundary_plugins.ports import ChargeLine, LedgerEntry
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import ledger_entries


class LedgerReads(Reads):
    """Reading the ledger."""

    def ledger_entries(
        self, *, client_id: str | None = None, since: date | None = None, until: date | None = None
    ) -> list[LedgerEntry]:
        """Entries that meet every filter given, oldest first; `since` and `until` are days of contacts.

        Both days are included; an entry counts by its last day.
        """
        conditions = [ledger_entries.c.client_id == client_id] if client_id is not None else []
        if since is not None:
            conditions.append(ledger_entries.c.last_on >= since.isoformat())
        if until is not None:
            conditions.append(ledger_entries.c.last_on <= until.isoformat())
        with self._database.read() as connection:
            return entries_on(connection, self.therapist, *conditions)

    def ledger_entry(self, key: str) -> LedgerEntry | None:
        """The entry under a key."""
        with self._database.read() as connection:
            found = entries_on(connection, self.therapist, ledger_entries.c.key == key)
        return found[0] if found else None


class LedgerWrites(Writes):
    """Adding to the ledger."""

    def append_entry(self, line: ChargeLine, counters: int | None, at: datetime) -> int:
        """Add an entry once for each key; its number, also where it is there already."""
        row = self._insert(ledger_entries).values(
            therapist=self.therapist, counters=counters, posted_at=at, **_row_of(line)
        )
        added = row.on_conflict_do_nothing(index_elements=["therapist", "key"])
        number = self.connection.scalar(added.returning(ledger_entries.c.number))
        if number is None:
            same = (ledger_entries.c.therapist == self.therapist) & (ledger_entries.c.key == line.key)
            number = self.connection.scalar(sa.select(ledger_entries.c.number).where(same))
        return int(number or 0)


def entries_on(
    connection: sa.Connection, therapist: str, *conditions: sa.ColumnElement[bool]
) -> list[LedgerEntry]:
    """A therapist's entries under conditions, oldest first."""
    query = (
        sa.select(ledger_entries)
        .where(ledger_entries.c.therapist == therapist, *conditions)
        .order_by(ledger_entries.c.number)
    )
    return [_entry(row) for row in connection.execute(query)]


def _row_of(line: ChargeLine) -> dict[str, Any]:
    """A line as its columns."""
    tax = line.tax
    return {
        "key": line.key,
        "client_id": line.client_id,
        "fee": line.fee,
        "policy_version": line.policy_version,
        "channels": json.dumps([channel.value for channel in line.channels]),
        "first_on": line.first_on.isoformat(),
        "last_on": line.last_on.isoformat(),
        "seconds": line.seconds,
        "net": line.amount.net,
        "tax": line.amount.tax,
        "currency": line.currency.code,
        "digits": line.currency.digits,
        "tax_name": tax.name if tax else "",
        "tax_rate": tax.rate if tax else 0,
        "tax_included": tax.included if tax else False,
    }


def _entry(row: Any) -> LedgerEntry:
    """An entry as a value."""
    line = ChargeLine(
        key=row.key,
        client_id=row.client_id,
        fee=row.fee,
        policy_version=row.policy_version,
        first_on=date.fromisoformat(row.first_on),
        last_on=date.fromisoformat(row.last_on),
        channels=tuple(map(Channel, json.loads(row.channels))),
        seconds=row.seconds,
        amount=Amount(row.net, row.tax),
        currency=Currency(row.currency, row.digits),
        tax=Tax(row.tax_name, row.tax_rate, row.tax_included) if row.tax_name else None,
    )
    return LedgerEntry(row.number, line, row.counters, row.posted_at)
