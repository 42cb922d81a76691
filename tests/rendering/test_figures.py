"""Money, time, rates and days as people of a region write them."""

from datetime import date

import pytest

from boundary_plugins.core.fees.price import Currency
from boundary_plugins.rendering import figures
from boundary_plugins.rendering.moments import locale_for


@pytest.mark.parametrize(
    "minor, code, digits, language, region, expected",
    [
        (123_450, "USD", 2, "en", "US", "$1,234.50"),
        (-5, "USD", 2, "en", "US", "-$0.05"),
        (123_450, "EUR", 2, "de", "DE", "1.234,50 €"),
        (123_450, "EUR", 2, "fr", "FR", "1 234,50 €"),
        (123_450, "EUR", 2, "es", "ES", "1.234,50 €"),
        (123_450, "USD", 2, "es", "US", "$1,234.50"),
        # No minor unit, three digits, a code of letters before the number.
        (1250, "JPY", 0, "de", "DE", "1.250 ¥"),
        (12_345, "KWD", 3, "en", "GB", "KWD 12.345"),
        (1250, "CHF", 2, "en", "US", "CHF 12.50"),
        (1250, "CHF", 2, "de", "CH", "CHF 12.50"),
        # The digits are the invoice's, whatever else is known of the currency.
        (1250, "USD", 3, "en", "US", "$1.250"),
    ],
)
def test_money(minor: int, code: str, digits: int, language: str, region: str, expected: str) -> None:
    """With the digits of its currency, in the form of the language."""
    text = figures.money(minor, Currency(code, digits), locale_for(language, region))

    assert expected == text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    "parts, language, expected",
    [(19_000, "en", "19%"), (8_875, "en", "8.875%"), (5_500, "fr", "5,5 %"), (0, "de", "0 %")],
)
def test_a_rate_has_every_decimal(parts: int, language: str, expected: str) -> None:
    """In per cent."""
    assert expected == figures.rate(parts, locale_for(language, None)).replace("\u00a0", " ")


@pytest.mark.parametrize(
    "seconds, language, short, expected",
    [
        # One, several, none, and what is left of a minute.
        (60, "en", False, "1 minute"),
        (720, "en", False, "12 minutes"),
        (0, "en", False, "0 seconds"),
        (750, "en", False, "12 minutes 30 seconds"),
        (60, "de", False, "1 Minute"),
        (720, "de", False, "12 Minuten"),
        (720, "de", True, "12 Min."),
        (60, "fr", False, "1 minute"),
        (720, "fr", True, "12 min"),
        (60, "es", False, "1 minuto"),
        (720, "es", False, "12 minutos"),
        (30, "es", False, "30 segundos"),
    ],
)
def test_time_is_told_in_minutes(seconds: int, language: str, short: bool, expected: str) -> None:
    """In the plural form of the language; no number is parted from its unit."""
    text = figures.time_spent(seconds, locale_for(language, None), short=short)

    assert expected == text.replace("\u00a0", " ")
    assert text.count(" ") == (1 if seconds == 750 else 0)


@pytest.mark.parametrize(
    "language, region, expected",
    [
        ("en", "US", "December 1, 2026"),
        ("en", "GB", "1 December 2026"),
        ("de", "DE", "1. Dezember 2026"),
        ("fr", "FR", "1er décembre 2026"),
        ("es", "ES", "1 de diciembre de 2026"),
    ],
)
def test_the_first_of_a_month(language: str, region: str, expected: str) -> None:
    """Which French does not count like the other days."""
    assert expected == figures.long_day(date(2026, 12, 1), locale_for(language, region))


def test_the_second_of_a_month_in_french() -> None:
    """Like all the others."""
    assert "2 décembre 2026" == figures.long_day(date(2026, 12, 2), locale_for("fr", "FR"))


@pytest.mark.parametrize(
    "first, last, expected",
    [
        # A day, a whole month, February, a part of a month, two months.
        (date(2026, 11, 3), date(2026, 11, 3), "November 3, 2026"),
        (date(2026, 11, 1), date(2026, 11, 30), "November 2026"),
        (date(2026, 2, 1), date(2026, 2, 28), "February 2026"),
        (date(2028, 2, 1), date(2028, 2, 28), "Feb 1 – 28, 2028"),
        (date(2026, 11, 1), date(2026, 12, 31), "Nov 1 – Dec 31, 2026"),
        (date(2026, 12, 1), date(2027, 1, 31), "Dec 1, 2026 – Jan 31, 2027"),
    ],
)
def test_a_period_is_told_as_short_as_it_can_be(first: date, last: date, expected: str) -> None:
    """A whole month by its name."""
    assert expected == figures.period(first, last, locale_for("en", "US"))


def test_days_of_a_table() -> None:
    """One day, or several together."""
    german = locale_for("de", "DE")

    assert "03.11.2026" == figures.short_days(date(2026, 11, 3), date(2026, 11, 3), german)
    assert "3.–5. Nov. 2026" == figures.short_days(date(2026, 11, 3), date(2026, 11, 5), german)
