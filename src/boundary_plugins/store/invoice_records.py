"""The values of invoices on record, and how they are read from their rows."""

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
from boundary_plugins.store.tables import invoice_lines, invoices, ledger_entries


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


def number_of_invoice(series: str, sequence: int) -> str:
    """The number as it is printed: "QH-2026-0007"."""
    return f"{series}-{sequence:04}"


def invoices_on(
    connection: sa.Connection, therapist: str, *conditions: sa.ColumnElement[bool]
) -> list[InvoiceRecord]:
    """A therapist's invoices under conditions, oldest first."""
    mine = (invoices.c.therapist == therapist, *conditions)
    taken_back = invoices.alias("taken_back")
    query = (
        sa.select(
            invoices, taken_back.c.series.label("of_series"), taken_back.c.sequence.label("of_sequence")
        )
        .outerjoin(taken_back, taken_back.c.id == invoices.c.cancels)
        .where(*mine)
        .order_by(invoices.c.id)
    )
    rows = connection.execute(query).all()
    lines = _lines(connection, therapist, sa.select(invoices.c.id).where(*mine)) if rows else {}
    return [_record(row, lines.get(row.id, ())) for row in rows]


def _lines(
    connection: sa.Connection, therapist: str, wanted: sa.Select[tuple[int]]
) -> dict[int, list[LedgerEntry]]:
    """The entries of the wanted invoices, by invoice."""
    on_them = invoice_lines.c.invoice.in_(wanted)
    in_ledger = ledger_entries.c.number.in_(sa.select(invoice_lines.c.entry).where(on_them))
    entries = {entry.number: entry for entry in entries_on(connection, therapist, in_ledger)}
    query = sa.select(invoice_lines.c.invoice, invoice_lines.c.entry).where(on_them)
    lines: dict[int, list[LedgerEntry]] = defaultdict(list)
    for line in connection.execute(query.order_by(invoice_lines.c.entry)):
        lines[line.invoice].append(entries[line.entry])
    return lines


def _record(row: Any, entries: Sequence[LedgerEntry]) -> InvoiceRecord:
    """An invoice as a value."""
    return InvoiceRecord(
        id=row.id,
        client_id=row.client_id,
        state=InvoiceState(row.state),
        first_on=date.fromisoformat(row.first_on),
        last_on=date.fromisoformat(row.last_on),
        currency=Currency(row.currency, row.digits),
        language=row.language,
        number=number_of_invoice(row.series, row.sequence) if row.sequence else None,
        issued_on=date.fromisoformat(row.issued_on) if row.issued_on else None,
        cancels=number_of_invoice(row.of_series, row.of_sequence) if row.of_sequence else None,
        reason=row.reason,
        created_at=row.created_at,
        entries=tuple(entries),
    )
