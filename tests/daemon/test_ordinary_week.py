"""The week that a provider keeps once it hears no more of this program, and what differs from it."""

from datetime import date, timedelta

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication
from boundary_plugins.store.records import AvailabilityChange, ChangeKind
from builders_sieve import policy_in, publication_of, timetable_of, utc

ZONE = "America/New_York"
AT = utc(2026, 11, 2, 12)
DAY, HOUR = 86_400, 3600


def published(settings: HoursSettings, weeks: int = 2) -> Publication:
    """What is published on that Monday."""
    return publication_of(timetable_of(settings, AT), policy_in(ZONE), AT, weeks=weeks)


def test_each_closed_window_of_the_week_has_its_own_text() -> None:
    """A lunch break has none; the opening is named by its weekday alone."""
    week = published(HoursSettings(ZONE, "mon-tue 09:00-12:00, 13:00-17:00")).week

    assert [(17 * HOUR, DAY + 6 * HOUR + 1), (DAY + 17 * HOUR, 6 * HOUR + 1)] == [
        (each.starts, each.ends) for each in week.responses
    ]
    assert ["Tuesday at 9:00 AM", "Monday at 9:00 AM"] == [
        day
        for each in week.responses
        for day in ("Tuesday at 9:00 AM", "Monday at 9:00 AM")
        if day in each.text
    ]


def test_a_week_that_is_always_the_same_has_nothing_dated() -> None:
    """Also over both nights on which the clocks change, where nothing opens or closes then."""
    week = published(HoursSettings(ZONE, "mon-fri 09:00-17:00")).week

    assert ((), ()) == (week.dated, week.except_during)


def test_a_holiday_after_the_horizon_is_dated() -> None:
    """Thanksgiving joins two nights to one window."""
    week = published(HoursSettings(ZONE, "mon-fri 09:00-17:00", holiday_region="US")).week

    first = week.dated[0]
    assert Interval(utc(2026, 11, 25, 22), utc(2026, 11, 27, 14)) == first.window
    assert (
        Interval(utc(2026, 11, 25, 22), utc(2026, 11, 27, 11, 0, 1))
        == first.interval
        == week.except_during[0]
    )
    assert "Friday, November 27" in first.text


def test_what_begins_before_the_horizon_ends_is_told_to_its_end() -> None:
    """And not a second time."""
    closed = DatedHours(date(2026, 11, 13), date(2026, 11, 24), "closed")
    told = published(HoursSettings(ZONE, "mon-fri 09:00-17:00", exceptions=(closed,)))

    last = told.responses[-1]
    assert Interval(utc(2026, 11, 12, 22), utc(2026, 11, 25, 14)) == last.window
    assert last.interval.end > told.between.end
    assert () == told.week.dated
    assert (Interval(told.between.end, utc(2026, 11, 25, 11, 0, 1)),) == told.week.except_during


def test_open_hours_of_a_season_are_silent_where_the_week_would_answer() -> None:
    """Though nothing is answered then."""
    night = Season(date(2026, 12, 1), date(2026, 12, 1), "daily 00:00-24:00")
    week = published(HoursSettings(ZONE, "mon-fri 09:00-17:00", seasons=(night,))).week

    tuesday = Interval(utc(2026, 12, 1, 5), utc(2026, 12, 2, 5))
    assert any(tuesday.start in each for each in week.except_during)
    assert not any(each.interval.start in tuesday for each in week.dated)


def test_hours_that_differ_each_day_are_dated_a_hundred_times_at_most() -> None:
    """A script with a year of them would be too long for many a server; the ordinary week holds after them."""
    days = [AT.replace(hour=15) + timedelta(days=each) for each in range(140)]
    opened = [
        AvailabilityChange(
            kind=ChangeKind.OPEN,
            interval=Interval(day, day.replace(hour=16)),
            said="",
            zone=ZONE,
            made_by="somebody",
            made_at=AT,
        )
        for day in days
    ]
    timetable = timetable_of(HoursSettings(ZONE, "closed"), AT, changes=opened)

    week = publication_of(timetable, policy_in(ZONE), AT, weeks=2).week

    assert 100 == len(week.dated)
    assert week.except_during[-1].end <= days[-1]
