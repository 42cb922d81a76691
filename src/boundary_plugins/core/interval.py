"""Half-open intervals of instants, and the algebra of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from `start` (included) to `end` (excluded); both aware and in UTC.

    Raises ValueError where `end` is not after `start` or either instant is naive or not UTC.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse what is no interval of instants."""
        if not (_is_utc(self.start) and _is_utc(self.end)):
            raise ValueError("an interval needs two aware instants in UTC")
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    @property
    def duration(self) -> timedelta:
        """The exact elapsed time."""
        return self.end - self.start

    def __contains__(self, at: datetime) -> bool:
        """Whether the instant lies in the interval; its end does not."""
        return self.start <= at < self.end


_START = attrgetter("start")


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The intervals merged: sorted, disjoint, and never touching one another."""
    # By start alone: the order of equal starts cannot matter, and comparing whole intervals is slow.
    ordered = sorted(intervals, key=_START)
    if not ordered:
        return ()
    merged: list[Interval] = []
    run, end = ordered[0], ordered[0].end
    for interval in ordered:
        if interval.start > end:
            merged.append(_until(run, end))
            run, end = interval, interval.end
        elif interval.end > end:
            end = interval.end
    return (*merged, _until(run, end))


def intersection(one: Iterable[Interval], other: Iterable[Interval]) -> tuple[Interval, ...]:
    """The instants in both, sorted and disjoint."""
    left, right = union(one), union(other)
    common: list[Interval] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start, end = max(left[i].start, right[j].start), min(left[i].end, right[j].end)
        if start < end:
            common.append(Interval(start, end))
        if left[i].end <= right[j].end:
            i += 1
        else:
            j += 1
    return tuple(common)


def difference(one: Iterable[Interval], other: Iterable[Interval]) -> tuple[Interval, ...]:
    """The instants of `one` that are not in `other`, sorted and disjoint."""
    taken = union(other)
    left: list[Interval] = []
    j = 0
    for interval in union(one):
        start = interval.start
        while j < len(taken) and taken[j].end <= start:
            j += 1
        k = j
        while k < len(taken) and taken[k].start < interval.end:
            if start < taken[k].start:
                left.append(Interval(start, taken[k].start))
            start = max(start, taken[k].end)
            k += 1
        if start < interval.end:
            left.append(Interval(start, interval.end))
    return tuple(left)


def next_edge(intervals: Iterable[Interval], at: datetime) -> datetime | None:
    """The first start or end of a merged interval after the instant; None where there is none."""
    edges = (edge for interval in union(intervals) for edge in (interval.start, interval.end) if edge > at)
    return min(edges, default=None)


def _is_utc(at: datetime) -> bool:
    """Whether an instant is aware and in UTC; nearly every one bears the zone itself."""
    return at.tzinfo is UTC or at.utcoffset() == _ZERO


def _until(interval: Interval, end: datetime) -> Interval:
    """The interval with another end; itself where that is its own."""
    return interval if end == interval.end else Interval(interval.start, end)
