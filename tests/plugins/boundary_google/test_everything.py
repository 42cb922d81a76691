"""All that a practice can have at Google in one configuration: mailbox, calendars, events and Gmail's own responder."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.secrets import SecretChain
from servers.google import Account, GoogleServer
from servers.google_calendar import diaries
from servers.google_diary import Diary

HOURS, SHOWN = "hours@group.calendar.google.com", "shown@group.calendar.google.com"
CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
region = "US"
[therapist]
addresses = ["ADDRESS"]
[hours]
weekly = "mon-sun 00:00-24:00"
[responses]
audience = "everyone"
[plugins]
enable = ["google"]
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "gmail"
api_endpoint = "ENDPOINT"
[[calendars]]
name = "work"
kind = "google-calendar"
api_endpoint = "ENDPOINT"
[[calendars]]
name = "hours"
kind = "google-calendar"
calendars = ["HOURS"]
holds = "available hours"
available = true
api_endpoint = "ENDPOINT"
[[publishers]]
name = "shown"
kind = "google-calendar"
calendar = "SHOWN"
shows = "open"
api_endpoint = "ENDPOINT"
[[publishers]]
name = "nights"
kind = "gmail-vacation"
api_endpoint = "ENDPOINT"
"""
SCOPES = ("gmail.metadata", "gmail.send", "calendar.events", "gmail.settings.basic")


class Practice:
    """A therapist whose hours of the day after tomorrow stand in a calendar, and the command line; it is armed."""

    def __init__(
        self, folder: Path, google: GoogleServer, account: Account, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.account, self._capsys = folder, account, capsys
        text = CONFIG.replace("ADDRESS", account.address).replace("ENDPOINT", google.url)
        (folder / "config.toml").write_text(text.replace("HOURS", HOURS).replace("SHOWN", SHOWN))
        secrets = SecretChain(folder / "state", use_keyring=False)
        secrets.set("google", json.dumps(google.token(account, *SCOPES)))
        self.shown = diaries(account)[SHOWN] = Diary()
        diaries(account)[HOURS] = Diary()
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        self.opens = midnight + timedelta(days=2, hours=9)
        for hour in (9, 14):
            self.enter(HOURS, midnight + timedelta(days=2, hours=hour), 2)

    def enter(self, calendar: str, start: datetime, hours: int, kind: str = "default") -> None:
        """Somebody enters an event."""
        end = start + timedelta(hours=hours)
        times = {"start": {"dateTime": start.isoformat()}, "end": {"dateTime": end.isoformat()}}
        diaries(self.account)[calendar].enter({**times, "eventType": kind})

    def boundary(self, *arguments: str) -> str:
        """What a command said, which must end well."""
        code = execute(["--config", str(self.folder / "config.toml"), *arguments])
        said = self._capsys.readouterr()
        assert 0 == code, said.out + said.err
        return said.out

    def shown_hours(self) -> list[str]:
        """When the calendar for others says that the therapist can be reached."""
        return sorted(str(each["start"]["dateTime"])[:13] for each in self.shown.there())

    def answers_until(self) -> datetime:
        """When Gmail ends to answer by itself."""
        return datetime.fromtimestamp(int(str(self.account.mailbox.vacation["endTime"])) / 1000, UTC)


@pytest.fixture
def practice(
    tmp_path: Path,
    google: GoogleServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Practice:
    """A practice that has looked once, and sends nothing yet."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    made = Practice(tmp_path, google, account, capsys)
    made.boundary("run", "--once")
    return made


def test_events_are_the_hours_and_the_hours_are_events(practice: Practice) -> None:
    """From one calendar into the other; an absence takes away what lies in it."""
    before = practice.shown_hours()
    practice.enter("primary", practice.opens, 3, "outOfOffice")
    practice.boundary("run", "--once")

    first, second = practice.opens, practice.opens + timedelta(hours=5)
    assert [f"{each:%Y-%m-%dT%H}" for each in (first, second)] == before
    assert [f"{second:%Y-%m-%dT%H}"] == practice.shown_hours()


def test_gmail_answers_while_it_is_armed_and_the_program_keeps_quiet(practice: Practice) -> None:
    """Never both, and nothing before it is armed or once it is paused."""
    before = dict(practice.account.mailbox.vacation)
    practice.boundary("arm")
    practice.boundary("run", "--once")
    programmed = dict(practice.account.mailbox.vacation)
    until = practice.answers_until()
    raw = "Return-Path: <ab@example.org>\r\nFrom: ab@example.org\r\nMessage-ID: <1@example.org>\r\n"
    practice.account.mailbox.deliver(f"{raw}To: {practice.account.address}\r\n\r\nHello.\r\n".encode())
    practice.boundary("run", "--once")
    told = practice.boundary("status")
    practice.boundary("pause")
    practice.boundary("run", "--once")

    assert (False, True) == (before["enableAutoReply"], programmed["enableAutoReply"])
    # Not while contact hours open soon.
    assert timedelta(hours=3) - timedelta(seconds=1) == practice.opens - until
    assert "988" in str(programmed["responseBodyPlainText"])
    assert [] == practice.account.mailbox.sent
    assert "main" in told
    assert before == practice.account.mailbox.vacation


def test_doctor_finds_all_of_it_well(practice: Practice) -> None:
    """Each part, without an address of a calendar."""
    said = practice.boundary("doctor")

    assert "no title is asked for" in said
    assert "it is off, and free to be used" in said
    assert "group.calendar.google.com" not in said
