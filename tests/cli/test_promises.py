"""`boundary promises`: what is owed and how it stands, and what the therapist says of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from boundary_plugins.cli import execute
from boundary_plugins.config.load import load
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.store.records import Sender
from store.building import AB, FACTS, HOUR, NOW, armed, record

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00"
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"
sent = "Sent"
"""
CD = Sender("CD", "cd@example.com", "example.com")
# Saturday 7 March 2026, 3:00 in New York, when the responses to these messages promise an answer.
OPENING = NOW + 12 * HOUR

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """AB was promised an answer by Sunday (contact 1), CD one at the opening on Saturday (contact 2)."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)
    at_opening = replace(FACTS, promised_by=None)
    with open_store_of(load(path)) as store:
        armed(store)
        for key, sender, facts in (("1", AB, FACTS), ("2", CD, at_opening)):
            made = record(store, key, sender=sender, facts=facts)
            assert made.intent_id is not None
            with store.transaction(NOW) as tx:
                assert tx.begin_attempt(made.intent_id, NOW, ignore_hold=True)
                assert tx.finish_sent(made.intent_id, NOW)
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


def owed(boundary: Boundary, at: datetime = NOW) -> list[dict[str, Any]]:
    promises: list[dict[str, Any]] = json.loads(boundary("promises", "--json", at=at)[1])["promises"]
    return promises


def test_the_table_says_what_is_owed_and_by_when(boundary: Boundary) -> None:
    lines = boundary("promises")[1].splitlines()

    assert [
        "State  Contact  Client  Came (America/New_York)  Answer promised",
        "ahead  1        AB      Fri 06 Mar 2026, 15:00   by Sun 08 Mar 2026",
        "ahead  2        CD      Fri 06 Mar 2026, 15:00   at Sat 07 Mar 2026, 03:00",
    ] == lines


@pytest.mark.parametrize(
    ("at", "states", "line"),
    [
        (NOW, ["ahead", "ahead"], None),
        (OPENING, ["due", "due"], None),
        # Sunday 0:00 and Monday 0:00 in New York; clocks went forward on that Sunday.
        (OPENING + 21 * HOUR, ["due", "late"], "1 promised answer is late: boundary promises"),
        (OPENING + 44 * HOUR, ["late", "late"], "2 promised answers are late: boundary promises"),
    ],
)
def test_what_is_late_stands_in_the_status(
    boundary: Boundary, at: datetime, states: list[str], line: str | None
) -> None:
    status = boundary("status", at=at)[1].splitlines()

    assert states == [promise["state"] for promise in owed(boundary, at)]
    assert ([line] if line else []) == [each for each in status if "late" in each]


def test_where_no_sent_folder_is_watched_it_says_so(boundary: Boundary, practice: Path) -> None:
    practice.write_text(CONFIG.replace('sent = "Sent"\n', ""))

    out = boundary("promises")[1]
    status = boundary("status", at=OPENING + 44 * HOUR)[1]

    assert (
        "No Sent folder of mailbox main is watched, so what you wrote from there is not seen. "
        "Say of an answer that was given: boundary promises keep CONTACT" == out.splitlines()[-1]
    )
    assert "2 promised answers may be late: boundary promises" in status


@pytest.mark.parametrize("named", ["1", "AB"])
def test_an_answer_that_no_mailbox_saw_is_said_to_be_given_and_taken_back(
    boundary: Boundary, named: str
) -> None:
    code, out, _ = boundary("promises", "keep", named)
    kept = [promise["contact"] for promise in owed(boundary)]

    undone = boundary("promises", "keep", "1", "--undo")[1]

    assert (0, "Understood: the answer to contact 1 was given.\n") == (code, out)
    assert [2] == kept
    assert "Understood: the answer to contact 1 is no longer taken as given.\n" == undone
    assert [1, 2] == [promise["contact"] for promise in owed(boundary)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        # Nothing that is owed.
        (["keep", "99"], "no answer is owed to 99; see: boundary promises"),
        (["keep", "EF"], "no answer is owed to EF"),
        # Nothing that was said.
        (["keep", "2", "--undo"], "of contact 2 it was not said that the answer was given"),
        (["keep", "99", "--undo"], "there is no contact 99; see: boundary contact list"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence(
    boundary: Boundary, arguments: list[str], sentence: str
) -> None:
    code, _, said = boundary("promises", *arguments)

    assert 2 == code
    assert sentence in said
    assert [1, 2] == [promise["contact"] for promise in owed(boundary)]


def test_where_nothing_is_owed_it_says_so(boundary: Boundary) -> None:
    for named in ("AB", "CD"):
        boundary("promises", "keep", named)

    assert (0, "No answer is owed.\n", "") == boundary("promises")
