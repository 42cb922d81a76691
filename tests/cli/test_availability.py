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


def is_open(boundary: Boundary, at: str) -> bool:
    answer: bool = json.loads(boundary("show", "--json", at=datetime.fromisoformat(at))[1])["open"]
    return answer


def test_show_tells_the_state_the_next_change_and_seven_days(boundary: Boundary) -> None:
    code, out, _ = boundary("show")

    assert 0 == code
    lines = out.splitlines()
    assert "Open until Tue 24 Nov 2026, 12:30 (America/New_York)." == lines[0]
    rows = [line.split("  ") for line in lines[3:]]
    assert ["Tue 24 Nov", "09:00–12:30, 13:30–17:00"] == rows[0][:2]
    assert "Fri 27 Nov  closed" in "\n".join(lines)
    assert 7 == len(rows)


def test_show_tells_when_it_opens_again(boundary: Boundary) -> None:
    out = boundary("show", at=datetime.fromisoformat("2026-11-27T15:00:00+00:00"))[1]

    assert "opens Mon 30 Nov 2026, 09:00 (America/New_York)." in out.splitlines()[0]


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
    assert said.startswith("Error: ") or said
    assert CONFIG == config_file.read_text()
    assert [] == json.loads(boundary("list", "--json")[1])


def test_close_and_open_change_the_hours_once_and_are_undone(boundary: Boundary) -> None:
    closed = boundary("close", "tomorrow", "afternoon")
    assert 0 == closed[0]
    assert "Understood: close Wed 25 Nov 2026" in closed[1]
    assert "(America/New_York)" in closed[1]
    assert not is_open(boundary, "2026-11-25T20:00:00+00:00")

    opened = boundary("open", "saturday 10-12")
    assert "Understood: open Sat 28 Nov 2026, 10:00–12:00 (America/New_York)" in opened[1]
    assert is_open(boundary, "2026-11-28T16:00:00+00:00")

    boundary("undo")
    assert not is_open(boundary, "2026-11-28T16:00:00+00:00")
    boundary("undo", "1")
    assert is_open(boundary, "2026-11-25T20:00:00+00:00")


def test_each_change_is_listed_with_who_and_when(boundary: Boundary) -> None:
    boundary("open", "saturday 10-12")

    [change] = json.loads(boundary("list", "--json")[1])

    assert ("open", "saturday 10-12", "America/New_York") == (change["kind"], change["said"], change["zone"])
    assert {"start": "2026-11-28T15:00:00Z", "end": "2026-11-28T17:00:00Z"} == change["interval"]
    assert change["made_by"]
    assert "2026-11-24T15:00:00Z" == change["made_at"]
    assert "saturday 10-12" in boundary("list")[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        # Nothing changes where it is open, or closed, in any case.
        (["open", "today", "11-12"], "Contact hours are open then in any case."),
        (["close", "saturday", "11-12"], "Contact hours are closed then in any case."),
        (["close", "today", "9-11"], "It has begun already"),
    ],
)
def test_what_may_not_be_meant_is_said(boundary: Boundary, arguments: list[str], sentence: str) -> None:
    code, out, _ = boundary(*arguments)

    assert 0 == code
    assert sentence in out


def test_what_is_over_is_refused(boundary: Boundary) -> None:
    code, _, said = boundary("close", "today", "8-9")

    assert 2 == code
    assert "over already; nothing was changed" in said


def test_an_undo_of_nothing_is_refused(boundary: Boundary) -> None:
    code, _, said = boundary("undo")

    assert 2 == code
    assert "there is no such change" in said
