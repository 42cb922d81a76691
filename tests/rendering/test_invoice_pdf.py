"""An invoice as a PDF, read back by pypdf: what it says, that it lasts, and that no text in it is a program."""

import re
import subprocess
import sys
from dataclasses import fields, replace
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from boundary_plugins.core.fees.invoice import Invoice, Issuer, total
from boundary_plugins.errors import MissingExtra
from boundary_plugins.rendering.invoice_pdf import invoice_pdf
from boundary_plugins.rendering.invoice_sheet import InvoiceSheet, invoice_sheet
from boundary_plugins.rendering.invoice_words import invoice_words
from builders_invoices import (
    ADDED,
    EUR,
    ISSUER,
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

#: What would read a file, run code, end a string, or begin a label, if a text were ever taken for typst source.
INJECTIONS = (
    '#read("/etc/passwd")',
    '"); #panic("no") //',
    "#{import sys}",
    "$x^2$ *bold* _it_ `raw` @ref <label>",
    "\\u{41} \\ ~ -- ...",
    "= Heading",
    '{"sheet": 1}',
    "/* comment",
    "{page} of {pages}",
)


def read(data: bytes) -> PdfReader:
    """The PDF, strictly read."""
    return PdfReader(BytesIO(data), strict=True)


def said(data: bytes) -> str:
    """All its text, with single ordinary spaces."""
    return " ".join(" ".join(page.extract_text() for page in read(data).pages).split())


def texts(sheet: InvoiceSheet) -> list[str]:
    """Every text of a sheet that must stand in the document."""
    found = [sheet.title, sheet.practice, sheet.therapist, *sheet.issuer, sheet.to, *sheet.recipient]
    found += [text for fact in sheet.facts for text in fact]
    found += [*sheet.notes, *sheet.heads, *sheet.amount_heads, sheet.entries, *sheet.payment, *sheet.remarks]
    for line in sheet.lines:
        found += [line.day, line.channels, line.time, line.service, line.note, *line.amounts]
    found += [text for each in sheet.sums for text in (each.label, each.amount)]
    return [" ".join(text.split()) for text in found if text]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("situation", sorted(SITUATIONS.keys() - {"long names", "other scripts"}))
def test_every_text_of_every_situation_stands_in_it(situation: str, language: str) -> None:
    """In every language, as text that can be searched and copied."""
    of = SITUATIONS[situation]

    # A cell that is wrapped is one text all the same.
    text = said(invoice_pdf(of, language, "US")).replace(" ", "")

    for each in texts(invoice_sheet(of, language, "US")):
        assert each.replace(" ", "") in text, each


def test_every_field_of_a_sheet_is_looked_for() -> None:
    """A new one is not forgotten above."""
    apart = {"language", "name", "draft", "payment_head", "lines", "page", "not_shown"}

    tested = {"title", "practice", "therapist", "issuer", "to", "recipient", "facts", "notes", "heads"}
    tested |= {"amount_heads", "entries", "sums", "payment", "remarks"}

    assert apart | tested == {field.name for field in fields(InvoiceSheet)}


def test_the_amounts_are_those_of_the_values() -> None:
    """The sum of the lines as they stand there is the total as it stands there."""
    of = invoice(*three_lines(ADDED))

    text = said(invoice_pdf(of, "en", "US"))

    table, _, rest = text.partition("3 lines, 47 minutes")
    lines = [Decimal(each) for each in re.findall(r"\$([\d.]+)", table)]
    assert [Decimal("30.00"), Decimal("50.00"), Decimal("37.50")] == lines
    assert f"Net ${sum(lines)}" in rest
    assert f"Total ${Decimal(total(of.lines).gross) / 100}" in rest


def test_the_same_invoice_is_the_same_bytes() -> None:
    """Made twice, and by another process whose clock and hashes are others."""
    program = (
        "import sys, rendering.test_invoice_pdf as here;"
        "sys.stdout.buffer.write(here.invoice_pdf(here.invoice(), 'de', 'DE'))"
    )
    environment = {"PYTHONHASHSEED": "7", "TZ": "Pacific/Auckland", "PYTHONPATH": ":".join(sys.path)}

    once, again = invoice_pdf(invoice(), "de", "DE"), invoice_pdf(invoice(), "de", "DE")
    elsewhere = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, check=True, env=environment
    ).stdout

    assert once == again == elsewhere
    assert once != invoice_pdf(invoice(number="2026-0008"), "de", "DE")


@pytest.mark.parametrize("of", [invoice(), draft(), SITUATIONS["many lines"]])
def test_it_is_a_pdf_for_the_archive_and_for_screen_readers(of: Invoice) -> None:
    """It says so (ISO 19005-3, section 6.6.4; ISO 14289-1, section 5), and has what that asks for.

    typst refuses what breaks these standards; no font and no colour comes from outside.
    """
    reader = read(invoice_pdf(of, "fr", "FR"))

    catalog: Any = reader.root_object
    metadata = catalog["/Metadata"].get_object().get_data().decode()
    for tag, value in (("pdfaid:part", "3"), ("pdfaid:conformance", "A"), ("pdfuaid:part", "1")):
        assert f"<{tag}>{value}</{tag}>" in metadata
    assert catalog["/MarkInfo"]["/Marked"]
    assert "fr" == catalog["/Lang"]
    assert "/StructTreeRoot" in catalog
    assert "/OutputIntents" in catalog
    assert not reader.is_encrypted
    for key in ("/OpenAction", "/AA", "/AcroForm"):
        assert key not in catalog
    fonts = [font for page in reader.pages for font in _fonts(page["/Resources"])]
    assert fonts
    assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


def _fonts(resources: Any) -> list[Any]:
    """The descriptors of the fonts of a page."""
    return [
        each.get_object()["/FontDescriptor"]
        for font in resources["/Font"].values()
        for each in font.get_object()["/DescendantFonts"]
    ]


def test_its_date_is_the_invoices() -> None:
    """And of a draft the last day of its period; never the moment of its making."""
    issued, not_issued = read(invoice_pdf(invoice(), "en", "US")), read(invoice_pdf(draft(), "en", "US"))

    assert issued.metadata is not None
    assert not_issued.metadata is not None
    assert "2026-11-30" == f"{issued.metadata.creation_date:%Y-%m-%d}"
    assert "2026-11-30" == f"{not_issued.metadata.creation_date:%Y-%m-%d}"


def test_what_a_file_manager_shows_names_no_client() -> None:
    """The title is the invoice's number, the author the practice."""
    data = invoice_pdf(invoice(), "en", "US")

    metadata = read(data).metadata
    assert metadata is not None
    assert ("Invoice 2026-0007", "Quiet Harbor") == (metadata.title, metadata.author)
    assert b"Bell" not in data


@pytest.mark.parametrize(
    "region, size",
    [("US", (612, 792)), ("CA", (612, 792)), ("us", (612, 792)), ("DE", (595, 842)), ("", (595, 842))],
)
def test_the_paper_is_the_regions(region: str, size: tuple[int, int]) -> None:
    """Letter in the USA and Canada, else A4."""
    box = read(invoice_pdf(invoice(), "en", region)).pages[0].mediabox

    assert size == (round(box.width), round(box.height))


def test_a_long_list_goes_over_pages() -> None:
    """Each with the heads of the table, its number, and whose it is."""
    pages = [page.extract_text() for page in read(invoice_pdf(SITUATIONS["many lines"], "en", "US")).pages]

    assert 3 <= len(pages)
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text
        assert "Quiet Harbor · Invoice 2026-0007" in text
        assert re.search(r"Date\s+Channel\s+Time\s+Service\s+Amount", text)
    assert 90 == sum(text.count("min\n") + text.count("min ") for text in pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_is_marked_on_every_page(language: str) -> None:
    """Across the page, behind the text."""
    mark = invoice_words(language).draft.upper()

    pages = read(invoice_pdf(draft(lines=three_lines() * 30), language, "DE")).pages

    assert 3 <= len(pages)
    assert all(mark in page.extract_text() for page in pages)


def test_an_invoice_has_no_mark_of_a_draft() -> None:
    """It could not be sent."""
    assert "DRAFT" not in said(invoice_pdf(invoice(), "en", "US")).upper()


@pytest.mark.parametrize("text", INJECTIONS)
def test_text_is_never_a_program(text: str) -> None:
    """Wherever it stands, it comes out as it went in."""
    of = Invoice(
        number=text,
        issued_on=invoice().issued_on,
        due_on=None,
        client_id=text,
        recipient=f"To {text}",
        issuer=Issuer(text, text, text, text, text),
        first_on=invoice().first_on,
        last_on=invoice().last_on,
        lines=(
            invoice_line(fee=text, policy_version=text, tax=replace(ADDED, name=text)),
            invoice_line(tax=replace(REDUCED, name=text)),
        ),
        currency=EUR,
        cancels=text,
    )

    found = said(invoice_pdf(of, "en", "US")).replace(" ", "")

    # Practice, therapist, address, tax number, recipient, number twice (the footer's too), reference, fee,
    # policy, tax in two lines and two sums, the number that is cancelled, the practice in the footer.
    assert 15 <= found.count(text.replace(" ", ""))
    assert "root:" not in found


def test_a_long_name_stays_on_the_paper() -> None:
    """A word that no line holds is broken, and nothing of it is lost or added."""
    word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    issuer = replace(ISSUER, practice=word)
    of = invoice(invoice_line(fee=word), recipient=word, client_id="x" * 64, issuer=issuer)

    text = read(invoice_pdf(of, "de", "DE")).pages[0].extract_text()

    # Practice, recipient and fee; only the footer has the room for it.
    assert 1 == text.count(word)
    assert 4 == text.replace("\n", "").count(word)
    assert "x" * 64 not in text
    assert "x" * 64 in text.replace("\n", "")


@pytest.mark.parametrize("name", ["שלום", "Ωμέγα", "Жук", "Łukasz Ğ", "Nguyễn", "e\u0301"])
def test_names_in_other_scripts_need_no_font_of_the_system(name: str) -> None:
    """Hebrew, Greek, Cyrillic, and every accent."""
    text = said(invoice_pdf(invoice(recipient=name), "en", "US"))

    assert "□" not in text
    assert len(name) <= 2 or name in text or name[::-1] in text


@pytest.mark.parametrize(
    "name, boxes",
    [
        ("\U00013000\U00013001", "□□"),
        # An accent that a font has, on a character that none has.
        ("\U00013000\u093c", "□"),
    ],
)
def test_a_name_that_no_font_has_leaves_the_rest_readable(name: str, boxes: str) -> None:
    """The name by a font of the system, else as boxes that are explained; never an error."""
    text = said(invoice_pdf(invoice(recipient=f"{name} Bell"), "en", "US"))

    explained = f"To {boxes} Bell" in text and invoice_words("en").not_shown in text
    assert explained or name in text
    assert "Please pay $117.50" in text


def test_amounts_without_a_minor_unit_have_no_decimals() -> None:
    """3000 yen."""
    text = said(invoice_pdf(invoice(currency=JPY), "de", "DE"))

    assert "11.750 ¥" in text
    assert ",00" not in text


def test_a_cancellation_says_what_it_cancels() -> None:
    """In its title, in a sentence, by its amounts."""
    text = said(invoice_pdf(cancellation(invoice()), "en", "US"))

    assert "Cancellation invoice" in text
    assert "This cancels invoice 2026-0007." in text
    assert "Total -$117.50" in text


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one sentence."""
    monkeypatch.setitem(sys.modules, "typst", None)

    with pytest.raises(
        MissingExtra, match=re.escape("pip install --constraint constraints.txt '.[invoice]'")
    ) as caught:
        invoice_pdf(invoice(), "en", "US")

    assert "the PDF needs the extra: pip install --constraint constraints.txt '.[invoice]'" == str(
        caught.value
    )


def test_typst_is_imported_when_a_pdf_is_made() -> None:
    """And not with the module."""
    program = "import sys, boundary_plugins.rendering.invoice_pdf; print('typst' in sys.modules)"

    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "False" == result.stdout.strip()
