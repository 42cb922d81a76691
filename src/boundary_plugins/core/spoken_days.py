"""Days as people type them ("tomorrow", "sat", "dec 24", "next week"), understood from a given today.

Nothing is guessed: what could mean two days, or a day that is over, is refused with what is allowed.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from boundary_plugins.core.hours_grammar import DAY_NAMES, weekday

MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

ALLOWED_DAYS = (
    '"today", "tomorrow", "saturday", "dec 24", "2026-12-24", "2026-12-24..2026-12-31", "monday to friday", '
    '"this weekend" or "next week"'
)

_DAY = timedelta(days=1)
#: A day of a month without its year that passed so shortly ago is rather a slip than next year's.
_SLIP = timedelta(days=90)
#: A range without years that would be longer has its days in the wrong order ("dec 24 to dec 20").
_LONGEST = timedelta(days=183)
_BETWEEN = re.compile(r"\s*\.\.\s*|\s+(?:to|through|until|till|-)\s+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]+)\.?(?:,? (\d{4}))?")


class DaySpan(NamedTuple):
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def parse_days(text: str, today: date) -> DaySpan | None:
    """The days that the text says, in lower case and with single spaces; None where it is no day at all.

    Raises ValueError, with a sentence, for what could mean two things, no day of the calendar, or days
    in the wrong order.
    """
    pieces = _BETWEEN.split(text)
    if len(pieces) != 2:
        return _span(text, today)
    first = _span(pieces[0], today)
    if first is None:
        return None
    last = _last(pieces[1], first, today)
    if last is None:
        return None
    if last < first.first or (last - first.first > _LONGEST and not re.search(r"\d{4}", pieces[1])):
        raise ValueError(f'"{text}" ends before it starts; allowed: the earlier day first')
    return DaySpan(first.first, last)


def _last(text: str, first: DaySpan, today: date) -> date | None:
    """The last day of a range; a weekday, or a day without its year, is the next one after the first day."""
    named = weekday(text)
    if named is not None:
        ahead = (named - first.first.weekday()) % 7
        if ahead == 0:
            raise ValueError(
                f'"{text}" could mean the same day or a week later; allowed: a date such as '
                f'"{first.first}..{first.first + 7 * _DAY}"'
            )
        return first.first + ahead * _DAY
    span = _day_of_month(text, first.first, today) or _span(text, today)
    return None if span is None else span.last


def _span(text: str, today: date) -> DaySpan | None:
    """One day, or a week or a weekend."""
    if text in ("today", "tomorrow"):
        day = today if text == "today" else today + _DAY
        return DaySpan(day, day)
    return _iso(text) or _weekday(text, today) or _week(text, today) or _day_of_month(text, today, today)


def _iso(text: str) -> DaySpan | None:
    found = _ISO.fullmatch(text)
    return None if found is None else _one(text, int(found[1]), int(found[2]), int(found[3]))


def _weekday(text: str, today: date) -> DaySpan | None:
    """The next day of that name; refused where today has it, or "next" leaves open which is meant."""
    which, _, name = text.rpartition(" ")
    named = weekday(name)
    if named is None or which not in ("", "on", "this", "next", "coming"):
        return None
    ahead = (named - today.weekday()) % 7
    day = today + ahead * _DAY
    shown = DAY_NAMES[named].capitalize()
    if ahead == 0:
        raise ValueError(f'today is {shown}; allowed: "today", or "{day + 7 * _DAY}" for {shown} in a week')
    if which == "next":
        raise ValueError(
            f'"{text}" could mean two days; allowed: "{name}" for {day}, '
            f'or "{day + 7 * _DAY}" for a week later'
        )
    if which == "this" and named < today.weekday():
        raise ValueError(f'{shown} of this week is over; allowed: "{name}" for {day}')
    return DaySpan(day, day)


def _week(text: str, today: date) -> DaySpan | None:
    """A calendar week (Monday to Sunday), a weekend or the next month; of this one only what is left."""
    monday = today - today.weekday() * _DAY
    saturday, sunday = monday + 5 * _DAY, monday + 6 * _DAY
    if text == "this week":
        return DaySpan(today, sunday)
    if text == "next week":
        return DaySpan(monday + 7 * _DAY, sunday + 7 * _DAY)
    if text in ("this weekend", "weekend", "the weekend"):
        return DaySpan(max(saturday, today), sunday)
    if text == "next weekend":
        raise ValueError(
            f'"{text}" could mean two weekends; allowed: "{saturday}..{sunday}" or '
            f'"{saturday + 7 * _DAY}..{sunday + 7 * _DAY}"'
        )
    if text == "next month":
        first = today.replace(day=1) + monthrange(today.year, today.month)[1] * _DAY
        return DaySpan(first, first.replace(day=monthrange(first.year, first.month)[1]))
    return None


def _day_of_month(text: str, after: date, today: date) -> DaySpan | None:
    """A day such as "dec 24", "24 december" or "dec 24, 2026"; without a year the first from `after` on."""
    found, swapped = _MONTH_FIRST.fullmatch(text), _DAY_FIRST.fullmatch(text)
    if found is not None:
        name, number, year = found.groups()
    elif swapped is not None:
        number, name, year = swapped.groups()
    else:
        return None
    month = _month(name)
    if month is None:
        return None
    if year is not None:
        return _one(text, int(year), month, int(number))
    # A leap day may be years away.
    for candidate in range(after.year, after.year + 9):
        if int(number) <= monthrange(candidate, month)[1]:
            span = _one(text, candidate, month, int(number))
            if span.first >= after:
                _refuse_slip(text, span.first, today)
                return span
    return _one(text, after.year, month, int(number))


def _refuse_slip(text: str, day: date, today: date) -> None:
    """Refuse a day without its year that has just passed: a year ahead is hardly meant."""
    if day.year > today.year and (day.month, day.day) != (2, 29):
        this_year = day.replace(year=day.year - 1)
        if timedelta(0) < today - this_year <= _SLIP:
            raise ValueError(f'"{text}" is over; allowed: "{day}" if next year is meant')


def _month(name: str) -> int | None:
    found = [
        number
        for number, full in enumerate(MONTH_NAMES, 1)
        if name in (full, full[:3]) or (name == "sept" and full == "september")
    ]
    return found[0] if found else None


def is_month(name: str) -> bool:
    """Whether the name, in lower case, is a month's, in full or short."""
    return _month(name.strip(" .,")) is not None


def _one(text: str, year: int, month: int, day: int) -> DaySpan:
    """The day as a span. Raises ValueError where the calendar has no such day."""
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(
            f'there is no day "{text}" in the calendar; allowed: a date such as "2026-12-24"'
        ) from None
    return DaySpan(found, found)
