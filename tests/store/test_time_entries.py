"""Time in the store: one clock at a time, and what came on record last comes first."""

from datetime import timedelta

import pytest

from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store
from store.building import HOUR, NOW, contact, message

MINUTE = timedelta(minutes=1)


def logged(store: Store, client_id: str = "AB") -> int:
    """A contact by hand; its number."""
    with store.transaction(NOW) as tx:
        return tx.log_contact(contact(client_id), NOW)


def started(store: Store, number: int) -> int:
    """A clock that runs since then; its entry."""
    with store.transaction(NOW) as tx:
        entry = tx.start_clock(number, Meter.LIVE, NOW)
    assert entry is not None
    return entry


def test_a_clock_that_runs_is_no_time_yet(store: Store) -> None:
    number = logged(store)

    entry = started(store, number)

    running, found = store.running_clock(), store.contact(number)
    assert running is not None
    assert (entry, number, "AB", None, NOW) == (
        *(running.id, running.contact, running.client_id, running.seconds, running.started_at),
    )
    assert found is not None
    assert found.seconds is None


def test_one_clock_runs_at_a_time(store: Store) -> None:
    first, second = logged(store), logged(store)
    started(store, first)

    with pytest.raises(StoreError), store.transaction(NOW) as tx:
        tx.start_clock(second, Meter.LIVE, NOW)

    assert [] == store.time_entries(second)


def test_a_clock_is_stopped_once(store: Store) -> None:
    number = logged(store)
    entry = started(store, number)

    with store.transaction(NOW + HOUR) as tx:
        stopped = [tx.stop_clock(entry, 600, NOW + HOUR), tx.stop_clock(entry, 900, NOW + HOUR)]

    (found,) = store.time_entries(number)
    assert ([True, False], 600, None) == (stopped, found.seconds, store.running_clock())


def test_a_clock_that_was_stopped_later_came_on_record_later(store: Store) -> None:
    number = logged(store)
    entry = started(store, number)
    with store.transaction(NOW + MINUTE) as tx:
        other = tx.log_time(number, TimeSpent(Meter.READING, 60), NOW + MINUTE)
    before = [found.id for found in store.latest_time(5)]

    with store.transaction(NOW + HOUR) as tx:
        tx.stop_clock(entry, 600, NOW + HOUR)

    assert ([other, entry], [entry]) == (before, [found.id for found in store.latest_time(1)])


def test_what_is_taken_away_is_gone(store: Store) -> None:
    number = logged(store)
    entry = started(store, number)

    with store.transaction(NOW) as tx:
        gone = [tx.forget_time(entry), tx.forget_time(entry)]

    assert ([True, False], []) == (gone, store.time_entries(number))


def judged(store: Store, provider_id: str = "m-1") -> int:
    """A contact by a message in the mailbox; its number."""
    with store.transaction(NOW) as tx:
        recorded = tx.record_decision(message(provider_id), contact=contact("AB"))
    assert recorded.contact_number is not None
    return recorded.contact_number


def marked(store: Store, seconds: int, provider_id: str = "m-1") -> bool:
    """The message is marked with so much; whether anything changed."""
    with store.transaction(NOW) as tx:
        return tx.set_marked_time("main", provider_id, seconds, NOW)


def test_a_mark_is_one_entry_that_follows_it(store: Store) -> None:
    number = judged(store)
    with store.transaction(NOW) as tx:
        tx.log_time(number, TimeSpent(Meter.READING, 60), NOW)

    changed = [marked(store, seconds) for seconds in (720, 720, 300)]

    assert [True, False, True] == changed
    assert [(Meter.READING, 60, False), (Meter.WRITING, 300, True)] == [
        (entry.meter, entry.seconds, entry.of_mark) for entry in store.time_entries(number)
    ]


def test_a_mark_that_is_taken_off_takes_its_time_along_and_no_other(store: Store) -> None:
    number = judged(store)
    with store.transaction(NOW) as tx:
        tx.log_time(number, TimeSpent(Meter.READING, 60), NOW)
    marked(store, 720)

    changed = [marked(store, 0), marked(store, 0)]

    assert [True, False] == changed
    assert [60] == [entry.seconds for entry in store.time_entries(number)]


def test_a_mark_on_what_is_no_contact_changes_nothing(store: Store) -> None:
    judged(store)

    assert not marked(store, 720, "m-2")

    assert [] == store.latest_time(10)


def test_what_was_logged_by_hand_is_told_apart(store: Store) -> None:
    number = judged(store)
    with store.transaction(NOW) as tx:
        tx.log_time(number, TimeSpent(Meter.READING, 60), NOW)
    with store.transaction(NOW + HOUR) as tx:
        tx.set_marked_time("main", "m-1", 720, NOW + HOUR)

    assert [720, 60] == [entry.seconds for entry in store.latest_time(10)]
    assert [60] == [entry.seconds for entry in store.latest_time(10, by_hand=True)]
