"""`boundary availability`: what is understood, what is changed, and that every change can be undone."""

import io
import json
import signal
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import time_machine

from boundary_plugins.cli import execute
from boundary_plugins.cli.weekly_change import change_week
from boundary_plugins.config.load import load
from boundary_plugins.errors import ConfigError, StoreError
from boundary_plugins.store.file_lock import locked_file
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.records import AvailabilityChange, ChangeKind
from boundary_plugins.store.repository import open_store

CONFIG = """
# Talked over in May.
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00" # the ordinary week
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
            code = execute(["--config", str(config_file), "availability", *arguments])
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
    assert said.endswith("nothing was changed\n")
    assert CONFIG == config_file.read_text()
    assert [] == json.loads(boundary("list", "--json")[1])


def test_close_and_open_change_the_hours_once_and_are_undone(boundary: Boundary) -> None:
    closed = boundary("close", "tomorrow", "afternoon")
    assert 0 == closed[0]
    assert "Understood: close Wednesday 25 November 2026, 12:00 to 18:00 (America/New_York)" in closed[1]
    assert not is_open(boundary, "2026-11-25T20:00:00+00:00")

    opened = boundary("open", "saturday 10-12")
    assert "Understood: open Saturday 28 November 2026, 10:00 to 12:00 (America/New_York)" in opened[1]
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
        # An end before the start is the next day's.
        (["close", "today", "18-17"], "It goes over midnight, until 17:00."),
    ],
)
def test_what_may_not_be_meant_is_said(boundary: Boundary, arguments: list[str], sentence: str) -> None:
    code, out, _ = boundary(*arguments)

    assert 0 == code
    assert sentence in out


def test_what_is_over_is_refused(boundary: Boundary) -> None:
    code, _, said = boundary("close", "today", "8-9")

    assert 2 == code
    assert '"today 8-9" is over' in said
    assert said.endswith("nothing was changed\n")


def test_an_undo_of_nothing_is_refused(boundary: Boundary) -> None:
    code, _, said = boundary("undo")

    assert 2 == code
    assert "there is no change to take back; see: boundary availability list --all\n" == said


def test_a_change_that_is_over_or_was_taken_back_stays_as_it_is(boundary: Boundary) -> None:
    boundary("open", "saturday 10-12")
    boundary("open", "sunday 10-12")
    boundary("undo", "2")
    later = NOW + timedelta(days=7)

    again, over, unknown = boundary("undo", "2"), boundary("undo", "1", at=later), boundary("undo", "3")

    assert (2, "", "number 2 was taken back already, Tue 24 Nov 2026, 10:00\n") == again
    assert "number 1 is over (open Saturday 28 November 2026" in over[2]
    assert "there is no change number 3; see: boundary availability list\n" == unknown[2]
    assert "no change to take back" in boundary("undo", at=later)[2]


def test_with_json_the_echo_goes_to_standard_error(boundary: Boundary) -> None:
    _, out, said = boundary("open", "saturday", "10-12", "--json")
    changed = json.loads(out)

    assert "Understood: open Saturday 28 November 2026, 10:00 to 12:00 (America/New_York)\n" == said
    assert (1, "open", "America/New_York", []) == tuple(
        changed[key] for key in ("number", "kind", "zone", "warnings")
    )
    assert {"start": "2026-11-28T15:00:00Z", "end": "2026-11-28T17:00:00Z"} == changed["interval"]
    assert 1 == json.loads(boundary("undo", "--json")[1])["number"]
    assert "fri 09:00-12:00" == json.loads(boundary("set", "fri", "9-12", "--json")[1])["weekly"]


def test_hours_over_midnight_or_none_at_all_are_said(boundary: Boundary) -> None:
    over_midnight = boundary("set", "fri 22:00-02:00")[1]
    none = boundary("set", "mon closed")

    assert "The hours of Friday go over midnight, until 02:00." in over_midnight
    # Whether a week without hours is understood is the grammar's matter; it never passes in silence.
    assert "you would never be reached" in none[1] or 2 == none[0]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("n\n", 2),
        ("y\n", 0),
    ],
)
def test_on_a_terminal_a_surprising_change_is_asked_about(
    boundary: Boundary, monkeypatch: pytest.MonkeyPatch, answer: str, code: int
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))

    ended, out, _ = boundary("open", "today", "11-12")
    changes = json.loads(boundary("list", "--json")[1])

    assert code == ended
    assert "Is that what you mean?" in out
    assert (1 if code == 0 else 0) == len(changes)
    assert 0 == boundary("open", "today", "11-12", "--yes")[0]


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        """A person is there."""
        return True


def test_where_the_store_cannot_commit_the_file_is_put_back(config_file: Path, tmp_path: Path) -> None:
    config = load(config_file)
    change = AvailabilityChange(
        ChangeKind.SET, None, "fri 9-12", "America/New_York", "a person", NOW,
        config.hours.weekly, "fri 09:00-12:00",
    )  # fmt: skip
    with open_store("", state_directory=tmp_path / "s", keys=KeyedHash(b"k" * 32)) as store:

        def refuse(_: object) -> None:
            """The file is written by now, and the disk is full."""
            assert "fri 09:00-12:00" == load(config_file).hours.weekly
            raise sqlite3.OperationalError("database or disk is full")

        sa.event.listen(store._database.engine, "commit", refuse)
        with pytest.raises(StoreError, match=r"config\.toml was put back as it was, nothing is changed"):
            change_week(config, store, change)
        sa.event.remove(store._database.engine, "commit", refuse)

        assert [] == store.availability_changes()
    assert CONFIG == config_file.read_text()


def test_a_file_that_another_program_changed_meanwhile_is_left_alone(
    config_file: Path, tmp_path: Path
) -> None:
    config = load(config_file)
    changed = CONFIG.replace("13:30-17:00", "13:30-18:00")
    config_file.write_text(changed)
    change = AvailabilityChange(
        ChangeKind.SET, None, "fri 9-12", "America/New_York", "a person", NOW,
        config.hours.weekly, "fri 09:00-12:00",
    )  # fmt: skip

    with (
        open_store("", state_directory=tmp_path / "s", keys=KeyedHash(b"k" * 32)) as store,
        pytest.raises(ConfigError, match="changed in the meantime"),
    ):
        change_week(config, store, change)

    assert changed == config_file.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        # No time, a day that is none, an end before its start, two meanings, no end.
        ["open"],
        ["open", ""],
        ["close", "feb 30"],
        ["close", "dec 26 to dec 24"],
        ["open", "10-12"],
        ["close", "saturday 10:00"],
        ["close", "for 99999999 days"],
        # No hours, no number.
        ["set", ""],
        ["set", "someday 9-12"],
        ["undo", "first"],
        ["undo", "0"],
    ],
)
def test_bad_input_is_refused_in_a_sentence(boundary: Boundary, arguments: list[str]) -> None:
    code, _, said = boundary(*arguments)

    assert 2 == code
    assert "Traceback" not in said
    assert "should not have" not in said
    assert [] == json.loads(boundary("list", "--json")[1])


def test_a_running_daemon_is_asked_to_take_the_new_week_on(boundary: Boundary, config_file: Path) -> None:
    config_file.write_text(CONFIG + '[[mailboxes]]\nname = "main"\nkind = "maildir"\npath = "m"\n')
    asked = []
    previous = signal.signal(signal.SIGHUP, lambda *_: asked.append("reload"))
    try:
        without = boundary("set", "fri 9-12")[1]
        with locked_file(config_file.parent / "state" / "main.lock"):
            with_one = boundary("set", "fri 9-13")[1]
    finally:
        signal.signal(signal.SIGHUP, previous)

    assert "daemon" not in without
    assert "The running daemon was asked to take it on." in with_one
    assert ["reload"] == asked


def test_a_calendar_that_is_not_there_is_told_in_whole_sentences(
    boundary: Boundary, config_file: Path, tmp_path: Path
) -> None:
    """And the hours are shown without it."""
    table = '[[calendars]]\nname = "work"\nkind = "ics"\npaths = ["work.ics"]\n'
    config_file.write_text(CONFIG.replace("enable = []", 'enable = ["files"]') + table)

    code, out, err = boundary("show")

    assert (0, "Open until") == (code, out[:10])
    missing = f"calendar work: there is no calendar file at {tmp_path / 'work.ics'}."
    assert f"{missing} The hours are shown without it.\n" == err
