"""Invoices and ledger entries that many tests need, made short; everything in them is invented."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.invoice import Invoice, InvoiceLine, Issuer
from boundary_plugins.core.fees.price import Amount, Currency, Tax, with_tax
from boundary_plugins.ports import ChargeLine, LedgerEntry

USD, EUR, JPY = Currency("USD"), Currency("EUR"), Currency("JPY", 0)
ADDED = Tax("VAT", 19_000, included=False)
INCLUDED = Tax("VAT", 19_000, included=True)
REDUCED = Tax("VAT", 7_000, included=False)

ISSUER = Issuer(
    practice="Quiet Harbor",
    therapist="R. Example",
    address="12 Harbor Lane\nPortland, ME 04101",
    tax_number="12-3456789",
    payment="By bank transfer to account 0123 4567 89,\nor at the next session.",
)


def invoice_line(minor: int = 3000, tax: Tax | None = None, **changed: Any) -> InvoiceLine:
    """A line of 12 minutes by email on 3 November 2026, at a price in minor units."""
    line = InvoiceLine(
        first_on=date(2026, 11, 3),
        last_on=date(2026, 11, 3),
        channels=(Channel.EMAIL,),
        seconds=720,
        fee="Messages outside contact hours",
        policy_version="2026-1",
        amount=with_tax(minor, tax),
        tax=tax,
    )
    return replace(line, **changed)


def invoice(*lines: InvoiceLine, **changed: Any) -> Invoice:
    """An issued invoice for November 2026 with the lines given, or with three of its own."""
    issued = Invoice(
        number="2026-0007",
        issued_on=date(2026, 11, 30),
        due_on=date(2026, 12, 14),
        client_id="AB",
        recipient="A. Bell\n4 Mill Road\nPortland, ME 04102",
        issuer=ISSUER,
        first_on=date(2026, 11, 1),
        last_on=date(2026, 11, 30),
        lines=lines or three_lines(),
        currency=USD,
    )
    return replace(issued, **changed)


def three_lines(tax: Tax | None = None) -> tuple[InvoiceLine, ...]:
    """A message, two messages of three days together, and a call: 30.00, 50.00 and 37.50."""
    together = {"first_on": date(2026, 11, 9), "last_on": date(2026, 11, 11), "seconds": 1200}
    on_17 = {"first_on": date(2026, 11, 17), "last_on": date(2026, 11, 17), "seconds": 900}
    return (
        invoice_line(3000, tax),
        invoice_line(5000, tax, channels=(Channel.EMAIL, Channel.SMS), **together),
        invoice_line(3750, tax, channels=(Channel.VOICE,), fee="Calls", **on_17),
    )


def draft(**changed: Any) -> Invoice:
    """An invoice that was not issued yet."""
    return invoice(**{"number": None, "issued_on": None, "due_on": None, **changed})


def cancellation(of: Invoice) -> Invoice:
    """The invoice that takes another back."""
    lines = tuple(replace(line, amount=line.amount.reversed(), is_counter=True) for line in of.lines)
    return replace(of, number="2026-0008", due_on=None, lines=lines, cancels=of.number)


def ledger_entry(number: int = 1, *, counters: int | None = None, **changed: Any) -> LedgerEntry:
    """An entry of 30.00 USD, posted on 30 November 2026 at 14:00 UTC; `changed` are values of its line."""
    line = ChargeLine(
        key=f"charge-{number}",
        client_id="AB",
        fee="Calls",
        policy_version="2026-1",
        first_on=date(2026, 11, 3),
        last_on=date(2026, 11, 3),
        channels=(Channel.EMAIL,),
        seconds=720,
        amount=Amount(3000, 0),
        currency=USD,
    )
    posted_at = datetime(2026, 11, 30, 14, tzinfo=UTC)
    return LedgerEntry(number, replace(line, **changed), counters, posted_at)


#: The languages of the documents.
LANGUAGES = ("en", "es", "fr", "de")
#: What an invoice may be like, by name.
SITUATIONS = {
    "issued": invoice(),
    "draft": draft(),
    "cancellation": cancellation(invoice(*three_lines(ADDED))),
    "tax added": invoice(*three_lines(ADDED)),
    "tax included": invoice(*three_lines(INCLUDED)),
    "several taxes": invoice(invoice_line(tax=ADDED), invoice_line(tax=REDUCED), invoice_line()),
    "counter-line": invoice(invoice_line(), invoice_line(-1000, is_counter=True)),
    "two policies": invoice(invoice_line(), invoice_line(policy_version="2026-2")),
    "no minor unit": invoice(currency=JPY),
    "many lines": invoice(*three_lines() * 30),
    "every channel": invoice(*(invoice_line(channels=(channel,)) for channel in Channel)),
    "long names": invoice(
        recipient="Anna " * 40 + "\n" + "x" * 200, issuer=replace(ISSUER, practice="Q" * 90)
    ),
    "other scripts": invoice(recipient="山田太郎\nمحمد علي\nשלום"),
    "nothing due": invoice(invoice_line(0)),
}
