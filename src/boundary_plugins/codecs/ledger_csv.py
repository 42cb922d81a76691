"""The ledger as CSV (RFC 4180) for a spreadsheet or an accountant: one row an entry."""

import csv
from collections.abc import Iterable
from datetime import UTC
from decimal import Decimal
from io import StringIO

from boundary_plugins.core.fees.price import TAX_PARTS, Tax, plain_amount
from boundary_plugins.ports import LedgerEntry

#: The columns in their order; docs/invoices.md tells what each holds.
COLUMNS = (
    *("number", "posted_at", "counters", "key", "client_id", "first_on", "last_on", "channels", "seconds"),
    *("fee", "policy_version", "currency", "net", "tax", "gross", "tax_name", "tax_rate", "tax_included"),
)
# A cell that begins so is a formula to some spreadsheet; the full-width forms are to some in East Asia.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def ledger_csv(entries: Iterable[LedgerEntry]) -> bytes:
    """The entries in UTF-8, with a row of heads and CRLF line ends.

    Days and instants (UTC) are ISO 8601, amounts decimal with a point. A text that a spreadsheet would
    take for a formula gets an apostrophe before it.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(entry) for entry in entries)
    return text.getvalue().encode("utf-8", "replace")


def _row(entry: LedgerEntry) -> tuple[str, ...]:
    """One entry."""
    line, digits = entry.line, entry.line.currency.digits
    return (
        str(entry.number),
        entry.posted_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "" if entry.counters is None else str(entry.counters),
        _harmless(line.key),
        _harmless(line.client_id),
        line.first_on.isoformat(),
        line.last_on.isoformat(),
        "; ".join(channel.value for channel in line.channels),
        str(line.seconds),
        _harmless(line.fee),
        _harmless(line.policy_version),
        _harmless(line.currency.code),
        plain_amount(line.amount.net, digits),
        plain_amount(line.amount.tax, digits),
        plain_amount(line.amount.gross, digits),
        *_tax(line.tax),
    )


def _tax(tax: Tax | None) -> tuple[str, str, str]:
    """Name, rate in per cent, and whether the price included it; empty cells for an untaxed line."""
    if tax is None:
        return "", "", ""
    rate = (Decimal(tax.rate) * 100 / TAX_PARTS).normalize()
    return _harmless(tax.name), f"{rate:f}", "yes" if tax.included else "no"


def _harmless(text: str) -> str:
    """The text as it is, or with an apostrophe before it where it would be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
