"""Durations in words, to values and back."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.durations import format_duration, parse_duration, parse_minutes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90 seconds", timedelta(seconds=90)),
        ("1 minute", timedelta(minutes=1)),
        ("1 hour 30 minutes", timedelta(minutes=90)),
        # Written tightly, with a comma, in capitals, in short forms.
        ("1h30min", timedelta(minutes=90)),
        ("2 Days, 3 Hours", timedelta(days=2, hours=3)),
        ("2 weeks", timedelta(days=14)),
        ("0 seconds", timedelta(0)),
    ],
)
def test_a_duration_in_words_is_understood(text: str, expected: timedelta) -> None:
    duration = parse_duration(text)

    assert expected == duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        # A number is minutes.
        ("12", 720),
        (" 12.5 ", 750),
        ("0,25", 15),
        # Units say what they are.
        ("1h 5m", 3900),
        ("90 seconds", 90),
        # Rounded to whole seconds.
        ("0.01", 1),
    ],
)
def test_working_time_is_minutes_where_it_says_no_unit(text: str, seconds: int) -> None:
    time = parse_minutes(text)

    assert timedelta(seconds=seconds) == time


@pytest.mark.parametrize("text", ["", "-5", "1.234", "1:05", "12.", "a while"])
def test_what_is_no_working_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_minutes(text)


@pytest.mark.parametrize(
    "text", ["", " ", "60", "minutes", "2 moons", "-1 day", "1.5 hours", "1 day and", "∞ days"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        parse_duration(text)


@given(st.integers(0, 10**8))
def test_the_words_of_a_duration_mean_the_same_duration(seconds: int) -> None:
    duration = timedelta(seconds=seconds)

    words = format_duration(duration)

    assert duration == parse_duration(words)
