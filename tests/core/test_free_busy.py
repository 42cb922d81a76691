"""Free-busy from layers and busy times, against an evaluation of each minute by itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.availability import Availability, BusyType
from boundary_plugins.core.free_busy import FreeBusy, free_busy
from boundary_plugins.core.interval import Interval

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = 30
BUSY, UNAVAILABLE, TENTATIVE = BusyType.BUSY, BusyType.UNAVAILABLE, BusyType.TENTATIVE


def span(start: int, end: int) -> Interval:
    """The interval between two minutes after the start."""
    return Interval(START + timedelta(minutes=start), START + timedelta(minutes=end))


COVERED = span(5, MINUTES - 5)
SPANS = (
    st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: span(*pair))
)
TYPES = st.sampled_from(BusyType)
LAYERS = st.lists(
    st.builds(
        # Few priorities, so that many are equal.
        Availability,
        st.just("a"),
        st.sampled_from([0, 1, 5, 9]),
        SPANS,
        st.lists(SPANS, max_size=3).map(tuple),
        TYPES,
    ),
    max_size=5,
)
EVENTS = st.lists(st.tuples(SPANS, TYPES), max_size=4)


def busiest(types: list[BusyType]) -> BusyType | None:
    """RFC 7953, section 4: BUSY > BUSY-UNAVAILABLE > BUSY-TENTATIVE."""
    return next((each for each in (BUSY, UNAVAILABLE, TENTATIVE) if each in types), None)


def at_minute(
    layers: list[Availability], events: list[tuple[Interval, BusyType]], at: datetime
) -> BusyType | None:
    """What holds in one minute, by the procedure of RFC 7953, sections 4 and 5."""
    types: list[BusyType] = []
    for priority in (0, 9, 8, 7, 6, 5, 4, 3, 2, 1):
        speaking = [layer for layer in layers if layer.priority == priority and at in layer.span]
        if speaking:
            is_free = any(at in each for layer in speaking for each in layer.available)
            types = [] if is_free else [layer.busy_type for layer in speaking]
    return busiest([*types, *(busy_type for interval, busy_type in events if at in interval)])


@given(LAYERS, EVENTS, st.randoms(use_true_random=False))
def test_each_minute_is_what_the_procedure_of_the_rfc_says(
    layers: list[Availability], events: list[tuple[Interval, BusyType]], chance: object
) -> None:
    """Whatever the order in which they come, and without a gap or two neighbours of one kind."""
    chance.shuffle(layers)  # type: ignore[attr-defined]

    found = free_busy(layers, events, COVERED)

    for minute in range(5, MINUTES - 5):
        at = START + timedelta(minutes=minute)
        (holds,) = (each.busy_type for each in found if at in each.interval)
        assert at_minute(layers, events, at) == holds
    assert (COVERED.start, COVERED.end) == (found[0].interval.start, found[-1].interval.end)
    assert all(
        one.interval.end == other.interval.start and one.busy_type is not other.busy_type
        for one, other in pairwise(found)
    )


MORNING, NOON = (span(6, 10),), (span(10, 14),)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "layers, expected",
    [
        # Two default weeks, each with hours of its own, are both meant.
        (
            [Availability("", 0, COVERED, MORNING), Availability("", 0, COVERED, NOON)],
            [(span(5, 6), UNAVAILABLE), (span(6, 14), None), (span(14, 25), UNAVAILABLE)],
        ),
        # Where both are busy, the busiest type holds; no PRIORITY is 0.
        (
            [Availability("", 0, span(0, 20), (), TENTATIVE), Availability("", 0, span(10, 30), (), BUSY)],
            [(span(5, 10), TENTATIVE), (span(10, 25), BUSY)],
        ),
        # 9 has more say than none, and 1 the most: an override may be less busy.
        (
            [Availability("", 0, COVERED, (), BUSY), Availability("", 9, span(8, 12), (), TENTATIVE)],
            [(span(5, 8), BUSY), (span(8, 12), TENTATIVE), (span(12, 25), BUSY)],
        ),
        (
            [Availability("", 1, span(8, 12), ()), Availability("", 5, COVERED, (COVERED,))],
            [(span(5, 8), None), (span(8, 12), UNAVAILABLE), (span(12, 25), None)],
        ),
        # What is available outside of its own layer's span is nothing.
        (
            [Availability("", 0, COVERED, ()), Availability("", 1, span(8, 12), (span(6, 10),))],
            [(span(5, 8), UNAVAILABLE), (span(8, 10), None), (span(10, 25), UNAVAILABLE)],
        ),
    ],
)  # fmt: skip
def test_layers_are_combined_by_rfc_7953_section_4(
    layers: list[Availability], expected: list[tuple[Interval, BusyType | None]], turned: bool
) -> None:
    """By hand, in both orders."""
    found = free_busy(layers[::-1] if turned else layers, [], COVERED)

    assert [FreeBusy(*each) for each in expected] == [*found]


def test_where_nobody_says_anything_one_is_free() -> None:
    """RFC 7953, section 5, step 1."""
    assert (FreeBusy(COVERED),) == free_busy([], [], COVERED)
