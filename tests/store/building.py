"""Values for the tests of the store, each with what a test does not care about filled in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.client import Client
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.policy import SubjectForm
from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.records import Intent, MessageRecord, Recorded, Sender
from boundary_plugins.store.repository import Store

KEYS = KeyedHash(bytes(range(32)))
NOW = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WINDOW_START, WINDOW_END = NOW - 3 * HOUR, NOW + 12 * HOUR

REASONS = (
    Reason("auto-submitted", False, "there is no Auto-Submitted field", "RFC 3834, section 5"),
    Reason("calendar", None, "the structure is not known", "RFC 5546"),
    Reason("stranger", True, "not a client on file", "policy: responses.audience"),
)
FACTS = ResponseFacts(
    wording=Wording.DISCREET,
    next_opening_at=NOW + 12 * HOUR,
    promised_by=(NOW + 36 * HOUR).date(),
    promises_next_opening=True,
    zone="Australia/Lord_Howe",
    practice_zone="America/New_York",
    language="en",
    region="AU",
    discreet=True,
)

AB = Sender("AB", "ab@example.com", "example.com")
AB_AT_WORK = Sender("AB", "ab@example.org", "example.org")
STRANGER = Sender(None, "stranger@example.net", "example.net")


def message(provider_id: str = "m1", *, at: datetime = NOW, **fields: Any) -> MessageRecord:
    """A message that was decided on the moment it arrived."""
    record = MessageRecord(
        "main", provider_id, f"<{provider_id}@example.com>", at, at, "stranger", REASONS, False
    )
    return replace(record, **fields)


def contact(client_id: str | None = "AB", *, at: datetime = NOW, **fields: Any) -> Contact:
    """An email out of hours."""
    made = Contact(client_id, Channel.EMAIL, "scheduling", at, True, WINDOW_START, WINDOW_END)
    return replace(made, **fields)


def intent(response_id: str = "r1", *, at: datetime = NOW, **fields: Any) -> Intent:
    """A response to AB, held for two minutes."""
    made = Intent(
        response_id=response_id,
        client_id="AB",
        address_id=None,
        own_address="therapist@example.com",
        subject_form=SubjectForm.NEUTRAL,
        in_reply_to="<m1@example.com>",
        references=("<m0@example.com>", "<m1@example.com>"),
        facts=FACTS,
        crisis=False,
        window_start=WINDOW_START,
        window_end=WINDOW_END,
        not_before=at + timedelta(minutes=2),
        not_after=WINDOW_END,
    )
    return replace(made, **fields)


def client(client_id: str = "AB", *addresses: str, **fields: Any) -> Client:
    """A client on file."""
    return Client(client_id, addresses or ("AB@example.com", "ab@example.org"), **fields)


def canonical(of: Client) -> list[str]:
    """The canonical addresses of a client of the tests."""
    return [address.casefold() for address in of.addresses]


def record(
    store: Store,
    key: str = "1",
    *,
    sender: Sender = AB,
    at: datetime = NOW,
    mailbox: str = "main",
    **fields: Any,
) -> Recorded:
    """Record the message m<key> with a contact and the intent r<key>."""
    with store.transaction(at, sender.lock) as tx:
        return tx.record_decision(
            message(f"m{key}", at=at, mailbox=mailbox, reason="out-of-boundary", would_respond=True),
            sender,
            contact(at=at, client_id=sender.client_id),
            intent(f"r{key}", at=at, client_id=sender.client_id, **fields),
        )


def armed(store: Store, at: datetime = NOW - HOUR) -> Store:
    """The store, with sending switched on."""
    with store.transaction(at) as tx:
        tx.arm(at)
    return store
