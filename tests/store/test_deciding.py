"""Recording decisions, and the history that bears on the next one."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.history import NOT_WATCHED, History, PastResponse
from boundary_plugins.core.response import Wording
from boundary_plugins.store.records import IntentState, MessageState, Recorded, Sender
from boundary_plugins.store.repository import Store
from store.building import (
    AB,
    AB_AT_WORK,
    FACTS,
    HOUR,
    NOW,
    REASONS,
    STRANGER,
    WINDOW_END,
    contact,
    intent,
    message,
    record,
)

MINUTE = timedelta(minutes=1)


def history_of(store: Store, sender: Sender) -> History:
    """The history as a decision in half an hour sees it."""
    at = NOW + 30 * MINUTE
    with store.transaction(at, sender.lock) as tx:
        return tx.history("main", sender, at)


def test_a_decision_comes_back_with_every_reason_in_order(store: Store) -> None:
    recorded = record(store)

    (found,) = store.messages()
    assert Recorded(True, recorded.contact_number, recorded.intent_id) == recorded
    assert found.reasons == REASONS
    assert (NOW, NOW, timedelta(0)) == (found.arrived_at, found.decided_at, found.decided_at.utcoffset())
    assert recorded.contact_number == found.contact_number
    assert contact() == store.contacts()[0].contact


def test_an_intent_comes_back_as_it_was_given(store: Store) -> None:
    record(store)

    (found,) = store.intents()
    for name in intent().__dataclass_fields__:
        assert getattr(intent(), name) == getattr(found, name), name
    assert (
        found.state,
        found.provider_id,
        found.created_at,
        found.attempts,
    ) == (IntentState.INTENDED, "m1", NOW, 0)


def test_recording_a_message_twice_changes_nothing_and_says_so(store: Store) -> None:
    record(store)

    again = record(store, at=NOW + MINUTE)

    assert Recorded(new=False) == again
    assert (len(store.messages()), len(store.contacts()), len(store.intents())) == (1, 1, 1)
    assert store.messages()[0].decided_at == NOW


def test_the_same_message_in_two_mailboxes_gets_one_response_and_says_why(store: Store) -> None:
    record(store)

    second = record(store, mailbox="other")

    (found,) = store.messages_by_provider_id("m1", "other")
    assert (second.new, second.intent_id) == (True, None)
    assert (found.reason, found.would_respond) == ("already-answered", False)
    assert (found.reasons[-1].rule, found.reasons[-1].hit) == ("already-answered", True)
    assert len(store.intents()) == 1


def test_a_response_to_one_address_counts_for_every_address_of_the_client(store: Store) -> None:
    record(store)

    found = history_of(store, AB_AT_WORK)

    assert (PastResponse(NOW, WINDOW_END, False),) == found.responses
    # The caps look at the sender and the domain, not at the client.
    assert (found.responses_to_sender, found.responses_to_domain, found.responses_from_mailbox) == (0, 0, 1)


def test_counts_roll_over_24_hours_and_one_hour(store: Store) -> None:
    record(store, "1", at=NOW - 24 * HOUR)
    record(store, "2", at=NOW - 22 * HOUR)
    record(store, "3", at=NOW + 10 * MINUTE)

    found = history_of(store, AB)

    assert len(found.responses) == 3
    assert (found.responses_to_sender, found.responses_to_domain, found.responses_from_mailbox) == (2, 2, 1)


def test_the_history_is_in_order_and_forgets_after_60_days(store: Store) -> None:
    record(store, "1", at=NOW - timedelta(days=61))
    record(store, "2", at=NOW - timedelta(days=59))
    record(store, "3", at=NOW)

    found = history_of(store, AB)

    assert [NOW - timedelta(days=59), NOW] == [response.at for response in found.responses]


def test_a_dropped_response_does_not_count_but_one_set_aside_does(store: Store) -> None:
    first, second = record(store, "1"), record(store, "2", at=NOW + MINUTE)
    assert first.intent_id is not None
    assert second.intent_id is not None

    with store.transaction(NOW + MINUTE) as tx:
        tx.drop(first.intent_id, NOW + MINUTE, "the therapist wrote")
        tx.set_aside(second.intent_id, NOW + MINUTE, "nobody can tell")

    found = history_of(store, AB)
    assert [response.at for response in found.responses] == [NOW + MINUTE]
    assert found.responses_to_sender == 1


def test_resources_alone_are_marked_in_the_history(store: Store) -> None:
    facts = FACTS.__class__(
        **{name: getattr(FACTS, name) for name in FACTS.__dataclass_fields__}
        | {"wording": Wording.RESOURCES_ONLY}
    )
    record(store, facts=facts)

    assert history_of(store, AB).responses[0].resources_only


def test_a_stranger_has_a_history_by_the_address_alone(store: Store) -> None:
    record(store, sender=STRANGER)
    with store.transaction(NOW + MINUTE) as tx:
        tx.record_sent("main", "s1", NOW, [STRANGER])

    found, other = (
        history_of(store, STRANGER),
        history_of(store, Sender(None, "x@example.net", "example.net")),
    )

    assert (len(found.responses), found.therapist_wrote_at, found.responses_to_sender) == (1, (NOW,), 1)
    assert (
        len(other.responses),
        other.therapist_wrote_at,
        other.responses_to_sender,
        other.responses_to_domain,
    ) == (0, (), 0, 1)


def test_what_the_therapist_wrote_to_any_address_counts_for_the_client(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.record_sent("main", "s1", NOW, [AB_AT_WORK, STRANGER])
        tx.record_sent("main", "s1", NOW, [AB_AT_WORK, STRANGER])

    assert history_of(store, AB).therapist_wrote_at == (NOW,)


def test_sent_mail_that_is_not_watched_or_not_readable_is_neither_present_nor_absent(store: Store) -> None:
    with store.transaction(NOW) as tx:
        not_watched = tx.history("main", AB, NOW, therapist_mail=NOT_WATCHED)
        unknown = tx.history("main", AB, NOW, therapist_mail=UNKNOWN)

    assert NOT_WATCHED is not_watched.therapist_wrote_at
    assert UNKNOWN is unknown.therapist_wrote_at


def test_nobody_usable_has_no_history(store: Store) -> None:
    record(store, sender=STRANGER)

    found = history_of(store, Sender())

    assert (found.responses, found.responses_to_sender, found.responses_to_domain) == ((), 0, 0)


def test_history_is_seen_and_never_judged(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.mark_history("main", ["a", "b"], NOW)
        tx.mark_history("main", ["b", "c"], NOW)

    assert store.unseen("main", ["a", "b", "c", "d"]) == ["d"]
    assert store.messages() == []
    assert len(store.messages(state=MessageState.HISTORY)) == 3


def test_unseen_keeps_the_order_of_50_000_ids_and_names_each_once(store: Store) -> None:
    ids = [f"{number:05}" for number in range(50_000, 0, -1)]
    with store.transaction(NOW) as tx:
        tx.mark_history("main", ids[::2], NOW)

    assert ids[1::2] == store.unseen("main", [*ids, *ids[:10]])
    assert store.unseen("another mailbox", ["50000"]) == ["50000"]


def test_a_cursor_is_kept_for_each_mailbox(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.set_cursor("main", "1")
        tx.set_cursor("main", "18446744073709551617")

    assert store.cursor("main") == "18446744073709551617"
    assert None is store.cursor("other")


def test_another_therapist_of_the_same_store_is_another_world(
    store: Store, open_it: Callable[..., Store]
) -> None:
    record(store)
    other = open_it(therapist="second")

    assert other.unseen("main", ["m1"]) == ["m1"]
    assert (history_of(other, AB).responses, history_of(other, AB).responses_from_mailbox) == ((), 0)
    assert other.contacts() == []


def test_a_message_that_was_set_aside_needs_no_facts(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.record_decision(
            message(
                state=MessageState.SET_ASIDE,
                message_id=None,
                arrived_at=None,
                reasons=(),
                reason="unparsable",
            )
        )

    (found,) = store.messages(state=MessageState.SET_ASIDE)
    assert (found.arrived_at, found.reasons, found.reason) == (None, (), "unparsable")


def test_the_history_can_be_looked_at_without_deciding(open_it: Callable[..., Store]) -> None:
    record(open_it())

    reader = open_it(read_only=True)

    assert [NOW] == [response.at for response in reader.history("main", AB, NOW).responses]
    assert NOT_WATCHED is reader.history("main", AB, NOW, therapist_mail=NOT_WATCHED).therapist_wrote_at


def watched(
    store: Store, key: str, sender: Sender, *, minutes: int = 0, reason: str = "out-of-boundary"
) -> None:
    """A message that would have been answered, had the program not only watched."""
    at = NOW + minutes * MINUTE
    with store.transaction(at, sender.lock) as tx:
        decided = message(f"m{key}", at=at, reason=reason, would_respond=True)
        tx.record_decision(decided, sender, contact(sender.client_id, at=at), None)


def history_watching(store: Store, sender: Sender) -> History:
    """The history of a decision in half an hour, while nothing is sent."""
    at = NOW + 30 * MINUTE
    with store.transaction(at, sender.lock) as tx:
        return tx.history_watching("main", sender, at)


@pytest.mark.parametrize("sender", [AB, STRANGER])
def test_a_message_of_the_past_sees_only_what_was_before_it(store: Store, sender: Sender) -> None:
    record(store, sender=sender)
    with store.transaction(NOW) as tx:
        tx.record_sent("main", "s1", NOW, [sender])

    at_once, later = (
        store.history("main", sender, at, only_before=True) for at in (NOW, NOW + timedelta(seconds=1))
    )

    assert History(therapist_wrote_at=()) == at_once
    assert ((NOW,), 1, 1, 1, 1) == (
        later.therapist_wrote_at,
        len(later.responses),
        later.responses_to_sender,
        later.responses_to_domain,
        later.responses_from_mailbox,
    )


def test_while_watching_what_would_have_been_sent_counts_for_every_address_of_the_client(
    store: Store,
) -> None:
    watched(store, "1", AB)
    watched(store, "2", AB_AT_WORK, minutes=1, reason="already-answered")

    found, real = history_watching(store, AB_AT_WORK), history_of(store, AB)

    expected = (PastResponse(NOW, WINDOW_END), PastResponse(NOW + MINUTE, WINDOW_END, resources_only=True))
    assert expected == found.responses
    assert 2 == found.responses_from_mailbox
    # A real decision sees nothing of it.
    assert ((), 0) == (real.responses, real.responses_from_mailbox)


def test_while_watching_a_response_counts_once_and_other_people_have_none(store: Store) -> None:
    record(store)
    watched(store, "2", Sender("CD", "cd@example.net", "example.net"))

    assert (PastResponse(NOW, WINDOW_END),) == history_watching(store, AB).responses
    assert () == history_watching(store, STRANGER).responses
    assert 2 == history_watching(store, STRANGER).responses_from_mailbox
