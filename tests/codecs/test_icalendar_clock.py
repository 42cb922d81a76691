"""Clocks in whole seconds against Python's own reckoning."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar_clock import Clock, around, seconds, utc, wall_clock
from boundary_plugins.core.interval import Interval

# ruff: noqa: DTZ001 (a wall time is naive)

#: Zones that change at midnight, by half an hour, by two hours, or left out a whole day.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Tehran",
    "Antarctica/Troll",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Pacific/Kwajalein",
)
CLOCKS = {zone: Clock(ZoneInfo(zone)) for zone in ZONES}


@settings(max_examples=500, deadline=None)
@given(zone=st.sampled_from(ZONES), wall=st.datetimes(datetime(1880, 1, 1), datetime(2060, 1, 1)))
def test_a_clock_shows_a_time_at_the_instant_that_python_says(zone: str, wall: datetime) -> None:
    """Also where nobody changed it for centuries."""
    wall = wall.replace(microsecond=0)

    at = CLOCKS[zone].instant(seconds(wall))

    assert wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) == utc(at)


@pytest.mark.parametrize("zone", ZONES)
def test_no_quarter_of_an_hour_around_a_change_is_told_wrong(zone: str) -> None:
    """Each of three years, through every gap and every time that comes twice."""
    clock, here = Clock(ZoneInfo(zone)), ZoneInfo(zone)
    for year in (1993, 2011, 2026):
        walls = [datetime(year, 1, 1) + timedelta(minutes=15 * number) for number in range(365 * 96)]

        told = [clock.instant(seconds(wall)) for wall in walls]

        assert [seconds(wall.replace(tzinfo=here).astimezone(UTC)) for wall in walls] == told


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Niue"])
@pytest.mark.parametrize("wall", [datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)])
def test_the_ends_of_the_calendar_are_told_or_refused(zone: str, wall: datetime) -> None:
    """Never an instant that nothing else could hold."""
    clock = Clock(ZoneInfo(zone))

    try:
        at = utc(clock.instant(seconds(wall)))
    except (OverflowError, ValueError):
        at = None

    assert at is None or abs(at.replace(tzinfo=None) - wall) <= timedelta(hours=14)


def test_what_an_instant_shows_is_the_wall_time_again() -> None:
    """Also before 1970."""
    for wall in (datetime(1931, 5, 17, 4, 30), datetime(2026, 7, 1, 9)):
        clock = CLOCKS["Europe/Berlin"]

        assert wall == wall_clock(clock.shows(clock.instant(seconds(wall))))


def test_parts_of_a_second_are_counted_outwards() -> None:
    """What touches them touches the whole."""
    half = timedelta(seconds=0.5)
    begins = datetime.combine(date(2026, 3, 2), datetime.min.time(), UTC)

    first, last = around(Interval(begins + half, begins + 2 * half + half))

    assert (begins, begins + timedelta(seconds=2)) == (utc(first), utc(last))
