"""The way of a response: each step happens once, in order, and only when it may."""

from datetime import timedelta
from pathlib import Path

import pytest

from boundary_plugins.errors import StoreError
from boundary_plugins.store.records import IntentState, Mode
from boundary_plugins.store.repository import Store
from store.building import AB, AB_AT_WORK, HOUR, NOW, STRANGER, WINDOW_END, WINDOW_START, armed, record

MINUTE = timedelta(minutes=1)
DUE = NOW + 2 * MINUTE


def intended(store: Store, key: str = "1", **fields: object) -> int:
    """The id of a new response that is held until DUE."""
    intent_id = record(armed(store), key, **fields).intent_id  # type: ignore[arg-type]
    assert intent_id is not None
    return intent_id


def state_of(store: Store, intent_id: int) -> IntentState:
    """The state of a response."""
    found = store.intent(intent_id)
    assert found is not None
    return found.state


def test_a_response_is_due_from_the_end_of_its_hold_until_its_window_closes(store: Store) -> None:
    intended(store)

    assert [] == store.due("main", DUE - timedelta(microseconds=1))
    assert 1 == len(store.due("main", NOW, ignore_hold=True))
    assert 1 == len(store.due("main", DUE))
    assert [] == store.due("main", WINDOW_END)
    assert [] == store.due("other", DUE)
    assert DUE == store.next_due_at("main")


def test_attempting_is_on_record_before_anybody_acts_and_sent_after(store: Store) -> None:
    intent_id = intended(store)

    begun, again = store.begin_attempt(intent_id, DUE), store.begin_attempt(intent_id, DUE)
    (attempt,) = store.open_attempts("main")
    with store.transaction(DUE) as tx:
        sent, twice = (
            tx.finish_sent(intent_id, DUE, "own address as reverse-path", "<given@mail.example.net>"),
            tx.finish_sent(intent_id, DUE),
        )

    assert (True, False, True, False) == (begun, again, sent, twice)
    assert (intent_id, 1, DUE) == (attempt.id, attempt.attempts, attempt.attempted_at)
    found = store.intent(intent_id)
    assert found is not None
    assert (IntentState.SENT, DUE, "own address as reverse-path", "<given@mail.example.net>") == (
        found.state,
        found.settled_at,
        found.note,
        found.sent_message_id,
    )
    # What was kept for threading goes when it is no longer needed.
    assert (None, ()) == (found.in_reply_to, found.references)
    assert [] == store.open_attempts("main")


@pytest.mark.parametrize(
    "at",
    [
        # Still held.
        DUE - timedelta(microseconds=1),
        # Its window is over: a "back on Monday at 9" is never sent on Monday at 9.
        WINDOW_END,
    ],
)
def test_nothing_is_attempted_too_early_or_too_late(store: Store, at: object) -> None:
    intent_id = intended(store)

    assert not store.begin_attempt(intent_id, at)  # type: ignore[arg-type]
    assert IntentState.INTENDED is state_of(store, intent_id)


def test_nothing_is_attempted_while_only_watching(store: Store) -> None:
    intent_id = record(store).intent_id
    assert intent_id is not None

    assert not store.begin_attempt(intent_id, DUE)


def test_a_pause_stops_what_waits_at_once_and_it_stays_stopped(store: Store) -> None:
    intent_id = intended(store)

    with store.transaction(NOW) as tx:
        stopped = tx.pause(NOW)
    armed(store, NOW + MINUTE)

    assert [intent_id] == stopped
    assert IntentState.DROPPED is state_of(store, intent_id)
    assert not store.begin_attempt(intent_id, DUE)


def test_a_failed_attempt_waits_until_it_is_tried_again(store: Store) -> None:
    intent_id = intended(store)
    store.begin_attempt(intent_id, DUE)

    with store.transaction(DUE) as tx:
        tx.retry_at(intent_id, DUE + MINUTE, "the server was busy")

    assert [] == store.due("main", DUE, ignore_hold=True)
    (found,) = store.due("main", DUE + MINUTE)
    assert (1, "the server was busy") == (found.attempts, found.reason)
    assert DUE + MINUTE == store.next_due_at("main")
    assert store.begin_attempt(intent_id, DUE + MINUTE)


def test_what_is_settled_stays_settled(store: Store) -> None:
    intent_id = intended(store)

    with store.transaction(NOW) as tx:
        first = tx.set_aside(intent_id, NOW, "nobody can tell whether it was sent")
        rest = [
            tx.drop(intent_id, NOW, "x"),
            tx.finish_sent(intent_id, NOW),
            tx.retry_at(intent_id, NOW, "x"),
            tx.set_aside(intent_id, NOW, "x"),
        ]

    assert (True, [False] * 4) == (first, rest)
    assert IntentState.SET_ASIDE is state_of(store, intent_id)


def test_what_was_only_intended_cannot_have_been_sent(store: Store) -> None:
    intent_id = intended(store)

    with store.transaction(NOW) as tx:
        assert not tx.finish_sent(intent_id, NOW)


def test_a_response_that_outlived_its_window_is_dropped_with_a_reason(store: Store) -> None:
    intent_id = intended(store)

    with store.transaction(WINDOW_END) as tx:
        early = tx.drop_outlived("main", WINDOW_END - timedelta(microseconds=1))
        dropped = tx.drop_outlived("main", WINDOW_END)

    assert ([], [intent_id]) == (early, dropped)
    found = store.intent(intent_id)
    assert found is not None
    assert "over before it could be sent" in found.reason


@pytest.mark.parametrize(
    "who, sent_at, dropped",
    [
        # To the same address, after the message.
        (AB, NOW + MINUTE, True),
        # To another address of the same client, at the very start of the window.
        (AB_AT_WORK, WINDOW_START, True),
        # Before the window.
        (AB, WINDOW_START - timedelta(microseconds=1), False),
        # To somebody else.
        (STRANGER, NOW + MINUTE, False),
    ],
)
def test_what_the_therapist_wrote_during_the_hold_replaces_the_response(
    store: Store, who: object, sent_at: object, dropped: bool
) -> None:
    intent_id = intended(store)

    with store.transaction(DUE) as tx:
        tx.record_sent("main", "s1", sent_at, [who])  # type: ignore[arg-type, list-item]
        ids = tx.drop_answered_by_therapist("main", DUE)

    assert ([intent_id] if dropped else []) == ids


def test_a_stranger_to_whom_the_therapist_wrote_gets_no_response(store: Store) -> None:
    intent_id = intended(store, sender=STRANGER)

    with store.transaction(DUE) as tx:
        tx.record_sent("main", "s1", NOW, [STRANGER])
        assert [intent_id] == tx.drop_answered_by_therapist("main", DUE)


def test_intents_are_filtered_by_state_client_and_time(store: Store) -> None:
    intended(store, "1")
    record(store, "2", at=NOW + HOUR)

    assert 2 == len(store.intents(client_id="AB", states=[IntentState.INTENDED]))
    assert ["m2"] == [found.provider_id for found in store.intents(since=NOW + HOUR)]
    assert ["m1"] == [found.provider_id for found in store.intents(limit=1)]
    assert [] == store.intents(states=[IntentState.SENT])
    assert [] == store.intents(mailbox="other")


def test_an_attempt_is_undone_where_the_generation_file_cannot_be_written(
    store: Store, tmp_path: Path
) -> None:
    intent_id = intended(store)
    (tmp_path / "state" / "generation.new").mkdir()

    with pytest.raises(StoreError, match="nothing was sent") as caught:
        store.begin_attempt(intent_id, DUE)

    assert caught.value.retry
    assert IntentState.INTENDED is state_of(store, intent_id)
    assert Mode.ARMED is store.mode().mode
