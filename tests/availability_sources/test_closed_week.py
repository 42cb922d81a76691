"""The closed windows of a week, in seconds by the clock on the wall."""

from datetime import date, timedelta

import pytest

from boundary_plugins.availability_sources.closed_week import ClosedPart, closed_parts, differences
from boundary_plugins.core.hours_grammar import parse_weekly
from boundary_plugins.core.interval import Interval
from builders_sieve import utc

HOUR, DAY = 3600, 86_400
MON, TUE, WED, THU, FRI, SAT, SUN = range(0, 7 * DAY, DAY)
THREE_HOURS = timedelta(hours=3)


@pytest.mark.parametrize(
    "weekly, expected",
    [
        # The weekend goes over the end of the week.
        (
            "mon 09:00-17:00; fri 09:00-12:00",
            [(MON + 17 * HOUR, FRI + 9 * HOUR), (FRI + 12 * HOUR, MON + 9 * HOUR)],
        ),
        # A lunch break.
        (
            "wed 09:00-12:00, 13:00-17:00",
            [(WED + 12 * HOUR, WED + 13 * HOUR), (WED + 17 * HOUR, WED + 9 * HOUR)],
        ),
        # Over midnight, and over the end of the week.
        ("sun 22:00-02:00", [(MON + 2 * HOUR, SUN + 22 * HOUR)]),
        # Until midnight, and from it on: no break.
        ("mon 18:00-24:00; tue 00:00-06:00", [(TUE + 6 * HOUR, MON + 18 * HOUR)]),
        ("sun 18:00-24:00; mon 00:00-06:00", [(MON + 6 * HOUR, SUN + 18 * HOUR)]),
        # Never closed, and never open.
        ("daily 00:00-24:00", []),
        ("closed", [(0, None)]),
    ],
)
def test_closed_parts(weekly: str, expected: list[tuple[int, int | None]]) -> None:
    """In the order in which they begin."""
    parts = closed_parts(parse_weekly(weekly))

    assert sorted(expected, key=lambda part: part[0]) == [(part.starts, part.ends) for part in parts]


@pytest.mark.parametrize(
    "starts, ends, expected",
    [
        # Three hours before the opening, that second included.
        (MON + 17 * HOUR, TUE + 9 * HOUR, (MON + 17 * HOUR, TUE + 6 * HOUR + 1)),
        (SUN + 20 * HOUR, MON + 9 * HOUR, (SUN + 20 * HOUR, MON + 6 * HOUR + 1)),
        # Over the end of the week back into it.
        (SUN + 20 * HOUR, MON + 2 * HOUR, (SUN + 20 * HOUR, SUN + 23 * HOUR + 1)),
        # Lunch; a break of just three hours.
        (MON + 12 * HOUR, MON + 13 * HOUR, None),
        (MON + 12 * HOUR, MON + 15 * HOUR, (MON + 12 * HOUR, MON + 12 * HOUR + 1)),
        # The whole week but an instant, and the whole week.
        (MON, MON, (MON, SUN + 21 * HOUR + 1)),
        (MON, None, (MON, MON)),
    ],
)
def test_the_part_that_is_answered(starts: int, ends: int | None, expected: tuple[int, int] | None) -> None:
    """Not while hours open soon."""
    assert expected == ClosedPart(starts, ends).answered(THREE_HOURS)


def test_without_a_span_before_opening_all_of_it_is_answered() -> None:
    """As is configured."""
    assert (MON, TUE) == ClosedPart(MON, TUE).answered(timedelta(0))


def test_the_opening_of_a_week_is_an_instant_of_its_zone() -> None:
    """Also where the clocks skip it: then it is the change."""
    part = ClosedPart(FRI, SUN + 2 * HOUR + 1800)

    assert utc(2027, 3, 14, 7) == part.opening_after(date(2027, 3, 8), "America/New_York")
    assert ClosedPart(0, None).opening_after(date(2027, 3, 8), "America/New_York") is None


def test_differences_are_every_interval_that_is_not_in_both() -> None:
    """Merged where they overlap."""
    days = [utc(2026, 3, day) for day in range(1, 8)]
    shared, mine, other = Interval(days[0], days[1]), Interval(days[2], days[4]), Interval(days[3], days[5])

    assert (Interval(days[2], days[5]),) == differences([shared, mine], [shared, other])
    assert () == differences([shared], [shared])
