"""What boundary_imap says of its mailbox before it is opened, and which settings it takes."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

import boundary_imap
from boundary_imap.settings import ImapSettings
from boundary_plugins.errors import Unavailable
from boundary_plugins.host.providers import Capability
from boundary_plugins.testing.doubles import memory_services

LEAST: dict[str, Any] = {"host": "imap.example.com", "username": "me", "password_secret": "imap"}
TOKEN = {"token_secret": "token"}


@pytest.mark.parametrize(
    "settings, lacks",
    [
        ({}, set()),
        ({"sent": ""}, {Capability.SEE_SENT, Capability.FIND_SENT}),
        ({"idle": False}, {Capability.NOTICE_AT_ONCE}),
        ({"time_marks": ""}, {Capability.READ_TIME_MARKS}),
    ],
)
def test_what_is_switched_off_is_not_promised(settings: dict[str, Any], lacks: set[Capability]) -> None:
    """The capabilities say so."""
    (provider,) = boundary_imap.register_mailboxes()

    assert lacks == provider.capabilities - provider.capabilities_with(ImapSettings(**LEAST, **settings))


@pytest.mark.parametrize("security, port", [("tls", 993), ("starttls", 143)])
def test_the_port_is_that_of_the_security(security: Any, port: int) -> None:
    """RFC 8314; unless another is given."""
    assert port == ImapSettings(**LEAST, security=security).any_port
    assert 1143 == ImapSettings(**LEAST, security=security, port=1143).any_port


@pytest.mark.parametrize(
    "wrong, told",
    [
        ({"host": ""}, "host"),
        ({"folder": "INBOX"}, "folder"),
        ({"security": "none"}, 'use "tls" or "starttls"'),
        ({"password_secret": ""}, "either password_secret or a table oauth"),
        ({"oauth": TOKEN}, "either password_secret or a table oauth"),
        # RFC 2177: an IDLE of half an hour is ended by the server.
        ({"idle_minutes": 30}, "idle_minutes"),
        (
            {"password_secret": "", "oauth": {**TOKEN, "token_endpoint": "http://login.example.com"}},
            "https://",
        ),
        ({"password_secret": "", "oauth": {**TOKEN, "token_endpoint": "https://"}}, "https://"),
        (
            {"password_secret": "", "oauth": {**TOKEN, "token_endpoint": "https://login.example.com"}},
            "client_id",
        ),
        ({"smtp": {"host": "smtp.example.com", "sign_in": "xoauth2"}}, "needs username"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any], told: str) -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError) as caught:
        ImapSettings.model_validate({**LEAST, **wrong})

    assert told in str(caught.value)


def test_registering_a_mailbox_reads_no_mail_library() -> None:
    """What opens a mailbox is loaded when one is opened."""
    program = "import boundary_imap, sys\nlist(boundary_imap.register_mailboxes())\nprint(*sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert not {"imapclient", "imaplib", "boundary_imap.mailbox"} & set(loaded.stdout.split())


def test_without_the_extra_it_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, no traceback."""
    (provider,) = boundary_imap.register_mailboxes()
    for name in [name for name in sys.modules if name.startswith("boundary_imap.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "imapclient", None)

    with pytest.raises(Unavailable) as caught:
        provider.open(ImapSettings(**LEAST), memory_services(tmp_path))

    assert "pip install --constraint constraints.txt '.[imap]'" in str(caught.value)
