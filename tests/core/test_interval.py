"""The algebra of intervals, against sets of minutes."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.interval import Interval, difference, intersection, next_edge, union

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = 60


def at(minute: int) -> datetime:
    """The instant so many minutes after the start."""
    return START + timedelta(minutes=minute)


def minutes(intervals: tuple[Interval, ...] | list[Interval]) -> set[int]:
    """The minutes that lie in any of the intervals."""
    return {minute for minute in range(MINUTES) if any(at(minute) in interval for interval in intervals)}


def normal(intervals: tuple[Interval, ...]) -> bool:
    """Whether they are sorted, disjoint, and never touch."""
    pairs = pairwise(intervals)
    return all(one.end < other.start for one, other in pairs)


INTERVALS = st.lists(
    st.tuples(st.integers(0, MINUTES - 1), st.integers(1, MINUTES))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Interval(at(pair[0]), at(pair[1]))),
    max_size=8,
)


def test_an_interval_holds_its_start_but_not_its_end() -> None:
    interval = Interval(at(0), at(1))

    assert at(0) in interval
    assert at(1) not in interval


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # Of no length, and backwards.
        (at(1), at(1)),
        (at(2), at(1)),
        # Naive, at either side.
        (datetime(2026, 11, 1), at(1)),  # noqa: DTZ001
        (at(0), datetime(2026, 11, 2)),  # noqa: DTZ001
        # Aware, but not UTC.
        (at(0).astimezone(timezone(timedelta(hours=1))), at(1)),
    ],
)
def test_what_is_no_interval_of_utc_instants_is_refused(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="an interval"):
        Interval(start, end)


@given(INTERVALS)
def test_a_union_holds_the_minutes_of_all(intervals: list[Interval]) -> None:
    merged = union(intervals)

    assert minutes(intervals) == minutes(merged)
    assert normal(merged)


@given(INTERVALS, INTERVALS)
def test_an_intersection_holds_the_minutes_of_both(one: list[Interval], other: list[Interval]) -> None:
    common = intersection(one, other)

    assert minutes(one) & minutes(other) == minutes(common)
    assert normal(common)


@given(INTERVALS, INTERVALS)
def test_a_difference_holds_the_minutes_of_the_one_alone(one: list[Interval], other: list[Interval]) -> None:
    left = difference(one, other)

    assert minutes(one) - minutes(other) == minutes(left)
    assert normal(left)


@given(INTERVALS, st.integers(0, MINUTES))
def test_the_next_edge_is_the_first_minute_that_differs(intervals: list[Interval], minute: int) -> None:
    held = minutes(intervals)
    changes = [
        later for later in range(minute + 1, MINUTES + 1) if (later in held) is not ((later - 1) in held)
    ]

    edge = next_edge(intervals, at(minute))

    assert (at(changes[0]) if changes else None) == edge


def test_intervals_that_touch_have_no_edge_between_them() -> None:
    edge = next_edge([Interval(at(0), at(5)), Interval(at(5), at(9))], at(2))

    assert at(9) == edge
