"""The Gmail mailbox over real HTTP, at a server that is held to Google's own description."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from boundary_plugins.testing.contracts import MailboxContract
from builders_google import GmailBench
from servers.google import Account, GoogleServer


class TestGmailMailbox(MailboxContract):
    """The contract of every mailbox, with the least sign-in."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
        with closing(GmailBench(tmp_path, google, account)) as made:
            yield made


class TestGmailMailboxWithStructure(MailboxContract):
    """The contract, with a sign-in that also shows how messages are put together, and labels them."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
        settings = {"read": "structure", "label_answered": True}
        with closing(GmailBench(tmp_path, google, account, "gmail.modify", **settings)) as made:
            yield made
