"""Invoices of one practice: drafted from the ledger, issued with the next number, taken back by counter-lines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from boundary_plugins.config.schema import Config, Invoices
from boundary_plugins.core.fees.invoice import Invoice, InvoiceLine, Issuer
from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.errors import UsageProblem
from boundary_plugins.ports import LedgerEntry
from boundary_plugins.store.invoice_records import InvoiceRecord, InvoiceState
from boundary_plugins.store.invoices import INVOICES_LOCK
from boundary_plugins.store.repository import Store


@dataclass(frozen=True, slots=True)
class Invoicing:
    """Every method raises UsageProblem for what cannot be, and StoreError."""

    config: Config
    store: Store
    now: Callable[[], datetime]

    @property
    def _settings(self) -> Invoices:
        """What the configuration says about invoices."""
        return self.config.billing.invoices if self.config.billing else Invoices()

    def draft(self, client_id: str, first_on: date, last_on: date) -> list[InvoiceRecord]:
        """Draft a client's invoice of a period, one for each currency; none where nothing is open."""
        if last_on < first_on:
            raise UsageProblem(
                "the period ends before it begins; allowed: a last day that is not before the first"
            )
        client = self.store.client(client_id)
        if client is None:
            raise UsageProblem(f"no client {client_id} is on file; see: boundary client list")
        language = client.language or self.config.practice.language
        at = self.now()
        with self.store.transaction(at, lock=INVOICES_LOCK, check_clock=False) as transaction:
            made = transaction.draft_invoices(client_id, first_on, last_on, language, at)
        return [self.record(str(invoice_id)) for invoice_id in made]

    def issue(self, name: str) -> InvoiceRecord:
        """Give a draft its number, for good; refused where its lines changed since it was drafted."""
        draft = self.record(name)
        if draft.state is not InvoiceState.DRAFT:
            raise UsageProblem(f"invoice {draft.number} is {draft.state.value}; allowed: a draft")
        at = self.now()
        with self.store.transaction(at, lock=INVOICES_LOCK, check_clock=False) as transaction:
            same = transaction.open_entries_of(draft) == [entry.number for entry in draft.entries]
            number = transaction.issue_invoice(draft.id, self._series(), self._today()) if same else None
        if number is None:
            raise UsageProblem(
                f"what is open changed since draft {draft.id} was made; draft it again, and look at it"
            )
        return self.record(number)

    def void(self, name: str, reason: str) -> InvoiceRecord | None:
        """Take an issued invoice back by another one, which is returned; discard a draft (None)."""
        invoice = self.record(name)
        if invoice.cancels is not None:
            raise UsageProblem(f"invoice {invoice.number} takes another one back, and stays")
        at = self.now()
        with self.store.transaction(at, lock=INVOICES_LOCK, check_clock=False) as transaction:
            if transaction.discard_draft(invoice.id):
                return None
            why = without_addresses(reason)
            number = transaction.cancel_invoice(invoice, self._series(), self._today(), why, at)
        if number is None:
            raise UsageProblem(f"invoice {invoice.number} is {invoice.state.value} already")
        return self.record(number)

    def record(self, name: str) -> InvoiceRecord:
        """The invoice by its number, or a draft by its id."""
        found = self.store.invoice(name)
        if found is None:
            raise UsageProblem(f"there is no invoice {name}; see: boundary invoice list")
        return found

    def document(self, record: InvoiceRecord) -> Invoice:
        """The invoice as a document shows it."""
        settings = self._settings
        due = record.issued_on + settings.due if record.issued_on and settings.due else None
        return Invoice(
            number=record.number,
            issued_on=record.issued_on,
            due_on=None if record.cancels else due,
            client_id=record.client_id,
            recipient=self.store.invoice_recipient(record.client_id) or record.client_id,
            issuer=Issuer(
                practice=self.config.practice.name,
                therapist=self.config.therapist.name,
                address=settings.address,
                tax_number=settings.tax_number,
                payment=settings.payment,
            ),
            first_on=record.first_on,
            last_on=record.last_on,
            lines=tuple(_line(entry, is_reversed=record.cancels is not None) for entry in record.entries),
            currency=record.currency,
            cancels=record.cancels,
        )

    def _series(self) -> str:
        """The numbers of a year are counted by themselves."""
        return f"{self._settings.prefix}{self._today().year}"

    def _today(self) -> date:
        """The day in the practice's zone."""
        return self.now().astimezone(ZoneInfo(self.config.practice.zone)).date()


def _line(entry: LedgerEntry, *, is_reversed: bool) -> InvoiceLine:
    """An entry as a line; of a cancellation with its amounts reversed."""
    line = entry.line
    return InvoiceLine(
        first_on=line.first_on,
        last_on=line.last_on,
        channels=line.channels,
        seconds=line.seconds,
        fee=line.fee,
        policy_version=line.policy_version,
        amount=line.amount.reversed() if is_reversed else line.amount,
        tax=line.tax,
        is_counter=is_reversed or entry.counters is not None,
    )
