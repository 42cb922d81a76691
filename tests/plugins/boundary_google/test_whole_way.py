"""The whole way at the small Google: a client's message, the decision, the response, and what breaks between."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.cli import execute
from boundary_plugins.secrets import SecretChain
from builders_google import LEAST, SEND
from servers.google import Account, Fault, GoogleServer

CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
region = "US"
[therapist]
addresses = ["ADDRESS"]
[hours]
weekly = "DAY 09:00-10:00"
[responses]
subject = "original"
[plugins]
enable = ["google"]
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "gmail"
api_endpoint = "ENDPOINT"
timeout = 5
"""


class Practice:
    """A therapist with a Gmail mailbox, one client on file, and the command line; it is armed."""

    def __init__(
        self, folder: Path, google: GoogleServer, account: Account, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.folder, self.account, self._capsys = folder, account, capsys
        # Closed today and tomorrow, whatever day it is.
        day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
        text = CONFIG.replace("ADDRESS", account.address).replace("DAY", day)
        (folder / "config.toml").write_text(text.replace("ENDPOINT", google.url))
        secrets = SecretChain(folder / "state", use_keyring=False)
        secrets.set("google", json.dumps(google.token(account, *LEAST)))
        self.boundary("client", "add", "AB", "--address", "ab@example.org")
        self.boundary("run", "--once")
        self.boundary("arm")

    def boundary(self, *arguments: str) -> str:
        """What a command said, which must end well."""
        code = execute(["--config", str(self.folder / "config.toml"), *arguments])
        said = self._capsys.readouterr()
        assert 0 == code, said.out + said.err
        return said.out

    def write(self, number: int, sender: str = "ab@example.org", fields: str = "") -> str:
        """A message arrives; its id."""
        raw = (
            f"Return-Path: <{sender}>\r\nFrom: {sender}\r\nTo: {self.account.address}\r\n{fields}"
            f"Subject: A question\r\nMessage-ID: <{number}@example.org>\r\n\r\nHello.\r\n"
        )
        return self.account.mailbox.deliver(raw.encode()).id

    def sent_message_ids(self) -> tuple[str, ...]:
        """The Message-IDs on record of what was sent."""
        with closing(sqlite3.connect(self.folder / "state" / "boundary.sqlite3")) as connection:
            return tuple(found for (found,) in connection.execute("SELECT sent_message_id FROM intents"))

    def left(self) -> list[str]:
        """To whom responses really left."""
        mailbox = self.account.mailbox
        return [str(mailbox.messages[each].parsed()["To"]).strip("<>") for each in mailbox.sent]


@pytest.fixture
def practice(
    tmp_path: Path,
    google: GoogleServer,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Practice:
    """A practice that is armed."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return Practice(tmp_path, google, account, capsys)


def test_a_client_is_answered_once_in_the_thread(practice: Practice) -> None:
    """With everything that marks a response as one; a stranger and a newsletter are not answered."""
    question = practice.write(1)
    practice.write(2)
    practice.write(3, "stranger@example.org")
    practice.write(4, fields="List-Id: <news.example.org>\r\n")

    practice.boundary("run", "--once")
    practice.boundary("run", "--once")

    mailbox = practice.account.mailbox
    (sent,) = mailbox.sent
    response = mailbox.messages[sent].parsed()
    assert ["ab@example.org"] == practice.left()
    assert mailbox.messages[question].thread_id == mailbox.messages[sent].thread_id
    assert ("Auto: A question", "auto-replied") == (response["Subject"], response["Auto-Submitted"])
    assert "<1@example.org>" == response["In-Reply-To"]
    assert {"INBOX", "UNREAD", "CATEGORY_PERSONAL"} == mailbox.messages[question].labels
    # Gmail gave it a Message-ID of its own, which is kept.
    assert (response["Message-ID"],) == practice.sent_message_ids()
    assert ".boundary@" not in response["Message-ID"]


@pytest.mark.parametrize("act", ["status", "drop"])
def test_a_500_after_the_message_left_makes_no_second_one(practice: Practice, act: str) -> None:
    """It is found, and on record as sent."""
    practice.write(1)
    practice.account.faults.append(Fault(SEND, 500, after=True, act=act))

    practice.boundary("run", "--once")
    practice.boundary("run", "--once")

    status = json.loads(practice.boundary("status", "--json"))
    assert ["ab@example.org"] == practice.left()
    assert "set aside" not in json.dumps(status)
    assert "the provider had it already" in practice.boundary("why", "<1@example.org>", "--json")


def test_the_therapists_own_answer_comes_first(practice: Practice) -> None:
    """Sent mail is watched: whoever was just written to gets no response."""
    practice.account.mailbox.file_sent(
        b"To: ab@example.org\r\nSubject: Re: A question\r\n\r\nHello yourself.\r\n"
    )
    practice.write(1)

    practice.boundary("run", "--once")

    assert [] == practice.left()


def test_a_label_logs_the_therapists_time(practice: Practice) -> None:
    """As many minutes as the label says, on the client's contact."""
    question = practice.write(1)
    practice.boundary("run", "--once")
    mailbox = practice.account.mailbox
    mailbox.relabel(question, add=[mailbox.label("Boundary/12 min")])

    practice.boundary("run", "--once")

    (entry,) = json.loads(practice.boundary("time", "list", "--json"))
    assert ("AB", 720) == (entry["client"], entry["seconds"])


def test_a_history_that_was_lost_makes_no_burst_of_late_responses(practice: Practice) -> None:
    """What came meanwhile is told, and not answered."""
    practice.write(1)
    practice.account.mailbox.forget_history()

    practice.boundary("run", "--once")

    assert [] == practice.left()
    assert "came while the program could not follow" in practice.boundary("status")
