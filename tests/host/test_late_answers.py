"""A call that was given up may still do its work: what a mailbox named then is not lost."""

import threading
from datetime import UTC, datetime

import pytest

from boundary_plugins.errors import AuthorizationNeeded, OutcomeUnknown, PluginError, SecretError, StoreError
from boundary_plugins.host import guarded
from boundary_plugins.host.calls import Caller
from boundary_plugins.host.guarded import GuardedMailbox
from boundary_plugins.host.quarantine import Quarantine
from boundary_plugins.ports import Changes, OutgoingResponse, SendReceipt
from boundary_plugins.testing.doubles import MemoryMailbox


class SlowMailbox(MemoryMailbox):
    """A mailbox that names each message once, the first ones when it is let."""

    def __init__(self) -> None:
        """Nothing was named yet."""
        super().__init__()
        self.may_answer = threading.Event()
        self._batches = [("1", "2"), ("3",)]

    def changes(self, cursor: str | None) -> Changes:
        """The next ones."""
        received = self._batches.pop(0)
        assert self.may_answer.wait(10)
        return Changes(received, (), f"after {received[-1]}")


class LockedMailbox(MemoryMailbox):
    """A mailbox whose secret cannot be read, or that speaks of a store that is not its own."""

    def changes(self, cursor: str | None) -> Changes:
        """A secret is missing."""
        raise SecretError("the keyring is locked")

    def fetch(self, provider_id: str):  # type: ignore[no-untyped-def]
        """Not its business."""
        raise StoreError("the store failed")

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Before or after the act, nobody knows."""
        raise SecretError("the keyring is locked")


def guard(mailbox: MemoryMailbox) -> GuardedMailbox:
    """The mailbox behind its guard."""
    caller = Caller(
        "slow", "mailbox main", quarantine=Quarantine(), now=lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    return GuardedMailbox(mailbox, caller)


def test_what_a_mailbox_named_after_it_was_given_up_comes_with_the_next_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mailbox = SlowMailbox()
    port = guard(mailbox)
    monkeypatch.setattr(guarded, "CHANGES", 0.05)
    with pytest.raises(PluginError):
        port.changes("before")
    mailbox.may_answer.set()
    assert port._caller._abandoned is not None
    assert port._caller._abandoned.done.wait(10)
    monkeypatch.setattr(guarded, "CHANGES", 10)

    changes = port.changes("before")

    assert (("1", "2", "3"), "after 3") == (changes.received, changes.cursor)


def test_a_secret_that_cannot_be_read_asks_for_a_sign_in_and_other_words_are_the_plugins_failure() -> None:
    port = guard(LockedMailbox())

    with pytest.raises(AuthorizationNeeded, match="the keyring is locked"):
        port.changes(None)
    with pytest.raises(PluginError, match="fetch raised StoreError"):
        port.fetch("1")
    with pytest.raises(OutcomeUnknown):
        port.send(OutgoingResponse("1", "therapist@example.com", "ab@example.org", b""))
