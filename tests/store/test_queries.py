"""What commands ask of the store, logging by hand, and forgetting by age."""

from datetime import timedelta
from typing import Any

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.store.records import IntentState
from boundary_plugins.store.repository import Store
from store.building import HOUR, NOW, REASONS, armed, client, contact, message, record

LATER = NOW + timedelta(days=100)


def log(store: Store, **fields: Any) -> int:
    """Log a call by hand, an hour later; its number."""
    made = contact(at=NOW + HOUR, channel=Channel.VOICE, **fields)
    with store.transaction(NOW + HOUR) as tx:
        return tx.log_contact(made, NOW + HOUR, minutes=25)


def test_a_contact_logged_by_hand_has_a_number_and_minutes_and_no_message(store: Store) -> None:
    number = log(store)

    found = store.contact(number)
    assert found is not None
    assert (True, 1500, None, NOW + HOUR) == (
        *(found.by_hand, found.seconds, found.mailbox, found.recorded_at),
    )
    assert contact(at=NOW + HOUR, channel=Channel.VOICE) == found.contact
    assert None is store.message_by_contact(number)


def test_time_is_logged_afterwards_on_any_meter(store: Store) -> None:
    number = log(store)

    with store.transaction(NOW + HOUR) as tx:
        logged = tx.log_time(number, TimeSpent(Meter.READING, 600), NOW + HOUR)
        nowhere = tx.log_time(number + 1, TimeSpent(Meter.READING, 600), NOW + HOUR)

    found = store.contact(number)
    assert found is not None
    assert (True, None, 2100) == (logged is not None, nowhere, found.seconds)
    assert [("live", 1500), ("reading", 600)] == [
        (entry.meter.value, entry.seconds) for entry in store.time_entries(number)
    ]


@pytest.mark.parametrize(
    "filters, channels",
    [
        # Newest first.
        ({}, ["voice", "email"]),
        ({"client_id": "AB"}, ["email"]),
        ({"channel": Channel.VOICE}, ["voice"]),
        ({"since": NOW + HOUR}, ["voice"]),
        ({"until": NOW + HOUR}, ["email"]),
        ({"out_of_boundary": False}, ["voice"]),
        ({"crisis": True}, []),
        ({"limit": 1}, ["voice"]),
    ],
)
def test_contacts_are_filtered(store: Store, filters: dict[str, object], channels: list[str]) -> None:
    record(store)
    log(store, client_id="CD", out_of_boundary=False)

    found = store.contacts(**filters)  # type: ignore[arg-type]

    assert channels == [one.contact.channel.value for one in found]


def test_why_is_answered_by_contact_number_message_id_and_provider_id(store: Store) -> None:
    number = record(store).contact_number
    assert number is not None

    by_number = store.message_by_contact(number)

    assert by_number is not None
    assert REASONS == by_number.reasons
    assert [by_number] == store.messages_by_message_id("<m1@example.com>")
    assert [by_number] == store.messages_by_message_id("m1@example.com")
    assert [by_number] == store.messages_by_provider_id("m1")
    assert [by_number] == store.messages_by_provider_id("m1", "main")
    assert [] == store.messages_by_provider_id("m1", "other")
    assert [] == store.messages_by_message_id("<other@example.com>")


def test_status_counts_what_would_have_been_sent_while_watching(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.mark_history("main", ["old"], NOW)
        tx.record_decision(message("w1", would_respond=True), None, contact())
        tx.record_decision(message("w2"), None, contact(out_of_boundary=False))
    sent = record(armed(store, NOW)).intent_id
    assert sent is not None
    store.begin_attempt(sent, NOW + HOUR)

    counts, later = store.counts(NOW), store.counts(NOW + HOUR)

    assert (3, 3, 2, 1) == (counts.messages, counts.contacts, counts.out_of_boundary, counts.would_have_sent)
    assert {IntentState.ATTEMPTING: 1} == counts.intents
    assert (0, 0, 0, 0, {}) == (
        later.messages,
        later.contacts,
        later.out_of_boundary,
        later.would_have_sent,
        later.intents,
    )


def test_what_is_forgotten_is_history_and_never_new_again(store: Store) -> None:
    record(store, "1")
    dropped = record(store, "2").intent_id
    assert dropped is not None
    with store.transaction(NOW) as tx:
        tx.drop(dropped, NOW, "test")

    with store.transaction(LATER) as tx:
        forgotten = tx.forget_older(LATER, decisions_before=LATER - timedelta(days=30))
        again = tx.forget_older(LATER, decisions_before=LATER - timedelta(days=30))

    assert (2, 0) == (forgotten, again)
    assert [] == store.messages()
    assert [] == store.unseen("main", ["m1", "m2"])
    assert [] == store.messages_by_message_id("m1@example.com")
    # A response that is still open stays, and contacts stay unless they are named.
    assert ["m1"] == [made.provider_id for made in store.intents()]
    assert 2 == len(store.contacts())


def test_contacts_are_forgotten_where_they_are_named(store: Store) -> None:
    record(store)
    log(store)

    with store.transaction(LATER) as tx:
        tx.forget_older(LATER, decisions_before=NOW, contacts_before=NOW + HOUR)

    assert [Channel.VOICE] == [one.contact.channel for one in store.contacts()]


def test_nothing_that_a_decision_looks_at_is_forgotten(store: Store) -> None:
    record(store, at=LATER - timedelta(days=60))

    with store.transaction(LATER) as tx:
        assert 0 == tx.forget_older(LATER, decisions_before=LATER)

    assert 1 == len(store.messages())


def test_clients_of_the_directory_are_untouched_by_forgetting(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.add_client(client(), ["ab@example.com", "ab@example.org"], NOW)

    with store.transaction(LATER) as tx:
        tx.forget_older(LATER, decisions_before=LATER, contacts_before=LATER)

    assert 1 == len(store.clients())
