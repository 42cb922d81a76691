"""Invoices of a practice: drafted, issued once with the next number, taken back by counter-lines, never changed."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from boundary_plugins.config.load import parse
from boundary_plugins.core.client import Client
from boundary_plugins.core.fees.invoice import total
from boundary_plugins.daemon.invoicing import Invoicing
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.invoice_records import InvoiceState
from boundary_plugins.store.repository import Store, open_store
from builders_money import EUR, countered, line, on_file, posted, raced
from store.building import KEYS

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
CONFIG = """
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
language = "fr"
[therapist]
name = "R. Example"
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-fri 09:00-17:00"
[billing]
version = "2026-1"
effective_on = "2026-01-01"
currency = "USD"
[billing.invoices]
prefix = "QH-"
due = "14 days"
address = "12 Harbor Lane"
tax_number = "12-3456789"
payment = "By bank transfer."
"""


class Clock:
    """The present, as a test sets it."""

    #: The last evening of the year in New York, and a new year already in UTC.
    now = datetime(2027, 1, 1, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with a client."""
    with open_store("", state_directory=tmp_path / "state", keys=KEYS) as store:
        on_file(store, "AB")
        yield store


@pytest.fixture
def clock() -> Clock:
    """A clock of this test."""
    return Clock()


@pytest.fixture
def invoicing(store: Store, clock: Clock, tmp_path: Path) -> Invoicing:
    """The invoices of the practice."""
    return Invoicing(parse(CONFIG, file="boundary.toml", base=tmp_path), store, clock)


def test_a_draft_is_issued_once_with_the_number_of_the_local_year(invoicing: Invoicing, store: Store) -> None:
    """It is still 2026 in New York."""
    posted(store, line(1))
    [draft] = invoicing.draft("AB", *MARCH)

    issued = invoicing.issue(str(draft.id))

    assert ("QH-2026-0001", date(2026, 12, 31), draft.entries) == (
        *(issued.number, issued.issued_on, issued.entries),
    )
    with pytest.raises(UsageProblem, match=f"there is no invoice {draft.id}"):
        invoicing.issue(str(draft.id))
    with pytest.raises(UsageProblem, match="QH-2026-0001 is issued; allowed: a draft"):
        invoicing.issue("QH-2026-0001")


def test_numbers_begin_anew_each_year(invoicing: Invoicing, store: Store, clock: Clock) -> None:
    """Without a gap in either."""
    numbers = []
    for day, at in ((1, clock.now), (2, clock.now), (3, datetime(2027, 1, 1, 5, tzinfo=UTC))):
        clock.now = at
        posted(store, line(day))
        [draft] = invoicing.draft("AB", *MARCH)
        numbers.append(invoicing.issue(str(draft.id)).number)

    assert ["QH-2026-0001", "QH-2026-0002", "QH-2027-0001"] == numbers


def test_a_draft_whose_lines_changed_is_refused_and_takes_no_number(
    invoicing: Invoicing, store: Store
) -> None:
    """What was looked at is what is issued."""
    [number] = posted(store, line(1))
    [draft] = invoicing.draft("AB", *MARCH)
    posted(store, line(2))

    with pytest.raises(UsageProblem, match="draft it again, and look at it"):
        invoicing.issue(str(draft.id))

    assert (InvoiceState.DRAFT, [number]) == (
        *((found := invoicing.record(str(draft.id))).state, [entry.number for entry in found.entries]),
    )
    [again] = invoicing.draft("AB", *MARCH)
    assert "QH-2026-0001" == invoicing.issue(str(again.id)).number


def test_a_draft_whose_line_was_taken_back_is_refused(invoicing: Invoicing, store: Store) -> None:
    """Nothing is left of it."""
    [number] = posted(store, line(1))
    [draft] = invoicing.draft("AB", *MARCH)
    countered(store, number, line(1))

    with pytest.raises(UsageProblem, match="draft it again"):
        invoicing.issue(str(draft.id))
    assert [] == invoicing.draft("AB", *MARCH)


def test_taking_back_gives_another_invoice_with_counter_lines(invoicing: Invoicing, store: Store) -> None:
    """The two come to nothing; the entries can be invoiced again."""
    posted(store, line(1), line(2, 1250))
    issued = invoicing.issue(str(invoicing.draft("AB", *MARCH)[0].id))

    counter = invoicing.void("QH-2026-0001", "the wrong address")

    assert counter is not None
    first, back = invoicing.document(issued), invoicing.document(counter)
    assert ("QH-2026-0002", "QH-2026-0001", None) == (back.number, back.cancels, back.due_on)
    assert (4250, -4250) == (total(first.lines).gross, total(back.lines).gross)
    assert [True, True] == [each.is_counter for each in back.lines]
    assert InvoiceState.VOID is invoicing.record("QH-2026-0001").state
    [draft] = invoicing.draft("AB", *MARCH)
    assert "QH-2026-0003" == invoicing.issue(str(draft.id)).number


def test_what_cannot_be_taken_back_is_refused(invoicing: Invoicing, store: Store) -> None:
    """A void invoice, one that takes another back, and none at all."""
    posted(store, line(1))
    invoicing.issue(str(invoicing.draft("AB", *MARCH)[0].id))
    invoicing.void("QH-2026-0001", "the wrong address")

    for name, sentence in (
        ("QH-2026-0001", "is void already"),
        ("QH-2026-0002", "takes another one back, and stays"),
        ("QH-2026-0003", "there is no invoice QH-2026-0003; see: boundary invoice list"),
    ):
        with pytest.raises(UsageProblem, match=sentence):
            invoicing.void(name, "a mistake")
    assert 2 == len(store.invoices())


def test_a_draft_is_discarded(invoicing: Invoicing, store: Store) -> None:
    """Nothing remains of it."""
    posted(store, line(1))
    [draft] = invoicing.draft("AB", *MARCH)

    assert None is invoicing.void(str(draft.id), "not yet")

    assert [] == store.invoices()


def test_each_currency_is_an_invoice_of_its_own(invoicing: Invoicing, store: Store) -> None:
    """After a change of currency, say."""
    posted(store, line(1), line(2, currency=EUR))

    drafts = invoicing.draft("AB", *MARCH)

    assert ["USD", "EUR"] == [invoicing.document(each).currency.code for each in drafts]


@pytest.mark.parametrize(
    "client, first, last, sentence",
    [
        ("AB", date(2026, 3, 2), date(2026, 3, 1), "the period ends before it begins"),
        ("XY", *MARCH, "no client XY is on file; see: boundary client list"),
    ],
)
def test_what_cannot_be_drafted_is_refused(
    invoicing: Invoicing, client: str, first: date, last: date, sentence: str
) -> None:
    """In a sentence."""
    with pytest.raises(UsageProblem, match=sentence):
        invoicing.draft(client, first, last)


def test_a_document_says_who_bills_whom_by_when(invoicing: Invoicing, store: Store) -> None:
    """The recipient on file, else the id; a draft has no day to pay by."""
    posted(store, line(1))
    [draft] = invoicing.draft("AB", *MARCH)
    assert ("AB", None, None) == (*((made := invoicing.document(draft)).recipient, made.number, made.due_on),)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    with store.transaction(at, check_clock=False) as transaction:
        transaction.set_fee_terms("AB", at, invoice_to="A. Bell\n4 Mill Road")

    document = invoicing.document(invoicing.issue(str(draft.id)))

    assert ("A. Bell\n4 Mill Road", date(2027, 1, 14)) == (document.recipient, document.due_on)
    issuer = document.issuer
    assert ("Quiet Harbor", "R. Example", "12 Harbor Lane", "12-3456789", "By bank transfer.") == (
        *(issuer.practice, issuer.therapist, issuer.address, issuer.tax_number, issuer.payment),
    )


def test_an_invoice_is_in_the_clients_language_else_the_practices(invoicing: Invoicing, store: Store) -> None:
    """It stays in it, also where the file changes later."""
    at = datetime(2026, 3, 1, tzinfo=UTC)
    posted(store, line(1), line(2, client_id="CD"))
    with store.transaction(at, check_clock=False) as transaction:
        transaction.add_client(Client("CD", ("cd@example.org",), language="de"), ["cd@example.org"], at)

    drafts = [*invoicing.draft("AB", *MARCH), *invoicing.draft("CD", *MARCH)]

    assert ["fr", "de"] == [each.language for each in drafts]


def test_eight_who_issue_everything_at_once_leave_no_gap(invoicing: Invoicing, store: Store) -> None:
    """Each draft is issued by one of them, and the others are told."""
    posted(store, *(line(day) for day in range(1, 9)))
    days = [date(2026, 3, day) for day in range(1, 9)]
    drafts = [invoicing.draft("AB", day, day)[0] for day in days]
    refused: list[str] = []

    def issue_all() -> None:
        for draft in drafts:
            try:
                invoicing.issue(str(draft.id))
            except UsageProblem as problem:
                refused.append(str(problem))

    raced([issue_all] * 8)

    numbers = sorted(str(each.number) for each in store.invoices())
    assert [f"QH-2026-{number:04}" for number in range(1, 9)] == numbers
    assert 7 * 8 == len(refused)
