"""An invoice as a PDF by typst: PDF/A-3 and PDF/UA, the same bytes for the same invoice.

All text goes in as data; no word of it is ever typst source. typst is imported when a PDF is made.
"""

import json
import re
import unicodedata
from dataclasses import asdict
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from boundary_plugins.core.fees.invoice import Invoice
from boundary_plugins.errors import MissingExtra
from boundary_plugins.rendering.invoice_sheet import invoice_sheet

if TYPE_CHECKING:
    import typst

#: Archived for good, read aloud by a screen reader, and open to an e-invoice that is attached.
_STANDARDS: "list[typst.PDFStandard]" = ["a-3a", "ua-1"]
#: Where paper is not A4.
_LETTER = frozenset({"US", "CA"})
_NO_GLYPH = "□"
# As typst says it, with Rust's escapes for what is not printable.
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")


def invoice_pdf(invoice: Invoice, language: str, region: str) -> bytes:
    """The invoice as a PDF, on letter paper in the USA and Canada (`region`), else on A4.

    `language` is a tag (BCP 47), `region` two letters. No font of the system is needed. It is asked only
    for characters that typst's own fonts lack; what none has becomes a box, and a remark says so.
    Raises MissingExtra where typst is missing.
    """
    try:
        from typst import TypstError
    except ModuleNotFoundError:
        raise MissingExtra(
            "the PDF needs the extra: pip install --constraint constraints.txt '.[invoice]'"
        ) from None
    data = _data(invoice, language, region)
    for with_system in (False, True):
        try:
            return _compiled(data, _fonts(with_system))
        except TypstError as error:
            missing = _missing(error)
            if not missing:
                raise
    remarks = [*data["remarks"], data["not_shown"]]
    return _compiled(_boxed(data, missing) | {"remarks": remarks}, _fonts(True))


def _data(invoice: Invoice, language: str, region: str) -> dict[str, Any]:
    """All that templates/invoice.typ is told.

    The document bears the invoice's date, and not that of its making, so that its bytes stay the same.
    """
    dated = invoice.issued_on or invoice.last_on
    return asdict(invoice_sheet(invoice, language, region)) | {
        "dated": [dated.year, dated.month, dated.day],
        "paper": "us-letter" if region.partition("-")[0].upper() in _LETTER else "a4",
    }


def _compiled(data: dict[str, Any], fonts: "typst.Fonts") -> bytes:
    """The document."""
    import typst

    return typst.compile(
        _source(),
        font_paths=fonts,
        sys_inputs={"sheet": json.dumps(data)},
        pdf_standards=_STANDARDS,
    )


def _missing(error: "typst.TypstError") -> set[str]:
    """The characters that a font was missed for; none where that was not the trouble."""
    return {
        _ESCAPED.sub(lambda code: chr(int(code[1], 16)), text) for text in _MISSING.findall(error.diagnostic)
    }


def _boxed(value: Any, missing: set[str]) -> Any:
    """The data with a box in the place of every character that no font has."""
    if isinstance(value, str):
        for text in missing:
            value = value.replace(text, _NO_GLYPH)
        return _without_marks(value)
    if isinstance(value, dict):
        return {key: _boxed(each, missing) for key, each in value.items()}
    return [_boxed(each, missing) for each in value] if isinstance(value, list | tuple) else value


def _without_marks(text: str) -> str:
    """The text without accents on boxes, which no font has either."""
    kept: list[str] = []
    for character in text:
        if not (kept and kept[-1] == _NO_GLYPH and unicodedata.category(character).startswith("M")):
            kept.append(character)
    return "".join(kept)


@cache
def _source() -> bytes:
    """The document's source, which is the same for every invoice."""
    return (resources.files("boundary_plugins") / "templates" / "invoice.typ").read_bytes()


@cache
def _fonts(with_system: bool) -> "typst.Fonts":
    """The fonts that typst brings along, and on request the system's besides."""
    import typst

    return typst.Fonts(include_system_fonts=with_system)
