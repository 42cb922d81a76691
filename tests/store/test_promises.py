"""Promises: which are owed, and what keeps them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.core.response import Wording
from boundary_plugins.store.records import Sender
from boundary_plugins.store.repository import Store
from store.building import AB, AB_AT_WORK, FACTS, HOUR, NOW, armed, contact, record

CD = Sender("CD", "cd@example.com", "example.com")
LATER = NOW + 2 * HOUR


def answered(store: Store, key: str = "1", *, sender: Sender = AB, at: datetime = NOW, **fields: Any) -> int:
    """A contact to which a response went; its number."""
    made = record(armed(store, at), key, sender=sender, at=at, **fields)
    assert made.intent_id is not None
    assert made.contact_number is not None
    assert store.begin_attempt(made.intent_id, at + HOUR / 2)
    with store.transaction(at + HOUR / 2) as tx:
        assert tx.finish_sent(made.intent_id, at + HOUR / 2)
    return made.contact_number


def owed(store: Store) -> list[int]:
    """The contacts that an answer is owed to."""
    return [promise.contact for promise in store.promises()]


def log(store: Store, at: datetime, minutes: int | None, client_id: str = "AB") -> None:
    """Log a call by hand."""
    with store.transaction(LATER) as tx:
        tx.log_contact(contact(client_id, at=at, channel=Channel.VOICE), LATER, minutes)


def test_a_response_that_went_promises_its_day_to_its_contact(store: Store) -> None:
    number = answered(store)

    (promise,) = store.promises()

    assert ("AB", number, NOW, NOW + HOUR / 2, FACTS.next_opening_at, FACTS.promised_by) == (
        *(promise.client_id, promise.contact, promise.came_at, promise.promised_at),
        *(promise.due_at, promise.due_by),
    )


def test_a_response_that_did_not_go_promises_nothing(store: Store) -> None:
    record(armed(store))

    assert [] == store.promises()


@pytest.mark.parametrize(
    "fields",
    [
        # A message that sounded like a crisis, whatever the wording says.
        {"crisis": True},
        {"facts": replace(FACTS, wording=Wording.CRISIS)},
        # A practice that promises nothing.
        {"facts": replace(FACTS, promises_next_opening=False, promised_by=None)},
    ],
)
def test_some_responses_promise_nothing(store: Store, fields: dict[str, Any]) -> None:
    answered(store, **fields)

    assert [] == store.promises()


def test_what_the_therapist_writes_afterwards_keeps_the_promise(store: Store) -> None:
    number, other = answered(store), answered(store, "2", sender=CD, at=NOW + HOUR)
    with store.transaction(LATER) as tx:
        tx.record_sent("other", "s1", NOW - timedelta(seconds=1), [AB])
    before = owed(store)

    with store.transaction(LATER) as tx:
        tx.record_sent("other", "s2", LATER, [AB_AT_WORK])

    assert ([number, other], [other]) == (before, owed(store))


@pytest.mark.parametrize(
    ("at", "minutes", "client_id", "kept"),
    [
        # A call afterwards, with time on it.
        (NOW + HOUR, 5, "AB", True),
        # Without time it may be one that nobody took.
        (NOW + HOUR, None, "AB", False),
        (NOW + HOUR, 0, "AB", False),
        # Before the message came, or with somebody else.
        (NOW - HOUR, 5, "AB", False),
        (NOW + HOUR, 5, "CD", False),
    ],
)
def test_a_contact_by_hand_with_time_on_it_keeps_the_promise(
    store: Store, at: datetime, minutes: int | None, client_id: str, kept: bool
) -> None:
    number = answered(store)

    log(store, at, minutes, client_id)

    assert ([] if kept else [number]) == owed(store)


def test_a_later_message_of_the_client_keeps_nothing(store: Store) -> None:
    number = answered(store)

    later = record(store, "2", at=LATER).contact_number
    assert later is not None
    # Reading it is time, and no answer.
    with store.transaction(LATER) as tx:
        tx.log_time(later, TimeSpent(Meter.READING, 60), LATER)

    assert [number] == owed(store)


def test_what_the_therapist_says_keeps_the_promise_until_it_is_taken_back(store: Store) -> None:
    number = answered(store)
    with store.transaction(LATER) as tx:
        tx.keep_promise(number, LATER)
        tx.keep_promise(number, LATER)
    kept = owed(store)

    with store.transaction(LATER) as tx:
        taken_back = [tx.owe_again(number), tx.owe_again(number)]

    assert ([], [number], [True, False]) == (kept, owed(store), taken_back)


def test_a_contact_that_is_forgotten_takes_what_was_said_of_it_along(store: Store) -> None:
    number = answered(store)
    with store.transaction(LATER) as tx:
        tx.keep_promise(number, LATER)

    with store.transaction(LATER) as tx:
        tx.forget_older(LATER, decisions_before=NOW, contacts_before=LATER)

    assert [] == owed(store)


def test_what_was_due_first_comes_first(store: Store) -> None:
    soon = replace(FACTS, next_opening_at=NOW + 3 * HOUR, promised_by=None)
    late, first = answered(store), answered(store, "2", sender=CD, at=NOW + HOUR, facts=soon)

    assert [first, late] == owed(store)
