"""Charges in the store: proposals in step with what is on record, decisions once, and one live charge a contact."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest

from boundary_plugins.core.fees.price import Amount
from boundary_plugins.store.charge_records import ChargeState, DecisionKind
from boundary_plugins.store.charges import CHARGES_LOCK
from boundary_plugins.store.repository import Store
from builders_money import DAY, NOW, assessment, moved, propose, raced, the_charge

RACERS = 8


def decide(store: Store, number: int, kind: DecisionKind, to: ChargeState, **changes: Any) -> bool:
    """A decision about a charge as it is now."""
    with store.transaction(NOW, lock=CHARGES_LOCK, check_clock=False) as transaction:
        return transaction.decide_charge(the_charge(store, number), kind, to, NOW, made_by="me", **changes)


def test_a_proposal_is_everything_that_the_assessment_says(store: Store) -> None:
    """With a key of its own, and nothing decided."""
    assert (1, 0) == propose(store, assessment(7, 3010, amount=Amount(2530, 480), ends_at=NOW + DAY))

    found = the_charge(store)
    assert ("AB", "messages: contact 7", "2026-1", (7,)) == (
        *(found.client_id, found.unit, found.policy_version, found.contacts),
    )
    assert (3010, "USD", 720, NOW + DAY) == (
        *(found.amount.gross, found.currency.code, found.seconds, found.ends_at),
    )
    assert (ChargeState.PROPOSED, 32, 0, None, NOW) == (
        *(found.state, len(found.key), found.attempts, found.reference, found.created_at),
    )
    assert assessment().steps == found.steps


def test_the_same_assessments_again_change_nothing(store: Store) -> None:
    """Not even the key."""
    propose(store, assessment(1), assessment(2))
    before = store.charges()

    again = propose(store, assessment(2), assessment(1))

    assert (0, 0) == again
    assert before == store.charges()


def test_an_assessment_without_an_amount_is_no_proposal(store: Store) -> None:
    """It only explains."""
    assert (0, 0) == propose(store, assessment(amount=None))


def test_a_proposal_follows_what_is_on_record(store: Store) -> None:
    """More time, another contact of its day; the number stays."""
    day = assessment(1, unit="messages: 2026-03-06")
    propose(store, day)

    propose(store, replace(day, contacts=(1, 2), seconds=1500, amount=Amount(6250, 0)))

    assert (1, (1, 2), 1500, 6250) == (
        *((found := the_charge(store)).number, found.contacts, found.seconds, found.amount.gross),
    )
    assert [found] == store.charges(contact=2)


def test_a_proposal_whose_ground_is_gone_is_dropped_and_its_contact_free(store: Store) -> None:
    """Its time was taken away, or the consent."""
    propose(store, assessment(1))

    assert (0, 1) == propose(store)
    assert (1, 0) == propose(store, assessment(1))

    assert [2] == [found.number for found in store.charges()]
    assert ChargeState.DROPPED is the_charge(store, 1).state
    assert the_charge(store, 1).key != the_charge(store, 2).key


def test_a_contact_goes_from_one_proposal_to_another(store: Store) -> None:
    """The days may begin elsewhere: both proposals stand, and change at once."""
    first, second = (
        assessment(number, unit=f"messages: 2026-03-0{number}", contacts=contacts)
        for number, contacts in ((6, (1, 2)), (7, (3,)))
    )
    propose(store, first, second)

    propose(store, replace(second, contacts=(2, 3)), replace(first, contacts=(1,)))

    assert [(1,), (2, 3)] == [found.contacts for found in store.charges()]


@pytest.mark.parametrize(
    "state",
    [state for state in ChargeState if state not in (ChargeState.PROPOSED, ChargeState.DROPPED)],
)
def test_what_somebody_decided_on_is_not_touched_by_proposals(store: Store, state: ChargeState) -> None:
    """Neither renewed nor dropped, nor is another charge proposed for its contacts."""
    propose(store, assessment(1))
    kind = DecisionKind.VOID if state is ChargeState.VOID else DecisionKind.CONFIRM
    decide(store, 1, kind, state)
    before = the_charge(store)

    renewed = propose(store, assessment(1, 9900))
    elsewhere = propose(store, assessment(1, 9900, unit="messages: 2026-03-06", contacts=(1, 2)))
    gone = propose(store)

    assert [(0, 0)] * 3 == [renewed, elsewhere, gone]
    assert before == the_charge(store)


def test_a_unit_that_is_charged_gets_no_second_charge_for_what_came_late(store: Store) -> None:
    """Also where the contacts that were charged are forgotten by now."""
    day = assessment(1, unit="messages: 2026-03-06")
    propose(store, day)
    moved(store, 1, ChargeState.POSTED)

    assert (0, 0) == propose(store, replace(day, contacts=(2,)))


def test_a_proposal_is_dropped_where_one_of_its_contacts_is_charged_otherwise(store: Store) -> None:
    """Such as by another version of the policy that came into force earlier."""
    other = assessment(2, unit="messages: 2026-03-06", policy_version="2026-2")
    propose(store, assessment(1), other)
    moved(store, 1, ChargeState.POSTED)

    assert (0, 1) == propose(store, assessment(1), replace(other, contacts=(1, 2)))


def test_a_charge_whose_confirmation_was_undone_is_proposed_anew(store: Store) -> None:
    """One that was taken back for good is not."""
    propose(store, assessment(1), assessment(2))
    for number in (1, 2):
        decide(store, number, DecisionKind.CONFIRM, ChargeState.CONFIRMED)
        moved(store, number, ChargeState.POSTED)
    decide(store, 2, DecisionKind.VOID, ChargeState.VOIDING)
    with store.transaction(NOW) as transaction:
        found = transaction.last_decision(1)
        assert found is not None
        transaction.mark_undone(found[0], NOW)
    for number in (1, 2):
        moved(store, number, ChargeState.VOID)

    made = propose(store, assessment(1), assessment(2))

    assert (1, 0) == made
    assert [(3, (1,))] == [
        (found.number, found.contacts) for found in store.charges(states=[ChargeState.PROPOSED])
    ]


def test_a_decision_is_kept_with_what_stood_before(store: Store) -> None:
    """And by whom it was made, and why."""
    propose(store, assessment(1))

    decide(store, 1, DecisionKind.CHANGE, ChargeState.CONFIRMED, reason="short", seconds=300, net=1250)

    [decision] = store.decisions(1)
    assert (DecisionKind.CHANGE, "short", "me", NOW, None) == (
        *(decision.kind, decision.reason, decision.made_by, decision.made_at, decision.undone_at),
    )
    assert (300, 1250, NOW) == ((found := the_charge(store)).seconds, found.amount.net, found.decided_at)
    with store.transaction(NOW) as transaction:
        last = transaction.last_decision(1)
    assert last is not None
    assert ("proposed", 720, 3000) == (last[1]["state"], last[1]["seconds"], last[1]["net"])


def test_a_charge_moves_only_from_the_state_that_was_seen(store: Store) -> None:
    """Whoever comes second changes nothing, and records no decision."""
    propose(store, assessment(1))
    seen = the_charge(store)
    moved(store, 1, ChargeState.CONFIRMED)

    with store.transaction(NOW, lock=CHARGES_LOCK) as transaction:
        decided = transaction.decide_charge(seen, DecisionKind.WAIVE, ChargeState.WAIVED, NOW, made_by="me")
        went = transaction.move_charge(seen, ChargeState.DROPPED, NOW)

    assert (False, False) == (decided, went)
    assert ChargeState.CONFIRMED is the_charge(store).state
    assert [] == store.decisions(1)


def test_a_proposal_that_was_written_anew_meanwhile_is_not_decided_on(store: Store) -> None:
    """Nobody says yes to an amount that they did not see."""
    propose(store, assessment(1))
    seen = the_charge(store)
    propose(store, assessment(1, 4000))

    with store.transaction(NOW, lock=CHARGES_LOCK) as transaction:
        decided = transaction.decide_charge(
            seen, DecisionKind.CONFIRM, ChargeState.CONFIRMED, NOW, made_by="me"
        )

    assert not decided
    assert (ChargeState.PROPOSED, 4000) == ((found := the_charge(store)).state, found.amount.gross)


def test_each_attempt_counts_and_an_attempt_of_old_is_not_ended(store: Store) -> None:
    """So that two who try the same charge do not end each other's attempt."""
    propose(store, assessment(1))
    moved(store, 1, ChargeState.CONFIRMED)
    moved(store, 1, ChargeState.ATTEMPTING)
    of_old = the_charge(store)
    moved(store, 1, ChargeState.CONFIRMED)
    moved(store, 1, ChargeState.ATTEMPTING)

    with store.transaction(NOW, lock=CHARGES_LOCK) as transaction:
        assert not transaction.move_charge(of_old, ChargeState.POSTED, NOW)

    assert (2, NOW) == ((found := the_charge(store)).attempts, found.attempted_at)


def test_what_waits_for_the_biller_comes_when_it_is_due_the_oldest_first(store: Store) -> None:
    """Also what was being attempted when the program stopped."""
    propose(store, *(assessment(number) for number in range(1, 6)))
    moved(store, 1, ChargeState.ATTEMPTING)
    moved(store, 2, ChargeState.VOIDING)
    moved(store, 3, ChargeState.CONFIRMED, next_attempt_at=NOW + DAY)
    moved(store, 4, ChargeState.POSTED)

    assert [1, 2] == [found.number for found in store.charges_to_settle(NOW)]
    assert [1, 2, 3] == [found.number for found in store.charges_to_settle(NOW + DAY)]


def test_only_proposals_that_are_over_wait_for_the_therapist(store: Store) -> None:
    """To a day that runs more may come."""
    propose(store, assessment(1), assessment(2, ends_at=NOW + DAY), assessment(3))
    moved(store, 3, ChargeState.WAIVED)

    assert (1, 2) == (store.charges_to_decide(NOW), store.charges_to_decide(NOW + DAY))


def test_charges_are_found_by_state_client_and_contact(store: Store) -> None:
    """Dropped ones only where they are asked for."""
    propose(store, assessment(1), assessment(2, client_id="CD"), assessment(3))
    moved(store, 3, ChargeState.DROPPED)

    assert [1, 2] == [found.number for found in store.charges()]
    assert [3] == [found.number for found in store.charges(states=[ChargeState.DROPPED])]
    assert [2] == [found.number for found in store.charges(client_id="CD")]
    assert [1] == [found.number for found in store.charges(contact=1, limit=1)]
    assert None is store.charge(4)


def test_a_charge_that_was_taken_back_is_made_again_under_another_key(store: Store) -> None:
    """Unless something else is charged for the same by now."""
    propose(store, assessment(1))
    moved(store, 1, ChargeState.VOID)
    with store.transaction(NOW, lock=CHARGES_LOCK) as transaction:
        again = transaction.charge_again(the_charge(store), NOW + timedelta(hours=1), made_by="me")
    assert again == 2
    first, second = the_charge(store, 1), the_charge(store, 2)
    assert (ChargeState.CONFIRMED, first.amount, first.contacts) == (
        second.state,
        second.amount,
        second.contacts,
    )
    assert first.key != second.key

    with store.transaction(NOW, lock=CHARGES_LOCK) as transaction:
        assert transaction.charge_again(first, NOW, made_by="me") is None

    assert 2 == len(store.charges())


def test_keys_are_the_same_in_any_store_and_differ_for_each_unit(store: Store) -> None:
    """So that a biller of another store knows a charge again."""
    propose(store, assessment(1), assessment(2), assessment(1, client_id="CD", contacts=(3,)))
    with store.transaction(NOW) as transaction:
        [fresh] = transaction.charge_keys([("AB", "messages: contact 9", "2026-1")])
        [again] = transaction.charge_keys([("AB", "messages: contact 1", "2026-1")])

    keys = [found.key for found in store.charges()]
    assert 5 == len({*keys, fresh, again})
    assert sha256(b"therapist\0AB\0messages: contact 1\x002026-1\x000").hexdigest()[:32] == keys[0]


def test_eight_who_propose_at_once_make_one_charge_of_each_contact(store: Store) -> None:
    """Nobody fails, and nobody sees half of it."""
    results: list[tuple[int, int]] = []

    raced([lambda: results.append(propose(store, assessment(1), assessment(2)))] * RACERS)

    assert [(0, 0)] * (RACERS - 1) + [(2, 0)] == sorted(results)
    assert [1, 2] == sorted(contact for found in store.charges() for contact in found.contacts)


def test_eight_who_decide_at_once_decide_once(store: Store) -> None:
    """One of them confirms or waives it, and the others are told."""
    propose(store, assessment(1))
    seen, decided = the_charge(store), list[bool]()

    def decide_too(racer: int) -> None:
        to = (ChargeState.CONFIRMED, ChargeState.WAIVED)[racer % 2]
        with store.transaction(NOW, lock=CHARGES_LOCK, check_clock=False) as transaction:
            decided.append(transaction.decide_charge(seen, DecisionKind.CONFIRM, to, NOW, made_by=str(racer)))

    raced([partial(decide_too, racer) for racer in range(RACERS)])

    assert [False] * (RACERS - 1) + [True] == sorted(decided)
    assert 1 == len(store.decisions(1))
