"""An invoice as plain text: in each language and situation, in 78 columns, with the right sums."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.fees.invoice import Invoice, InvoiceLine
from boundary_plugins.core.text import text_width
from boundary_plugins.rendering.invoice_text import WIDTH, invoice_text
from boundary_plugins.rendering.invoice_words import invoice_words
from builders_invoices import (
    ADDED,
    EUR,
    INCLUDED,
    JPY,
    LANGUAGES,
    REDUCED,
    SITUATIONS,
    cancellation,
    draft,
    invoice,
    invoice_line,
    three_lines,
)


def shown(of: Invoice, language: str = "en", region: str = "US") -> str:
    """The text, with ordinary spaces."""
    return invoice_text(of, language, region).replace("\u00a0", " ")


def test_an_invoice_reads_as_it_should() -> None:
    """From the practice to the policy."""
    expected = """\
Quiet Harbor
R. Example
12 Harbor Lane
Portland, ME 04101
Tax number: 12-3456789

Invoice
=======

To         A. Bell
           4 Mill Road
           Portland, ME 04102
Number     2026-0007
Date       November 30, 2026
Due by     December 14, 2026
Period     November 2026
Reference  AB

Date              Channel           Time  Service                       Amount
------------------------------------------------------------------------------
Nov 3, 2026       Email           12 min  Messages outside contact      $30.00
                                          hours
Nov 9 – 11, 2026  Email, Text     20 min  Messages outside contact      $50.00
                  message                 hours
Nov 17, 2026      Call            15 min  Calls                         $37.50
------------------------------------------------------------------------------
3 lines, 47 minutes

                                                                Total  $117.50

Payment
Please pay $117.50 by December 14, 2026.
By bank transfer to account 0123 4567 89,
or at the next session.

Fees as agreed in the fee policy, version 2026-1.
"""

    assert expected == shown(invoice())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_situation_can_be_told_in_every_language(situation: str, language: str) -> None:
    """In so many columns, without a gap where a value belongs, and in that language's words."""
    text = shown(SITUATIONS[situation], language)

    assert all(text_width(line) <= WIDTH for line in text.splitlines())
    assert not re.search(r"[{}]|None|  $", text, re.MULTILINE)
    assert "\n\n\n" not in text
    assert invoice_words(language).sum in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_cannot_be_taken_for_an_invoice(language: str) -> None:
    """It is marked, has no number, and asks for nothing."""
    words = invoice_words(language)

    text = shown(draft(), language)

    assert f"*** {words.draft.upper()} ***  {words.draft_invoice}\n" in text
    assert words.draft_note in text
    assert f"\n{words.number}  " not in text
    assert words.pay.partition("{")[0] not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cancellation_names_what_it_cancels(language: str) -> None:
    """Its amounts are negative, and nobody is asked to pay."""
    words = invoice_words(language)

    text = shown(replace(cancellation(invoice()), due_on=date(2026, 12, 14)), language)

    assert words.cancellation in text
    assert words.cancels.format(number="2026-0007").split(". ")[0] in text
    assert words.payment + "\n" not in text
    assert words.due not in text
    assert 4 == len(re.findall(r" -\$?\d", text))


def test_a_counter_line_among_others_says_what_it_is() -> None:
    """And the time of it is not added up."""
    text = shown(SITUATIONS["counter-line"])

    assert "Reversed: Messages" in text
    assert "lines, " not in text


def test_tax_that_is_added_leads_to_the_total() -> None:
    """Lines show their net amount."""
    text = shown(invoice(*three_lines(ADDED), currency=EUR), "de", "DE")

    assert ["30,00 €", "50,00 €", "37,50 €", "117,50 €", "117,50 €", "22,33 €", "139,83 €"] == amounts(text)
    assert re.search(r"VAT 19 % auf 117,50 €  +22,33 €\n +Gesamtbetrag  139,83 €", text)


def test_tax_that_is_included_is_told_below_the_total() -> None:
    """Lines show what is paid."""
    text = shown(invoice(*three_lines(INCLUDED), currency=EUR), "fr", "FR")

    assert ["30,00 €", "50,00 €", "37,50 €", "117,50 €", "98,74 €", "18,76 €"] == amounts(text)
    assert re.search(r"Total  117,50 €\n +dont VAT 19 % sur 98,74 €  +18,76 €", text)


def amounts(text: str) -> list[str]:
    """The amounts of the table and of the sums."""
    table = text.partition("----\n")[2].partition("\n\nZahlung")[0].partition("\n\nPaiement")[0]
    return re.findall(r"-?[\d.]+,\d\d €", table)


def test_lines_that_are_taxed_differently_show_all_three_amounts() -> None:
    """And each tax stands in the sums with what it is on."""
    text = shown(invoice(invoice_line(10_000, ADDED), invoice_line(10_000, REDUCED), invoice_line(10_000)))

    assert "    VAT 19%, Net $100.00, Tax $19.00\n" in text
    assert "    VAT 7%, Net $100.00, Tax $7.00\n" in text
    assert "    Net $100.00, Tax $0.00\n" in text
    assert re.search(r"Net  \$300.00\n +VAT 19% on \$100.00   \$19.00\n +VAT 7% on \$100.00    \$7.00", text)
    assert re.search(r"Total  \$326.00\n", text)


def test_two_policy_versions_stand_with_their_lines() -> None:
    """Instead of one sentence for all."""
    text = shown(SITUATIONS["two policies"])

    assert "    policy 2026-1\n" in text
    assert "    policy 2026-2\n" in text
    assert "Fees as agreed" not in text


def test_a_currency_without_a_minor_unit_has_no_decimals() -> None:
    """3000 yen are 3,000."""
    text = shown(invoice(currency=JPY))

    assert "¥3,000" in text
    assert "¥11,750" in text
    assert ".00" not in text


def test_a_recipient_who_is_only_an_id_is_not_named_twice() -> None:
    """There is no reference beside it."""
    text = shown(invoice(recipient="AB"))

    assert "To      AB\n" in text
    assert "Reference" not in text


def test_nothing_is_asked_for_where_nothing_is_due() -> None:
    """Neither an amount nor an account."""
    text = shown(SITUATIONS["nothing due"])

    assert "Payment\nNothing is due.\n\n" in text
    assert "account" not in text


def test_without_a_day_nobody_is_given_one() -> None:
    """The amount is asked for all the same."""
    text = shown(invoice(due_on=None))

    assert "Please pay $117.50.\n" in text
    assert "Due by" not in text


@pytest.mark.parametrize(
    "language, region, expected",
    [
        # A region in the tag goes before the practice's; a language without words is told in English.
        ("de-AT", "DE", "€ 30,00"),
        ("es", "US", "€30.00"),
        ("en-GB", "FR", "30 November 2026"),
        ("ja", "US", "November 30, 2026"),
    ],
)
def test_dates_and_amounts_have_the_form_of_a_region(language: str, region: str, expected: str) -> None:
    """Of the client's, where it is known."""
    assert expected in shown(invoice(currency=EUR), language, region).replace("EUR ", "€").replace("EUR", "€")


def test_nothing_in_a_name_steers_a_terminal() -> None:
    """Escape sequences, and marks that turn what follows."""
    nasty = "A\x1b[2J\u202eB\x07"

    text = invoice_text(
        invoice(invoice_line(fee=nasty), recipient=nasty, client_id=nasty, number=nasty), "en", "US"
    )

    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", text)
    assert "A [2JB" in text


def test_braces_in_a_name_are_no_values() -> None:
    """They come out as they went in."""
    name = "{number} {0} {amount.__class__}"

    text = shown(cancellation(invoice(invoice_line(fee=name), number=name)))

    assert f"This cancels invoice {name}." in text


@given(
    st.lists(
        st.builds(invoice_line, st.integers(0, 10**7), st.sampled_from([None, ADDED, INCLUDED, REDUCED])),
        min_size=1,
        max_size=8,
    )
)
def test_the_total_is_the_sum_of_the_lines(lines: list[InvoiceLine]) -> None:
    """As both stand there, to the cent."""
    text = shown(invoice(*lines))

    _, table, rest = text.split("-" * WIDTH)
    column = [
        Decimal(each.replace(",", "")) for each in re.findall(r"^\S.*\$([\d,.]+)$", table, re.MULTILINE)
    ]
    sums = dict(re.findall(r"^ +(Net|Total) +\$([\d,.]+)$", rest, re.MULTILINE))
    head = "Net" if re.search(r"Net$", text, re.MULTILINE) else "Total"
    assert sum(column) == Decimal(sums[head].replace(",", ""))


def test_a_period_that_is_no_month_is_told_by_its_days() -> None:
    """From the first to the last."""
    text = shown(invoice(first_on=date(2026, 11, 1), last_on=date(2026, 12, 15)))

    assert "Period     Nov 1 – Dec 15, 2026\n" in text
