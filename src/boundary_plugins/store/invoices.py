"""Invoices in the store: drafts claim ledger entries, issued ones have a number without a gap, none is ever changed."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.fees.price import Currency
from boundary_plugins.ports import LedgerEntry
from boundary_plugins.store.invoice_records import (
    InvoiceRecord,
    InvoiceState,
    invoices_on,
    number_of_invoice,
)
from boundary_plugins.store.ledger import entries_on
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import invoice_lines, invoices, ledger_entries

#: Whoever drafts, issues or voids takes this lock, so that no number is given twice on PostgreSQL either.
INVOICES_LOCK = "invoices"
#: No database has a greater number than this, and every one understands it.
_GREATEST = 2**31 - 1


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
            return invoices_on(connection, self.therapist, *conditions)

    def invoice(self, name: str) -> InvoiceRecord | None:
        """The invoice with this number ("QH-2026-0007"), or (digits alone) the draft with this id."""
        if name.isascii() and name.isdigit():
            wanted = (invoices.c.id == min(int(name), _GREATEST)) & (
                invoices.c.state == InvoiceState.DRAFT.value
            )
        else:
            series, _, sequence = name.rpartition("-")
            if not (sequence.isascii() and sequence.isdigit()):
                return None
            of_series = invoices.c.series == series
            wanted = of_series & (invoices.c.sequence == min(int(sequence), _GREATEST))
        with self._database.read() as connection:
            found = invoices_on(connection, self.therapist, wanted)
        return found[0] if found else None

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

    def entries_not_issued(self) -> list[LedgerEntry]:
        """The entries that stand on no issued invoice, oldest first, without pairs that cancel out."""
        issued = (
            sa.select(invoice_lines.c.entry)
            .join(invoices, invoices.c.id == invoice_lines.c.invoice)
            .where(
                invoices.c.therapist == self.therapist,
                invoices.c.state == InvoiceState.ISSUED.value,
                invoice_lines.c.live,
            )
        )
        with self._database.read() as connection:
            return _standing(entries_on(connection, self.therapist, ledger_entries.c.number.not_in(issued)))


class InvoiceWrites(Writes):
    """Making invoices; every method wants the lock `INVOICES_LOCK`."""

    def draft_invoices(
        self, client_id: str, first_on: date, last_on: date, language: str, at: datetime
    ) -> list[int]:
        """Draft a client's invoice of a period, one for each currency; their ids, none where nothing is open.

        A draft whose period overlaps is made anew. An entry and the one that takes it back cancel out where
        neither was invoiced.
        """
        overlapping = sa.delete(invoices).where(
            invoices.c.therapist == self.therapist,
            invoices.c.client_id == client_id,
            invoices.c.state == InvoiceState.DRAFT.value,
            invoices.c.first_on <= last_on.isoformat(),
            invoices.c.last_on >= first_on.isoformat(),
        )
        self.connection.execute(overlapping)
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

    def _open_entries(
        self, client_id: str, first_on: date, last_on: date, *, but_for: int = 0
    ) -> list[LedgerEntry]:
        """The entries of the period that no live invoice `but_for` one has, without pairs that cancel out."""
        claimed = sa.select(invoice_lines.c.entry).where(
            invoice_lines.c.therapist == self.therapist,
            invoice_lines.c.live,
            invoice_lines.c.invoice != but_for,
        )
        found = entries_on(
            self.connection,
            self.therapist,
            ledger_entries.c.client_id == client_id,
            ledger_entries.c.last_on >= first_on.isoformat(),
            ledger_entries.c.last_on <= last_on.isoformat(),
            ledger_entries.c.number.not_in(claimed),
        )
        return _standing(found)

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
            invoices.c.therapist == self.therapist,
            invoices.c.id == invoice.id,
            invoices.c.state == InvoiceState.ISSUED.value,
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
        found = self._open_entries(draft.client_id, draft.first_on, draft.last_on, but_for=draft.id)
        return [entry.number for entry in found if entry.line.currency == draft.currency]

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


def _standing(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """The entries but for those that one of them takes back, and those that do."""
    numbers = {entry.number for entry in entries}
    countered = {entry.counters for entry in entries if entry.counters in numbers}
    return [entry for entry in entries if entry.number not in countered and entry.counters not in countered]
