"""Weekly hours and the hours of a day, from text and back."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.clock_window import ClockWindow
from boundary_plugins.core.hours_grammar import (
    DayHours,
    WeeklyHours,
    format_day_hours,
    format_weekly,
    parse_day_hours,
    parse_weekly,
    weekday,
)

MORNING = ClockWindow(time(9), time(12))


def windows(minutes: list[int]) -> DayHours:
    """Windows between each two of the minutes, which are sorted and distinct."""
    return tuple(
        ClockWindow(time(*divmod(start, 60)), time(*divmod(end, 60)))
        for start, end in zip(minutes[::2], minutes[1::2], strict=False)
    )


DAYS = st.lists(st.integers(0, 1439), max_size=6, unique=True).map(sorted).map(windows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # The example of the configuration, which is its own shortest form.
        (
            "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00",
            "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00",
        ),
        # Windows in any order, over midnight, to the end of the day, the whole day.
        ("mon 13:00-17:00, 09:00-12:00", "mon 09:00-12:00, 13:00-17:00"),
        ("fri 22:00-02:00", "fri 22:00-02:00"),
        ("fri 22:00-02:00; sat 02:00-04:00", "fri 22:00-02:00; sat 02:00-04:00"),
        ("sun 18:00-24:00", "sun 18:00-24:00"),
        ("daily 00:00-24:00", "mon-sun 00:00-24:00"),
        # Windows that touch stay as they were written.
        ("mon 09:00-12:00, 12:00-13:00", "mon 09:00-12:00, 12:00-13:00"),
        # Names in full, in capitals, in lists, and ranges over the week's end.
        ("Monday 9-12", "mon 09:00-12:00"),
        ("MON, Wed and fri: 9-12", "mon, wed, fri 09:00-12:00"),
        ("fri-mon 9-12", "mon, fri-sun 09:00-12:00"),
        # Closed, as a whole and for a day.
        ("closed", "closed"),
        ("mon-fri 9-12; sat-sun closed;", "mon-fri 09:00-12:00"),
    ],
)
def test_weekly_hours_are_understood_and_written_in_the_shortest_form(text: str, expected: str) -> None:
    week = parse_weekly(text)

    assert expected == format_weekly(week)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        # Overlaps: in a day, over midnight into the next day, and over the week's end.
        ("mon 09:00-12:00, 11:00-13:00", '"09:00-12:00" and "11:00-13:00" overlap'),
        ("mon 22:00-02:00, 23:00-24:00", '"22:00-02:00" and "23:00-24:00" overlap'),
        ("fri 22:00-02:00; sat 01:00-03:00", '"fri 22:00-02:00" and "sat 01:00-03:00" overlap'),
        ("sun 22:00-02:00; mon 01:00-03:00", '"sun 22:00-02:00" and "mon 01:00-03:00" overlap'),
        ("daily 22:00-23:00, 23:30-22:30", '"mon 23:30-22:30" and "tue 22:00-23:00" overlap'),
        # Days: unknown, doubled, missing.
        ("moon 09:00-12:00", '"moon" is not a day'),
        ("mon-moon 09:00-12:00", '"moon" is not a day'),
        ("mon-fri 9-12; fri 13-15", "Friday stands here a second time"),
        ("mon-fri, wed 9-12", "names Wednesday twice"),
        ("09:00-12:00", "names no day"),
        # Hours: missing, of no length, half understood.
        ("mon", '"mon" has no hours'),
        ("mon 09:00-09:00", '"09:00-09:00" ends when it starts'),
        ("mon 09:00-12:00,", "has a comma with no window"),
        ("mon 9-5", '"9-5" would last until 05:00'),
        ("mon 09:00-12:00 and more", "is not understood"),
        ("mon 09:00-12:00;; tue 09:00-12:00", '"" has no hours'),
    ],
)
def test_what_could_be_misread_is_refused_with_the_piece_and_what_is_allowed(
    text: str, sentence: str
) -> None:
    with pytest.raises(ValueError, match="allowed: ") as refusal:
        parse_weekly(text)

    assert sentence in str(refusal.value)


@given(st.tuples(*[DAYS] * 7))
def test_the_text_of_weekly_hours_means_the_same_hours(days: tuple[DayHours, ...]) -> None:
    week = WeeklyHours(days)

    text = format_weekly(week)

    assert week == parse_weekly(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10:00-12:00, 14:00-15:00", "10:00-12:00, 14:00-15:00"),
        ("closed", "closed"),
        ("Closed", "closed"),
        ("22:00-02:00", "22:00-02:00"),
    ],
)
def test_the_hours_of_a_day_are_understood(text: str, expected: str) -> None:
    hours = parse_day_hours(text)

    assert expected == format_day_hours(hours)


@pytest.mark.parametrize("text", ["", "open", "mon 10:00-12:00", "10:00-12:00; 14:00-15:00", "10:00-12:00,"])
def test_what_are_no_hours_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="allowed: "):
        parse_day_hours(text)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(ValueError, match="seven days"):
        WeeklyHours(((MORNING,),))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mon", 0),
        ("tues", 1),
        ("weds", None),
        ("th.", 3),
        ("thursday", 3),
        ("sun", 6),
        ("s", None),
        ("", None),
    ],
)
def test_a_day_is_known_by_its_name(name: str, expected: int | None) -> None:
    day = weekday(name)

    assert expected == day
