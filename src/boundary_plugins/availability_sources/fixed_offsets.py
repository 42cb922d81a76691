"""The ordinary week as a program keeps it that knows offsets from UTC and no zones, such as a Sieve script."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from boundary_plugins.availability_sources.local_time import change_between
from boundary_plugins.core.interval import Interval, union

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_ZERO = timedelta(0)


def offsets_of(zone: str, between: Interval) -> tuple[tuple[Interval, timedelta], ...]:
    """The offset from UTC in each part of an interval, in the order of time."""
    here = ZoneInfo(zone)
    parts: list[tuple[Interval, timedelta]] = []
    start, at = between.start, between.start
    while at < between.end:
        following = min(at + _DAY, between.end)
        offset, later = (_offset(each, here) for each in (at, following))
        if offset != later:
            change = change_between(at, following, here)
            parts.append((Interval(start, change), offset))
            start = change
        at = following
    if start < between.end:
        parts.append((Interval(start, between.end), _offset(start, here)))
    return tuple(parts)


def weekly_intervals(week: Iterable[tuple[int, int]], zone: str, between: Interval) -> tuple[Interval, ...]:
    """The instants between two that parts of the week hold, merged.

    A part is two numbers of seconds since Monday 00:00 by the clock on the wall, the second excluded; it goes
    over the end of the week where that is not after the first.
    """
    parts = tuple(week)
    return union(
        each for span, offset in offsets_of(zone, between) for each in _at_offset(parts, offset, span)
    )


def _at_offset(parts: Iterable[tuple[int, int]], offset: timedelta, span: Interval) -> Iterator[Interval]:
    """The parts of the week within a span of one offset."""
    local = span.start + offset
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - (local.weekday() + 7) * _DAY
    while monday - offset < span.end:
        for starts, ends in parts:
            length = (
                timedelta(seconds=ends - starts)
                if ends > starts
                else timedelta(seconds=ends - starts) + _WEEK
            )
            start = monday - offset + timedelta(seconds=starts)
            first, last = max(start, span.start), min(start + length, span.end)
            if first < last:
                yield Interval(first, last)
        monday += _WEEK


def _offset(at: datetime, here: ZoneInfo) -> timedelta:
    """The offset in force at an instant."""
    return at.astimezone(here).utcoffset() or _ZERO
