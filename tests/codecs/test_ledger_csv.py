"""The ledger as CSV: what a spreadsheet and an accountant read."""

import csv
import re
from dataclasses import replace
from datetime import datetime
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.codecs.ledger_csv import COLUMNS, ledger_csv
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency, Tax, with_tax
from boundary_plugins.ports import LedgerEntry
from builders_invoices import ADDED, INCLUDED, JPY, ledger_entry

PAGE = Path(__file__).parents[2] / "docs" / "invoices.md"
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＠SUM(A1)"]


def rows(*entries: LedgerEntry) -> list[dict[str, str]]:
    """The rows as Python's own reader of CSV has them."""
    return list(csv.DictReader(StringIO(ledger_csv(entries).decode("utf-8"), newline=""), strict=True))


def test_an_entry_is_one_row() -> None:
    """Every value under its head."""
    channels = (Channel.EMAIL, Channel.IN_PERSON)
    entry = ledger_entry(7, channels=channels, amount=with_tax(10_000, ADDED), tax=ADDED)

    found = rows(entry)

    expected = {
        **{"number": "7", "posted_at": "2026-11-30T14:00:00Z", "counters": "", "key": "charge-7"},
        **{"client_id": "AB", "first_on": "2026-11-03", "last_on": "2026-11-03"},
        **{"channels": "email; in person", "seconds": "720", "fee": "Calls", "policy_version": "2026-1"},
        **{"currency": "USD", "net": "100.00", "tax": "19.00", "gross": "119.00"},
        **{"tax_name": "VAT", "tax_rate": "19", "tax_included": "no"},
    }
    assert [expected] == found


def test_the_bytes_are_those_of_rfc_4180() -> None:
    """Section 2: CRLF after each row; fields with commas, quotation marks or line breaks are quoted."""
    data = ledger_csv([ledger_entry(fee='Calls, "late"\nand early')])

    assert data.startswith(b"number,posted_at,")
    assert b',"Calls, ""late""\nand early",' in data
    assert data.endswith(b"\r\n")
    assert 2 == data.count(b"\r\n")


def test_an_empty_ledger_has_its_heads() -> None:
    """A spreadsheet opens it."""
    assert ",".join(COLUMNS) + "\r\n" == ledger_csv([]).decode("ascii")


@pytest.mark.parametrize(
    "tax, expected",
    [
        (None, ("", "", "")),
        (INCLUDED, ("VAT", "19", "yes")),
        # Three decimals, a whole ten, nothing at all.
        (Tax("Sales tax", 8_875, included=False), ("Sales tax", "8.875", "no")),
        (Tax("VAT", 20_000, included=False), ("VAT", "20", "no")),
        (Tax("VAT", 0, included=False), ("VAT", "0", "no")),
    ],
)
def test_the_tax_is_told_by_name_and_rate(tax: Tax | None, expected: tuple[str, str, str]) -> None:
    """In per cent, as a decimal number."""
    row = rows(ledger_entry(tax=tax))[0]

    assert expected == (row["tax_name"], row["tax_rate"], row["tax_included"])


@pytest.mark.parametrize(
    "currency, expected", [(Currency("USD"), "-12.50"), (JPY, "-1250"), (Currency("KWD", 3), "-1.250")]
)
def test_amounts_have_the_digits_of_their_currency(currency: Currency, expected: str) -> None:
    """A negative amount is a number, and gets no apostrophe."""
    assert expected == rows(ledger_entry(amount=Amount(-1250, 0), currency=currency))[0]["gross"]


def test_a_counter_line_names_the_entry_it_takes_back() -> None:
    """By its number."""
    assert "1" == rows(ledger_entry(2, counters=1))[0]["counters"]


def test_an_instant_is_told_in_utc() -> None:
    """Whatever zone it comes in."""
    at = datetime(2026, 11, 30, 9, tzinfo=ZoneInfo("America/New_York"))

    assert "2026-11-30T14:00:00Z" == rows(replace(ledger_entry(), posted_at=at))[0]["posted_at"]


@pytest.mark.parametrize("text", FORMULAS)
@pytest.mark.parametrize("name", ["client_id", "fee", "policy_version", "key"])
def test_no_text_is_a_formula(name: str, text: str) -> None:
    """A spreadsheet shows it, and does not run it."""
    entry = ledger_entry()

    found = rows(replace(entry, line=replace(entry.line, **{name: text})))  # type: ignore[arg-type]

    assert f"'{text}" == found[0][name]


def test_no_name_of_a_tax_is_a_formula() -> None:
    """It is text of the configuration, too."""
    assert "'=1" == rows(ledger_entry(tax=Tax("=1", 0, included=False)))[0]["tax_name"]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_comes_back(text: str) -> None:
    """As it was, or with the one apostrophe before it."""
    found = rows(ledger_entry(fee=text))[0]["fee"]

    assert found in (text, f"'{text}")
    assert not found.startswith(("=", "+", "-", "@"))


def test_half_a_character_does_not_stop_an_export() -> None:
    """A lone surrogate has no form in UTF-8."""
    assert "?" == rows(ledger_entry(fee="\ud800"))[0]["fee"]


def test_every_column_is_explained() -> None:
    """In docs/invoices.md, in this order."""
    heads = [line.split("|")[1] for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| `")]
    table = [name for head in heads for name in re.findall("`([a-z_]+)`", head)]

    assert list(COLUMNS) == table
