"""`boundary ledger`: what was posted, listed by client and day, and exported."""

import csv
import io

import pytest

from cli.money import Boundary


@pytest.fixture
def books(money: Boundary) -> Boundary:
    """Three charges posted, and one of them taken back."""
    money.log(at="2026-11-20 12:00")
    money.log("CD", 12, at="2026-11-21 12:00")
    money.log(minutes=15)
    money("charge", "list")
    money("charge", "confirm", "1", "2", "3")
    money("charge", "void", "2", "--reason", "a mistake")
    return money


def test_the_table_reads_at_a_glance(books: Boundary) -> None:
    lines = books("ledger", "list").splitlines()

    assert "Entry  Days        Client  Channel  Minutes  Amount      Fee       Takes back" == lines[0]
    assert "4      2026-11-21  CD      letter   5        -12.50 USD  messages  2" == lines[4]
    assert 5 == len(lines)


@pytest.mark.parametrize(
    "flags, entries",
    [
        ([], [1, 2, 3, 4]),
        (["--client", "CD"], [2, 4]),
        (["--from", "2026-11-21"], [2, 3, 4]),
        (["--until", "2026-11-20"], [1]),
        (["--client", "AB", "--from", "2026-11-21", "--until", "2026-11-22"], [3]),
        (["--client", "AB", "--until", "2026-01-01"], []),
    ],
)
def test_every_filter_narrows_list_and_export(books: Boundary, flags: list[str], entries: list[int]) -> None:
    listed = [each["entry"] for each in books.json("ledger", "list", *flags)]
    exported = [int(row["number"]) for row in csv.DictReader(io.StringIO(books("ledger", "export", *flags)))]

    assert (entries, entries) == (listed, exported)


def test_an_entry_for_a_program(books: Boundary) -> None:
    entry = books.json("ledger", "list")[3]

    assert ("-12.50", "-12.50", "0.00", "USD", 2, 300) == (
        *(entry["gross"], entry["net"], entry["tax"], entry["currency"], entry["counters"], entry["seconds"]),
    )
    assert entry["key"].endswith("-void")


def test_the_ledger_is_exported_for_beancount(books: Boundary) -> None:
    text = books("ledger", "export", "--format", "beancount", "--client", "CD")

    assert 2 == text.count('"CD" "messages"')
    assert "  Assets:Receivable:CD  -12.50 USD" in text


def test_an_empty_ledger_says_so(money: Boundary) -> None:
    assert "Nothing was posted.\n" == money("ledger", "list")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["list", "--from", "november"], '"november" is not a day; allowed: a date such as "2026-11-30"'),
        (["list", "--until", "2026-11-31"], '"2026-11-31" is not a day'),
        (["list", "--client", "XY"], 'no client "XY" is on file; allowed: AB, CD'),
        (["export", "--client", "XY"], 'no client "XY" is on file'),
        (["export", "--format", "pdf"], "'pdf' is not one of 'csv', 'beancount'"),
    ],
)
def test_what_is_wrong_is_refused(money: Boundary, arguments: list[str], sentence: str) -> None:
    assert sentence in money.refused("ledger", *arguments)
