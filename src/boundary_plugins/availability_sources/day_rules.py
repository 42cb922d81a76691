"""What holds on each day: the one rule with most say on it, and the layers that all days make.

A window over midnight belongs to the day it begins on, whatever holds on the next one: Friday 22:00 to
02:00 is held to its end though Saturday is a holiday, a season or an exception begins, or one ended on
Friday; and where Friday is closed, its window is closed on Saturday until 02:00 too. So a day's say begins
when the last window of the day before is over, and ends with its own last window.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from boundary_plugins.availability_sources.local_time import day_start, interval_between, wall_clock
from boundary_plugins.core.availability import Availability
from boundary_plugins.core.hours_grammar import DayHours
from boundary_plugins.core.interval import Interval

_DAY = timedelta(days=1)
#: So many days more than `covered` has: a window of the day before, and the farthest offsets from UTC.
_MARGIN = 2 * _DAY


@dataclass(frozen=True, slots=True)
class DayRule:
    """The hours of a day, and who says so: `source` and `priority` as in core.availability.Availability."""

    source: str
    priority: int
    hours: DayHours


@dataclass(frozen=True, slots=True)
class DatedRule:
    """A rule for each day from `first` to `last`, both included; `rule` says what holds on a day."""

    first: date
    last: date
    rule: Callable[[date], DayRule]


@dataclass(frozen=True, slots=True)
class _Day:
    """A day with its rule, the instants of its windows, and when its say begins."""

    rule: DayRule
    says_from: datetime
    windows: tuple[Interval, ...]


def days_of(covered: Interval, zone: str) -> tuple[date, date]:
    """The first and the last day (included) of which a window could touch `covered`."""
    return (
        wall_clock(covered.start, zone).date() - _MARGIN,
        wall_clock(covered.end, zone).date() + _MARGIN,
    )


def by_day(dated: Iterable[DatedRule], first: date, last: date) -> dict[date, DayRule]:
    """The rule of each day that has one.

    Of several, the one of the fewest days has most say (a day within a closed week), then the later one.
    """
    rules: dict[date, DayRule] = {}
    for each in sorted(dated, key=lambda each: each.last - each.first, reverse=True):
        start, end = max(each.first, first), min(each.last, last)
        for ahead in range((end - start).days + 1):
            rules[start + ahead * _DAY] = each.rule(start + ahead * _DAY)
    return rules


def layers_of_days(rule_of: Callable[[date], DayRule], zone: str, covered: Interval) -> list[Availability]:
    """The layers that the rules of the days make: one for each run of days with the same source."""
    days = list(_days(rule_of, zone, covered))
    layers: list[Availability] = []
    start = 0
    for rule, run in groupby(days, key=lambda day: (day.rule.source, day.rule.priority)):
        length = len(tuple(run))
        following = days[start + length : start + length + 1] or days[-1:]
        says_from, says_until = days[start].says_from, following[0].says_from
        windows = tuple(window for day in days[start : start + length] for window in day.windows)
        start += length
        # A day that a zone skipped (as Apia did in 2011) has no instant.
        if says_from < says_until:
            layers.append(Availability(rule[0], rule[1], Interval(says_from, says_until), windows))
    return layers


def _days(rule_of: Callable[[date], DayRule], zone: str, covered: Interval) -> Iterator[_Day]:
    """Each day around `covered`, in order."""
    day, last = days_of(covered, zone)
    over = day_start(day, zone)
    while day <= last:
        rule = rule_of(day)
        windows = tuple(_instants(day, rule.hours, zone))
        says_from = max(day_start(day, zone), over)
        yield _Day(rule, says_from, windows)
        over = windows[-1].end if windows else says_from
        day += _DAY


def _instants(day: date, hours: DayHours, zone: str) -> Iterator[Interval]:
    """The windows that begin on a day, as instants; a window within a gap of the clocks is left out."""
    midnight = datetime.combine(day, time(0))
    for window in hours:
        start, end = window.minutes
        interval = interval_between(
            midnight + timedelta(minutes=start), midnight + timedelta(minutes=end), zone
        )
        if interval is not None:
            yield interval
