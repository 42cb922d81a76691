"""The time that a mark on a message means."""

import pytest

from boundary_plugins.core.time_mark import marked_minutes


@pytest.mark.parametrize(
    "names, minutes",
    [
        (["Boundary/12 min"], 12),
        (["boundary/5min", "Red category"], 5),
        (["Boundary/7 Minuten", "Boundary/3"], 10),
        # All marks together.
        (["Boundary/12 min", "Boundary/5 min"], 17),
        ([], 0),
        # A name of somebody's own.
        (["Boundary/Answered", "12 min", "Boundary/a few min", "My Boundary/5 min"], 0),
        # A slip of the finger is no mark, alone or together.
        (["Boundary/1441 min"], 0),
        (["Boundary/1000 min", "Boundary/1000 min"], 0),
    ],
)
def test_marks_of_the_form_boundary_slash_minutes_count(names: list[str], minutes: int) -> None:
    """In any case of letters, with or without the space."""
    assert minutes == marked_minutes(names)
