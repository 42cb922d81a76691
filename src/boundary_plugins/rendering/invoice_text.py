"""An invoice as plain text, for a terminal and for mail: 78 columns, amounts below each other."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from boundary_plugins.core.fees.invoice import Invoice
from boundary_plugins.core.text import text_width, wrapped
from boundary_plugins.rendering.invoice_sheet import InvoiceSheet, SheetLine, invoice_sheet

WIDTH = 78
_GAP, _INDENT = "  ", "    "
#: No column but that of the service may be wider; what does not fit goes on below.
_WIDEST = (16, 14, 14)


def invoice_text(invoice: Invoice, language: str, region: str) -> str:
    """The invoice in lines of at most `WIDTH` columns, with a line break at its end.

    `language` is a tag (BCP 47), `region` two letters: whose forms of dates and amounts are used where
    the tag names none.
    """
    sheet = invoice_sheet(invoice, language, region)
    blocks = [
        _in_width([sheet.practice, sheet.therapist, *sheet.issuer]),
        _title(sheet),
        _in_width(sheet.notes),
        _facts(sheet),
        [*_table(sheet), "", *_sums(sheet)],
        _payment(sheet),
        _in_width(sheet.remarks),
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    # Where a word ends in a mail, no space stands behind it.
    return "\n".join(line.rstrip() for line in text.split("\n")) + "\n"


def _in_width(lines: Sequence[str]) -> list[str]:
    """Every line that is not empty, wrapped."""
    return [piece for line in lines if line for piece in wrapped(line, WIDTH)]


def _title(sheet: InvoiceSheet) -> list[str]:
    """The title, underlined; of a draft with its mark before it, which cannot be overlooked."""
    title = f"*** {sheet.draft.upper()} ***  {sheet.title}" if sheet.draft else sheet.title
    return [title, "=" * text_width(title)]


def _facts(sheet: InvoiceSheet) -> list[str]:
    """The recipient and the facts, with their labels before them."""
    labelled = [(sheet.to, line) for line in sheet.recipient[:1]]
    labelled += [("", line) for line in sheet.recipient[1:]]
    labelled += sheet.facts
    width = max(text_width(label) for label, _ in labelled)
    lines = []
    for label, value in labelled:
        first, *more = wrapped(value, WIDTH - width - len(_GAP))
        lines.append(_left(label, width) + _GAP + first)
        lines += [" " * width + _GAP + line for line in more]
    return lines


def _table(sheet: InvoiceSheet) -> list[str]:
    """Heads, a rule, the lines, a rule, and how many they were."""
    rows = [_cells(line) for line in sheet.lines]
    heads = (*sheet.heads, sheet.amount_heads[-1])
    widths = _widths([heads, *rows])
    rule = "-" * WIDTH
    lines = [*_row(heads, widths), rule]
    for line, row in zip(sheet.lines, rows, strict=True):
        lines += [*_row(row, widths), *_besides(line, sheet)]
    return [*lines, rule, *_in_width([sheet.entries])]


def _cells(line: SheetLine) -> tuple[str, ...]:
    """The cells of a line."""
    return line.day, line.channels, line.time, line.service, line.amounts[-1]


def _besides(line: SheetLine, sheet: InvoiceSheet) -> list[str]:
    """What the columns do not say, below them: the note, and of what the amount is made."""
    parts = zip(sheet.amount_heads[:-1], line.amounts[:-1], strict=True)
    said = ", ".join(filter(None, [line.note, *(f"{head} {amount}" for head, amount in parts)]))
    return [_INDENT + piece for piece in wrapped(said, WIDTH - len(_INDENT))] if said else []


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """The widths of the columns: as wide as they need, and the service as wide as is left."""
    needed = [max(text_width(row[column]) for row in rows) for column in range(5)]
    widths = [*map(min, needed, _WIDEST), 0, needed[4]]
    widths[3] = WIDTH - sum(widths) - len(_GAP) * (len(widths) - 1)
    return widths


def _row(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    """One row in as many lines as it needs; time and money stand to the right."""
    columns = [wrapped(cell, width) for cell, width in zip(cells, widths, strict=True)]
    for pieces in zip_longest(*columns, fillvalue=""):
        yield _GAP.join(
            _right(piece, width) if column in (2, 4) else _left(piece, width)
            for column, (piece, width) in enumerate(zip(pieces, widths, strict=True))
        )


def _sums(sheet: InvoiceSheet) -> list[str]:
    """The sums, below the column of amounts."""
    amounts = max(text_width(each.amount) for each in sheet.sums)
    lines = []
    for each in sheet.sums:
        *before, last = wrapped(each.label, WIDTH - amounts - len(_GAP))
        room = WIDTH - amounts - len(_GAP)
        lines += [_right(piece, room) for piece in before]
        lines.append(_right(last, room) + _GAP + _right(each.amount, amounts))
    return lines


def _payment(sheet: InvoiceSheet) -> list[str]:
    """How to pay, under its head."""
    return [sheet.payment_head, *_in_width(sheet.payment)] if sheet.payment else []


def _left(text: str, width: int) -> str:
    return text + " " * (width - text_width(text))


def _right(text: str, width: int) -> str:
    return " " * (width - text_width(text)) + text
