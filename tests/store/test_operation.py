"""Mode, notices and leases: by level, never by edge."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from boundary_plugins.store.records import LeaseRecord, Mode, ModeRecord, Notice
from boundary_plugins.store.repository import Store
from store.building import HOUR, NOW

LATER = NOW + timedelta(minutes=1)


def test_a_fresh_store_only_watches(store: Store) -> None:
    assert ModeRecord(Mode.WATCHING) == store.mode()


def test_arming_twice_does_not_move_the_instant_from_which_mail_is_answered(store: Store) -> None:
    for at in (NOW, LATER):
        with store.transaction(at) as tx:
            tx.arm(at)

    assert ModeRecord(Mode.ARMED, NOW, NOW) == store.mode()


def test_arming_again_after_a_pause_never_answers_what_came_meanwhile(store: Store) -> None:
    with store.transaction(LATER) as tx:
        tx.arm(NOW)
        tx.pause(NOW)
        paused_at = NOW + timedelta(seconds=1)
        tx.arm(LATER)

    assert not store.mode().may_answer(paused_at)
    assert store.mode().may_answer(LATER)


@pytest.mark.parametrize(
    "mode, answers",
    [
        # From the very instant on.
        (ModeRecord(Mode.ARMED, NOW, NOW), True),
        # Before it.
        (ModeRecord(Mode.ARMED, LATER, LATER), False),
        (ModeRecord(Mode.PAUSED, NOW), False),
        (ModeRecord(Mode.WATCHING), False),
    ],
)
def test_only_armed_answers_and_never_the_past(mode: ModeRecord, answers: bool) -> None:
    assert answers is mode.may_answer(NOW)


def test_a_notice_is_told_once_while_it_lasts_and_once_when_it_is_over(store: Store) -> None:
    told = []
    with store.transaction(LATER) as tx:
        told += [tx.clear_notice("mailbox main", NOW)]
        told += [tx.raise_notice("mailbox main", "needs a new sign-in", NOW) for _ in range(2)]
        told += [tx.raise_notice("mailbox main", "needs a new sign-in since Friday", LATER)]

    assert [False, True, False, False] == told
    assert [Notice("mailbox main", "needs a new sign-in since Friday", NOW)] == store.notices()
    with store.transaction(LATER) as tx:
        assert [True, False] == [tx.clear_notice("mailbox main", LATER) for _ in range(2)]
    assert [] == store.notices()
    assert LATER == store.notices(include_cleared=True)[0].cleared_at
    with store.transaction(LATER) as tx:
        assert tx.raise_notice("mailbox main", "again", LATER)
    assert [Notice("mailbox main", "again", LATER)] == store.notices()


def test_of_two_holders_of_a_lease_one_serves_until_it_runs_out(open_it: Callable[..., Store]) -> None:
    first, second = open_it(), open_it()

    def acquire(store: Store, holder: str, seconds_later: float) -> bool:
        at = NOW + timedelta(seconds=seconds_later)
        with store.transaction(at) as tx:
            return tx.acquire_lease("main", holder, at, 60)

    assert acquire(first, "a", 0)
    assert not acquire(second, "b", 59)
    # Renewed in time, it lasts from then.
    assert acquire(first, "a", 59.5)
    assert not acquire(second, "b", 119)
    # Run out, to the instant.
    assert acquire(second, "b", 119.5)
    assert not acquire(first, "a", 120)
    assert [LeaseRecord("main", "b", NOW + timedelta(seconds=179.5))] == first.leases()


def test_a_lease_is_given_back_only_by_its_holder(store: Store) -> None:
    with store.transaction(NOW) as tx:
        tx.acquire_lease("main", "a", NOW, 60)
        given_back = [tx.release_lease("main", holder) for holder in ("b", "a", "a")]
        taken = tx.acquire_lease("main", "b", NOW, 60)

    assert ([False, True, False], True) == (given_back, taken)


def test_the_last_commit_is_known(store: Store) -> None:
    assert None is store.last_commit_at()

    with store.transaction(NOW + HOUR) as tx:
        tx.set_cursor("main", "1")

    assert NOW + HOUR == store.last_commit_at()
