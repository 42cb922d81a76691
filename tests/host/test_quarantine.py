"""What keeps failing rests, ever longer, and is tried again by level."""

from datetime import UTC, datetime, timedelta

import pytest

from boundary_plugins.host.quarantine import Quarantine, SetAside

START = datetime(2026, 3, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def after(failures: int) -> Quarantine:
    """A quarantine that has seen some failures in a row."""
    quarantine = Quarantine(failures_allowed=3, rest=5 * MINUTE, longest_rest=60 * MINUTE)
    for _ in range(failures):
        quarantine.failed("odd", "ValueError", START)
    return quarantine


@pytest.mark.parametrize(
    "failures, minutes",
    [
        # Fewer than allowed.
        (0, None),
        (2, None),
        # The first rest, then twice as long each time, up to the longest.
        (3, 5),
        (4, 10),
        (5, 20),
        (6, 40),
        (7, 60),
        (100, 60),
    ],
)
def test_the_rest_grows_with_the_failures(failures: int, minutes: int | None) -> None:
    """One more failure after a rest doubles it."""
    reason = f"failed {failures} times in a row: ValueError"

    held = after(failures).set_aside("odd", START)

    assert (None if minutes is None else SetAside(reason, START, START + minutes * MINUTE)) == held


def test_it_is_tried_again_whenever_one_looks_after_the_rest() -> None:
    """By level: no timer is missed while the machine sleeps."""
    quarantine = after(3)

    looks = [quarantine.set_aside("odd", START + each * MINUTE) is None for each in (0, 4, 5, 600)]

    assert [False, False, True, True] == looks


def test_one_success_forgets_everything() -> None:
    """The count begins anew."""
    quarantine = after(3)
    quarantine.succeeded("odd")

    quarantine.failed("odd", "ValueError", START)

    assert quarantine.set_aside("odd", START) is None


def test_one_plugin_does_not_answer_for_another() -> None:
    """Each key by itself."""
    assert after(10).set_aside("other", START) is None
