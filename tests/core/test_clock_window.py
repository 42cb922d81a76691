"""Windows of wall-clock time, as text and as values."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.clock_window import ClockWindow, format_window, parse_time, parse_window

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
WINDOWS = (
    st.tuples(TIMES, TIMES)
    .filter(lambda pair: pair[0] != pair[1] or pair[0] == time(0))
    .map(lambda pair: ClockWindow(*pair))
)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("09:00-12:30", time(9), time(12, 30)),
        # Short, with spaces, and with the dashes that a phone types.
        ("9-12", time(9), time(12)),
        ("9:00 - 12", time(9), time(12)),
        ("09:00\u201312:30", time(9), time(12, 30)),
        ("10 to 12", time(10), time(12)),
        # To the end of the day, a whole day, and over midnight.
        ("18:00-24:00", time(18), time(0)),
        ("00:00-24:00", time(0), time(0)),
        ("22:00-00:00", time(22), time(0)),
        ("22-2", time(22), time(2)),
        ("09:00-05:00", time(9), time(5)),
        # The twelve-hour clock: noon is 12 pm, midnight 12 am.
        ("9 am - 12 pm", time(9), time(12)),
        ("9:30AM-1PM", time(9, 30), time(13)),
        ("12 am - 1 am", time(0), time(1)),
        ("noon-2 pm", time(12), time(14)),
        ("8 pm - midnight", time(20), time(0)),
        ("midnight-02:00", time(0), time(2)),
    ],
)
def test_a_window_is_understood(text: str, start: time, end: time) -> None:
    window = parse_window(text)

    assert ClockWindow(start, end) == window


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        # No length, at any time of day; a whole day is written to 24:00.
        ("09:00-09:00", "ends when it starts"),
        ("00:00-00:00", "ends when it starts"),
        # Which half of the day?
        ("9-5", '"09:00-17:00" for the afternoon'),
        ("9:00-5:00", '"09:00-17:00" for the afternoon'),
        ("1-5 pm", "am or pm only once"),
        ("9 am-12", "am or pm only once"),
        # No times of day.
        ("25:00-26:00", '"25:00" is not a time of day'),
        ("09:00-09:60", '"09:60" is not a time of day'),
        ("09:00-24:30", '"24:30" is not a time of day'),
        ("13 pm - 2 pm", '"13 pm" is not a time of day'),
        ("0 am - 2 am", '"0 am" is not a time of day'),
        ("24:00-02:00", "starts at 24:00"),
        # Not a window.
        ("09:00", "is not understood"),
        ("09:00-", "is not understood"),
        ("9.30-12", "is not understood"),
        ("9:0-12", "is not understood"),
        ("", "is not understood"),
    ],
)
def test_what_is_no_window_is_refused_with_what_is_allowed(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match="allowed: ") as refusal:
        parse_window(text)

    assert sentence in str(refusal.value)


@given(WINDOWS)
def test_the_text_of_a_window_means_the_same_window(window: ClockWindow) -> None:
    text = format_window(window)

    assert window == parse_window(text)


@given(WINDOWS)
def test_a_window_lasts_up_to_a_day(window: ClockWindow) -> None:
    start, end = window.minutes

    assert 0 < end - start <= 24 * 60
    assert (end >= 24 * 60) is window.ends_next_day


def test_a_window_of_no_length_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="another time"):
        ClockWindow(time(9), time(9))


def test_a_time_is_understood() -> None:
    at = parse_time(" 9:30 ")

    assert time(9, 30) == at
