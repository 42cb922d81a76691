"""`boundary contact`: what is listed, what is logged by hand, and what is refused."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

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
[[topics]]
topic = "insurance"
words = ["insurer"]
[store]
state_directory = "state"
[plugins]
enable = []
"""
# A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")

Boundary = Callable[..., tuple[int, str, str]]


@pytest.fixture
def boundary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Boundary:
    """Runs a command on that Tuesday, with two clients on file; its exit code, output and errors."""
    path = tmp_path / "config.toml"
    path.write_text(CONFIG)

    def command(*arguments: str) -> tuple[int, str, str]:
        with time_machine.travel(NOW, tick=False):
            code = execute(["--config", str(path), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    for id in ("AB", "CD"):
        assert 0 == command("client", "add", id, "--address", f"{id}@example.org")[0]
    return command


def listed(boundary: Boundary, *flags: str) -> list[dict[str, Any]]:
    code, out, _ = boundary("contact", "list", "--json", *flags)
    assert 0 == code
    answer: list[dict[str, Any]] = json.loads(out)
    return answer


def test_a_letter_is_logged_with_the_window_that_held_when_it_came(boundary: Boundary) -> None:
    code, out, _ = boundary(
        *("contact", "log", "AB", "--channel", "letter", "--at", "yesterday 18:30"),
        *("--topic", "billing", "--minutes", "20"),
    )

    assert 0 == code
    assert [
        "Understood: letter from AB, Monday 23 November 2026, 18:30 (America/New_York), "
        "outside contact hours, topic billing, 20 minutes reading",
        "Logged as contact 1.",
    ] == out.splitlines()
    assert [
        {
            "number": 1,
            "client": "AB",
            "channel": "letter",
            "topic": "billing",
            "arrived_at": "2026-11-23T23:30:00Z",
            "out_of_boundary": True,
            "window_start": "2026-11-23T22:00:00Z",
            "window_end": "2026-11-24T14:00:00Z",
            "crisis": False,
            "seconds": 1200,
            "by_hand": True,
            "mailbox": None,
            "recorded_at": "2026-11-24T15:00:00Z",
        }
    ] == listed(boundary)


def test_a_contact_by_hand_is_shown_with_its_time_by_meter(boundary: Boundary) -> None:
    boundary("contact", "log", "AB", "--channel", "voice", "--minutes", "1h 5m", "--meter", "preparing")
    boundary("time", "log", "1", "12.5")
    boundary("time", "start", "1", "--meter", "reading")

    lines = boundary("contact", "show", "AB")[1].splitlines()
    values = json.loads(boundary("contact", "show", "1", "--json")[1])

    assert [
        "Contact 1  voice from AB",
        "When       Tue 24 Nov 2026, 10:00 (America/New_York)",
        "Topic      unclassified",
        "Boundary   within contact hours, which were open from Tue 24 Nov 2026, 09:00 "
        "until Tue 24 Nov 2026, 12:30",
        "Crisis     no",
        "Time       65 minutes preparing, 12 minutes 30 seconds live, "
        "a clock runs (reading) since Tue 24 Nov 2026, 10:00",
        "Recorded   Tue 24 Nov 2026, 10:00, logged by hand",
        "",
        "Next: what it comes to: boundary charge why --contact 1",
    ] == lines
    assert ({"preparing": 3900, "live": 750}, "reading", None) == (
        values["seconds_by_meter"],
        values["running"]["meter"],
        values["reason"],
    )


def test_a_call_just_now_is_within_the_open_window(boundary: Boundary) -> None:
    _, out, said = boundary("contact", "log", "AB", "--channel", "voice", "--json")

    contact = json.loads(out)
    assert (False, "2026-11-24T15:00:00Z", None) == (
        contact["out_of_boundary"],
        contact["arrived_at"],
        contact["seconds"],
    )
    assert "2026-11-24T14:00:00Z" == contact["window_start"]
    assert "within contact hours, topic unclassified" in said


def test_a_closing_by_command_makes_a_contact_out_of_boundary(boundary: Boundary) -> None:
    boundary("availability", "close", "for 2 hours")

    boundary("contact", "log", "AB", "--channel", "in-person")

    [contact] = listed(boundary)
    assert ("in person", True) == (contact["channel"], contact["out_of_boundary"])


def test_the_table_reads_at_a_glance(boundary: Boundary) -> None:
    boundary("contact", "log", "AB", "--channel", "sms", "--at", "2026-11-22 08:00", "--crisis")
    boundary("contact", "log", "CD", "--channel", "other", "--minutes", "0")

    lines = boundary("contact", "list")[1].splitlines()

    assert (
        "Number  When (America/New_York)  Client  Channel  Topic         Boundary  Minutes  Crisis"
        == lines[0]
    )
    assert ["2", "Tue", "24", "Nov", "2026,", "10:00", "CD", "other", "unclassified", "in", "0", "—"] == (
        lines[1].split()
    )
    assert ["AB", "sms", "unclassified", "out", "—", "crisis"] == lines[2].split()[6:]


@pytest.mark.parametrize(
    ("flags", "numbers"),
    [
        ([], [3, 2, 1]),
        (["--client", "AB"], [2, 1]),
        (["--channel", "letter"], [1]),
        (["--since", "2026-11-23"], [3, 2]),
        (["--since", "90 minutes"], [3]),
        (["--out-of-boundary"], [2, 1]),
        (["--crisis"], [2]),
        (["--limit", "1"], [3]),
        (["--client", "CD", "--crisis"], []),
    ],
)
def test_every_filter_narrows_the_list(boundary: Boundary, flags: list[str], numbers: list[int]) -> None:
    boundary("contact", "log", "AB", "--channel", "letter", "--at", "2026-11-21 12:00")
    boundary("contact", "log", "AB", "--channel", "sms", "--at", "yesterday 20:00", "--crisis")
    boundary("contact", "log", "CD", "--channel", "voice", "--at", "9:30")

    assert numbers == [contact["number"] for contact in listed(boundary, *flags)]


def test_a_list_that_was_cut_off_says_so(boundary: Boundary) -> None:
    for _ in range(2):
        boundary("contact", "log", "AB", "--channel", "sms")

    assert "There are more; to see them: --limit 2\n" == boundary("contact", "list", "--limit", "1")[2]
    assert "" == boundary("contact", "list", "--limit", "2")[2]


def test_a_topic_of_the_configuration_is_taken(boundary: Boundary) -> None:
    assert 0 == boundary("contact", "log", "AB", "--channel", "sms", "--topic", "insurance")[0]


def test_an_empty_list_says_so(boundary: Boundary) -> None:
    assert (0, "No contact is on record.\n", "") == boundary("contact", "list")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        # Nobody by that id; those on file are named, the nearest first.
        (["log", "XY", "--channel", "sms"], 'no client "XY" is on file; allowed: AB, CD'),
        (["log", "cd", "--channel", "sms"], "allowed: CD, AB"),
        (["list", "--client", "XY"], 'no client "XY" is on file'),
        # A channel that is none, or none at all.
        (["log", "AB", "--channel", "pigeon"], "'other'"),
        (["log", "AB"], "--channel"),
        # Moments that are none, or are still to come.
        (["log", "AB", "--channel", "sms", "--at", "someday"], '"someday" is not understood; allowed: "now"'),
        (["log", "AB", "--channel", "sms", "--at", "2027-01-01 10:00"], "which is still to come"),
        (["list", "--since", "someday"], '"someday" is not understood; allowed: "7 days"'),
        # A free text would tell what was said.
        (
            ["log", "AB", "--channel", "sms", "--topic", "her mother"],
            'there is no topic "her mother"; allowed: scheduling, homework, billing, unclassified, insurance',
        ),
        # A meter for no time, or that is none; a contact that is none.
        (["log", "AB", "--channel", "sms", "--meter", "live"], "say how long with --minutes"),
        (["log", "AB", "--channel", "sms", "--minutes", "5", "--meter", "idle"], "--meter"),
        (["show", "99"], "no contact 99 is on record; see: boundary contact list"),
        # Minutes and limits that are none.
        (["log", "AB", "--channel", "sms", "--minutes", "-1"], "--minutes"),
        (["log", "AB", "--channel", "sms", "--minutes", "1441"], "--minutes"),
        (["list", "--limit", "0"], "--limit"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence_and_nothing_is_logged(
    boundary: Boundary, arguments: list[str], sentence: str
) -> None:
    code, _, said = boundary("contact", *arguments)

    assert 2 == code
    assert sentence in said
    assert "Traceback" not in said
    assert [] == listed(boundary)


def test_a_contact_older_than_what_is_kept_is_logged_with_a_word_about_it(boundary: Boundary) -> None:
    code, _, said = boundary("contact", "log", "AB", "--channel", "letter", "--at", "2024-05-06 10:00")

    assert 0 == code
    assert "Contacts are kept for 400 days, so this one will be forgotten soon.\n" == said
