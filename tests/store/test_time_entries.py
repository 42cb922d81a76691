"""Time in the store: one clock at a time, and what came on record last comes first."""

from datetime import timedelta

import pytest

from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store
from store.building import HOUR, NOW, contact

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
