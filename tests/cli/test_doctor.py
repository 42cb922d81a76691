"""`boundary doctor`: each part is tried, nothing is changed, and what is wrong comes with what to do."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from boundary_plugins.cli import execute
from boundary_plugins.config.load import load
from boundary_plugins.core.client import Client
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.testing.smtp_receiver import SmtpReceiver

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
region = "US"
crisis_reviewed_on = "2026-06-01"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-thu 09:00-12:30, 13:30-17:00"
[hours.holidays]
region = "US"
subdivision = "NY"
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"
sent = "Maildir/.Sent"
  [mailboxes.smtp]
  host = "127.0.0.1"
  port = {port}
  security = "none"
[[calendars]]
name = "work"
kind = "ics"
paths = ["calendar.ics"]
[[publishers]]
name = "page"
kind = "ics"
path = "availability.ics"
"""
CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.com//calendar\r\nEND:VCALENDAR\r\n"
# A Tuesday, 10:00 in New York.
NOW = datetime.fromisoformat("2026-11-24T15:00:00+00:00")

Doctor = Callable[..., tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def receiver() -> Iterator[SmtpReceiver]:
    with SmtpReceiver() as receiving:
        yield receiving


@pytest.fixture
def practice(tmp_path: Path, receiver: SmtpReceiver) -> Path:
    """A practice in which everything is in place; the path of its configuration."""
    for folder in ("Maildir", "Maildir/.Sent"):
        for name in ("new", "cur", "tmp"):
            (tmp_path / folder / name).mkdir(parents=True)
    (tmp_path / "calendar.ics").write_text(CALENDAR)
    path = tmp_path / "config.toml"
    path.write_text(CONFIG.format(port=receiver.port))
    return path


@pytest.fixture
def doctor(practice: Path, capsys: pytest.CaptureFixture[str]) -> Doctor:
    """Examines the practice on that Tuesday; the exit code, and what was found by its part."""

    def command(*flags: str, at: datetime = NOW) -> tuple[int, dict[str, dict[str, Any]]]:
        capsys.readouterr()
        with time_machine.travel(at, tick=False):
            code = execute(["--config", str(practice), "doctor", "--json", *flags])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        found: dict[str, dict[str, Any]] = {}
        for each in json.loads(said.out):
            # Of several lines about one part the first that is not well tells most.
            if each["part"] not in found or found[each["part"]]["condition"] == "ok":
                found[each["part"]] = each
        return code, found

    return command


def change(practice: Path, before: str, after: str) -> None:
    text = practice.read_text()
    assert before in text
    practice.write_text(text.replace(before, after))


def begin(practice: Path, *, at: datetime = NOW) -> None:
    """A client on file, and sending armed."""
    with time_machine.travel(at, tick=False):
        assert 0 == execute(["--config", str(practice), "client", "add", "AB", "--address", "ab@example.org"])
        assert 0 == execute(["--config", str(practice), "arm"])


def put_on_file(practice: Path, client: Client) -> None:
    """A client, whatever the command would say to it."""
    with open_store_of(load(practice)) as store, store.transaction(NOW, check_clock=False) as transaction:
        transaction.add_client(client, list(client.addresses), NOW)


def test_where_everything_is_in_place_nothing_is_broken(doctor: Doctor, practice: Path) -> None:
    begin(practice)

    code, found = doctor()

    assert 0 == code
    # Only the daemon does not run here.
    assert {"mailbox main, daemon": "look"} == {
        part: each["condition"] for part, each in found.items() if each["condition"] != "ok"
    }
    assert {
        "configuration", "plugins", "mailbox main, Maildir", "mailbox main, sent mail",
        "mailbox main, sending host", "calendar work", "publisher page, file", "state directory", "store",
        "clock", "sending", "mailbox main, daemon", "clients", "hours", "holidays", "crisis lines", "texts",
    } == set(found)  # fmt: skip


def test_nothing_is_changed_and_nothing_is_sent(
    doctor: Doctor, practice: Path, receiver: SmtpReceiver
) -> None:
    (practice.parent / "Maildir/new/1.example").write_bytes(b"From: ab@example.org\r\n\r\n")
    before = {path: path.stat().st_mtime_ns for path in practice.parent.rglob("*")}

    doctor()

    assert before == {path: path.stat().st_mtime_ns for path in practice.parent.rglob("*")}
    assert (1, []) == (receiver.connections, receiver.received)


def test_in_words_each_part_is_one_line_and_the_last_one_counts(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(practice, 'crisis_reviewed_on = "2026-06-01"\n', "")

    with time_machine.travel(NOW, tick=False):
        code = execute(["--config", str(practice), "doctor"])

    lines = capsys.readouterr().out.splitlines()
    assert 0 == code
    assert f"ok      configuration: {practice} is understood" == lines[0]
    assert "look    sending: only watching, nothing is sent. To begin: boundary arm" in lines
    [crisis] = [number for number, line in enumerate(lines) if line.startswith("look    crisis lines:")]
    assert lines[crisis].endswith('note it in [practice]: crisis_reviewed_on = "2026-11-24"')
    assert "988 Suicide & Crisis Lifeline: call 988; text 988" in lines[crisis + 2]
    assert "Nothing is broken; 4 worth a look." == lines[-1]


@pytest.mark.parametrize(
    ("before", "after", "part", "condition", "says"),
    [
        # The mailbox: not there, without sent mail, no host, a host that is not there, a missing secret.
        ('path = "Maildir"', 'path = "Nowhere"', "mailbox main, Maildir", "broken", "there is no Maildir at"),
        ('sent = "Maildir/.Sent"\n', "", "mailbox main, sent mail", "look", "your own mail is not seen"),
        ("port = {port}", "port = 1", "mailbox main, sending host", "broken", "port 1 (refused)"),
        (
            'security = "none"',
            'security = "none"\n  username = "me"\n  password_secret = "smtp"',
            "mailbox main, sending host",
            "broken",
            "the secret 'smtp' is not there",
        ),
        # A kind that nobody offers, and a key that the plugin does not know.
        ('kind = "maildir"', 'kind = "pigeon"', "mailbox main", "broken", "offers the mailbox 'pigeon'"),
        (
            'sent = "Maildir/.Sent"',
            'send = "x"',
            "mailbox main",
            "broken",
            "config.toml:20: mailboxes[1].send",
        ),
        # A calendar that is not there; a folder that cannot be published into; a file of somebody else's.
        ('"calendar.ics"', '"nowhere.ics"', "calendar work", "broken", "there is no calendar file at"),
        ('"availability.ics"', '"no/a.ics"', "publisher page, file", "broken", "does not exist"),
        ('"availability.ics"', '"calendar.ics"', "publisher page, file", "broken", "is left as it is"),
        # Hours that never come soon, and holidays that nobody knows.
        (
            "[hours.holidays]",
            '[[hours.exceptions]]\non = "2026-11-24..2027-01-31"\nhours = "closed"\n[hours.holidays]',
            "hours",
            "look",
            "far away: Mon 01 Feb 2027, 09:00 (America/New_York)",
        ),
        (
            "[hours.holidays]",
            '[[hours.exceptions]]\non = "2026-11-24..2029-01-31"\nhours = "closed"\n[hours.holidays]',
            "hours",
            "broken",
            "no opening is in sight",
        ),
        ('subdivision = "NY"', 'subdivision = "QQ"', "configuration", "broken", "QQ"),
        ('subdivision = "NY"', 'work_on = ["Towel Day"]', "configuration", "broken", "Towel Day"),
        ('[hours.holidays]\nregion = "US"\nsubdivision = "NY"\n', "", "holidays", "ok", "none are kept"),
        # Crisis lines: no region, one without lines, a review of long ago or of the future.
        ('region = "US"\ncrisis', "crisis", "crisis lines", "look", "no region is given"),
        ('region = "US"\ncrisis', 'region = "JP"\ncrisis', "crisis lines", "look", "none are known for JP"),
        ('"2026-06-01"', '"2025-06-01"', "crisis lines", "look", "more than a year ago"),
        ('"2026-06-01"', '"2027-06-01"', "crisis lines", "look", "is still to come"),
        # Texts of one's own that are none, and a language without texts.
        ("[hours]", '[responses]\ntemplate_directory = "none"\n[hours]', "texts", "broken", "no such folder"),
        ('region = "US"\ncrisis', 'language = "fi"\ncrisis', "texts", "look", 'none in "fi"'),
        # A plugin that is not there, and a file that is not TOML.
        ("[hours]", '[plugins]\nenable = ["flies"]\n[hours]', "configuration", "broken", "plugins.enable"),
        ("[hours]", "[hours", "configuration", "broken", "this is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_part(
    doctor: Doctor,
    practice: Path,
    receiver: SmtpReceiver,
    before: str,
    after: str,
    part: str,
    condition: str,
    says: str,
) -> None:
    change(practice, before.format(port=receiver.port) if "{port}" in before else before, after)

    code, found = doctor()

    assert (condition, True) == (found[part]["condition"], says in found[part]["found"]), found[part]
    assert (1 if condition == "broken" else 0) == code


def test_own_texts_that_a_wanted_language_lacks_are_worth_a_look(doctor: Doctor, practice: Path) -> None:
    change(practice, "[hours]", '[responses]\ntemplate_directory = "own"\n[hours]')
    (practice.parent / "own/en").mkdir(parents=True)
    (practice.parent / "own/en/full.txt").write_text("Away.")
    begin(practice)
    _, nobody_reads_french = doctor()
    put_on_file(practice, Client("9", ("nine@example.org",), language="fr-CA"))

    _, somebody_does = doctor()

    # The line that is well stands for the others, whose readers are known to none.
    assert "ok" == nobody_reads_french["texts"]["condition"]
    assert "look" == somebody_does["texts"]["condition"]
    assert "of your own there is no fr/full.txt; the built-in ones" in somebody_does["texts"]["found"]


def test_a_clients_language_without_texts_is_worth_a_look(doctor: Doctor, practice: Path) -> None:
    """As an earlier version took it."""
    put_on_file(practice, Client("9", ("nine@example.org",), language="fi"))

    _, found = doctor()

    expected = "there are none in fi, which clients have on file; there are: de, en, es, fr"
    assert ("look", expected) == (found["texts"]["condition"], found["texts"]["found"])


def test_a_configuration_that_is_missing_is_broken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = execute(["--config", str(tmp_path / "none.toml"), "doctor"])

    assert 1 == code
    assert "make one with: boundary init" in capsys.readouterr().out


def test_a_plugin_that_fails_is_broken_and_the_rest_goes_on(doctor: Doctor, practice: Path) -> None:
    folder = practice.parent / "plugins"
    folder.mkdir(mode=0o700)
    (folder / "bad.py").write_text("1 / 0\n")
    (folder / "bad.py").chmod(0o600)
    change(practice, "[hours]", '[plugins]\nenable = ["files", "bad"]\ndirectory = "plugins"\n[hours]')

    code, found = doctor()

    assert 1 == code
    assert "plugin bad: ZeroDivisionError" in found["plugins"]["found"]
    assert "ok" == found["mailbox main, Maildir"]["condition"]


def test_a_calendar_with_unreadable_entries_is_worth_a_look(doctor: Doctor, practice: Path) -> None:
    broken = "BEGIN:VEVENT\r\nUID:1@example.com\r\nDTSTART:someday\r\nEND:VEVENT\r\n"
    (practice.parent / "calendar.ics").write_text(CALENDAR.replace("END:VCAL", f"{broken}END:VCAL"))

    code, found = doctor()

    assert (0, "look") == (code, found["calendar work"]["condition"])
    assert found["calendar work"]["details"]


@pytest.mark.parametrize(
    ("rows", "condition", "says"),
    [
        # Two clients and one without an address; one that cannot be read; no table at all.
        ("ab@example.org,yes\ncd@example.org,no\n,yes\n", "ok", "2 clients with an address"),
        ("ab@example.org,perhaps\n", "look", "0 clients with an address, and 1 that cannot be read"),
        (None, "broken", "there is no file"),
    ],
)
def test_a_client_directory_is_read(
    doctor: Doctor, practice: Path, rows: str | None, condition: str, says: str
) -> None:
    table = '[[client_directories]]\nname = "records"\nkind = "csv"\npath = "clients.csv"\n'
    practice.write_text(practice.read_text() + table)
    if rows is not None:
        (practice.parent / "clients.csv").write_text(f"email,active\n{rows}")

    found = doctor()[1]["client directory records"]

    assert condition == found["condition"]
    assert says in found["found"]
    assert "@" not in str(found)


@pytest.mark.parametrize(
    ("mode", "condition"),
    [
        # Yours alone, seen by others, changed by others.
        (0o700, "ok"),
        (0o755, "look"),
        (0o777, "broken"),
    ],
)
def test_other_users_must_not_get_at_the_state(
    doctor: Doctor, practice: Path, mode: int, condition: str
) -> None:
    begin(practice)
    (practice.parent / "state").chmod(mode)

    assert condition == doctor()[1]["state directory"]["condition"]


def test_a_store_of_a_newer_version_or_without_its_key_is_broken(doctor: Doctor, practice: Path) -> None:
    begin(practice)
    state = practice.parent / "state"
    kept = (state / "secrets.enc").read_bytes()

    (state / "secrets.enc").unlink()
    without_key = doctor()
    (state / "secrets.enc").write_bytes(kept)
    (state / "boundary.sqlite3").write_bytes(b"this is no database at all" * 100)
    no_database = doctor()

    assert (1, "broken") == (without_key[0], without_key[1]["store"]["condition"])
    assert "the key is gone" in without_key[1]["store"]["found"]
    assert (1, "broken") == (no_database[0], no_database[1]["store"]["condition"])


def test_a_backup_that_was_put_back_is_worth_a_look(doctor: Doctor, practice: Path) -> None:
    begin(practice)
    generation = practice.parent / "state" / "generation"
    generation.write_text(generation.read_text().replace(" 0", " 7"))

    _, found = doctor()

    assert ("look", True) == (found["store"]["condition"], "a backup was put back" in found["store"]["found"])


def test_a_clock_before_the_last_commit_is_broken_until_a_person_accepts_it(
    doctor: Doctor, practice: Path
) -> None:
    begin(practice)
    later = NOW + timedelta(hours=1)
    with open_store_of(load(practice)) as store, store.transaction(later) as tx:
        tx.acquire_lease("main", "a daemon", later, 1)

    code, found = doctor()
    accepted_code, accepted = doctor("--accept-clock")

    assert (1, "broken") == (code, found["clock"]["condition"])
    assert "Tue 24 Nov 2026, 11:00; nothing is sent" in found["clock"]["found"]
    assert (0, "ok") == (accepted_code, accepted["clock"]["condition"])


def test_a_daemon_that_runs_is_seen(doctor: Doctor, practice: Path) -> None:
    begin(practice)
    with open_store_of(load(practice)) as store, store.transaction(NOW) as tx:
        tx.acquire_lease("main", "a daemon", NOW, 300)

    assert "ok" == doctor()[1]["mailbox main, daemon"]["condition"]


def test_a_client_in_a_region_without_lines_is_worth_a_look(doctor: Doctor, practice: Path) -> None:
    command = ["client", "add", "AB", "--address", "ab@example.org", "--region", "JP"]
    assert 0 == execute(["--config", str(practice), *command])

    assert "for the clients in JP" in doctor()[1]["crisis lines"]["found"]


def test_a_provider_that_cannot_be_opened_is_broken_and_the_rest_goes_on(
    doctor: Doctor, practice: Path
) -> None:
    folder = practice.parent / "plugins"
    folder.mkdir(mode=0o700)
    (folder / "away.py").write_text(
        "from boundary_plugins import PublisherProvider, Unavailable, hookimpl\n"
        "from boundary_plugins.testing.doubles import MemorySettings\n"
        "def cannot(settings, services):\n"
        "    raise Unavailable(services.name, 'the page is away')\n"
        "@hookimpl\n"
        "def register_publishers():\n"
        "    yield PublisherProvider(name='away', summary='s', settings=MemorySettings, open=cannot)\n"
    )
    (folder / "away.py").chmod(0o600)
    change(practice, "[hours]", '[plugins]\nenable = ["files", "away"]\ndirectory = "plugins"\n[hours]')
    change(practice, 'kind = "ics"\npath = ', 'kind = "away"\n# path = ')

    code, found = doctor()

    assert (1, "the page is away") == (code, found["publisher page"]["found"])
    assert "ok" == found["texts"]["condition"]


FEES = """
[billing]
version = "2026-1"
effective_on = "2026-01-01"
currency = "USD"
[[fees]]
name = "messages"
price = "1/4 session fee"
exempt_topics = ["scheduling"]
"""


def command(practice: Path, *arguments: str) -> None:
    """A command that ends well on that Tuesday."""
    with time_machine.travel(NOW, tick=False):
        assert 0 == execute(["--config", str(practice), *arguments])


def with_fees(practice: Path, fees: str = FEES) -> None:
    """A practice that charges fees, of which a client on file agreed to none."""
    begin(practice)
    practice.write_text(practice.read_text() + fees)


def test_without_fees_there_is_no_word_of_money(practice: Path, doctor: Doctor) -> None:
    """Most practices charge none."""
    begin(practice)

    assert not {"fee policy", "biller ledger", "consents", "fees", "invoices"} & doctor()[1].keys()


def test_fees_that_nobody_agreed_to_are_worth_a_look(practice: Path, doctor: Doctor) -> None:
    """So is a price that rests on a session fee which is not on file."""
    with_fees(practice)

    code, found = doctor()

    assert 0 == code
    assert ("ok", "version 2026-1 is in force since 2026-01-01") == (
        *(found["fee policy"]["condition"], found["fee policy"]["found"]),
    )
    assert ("ok", "it opens") == (found["biller ledger"]["condition"], found["biller ledger"]["found"])
    assert "look" == found["consents"]["condition"]
    assert "0 of 1 client agreed to fee policy 2026-1" in found["consents"]["found"]
    assert "1 client without one, and a price rests on it" == found["session fees"]["found"]


def test_fees_that_are_in_place_are_well(practice: Path, doctor: Doctor) -> None:
    """The client agreed, and has a session fee."""
    with_fees(practice)
    command(practice, "client", "consent", "AB", "--how", "signed form")
    command(practice, "client", "fees", "AB", "--session-fee", "150", "--session-minutes", "50")

    _, found = doctor()

    assert ("ok", "1 of 1 client agreed to fee policy 2026-1") == (
        *(found["consents"]["condition"], found["consents"]["found"]),
    )
    assert not {"session fees", "fee messages", "invoices"} & found.keys()


def test_a_clause_that_changed_under_its_version_is_broken(practice: Path, doctor: Doctor) -> None:
    """With the line, and what is allowed."""
    with_fees(practice)
    command(practice, "charge", "list")
    change(practice, "1/4 session fee", "1/3 session fee")

    code, found = doctor()

    assert (1, "broken") == (code, found["fee policy"]["condition"])
    assert 'the fees are not those of version "2026-1"' in found["fee policy"]["found"]


def test_a_version_that_is_not_in_force_is_told(practice: Path, doctor: Doctor) -> None:
    """One to come is well; one that a later one has replaced is worth a look."""
    with_fees(practice)
    command(practice, "charge", "list")
    change(practice, "2026-1", "2026-2")
    change(practice, "2026-01-01", "2026-12-01")
    assert "version 2026-2 will be in force from 2026-12-01" == doctor()[1]["fee policy"]["found"]

    change(practice, "2026-12-01", "2025-12-01")
    found = doctor()[1]["fee policy"]
    assert ("look", "version 2026-1 is in force, and 2026-2 is configured") == (
        *(found["condition"], found["found"]),
    )


def test_a_topic_that_no_contact_has_is_worth_a_look(practice: Path, doctor: Doctor) -> None:
    """A misspelt exemption would be charged."""
    with_fees(practice, FEES.replace("scheduling", "sheduling"))

    found = doctor()[1]["fee messages"]

    assert ("look", 'it names the topic "sheduling", which no contact ever has') == (
        *(found["condition"], found["found"]),
    )
    assert "scheduling" in found["remedy"]


def test_a_biller_that_nobody_offers_is_broken(practice: Path, doctor: Doctor) -> None:
    """With what is allowed."""
    with_fees(practice, FEES + '[[billers]]\nname = "books"\nkind = "stripe"\n')

    code, found = doctor()

    assert (1, "broken") == (code, found["biller"]["condition"])
    assert "allowed: ledger" in found["biller"]["found"]
