"""The ledger as Beancount: legal, balanced, and the same amounts; read by a small checker of our own."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.codecs.ledger_beancount import account_name, ledger_beancount
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency, with_tax
from boundary_plugins.ports import LedgerEntry
from builders_invoices import ADDED, INCLUDED, JPY, ledger_entry

_ACCOUNT = r"(?:Assets|Income|Liabilities)(?::[A-Z0-9][A-Za-z0-9-]*)+"
_STRING = r'"(?:[^"\\\n]|\\.)*"'
_OPEN = re.compile(rf"(\d{{4}}-\d\d-\d\d) open ({_ACCOUNT})")
_HEAD = re.compile(rf"(\d{{4}}-\d\d-\d\d) \* ({_STRING}) ({_STRING})")
_META = re.compile(rf"  ([a-z][a-z0-9_-]+): ({_STRING}|\d{{4}}-\d\d-\d\d|\d+)")
_POSTING = re.compile(rf"  ({_ACCOUNT})  (-?\d+(?:\.\d+)?) ([A-Z]{{3}})")


@dataclass
class Transaction:
    """What was read of one transaction."""

    day: str
    payee: str
    narration: str
    meta: dict[str, str] = field(default_factory=dict)
    postings: list[tuple[str, Decimal, str]] = field(default_factory=list)


def checked(text: str) -> list[Transaction]:
    """The transactions of a file in which every line is one that Beancount's grammar has.

    Each account was opened before, on no later day, and each transaction balances.
    """
    opened: dict[str, str] = {}
    found: list[Transaction] = []
    for line in text.splitlines():
        if match := _OPEN.fullmatch(line):
            assert not found, "an account is opened after a transaction"
            opened[match[2]] = match[1]
        elif match := _HEAD.fullmatch(line):
            found.append(Transaction(match[1], match[2], match[3]))
        elif match := _META.fullmatch(line):
            assert not found[-1].postings
            found[-1].meta[match[1]] = match[2]
        elif match := _POSTING.fullmatch(line):
            assert opened[match[1]] <= found[-1].day
            found[-1].postings.append((match[1], Decimal(match[2]), match[3]))
        else:
            assert not line or line.startswith(";"), line
    for each in found:
        assert 0 == sum(amount for _, amount, _ in each.postings), each
    return found


def test_an_entry_becomes_a_balanced_transaction() -> None:
    """The client owes what the fee and its tax come to."""
    entry = ledger_entry(amount=with_tax(10_000, ADDED), tax=ADDED)

    found = checked(ledger_beancount([entry]))

    assert [
        ("Assets:Receivable:AB", Decimal("119.00"), "USD"),
        ("Income:Fees:Calls", Decimal("-100.00"), "USD"),
        ("Liabilities:Tax:VAT", Decimal("-19.00"), "USD"),
    ] == found[0].postings


def test_the_whole_file_reads_as_it_should() -> None:
    """Accounts first, then a transaction with its key and policy."""
    expected = """\
; Fees, as posted to the ledger of Boundary Plugins.

2026-11-30 open Assets:Receivable:AB
2026-11-30 open Income:Fees:Calls

2026-11-30 * "AB" "Calls"
  entry: 1
  key: "charge-1"
  policy: "2026-1"
  first: 2026-11-03
  last: 2026-11-03
  channels: "email"
  seconds: 720
  Assets:Receivable:AB  30.00 USD
  Income:Fees:Calls  -30.00 USD
"""

    assert expected == ledger_beancount([ledger_entry()])


def test_the_example_in_the_documentation_is_what_is_written() -> None:
    """Line for line."""
    page = Path(__file__).parents[2] / "docs" / "invoices.md"

    _, _, transactions = ledger_beancount([ledger_entry()]).partition("\n\n")

    assert f"```text\n{transactions}```" in page.read_text("utf-8")


def test_a_counter_line_takes_back_what_it_counters() -> None:
    """Over both entries each account comes to nothing, and the later names the earlier."""
    amount = with_tax(10_000, INCLUDED)
    entries = [
        ledger_entry(1, amount=amount, tax=INCLUDED),
        ledger_entry(2, counters=1, amount=amount.reversed(), tax=INCLUDED),
    ]

    found = checked(ledger_beancount(entries))

    sums: dict[str, Decimal] = {}
    for account, value, _ in found[0].postings + found[1].postings:
        sums[account] = sums.get(account, Decimal(0)) + value
    assert {"Assets:Receivable:AB", "Income:Fees:Calls", "Liabilities:Tax:VAT"} == set(sums)
    assert {Decimal(0)} == set(sums.values())
    assert "1" == found[1].meta["counters"]
    assert "counters" not in found[0].meta


def test_a_currency_without_a_minor_unit_has_whole_amounts() -> None:
    """1250 yen."""
    found = checked(ledger_beancount([ledger_entry(amount=Amount(1250, 0), currency=JPY)]))

    assert ("Assets:Receivable:AB", Decimal(1250), "JPY") == found[0].postings[0]


def test_the_day_is_the_practices() -> None:
    """14:00 UTC on 30 November is the first of December in Auckland."""
    text = ledger_beancount([ledger_entry()], "Pacific/Auckland")

    assert date(2026, 12, 1).isoformat() == checked(text)[0].day


def test_an_account_is_open_before_its_first_entry() -> None:
    """In whatever order the entries come."""
    before = replace(ledger_entry(3), posted_at=datetime(2026, 10, 31, tzinfo=UTC))

    found = checked(ledger_beancount([ledger_entry(1), before, ledger_entry(2)]))

    assert ["2026-11-30", "2026-10-31", "2026-11-30"] == [each.day for each in found]


def test_an_empty_ledger_is_a_file_without_entries() -> None:
    """A comment alone."""
    assert [] == checked(ledger_beancount([]))


@pytest.mark.parametrize(
    "name, expected",
    [
        # Legal as they are.
        ("AB", "AB"),
        ("2026-AB", "2026-AB"),
        # What Beancount does not allow, with a part of the name's hash.
        ("a.b.", "A-b-3c97b3ea"),
        ("out of hours", "Out-of-hours-"),
        ("", "X-e3b0c442"),
        ("山田", "X-"),
        ("-", "X-"),
        ('" 0.00 USD\n2026-01-01 open Assets:Mine', "0-00-USD-2026-01-01-open-Assets-Mine-"),
    ],
)
def test_a_name_becomes_a_legal_part_of_an_account(name: str, expected: str) -> None:
    """An upper-case letter or a digit first, then letters, digits and dashes."""
    account = account_name(name)

    assert account.startswith(expected)
    assert re.fullmatch(r"[A-Z0-9][A-Za-z0-9-]*", account)


@given(st.text(max_size=20), st.text(max_size=20))
def test_two_names_are_two_accounts(one: str, other: str) -> None:
    """Also where they differ by what an account cannot say: "a b" and "a-b"."""
    assert (one == other) == (account_name(one) == account_name(other))


def test_names_that_differ_only_in_case_or_signs_are_different_accounts() -> None:
    """The cases that chance finds seldom."""
    names = ["Anna", "anna", "a b", "a-b", "A-b", "a.b", "a  b"]

    assert len(names) == len({account_name(name) for name in names})


def test_text_in_strings_is_escaped() -> None:
    """A quotation mark does not end a string, a line break does not end a line."""
    entry = ledger_entry(fee='Calls "late"\nAssets:Mine  1 USD', key="\\")

    found = checked(ledger_beancount([entry]))

    assert r'"Calls \"late\"\nAssets:Mine  1 USD"' == found[0].narration
    assert r'"\\"' == found[0].meta["key"]


entries = st.builds(
    ledger_entry,
    st.integers(1, 1000),
    client_id=st.text(max_size=10),
    fee=st.text(max_size=10),
    key=st.text(max_size=10),
    policy_version=st.text(max_size=5),
    channels=st.lists(st.sampled_from(Channel), min_size=1, max_size=3).map(tuple),
    seconds=st.integers(0, 100_000),
    amount=st.builds(Amount, st.integers(-(10**9), 10**9), st.integers(-(10**6), 10**6)),
    currency=st.sampled_from([Currency("USD"), Currency("JPY", 0), Currency("KWD", 3)]),
    tax=st.just(ADDED),
)


@given(st.lists(entries, max_size=5))
def test_any_ledger_is_legal_and_balances(ledger: list[LedgerEntry]) -> None:
    """Whatever the names are."""
    found = checked(ledger_beancount(ledger))

    assert [str(entry.number) for entry in ledger] == [each.meta["entry"] for each in found]
