"""Money, time, rates and days as a locale writes them, for documents."""

import calendar
import re
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import NumberPattern, format_percent, parse_pattern
from babel.units import format_unit

from boundary_plugins.core.fees.price import TAX_PARTS, Currency
from boundary_plugins.rendering.moments import FIRST_OF_A_MONTH

_NARROW_SPACE, _SPACE = "\u202f", "\u00a0"
#: CLDR wants a space between a currency of letters and a number after it; babel leaves it out.
_CODE_BEFORE_NUMBER = re.compile(r"(?<=[^\W\d_])(?=\d)")


def money(minor: int, currency: Currency, locale: Locale) -> str:
    """Minor units as an amount, with as many decimals as the currency has: "$12.50", "12,50 €"."""
    amount = Decimal(minor).scaleb(-currency.digits)
    pattern = _money_pattern(locale, currency.digits)
    text = pattern.apply(amount, locale, currency=currency.code, currency_digits=False)
    return _CODE_BEFORE_NUMBER.sub(_SPACE, text).replace(_NARROW_SPACE, _SPACE)


def rate(of: int, locale: Locale) -> str:
    """A tax rate of `TAX_PARTS` in per cent, with every decimal it has: "8.875%", "19 %"."""
    text = format_percent(Decimal(of) / TAX_PARTS, locale=locale, decimal_quantization=False)
    return text.replace(_NARROW_SPACE, _SPACE)


def time_spent(seconds: int, locale: Locale, *, short: bool = True) -> str:
    """Minutes and what is left of them in seconds: "12 min", "12 min 30 sec"; "12 minutes" where not short."""
    minutes, rest = divmod(seconds, 60)
    length: Literal["short", "long"] = "short" if short else "long"
    parts = [format_unit(minutes, "duration-minute", length=length, locale=locale)] if minutes else []
    if rest or not minutes:
        parts.append(format_unit(rest, "duration-second", length=length, locale=locale))
    # A number stays with its unit.
    return " ".join(part.replace(" ", _SPACE) for part in parts)


def long_day(of: date, locale: Locale) -> str:
    """A day in words: "November 30, 2026", "1er décembre 2026"."""
    pattern: str = locale.date_formats["long"].pattern
    if of.day == 1:
        pattern = pattern.replace("d", FIRST_OF_A_MONTH.get(locale.language, "d"), 1)
    return format_date(of, pattern, locale=locale)


def short_days(first: date, last: date, locale: Locale) -> str:
    """One day, or the days from one to another, as a table shows them: "Nov 3, 2026", "3.–5. Nov. 2026"."""
    if first == last:
        return format_date(first, "medium", locale=locale)
    return _plain(format_interval(first, last, "yMMMd", locale=locale))


def period(first: date, last: date, locale: Locale) -> str:
    """A period in words: a whole month by its name, else its days."""
    if first == last:
        return long_day(first, locale)
    if _is_whole_month(first, last):
        return format_skeleton("yMMMM", first, locale=locale)
    return _plain(format_interval(first, last, "yMMMMd", locale=locale))


def _is_whole_month(first: date, last: date) -> bool:
    """Whether a period is a month from its first day to its last."""
    end = calendar.monthrange(first.year, first.month)[1]
    return first.day == 1 and last == first.replace(day=end)


def _plain(interval: str) -> str:
    """An interval with ordinary spaces beside its dash."""
    return interval.replace("\u2009", " ").replace(_NARROW_SPACE, _SPACE)


@cache
def _money_pattern(locale: Locale, digits: int) -> NumberPattern:
    """The locale's pattern for money, with a given number of decimals."""
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
