"""What the lines of an invoice come to."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.charge import Assessment, TimedContact
from boundary_plugins.core.fees.invoice import InvoiceLine, TaxSum, tax_sums, total
from boundary_plugins.core.fees.price import Amount, Tax
from boundary_plugins.core.fees.tariff import FeePolicy
from builders_fees import AGREED, TAXES, assessed, policies, weeks

VAT, REDUCED = Tax("VAT", 19_000, included=False), Tax("VAT", 7_000, included=False)


def line(amount: Amount, tax: Tax | None, *, is_counter: bool = False) -> InvoiceLine:
    """A line over an amount."""
    day = date(2026, 1, 5)
    return InvoiceLine(day, day, (Channel.EMAIL,), 120, "Between sessions", "2026-1", amount, tax, is_counter)


@st.composite
def lines(draw: st.DrawFn) -> InvoiceLine:
    """Any line, also one that takes another back."""
    tax = draw(TAXES)
    amount = Amount(draw(st.integers(0, 10**6)), draw(st.integers(0, 10**6)) if tax else 0)
    is_counter = draw(st.booleans())
    return line(amount.reversed() if is_counter else amount, tax, is_counter=is_counter)


@given(st.lists(lines()))
def test_the_total_is_the_sum_of_the_lines(several: list[InvoiceLine]) -> None:
    found = total(several)

    assert sum(each.amount.net for each in several) == found.net
    assert sum(each.amount.gross for each in several) == found.gross
    assert found.tax == sum(each.amount for each in tax_sums(several))


@given(st.lists(lines()))
def test_lines_and_their_counter_lines_come_to_nothing(several: list[InvoiceLine]) -> None:
    counters = [line(each.amount.reversed(), each.tax, is_counter=True) for each in several]

    assert Amount(0, 0) == total(several + counters)
    assert {0} >= {each.amount for each in tax_sums(several + counters)}


@given(weeks(), policies())
def test_the_charges_of_an_invoice_are_what_it_comes_to(
    contacts: list[TimedContact], versions: tuple[FeePolicy, ...]
) -> None:
    charges = [each for each in assessed(contacts, *versions, terms=AGREED) if each.amount]
    taxes = {version.version: version.tax for version in versions}

    found = total(_line_of(charge, taxes[charge.policy_version]) for charge in charges)

    assert sum(charge.amount.gross for charge in charges if charge.amount) == found.gross
    assert found.net >= 0 <= found.tax


def _line_of(charge: Assessment, tax: Tax | None) -> InvoiceLine:
    """The line of a charge."""
    return line(charge.amount or Amount(0, 0), tax)


def test_an_invoice_without_lines_comes_to_nothing() -> None:
    assert Amount(0, 0) == total([])
    assert () == tax_sums([])


def test_each_tax_has_its_sum_in_the_order_of_the_lines() -> None:
    several = [
        line(Amount(1000, 70), REDUCED),
        line(Amount(500, 0), None),
        line(Amount(1000, 190), VAT),
        line(Amount(100, 7), REDUCED),
    ]

    assert (TaxSum(REDUCED, 77), TaxSum(VAT, 190)) == tax_sums(several)
