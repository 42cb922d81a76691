"""`boundary time`: time is logged once it was said back, one clock runs, and no odd time is logged silently."""

import json
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
import time_machine

from boundary_plugins.cli import execute

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
[plugins]
enable = []
"""
# A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def boundary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """Runs a command; its exit code, output and errors. Contacts: 1 a call and 2 a letter of AB, 3 of CD."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)

    def command(*arguments: str, at: datetime = NOW) -> tuple[int, str, str]:
        with time_machine.travel(at, tick=False):
            code = execute(["--config", str(path), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    for id in ("AB", "CD", "3", "EF"):
        assert 0 == command("client", "add", id, "--address", f"{id}@example.org")[0]
    for id, channel in (("AB", "voice"), ("AB", "letter"), ("CD", "email")):
        assert 0 == command("contact", "log", id, "--channel", channel)[0]
    return command


def listed(boundary: Boundary, *arguments: str) -> list[dict[str, Any]]:
    code, out, _ = boundary("time", "list", "--json", *arguments)
    assert 0 == code
    entries: list[dict[str, Any]] = json.loads(out)
    return entries


@pytest.mark.parametrize(
    ("minutes", "seconds", "words"),
    [
        # Plain minutes, with a point or a comma.
        ("12", 720, "12 minutes"),
        ("12.5", 750, "12 minutes 30 seconds"),
        ("0,25", 15, "15 seconds"),
        # With units.
        ("1h 5m", 3900, "65 minutes"),
        ("90 seconds", 90, "1 minute 30 seconds"),
        # As much as can be.
        ("1440", 86400, "1440 minutes"),
    ],
)
def test_time_is_said_back_and_logged(boundary: Boundary, minutes: str, seconds: int, words: str) -> None:
    code, out, _ = boundary("time", "log", "1", minutes)

    assert 0 == code
    assert [
        f"Understood: {words} live on contact 1 (voice from AB, Tue 24 Nov 2026, 10:00)",
        f"Logged. Contact 1 has {words} in all. To take it back: boundary time undo",
    ] == out.splitlines()
    assert [("live", seconds)] == [(entry["meter"], entry["seconds"]) for entry in listed(boundary)]


@pytest.mark.parametrize(
    ("contact", "meter", "number", "used"),
    [
        # A client means their latest contact; the meter is the channel's usual one, or what was said.
        ("AB", [], 2, "reading"),
        ("CD", [], 3, "writing"),
        ("CD", ["--meter", "liaison"], 3, "liaison"),
        # A number is a contact's, also where a client is called so.
        ("3", [], 3, "writing"),
    ],
)
def test_a_contact_is_named_by_number_or_client(
    boundary: Boundary, contact: str, meter: list[str], number: int, used: str
) -> None:
    _, out, said = boundary("time", "log", contact, "5", *meter, "--json")

    entry = json.loads(out)
    assert (number, used, 300) == (entry["contact"], entry["meter"], entry["seconds"])
    assert f"Understood: 5 minutes {used} on contact {number} (" in said


def test_the_clock_measures_from_start_to_stop(boundary: Boundary) -> None:
    _, started, _ = boundary("time", "start", "AB")
    _, running, _ = boundary("time", at=NOW + 7 * MINUTE)
    _, status, _ = boundary("status", at=NOW + 7 * MINUTE)

    code, stopped, _ = boundary("time", "stop", at=NOW + 12 * MINUTE)

    assert [
        "Understood: reading on contact 2 (letter from AB, Tue 24 Nov 2026, 10:00)",
        "The clock runs since Tue 24 Nov 2026, 10:00. To stop it: boundary time stop",
    ] == started.splitlines()
    runs = "A clock runs on contact 2 (AB), reading, for 7 minutes."
    assert f"{runs} To stop it: boundary time stop\n" == running
    assert runs in status.splitlines()
    assert 0 == code
    assert [
        "A clock runs on contact 2 (AB), reading, for 12 minutes.",
        "Understood: 12 minutes reading on contact 2 (AB)",
        "Logged. Contact 2 has 12 minutes in all. To take it back: boundary time undo",
    ] == stopped.splitlines()
    assert (0, "No clock runs.\n", "") == boundary("time")


def test_for_a_program_the_running_clock_is_a_value(boundary: Boundary) -> None:
    nothing = json.loads(boundary("time", "--json")[1])
    boundary("time", "start", "CD", "--meter", "preparing")

    running = json.loads(boundary("time", "--json")[1])
    status = json.loads(boundary("status", "--json")[1])

    expected = {"contact": 3, "client": "CD", "meter": "preparing", "started_at": "2026-11-24T15:00:00Z"}
    assert (None, expected, expected) == (nothing, running, status["clock"])


def test_a_second_clock_is_refused_by_the_name_of_the_first(boundary: Boundary) -> None:
    boundary("time", "start", "AB")

    code, _, said = boundary("time", "start", "CD", at=NOW + MINUTE)

    assert 2 == code
    assert (
        "a clock runs on contact 2 (AB), reading, for 1 minute; first stop it: boundary time stop\n" == said
    )
    assert [2] == [entry["contact"] for entry in listed(boundary)]


@pytest.mark.parametrize(
    ("started", "stopped", "why"),
    [
        # A minute more than 4 hours.
        (NOW, NOW + 4 * HOUR + MINUTE, "it ran more than 4 hours"),
        # From 23:59 to 0:01 in New York.
        (NOW + 13 * HOUR + 59 * MINUTE, NOW + 14 * HOUR + MINUTE, "it ran over midnight"),
        # The clock of the machine was put back.
        (NOW, NOW - MINUTE, "the clock of this machine went back meanwhile"),
        # Days.
        (NOW, NOW + 50 * HOUR, "it ran more than 4 hours"),
    ],
)
def test_an_odd_time_is_logged_only_as_it_is_said(
    boundary: Boundary, started: datetime, stopped: datetime, why: str
) -> None:
    boundary("time", "start", "AB", at=started)

    code, _, said = boundary("time", "stop", at=stopped)
    before = listed(boundary)
    with_minutes = boundary("time", "stop", "--minutes", "20", at=stopped)

    assert 2 == code
    assert said.startswith(f"{why}; say how long it was: boundary time stop --minutes MINUTES")
    assert [None] == [entry["seconds"] for entry in before]
    assert 0 == with_minutes[0]
    assert [1200] == [entry["seconds"] for entry in listed(boundary)]


def test_four_hours_within_a_day_are_logged(boundary: Boundary) -> None:
    boundary("time", "start", "AB")

    code, _, _ = boundary("time", "stop", at=NOW + 4 * HOUR)

    assert (0, [4 * 3600]) == (code, [entry["seconds"] for entry in listed(boundary)])


@pytest.mark.parametrize(
    ("hours", "answer", "questions", "seconds"),
    [
        (5, True, ["It ran more than 4 hours. Is 5 hours what you mean?"], 5 * 3600),
        (5, False, ["It ran more than 4 hours. Is 5 hours what you mean?"], None),
        # Nobody works for so long: only what is said is logged.
        (25, True, [], None),
    ],
)
def test_on_a_terminal_an_odd_time_is_asked_about(
    boundary: Boundary,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
    answer: bool,
    questions: list[str],
    seconds: int | None,
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_: Any) -> bool:
        asked.append(question)
        return answer

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr(click, "confirm", confirm)
    boundary("time", "start", "AB")

    code, _, _ = boundary("time", "stop", at=NOW + hours * HOUR)

    assert questions == asked
    assert (0 if seconds else 2, [seconds]) == (code, [entry["seconds"] for entry in listed(boundary)])


def test_a_clock_that_was_stopped_at_once_logs_nothing(boundary: Boundary) -> None:
    boundary("time", "start", "AB")

    _, out, _ = boundary("time", "stop", at=NOW + timedelta(microseconds=999_999))

    assert "That is less than a second, so nothing was logged." == out.splitlines()[-1]
    assert [] == listed(boundary)


def test_the_list_reads_at_a_glance(boundary: Boundary) -> None:
    boundary("time", "log", "CD", "12.5")
    boundary("time", "start", "AB", at=NOW + HOUR)

    lines = boundary("time", "list")[1].splitlines()

    assert [
        "Logged (America/New_York)  Contact  Client  Meter    Minutes",
        "Tue 24 Nov 2026, 11:00     2        AB      reading  running",
        "Tue 24 Nov 2026, 10:00     3        CD      writing  12.5",
    ] == lines


def test_the_list_is_narrowed_to_a_contact_and_says_which(boundary: Boundary) -> None:
    for minutes in ("1", "2"):
        boundary("time", "log", "AB", minutes)
    boundary("time", "log", "CD", "3")

    _, out, said = boundary("time", "list", "AB", "--json")

    assert [120, 60] == [entry["seconds"] for entry in json.loads(out)]
    assert "Understood: contact 2 (letter from AB, Tue 24 Nov 2026, 10:00)\n" == said


def test_a_list_that_was_cut_off_says_so(boundary: Boundary) -> None:
    for minutes in ("1", "2"):
        boundary("time", "log", "AB", minutes)

    assert "There are more; to see them: --limit 2\n" == boundary("time", "list", "--limit", "1")[2]
    assert "" == boundary("time", "list", "--limit", "2")[2]


def test_undo_takes_the_last_thing_away_and_says_how_to_log_it_again(boundary: Boundary) -> None:
    boundary("time", "log", "AB", "5")
    boundary("time", "log", "CD", "12.5", at=NOW + MINUTE)

    _, out, _ = boundary("time", "undo", at=NOW + HOUR)

    assert [
        "Understood: take back 12 minutes 30 seconds writing on contact 3 (CD), logged Tue 24 Nov 2026, 10:01",
        'Taken back. To log it again: boundary time log 3 "12 minutes 30 seconds" --meter writing',
    ] == out.splitlines()
    assert [300] == [entry["seconds"] for entry in listed(boundary)]
    assert 0 == boundary("time", "log", "3", "12 minutes 30 seconds", "--meter", "writing")[0]
    assert {300, 750} == {entry["seconds"] for entry in listed(boundary)}


def test_undo_takes_the_running_clock_away(boundary: Boundary) -> None:
    boundary("time", "log", "AB", "5")
    boundary("time", "start", "AB", at=NOW + MINUTE)

    _, out, _ = boundary("time", "undo", at=NOW + 3 * MINUTE)

    assert [
        "Understood: take back the clock that runs on contact 2 (AB), reading, for 2 minutes",
        "Taken back.",
    ] == out.splitlines()
    assert [300] == [entry["seconds"] for entry in listed(boundary)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        # Contacts that are none.
        (["log", "99", "5"], "no contact 99 is on record; see: boundary contact list"),
        (["log", "9" * 30, "5"], "is on record; see: boundary contact list"),
        (["log", "XY", "5"], 'no client "XY" is on file; allowed: 3, AB, CD, EF'),
        (["log", "EF", "5"], "no contact of EF is on record; log one with: boundary contact log EF"),
        # Times that are none, too short or too long.
        (["log", "1", "a while"], "'a while' is no working time; allowed: minutes such as \"12\""),
        (["log", "1", "0"], "more than nothing and at most 24 hours"),
        (["log", "1", "0.001"], "more than nothing"),
        (["log", "1", "1441"], "at most 24 hours"),
        (["log", "1", "5", "--meter", "thinking"], "'liaison'"),
        # Nothing that could be stopped or taken back.
        (["stop"], "no clock runs; start one with: boundary time start CONTACT"),
        (["undo"], "no time is on record, so there is nothing to take back"),
        (["list", "99"], "no contact 99 is on record"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence_and_nothing_is_logged(
    boundary: Boundary, arguments: list[str], sentence: str
) -> None:
    code, _, said = boundary("time", *arguments)

    assert 2 == code
    assert sentence in said
    assert "Traceback" not in said
    assert [] == listed(boundary)
