"""`boundary availability`: what is understood, what is changed, and that every change can be undone."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
import time_machine

from boundary_plugins.cli import run
from boundary_plugins.config.load import load

CONFIG = """
# Talked over in May.
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00" # for now
[store]
state_directory = "state"
[plugins]
enable = []
"""
# A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def config_file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def boundary(config_file: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """Runs a command of `availability` on that Tuesday; its exit code, output and errors."""

    def command(*arguments: str, at: datetime = NOW) -> tuple[int, str, str]:
        with time_machine.travel(at, tick=False):
            code = run(["--config", str(config_file), "availability", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_set_changes_the_week_keeps_the_comments_and_is_undone(boundary: Boundary, config_file: Path) -> None:
    code, out, _ = boundary("set", "fri 9-12")
    after = config_file.read_text()
    undone = boundary("undo")

    assert 0 == code
    assert "Understood: fri 09:00-12:00 (America/New_York), every week" == out.splitlines()[0]
    assert CONFIG.replace("mon-thu 09:00-12:30, 13:30-17:00", "fri 09:00-12:00") == after
    assert 0 == undone[0]
    assert CONFIG == config_file.read_text()


def test_undo_is_refused_where_the_file_was_changed_since(boundary: Boundary, config_file: Path) -> None:
    boundary("set", "fri 9-12")
    config_file.write_text(config_file.read_text().replace("fri 09:00-12:00", "fri 09:00-13:00"))

    code, _, said = boundary("undo")

    assert 2 == code
    assert "were changed since (line 9), so they stay as they are; nothing was undone" in said
    assert "fri 09:00-13:00" == load(config_file).hours.weekly
    assert [None] == [change["undone_at"] for change in json.loads(boundary("list", "--json")[1])]


def test_hours_that_are_not_understood_change_nothing(boundary: Boundary, config_file: Path) -> None:
    code, _, said = boundary("set", "mon 12:00-9:00-8:00")

    assert 2 == code
    assert "nothing was changed" in said
    assert CONFIG == config_file.read_text()
    assert [] == json.loads(boundary("list", "--json")[1])


def test_an_undo_of_nothing_is_refused(boundary: Boundary) -> None:
    code, _, said = boundary("undo")

    assert 2 == code
    assert "there is no such change" in said
