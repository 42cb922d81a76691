"""`boundary init` for a mailbox over IMAP: what the address tells, what flags say, and what is refused."""

import sys
from pathlib import Path
from typing import Any

import pytest

from boundary_imap.settings import ImapSettings
from boundary_plugins.cli import execute
from boundary_plugins.config.load import load
from cli.terminal import init_on_a_terminal

PRACTICE = [
    "--name",
    "Quiet Harbor",
    "--zone",
    "America/New_York",
    "--region",
    "US",
    "--weekly",
    "mon 09:00-12:30",
]
ELSEWHERE = ["--address", "therapist@example.com", "--imap-host", "imap.example.com"]


def init(path: Path, *flags: str) -> int:
    return execute(["--config", str(path), "init", *PRACTICE, *flags])


def mailbox(path: Path) -> ImapSettings:
    """The one mailbox of a configuration, as the plugin itself understands it."""
    (table,) = load(path).mailboxes
    assert "imap" == table.kind
    return ImapSettings(**table.settings)


def server(found: Any) -> tuple[str, int, str, str, str]:
    return (found.host, found.port, found.security, found.username, found.password_secret)


def test_the_address_alone_tells_the_servers_of_a_known_provider(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One user and one secret for both; the next step asks for what this provider calls a password."""
    path = tmp_path / "config.toml"

    code = init(path, "--address", "therapist@fastmail.com", "--mail", "imap")

    assert 0 == code
    found, user = mailbox(path), ("therapist@fastmail.com", "imap-main")
    assert ("imap.fastmail.com", 993, "tls", *user) == server(found)
    assert ("smtp.fastmail.com", 465, "tls", *user) == server(found.smtp)
    assert ("imap", "ledger") == tuple(load(path).plugins.enable)
    said = capsys.readouterr().out
    assert "boundary secret set imap-main  keeps the app password\n" in said
    assert all(len(line) <= 80 for line in said.splitlines()[1:])


@pytest.mark.parametrize(
    ("address", "host", "port", "files_sent", "ca_file"),
    [
        ("t@me.com", "imap.mail.me.com", 993, False, None),
        # What is sent through Gmail is among the sent mail already.
        ("t@gmail.com", "imap.gmail.com", 993, True, None),
        # The bridge is on this machine, with a certificate of its own.
        ("t@proton.me", "127.0.0.1", 1143, False, Path("cert.pem")),
        # Case does not matter in a domain.
        ("T@Posteo.DE", "posteo.de", 993, False, None),
    ],
)
def test_what_is_special_about_a_provider_is_written_down(
    tmp_path: Path, address: str, host: str, port: int, files_sent: bool, ca_file: Path | None
) -> None:
    path = tmp_path / "config.toml"

    code = init(path, "--address", address, "--mail", "imap")

    found = mailbox(path)
    assert (0, host, port) == (code, found.host, found.port)
    assert (files_sent, ca_file) == (found.server_files_sent, found.ca_file)
    assert found.smtp is not None
    assert ca_file == found.smtp.ca_file


def test_an_own_domain_at_a_known_provider_is_known_by_the_server(tmp_path: Path) -> None:
    """The server for outgoing mail follows from the one that is read."""
    path = tmp_path / "config.toml"

    code = init(path, "--address", "therapist@example.com", "--imap-host", "imap.fastmail.com")

    found = mailbox(path)
    assert found.smtp is not None
    assert (0, "smtp.fastmail.com", "therapist@example.com") == (code, found.smtp.host, found.username)


@pytest.mark.parametrize(
    ("flags", "imap", "smtp"),
    [
        # RFC 8314, section 3: TLS from the start to read; submission by STARTTLS where nothing is said.
        ([], (993, "tls"), (587, "starttls")),
        # The port follows from the security, and the security from the port.
        (["--imap-security", "starttls", "--smtp-security", "tls"], (143, "starttls"), (465, "tls")),
        (["--imap-port", "143", "--smtp-port", "465"], (143, "starttls"), (465, "tls")),
    ],
)
def test_a_server_of_ones_own_has_the_usual_ports(
    tmp_path: Path, flags: list[str], imap: tuple[int, str], smtp: tuple[int, str]
) -> None:
    path = tmp_path / "config.toml"

    code = init(path, *ELSEWHERE, "--smtp-host", "mail.example.com", *flags)

    found = mailbox(path)
    assert found.smtp is not None
    assert (0, imap) == (code, (found.port, found.security))
    assert smtp == (found.smtp.port, found.smtp.security)


def test_each_user_and_secret_can_be_named(tmp_path: Path) -> None:
    path, user = tmp_path / "config.toml", ["--username", "harbor", "--password-secret", "mail"]

    init(path, *ELSEWHERE, *user, "--smtp-host", "mail.example.com", "--smtp-username", "out")

    found = mailbox(path)
    assert found.smtp is not None
    assert ("harbor", "mail") == (found.username, found.password_secret)
    assert ("out", "mail") == (found.smtp.username, found.smtp.password_secret)


def test_a_host_on_this_machine_that_sends_gets_no_password(tmp_path: Path) -> None:
    """It asks for none, and without TLS it shall hear none."""
    path = tmp_path / "config.toml"

    init(path, *ELSEWHERE, "--smtp-host", "127.0.0.1")

    assert ("127.0.0.1", 25, "none", "", "") == server(mailbox(path).smtp)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        # Nothing is guessed where nobody can say no.
        (["--address", "t@example.com", "--mail", "imap"], "missing: --imap-host, --smtp-host;"),
        (ELSEWHERE, "missing: --smtp-host;"),
        (["--address", "t@example.com", "--mail", "maildir"], "missing: --maildir;"),
        ([*ELSEWHERE, "--maildir", "~/Maildir"], "--imap-host and --maildir do not go together; allowed: "),
        (["--mail", "none", "--sent", "~/Sent"], "--mail none and --sent do not go together; allowed: "),
        (["--imap-host", "https://mail.example.com/"], 'allowed: a name such as "imap.example.com"'),
        (["--mail", "pop"], "is not one of 'imap', 'maildir', 'none'"),
        (
            [*ELSEWHERE, "--imap-security", "none", "--smtp-host", "smtp.example.com"],
            "--imap-security none would read mail on imap.example.com for everybody to read; allowed: ",
        ),
    ],
)
def test_what_cannot_be_written_down_is_refused_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], sentence: str
) -> None:
    code = init(tmp_path / "config.toml", *flags)

    assert 2 == code
    assert sentence in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


def test_a_missing_library_is_named_with_the_command_that_installs_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the next steps; it is not said where the library is there."""
    address = ("--address", "therapist@fastmail.com", "--mail", "imap")
    init(tmp_path / "with.toml", *address)
    there = capsys.readouterr().out
    monkeypatch.setitem(sys.modules, "imapclient", None)

    init(tmp_path / "without.toml", *address)

    said = capsys.readouterr().out
    assert "pip install" not in there
    assert "  .venv/bin/pip install --constraint constraints.txt '.[imap]'\n" in said
    assert said.index("pip install") < said.index("boundary secret set")


def test_on_a_terminal_the_known_servers_are_offered(tmp_path: Path) -> None:
    """Enter takes them; what is wrong is asked again, with what is allowed."""
    path, flags = tmp_path / "config.toml", [*PRACTICE, "--therapist", "R", "--language", "en", "--holidays"]
    answers = ["", "http://x", "", "", "none", "", "", "", "", ""]

    done = init_on_a_terminal(path, answers, *flags, "--address", "therapist@icloud.com")

    assert (0, "") == (done.returncode, done.stderr)
    assert '"http://x" is not the name of a server; allowed: ' in done.stdout
    # Mail is not read in the open from another machine.
    assert "'none' is not one of 'starttls', 'tls'" in done.stdout
    found = mailbox(path)
    assert ("imap.mail.me.com", 993, "tls", "therapist@icloud.com", "imap-main") == server(found)
    assert ("smtp.mail.me.com", 587, "starttls", "therapist@icloud.com", "imap-main") == server(found.smtp)
