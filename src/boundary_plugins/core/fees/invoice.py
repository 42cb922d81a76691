"""An invoice as values: whose, for what, by which lines, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency, Tax


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line: the days, the channels, the time that counts, the clause and its policy, the amount.

    Never a word of content. `is_counter` marks a line that takes an earlier one back.
    """

    first_on: date
    last_on: date
    channels: tuple[Channel, ...]
    seconds: int
    fee: str
    policy_version: str
    amount: Amount
    tax: Tax | None
    is_counter: bool = False


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who bills: names, address and tax number as the configuration has them; `payment` how to pay."""

    practice: str
    therapist: str
    address: str
    tax_number: str
    payment: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """A whole invoice, or (with `cancels`) one that takes another back by counter-lines.

    `number` and `issued_on` are None on a draft; `recipient` is what the client directory has for
    invoices, else the client's id. The period runs from `first_on` to `last_on`, both included.
    """

    number: str | None
    issued_on: date | None
    due_on: date | None
    client_id: str
    recipient: str
    issuer: Issuer
    first_on: date
    last_on: date
    lines: tuple[InvoiceLine, ...]
    currency: Currency
    cancels: str | None = None


@dataclass(frozen=True, slots=True)
class TaxSum:
    """What one tax comes to on a whole invoice."""

    tax: Tax
    amount: int


def total(lines: Iterable[InvoiceLine]) -> Amount:
    """The sum of the lines; nothing is rounded again."""
    amounts = [line.amount for line in lines]
    return Amount(sum(amount.net for amount in amounts), sum(amount.tax for amount in amounts))


def tax_sums(lines: Iterable[InvoiceLine]) -> tuple[TaxSum, ...]:
    """The taxes of the lines, each with its sum, in the order in which they first occur."""
    sums: dict[Tax, int] = {}
    for line in lines:
        if line.tax is not None:
            sums[line.tax] = sums.get(line.tax, 0) + line.amount.tax
    return tuple(TaxSum(tax, amount) for tax, amount in sums.items())
