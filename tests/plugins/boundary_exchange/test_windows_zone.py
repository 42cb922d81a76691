"""A zone by its rules alone agrees with the database of zones, hour by hour, over years."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from boundary_exchange.windows_zone import Change, WindowsZone

# By its name in the database, the same zone as Windows tells it: minutes west, then both seasons.
ZONES = {
    "America/New_York": WindowsZone(300, Change(0, 11, 1, 6, time(2)), Change(-60, 3, 2, 6, time(2))),
    "Europe/Berlin": WindowsZone(-60, Change(0, 10, 5, 6, time(3)), Change(-60, 3, 5, 6, time(2))),
    # Half an hour of summer time, in the south.
    "Australia/Lord_Howe": WindowsZone(-630, Change(0, 4, 1, 6, time(2)), Change(-30, 10, 1, 6, time(2))),
    "Australia/Sydney": WindowsZone(-600, Change(0, 4, 1, 6, time(3)), Change(-60, 10, 1, 6, time(2))),
    # No summer time at all.
    "Asia/Kolkata": WindowsZone(-330, Change(0), Change(0)),
    "UTC": WindowsZone(0, Change(0), Change(0)),
}


@pytest.mark.parametrize("name", ZONES)
def test_its_offset_is_that_of_the_database_in_every_half_hour(name: str) -> None:
    """Of the days of a change; of others, twice a day."""
    zone, known = ZONES[name], ZoneInfo(name)
    start = datetime(2026, 1, 1, tzinfo=UTC)

    for half_days in range(2 * 365):
        first = start + timedelta(hours=12 * half_days)
        later = first + timedelta(hours=12)
        changes = first.astimezone(known).utcoffset() != later.astimezone(known).utcoffset()
        for half_hours in range(24 if changes else 1):
            at = first + timedelta(minutes=30 * half_hours)
            assert at.astimezone(known).utcoffset() == zone.offset_at(at), at


@pytest.mark.parametrize("name", ZONES)
def test_a_time_of_the_clock_is_the_instant_of_the_database(name: str) -> None:
    """Half hours of the days in which clocks change; a skipped one counts on from before, the first is meant."""
    zone, known = ZONES[name], ZoneInfo(name)
    days = [
        date(2026, month, 1) + timedelta(days=each)
        for month in (3, 4, 10, 11)
        for each in (*range(8), *range(24, 31))
    ]

    for day in days:
        for minutes in range(0, 1440, 30):
            wall = datetime.combine(day, time(0)) + timedelta(minutes=minutes)
            expected = wall.replace(tzinfo=known, fold=0).astimezone(UTC)
            assert expected == zone.instant(day, minutes), wall


def test_minutes_beyond_midnight_are_of_the_next_day() -> None:
    """A shift from 22 to 6 o'clock ends on the next day by its clock."""
    zone = ZONES["America/New_York"]

    # The night in which the clock goes on.
    assert datetime(2026, 3, 8, 10, tzinfo=UTC) == zone.instant(date(2026, 3, 7), 30 * 60)


def test_a_change_may_be_of_one_year_alone() -> None:
    """As a ministry decrees it; in other years there is none."""
    zone = WindowsZone(0, Change(0, 10, 20, 0, time(2), year=2026), Change(-60, 3, 15, 0, time(1), year=2026))

    found = [zone.offset_at(datetime(year, 7, 1, tzinfo=UTC)) for year in (2025, 2026, 2027)]

    assert [timedelta(0), timedelta(hours=1), timedelta(0)] == found


@pytest.mark.parametrize(
    "order, expected",
    [(1, 1), (2, 8), (4, 22), (5, 29)],
)
def test_the_last_day_of_its_kind_is_the_fifth_where_there_are_five(order: int, expected: int) -> None:
    """March 2026 has five Sundays; February has four."""
    assert date(2026, 3, expected) == Change(0, 3, order, 6).on(2026)
    assert date(2026, 2, 22) == Change(0, 2, 5, 6).on(2026)
