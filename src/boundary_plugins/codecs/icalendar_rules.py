"""Recurrence rules of the common shapes as days, reckoned with whole numbers; others are None here.

What is known: every so many days, on weekdays every so many weeks, on days or weekdays of the month every
so many months, on a day or a weekday of a month every so many years. The time of the day is the start's.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import islice

from boundary_plugins.codecs.icalendar_clock import DAY, FIRST_OF_1970

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")
_KNOWN = frozenset({"FREQ", "INTERVAL", "COUNT", "WKST", "BYDAY", "BYMONTHDAY", "BYMONTH"})
#: What may stand beside FREQ, INTERVAL, COUNT and WKST.
_SHAPES: Mapping[str, tuple[frozenset[str], ...]] = {
    "DAILY": tuple(map(frozenset, ((), ("BYDAY",), ("BYMONTH",), ("BYDAY", "BYMONTH")))),
    "WEEKLY": tuple(map(frozenset, ((), ("BYDAY",)))),
    "MONTHLY": tuple(map(frozenset, ((), ("BYDAY",), ("BYMONTHDAY",)))),
    "YEARLY": tuple(map(frozenset, ((), ("BYMONTH",), ("BYMONTH", "BYDAY"), ("BYMONTH", "BYMONTHDAY")))),
}

#: A weekday from Monday (0) on, and which one of its month: from its end where negative, any where 0.
Weekday = tuple[int, int]


@dataclass(frozen=True, slots=True)
class DayRule:
    """A rule (RFC 5545, section 3.3.10) from a wall time on; `until`, a wall time, is included.

    `weekdays` and `month_days` are empty where the rule names none, `months` also where it names all.
    """

    frequency: str
    interval: int
    count: int | None
    start: int
    until: int | None
    weekdays: frozenset[Weekday] = frozenset()
    month_days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    week_start: int = 0

    def walls(self, first: int, last: int) -> Iterator[int]:
        """Its wall times from `first` to `last` (both included), in order."""
        end = last if self.until is None else min(last, self.until)
        begin, time_of_day = divmod(self.start, DAY)
        # Only what is counted must be followed from its beginning.
        from_ = begin if self.count is not None else max(begin, first // DAY)
        days = (day for day in _PERIODS[self.frequency](self, begin, from_, end // DAY) if day >= begin)
        for day in islice(days, self.count):
            wall = day * DAY + time_of_day
            if wall > end:
                return
            if wall >= first:
                yield wall

    def _daily(self, begin: int, from_: int, last: int) -> Iterator[int]:
        """Every so many days, of which only some months and weekdays count."""
        weekdays = {weekday for weekday, _ in self.weekdays}
        for day in _steps(begin, from_, last, self.interval):
            is_of_month = not self.months or _month_number(day) % 12 + 1 in self.months
            if is_of_month and (not weekdays or _weekday(day) in weekdays):
                yield day

    def _weekly(self, begin: int, from_: int, last: int) -> Iterator[int]:
        """The weekdays of every so many weeks."""
        week = begin - (_weekday(begin) - self.week_start) % 7
        ahead = sorted((weekday - self.week_start) % 7 for weekday, _ in self.weekdays)
        for first in _steps(week, from_, last, 7 * self.interval):
            for days in ahead:
                yield first + days

    def _monthly(self, begin: int, from_: int, last: int) -> Iterator[int]:
        """The days of every so many months."""
        start, at, end = (_month_number(day) for day in (begin, from_, last))
        for number in _steps(start, at, end, self.interval):
            yield from self._of_month(number)

    def _yearly(self, begin: int, from_: int, last: int) -> Iterator[int]:
        """The days of the months of every so many years."""
        start, at, end = (_month_number(day) // 12 for day in (begin, from_, last))
        for year in _steps(start, at, end, self.interval):
            for month in sorted(self.months):
                yield from self._of_month(year * 12 + month - 1)

    def _of_month(self, number: int) -> list[int]:
        """The days of one month that the rule names."""
        first, length = _month_days(number)
        days = {first + day - 1 for day in self.month_days if 0 < day <= length}
        days |= {first + length + day for day in self.month_days if -length <= day < 0}
        for weekday, which in self.weekdays:
            all_of_it = range(first + (weekday - _weekday(first)) % 7, first + length, 7)
            if which == 0:
                days.update(all_of_it)
            elif abs(which) <= len(all_of_it):
                days.add(all_of_it[which - 1 if which > 0 else which])
        return sorted(days)


_PERIODS = {
    "DAILY": DayRule._daily,
    "WEEKLY": DayRule._weekly,
    "MONTHLY": DayRule._monthly,
    "YEARLY": DayRule._yearly,
}


def day_rule(parts: Mapping[str, str], start: int, until: int | None) -> DayRule | None:
    """The rule of these parts (in capital letters, without UNTIL); None where it is of another shape."""
    frequency = parts.get("FREQ", "")
    named = {key for key in parts if key.startswith("BY")}
    if not parts.keys() <= _KNOWN or named not in _SHAPES.get(frequency, ()):
        return None
    begins = date.fromordinal(start // DAY + FIRST_OF_1970)
    try:
        weekdays = _weekdays(parts, frequency, begins)
        by_weekday = frequency in ("DAILY", "WEEKLY") or "BYDAY" in parts
        return DayRule(
            frequency,
            interval=int(parts.get("INTERVAL", "1")),
            count=_positive(parts["COUNT"]) if "COUNT" in parts else None,
            start=start,
            until=until,
            weekdays=weekdays,
            month_days=frozenset() if by_weekday else _numbers(parts, "BYMONTHDAY", begins.day),
            months=_months(parts, frequency, begins),
            week_start=_WEEKDAYS.index(parts.get("WKST", "MO")),
        )
    except ValueError:
        return None


def _weekdays(parts: Mapping[str, str], frequency: str, begins: date) -> frozenset[Weekday]:
    """BYDAY, or the weekday that a weekly rule begins on. Raises ValueError for what is of no known shape."""
    if "BYDAY" not in parts:
        return frozenset({(begins.weekday(), 0)} if frequency == "WEEKLY" else ())
    found = [_BYDAY.fullmatch(value) for value in parts["BYDAY"].split(",")]
    weekdays = frozenset((_WEEKDAYS.index(one[2]), int(one[1] or 0)) for one in found if one)
    numbered = [which for _, which in weekdays if which]
    # Where some have a number and others have none, readers differ.
    if None in found or (numbered and (frequency in ("DAILY", "WEEKLY") or len(numbered) < len(weekdays))):
        raise ValueError
    return weekdays


def _months(parts: Mapping[str, str], frequency: str, begins: date) -> frozenset[int]:
    """BYMONTH, or the month that a yearly rule begins in. Raises ValueError for what is no month."""
    if "BYMONTH" not in parts and frequency != "YEARLY":
        return frozenset()
    months = _numbers(parts, "BYMONTH", begins.month)
    if not months <= frozenset(range(1, 13)):
        raise ValueError
    return months


def _numbers(parts: Mapping[str, str], key: str, otherwise: int) -> frozenset[int]:
    """The numbers of a list, from 1 to 31 or as far from the end. Raises ValueError for any other."""
    if key not in parts:
        return frozenset({otherwise})
    return frozenset(
        _positive(value.removeprefix("-")) * (-1 if value[:1] == "-" else 1)
        for value in parts[key].split(",")
    )


def _positive(value: str) -> int:
    """A number that anybody writes. Raises ValueError."""
    if not re.fullmatch(r"\+?[1-9][0-9]{0,5}", value):
        raise ValueError
    return int(value)


def _steps(begin: int, at: int, last: int, step: int) -> range:
    """Every step from the beginning to the last one, but for those that lie wholly before `at`."""
    return range(begin + max(at - begin, 0) // step * step, last + 1, step)


def _weekday(day: int) -> int:
    """The weekday of a day, Monday (0) to Sunday; the first of 1970 was a Thursday."""
    return (day + 3) % 7


def _month_number(day: int) -> int:
    """The months from January of the year 0 to that of a day."""
    of = date.fromordinal(day + FIRST_OF_1970)
    return of.year * 12 + of.month - 1


@lru_cache(maxsize=4096)
def _month_days(number: int) -> tuple[int, int]:
    """The first day of a month, and how many it has."""
    year, month = number // 12, number % 12 + 1
    return date(year, month, 1).toordinal() - FIRST_OF_1970, monthrange(year, month)[1]
