"""One-off changes of availability and how they are undone."""

from dataclasses import replace
from datetime import timedelta

from boundary_plugins.core.interval import Interval
from boundary_plugins.store.records import AvailabilityChange, ChangeKind
from boundary_plugins.store.repository import Store
from store.building import HOUR, NOW

CLOSE = AvailabilityChange(
    ChangeKind.CLOSE,
    Interval(NOW, NOW + HOUR),
    "tomorrow afternoon",
    "Australia/Lord_Howe",
    "the command line",
    NOW,
)
OPEN = AvailabilityChange(
    ChangeKind.OPEN,
    Interval(NOW + 24 * HOUR, NOW + 26 * HOUR),
    "saturday 10-12",
    "UTC",
    "the command line",
    NOW,
)
SET = AvailabilityChange(
    ChangeKind.SET, None, "mon 9-12", "UTC", "the command line", NOW, "mon 09:00-17:00", "mon 09:00-12:00"
)


def make(store: Store, *changes: AvailabilityChange) -> list[int]:
    """Record changes; their ids."""
    with store.transaction(NOW) as tx:
        return [tx.add_availability_change(change) for change in changes]


def test_changes_come_back_with_what_was_said(store: Store) -> None:
    ids = make(store, CLOSE, OPEN, SET)

    found = store.availability_changes()

    assert ids == [change.id for change in found]
    assert [CLOSE, OPEN, SET] == [replace(change, id=None) for change in found]


def test_only_what_is_not_over_may_be_asked_for(store: Store) -> None:
    make(store, CLOSE, OPEN, SET)

    found = store.availability_changes(ends_after=NOW + HOUR)

    assert [OPEN.interval] == [change.interval for change in found]


def test_the_last_change_is_undone_first_and_each_once(store: Store) -> None:
    make(store, CLOSE, SET)
    at = NOW + timedelta(minutes=5)

    with store.transaction(at) as tx:
        undone = [tx.undo_availability_change(at) for _ in range(3)]

    first, second, third = undone
    assert first is not None
    assert second is not None
    assert None is third
    assert ("mon 09:00-17:00", at) == (first.previous_weekly, first.undone_at)
    assert CLOSE.interval == second.interval
    assert [] == store.availability_changes()
    assert 2 == len(store.availability_changes(include_undone=True))


def test_one_change_may_be_undone_by_its_id(store: Store) -> None:
    first, _ = make(store, CLOSE, OPEN)

    with store.transaction(NOW) as tx:
        undone, again = tx.undo_availability_change(NOW, first), tx.undo_availability_change(NOW, first)

    assert undone is not None
    assert (first, None) == (undone.id, again)
    assert [OPEN.interval] == [change.interval for change in store.availability_changes()]
