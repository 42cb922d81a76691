"""A real Gmail account, where somebody names one: BOUNDARY_LIVE_GOOGLE is a file with a kept sign-in.

What is touched: the account's profile, labels, and the header fields of its newest messages are read, and one
message is sent from the account to itself. Nothing is changed or deleted; the message stays in its Sent mail.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_google.gmail import Gmail
from boundary_google.mailbox import GmailMailbox
from boundary_google.settings import GmailSettings
from boundary_plugins.ports import Condition, SentSearch
from boundary_plugins.testing.benches import invented_response
from boundary_plugins.testing.doubles import memory_services

pytestmark = pytest.mark.live("BOUNDARY_LIVE_GOOGLE")


@pytest.fixture
def mailbox(tmp_path: Path) -> Iterator[GmailMailbox]:
    """The account's mailbox."""
    kept = Path(os.environ["BOUNDARY_LIVE_GOOGLE"]).read_text("utf-8")
    with closing(GmailMailbox(GmailSettings(), memory_services(tmp_path, secrets={"google": kept}))) as made:
        yield made


def test_it_answers(mailbox: GmailMailbox) -> None:
    """The sign-in holds, and the mailbox gives what it must."""
    assert Condition.BROKEN not in {each.condition for each in mailbox.examine()}


def test_its_newest_messages_can_be_read(mailbox: GmailMailbox) -> None:
    """In one batch, by header fields alone."""
    received = mailbox.changes(None).received[-5:]

    assert list(received) == [mailbox.fetch(each).provider_id for each in received]


def test_what_was_sent_is_found(mailbox: GmailMailbox) -> None:
    """By our header in Gmail's own history, without our note."""
    own = str(Gmail(mailbox._client).profile()["emailAddress"])
    response = invented_response(f"live-{secrets.token_hex(8)}")
    content = response.content.replace(b"therapist@example.com", own.encode())
    content = content.replace(b"client@example.org", own.encode())
    before = mailbox.changes(None).cursor

    receipt = mailbox.send(replace(response, sender=own, to=own, content=content))

    sent = mailbox.changes(before).sent
    assert receipt.message_id
    assert SentSearch.FOUND is mailbox.find_sent(response.response_id)
    assert [response.response_id] == [each.response_id for each in sent]
