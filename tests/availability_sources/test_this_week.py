"""What a publisher shows of absences: those of the current week, unless the therapist says more."""

from boundary_plugins.availability_sources.this_week import shown_this_week
from boundary_plugins.core.availability import Window
from boundary_plugins.core.interval import Interval
from builders_publication import BETWEEN, WEEK_ENDS, away


def test_absences_are_shown_until_the_end_of_the_week() -> None:
    """Sunday's midnight in the zone of the practice."""
    shown = shown_this_week(away())

    assert (Interval(BETWEEN.start, WEEK_ENDS),) == shown.absences


def test_after_the_week_the_usual_windows_are_shown() -> None:
    """Where they are known, an absence cannot be guessed from what is closed."""
    shown = shown_this_week(away(usual=(Window(BETWEEN, True, ("weekly hours",)),)))

    assert [(Interval(BETWEEN.start, WEEK_ENDS), False), (Interval(WEEK_ENDS, BETWEEN.end), True)] == [
        (window.interval, window.is_open) for window in shown.windows
    ]
