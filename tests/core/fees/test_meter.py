"""The therapist's time: how minutes are rounded, and told."""

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.meter import USUAL_METER, Meter, Rounding, RoundingMode, TimeSpent, in_minutes


@pytest.mark.parametrize(
    ("mode", "seconds", "expected"),
    [
        # Nothing stays nothing.
        (RoundingMode.UP, 0, 0),
        (RoundingMode.NEAREST, 0, 0),
        (RoundingMode.DOWN, 0, 0),
        (RoundingMode.EXACT, 0, 0),
        # A started unit is a whole one; a whole one stays.
        (RoundingMode.UP, 1, 900),
        (RoundingMode.UP, 900, 900),
        (RoundingMode.UP, 901, 1800),
        # Exactly half a unit counts for the client.
        (RoundingMode.NEAREST, 449, 0),
        (RoundingMode.NEAREST, 450, 0),
        (RoundingMode.NEAREST, 451, 900),
        (RoundingMode.NEAREST, 1350, 900),
        (RoundingMode.NEAREST, 1351, 1800),
        # Only whole units count.
        (RoundingMode.DOWN, 899, 0),
        (RoundingMode.DOWN, 900, 900),
        (RoundingMode.DOWN, 1799, 900),
        # As it is.
        (RoundingMode.EXACT, 1, 1),
        (RoundingMode.EXACT, 901, 901),
    ],
)
def test_time_is_rounded_to_quarters_of_an_hour(mode: RoundingMode, seconds: int, expected: int) -> None:
    assert expected == Rounding(mode, 15).round(seconds)


def test_half_of_an_odd_unit_is_found_to_the_second() -> None:
    """Half of five minutes is two and a half."""
    rounding = Rounding(RoundingMode.NEAREST, 5)

    assert [0, 300] == [rounding.round(seconds) for seconds in (150, 151)]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 minutes"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "1 minute"),
        (720, "12 minutes"),
        (750, "12 minutes 30 seconds"),
        # Hours are told in minutes, as a tariff counts them.
        (7261, "121 minutes 1 second"),
    ],
)
def test_time_is_told_in_minutes(seconds: int, words: str) -> None:
    assert words == in_minutes(seconds)


def test_every_channel_has_a_usual_meter() -> None:
    assert set(Channel) == set(USUAL_METER)


def test_time_never_takes_other_time_off() -> None:
    with pytest.raises(ValueError, match="never less than none"):
        TimeSpent(Meter.WRITING, -1)
