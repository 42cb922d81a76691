"""The contract of every mailbox, kept on a real Dovecot."""

import pytest

from boundary_plugins.testing.contracts import MailboxBench, MailboxContract
from builders_imap import ImapBench


class TestImapMailbox(MailboxContract):
    """The contract of every mailbox."""

    @pytest.fixture
    def bench(self, bench: ImapBench) -> MailboxBench:
        return bench
