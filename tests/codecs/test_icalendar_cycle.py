"""Rules that are followed at the end of the calendar: the same times, and soon known where there are none."""

# ruff: noqa: DTZ001 (rules run on the clock on the wall)

from datetime import MAXYEAR, datetime, timedelta
from itertools import takewhile

import pytest
from dateutil.rrule import rrule, rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar_cycle import Rule, latest_alike

STARTS = st.datetimes(datetime(1880, 1, 1), datetime(2110, 1, 1)).map(
    lambda start: start.replace(microsecond=0)
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Rules that hang on the calendar in every way (RFC 5545, section 3.3.10)."""
    weekday = draw(st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]))
    shape = draw(
        st.sampled_from(
            [
                "FREQ=YEARLY",
                f"FREQ=YEARLY;BYWEEKNO={draw(st.sampled_from([1, 52, 53, -1]))};BYDAY={weekday}",
                f"FREQ=YEARLY;BYDAY={draw(st.sampled_from([1, 53, -1]))}{weekday}",
                f"FREQ=YEARLY;BYYEARDAY={draw(st.sampled_from([1, 60, 366, -1]))}",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
                f"FREQ=MONTHLY;BYDAY={draw(st.sampled_from([1, 5, -1]))}{weekday}",
                f"FREQ=MONTHLY;BYMONTHDAY={draw(st.sampled_from([13, 31, -1]))};BYDAY={weekday}",
                f"FREQ=WEEKLY;BYDAY=SU,{weekday};WKST={weekday}",
                f"FREQ=DAILY;BYDAY={weekday}",
            ]
        )
    )
    count = draw(st.sampled_from(["", ";COUNT=7"]))
    return f"{shape};INTERVAL={draw(st.integers(1, 5))}{count}"


@settings(max_examples=300, deadline=None)
@given(start=STARTS, text=texts(), years=st.integers(0, 40))
def test_a_rule_gives_the_times_that_it_gives_where_it_stands(start: datetime, text: str, years: int) -> None:
    """Also over century years that are no leap years, and with weeks that go over New Year."""
    last = start + timedelta(days=366 * years)
    rule = _parsed(text, start)

    times = list(Rule(rule, start).times(last))

    assert list(takewhile(lambda at: at <= last, rule)) == times


@pytest.mark.parametrize(
    "until, expected",
    [
        # Included (RFC 5545, section 3.3.10).
        (datetime(2026, 3, 4, 9), 3),
        (datetime(2026, 3, 4, 8, 59), 2),
        # Before the rule begins.
        (datetime(2026, 3, 1), 0),
        (None, 9),
    ],
)
def test_a_rule_ends_with_its_until(until: datetime | None, expected: int) -> None:
    """Whatever is asked."""
    start = datetime(2026, 3, 2, 9)

    times = list(Rule(_parsed("FREQ=DAILY", start), start, until).times(datetime(2026, 3, 10, 9)))

    assert expected == len(times)


@pytest.mark.parametrize(
    "first, last, most_left",
    [
        # Within a century, after 28 years the calendar is the same.
        (2020, 2028, 28 + 9),
        (1990, 2027, 28 + 38),
        # So long a run without a century year that is no leap year does not fit behind 9900.
        (1950, 2027, 400 + 78),
        # Over 1900, which was no leap year.
        (1890, 2027, 400 + 138),
        # Apple's calendar begins birthdays without a year in 1604.
        (1604, 2027, 400 + 424),
    ],
)
def test_few_years_are_left_after_the_latest_ones_alike(first: int, last: int, most_left: int) -> None:
    """So that a rule of no day is soon at the end of the calendar, and no invitation stops the reader."""
    left = MAXYEAR - latest_alike(first, last)

    assert last - first < left <= most_left


@pytest.mark.parametrize("first, last", [(1, 1), (1, 9999), (9998, 9999), (9999, 9999), (2026, 9999)])
def test_years_at_the_ends_of_the_calendar_stay_within_it(first: int, last: int) -> None:
    """Where nothing later is alike, the years stay where they are."""
    alike = latest_alike(first, last)

    assert first <= alike
    assert alike + last - first <= MAXYEAR


def _parsed(text: str, start: datetime) -> rrule:
    """The rule that a text says."""
    rule = rrulestr(text, dtstart=start)
    assert isinstance(rule, rrule)
    return rule
