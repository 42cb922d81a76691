"""The configuration's hours, as the values that availability is made from."""

from datetime import date
from pathlib import Path

import pytest

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import parse
from boundary_plugins.errors import ConfigError

TEXT = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00"
[[hours.seasons]]
from = "2026-07-01"
until = "2026-08-31"
weekly = "tue-thu 10:00-14:00"
[[hours.exceptions]]
on = "2026-12-24"
hours = "10:00-12:00"
[[hours.exceptions]]
on = "2026-12-25..2026-12-31"
hours = "closed"
[hours.holidays]
region = "US"
subdivision = "NY"
work_on = ["Columbus Day"]
"""


def test_every_key_of_the_hours_is_handed_over() -> None:
    config = parse(TEXT, file="boundary.toml", base=Path("/practice"))

    said = hours_settings(config)

    assert (
        HoursSettings(
            zone="America/New_York",
            weekly="mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00",
            seasons=(Season(date(2026, 7, 1), date(2026, 8, 31), "tue-thu 10:00-14:00"),),
            exceptions=(
                DatedHours(date(2026, 12, 24), date(2026, 12, 24), "10:00-12:00"),
                DatedHours(date(2026, 12, 25), date(2026, 12, 31), "closed"),
            ),
            holiday_region="US",
            holiday_subdivision="NY",
            work_on=("Columbus Day",),
        )
        == said
    )


@pytest.mark.parametrize(
    ("right", "wrong", "sentence"),
    [
        # A part of the country, a holiday's name, and both without a region.
        ('subdivision = "NY"', 'subdivision = "QQ"', '"QQ" is not a part of US'),
        ('["Columbus Day"]', '["Columbus"]', 'did you mean "Columbus Day"?'),
        ('region = "US"', "", "holidays need a region"),
    ],
)
def test_unknown_holidays_are_a_problem_of_the_file(right: str, wrong: str, sentence: str) -> None:
    with pytest.raises(ConfigError, match=r"boundary\.toml:19: hours\.holidays: .*allowed: ") as refusal:
        parse(TEXT.replace(right, wrong), file="boundary.toml", base=Path("/practice"))

    assert sentence in str(refusal.value)
