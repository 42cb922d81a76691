"""A real Exchange Server, where somebody names one: BOUNDARY_LIVE_EXCHANGE is a file of settings in TOML.

It holds the keys of a mailbox's table, and `password` in place of `password_secret`. What is touched: the header
fields of the newest messages and the automatic replies are read, and one message is sent from the mailbox to
itself. Nothing else is changed; the message stays in its Sent Items.
"""

import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_exchange.mailbox import ExchangeMailbox
from boundary_exchange.settings import MailboxSettings
from boundary_plugins import Condition, SentSearch
from boundary_plugins.testing.benches import invented_response
from boundary_plugins.testing.doubles import memory_services

pytestmark = pytest.mark.live("BOUNDARY_LIVE_EXCHANGE")


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[ExchangeMailbox]:
    """The mailbox."""
    told = tomllib.loads(Path(os.environ["BOUNDARY_LIVE_EXCHANGE"]).read_text("utf-8"))
    known = {"live": str(told.pop("password"))}
    settings = MailboxSettings.model_validate({**told, "password_secret": "live"})
    with closing(ExchangeMailbox(settings, memory_services(tmp_path, secrets=known))) as made:
        yield made


def test_it_answers(mailbox: ExchangeMailbox) -> None:
    """The sign-in holds, and the mailbox gives what it must."""
    assert Condition.BROKEN not in {each.condition for each in mailbox.examine()}


def test_its_newest_messages_can_be_read(mailbox: ExchangeMailbox) -> None:
    """By header fields alone."""
    changes = mailbox.changes(None)

    for provider_id in changes.received[-5:]:
        assert provider_id == mailbox.fetch(provider_id).provider_id
    assert not mailbox.changes(changes.cursor).gap


def test_a_response_is_sent_and_found_again(mailbox: ExchangeMailbox) -> None:
    """And known among the sent messages, with the fields that it must have."""
    address = mailbox.settings.address
    response_id = secrets.token_hex(16)
    made = invented_response(response_id)
    content = made.content.replace(b"therapist@example.com", address.encode())
    content = content.replace(b"client@example.org", address.encode())
    cursor = mailbox.changes(None).cursor

    mailbox.send(replace(made, sender=address, to=address, content=content))

    assert SentSearch.FOUND is mailbox.find_sent(response_id)
    assert response_id in [sent.response_id for sent in mailbox.changes(cursor).sent]
