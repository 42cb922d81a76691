"""Invoices in the store: drafts claim entries, numbers have no gap, and what was issued is never changed."""

from dataclasses import replace
from datetime import date
from functools import partial

from boundary_plugins.store.invoice_records import InvoiceRecord, InvoiceState
from boundary_plugins.store.invoices import INVOICES_LOCK
from boundary_plugins.store.repository import Store
from builders_money import EUR, NOW, countered, line, posted, raced

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
TODAY = date(2026, 4, 1)


def drafted(
    store: Store, first: date = FIRST, last: date = LAST, client_id: str = "AB"
) -> list[InvoiceRecord]:
    """The drafts of a period."""
    with store.transaction(NOW, lock=INVOICES_LOCK) as transaction:
        made = transaction.draft_invoices(client_id, first, last, "en", NOW)
    return [the_invoice(store, str(invoice_id)) for invoice_id in made]


def issued(store: Store, draft: InvoiceRecord, series: str = "QH-2026") -> str | None:
    """A draft with the next number."""
    with store.transaction(NOW, lock=INVOICES_LOCK, check_clock=False) as transaction:
        return transaction.issue_invoice(draft.id, series, TODAY)


def cancelled(store: Store, number: str, series: str = "QH-2026") -> str | None:
    """An issued invoice taken back."""
    with store.transaction(NOW, lock=INVOICES_LOCK) as transaction:
        return transaction.cancel_invoice(the_invoice(store, number), series, TODAY, "a mistake", NOW)


def the_invoice(store: Store, name: str) -> InvoiceRecord:
    """The invoice by its number, or a draft by its id."""
    found = store.invoice(name)
    assert found is not None
    return found


def numbers(invoice: InvoiceRecord) -> list[int]:
    """The numbers of its entries."""
    return [entry.number for entry in invoice.entries]


def open_of(store: Store, draft: InvoiceRecord) -> list[int]:
    """What the draft would hold now."""
    with store.transaction(NOW, lock=INVOICES_LOCK) as transaction:
        return transaction.open_entries_of(draft)


def test_a_draft_has_the_entries_of_one_client_and_period(store: Store) -> None:
    """And nothing of what a draft has not yet: a number, a day."""
    first, _, third, _ = posted(
        store, line(1), line(2, client_id="CD"), line(3), replace(line(4), last_on=date(2026, 4, 1))
    )

    [draft] = drafted(store)

    assert [first, third] == numbers(draft)
    assert (InvoiceState.DRAFT, "AB", FIRST, LAST, "USD", "en") == (
        *(draft.state, draft.client_id, draft.first_on, draft.last_on, draft.currency.code, draft.language),
    )
    assert (None, None, None) == (draft.number, draft.issued_on, draft.cancels)


def test_each_currency_has_a_draft_of_its_own(store: Store) -> None:
    """Amounts of two currencies are never added up."""
    first, second = posted(store, line(1), line(2, currency=EUR))

    assert {"USD": [first], "EUR": [second]} == {each.currency.code: numbers(each) for each in drafted(store)}


def test_where_nothing_is_open_there_is_no_draft(store: Store) -> None:
    """An entry and the one that takes it back cancel out, too."""
    [number] = posted(store, line(1))
    countered(store, number, line(1))

    assert [] == drafted(store)


def test_drafting_again_makes_the_draft_anew_also_for_an_overlapping_period(store: Store) -> None:
    """A draft of yesterday does not keep its entries from the one of today."""
    posted(store, line(1), line(2))
    [old] = drafted(store, FIRST, date(2026, 3, 1))
    [other] = drafted(store, date(2026, 3, 2), date(2026, 3, 2))

    [again] = drafted(store)

    assert 2 == len(again.entries)
    assert (None, None) == (store.invoice(str(old.id)), store.invoice(str(other.id)))
    assert [again] == store.invoices()


def test_numbers_have_no_gap_and_begin_anew_in_each_series(store: Store) -> None:
    """Discarded drafts leave none either."""
    posted(store, *(line(number) for number in range(1, 6)))
    drafts = [drafted(store, date(2026, 3, day), date(2026, 3, day))[0] for day in range(1, 6)]
    with store.transaction(NOW, lock=INVOICES_LOCK) as transaction:
        assert transaction.discard_draft(drafts[1].id)
        assert not transaction.discard_draft(drafts[1].id)

    given = [issued(store, draft) for draft in drafts]
    assert ["QH-2026-0001", None, "QH-2026-0002", "QH-2026-0003", "QH-2026-0004"] == given

    [last] = drafted(store, date(2026, 3, 2), date(2026, 3, 2))
    assert "QH-2027-0001" == issued(store, last, "QH-2027")


def test_an_issued_invoice_is_found_by_its_number_and_a_draft_by_its_id(store: Store) -> None:
    """The id of a draft that was issued is nobody's name any more."""
    posted(store, line(1), line(2))
    [draft] = drafted(store, FIRST, date(2026, 3, 1))
    [other] = drafted(store, date(2026, 3, 2), LAST)
    number = issued(store, draft)
    assert number is not None

    found = the_invoice(store, number)

    assert (InvoiceState.ISSUED, number, TODAY) == (found.state, found.number, found.issued_on)
    assert None is store.invoice(str(draft.id))
    assert other == store.invoice(str(other.id))
    for name in ("QH-2026-0002", "QH-2027-0001", "QH-2026", "", "-", "9" * 40, f"A-{'9' * 40}", "²"):
        assert None is store.invoice(name), name


def test_what_is_invoiced_is_not_drafted_again(store: Store) -> None:
    """What is posted afterwards is."""
    posted(store, line(1))
    issued(store, drafted(store)[0])
    [second] = posted(store, line(2))

    [draft] = drafted(store)

    assert [second] == numbers(draft)


def test_a_cancellation_has_the_next_number_and_frees_the_entries(store: Store) -> None:
    """The invoice keeps its own; both stay for ever."""
    posted(store, line(1), line(2))
    number = issued(store, drafted(store)[0])
    assert number is not None
    before = the_invoice(store, number)

    counter = cancelled(store, number)

    assert counter == "QH-2026-0002"
    back = the_invoice(store, counter)
    assert (InvoiceState.ISSUED, number, "a mistake", before.entries) == (
        *(back.state, back.cancels, back.reason, back.entries),
    )
    assert replace(before, state=InvoiceState.VOID, reason="a mistake") == the_invoice(store, number)
    assert None is cancelled(store, number)
    assert numbers(before) == numbers(drafted(store)[0])


def test_the_entries_of_a_draft_are_told_as_they_would_be_now(store: Store) -> None:
    """What was posted, countered or invoiced meanwhile is a difference."""
    [first] = posted(store, line(1))
    [draft] = drafted(store)
    assert [first] == open_of(store, draft)

    [second, _] = posted(store, line(2), line(3, currency=EUR))
    assert [first, second] == open_of(store, draft)

    countered(store, first, line(1))
    assert [second] == open_of(store, draft)
    assert [first] == numbers(the_invoice(store, str(draft.id)))


def test_an_entry_tells_the_issued_invoice_on_which_it_stands(store: Store) -> None:
    """A draft or a void one is none."""
    posted(store, line(1))
    [draft] = drafted(store)
    assert None is store.issued_invoice_of(line(1).key)

    number = issued(store, draft)
    assert number is not None
    assert number == store.issued_invoice_of(line(1).key)

    cancelled(store, number)
    assert None is store.issued_invoice_of(line(1).key)


def test_invoices_are_listed_by_client_and_state(store: Store) -> None:
    """Oldest first."""
    posted(store, line(1), line(2, client_id="CD"))
    issued(store, drafted(store)[0])
    drafted(store, client_id="CD")

    assert ["AB", "CD"] == [each.client_id for each in store.invoices()]
    assert ["CD"] == [each.client_id for each in store.invoices(client_id="CD")]
    assert ["AB"] == [each.client_id for each in store.invoices(state=InvoiceState.ISSUED)]


def test_eight_who_issue_at_once_leave_no_gap_and_give_no_number_twice(store: Store) -> None:
    """Four drafts, each issued by two."""
    posted(store, *(line(number) for number in range(1, 5)))
    drafts = [drafted(store, date(2026, 3, day), date(2026, 3, day))[0] for day in range(1, 5)]
    given: list[str | None] = []

    def issue(draft: InvoiceRecord) -> None:
        given.append(issued(store, draft))

    raced([partial(issue, draft) for draft in drafts * 2])

    assert [f"QH-2026-000{number}" for number in range(1, 5)] == sorted(filter(None, given))
    assert 4 == given.count(None)


def test_eight_who_draft_at_once_claim_each_entry_once(store: Store) -> None:
    """The last one's draft stands."""
    entries = posted(store, line(1), line(2))

    def draft() -> None:
        with store.transaction(NOW, lock=INVOICES_LOCK, check_clock=False) as transaction:
            transaction.draft_invoices("AB", FIRST, LAST, "en", NOW)

    raced([draft] * 8)

    [found] = store.invoices()
    assert entries == numbers(found)
