"""What is typed at a terminal: hours to come, and moments that were."""

from datetime import UTC, datetime

import pytest

from boundary_plugins.cli.spoken import moment_text, understood, understood_moment, understood_since
from boundary_plugins.errors import UsageProblem

NEW_YORK = "America/New_York"
# A Tuesday, 10:00 in New York.
NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)


def test_hours_are_understood_in_the_zone_of_the_practice() -> None:
    interval = understood("saturday 10-12", NOW, NEW_YORK)

    assert datetime(2026, 11, 28, 15, tzinfo=UTC) == interval.start
    assert datetime(2026, 11, 28, 17, tzinfo=UTC) == interval.end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("now", "2026-11-24T15:00:00+00:00"),
        ("20 minutes ago", "2026-11-24T14:40:00+00:00"),
        ("2 days ago", "2026-11-22T15:00:00+00:00"),
        # By the clock on the wall: today, yesterday, the last such weekday, a date.
        ("9:15", "2026-11-24T14:15:00+00:00"),
        ("today 9 am", "2026-11-24T14:00:00+00:00"),
        ("yesterday 17:00", "2026-11-23T22:00:00+00:00"),
        ("Yesterday at 5 pm", "2026-11-23T22:00:00+00:00"),
        ("wednesday 17:00", "2026-11-18T22:00:00+00:00"),
        ("2026-11-23 17:00", "2026-11-23T22:00:00+00:00"),
        ("2026-11-23T17:00:30", "2026-11-23T22:00:00+00:00"),
        # In summer time the wall shows another hour.
        ("2026-07-01 17:00", "2026-07-01T21:00:00+00:00"),
        # An instant that tells its own offset.
        ("2026-11-23T17:00:00-05:00", "2026-11-23T22:00:00+00:00"),
        ("2026-11-23T22:00:00Z", "2026-11-23T22:00:00+00:00"),
        ("2026-11-01T01:30-04:00", "2026-11-01T05:30:00+00:00"),
    ],
)
def test_a_moment_that_was_is_understood(text: str, expected: str) -> None:
    assert datetime.fromisoformat(expected) == understood_moment(text, NOW, NEW_YORK)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is not understood; allowed:"),
        ("someday 17:00", "is not understood; allowed:"),
        ("yesterday", "is not understood; allowed:"),
        ("2026-13-40T25:00:00Z", "is not understood; allowed:"),
        ("99999999 weeks ago", "is not understood; allowed:"),
        # A day that no calendar has, a time that no clock shows.
        ("2026-02-30 17:00", 'there is no day "2026-02-30"'),
        ("yesterday 25:00", "25:00"),
        # Still to come.
        ("17:00", "which is still to come"),
        ("2027-01-01 10:00", "which is still to come"),
        # Two days could be meant.
        ("tuesday 17:00", 'today is Tuesday; allowed: "today", or "2026-11-17"'),
        # The night when the clocks go back shows this twice, the one when they go forward never.
        ("2026-11-01 01:30", 'twice; allowed: "2026-11-01T01:30-04:00" or "2026-11-01T01:30-05:00"'),
        ("2026-03-08 02:30", "the clocks never showed 2026-03-08 02:30"),
    ],
)
def test_what_is_no_moment_that_was_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(UsageProblem) as caught:
        understood_moment(text, NOW, NEW_YORK)

    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7 days", "2026-11-17T15:00:00+00:00"),
        ("yesterday", "2026-11-23T05:00:00+00:00"),
        ("monday", "2026-11-23T05:00:00+00:00"),
        ("2026-11-01", "2026-11-01T04:00:00+00:00"),
        ("2026-11-01 17:00", "2026-11-01T22:00:00+00:00"),
    ],
)
def test_since_when_may_be_a_day_or_a_time_ago(text: str, expected: str) -> None:
    assert datetime.fromisoformat(expected) == understood_since(text, NOW, NEW_YORK)


def test_since_nobody_knows_when_is_refused() -> None:
    with pytest.raises(UsageProblem, match='allowed: "7 days"'):
        understood_since("the beginning", NOW, NEW_YORK)


def test_a_moment_is_said_back_with_its_zone() -> None:
    assert "Tuesday 24 November 2026, 10:00 (America/New_York)" == moment_text(NOW, NEW_YORK)
