"""A mailbox on a real Dovecot, which sends through a receiver of ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from builders_imap import ImapBench
from servers.dovecot import Dovecot, dovecot

__all__ = ["dovecot"]


@pytest.fixture
def bench(dovecot: Dovecot, tmp_path: Path) -> Iterator[ImapBench]:
    """An empty mailbox of a fresh user."""
    with SmtpReceiver() as receiver:
        bench = ImapBench(dovecot, receiver, tmp_path)
        yield bench
        bench.close()
