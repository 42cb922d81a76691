"""Money in whole minor units: prices rounded once, a half upwards, and tax."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.fees.price import (
    TAX_PARTS,
    Amount,
    Currency,
    Flat,
    Money,
    PerTime,
    Price,
    SessionFee,
    SessionShare,
    SessionTime,
    Tax,
    amount_of,
    divided_half_up,
    needs_session_fee,
    plain_amount,
    with_tax,
)

SESSION = SessionFee(18_000, "USD", 50)


@pytest.mark.parametrize(
    ("price", "seconds", "expected"),
    [
        # 150.00 an hour: two minutes, twelve minutes, a whole hour.
        (PerTime(15_000, 3600), 120, 500),
        (PerTime(15_000, 3600), 720, 3000),
        (PerTime(15_000, 3600), 3600, 15_000),
        # A cent for two minutes: exactly half a cent is a cent, less is nothing.
        (PerTime(1, 120), 60, 1),
        (PerTime(1, 120), 59, 0),
        # However long it took.
        (Flat(500), 0, 500),
        (Flat(500), 9999, 500),
        # The session fee of 180.00 for 50 minutes, in proportion, and a quarter and a third of it.
        (SessionTime(), 600, 3600),
        (SessionTime(), 1, 6),
        (SessionShare(1, 4), 0, 4500),
        (SessionShare(1, 3), 60, 6000),
        (SessionShare(1, 7), 60, 2571),
    ],
)
def test_a_price_is_rounded_once_a_half_upwards(price: Price, seconds: int, expected: int) -> None:
    assert expected == amount_of(price, seconds, SESSION)


@pytest.mark.parametrize("price", [SessionTime(), SessionShare(1, 2)])
def test_a_price_that_rests_on_a_session_fee_needs_one(price: Price) -> None:
    assert needs_session_fee(price)
    with pytest.raises(ValueError, match="none is on file"):
        amount_of(price, 60, None)


@pytest.mark.parametrize("price", [Flat(1), PerTime(1, 60)])
def test_other_prices_need_no_session_fee(price: Price) -> None:
    assert not needs_session_fee(price)
    assert 1 == amount_of(price, 60, None)


@pytest.mark.parametrize(
    ("minor", "tax", "net", "of_tax"),
    [
        # None, at either side of 19 %: on top of 10.00, and within 11.90.
        (1000, None, 1000, 0),
        (1000, Tax("VAT", 19_000, included=False), 1000, 190),
        (1190, Tax("VAT", 19_000, included=True), 1000, 190),
        # Exactly half a cent of tax is a cent: 5 % of 0.10, and 25 % within 0.125 parts.
        (10, Tax("VAT", 5_000, included=False), 10, 1),
        (9, Tax("VAT", 5_000, included=False), 9, 0),
        # 100 % within 0.01 is half a cent: the tax takes all of it.
        (1, Tax("VAT", TAX_PARTS, included=True), 0, 1),
        # 8.875 %, as in New York City.
        (4000, Tax("Sales tax", 8_875, included=False), 4000, 355),
    ],
)
def test_tax_is_rounded_once_a_line_a_half_upwards(
    minor: int, tax: Tax | None, net: int, of_tax: int
) -> None:
    assert Amount(net, of_tax) == with_tax(minor, tax)


@given(st.integers(0, 10**9), st.integers(0, 2 * TAX_PARTS), st.booleans())
def test_net_and_tax_are_the_gross_and_neither_is_negative(minor: int, rate: int, included: bool) -> None:
    amount = with_tax(minor, Tax("VAT", rate, included))

    assert amount.net >= 0 <= amount.tax
    assert amount.net + amount.tax == amount.gross
    assert minor == (amount.gross if included else amount.net)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_quotient_is_within_half_of_the_exact_one(numerator: int, denominator: int) -> None:
    exact = Fraction(numerator, denominator)

    rounded = divided_half_up(numerator, denominator)

    assert Fraction(-1, 2) < rounded - exact <= Fraction(1, 2)


def test_an_amount_and_its_counter_line_come_to_nothing() -> None:
    amount = Amount(1000, 190)

    assert Amount(-1000, -190) == amount.reversed()
    assert 0 == amount.gross + amount.reversed().gross


@pytest.mark.parametrize(
    ("minor", "digits", "text"),
    [
        (1250, 2, "12.50"),
        (5, 2, "0.05"),
        (0, 2, "0.00"),
        (-5, 2, "-0.05"),
        # Yen have no minor unit, Kuwaiti dinars a thousand.
        (1250, 0, "1250"),
        (-1, 0, "-1"),
        (1250, 3, "1.250"),
    ],
)
def test_an_amount_is_told_with_the_digits_of_its_currency(minor: int, digits: int, text: str) -> None:
    assert text == plain_amount(minor, digits)
    assert f"{text} XXX" == str(Money(minor, Currency("XXX", digits)))
