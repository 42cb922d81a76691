"""Rules of the common shapes, reckoned with whole numbers, against dateutil."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar_clock import seconds
from boundary_plugins.codecs.icalendar_rrule import general_rule, walk
from boundary_plugins.codecs.icalendar_rules import day_rule

# ruff: noqa: DTZ001 (rules run on the clock on the wall)

STARTS = st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1)).map(
    lambda start: start.replace(microsecond=0)
)
WEEKDAYS = st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"])
MONTH_DAYS = st.sampled_from(["1", "+2", "13", "28", "29", "30", "31", "-1", "-2", "-31"])
WHICH = st.sampled_from(["1", "+2", "3", "4", "5", "-1", "-2", "-5"])
MONTHS = st.integers(1, 12).map(str)


def lists_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One to three of them, with commas."""
    return st.lists(values, min_size=1, max_size=3).map(",".join)


@st.composite
def rules(draw: st.DrawFn) -> dict[str, str]:
    """The parts of every shape that is known (RFC 5545, section 3.3.10), UNTIL apart."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 15)))}
    is_numbered = frequency in ("MONTHLY", "YEARLY") and draw(st.booleans())
    by_day = lists_of(st.tuples(WHICH, WEEKDAYS).map("".join) if is_numbered else WEEKDAYS)
    of_month = draw(st.sampled_from(["", "BYDAY", "BYMONTHDAY"]))
    if frequency == "YEARLY" and (of_month or draw(st.booleans())):
        parts["BYMONTH"] = draw(lists_of(MONTHS))
    if frequency == "DAILY" and draw(st.booleans()):
        parts["BYMONTH"] = draw(lists_of(MONTHS))
    if frequency in ("DAILY", "WEEKLY"):
        of_month = draw(st.sampled_from(["", "BYDAY"]))
    if of_month:
        parts[of_month] = draw(by_day if of_month == "BYDAY" else lists_of(MONTH_DAYS))
    if draw(st.booleans()):
        parts["WKST"] = draw(WEEKDAYS)
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 60)))
    return parts


@settings(max_examples=600, deadline=None)
@given(
    start=STARTS,
    parts=rules(),
    ahead=st.timedeltas(timedelta(days=-400), timedelta(days=4000)),
    lasts=st.timedeltas(timedelta(0), timedelta(days=800)),
    until=st.none() | st.timedeltas(timedelta(days=-3), timedelta(days=3000)),
)
def test_a_rule_of_a_known_shape_gives_the_times_that_dateutil_gives(
    start: datetime, parts: dict[str, str], ahead: timedelta, lasts: timedelta, until: timedelta | None
) -> None:
    """From whatever time to whatever other, also far from its beginning."""
    begins, first = seconds(start), seconds(start + ahead)
    last = first + lasts // timedelta(seconds=1)
    ends = begins + until // timedelta(seconds=1) if until is not None else None

    found = day_rule(parts, begins, ends)

    assert found is not None
    general = general_rule(parts, begins, ends, "RRULE")
    assert list(walk(general, first, last)) == list(found.walls(first, last))


@pytest.mark.parametrize(
    "rule",
    [
        # Several times a day, or by the place in a set.
        "FREQ=HOURLY",
        "FREQ=DAILY;BYHOUR=9",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1",
        # Days of the year, weeks by number, and weekdays of a whole year.
        "FREQ=YEARLY;BYYEARDAY=1",
        "FREQ=YEARLY;BYWEEKNO=1",
        "FREQ=YEARLY;BYDAY=1MO",
        "FREQ=YEARLY;BYMONTHDAY=1",
        # What narrows what another part names.
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "FREQ=MONTHLY;BYDAY=FR;BYMONTH=3",
        "FREQ=WEEKLY;BYMONTH=3",
        "FREQ=DAILY;BYMONTHDAY=13",
        # Numbers that mean nothing there, or nothing at all.
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=MONTHLY;BYDAY=9MO",
        "FREQ=MONTHLY;BYDAY=MO,1MO",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=1,x",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=",
        "FREQ=WEEKLY;WKST=XX",
        "FREQ=WEEKLY;BYDAY=",
        "FREQ=PRIVATELY",
        "INTERVAL=2",
        # Parts of newer documents.
        "FREQ=MONTHLY;SKIP=FORWARD",
    ],
)
def test_a_rule_of_any_other_shape_is_left_to_a_library(rule: str) -> None:
    """Rather than guessed."""
    parts = dict(part.split("=") for part in rule.split(";"))

    found = day_rule(parts, seconds(datetime(2026, 3, 2, 9)), None)

    assert found is None


def test_a_rule_is_followed_from_where_it_is_asked_about() -> None:
    """A birthday of 1604, as Apple's calendar writes it, and a day since the year 1."""
    day = day_rule({"FREQ": "DAILY"}, seconds(datetime(1, 1, 1, 9)), None)
    year = day_rule({"FREQ": "YEARLY"}, seconds(datetime(1604, 2, 29)), None)
    first, last = seconds(datetime(2026, 1, 1)), seconds(datetime(2028, 12, 31))

    assert day is not None
    assert year is not None
    assert 3 * 365 == len(list(day.walls(first, last)))
    assert [seconds(datetime(2028, 2, 29))] == list(year.walls(first, last))
