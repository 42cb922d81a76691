"""`boundary explain` over every kind of archive: what it says, and that it changes nothing."""

import json
import mailbox
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.cli import execute
from servers.web import WebServer

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
language = "en"
region = "US"

[therapist]
name = "R. Example"
addresses = ["therapist@example.com"]

[hours]
weekly = "mon-fri 09:00-17:00"

[plugins]
enable = ["files"]

[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"

[mailboxes.smtp]
host = "127.0.0.1"
port = 2525
security = "none"

[store]
state_directory = "state"
"""

KEYS = ["path", "index", "message_id", "respond", "reason", "reasons", "contact", "response"]
#: Saturday 21 November 2026, noon in New York: closed.
SATURDAY = "Sat, 21 Nov 2026 12:00:00 -0500"
TUESDAY = "Tue, 24 Nov 2026 12:00:00 -0500"

Explain = Callable[..., list[dict[str, Any]]]


def mail(date: str = SATURDAY, sender: str = "ab@example.org", number: int = 1, **fields: str) -> bytes:
    """An invented message; further fields by name with underscores."""
    lines = [
        f"Return-Path: <{sender}>",
        f"From: A. B. <{sender}>",
        "Subject: A question",
        f"Date: {date}",
        f"Message-ID: <{number}@example.org>",
        *(
            f"{name.replace('_', '-')}: {value}"
            for name, value in {"To": "therapist@example.com", **fields}.items()
        ),
    ]
    return "\n".join(lines).encode() + b"\n\nHello.\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration in a folder of its own."""
    path = tmp_path / "boundary.toml"
    path.write_text(CONFIG)
    return path


@pytest.fixture
def explain(config: Path, capsys: pytest.CaptureFixture[str]) -> Explain:
    """The command with --json; its results."""

    def results(*arguments: object) -> list[dict[str, Any]]:
        code = execute(["--config", str(config), "explain", "--json", *map(str, arguments)])
        said = capsys.readouterr()
        assert (0, "") == (code, said.err)
        return [json.loads(line) for line in said.out.splitlines()]

    return results


def an_eml(folder: Path) -> Path:
    path = folder / "one.eml"
    path.write_bytes(mail())
    return path


def an_mbox(folder: Path) -> Path:
    path = folder / "old mail"
    path.write_bytes(b"From ab@example.org Sat Nov 21 17:00:00 2026\n" + mail() + b"\n")
    return path


def a_maildir(folder: Path) -> Path:
    box = mailbox.Maildir(folder / "box")
    box.add(mail())
    box.close()
    return folder / "box"


def a_folder(folder: Path) -> Path:
    (folder / "mail").mkdir()
    an_eml(folder / "mail")
    (folder / "mail" / "notes.txt").write_text("no mail")
    return folder / "mail"


def a_nested_folder(folder: Path) -> Path:
    (folder / "mail" / "2026" / "11").mkdir(parents=True)
    an_eml(folder / "mail" / "2026" / "11")
    # A loop of folders ends nowhere.
    (folder / "mail" / "2026" / "again").symlink_to(folder / "mail")
    return folder / "mail"


@pytest.mark.parametrize("archive", [an_eml, an_mbox, a_maildir, a_folder, a_nested_folder])
def test_every_kind_of_archive_is_read(
    archive: Callable[[Path], Path], tmp_path: Path, explain: Explain
) -> None:
    path = archive(tmp_path)

    results = explain("--as-client", path)

    assert [("<1@example.org>", 0, True, "out-of-boundary")] == [
        (each["message_id"], each["index"], each["respond"], each["reason"]) for each in results
    ]


def test_a_result_has_every_key_of_the_contract(tmp_path: Path, explain: Explain) -> None:
    path = an_eml(tmp_path)

    (result,) = explain("--as-client", path)

    assert KEYS == list(result)
    assert str(path) == result["path"]
    assert {"rule", "hit", "because", "clause"} == {key for reason in result["reasons"] for key in reason}
    assert {True, False, None} >= {reason["hit"] for reason in result["reasons"]}
    assert "unparsable" == result["reasons"][0]["rule"]
    assert result["contact"]["out_of_boundary"] is True
    assert ["to", "from", "subject", "headers", "text"] == list(result["response"])
    assert ("ab@example.org", "therapist@example.com") == (
        result["response"]["to"],
        result["response"]["from"],
    )
    assert "auto-replied" == result["response"]["headers"]["Auto-Submitted"]
    assert "988" in result["response"]["text"]


def test_a_stranger_is_not_answered(tmp_path: Path, explain: Explain) -> None:
    (result,) = explain(an_eml(tmp_path))

    assert (False, "stranger", None, None) == (
        result["respond"],
        result["reason"],
        result["contact"],
        result["response"],
    )


@pytest.mark.parametrize(
    "at, reason",
    [
        # Tuesday at noon: open.
        ("2026-11-24T12:00-05:00", "in-contact-hours"),
        # An hour before opening.
        ("2026-11-24T13:00+00:00", "opens-soon"),
        ("2026-11-24T20:00-05:00", "out-of-boundary"),
    ],
)
def test_at_takes_the_place_of_the_arrival(tmp_path: Path, explain: Explain, at: str, reason: str) -> None:
    (result,) = explain("--as-client", "--at", at, an_eml(tmp_path))

    assert reason == result["reason"]


@pytest.mark.parametrize(
    "at", ["yesterday", "2026-11-24T12:00", "0001-01-01T00:00+00:00", "9999-12-31T23:00+00:00", ""]
)
def test_an_instant_needs_its_offset(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str], at: str
) -> None:
    code = execute(["--config", str(config), "explain", "--at=" + (at or " "), str(an_eml(tmp_path))])

    assert 2 == code
    assert "allowed: a date and time with its offset" in capsys.readouterr().err


@pytest.mark.parametrize("year", ["0001", "1066", "9999"])
def test_a_date_in_an_impossible_year_stops_nothing(tmp_path: Path, explain: Explain, year: str) -> None:
    path = tmp_path / "odd.eml"
    path.write_bytes(mail(f"Fri, 20 Nov {year} 20:00:00 -0500"))

    (result,) = explain("--as-client", path)

    # The file's time tells instead, which is just now.
    assert str(datetime.now(UTC).year) == result["contact"]["arrived_at"][:4]


def test_a_replay_goes_by_arrival_and_answers_once_a_window(tmp_path: Path, explain: Explain) -> None:
    for name, hour in (("a", 15), ("b", 13), ("c", 14)):
        (tmp_path / f"{name}.eml").write_bytes(mail(f"Sat, 21 Nov 2026 {hour}:00:00 -0500", number=hour))

    results = explain("--as-client", "--replay", tmp_path)

    assert [
        ("<13@example.org>", "out-of-boundary"),
        ("<14@example.org>", "already-answered"),
        ("<15@example.org>", "already-answered"),
    ] == [(each["message_id"], each["reason"]) for each in results]


def test_in_a_replay_the_therapists_own_mail_makes_a_response_superfluous(
    tmp_path: Path, explain: Explain
) -> None:
    (tmp_path / "1.eml").write_bytes(
        mail("Sat, 21 Nov 2026 11:00:00 -0500", "therapist@example.com", 1, To="ab@example.org")
    )
    (tmp_path / "2.eml").write_bytes(mail(number=2))

    own, client = explain("--as-client", "--replay", tmp_path)

    assert ("own-address", "therapist-wrote") == (own["reason"], client["reason"])


def test_a_replay_answers_again_in_the_next_window(tmp_path: Path, explain: Explain) -> None:
    (tmp_path / "1.eml").write_bytes(mail(number=1))
    (tmp_path / "2.eml").write_bytes(mail("Mon, 23 Nov 2026 20:00:00 -0500", number=2))

    results = explain("--as-client", "--replay", tmp_path)

    assert [True, True] == [each["respond"] for each in results]


UNPARSABLE = {
    "empty": b"",
    "only an empty line": b"\n\nHello.\n",
    "binary": bytes(range(256)) * 40,
    "no header": b"Hello there.\nGood bye.\n",
}


@pytest.mark.parametrize("data", UNPARSABLE.values(), ids=UNPARSABLE)
def test_what_cannot_be_parsed_is_a_result(tmp_path: Path, explain: Explain, data: bytes) -> None:
    (tmp_path / "1.eml").write_bytes(data)
    (tmp_path / "2.eml").write_bytes(mail())

    broken, whole = explain("--as-client", tmp_path)

    assert ("unparsable", False, None) == (broken["reason"], broken["respond"], broken["contact"])
    assert "out-of-boundary" == whole["reason"]


def test_a_file_that_may_not_be_read_is_a_result(
    tmp_path: Path, explain: Explain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system refuses it, as it does not refuse root."""
    (tmp_path / "1.eml").write_bytes(mail(number=1))
    (tmp_path / "2.eml").write_bytes(mail(number=2))

    opened = os.open

    def refusing(path: Any, *arguments: Any, **options: Any) -> int:
        if str(path).endswith("1.eml"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refusing)

    refused, read = explain("--as-client", tmp_path)

    assert ("unparsable", "out-of-boundary") == (refused["reason"], read["reason"])


def test_a_very_large_message_is_judged_by_its_beginning(tmp_path: Path, explain: Explain) -> None:
    """100 MB, of which nothing is on the disk."""
    path = an_eml(tmp_path)
    with path.open("r+b") as file:
        file.truncate(100 << 20)

    (result,) = explain("--as-client", path)

    assert "out-of-boundary" == result["reason"]


def test_an_mbox_line_may_hold_eight_bit_letters(tmp_path: Path, explain: Explain) -> None:
    path = tmp_path / "mbox"
    line = "From Jörg@example.org Sat Nov 21 17:00:00 2026\n".encode("latin-1")
    path.write_bytes(line + mail(number=1) + b"\n" + line + mail(number=2))

    results = explain("--as-client", path)

    assert [("<1@example.org>", 0), ("<2@example.org>", 1)] == [
        (each["message_id"], each["index"]) for each in results
    ]


def test_without_a_store_nothing_is_made(tmp_path: Path, config: Path, explain: Explain) -> None:
    path = an_eml(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    explain("--as-client", path)

    assert before == sorted(tmp_path.rglob("*"))


def test_the_store_is_only_read(
    tmp_path: Path, config: Path, explain: Explain, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its client is known without --as-client, and no byte of it changes."""
    added = execute(["--config", str(config), "client", "add", "AB", "--address", "ab@example.org"])
    capsys.readouterr()
    state = {path: path.read_bytes() for path in (tmp_path / "state").rglob("*.sqlite3")}

    (result,) = explain(an_eml(tmp_path))

    assert 0 == added
    assert state
    assert "AB" == result["contact"]["client"]
    assert state == {path: path.read_bytes() for path in (tmp_path / "state").rglob("*.sqlite3")}


def test_for_a_person_each_message_is_one_line(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1.eml").write_bytes(mail())
    (tmp_path / "2.eml").write_bytes(mail(TUESDAY, number=2))

    code = execute(["--config", str(config), "explain", "--as-client", str(tmp_path)])

    first, second, last = capsys.readouterr().out.splitlines()
    assert 0 == code
    assert first.startswith("answer ")
    assert "1.eml#0: a client wrote outside contact hours" in first
    assert second.startswith("silence  in-contact-hours")
    assert "2 messages, 1 would be answered." == last


def test_a_path_that_is_not_there_is_told_in_a_sentence(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = execute(["--config", str(config), "explain", str(tmp_path / "none")])

    assert 2 == code
    assert f"{tmp_path / 'none'}: there is no such file or folder\n" in capsys.readouterr().err


def test_where_nothing_tells_the_arrival_the_files_time_does(tmp_path: Path, explain: Explain) -> None:
    path = tmp_path / "1.eml"
    path.write_bytes(mail("no date at all"))
    at = datetime(2026, 11, 24, 17, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))

    (result,) = explain("--as-client", path)

    assert "in-contact-hours" == result["reason"]


def test_of_a_crisis_the_therapist_is_told_in_one_clause(
    tmp_path: Path, config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "1.eml").write_bytes(mail().replace(b"A question", b"I want to die"))

    execute(["--config", str(config), "explain", "--as-client", str(tmp_path)])

    first, last = capsys.readouterr().out.splitlines()
    assert first.startswith("answer   crisis")
    assert 1 == first.count("the therapist is told")
    assert "1 message, 1 would be answered." == last


@pytest.mark.parametrize(
    ("sent", "hit"),
    [
        # No Sent folder is configured: the daemon would not know either.
        ("", None),
        ('sent = "Maildir/.Sent"', False),
    ],
)
def test_what_the_mailbox_cannot_see_is_unknown_as_in_the_daemon(
    tmp_path: Path, config: Path, explain: Explain, sent: str, hit: bool | None
) -> None:
    config.write_text(CONFIG.replace('path = "Maildir"', f'path = "Maildir"\n{sent}'))

    (result,) = explain(an_eml(tmp_path), "--as-client")

    assert {"therapist-wrote": hit} == {
        reason["rule"]: reason["hit"] for reason in result["reasons"] if reason["rule"] == "therapist-wrote"
    }
    assert result["respond"]


def test_a_calendar_at_an_address_is_not_asked(tmp_path: Path, config: Path, explain: Explain) -> None:
    """What judges messages in files touches no network."""
    (tmp_path / "one.eml").write_bytes(mail())
    with WebServer() as web:
        config.write_text(f'{CONFIG}\n[[calendars]]\nname = "work"\nkind = "ics"\nurl = "{web.url}a.ics"\n')

        explain(tmp_path / "one.eml")

        assert [] == web.requests
