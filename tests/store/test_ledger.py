"""The ledger in the store: each key once, only ever added to, read by client and day."""

from dataclasses import replace
from datetime import date

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency, Tax
from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store
from builders_money import NOW, countered, line, posted, raced

TAXED = line(
    1,
    channels=(Channel.SMS, Channel.IN_PERSON),
    amount=Amount(1000, 190),
    currency=Currency("JPY", 0),
    tax=Tax("VAT", 19_000, included=True),
)


def test_an_entry_is_the_line_that_was_posted(store: Store) -> None:
    """To the minor unit, with its tax."""
    [number] = posted(store, TAXED)

    [entry] = store.ledger_entries()

    assert (number, TAXED, None, NOW) == (entry.number, entry.line, entry.counters, entry.posted_at)
    assert entry == store.ledger_entry(TAXED.key)
    assert None is store.ledger_entry("another")


def test_a_key_is_added_once_and_stays_as_it_was(store: Store) -> None:
    """Whatever is said the second time."""
    first, again, other = posted(store, line(1), line(1, 9900), line(2))

    assert first == again != other
    assert [3000, 3000] == [entry.line.amount.gross for entry in store.ledger_entries()]


def test_an_entry_is_taken_back_once(store: Store) -> None:
    """By an entry of its own that names it."""
    [number] = posted(store, line(1))

    back = countered(store, number, line(1))

    assert back == countered(store, number, line(1))
    assert [(number, None, 3000), (back, number, -3000)] == [
        (entry.number, entry.counters, entry.line.amount.gross) for entry in store.ledger_entries()
    ]
    with pytest.raises(StoreError):
        countered(store, number, replace(line(1), key="a second one"))


def test_entries_are_found_by_client_and_by_their_last_day(store: Store) -> None:
    """Both ends of the span are in it."""
    days = replace(line(3), first_on=date(2026, 3, 1))
    posted(store, line(1), line(2, client_id="CD"), days)

    assert [1, 3] == [entry.line.last_on.day for entry in store.ledger_entries(client_id="AB")]
    assert [2, 3] == [entry.line.last_on.day for entry in store.ledger_entries(since=date(2026, 3, 2))]
    assert [1, 2] == [entry.line.last_on.day for entry in store.ledger_entries(until=date(2026, 3, 2))]


def test_eight_who_post_one_key_at_once_post_it_once(store: Store) -> None:
    """And all learn the same number."""
    numbers: list[int] = []

    raced([lambda: numbers.extend(posted(store, line(1)))] * 8)

    assert (8, 1) == (len(numbers), len(set(numbers)))
    assert 1 == len(store.ledger_entries())
