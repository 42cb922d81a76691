"""`boundary status`: mode, hours, mailboxes and what needs a person, at a glance."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from boundary_plugins.cli import execute
from boundary_plugins.config.load import load
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.store.file_lock import locked_file

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00"
[hours.holidays]
region = "US"
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"
"""
# A Tuesday, 10:00 in New York; the Thursday after it is Thanksgiving.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def boundary(practice: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """Runs a command; its exit code, output and errors."""

    def command(*arguments: str, at: datetime = NOW) -> tuple[int, str, str]:
        with time_machine.travel(at, tick=False):
            code = execute(["--config", str(practice), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def test_before_the_first_run_it_makes_nothing_and_says_how_to_begin(
    boundary: Boundary, practice: Path
) -> None:
    code, out, _ = boundary("status")

    assert 0 == code
    assert [
        "Watching only: nothing is sent. To begin: boundary arm",
        "Contact hours are open until Tue 24 Nov 2026, 12:30 (America/New_York).",
        "Mailbox main is not watched. To watch it: boundary run",
    ] == out.splitlines()[:3]
    assert "No client is on file, so nobody is answered yet. Add one with: boundary client add" in out
    assert out.endswith("Nothing else needs you.\n")
    assert [practice] == list(practice.parent.iterdir())


@pytest.mark.parametrize(
    ("days", "because"),
    [
        # The holiday itself, and the ordinary weekend after it, although both are one closed window.
        (2, "closed until Mon 30 Nov 2026, 09:00 (America/New_York): holiday: Thanksgiving Day."),
        (4, "closed until Mon 30 Nov 2026, 09:00 (America/New_York): weekly hours."),
    ],
)
def test_it_says_why_contact_hours_are_closed_now(boundary: Boundary, days: int, because: str) -> None:
    assert because in boundary("status", at=NOW + timedelta(days=days))[1]


def test_each_day_of_the_week_ahead_has_its_own_reason(boundary: Boundary) -> None:
    lines = boundary("availability", "show")[1].splitlines()

    reasons = {line[:10]: line.split("closed")[1].strip() for line in lines if "closed" in line}
    assert "holiday: Thanksgiving Day" == reasons["Thu 26 Nov"]
    assert "weekly hours" == reasons["Fri 27 Nov"]


def test_a_mailbox_is_watched_while_its_daemon_holds_the_lock(boundary: Boundary, practice: Path) -> None:
    boundary("arm")
    with open_store_of(load(practice)) as store, store.transaction(NOW) as tx:
        tx.acquire_lease("main", "a daemon", NOW, 300)

    with locked_file(practice.parent / "state" / "main.lock"):
        words = boundary("status")[1]
        running = json.loads(boundary("status", "--json")[1])["mailboxes"]["main"]
    # It was killed: the lease still stands and the lock is free.
    killed = json.loads(boundary("status", "--json")[1])["mailboxes"]["main"]

    assert words.endswith("\nNothing needs you.\n")
    assert {"served": True, "heard_at": "2026-11-24T15:00:00Z"} == running
    assert {"served": False, "heard_at": "2026-11-24T15:00:00Z"} == killed


def test_what_happened_stands_until_it_was_seen(boundary: Boundary, practice: Path) -> None:
    with open_store_of(load(practice)) as store, store.transaction(NOW) as tx:
        tx.raise_notice("look: crisis 1", "A message sounds like a crisis (contact 1).", NOW)
        tx.raise_notice("mailbox main: away", "mailbox main: it is away.", NOW)

    before = boundary("status")[1]
    seen = boundary("status", "--seen")[1]
    after = boundary("status")[1]

    assert "A message sounds like a crisis (contact 1)." in before
    assert "One notice is marked as seen.\n" == seen
    assert "crisis" not in after
    assert "mailbox main: it is away." in after


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        # A kind that no plugin offers.
        (
            'kind = "maildir"',
            'kind = "imap"',
            15,
            "no enabled plugin offers the mailbox 'imap'; allowed: maildir",
        ),
        # A misspelt key of the plugin's own.
        ('path = "Maildir"', 'path = "Maildir"\nsnt = "x"', 17, 'did you mean "sent"?'),
    ],
)
def test_what_a_plugin_does_not_understand_needs_the_therapist(
    boundary: Boundary, practice: Path, old: str, new: str, line: int, says: str
) -> None:
    """The status never looks well while a table of the configuration cannot be used."""
    practice.write_text(CONFIG.replace(old, new))

    code, out, _ = boundary("status")
    _, as_json, _ = boundary("status", "--json")

    (problem,) = json.loads(as_json)["problems"]
    assert 0 == code
    assert "Needs you:" in out
    assert says in problem
    assert f"config.toml:{line}: " in problem


def test_a_plugin_that_is_not_there_is_a_mistake_of_the_configuration(
    boundary: Boundary, practice: Path
) -> None:
    """Exit code 78, with the line."""
    practice.write_text(CONFIG + '[plugins]\nenable = ["files", "gmail"]\n')

    code, _, err = boundary("status")

    assert 78 == code
    assert "config.toml:18: plugins.enable: " in err
