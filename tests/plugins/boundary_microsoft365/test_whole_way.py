"""The whole way at the small Microsoft 365: what the demonstration shows, and what breaks on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from demos.microsoft365 import ADDRESS, Demonstration
from demos.terminal import Terminal

from boundary_microsoft365.mailbox import Microsoft365Mailbox
from boundary_microsoft365.settings import MailboxSettings
from boundary_plugins.cli import execute
from boundary_plugins.secrets import SecretChain
from boundary_plugins.testing.benches import invented_message, invented_response
from builders_microsoft365 import EVERYTHING, SignedIn
from servers.graph import Account, Fault, GraphServer
from servers.graph_description import description
from servers.graph_sign_in import CLIENT_ID

SEND = "POST /sendMail"
CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
region = "US"
[therapist]
addresses = ["ADDRESS"]
[hours]
weekly = "DAY 09:00-10:00"
[plugins]
enable = ["microsoft365"]
[store]
state_directory = "state"
[[mailboxes]]
name = "main"
kind = "microsoft365"
client_id = "CLIENT"
sign_in = "SIGN-IN"
api_endpoint = "ENDPOINT"
timeout = 5
"""


class HereTerminal(Terminal):
    """Runs commands in this process; `doctor`, which takes long, not at all."""

    def __init__(self, folder: Path, server: GraphServer, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder)
        self.folder, self._server, self._capsys = folder, server, capsys
        self.said = ""

    def boundary(self, *arguments: str, shown: bool = True, given: str | None = None) -> str:
        self.said += self._capsys.readouterr().out
        if arguments[0] == "doctor":
            return ""
        code = execute(["--config", str(self.folder / "config.toml"), *arguments])
        told = self._capsys.readouterr()
        assert 0 == code, told.out + told.err
        self.said += told.out
        return told.out

    def lines_of(self, *arguments: str) -> Iterator[str]:
        self._server.sign_in.pending = 0
        yield from self.boundary(*arguments).splitlines()


@pytest.fixture
def terminal(
    tmp_path: Path,
    graph: GraphServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> HereTerminal:
    """A therapist at a terminal, without a keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    return HereTerminal(tmp_path, graph, capsys)


def test_the_demonstration_shows_what_it_says(terminal: HereTerminal) -> None:
    """From the sign-in to Exchange's own replies, and Graph's description knows every word of it."""
    with GraphServer(description()) as server, server.checked(ADDRESS) as account:
        here = HereTerminal(terminal.folder, server, terminal._capsys)
        Demonstration(here, server, account).show()
        here.boundary("status")

    assert 1 == len(account.mailbox.left)
    assert "I am back on" in here.said
    assert "writing, by a mark  12" in here.said
    assert "UTC: Out of office" in here.said
    assert "09:00-12:00 (America/New_York)" in here.said
    assert "It gets no automatic response (provider-responder)" in here.said


def test_without_the_description_the_server_works_all_the_same(tmp_path: Path) -> None:
    """On a stranger's machine, where it can be shown but not held to anything."""
    with GraphServer(None) as server, server.checked(ADDRESS) as account:
        signed_in = SignedIn(server, account, tmp_path)
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")
        account.mailbox.deliver(invented_message(1))

        (provider_id,) = mailbox.changes(None).received
        found = mailbox.fetch(provider_id)
        mailbox.send(invented_response())
        signed_in.close()

    assert found.headers is not None
    assert 1 == len(account.mailbox.left)


class Practice:
    """A therapist with a mailbox, one client on file, and the command line; it is armed."""

    def __init__(self, terminal: HereTerminal, server: GraphServer, account: Account) -> None:
        self.terminal, self.server, self.account = terminal, server, account
        # Closed today and tomorrow, whatever day it is.
        day = (datetime.now(UTC) + timedelta(days=3)).strftime("%a").lower()
        sign_in = account.address.partition("@")[0]
        text = CONFIG.replace("ADDRESS", account.address).replace("DAY", day).replace("SIGN-IN", sign_in)
        terminal.configure(text.replace("CLIENT", CLIENT_ID).replace("ENDPOINT", server.url))
        secrets = SecretChain(terminal.folder / "state", use_keyring=False)
        secrets.set(sign_in, server.sign_in.cache(account.address, *EVERYTHING))
        terminal.boundary("client", "add", "AB", "--address", "ab@example.org")
        self.run()
        terminal.boundary("arm")

    def run(self) -> int:
        """One pass; its exit code."""
        return execute(["--config", str(self.terminal.folder / "config.toml"), "run", "--once"])

    def write(self, number: int, fields: str = "") -> None:
        """The client writes."""
        raw = (
            f"Return-Path: <ab@example.org>\r\nFrom: ab@example.org\r\nTo: {self.account.address}\r\n{fields}"
            f"Subject: A question\r\nMessage-ID: <{number}@example.org>\r\n\r\nHello.\r\n"
        )
        self.account.mailbox.deliver(raw.encode())

    @property
    def left(self) -> int:
        """How many responses really left."""
        return len(self.account.mailbox.left)


@pytest.fixture
def practice(terminal: HereTerminal, graph: GraphServer, account: Account) -> Practice:
    """A practice that is armed."""
    return Practice(terminal, graph, account)


@pytest.mark.parametrize(
    "fault",
    [Fault(SEND, 500, after=True), Fault(SEND, act="drop", after=True)],
    ids=["500 after it was sent", "cut after it was sent"],
)
def test_a_response_of_which_microsoft_did_not_say_that_it_went_goes_once(
    practice: Practice, fault: Fault
) -> None:
    """Graph is asked before anything is sent again."""
    practice.account.faults.append(fault)
    practice.write(1)

    codes = [practice.run(), practice.run()]

    assert 1 == practice.left
    assert 0 == codes[-1]
    assert "1 response sent" in practice.terminal.boundary("status")


def test_a_copy_that_microsoft_files_late_is_waited_for(practice: Practice) -> None:
    """Nothing is sent again meanwhile, and the therapist's own mail it is not."""
    practice.account.mailbox.lags = True
    practice.account.faults.append(Fault(SEND, 500, after=True))
    practice.write(1)
    practice.run()
    practice.run()
    practice.account.mailbox.catch_up()

    practice.run()

    assert 1 == practice.left
    assert "1 response sent" in practice.terminal.boundary("status")


def test_after_a_place_that_was_lost_no_burst_goes_out(practice: Practice) -> None:
    """What came meanwhile is told to the therapist."""
    for number in range(3):
        practice.write(number)
    practice.account.mailbox.forget_deltas()

    practice.run()

    assert 0 == practice.left
    assert "3 messages came while the program could not follow" in practice.terminal.boundary("status")


def test_a_token_that_is_over_during_a_pass_harms_nothing(practice: Practice) -> None:
    """It is renewed."""
    practice.account.faults.append(Fault(SEND, 401, "InvalidAuthenticationToken"))
    practice.write(1)

    assert 0 == practice.run()

    assert 1 == practice.left


def test_a_burst_of_refusals_is_waited_out(practice: Practice) -> None:
    """The response goes when Microsoft takes it again."""
    practice.account.faults.append(Fault(SEND, 429, "ErrorExceededMessageLimit", retry_after=0))
    practice.write(1)

    practice.run()

    assert 0 == practice.left
    assert "1 response" in practice.terminal.boundary("status")


def test_machine_mail_is_not_answered(practice: Practice) -> None:
    """By the header fields that a delta gives."""
    practice.write(1, "Auto-Submitted: auto-replied\r\n")
    practice.write(2, "List-Id: <x.example.org>\r\n")

    practice.run()

    assert 0 == practice.left
