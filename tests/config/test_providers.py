"""Every provider table is compared with what the plugins offer, and all problems come at once."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from boundary_plugins.config.load import parse
from boundary_plugins.config.providers import provider_settings
from boundary_plugins.errors import ConfigError

TEXT = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon 09:00-12:00"
[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"
[[calendars]]
name = "work"
kind = "ics"
path = "work.ics"
"""


class PathSettings(BaseModel):
    model_config = ConfigDict(extra="forbid")
    path: Path


OFFERED: dict[str, dict[str, type[BaseModel]]] = {
    "mailboxes": {"maildir": PathSettings},
    "calendars": {"ics": PathSettings},
}


def test_every_table_has_its_checked_settings_by_section_and_name() -> None:
    config = parse(TEXT, file="c.toml", base=Path("/practice"))

    settings = provider_settings(config, OFFERED)

    expected = {
        ("mailboxes", "main"): PathSettings(path=Path("/practice/Maildir")),
        ("calendars", "work"): PathSettings(path=Path("/practice/work.ics")),
    }
    assert expected == settings


def test_the_problems_of_all_tables_come_at_once() -> None:
    text = TEXT.replace('kind = "maildir"', 'kind = "mailder"').replace('path = "work.ics"', "path = 1")
    config = parse(text, file="c.toml", base=Path("/practice"))

    with pytest.raises(ConfigError) as caught:
        provider_settings(config, OFFERED)

    expected = [
        'c.toml:11: mailboxes[1].kind: no enabled plugin offers "mailder" for mailboxes; did you mean'
        ' "maildir"?; allowed: "maildir"',
        "c.toml:16: calendars[1].path: must be a text in quotes",
    ]
    assert expected == [str(problem) for problem in caught.value.problems]
