"""All sources together, against an oracle that asks the clock on the wall, minute by minute."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.availability_sources.assemble import HoursSettings, assemble
from boundary_plugins.availability_sources.calendars import CalendarUse
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.local_time import day_start, wall_clock
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.core.availability import Availability, ContactHours
from boundary_plugins.core.clock_window import ClockWindow
from boundary_plugins.core.hours_grammar import DayHours, WeeklyHours, parse_weekly
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import AbsenceKind, CalendarContents, CalendarPeriod
from boundary_plugins.store.records import AvailabilityChange, ChangeKind

NEW_YORK, BERLIN = "America/New_York", "Europe/Berlin"
SYDNEY, LORD_HOWE = "Australia/Sydney", "Australia/Lord_Howe"
#: Gap and fold of each zone: the days before whose mornings the clocks change.
CHANGES = {
    NEW_YORK: (date(2026, 3, 8), date(2026, 11, 1)),
    BERLIN: (date(2026, 3, 29), date(2026, 10, 25)),
    SYDNEY: (date(2026, 10, 4), date(2026, 4, 5)),
    LORD_HOWE: (date(2026, 10, 4), date(2026, 4, 5)),
}
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def around(day: date, zone: str, days: int = 2) -> Interval:
    """So many days before a day, to as many after it."""
    return Interval(day_start(day - days * DAY, zone), day_start(day + (days + 1) * DAY, zone))


def change(
    kind: ChangeKind, interval: Interval | None, number: int, undone: bool = False
) -> AvailabilityChange:
    """A one-off command on record."""
    made_at = datetime(2026, 1, 1, tzinfo=UTC)
    return AvailabilityChange(
        kind, interval, "", "UTC", "therapist", made_at, undone_at=made_at if undone else None, id=number
    )


def opened(hours: ContactHours, zone: str, day: str) -> str:
    """The open windows that begin on a day, by the wall clock: "09:00-12:00, 13:00-17:00"."""
    windows = [
        (wall_clock(window.interval.start, zone), wall_clock(window.interval.end, zone))
        for window in hours.windows
        if window.is_open
    ]
    return ", ".join(
        f"{start:%H:%M}-{end:%H:%M}" for start, end in windows if start.date() == date.fromisoformat(day)
    )


@dataclass(frozen=True)
class Oracle:
    """Whether a day's windows hold, asked of a clock that stands still while a doubled hour comes again."""

    settings: HoursSettings

    def open_minutes(self, covered: Interval) -> list[bool]:
        """For each minute, whether contact hours are open."""
        # A clock that is set back shows nothing new until it has caught up.
        shown = wall_clock(covered.start - 4 * 60 * MINUTE, self.settings.zone).replace(fold=0)
        at, answers = covered.start - 4 * 60 * MINUTE, []
        while at < covered.end:
            shown = max(shown, wall_clock(at, self.settings.zone).replace(fold=0))
            if at >= covered.start:
                answers.append(self._is_open(shown))
            at += MINUTE
        return answers

    def _is_open(self, shown: datetime) -> bool:
        """Whether a window of the day, or one of the day before over midnight, holds the time shown."""
        return any(
            start <= shown < end
            for day in (shown.date() - DAY, shown.date())
            for start, end in (self._bounds(day, window) for window in self._hours(day))
        )

    @staticmethod
    def _bounds(day: date, window: ClockWindow) -> tuple[datetime, datetime]:
        end_day = day + DAY if window.end <= window.start else day
        return datetime.combine(day, window.start), datetime.combine(end_day, window.end)

    def _hours(self, day: date) -> DayHours:
        """The hours of a day: of its last exception, else of its last season, else of the week."""
        for exception in reversed(self.settings.exceptions):
            if exception.first <= day <= exception.last:
                assert not isinstance(exception.hours, str)
                return exception.hours
        weekly = self.settings.weekly
        for season in self.settings.seasons:
            if season.first <= day <= season.last:
                weekly = season.weekly
        assert not isinstance(weekly, str)
        return weekly.days[day.weekday()]


# Times that are within, at the edges of, and around the gaps and folds are wanted most.
TIMES = st.one_of(
    st.sampled_from([time(0), time(1), time(1, 30), time(1, 45), time(2), time(2, 15), time(2, 30), time(3)]),
    st.builds(time, st.integers(0, 23), st.integers(0, 59)),
)


def as_windows(times: list[time]) -> DayHours:
    """Windows between each two of the times, the last perhaps over midnight."""
    ordered = sorted(times)
    if len(ordered) % 2 == 0 and ordered and ordered[0] > time(12):
        ordered = [*ordered[:-1], time(2, 30)]
    return tuple(
        ClockWindow(start, end)
        for start, end in zip(ordered[::2], ordered[1::2], strict=False)
        if start != end
    )


HOURS = st.lists(TIMES, max_size=4, unique=True).map(as_windows)
WEEKS = st.tuples(*[HOURS] * 7).map(WeeklyHours)


@st.composite
def stated_hours(draw: st.DrawFn) -> tuple[HoursSettings, Interval]:
    """Settings with or without a season and an exception, and some days around a change of the clocks."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    night = draw(st.sampled_from(CHANGES[zone]))
    days = st.integers(-2, 2).map(lambda ahead: night + ahead * DAY)
    pairs = st.tuples(days, days).map(sorted)
    seasons = tuple(Season(first, last, draw(WEEKS)) for first, last in draw(st.lists(pairs, max_size=1)))
    exceptions = tuple(
        DatedHours(first, last, draw(HOURS)) for first, last in draw(st.lists(pairs, max_size=1))
    )
    return HoursSettings(zone, draw(WEEKS), seasons, exceptions), around(night, zone)


@settings(max_examples=60, deadline=None)
@given(stated_hours())
def test_each_minute_is_open_as_the_wall_clock_says(stated: tuple[HoursSettings, Interval]) -> None:
    said, covered = stated
    expected = Oracle(said).open_minutes(covered)

    hours = assemble(said, (), (), covered)

    minutes = (covered.start + minute * MINUTE for minute in range(len(expected)))
    assert expected == [hours.is_available(at) for at in minutes]


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize(
    "weekly",
    [
        # Over midnight and the change; beginning, ending, and both within the gap or the fold; ending at it.
        "daily 22:00-04:00",
        "daily 02:15-05:00",
        "daily 22:00-02:15",
        "daily 02:05-02:25",
        "daily 01:40-01:50, 02:10-02:20",
        "daily 22:00-02:00",
        "daily 03:00-04:00",
        "daily 00:00-24:00",
    ],
)
def test_on_both_nights_of_change_each_minute_is_open_as_the_wall_clock_says(zone: str, weekly: str) -> None:
    said = HoursSettings(zone, parse_weekly(weekly))
    for night in CHANGES[zone]:
        covered = around(night, zone, days=1)
        expected = Oracle(said).open_minutes(covered)

        hours = assemble(said, (), (), covered)

        minutes = (covered.start + minute * MINUTE for minute in range(len(expected)))
        assert expected == [hours.is_available(at) for at in minutes]


def test_a_season_replaces_the_week_on_its_dates() -> None:
    season = Season(date(2026, 7, 1), date(2026, 8, 31), "wed-thu 10:00-14:00")
    said = HoursSettings(BERLIN, "mon-fri 09:00-12:00", (season,))

    hours = assemble(said, (), (), around(date(2026, 8, 1), BERLIN, days=60))

    # The Tuesday before it, its first and last days, and the day after.
    assert "09:00-12:00" == opened(hours, BERLIN, "2026-06-30")
    assert "10:00-14:00" == opened(hours, BERLIN, "2026-07-01")
    assert "" == opened(hours, BERLIN, "2026-08-31")
    assert "09:00-12:00" == opened(hours, BERLIN, "2026-09-01")


def test_a_window_over_midnight_is_held_to_its_end_though_the_next_day_is_closed() -> None:
    # 4 July 2026 is a Saturday, and the Friday before it is its observed day.
    said = HoursSettings(NEW_YORK, "thu 22:00-02:00; fri 22:00-02:00", holiday_region="US")

    hours = assemble(said, (), (), around(date(2026, 7, 3), NEW_YORK))

    assert "22:00-02:00" == opened(hours, NEW_YORK, "2026-07-02")
    # The holiday's own window is closed, also after its midnight.
    assert "" == opened(hours, NEW_YORK, "2026-07-03")
    assert "" == opened(hours, NEW_YORK, "2026-07-04")


def test_a_window_over_midnight_on_the_last_day_of_a_season_belongs_to_the_season() -> None:
    season = Season(date(2026, 8, 1), date(2026, 8, 31), "mon 22:00-02:00")
    said = HoursSettings(BERLIN, "mon-sun 10:00-11:00", (season,))

    hours = assemble(said, (), (), around(date(2026, 8, 31), BERLIN))

    assert "22:00-02:00" == opened(hours, BERLIN, "2026-08-31")
    assert "10:00-11:00" == opened(hours, BERLIN, "2026-09-01")


def test_a_window_over_midnight_may_go_on_into_one_of_an_exception() -> None:
    exception = DatedHours(date(2026, 9, 1), date(2026, 9, 1), "01:00-04:00, 10:00-11:00")
    said = HoursSettings(BERLIN, "mon 22:00-02:00", (), (exception,))

    hours = assemble(said, (), (), around(date(2026, 8, 31), BERLIN))

    assert "22:00-04:00" == opened(hours, BERLIN, "2026-08-31")


def test_of_two_exceptions_the_shorter_one_has_more_say_wherever_it_stands() -> None:
    one = DatedHours(date(2026, 12, 28), date(2026, 12, 28), "10:00-12:00")
    week = DatedHours(date(2026, 12, 24), date(2026, 12, 31), "closed")
    covered = around(date(2026, 12, 28), BERLIN)

    both = [
        assemble(HoursSettings(BERLIN, "mon-fri 9-17", (), order), (), (), covered)
        for order in ((one, week), (week, one))
    ]

    assert ["10:00-12:00"] * 2 == [opened(hours, BERLIN, "2026-12-28") for hours in both]
    assert [""] * 2 == [opened(hours, BERLIN, "2026-12-29") for hours in both]


#: The Monday of these tests, and its hours from 9 to 17 in UTC.
MONDAY = date(2026, 10, 12)


def monday(start: int, end: int) -> Interval:
    """Hours of that Monday."""
    midnight = datetime(2026, 10, 12, tzinfo=UTC)
    return Interval(midnight + timedelta(hours=start), midnight + timedelta(hours=end))


@pytest.mark.parametrize(
    ("kept", "opened_windows", "source"),
    [
        # Each source has more say than those above it; the source of noon is named.
        ("weekly", "09:00-17:00", "weekly hours"),
        ("season", "10:00-16:00", "season 2026-10-01..2026-10-31"),
        ("calendar", "11:00-15:00", "available times"),
        ("holiday", "", "holiday: Columbus Day"),
        ("exception", "11:00-14:00", "exception 2026-10-12"),
        ("busy", "11:00-12:00, 13:00-14:00", "busy in the calendar"),
        ("away", "", "out of office"),
        ("by hand", "12:00-13:00", "opened by hand"),
    ],
)
def test_each_source_has_more_say_than_those_before_it(kept: str, opened_windows: str, source: str) -> None:
    order = ["weekly", "season", "calendar", "holiday", "exception", "busy", "away", "by hand"]
    has = set(order[: order.index(kept) + 1])
    said = HoursSettings(
        "UTC",
        "mon 09:00-17:00",
        (Season(date(2026, 10, 1), date(2026, 10, 31), "mon 10:00-16:00"),) if "season" in has else (),
        (DatedHours(MONDAY, MONDAY, "11:00-14:00"),) if "exception" in has else (),
        "US" if "holiday" in has else None,
    )
    # A calendar's priority is its own matter: 1 there does not come before a command.
    available = Availability("available times", 1, monday(0, 24), (monday(11, 15),))
    busy = CalendarPeriod(monday(12, 13), AbsenceKind.BUSY)
    away = CalendarPeriod(monday(8, 20), AbsenceKind.OUT_OF_OFFICE)
    periods = (*((busy,) if "busy" in has else ()), *((away,) if "away" in has else ()))
    use = CalendarUse(CalendarContents(periods, (available,)), closes=True, available="calendar" in has)
    changes = [change(ChangeKind.OPEN, monday(12, 13), 1)] if "by hand" in has else []

    hours = assemble(said, changes, [use], around(MONDAY, "UTC"))

    assert opened_windows == opened(hours, "UTC", "2026-10-12")
    assert source in hours.window_at(datetime(2026, 10, 12, 12, 30, tzinfo=UTC)).sources


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # The latest command has most say, in whatever order they are given.
        (
            [change(ChangeKind.CLOSE, monday(9, 17), 1), change(ChangeKind.OPEN, monday(10, 11), 2)],
            "10:00-11:00",
        ),
        (
            [change(ChangeKind.OPEN, monday(10, 11), 2), change(ChangeKind.CLOSE, monday(9, 17), 1)],
            "10:00-11:00",
        ),
        ([change(ChangeKind.OPEN, monday(10, 11), 1), change(ChangeKind.CLOSE, monday(9, 17), 2)], ""),
        # What was undone says nothing, nor does an edit of the week.
        ([change(ChangeKind.CLOSE, monday(9, 17), 1, undone=True)], "09:00-17:00"),
        ([change(ChangeKind.SET, None, 1)], "09:00-17:00"),
        # Closed within open hours, and open outside of them.
        ([change(ChangeKind.CLOSE, monday(12, 13), 1)], "09:00-12:00, 13:00-17:00"),
        ([change(ChangeKind.OPEN, monday(20, 21), 1)], "09:00-17:00, 20:00-21:00"),
    ],
)
def test_one_off_commands_open_and_close(changes: list[AvailabilityChange], expected: str) -> None:
    said = HoursSettings("UTC", "mon 09:00-17:00")

    hours = assemble(said, changes, (), around(MONDAY, "UTC"))

    assert expected == opened(hours, "UTC", "2026-10-12")


def test_a_night_a_holiday_and_a_weekend_are_one_closed_window() -> None:
    said = HoursSettings(NEW_YORK, "mon-fri 09:00-17:00", holiday_region="US")

    # Friday evening before Labor Day, 7 September 2026.
    hours = assemble(said, (), (), around(date(2026, 9, 7), NEW_YORK, days=5))
    window = hours.window_at(datetime(2026, 9, 5, 12, tzinfo=UTC))

    assert (
        Interval(datetime(2026, 9, 4, 21, tzinfo=UTC), datetime(2026, 9, 8, 13, tzinfo=UTC))
        == window.interval
    )
    assert ("weekly hours", "holiday: Labor Day") == window.sources


@pytest.mark.parametrize(
    "said",
    [
        HoursSettings("UTC", "mon 9-9"),
        HoursSettings("UTC", "closed", (Season(MONDAY, MONDAY, "moon 9-12"),)),
        HoursSettings("UTC", "closed", (), (DatedHours(MONDAY, MONDAY, "open"),)),
        HoursSettings("UTC", "closed", holiday_region="XX"),
    ],
)
def test_what_is_not_understood_is_refused_with_what_is_allowed(said: HoursSettings) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        assemble(said, (), (), around(MONDAY, "UTC"))


@pytest.mark.parametrize("zone", ["Pacific/Apia", "Pacific/Kiritimati", "America/Havana"])
def test_hours_of_a_zone_at_the_edge_of_the_day_are_known_from_end_to_end(zone: str) -> None:
    covered = Interval(datetime(2011, 12, 25, tzinfo=UTC), datetime(2012, 4, 5, tzinfo=UTC))

    hours = assemble(HoursSettings(zone, "daily 00:00-24:00"), (), (), covered)

    assert [(covered, True)] == [(window.interval, window.is_open) for window in hours.windows]
