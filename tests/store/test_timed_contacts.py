"""Contacts as fees look at them: each with its time, and whether it was answered outside contact hours."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from boundary_plugins.core.fees.charge import TimedContact
from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.store.repository import Store
from store.building import AB, AB_AT_WORK, HOUR, NOW, contact

MOMENT = timedelta(microseconds=1)


def came(store: Store, at: datetime, client_id: str | None = "AB") -> int:
    """A contact at an instant; its number."""
    with store.transaction(at, check_clock=False) as tx:
        return tx.log_contact(contact(client_id, at=at), at)


def wrote(store: Store, at: datetime, who: Any = AB, *, closed: bool | None = True) -> None:
    """The therapist writes to a client."""
    with store.transaction(at, check_clock=False) as tx:
        tx.record_sent("main", f"s{at.timestamp()}", at, [who], out_of_boundary=closed)


def answered(store: Store) -> dict[int, bool]:
    """Which contacts were answered out of boundary."""
    return {timed.number: timed.answered_out_of_boundary for timed in store.timed_contacts()}


def test_a_contact_comes_with_every_finished_entry(store: Store) -> None:
    number, other = came(store, NOW), came(store, NOW + HOUR)
    with store.transaction(NOW) as tx:
        tx.log_time(number, TimeSpent(Meter.READING, 60), NOW)
        tx.log_time(number, TimeSpent(Meter.WRITING, 600), NOW)
        tx.start_clock(other, Meter.LIVE, NOW)

    found = store.timed_contacts()

    time = (TimeSpent(Meter.READING, 60), TimeSpent(Meter.WRITING, 600))
    assert [
        TimedContact(number, contact(at=NOW), time),
        TimedContact(other, contact(at=NOW + HOUR)),
    ] == found


@pytest.mark.parametrize(
    ("at", "closed", "expected"),
    [
        # To whichever contact of the two came last before it.
        (NOW + MOMENT, True, [True, False]),
        (NOW + HOUR - MOMENT, True, [True, False]),
        (NOW + HOUR + MOMENT, True, [False, True]),
        # Before the first one.
        (NOW - MOMENT, True, [False, False]),
        # In contact hours, or nobody knows.
        (NOW + MOMENT, False, [False, False]),
        (NOW + MOMENT, None, [False, False]),
    ],
)
def test_an_answer_belongs_to_the_contact_before_it(
    store: Store, at: datetime, closed: bool | None, expected: list[bool]
) -> None:
    came(store, NOW)
    came(store, NOW + HOUR)

    wrote(store, at, AB_AT_WORK, closed=closed)

    assert expected == list(answered(store).values())


def test_contacts_and_answers_of_others_change_nothing(store: Store) -> None:
    first = came(store, NOW)
    between = came(store, NOW + HOUR / 2, "CD")
    unknown = came(store, NOW, None)

    wrote(store, NOW + HOUR)

    assert {first: True, between: False} == answered(store)
    assert unknown not in answered(store)


def test_one_client_or_a_time_is_chosen(store: Store) -> None:
    first, other, last = came(store, NOW), came(store, NOW, "CD"), came(store, NOW + HOUR)

    of_client, since = store.timed_contacts("AB"), store.timed_contacts(since=NOW + HOUR)

    assert [first, last] == [timed.number for timed in of_client]
    assert [last] == [timed.number for timed in since]
    assert other not in [timed.number for timed in of_client]


def test_only_contacts_with_a_cause_are_read_where_that_is_wanted(store: Store) -> None:
    """Time, or an answer outside contact hours; a clock that runs is none yet."""
    numbers = [came(store, NOW + hours * HOUR) for hours in range(5)]
    with store.transaction(NOW, check_clock=False) as tx:
        tx.log_time(numbers[0], TimeSpent(Meter.READING, 60), NOW)
        tx.start_clock(numbers[1], Meter.LIVE, NOW)
    wrote(store, NOW + 2 * HOUR + MOMENT)
    wrote(store, NOW + 3 * HOUR + MOMENT, closed=False)

    found = store.timed_contacts(with_cause=True)

    assert [numbers[0], numbers[2]] == [timed.number for timed in found]
    assert found == [timed for timed in store.timed_contacts() if timed in found]
