"""Invoices in the store: drafts claim ledger entries, issued ones have a number without a gap, none is ever changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.fees.price import Currency
from boundary_plugins.ports import LedgerEntry
from boundary_plugins.store.ledger import entries_on
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import invoice_lines, invoices, ledger_entries

#: Whoever drafts, issues or voids takes this lock, so that no number is given twice on PostgreSQL either.
INVOICES_LOCK = "invoices"


class InvoiceState(Enum):
    """Where an invoice stands. A void one keeps its number; another one takes it back."""

    DRAFT = "draft"
    ISSUED = "issued"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRecord:
    """An invoice with its ledger entries. `number` is None on a draft; `cancels` is the number it takes back."""

    id: int
    client_id: str
    state: InvoiceState
    first_on: date
    last_on: date
    currency: Currency
    language: str
    number: str | None
    issued_on: date | None
    cancels: str | None
    reason: str
    created_at: datetime
    entries: tuple[LedgerEntry, ...]


class InvoiceReads(Reads):
    """Reading invoices."""

    def invoices(
        self, *, client_id: str | None = None, state: InvoiceState | None = None
    ) -> list[InvoiceRecord]:
        """Invoices that meet every filter given, oldest first."""
        conditions = [invoices.c.client_id == client_id] if client_id is not None else []
        if state is not None:
            conditions.append(invoices.c.state == state.value)
        with self._database.read() as connection:
            return _invoices(connection, self.therapist, *conditions)

    def invoice(self, name: str) -> InvoiceRecord | None:
        """The invoice with this number, or (digits alone) the draft with this id."""
        with self._database.read() as connection:
            found = _invoices(connection, self.therapist)
        return next((each for each in found if each.number == name or str(each.id) == name), None)

    def issued_invoice_of(self, key: str) -> str | None:
        """The number of the issued invoice on which the ledger entry under a key stands; None: on none."""
        query = (
            sa.select(invoices.c.series, invoices.c.sequence)
            .join(invoice_lines, invoice_lines.c.invoice == invoices.c.id)
            .join(ledger_entries, ledger_entries.c.number == invoice_lines.c.entry)
            .where(
                invoices.c.therapist == self.therapist,
                invoices.c.state == InvoiceState.ISSUED.value,
                ledger_entries.c.key == key,
                invoice_lines.c.live,
            )
        )
        with self._database.read() as connection:
            found = connection.execute(query).first()
        return None if found is None else number_of_invoice(*found)


class InvoiceWrites(Writes):
    """Making invoices; every method wants the lock `INVOICES_LOCK`."""

    def draft_invoices(
        self, client_id: str, first_on: date, last_on: date, language: str, at: datetime
    ) -> list[int]:
        """Draft a client's invoice of a period, one for each currency; their ids, none where nothing is open.

        A draft of the same period is made anew. An entry and the one that takes it back cancel out where
        neither was invoiced.
        """
        standing = _invoices(
            self.connection,
            self.therapist,
            invoices.c.client_id == client_id,
            invoices.c.state == InvoiceState.DRAFT.value,
            invoices.c.first_on == first_on.isoformat(),
            invoices.c.last_on == last_on.isoformat(),
        )
        for draft in standing:
            self.discard_draft(draft.id)
        by_currency: dict[Currency, list[int]] = defaultdict(list)
        for entry in self._open_entries(client_id, first_on, last_on):
            by_currency[entry.line.currency].append(entry.number)
        return [
            self._add_invoice(
                entries,
                live=True,
                client_id=client_id,
                state=InvoiceState.DRAFT.value,
                first_on=first_on.isoformat(),
                last_on=last_on.isoformat(),
                currency=currency.code,
                digits=currency.digits,
                language=language,
                reason="",
                created_at=at,
            )
            for currency, entries in by_currency.items()
        ]

    def _open_entries(self, client_id: str, first_on: date, last_on: date) -> list[LedgerEntry]:
        """The entries of the period that no live invoice has, without pairs that cancel out."""
        claimed = sa.select(invoice_lines.c.entry).where(
            invoice_lines.c.therapist == self.therapist, invoice_lines.c.live
        )
        found = entries_on(
            self.connection,
            self.therapist,
            ledger_entries.c.client_id == client_id,
            ledger_entries.c.last_on >= first_on.isoformat(),
            ledger_entries.c.last_on <= last_on.isoformat(),
            ledger_entries.c.number.not_in(claimed),
        )
        numbers = {entry.number for entry in found}
        countered = {entry.counters for entry in found if entry.counters in numbers}
        return [entry for entry in found if entry.number not in countered and entry.counters not in countered]

    def issue_invoice(self, invoice_id: int, series: str, issued_on: date) -> str | None:
        """Give a draft the next number of a series; None where it is no draft any more."""
        last = self.connection.scalar(
            sa.select(sa.func.max(invoices.c.sequence)).where(
                invoices.c.therapist == self.therapist, invoices.c.series == series
            )
        )
        sequence = int(last or 0) + 1
        change = sa.update(invoices).where(
            invoices.c.therapist == self.therapist,
            invoices.c.id == invoice_id,
            invoices.c.state == InvoiceState.DRAFT.value,
        )
        issued = change.values(
            state=InvoiceState.ISSUED.value, series=series, sequence=sequence, issued_on=issued_on.isoformat()
        )
        return number_of_invoice(series, sequence) if self.connection.execute(issued).rowcount else None

    def cancel_invoice(
        self, invoice: InvoiceRecord, series: str, issued_on: date, reason: str, at: datetime
    ) -> str | None:
        """Take an issued invoice back by one of its own, with counter-lines; its number.

        The entries are free for another invoice then. None where the invoice is not issued any more.
        """
        change = sa.update(invoices).where(
            invoices.c.id == invoice.id, invoices.c.state == InvoiceState.ISSUED.value
        )
        if not self.connection.execute(change.values(state=InvoiceState.VOID.value, reason=reason)).rowcount:
            return None
        self._release_lines(invoice.id)
        counter = self._add_invoice(
            [entry.number for entry in invoice.entries],
            live=False,
            client_id=invoice.client_id,
            state=InvoiceState.DRAFT.value,
            first_on=invoice.first_on.isoformat(),
            last_on=invoice.last_on.isoformat(),
            currency=invoice.currency.code,
            digits=invoice.currency.digits,
            language=invoice.language,
            cancels=invoice.id,
            reason=reason,
            created_at=at,
        )
        return self.issue_invoice(counter, series, issued_on)

    def discard_draft(self, invoice_id: int) -> bool:
        """Take a draft away; its entries are free again. False where it is none."""
        draft = sa.delete(invoices).where(
            invoices.c.therapist == self.therapist,
            invoices.c.id == invoice_id,
            invoices.c.state == InvoiceState.DRAFT.value,
        )
        return self.connection.execute(draft).rowcount > 0

    def open_entries_of(self, draft: InvoiceRecord) -> list[int]:
        """What the draft would hold if it were made now: the numbers of its entries."""
        self._release_lines(draft.id)
        found = [
            entry.number
            for entry in self._open_entries(draft.client_id, draft.first_on, draft.last_on)
            if entry.line.currency == draft.currency
        ]
        change = sa.update(invoice_lines).where(invoice_lines.c.invoice == draft.id)
        self.connection.execute(change.values(live=True))
        return found

    def _release_lines(self, invoice_id: int) -> None:
        """The entries of an invoice are no longer claimed by it."""
        change = sa.update(invoice_lines).where(invoice_lines.c.invoice == invoice_id)
        self.connection.execute(change.values(live=False))

    def _add_invoice(self, entries: Sequence[int], *, live: bool, **values: Any) -> int:
        """An invoice with its lines."""
        row = sa.insert(invoices).values(therapist=self.therapist, **values)
        number = int(self.connection.scalar(row.returning(invoices.c.id)) or 0)
        rows = [
            {"invoice": number, "entry": entry, "therapist": self.therapist, "live": live}
            for entry in entries
        ]
        self.connection.execute(sa.insert(invoice_lines), rows)
        return number


def number_of_invoice(series: str, sequence: int) -> str:
    """The number as it is printed: "QH-2026-0007"."""
    return f"{series}-{sequence:04}"


def _invoices(
    connection: sa.Connection, therapist: str, *conditions: sa.ColumnElement[bool]
) -> list[InvoiceRecord]:
    """A therapist's invoices under conditions, oldest first."""
    query = sa.select(invoices).where(invoices.c.therapist == therapist, *conditions).order_by(invoices.c.id)
    rows = connection.execute(query).all()
    lines: dict[int, list[int]] = defaultdict(list)
    for line in connection.execute(
        sa.select(invoice_lines.c.invoice, invoice_lines.c.entry).order_by(invoice_lines.c.entry)
    ):
        lines[line.invoice].append(line.entry)
    wanted = {entry for row in rows for entry in lines[row.id]}
    entries = {each.number: each for each in entries_on(connection, therapist) if each.number in wanted}
    numbers = _numbers(connection, therapist)
    return [_record(row, [entries[number] for number in lines[row.id]], numbers) for row in rows]


def _numbers(connection: sa.Connection, therapist: str) -> dict[int, str]:
    """The printed numbers of issued invoices by id."""
    query = sa.select(invoices.c.id, invoices.c.series, invoices.c.sequence).where(
        invoices.c.therapist == therapist, invoices.c.sequence.is_not(None)
    )
    return {row.id: number_of_invoice(row.series, row.sequence) for row in connection.execute(query)}


def _record(row: Any, entries: Sequence[LedgerEntry], numbers: dict[int, str]) -> InvoiceRecord:
    """An invoice as a value."""
    return InvoiceRecord(
        id=row.id,
        client_id=row.client_id,
        state=InvoiceState(row.state),
        first_on=date.fromisoformat(row.first_on),
        last_on=date.fromisoformat(row.last_on),
        currency=Currency(row.currency, row.digits),
        language=row.language,
        number=numbers.get(row.id),
        issued_on=date.fromisoformat(row.issued_on) if row.issued_on else None,
        cancels=numbers.get(row.cancels) if row.cancels else None,
        reason=row.reason,
        created_at=row.created_at,
        entries=tuple(entries),
    )
