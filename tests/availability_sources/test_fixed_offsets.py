"""The week as a program keeps it that knows offsets alone, compared with the zone's own rules."""

from datetime import datetime, timedelta

import pytest

from boundary_plugins.availability_sources.fixed_offsets import offsets_of, weekly_intervals
from boundary_plugins.core.interval import Interval
from builders_sieve import utc

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    "zone, change, before, after",
    [
        ("America/New_York", utc(2027, 3, 14, 7), -5.0, -4.0),
        ("America/New_York", utc(2027, 11, 7, 6), -4.0, -5.0),
        ("Europe/Berlin", utc(2027, 3, 28, 1), 1.0, 2.0),
        ("Australia/Lord_Howe", utc(2027, 4, 3, 15), 11.0, 10.5),
        ("Australia/Sydney", utc(2027, 10, 2, 16), 10.0, 11.0),
    ],
)
def test_an_offset_ends_with_the_change_of_the_clocks(
    zone: str, change: datetime, before: float, after: float
) -> None:
    """To the second."""
    around = Interval(change - timedelta(days=20), change + timedelta(days=20))

    parts = offsets_of(zone, around)

    assert [before, after] == [offset.total_seconds() / HOUR for _, offset in parts]
    assert change == parts[0][0].end == parts[1][0].start


def test_a_zone_without_changes_has_one_offset() -> None:
    """In years."""
    years = Interval(utc(2026, 1, 1), utc(2031, 1, 1))

    assert ((years, timedelta(hours=-7)),) == offsets_of("America/Phoenix", years)


def test_a_part_of_the_week_follows_the_clock_on_the_wall() -> None:
    """Before the change and after it, and a part that holds it is one."""
    saturday_to_sunday = (5 * DAY + 20 * HOUR, 6 * DAY + 9 * HOUR)
    weeks = Interval(utc(2027, 3, 1), utc(2027, 3, 22))

    found = weekly_intervals([saturday_to_sunday], "America/New_York", weeks)

    assert (
        Interval(utc(2027, 3, 7, 1), utc(2027, 3, 7, 14)),
        Interval(utc(2027, 3, 14, 1), utc(2027, 3, 14, 13)),
        Interval(utc(2027, 3, 21, 0), utc(2027, 3, 21, 13)),
    ) == found


def test_a_part_may_go_over_the_end_of_the_week_and_is_clipped() -> None:
    """And one whose ends are the same is the whole week."""
    day = Interval(utc(2026, 3, 2), utc(2026, 3, 3))

    assert (Interval(day.start, utc(2026, 3, 2, 9)),) == weekly_intervals([(6 * DAY, 9 * HOUR)], "UTC", day)
    assert (day,) == weekly_intervals([(0, 0)], "UTC", day)
