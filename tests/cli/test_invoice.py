"""`boundary invoice`: drafted, looked at, issued for good with its files, and taken back."""

import sys
from pathlib import Path

import pytest

from cli.money import FEES, Boundary


@pytest.fixture
def books(money: Boundary) -> Boundary:
    """A charge of AB in the ledger."""
    money.log()
    money("charge", "list")
    money("charge", "confirm", "1")
    return money


def folder(money: Boundary) -> Path:
    """Where invoices are written."""
    return money.path.parent / "state" / "invoices"


def test_a_draft_is_shown_and_says_how_to_issue_it(books: Boundary) -> None:
    text = books("invoice", "draft", "AB")

    assert "37.50" in text
    assert text.endswith("\nTo issue it: boundary invoice issue 1\n")
    assert text.removesuffix("\nTo issue it: boundary invoice issue 1\n") == books("invoice", "show", "1")
    assert not folder(books).exists()


def test_an_invoice_is_issued_and_written_as_text_and_pdf(books: Boundary) -> None:
    books("invoice", "draft", "AB")

    said = books("invoice", "issue", "1").splitlines()

    assert "Issued: invoice 2026-0001, client AB, 37.50 USD." == said[0]
    files = [folder(books) / f"2026-0001.{kind}" for kind in ("txt", "pdf")]
    assert [f"  {file}" for file in files] == said[1:]
    assert b"%PDF-" == files[1].read_bytes()[:5]
    assert books("invoice", "show", "2026-0001") == files[0].read_text()
    assert [0o600, 0o600] == [file.stat().st_mode & 0o777 for file in files]
    assert files == sorted(folder(books).iterdir(), reverse=True)


def test_an_invoice_for_a_program(books: Boundary) -> None:
    [draft] = books.json("invoice", "draft", "AB", "--from", "2026-11-22", "--until", "2026-11-22")
    books("invoice", "issue", "1")
    books("invoice", "void", "2026-0001", "--reason", "the wrong address")

    first, counter = books.json("invoice", "list")

    assert ({**draft, "number": "2026-0001", "state": "void", "issued_on": "2026-11-24"}) == {
        **first,
        "reason": "",
    }
    assert ("37.50", ["37.50"]) == (first["total"], [each["gross"] for each in first["lines"]])
    assert ("-37.50", ["-37.50"]) == (counter["total"], [each["gross"] for each in counter["lines"]])
    assert ("2026-0002", "2026-0001", "the wrong address") == (
        *(counter["number"], counter["cancels"], counter["reason"]),
    )
    assert counter == books.json("invoice", "show", "2026-0002")


def test_the_table_reads_at_a_glance(books: Boundary) -> None:
    books("invoice", "draft", "AB")
    books("invoice", "issue", "1")
    books("invoice", "void", "2026-0001", "--reason", "the wrong address")
    books("invoice", "draft", "AB")

    assert [
        "Invoice    Client  Period                    Total       State   Issued      Takes back",
        "2026-0001  AB      2026-11-01 to 2026-11-24  37.50 USD   void    2026-11-24  —",
        "2026-0002  AB      2026-11-01 to 2026-11-24  -37.50 USD  issued  2026-11-24  2026-0001",
        "draft 3    AB      2026-11-01 to 2026-11-24  37.50 USD   draft   —           —",
    ] == books("invoice", "list").splitlines()
    assert "No invoice is on record.\n" == books("invoice", "list", "--client", "CD")


def test_taking_back_writes_another_invoice(books: Boundary) -> None:
    books("invoice", "draft", "AB")
    books("invoice", "issue", "1")

    said = books("invoice", "void", "2026-0001", "--reason", "the wrong address").splitlines()

    assert "Taken back: invoice 2026-0001, by invoice 2026-0002." == said[0]
    assert "This cancels invoice 2026-0001." in (folder(books) / "2026-0002.txt").read_text()


def test_a_charge_on_an_invoice_is_taken_back_after_it(books: Boundary) -> None:
    books("invoice", "draft", "AB")
    books("invoice", "issue", "1")
    for command in (["void", "1", "--reason", "x"], ["undo", "1"]):
        assert "void that first: boundary invoice void 2026-0001" in books.refused("charge", *command)

    books("invoice", "void", "2026-0001", "--reason", "x")
    books("charge", "void", "1", "--reason", "x")

    assert "Nothing of client AB is open from 2026-11-01 to 2026-11-24.\n" == books("invoice", "draft", "AB")


def test_a_draft_is_discarded_and_its_charge_can_be_taken_back(books: Boundary) -> None:
    books("invoice", "draft", "AB")
    books("charge", "void", "1", "--reason", "x")

    assert "draft it again, and look at it" in books.refused("invoice", "issue", "1")
    assert "Draft 1 is discarded.\n" == books("invoice", "void", "1", "--reason", "x")
    assert [] == books.json("invoice", "list")


def test_each_currency_has_an_invoice_of_its_own(books: Boundary) -> None:
    """After the practice went over to another one."""
    books.configure(
        FEES.replace("USD", "EUR").replace("2026-1", "2026-2").replace("2026-01-01", "2026-11-23")
    )
    books("client", "consent", "AB", "--how", "by email", "--on", "2026-11-23 00:01")
    books.log(at="2026-11-23 18:00")
    books("charge", "confirm", str(max(books.states())))

    drafts = books.json("invoice", "draft", "AB")

    assert [("USD", "37.50"), ("EUR", "37.50")] == [(each["currency"], each["total"]) for each in drafts]


def test_where_a_file_cannot_be_written_the_invoice_is_issued_all_the_same(books: Boundary) -> None:
    """And it is written later."""
    folder(books).write_text("in the way")
    books("invoice", "draft", "AB")

    said = books("invoice", "issue", "1", code=1)

    assert "Issued: invoice 2026-0001, client AB, 37.50 USD.\n" == said
    assert "write it with: boundary invoice show 2026-0001 --pdf" in books.said
    folder(books).unlink()
    written = books("invoice", "show", "2026-0001", "--pdf").split()
    assert [True, True] == [Path(path).exists() for path in written]


def test_without_the_extra_the_text_is_there(books: Boundary, monkeypatch: pytest.MonkeyPatch) -> None:
    """And it says how to get the PDF."""
    monkeypatch.setitem(sys.modules, "typst", None)
    books("invoice", "draft", "AB")

    said = books("invoice", "issue", "1", code=1)

    assert (folder(books) / "2026-0001.txt").exists()
    assert "Issued: invoice 2026-0001" in said
    assert ".[invoice]" in books.said
    assert "afterwards write it with: boundary invoice show 2026-0001 --pdf" in books.said


def test_invoices_are_written_where_the_configuration_says(books: Boundary) -> None:
    books.configure(FEES, '[billing.invoices]\nfolder = "papers"\nprefix = "QH/"\n')
    books("invoice", "draft", "AB")

    said = books("invoice", "issue", "1")

    assert "Issued: invoice QH/2026-0001" in said
    assert ["QH-2026-0001.pdf", "QH-2026-0001.txt"] == sorted(
        path.name for path in (books.path.parent / "papers").iterdir()
    )


def test_what_was_posted_and_is_on_no_invoice_is_told_by_status(books: Boundary) -> None:
    """A draft may be forgotten, so until it is issued; and again where the invoice was taken back."""
    told = ["1 posted charge (AB) stands on no invoice yet: boundary invoice draft CLIENT" in books("status")]
    books("invoice", "draft", "AB")
    told.append("on no invoice yet" in books("status"))
    books("invoice", "issue", "1")
    told.append("on no invoice yet" in books("status"))
    books("invoice", "void", "2026-0001", "--reason", "the wrong address")
    told.append("on no invoice yet" in books("status"))

    assert [True, True, False, True] == told
    assert {"AB": 1} == books.json("status")["not_invoiced"]


def test_a_charge_that_was_taken_back_needs_no_invoice(books: Boundary) -> None:
    """It and what takes it back cancel out."""
    books("charge", "void", "1", "--reason", "a mistake")

    assert "on no invoice yet" not in books("status")


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["draft", "XY"], "no client XY is on file; see: boundary client list"),
        (["draft", "AB", "--from", "today"], '"today" is not a day'),
        (
            ["draft", "AB", "--from", "2026-11-02", "--until", "2026-11-01"],
            "the period ends before it begins",
        ),
        (["list", "--client", "XY"], 'no client "XY" is on file; allowed: AB, CD'),
        (["issue", "9"], "there is no invoice 9; see: boundary invoice list"),
        (["issue", "2026-0001"], "there is no invoice 2026-0001"),
        (["show", "x"], "there is no invoice x"),
        (["void", "9", "--reason", "x"], "there is no invoice 9"),
        (["void", "9"], "Missing option '--reason'"),
    ],
)
def test_what_cannot_be_is_refused(money: Boundary, arguments: list[str], sentence: str) -> None:
    assert sentence in money.refused("invoice", *arguments)
    assert [] == money.json("invoice", "list")
