"""Years that have the same calendar, and recurrence rules moved to the latest of them.

A rule that no day fulfils ("every day that is the 400th of its year") is followed by dateutil until the
year 9999: ten seconds for one event, which anybody could send as an invitation. The Gregorian calendar
repeats itself (after 28 years within a century, and wholly after 400), so a rule that is followed in the
last years that have the same calendar gives the same days, and one that gives none ends soon.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, date, datetime, timedelta
from functools import lru_cache

from dateutil.rrule import rrule

#: After so many years, every calendar comes again.
_CYCLE = 400


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule on the clock of its start; `rule` itself has no UNTIL, `until` is that (included)."""

    rule: rrule
    start: datetime
    until: datetime | None = None

    def times(self, last: datetime) -> Iterator[datetime]:
        """Its times in order, up to `last` (included), all naive."""
        end = last if self.until is None else min(last, self.until)
        if end < self.start:
            return
        moved = _moved(self.start.year, end.year)
        for late in self.rule.replace(dtstart=self.start + moved):
            if late - moved > end:
                return
            yield late - moved


def latest_alike(first: int, last: int) -> int:
    """The latest year from which on the calendar is that of the years `first` to `last`, and of those about.

    `first` itself where there is no later one.
    """
    # The weeks of a year may begin in the year before it and end in the year after it.
    before, after = max(first - 1, 1), min(last + 1, MAXYEAR)
    wanted = [_begins(year) for year in range(before, after + 1)]
    latest = MAXYEAR - (after - first)
    for candidate in range(latest, max(first, latest - _CYCLE), -1):
        if all(_begins(candidate - first + before + ahead) == day for ahead, day in enumerate(wanted)):
            return candidate
    return first


@lru_cache(maxsize=4096)
def _moved(first: int, last: int) -> timedelta:
    """How far the years are moved, in days."""
    return date(latest_alike(first, last), 1, 1) - date(first, 1, 1)


@lru_cache(maxsize=4096)
def _begins(year: int) -> int:
    """The weekday that a year begins on; that of the next year tells whether it is a leap year."""
    return date(year, 1, 1).weekday()
