"""Hours as people type them: understood, or refused, and said back."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.spoken_hours import SpokenHours, in_words, parse_spoken

ZONE = "America/New_York"
#: A Tuesday afternoon in a week of its own month, 30 days before Christmas Eve.
TUESDAY = datetime(2026, 11, 24, 14, 30, 12)  # noqa: DTZ001
SUNDAY = datetime(2026, 11, 29, 9, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "words"),
    [
        # Whole days.
        ("today", "Tuesday 24 November 2026, all day"),
        ("tomorrow", "Wednesday 25 November 2026, all day"),
        ("tomorrow all day", "Wednesday 25 November 2026, all day"),
        ("friday", "Friday 27 November 2026, all day"),
        ("on Mon", "Monday 30 November 2026, all day"),
        ("this friday", "Friday 27 November 2026, all day"),
        ("2026-12-24", "Thursday 24 December 2026, all day"),
        # Days of a month, with and without the year; passed long ago, it is next year's.
        ("dec 24", "Thursday 24 December 2026, all day"),
        ("24 December", "Thursday 24 December 2026, all day"),
        ("December 24th, 2027", "Friday 24 December 2027, all day"),
        ("jan 5", "Tuesday 5 January 2027, all day"),
        ("feb 29", "Tuesday 29 February 2028, all day"),
        # Several days.
        ("2026-12-24..2026-12-31", "Thursday 24 December 2026 to Thursday 31 December 2026, all days"),
        ("dec 24 to jan 2", "Thursday 24 December 2026 to Saturday 2 January 2027, all days"),
        ("monday to friday", "Monday 30 November 2026 to Friday 4 December 2026, all days"),
        ("today to friday", "Tuesday 24 November 2026 to Friday 27 November 2026, all days"),
        ("friday - monday", "Friday 27 November 2026 to Monday 30 November 2026, all days"),
        ("this week", "Tuesday 24 November 2026 to Sunday 29 November 2026, all days"),
        ("next week", "Monday 30 November 2026 to Sunday 6 December 2026, all days"),
        ("this weekend", "Saturday 28 November 2026 to Sunday 29 November 2026, all days"),
        ("next month", "Tuesday 1 December 2026 to Thursday 31 December 2026, all days"),
        # Parts of a day.
        ("tomorrow morning", "Wednesday 25 November 2026, 06:00 to 12:00"),
        ("tomorrow afternoon", "Wednesday 25 November 2026, 12:00 to 18:00"),
        ("this evening", "Tuesday 24 November 2026, 18:00 to 24:00"),
        ("tonight", "Tuesday 24 November 2026, 18:00 to 24:00"),
        ("this afternoon", "Tuesday 24 November 2026, 12:00 to 18:00"),
        # Windows.
        ("saturday 10:00-12:00", "Saturday 28 November 2026, 10:00 to 12:00"),
        ("sat 10-12", "Saturday 28 November 2026, 10:00 to 12:00"),
        ("Sat, 10am to 12pm", "Saturday 28 November 2026, 10:00 to 12:00"),
        ("tomorrow from 10 to 12", "Wednesday 25 November 2026, 10:00 to 12:00"),
        ("dec 24 10-12", "Thursday 24 December 2026, 10:00 to 12:00"),
        ("2026-12-24 10:00\u201312:00", "Thursday 24 December 2026, 10:00 to 12:00"),
        ("fri 22:00-02:00", "Friday 27 November 2026, 22:00 to Saturday 28 November 2026, 02:00"),
        ("16:00-18:00", "Tuesday 24 November 2026, 16:00 to 18:00"),
        # One that has begun is still to come in part.
        ("today 14:00-15:00", "Tuesday 24 November 2026, 14:00 to 15:00"),
        # From and until.
        ("today from 15:00", "Tuesday 24 November 2026, 15:00 to 24:00"),
        ("tomorrow after 15", "Wednesday 25 November 2026, 15:00 to 24:00"),
        ("until 18:00", "Tuesday 24 November 2026, 14:30 to 18:00"),
        ("now until midnight", "Tuesday 24 November 2026, 14:30 to 24:00"),
        ("tomorrow until 12:00", "Wednesday 25 November 2026, 00:00 to 12:00"),
        ("until friday 18:00", "Tuesday 24 November 2026, 14:30 to Friday 27 November 2026, 18:00"),
        ("until friday 24:00", "Tuesday 24 November 2026, 14:30 to Friday 27 November 2026, 24:00"),
        (
            "tomorrow 18:00 to friday 09:00",
            "Wednesday 25 November 2026, 18:00 to Friday 27 November 2026, 09:00",
        ),
        ("tomorrow 10:00 to tomorrow 12:00", "Wednesday 25 November 2026, 10:00 to 12:00"),
        # Durations.
        ("for 2 hours", "Tuesday 24 November 2026, 14:30 to 16:30"),
        ("saturday 10:00 for 90 minutes", "Saturday 28 November 2026, 10:00 to 11:30"),
    ],
)
def test_what_is_typed_is_said_back_as_it_was_understood(text: str, words: str) -> None:
    hours = parse_spoken(text, TUESDAY, ZONE)

    assert f"{words} ({ZONE})" == in_words(hours)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # Two meanings.
        ("tuesday", 'today is Tuesday; allowed: "today", or "2026-12-01"'),
        ("tuesday 16-18", 'today is Tuesday; allowed: "today"'),
        ("next friday", '"friday" for 2026-11-27, or "2026-12-04"'),
        ("next weekend", '"2026-11-28..2026-11-29" or "2026-12-05..2026-12-06"'),
        ("10-12", "could be hours or a date"),
        ("dec 24-26", "could be days or hours"),
        ("until friday", "whether that day is meant too"),
        ("wed to wed", "the same day or a week later"),
        ("sat 9-5", "would last until 05:00"),
        ("sat 1-5 pm", "am or pm only once"),
        ("tomorrow night", "lies in two days"),
        ("monday to friday 10-12", "hours on several days"),
        # Over.
        ("today 10-12", "is over"),
        ("10:00-12:00", "is over"),
        ("this morning", "is over"),
        ("until 12:00", "is over (it is 14:30)"),
        ("2026-11-23", "is over"),
        ("nov 20", '"2027-11-20" if next year is meant'),
        ("this monday", "Monday of this week is over"),
        # Reversed.
        ("2026-12-31..2026-12-24", "ends before it starts"),
        ("dec 24 to dec 20", "ends before it starts"),
        ("tomorrow 12:00 to tomorrow 10:00", "ends before it starts"),
        # No end, no length, no day, no time.
        ("saturday 10:00", "does not say when it ends"),
        ("for 0 minutes", "lasts no time"),
        ("for ages", '"ages" is not a duration'),
        ("today from 24:00", "begins when the day ends"),
        ("2026-02-30", "no day"),
        ("feb 30", "no day"),
        ("monday 25:00-26:00", "not a time of day"),
        ("monday 10:00-10:00", "ends when it starts"),
        ("afternoon", "names no day"),
        ("someday 10-12", '"someday" is not a day'),
        # Beyond the calendar.
        ("for 999999 weeks", "is too far away"),
        ("9999-12-31", "is too far away"),
        # Not of this grammar.
        ("", "says no time"),
        ("now", "is not understood"),
        ("12/24", "is not understood"),
        ("in 2 hours", "is not understood"),
        ("saturday 10.30-12", "is not understood"),
    ],
)
def test_what_could_be_misunderstood_is_refused_with_what_is_allowed(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="allowed: ") as refusal:
        parse_spoken(text, TUESDAY, ZONE)

    assert sentence in str(refusal.value)


def test_on_a_sunday_the_weekend_is_what_is_left_of_it_and_the_next_week_begins_tomorrow() -> None:
    weekend = parse_spoken("this weekend", SUNDAY, ZONE)
    week = parse_spoken("next week", SUNDAY, ZONE)

    assert f"Sunday 29 November 2026, all day ({ZONE})" == in_words(weekend)
    assert f"Monday 30 November 2026 to Sunday 6 December 2026, all days ({ZONE})" == in_words(week)


def test_what_ends_at_this_very_moment_is_over() -> None:
    now = TUESDAY.replace(hour=16, minute=0, second=0)

    with pytest.raises(ValueError, match="is over already"):
        parse_spoken("today 14-16", now, ZONE)


def test_a_duration_is_kept_as_elapsed_time() -> None:
    hours = parse_spoken("for 2 hours", TUESDAY, ZONE)

    assert timedelta(hours=2) == hours.lasts


def test_the_second_pass_of_a_doubled_hour_is_kept() -> None:
    now = datetime(2026, 11, 1, 1, 30, fold=1)  # noqa: DTZ001

    hours = parse_spoken("until 03:00", now, ZONE)

    assert 1 == hours.start.fold


PIECES = """today tomorrow sat monday friday next this week weekend dec jan 24 31 10 12:00 24:00 9 pm am noon
to until from for 2 hours - .. 2026-12-24 2027-01-05 morning tonight feb 29 and , now 9-17 22:00-02:00"""
TYPED = st.text(max_size=30) | st.lists(st.sampled_from(PIECES.split()), max_size=6).map(" ".join)


def understood_or_refused(text: str, now: datetime) -> SpokenHours | str:
    """What was understood, or the sentence of the refusal."""
    try:
        return parse_spoken(text, now, ZONE)
    except ValueError as refusal:
        return str(refusal)


@given(TYPED, st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001
def test_anything_typed_is_understood_as_something_to_come_or_refused(text: str, now: datetime) -> None:
    answer = understood_or_refused(text, now)

    if isinstance(answer, str):
        assert "allowed: " in answer
    else:
        assert now < answer.end
        assert ZONE in in_words(answer)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        # Reversed, and of no length.
        (TUESDAY, TUESDAY - timedelta(hours=1)),
        (TUESDAY, TUESDAY),
    ],
)
def test_hours_end_after_they_start(start: datetime, end: datetime) -> None:
    with pytest.raises(ValueError, match="ends before"):
        SpokenHours(start, end, ZONE)
