"""Layers combined into windows, against an evaluation of each minute by itself."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.availability import Availability, BusyType, ContactHours, Window
from boundary_plugins.core.interval import Interval

START = datetime(2026, 11, 1, tzinfo=UTC)
MINUTES = 40


def at(minute: int) -> datetime:
    """The instant so many minutes after the start."""
    return START + timedelta(minutes=minute)


def span(start: int, end: int) -> Interval:
    """The interval between two minutes."""
    return Interval(at(start), at(end))


COVERED = span(5, MINUTES - 5)

SPANS = (
    st.tuples(st.integers(0, MINUTES), st.integers(0, MINUTES))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: span(*pair))
)
LAYERS = st.lists(
    st.builds(
        Availability,
        st.sampled_from(["a", "b", "c", "d"]),
        st.integers(0, 9),
        SPANS,
        st.lists(SPANS, max_size=3).map(tuple),
        st.sampled_from(BusyType),
    ),
    max_size=6,
)


def deciding(layers: list[Availability], instant: datetime) -> Availability | None:
    """The layer with most say at an instant, found the slow way (RFC 7953, section 4)."""
    found: Availability | None = None
    for layer in layers:
        if instant in layer.span and (found is None or (layer.priority or 10) <= (found.priority or 10)):
            found = layer
    return found


def covered_minutes() -> list[datetime]:
    """Each minute that is covered."""
    return [at(minute) for minute in range(5, MINUTES - 5)]


@given(LAYERS)
def test_each_minute_is_decided_by_the_layer_with_most_say(layers: list[Availability]) -> None:
    expected = []
    for instant in covered_minutes():
        layer = deciding(layers, instant)
        expected.append(layer is not None and any(instant in free for free in layer.available))

    hours = ContactHours.combine(layers, COVERED)

    assert expected == [hours.is_available(instant) for instant in covered_minutes()]


@given(LAYERS)
def test_a_window_names_just_the_layers_that_decide_it_in_order_of_time(layers: list[Availability]) -> None:
    hours = ContactHours.combine(layers, COVERED)

    for window in hours.windows:
        deciders = [deciding(layers, instant) for instant in covered_minutes() if instant in window.interval]
        sources = [layer.source if layer else "outside all contact hours" for layer in deciders]
        assert tuple(dict.fromkeys(sources)) == window.sources


@given(LAYERS)
def test_windows_alternate_and_cover_everything_without_a_gap(layers: list[Availability]) -> None:
    windows = ContactHours.combine(layers, COVERED).windows

    assert COVERED == Interval(windows[0].interval.start, windows[-1].interval.end)
    for one, other in pairwise(windows):
        assert one.interval.end == other.interval.start
        assert one.is_open is not other.is_open


@given(LAYERS)
def test_a_closed_window_is_as_busy_as_its_busiest_layer(layers: list[Availability]) -> None:
    """RFC 7953, section 3.2: BUSY, then BUSY-UNAVAILABLE, then BUSY-TENTATIVE."""
    order = [BusyType.BUSY, BusyType.UNAVAILABLE, BusyType.TENTATIVE]

    hours = ContactHours.combine(layers, COVERED)

    for window in hours.windows:
        deciders = [deciding(layers, instant) for instant in covered_minutes() if instant in window.interval]
        types = [layer.busy_type if layer else BusyType.UNAVAILABLE for layer in deciders]
        assert (None if window.is_open else min(types, key=order.index)) == window.busy_type


@given(LAYERS, st.integers(5, MINUTES - 6))
def test_the_next_opening_is_the_first_later_minute_that_opens(
    layers: list[Availability], minute: int
) -> None:
    hours = ContactHours.combine(layers, COVERED)
    opened = [hours.is_available(instant) for instant in covered_minutes()]
    openings = [
        at(later) for later in range(minute + 1, MINUTES - 5) if opened[later - 5] and not opened[later - 6]
    ]

    opening = hours.next_opening(at(minute))

    assert (openings[0] if openings else None) == opening


@given(LAYERS, SPANS)
def test_windows_between_are_the_windows_clipped(layers: list[Availability], between: Interval) -> None:
    hours = ContactHours.combine(layers, COVERED)

    clipped = hours.windows_between(between)

    for instant in covered_minutes():
        found = [window.is_open for window in clipped if instant in window.interval]
        assert ([hours.is_available(instant)] if instant in between else []) == found


def test_of_equal_priority_the_later_layer_has_more_say() -> None:
    close = Availability("closed by hand", 1, span(10, 20), ())
    reopen = Availability("opened by hand", 1, span(12, 14), (span(12, 14),))

    hours = ContactHours.combine([close, reopen], COVERED)

    assert Window(span(12, 14), True, ("opened by hand",)) == hours.window_at(at(13))


def test_an_undefined_priority_is_below_all_others() -> None:
    """RFC 7953, section 3.2: 0 is undefined and has the least say."""
    undefined = Availability("undefined", 0, span(5, 35), (span(5, 35),))
    lowest = Availability("lowest", 9, span(10, 20), ())

    hours = ContactHours.combine([lowest, undefined], COVERED)

    assert ("lowest",) == hours.window_at(at(15)).sources


@pytest.mark.parametrize("minute", [4, MINUTES - 5])
def test_what_is_not_covered_is_not_known(minute: int) -> None:
    hours = ContactHours.combine([], COVERED)

    with pytest.raises(ValueError, match="not known"):
        hours.window_at(at(minute))
