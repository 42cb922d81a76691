"""Prices in words: every allowed form means what it says, and the rest is refused with what is allowed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.fees.price import Flat, PerTime, Price, SessionShare, SessionTime, plain_amount
from boundary_plugins.core.fees.price_grammar import ALLOWED_PRICE, parse_amount, parse_price

_digits = st.integers(0, 4)
_minor = st.integers(1, 10**9 - 1)


@given(_minor, _digits)
def test_an_amount_is_read_as_it_is_written(minor: int, digits: int) -> None:
    """Whatever the minor unit of the currency."""
    assert minor == parse_amount(plain_amount(minor, digits), digits)


@given(_minor, _digits, st.sampled_from(["an hour", "per hour", "a hour"]), st.integers(1, 999))
def test_a_price_for_time(minor: int, digits: int, hour: str, minutes: int) -> None:
    """By the hour, by the minute, or for so many minutes."""
    amount = plain_amount(minor, digits)

    assert PerTime(minor, 3600) == parse_price(f"{amount} {hour}", digits)
    assert PerTime(minor, 60) == parse_price(f"{amount} a minute", digits)
    assert PerTime(minor, minutes * 60) == parse_price(f"{amount} for {minutes} minutes", digits)


@given(_minor, _digits, st.sampled_from(["each", "each time", "flat"]))
def test_a_price_for_each_time(minor: int, digits: int, words: str) -> None:
    """However long it took."""
    assert Flat(minor) == parse_price(f"  {plain_amount(minor, digits)}   {words.upper()} ", digits)


@given(st.integers(1, 99), st.integers(1, 99))
def test_a_part_of_the_session_fee(numerator: int, denominator: int) -> None:
    """As a fraction."""
    share = SessionShare(numerator, denominator)

    for words in ("session fee", "of the session fee", "of session fee", "the session fee"):
        assert share == parse_price(f"{numerator}/{denominator} {words}", 2)


@pytest.mark.parametrize(
    "text, price",
    [
        ("150 an hour", PerTime(15000, 3600)),
        ("2.5 a minute", PerTime(250, 60)),
        ("25.00 per 1 minute", PerTime(2500, 60)),
        ("5.00 each", Flat(500)),
        ("Session fee in proportion", SessionTime()),
        ("the session fee in proportion", SessionTime()),
    ],
)
def test_examples(text: str, price: Price) -> None:
    """As people write them."""
    assert price == parse_price(text, 2)


def test_every_example_of_what_is_allowed_is_allowed() -> None:
    """A refusal must not name what is refused."""
    examples = re.findall(r'"([^"]+)"', ALLOWED_PRICE)

    assert 6 == len([parse_price(example, 2) for example in examples])


@pytest.mark.parametrize(
    "text",
    [
        # No amount, no unit, or another one.
        *("", "an hour", "150", "150 a week", "150 an", "150.00 USD an hour", "$150 an hour"),
        # Amounts that a person, or a currency, may read otherwise.
        *("1,50 each", "1.500,00 each", "1'500 each", "+5 each", "-5 each", "1e3 each", "٥ each", "5. each"),
        *("5.001 each", "1234567890 each"),
        # What comes to nothing, or divides by it.
        *("0 each", "0.00 an hour", "5 for 0 minutes", "0/4 session fee", "1/0 session fee"),
        *("1/4", "session fee", "half the session fee"),
    ],
)
def test_the_rest_is_refused_with_what_is_allowed(text: str) -> None:
    """In one sentence that repeats what was written."""
    with pytest.raises(ValueError, match="; allowed: ") as caught:
        parse_price(text, 2)

    assert '"' in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text())
def test_no_text_is_a_surprise(text: str) -> None:
    """It is refused like the rest, for no invented text is a price."""
    with pytest.raises(ValueError, match="; allowed: "):
        parse_price(f"{text}!", 2)


def test_an_amount_of_a_currency_without_a_minor_unit_is_whole() -> None:
    """And the refusal's example is, too."""
    assert 1500 == parse_amount("1500", 0)
    with pytest.raises(ValueError, match=r'"15\.00" is not an amount; allowed: a number such as "12"'):
        parse_amount("15.00", 0)
