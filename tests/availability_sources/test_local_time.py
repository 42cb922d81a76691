"""Wall-clock time and instants, on the nights when clocks change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.availability_sources.local_time import (
    day_start,
    instant,
    interval_between,
    interval_in_words,
    interval_of,
    wall_clock,
)
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.spoken_hours import SpokenHours

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
SYDNEY, LORD_HOWE = "Australia/Sydney", "Australia/Lord_Howe"
ZONES = (NEW_YORK, BERLIN, SYDNEY, LORD_HOWE, "America/Havana", "Asia/Kathmandu", "UTC")


def wall(text: str) -> datetime:
    """A naive wall-clock time, "2026-11-01 01:30"."""
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    """An instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        # Ordinary days, in winter and in summer.
        (NEW_YORK, "2026-11-24 09:00", "2026-11-24 14:00"),
        (NEW_YORK, "2026-07-01 09:00", "2026-07-01 13:00"),
        # Gap in New York: 02:00 to 03:00 does not come; each of its times is the change.
        (NEW_YORK, "2026-03-08 01:59", "2026-03-08 06:59"),
        (NEW_YORK, "2026-03-08 02:00", "2026-03-08 07:00"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:00"),
        (NEW_YORK, "2026-03-08 03:00", "2026-03-08 07:00"),
        (NEW_YORK, "2026-03-08 03:01", "2026-03-08 07:01"),
        # Fold in New York: 01:00 to 02:00 comes twice; the first occurrence is meant.
        (NEW_YORK, "2026-11-01 01:00", "2026-11-01 05:00"),
        (NEW_YORK, "2026-11-01 01:59", "2026-11-01 05:59"),
        (NEW_YORK, "2026-11-01 02:00", "2026-11-01 07:00"),
        # Gap and fold in Berlin.
        (BERLIN, "2026-03-29 02:30", "2026-03-29 01:00"),
        (BERLIN, "2026-10-25 02:30", "2026-10-25 00:30"),
        (BERLIN, "2026-10-25 03:00", "2026-10-25 02:00"),
        # Gap and fold in Sydney, in its own spring and autumn.
        (SYDNEY, "2026-10-04 02:30", "2026-10-03 16:00"),
        (SYDNEY, "2026-04-05 02:30", "2026-04-04 15:30"),
        (SYDNEY, "2026-04-05 03:00", "2026-04-04 17:00"),
        # Lord Howe changes by half an hour.
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-03 15:30"),
        (LORD_HOWE, "2026-10-04 02:30", "2026-10-03 15:30"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-04 14:45"),
        (LORD_HOWE, "2026-04-05 02:00", "2026-04-04 15:30"),
        # Havana changes at midnight: its day begins at 01:00.
        ("America/Havana", "2026-03-08 00:00", "2026-03-08 05:00"),
        # Apia left out a whole day in 2011.
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00"),
    ],
)
def test_a_wall_clock_time_is_the_first_instant_that_shows_it_or_a_later_one(
    zone: str, local: str, expected: str
) -> None:
    at = instant(wall(local), zone)

    assert utc(expected) == at


@pytest.mark.parametrize(
    ("zone", "local", "expected"),
    [
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01 06:30"),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-04 15:15"),
        # Of a time that comes once, or never, the fold says nothing.
        (NEW_YORK, "2026-11-02 01:30", "2026-11-02 06:30"),
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 07:00"),
    ],
)
def test_a_fold_of_one_means_the_second_occurrence(zone: str, local: str, expected: str) -> None:
    at = instant(wall(local).replace(fold=1), zone)

    assert utc(expected) == at


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_an_instant_comes_back_from_the_wall(at: datetime, zone: str) -> None:
    shown = wall_clock(at, zone)

    assert at == instant(shown, zone)


NIGHTS = {
    NEW_YORK: ("2026-03-08", "2026-11-01"),
    BERLIN: ("2026-03-29", "2026-10-25"),
    SYDNEY: ("2026-10-04", "2026-04-05"),
    LORD_HOWE: ("2026-10-04", "2026-04-05"),
}


@pytest.mark.parametrize("zone", NIGHTS)
def test_on_both_nights_of_change_the_order_on_the_wall_is_the_order_of_instants(zone: str) -> None:
    for night in NIGHTS[zone]:
        minutes = [wall(night) + timedelta(minutes=minute) for minute in range(6 * 60)]

        instants = [instant(minute, zone) for minute in minutes]

        assert sorted(instants) == instants


@pytest.mark.parametrize(
    ("zone", "start", "end", "minutes"),
    [
        # Over midnight on both nights: an hour (on Lord Howe half an hour) less, or more.
        (NEW_YORK, "2026-03-07 22:00", "2026-03-08 04:00", 300),
        (NEW_YORK, "2026-10-31 22:00", "2026-11-01 04:00", 420),
        (BERLIN, "2026-03-28 22:00", "2026-03-29 04:00", 300),
        (BERLIN, "2026-10-24 22:00", "2026-10-25 04:00", 420),
        (SYDNEY, "2026-10-03 22:00", "2026-10-04 04:00", 300),
        (SYDNEY, "2026-04-04 22:00", "2026-04-05 04:00", 420),
        (LORD_HOWE, "2026-10-03 22:00", "2026-10-04 04:00", 330),
        (LORD_HOWE, "2026-04-04 22:00", "2026-04-05 04:00", 390),
        # Beginning and ending in a gap, and all within it.
        (NEW_YORK, "2026-03-08 02:30", "2026-03-08 05:00", 120),
        (NEW_YORK, "2026-03-08 01:00", "2026-03-08 02:30", 60),
        (NEW_YORK, "2026-03-08 02:10", "2026-03-08 02:50", 0),
        (LORD_HOWE, "2026-10-04 02:15", "2026-10-04 03:00", 30),
        # Beginning and ending in a fold, and all within it.
        (NEW_YORK, "2026-11-01 01:30", "2026-11-01 03:00", 150),
        (NEW_YORK, "2026-11-01 00:00", "2026-11-01 01:30", 90),
        (NEW_YORK, "2026-11-01 01:10", "2026-11-01 01:40", 30),
        (LORD_HOWE, "2026-04-05 01:45", "2026-04-05 02:30", 75),
    ],
)
def test_a_window_on_a_night_of_change_lasts_as_defined(
    zone: str, start: str, end: str, minutes: int
) -> None:
    interval = interval_between(wall(start), wall(end), zone)

    assert minutes == (0 if interval is None else interval.duration // timedelta(minutes=1))


def test_an_aware_time_is_no_wall_clock_time() -> None:
    with pytest.raises(ValueError, match="naive"):
        instant(datetime(2026, 11, 24, tzinfo=UTC), NEW_YORK)


def test_a_window_that_is_reversed_on_the_wall_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        interval_between(wall("2026-11-24 10:00"), wall("2026-11-24 09:00"), NEW_YORK)


def test_a_day_begins_when_its_midnight_has_come() -> None:
    begins = day_start(date(2026, 3, 8), "America/Havana")

    assert utc("2026-03-08 05:00") == begins


def test_two_hours_on_a_night_of_change_are_two_hours() -> None:
    start = wall("2026-11-01 00:30")
    hours = SpokenHours(start, wall("2026-11-01 02:30"), NEW_YORK, timedelta(hours=2))

    interval = interval_of(hours)

    assert Interval(utc("2026-11-01 04:30"), utc("2026-11-01 06:30")) == interval


def test_an_end_in_the_second_pass_of_a_doubled_hour_lies_after_a_start_in_it() -> None:
    start = wall("2026-11-01 01:15").replace(fold=1)

    interval = interval_of(SpokenHours(start, wall("2026-11-01 01:45"), NEW_YORK))

    assert Interval(utc("2026-11-01 06:15"), utc("2026-11-01 06:45")) == interval


def test_hours_that_the_clocks_skip_are_refused() -> None:
    hours = SpokenHours(wall("2026-03-08 02:10"), wall("2026-03-08 02:50"), NEW_YORK)

    with pytest.raises(ValueError, match="skip it; allowed"):
        interval_of(hours)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (
            "2026-11-28 15:00",
            "2026-11-28 17:00",
            "Saturday 28 November 2026, 10:00 to 12:00 (America/New_York)",
        ),
        # Two hours that the wall shows as one.
        ("2026-11-01 04:30", "2026-11-01 06:30", "Sunday 1 November 2026, 00:30 to 01:30 (America/New_York)"),
        # From the first pass of the doubled hour into the second.
        (
            "2026-11-01 05:45",
            "2026-11-01 06:15",
            "2026-11-01 01:45 EDT to 2026-11-01 01:15 EST (America/New_York)",
        ),
    ],
)
def test_instants_are_said_by_the_wall_clock(start: str, end: str, expected: str) -> None:
    words = interval_in_words(Interval(utc(start), utc(end)), NEW_YORK)

    assert expected == words
