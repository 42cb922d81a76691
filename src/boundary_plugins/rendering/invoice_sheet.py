"""What stands on an invoice, in the words of a language; the text and the PDF lay out the same sheet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from babel import Locale

from boundary_plugins.core.fees.invoice import Invoice, InvoiceLine, total
from boundary_plugins.core.fees.price import Amount, Tax
from boundary_plugins.core.language import region_in
from boundary_plugins.core.text import one_line
from boundary_plugins.rendering import figures
from boundary_plugins.rendering.invoice_words import InvoiceWords, invoice_words, language_of_invoice
from boundary_plugins.rendering.moments import locale_for


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line of the table; `amounts` stand under the sheet's `amount_heads`.

    `note` is what the line says besides: its tax or its policy, where lines differ; often nothing.
    """

    day: str
    channels: str
    time: str
    service: str
    note: str
    amounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """One line below the table."""

    label: str
    amount: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """An invoice in words. `draft` is the mark of a draft, else empty; addresses come in lines.

    `notes` stand above the table, `remarks` below it; `heads` are the heads of day, channel, time and
    service. `page` has `{page}` and `{pages}` to be filled in, `name` says what the document is.
    """

    language: str
    name: str
    title: str
    draft: str
    practice: str
    therapist: str
    issuer: tuple[str, ...]
    to: str
    recipient: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    heads: tuple[str, str, str, str]
    amount_heads: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    entries: str
    sums: tuple[Sum, ...]
    payment_head: str
    payment: tuple[str, ...]
    remarks: tuple[str, ...]
    page: str
    not_shown: str


class _Shown(Enum):
    """Which amounts a line shows: one where all lines are taxed alike, else all three."""

    UNTAXED = "untaxed"
    INCLUDED = "included"
    ADDED = "added"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class _Pen:
    """An invoice with what it takes to write it down."""

    invoice: Invoice
    locale: Locale
    words: InvoiceWords
    shown: _Shown

    def money(self, minor: int) -> str:
        """An amount in the currency of the invoice."""
        return figures.money(minor, self.invoice.currency, self.locale)


def invoice_sheet(invoice: Invoice, language: str, region: str) -> InvoiceSheet:
    """The invoice for somebody whose language is `language` (a tag), in the forms of a region.

    A region that the tag names goes before `region` (two letters, the practice's).
    """
    spoken, words = language_of_invoice(language), invoice_words(language)
    locale = locale_for(spoken, region_in(language) or region)
    pen = _Pen(invoice, locale, words, _shown(invoice.lines))
    issuer = invoice.issuer
    practice, therapist = one_line(issuer.practice), one_line(issuer.therapist)
    title = _title(invoice, words)
    return InvoiceSheet(
        language=spoken,
        name=" ".join(filter(None, [title, one_line(invoice.number or "")])),
        title=title,
        draft="" if invoice.number else words.draft,
        practice=practice or therapist,
        therapist=therapist if practice else "",
        issuer=(*_lines(issuer.address), *_tax_number(issuer.tax_number, words)),
        to=words.to,
        recipient=_lines(invoice.recipient),
        facts=tuple(_facts(pen)),
        notes=tuple(_notes(invoice, words)),
        heads=(words.day, words.channel, words.time, words.service),
        amount_heads=_amount_heads(pen),
        lines=tuple(_line(line, pen) for line in invoice.lines),
        entries=_entries(pen),
        sums=tuple(_sums(pen)),
        payment_head=words.payment,
        payment=tuple(_payment(pen)),
        remarks=tuple(_remarks(pen)),
        page=words.page,
        not_shown=words.not_shown,
    )


def _shown(lines: Sequence[InvoiceLine]) -> _Shown:
    """Which amounts the lines show."""
    taxes = {line.tax for line in lines}
    if len(taxes) > 1:
        return _Shown.MIXED
    tax = next(iter(taxes), None)
    if tax is None:
        return _Shown.UNTAXED
    return _Shown.INCLUDED if tax.included else _Shown.ADDED


def _title(invoice: Invoice, words: InvoiceWords) -> str:
    """What the document calls itself."""
    if invoice.cancels:
        return words.cancellation
    return words.invoice if invoice.number else words.draft_invoice


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a text that somebody wrote, without empty ones."""
    return tuple(line for line in map(one_line, text.splitlines()) if line)


def _tax_number(number: str, words: InvoiceWords) -> tuple[str, ...]:
    """The practice's tax number, where there is one."""
    return (words.tax_number.format(number=one_line(number)),) if number.strip() else ()


def _facts(pen: _Pen) -> Iterator[tuple[str, str]]:
    """Number, dates, period and reference."""
    invoice, words = pen.invoice, pen.words
    if invoice.number:
        yield words.number, one_line(invoice.number)
    if invoice.issued_on:
        yield words.date, figures.long_day(invoice.issued_on, pen.locale)
    if invoice.due_on and not invoice.cancels:
        yield words.due, figures.long_day(invoice.due_on, pen.locale)
    yield words.period, figures.period(invoice.first_on, invoice.last_on, pen.locale)
    if _lines(invoice.recipient) != (one_line(invoice.client_id),):
        yield words.reference, one_line(invoice.client_id)


def _notes(invoice: Invoice, words: InvoiceWords) -> Iterator[str]:
    """What must be known before the table is read."""
    if not invoice.number:
        yield words.draft_note
    if invoice.cancels:
        yield words.cancels.format(number=one_line(invoice.cancels))


def _amount_heads(pen: _Pen) -> tuple[str, ...]:
    """The heads of the columns of money."""
    words = pen.words
    if pen.shown is _Shown.MIXED:
        return words.net, words.tax, words.gross
    return (words.net if pen.shown is _Shown.ADDED else words.amount,)


def _amounts(amount: Amount, pen: _Pen) -> tuple[str, ...]:
    """The amounts of one line, under their heads."""
    if pen.shown is _Shown.MIXED:
        return pen.money(amount.net), pen.money(amount.tax), pen.money(amount.gross)
    return (pen.money(amount.net if pen.shown is _Shown.ADDED else amount.gross),)


def _line(line: InvoiceLine, pen: _Pen) -> SheetLine:
    """One line in words."""
    service = one_line(line.fee)
    if line.is_counter and not pen.invoice.cancels:
        service = pen.words.counter.format(service=service)
    return SheetLine(
        day=figures.short_days(line.first_on, line.last_on, pen.locale),
        channels=", ".join(pen.words.channel_name(channel) for channel in line.channels),
        time=figures.time_spent(line.seconds, pen.locale) if line.seconds else "",
        service=service,
        note=", ".join(_line_notes(line, pen)),
        amounts=_amounts(line.amount, pen),
    )


def _line_notes(line: InvoiceLine, pen: _Pen) -> Iterator[str]:
    """What a line says besides, where not all lines are alike."""
    if pen.shown is _Shown.MIXED and line.tax is not None:
        yield _tax(line.tax, pen)
    if len(_versions(pen.invoice)) > 1:
        yield pen.words.version.format(version=one_line(line.policy_version))


def _tax(tax: Tax, pen: _Pen) -> str:
    """A tax by its name and rate: "VAT 19%"."""
    return f"{one_line(tax.name)} {figures.rate(tax.rate, pen.locale)}"


def _entries(pen: _Pen) -> str:
    """How many lines there are, and their time; nothing where counter-lines take time back."""
    lines = pen.invoice.lines
    seconds = sum(line.seconds for line in lines)
    if not seconds or any(line.is_counter for line in lines):
        return ""
    return pen.words.counted(pen.locale, len(lines), figures.time_spent(seconds, pen.locale, short=False))


def _sums(pen: _Pen) -> Iterator[Sum]:
    """What the lines come to. A tax that prices include is told below the total, else it leads to it."""
    words, whole = pen.words, total(pen.invoice.lines)
    taxes = [(each, total(line for line in pen.invoice.lines if line.tax == each)) for each in _taxes(pen)]
    if pen.shown in (_Shown.ADDED, _Shown.MIXED):
        yield Sum(words.net, pen.money(whole.net))
        yield from (Sum(_tax_on(words.taxed, *each, pen), pen.money(each[1].tax)) for each in taxes)
    yield Sum(words.sum, pen.money(whole.gross), is_total=True)
    if pen.shown is _Shown.INCLUDED:
        yield from (Sum(_tax_on(words.included, *each, pen), pen.money(each[1].tax)) for each in taxes)


def _taxes(pen: _Pen) -> Iterator[Tax]:
    """The taxes of the lines in the order in which they first occur."""
    yield from dict.fromkeys(line.tax for line in pen.invoice.lines if line.tax is not None)


def _tax_on(words: str, tax: Tax, of: Amount, pen: _Pen) -> str:
    """A tax and the net amount it is on: "VAT 19% on €100.00"."""
    return words.format(tax=_tax(tax, pen), net=pen.money(of.net))


def _payment(pen: _Pen) -> Iterator[str]:
    """What is to be paid, until when, and how; nothing on a cancellation."""
    invoice, words, due = pen.invoice, pen.words, total(pen.invoice.lines).gross
    if invoice.cancels:
        return
    if due <= 0:
        yield words.nothing_due
        return
    if invoice.number and invoice.due_on:
        day = figures.long_day(invoice.due_on, pen.locale)
        yield words.pay_by.format(amount=pen.money(due), date=day)
    elif invoice.number:
        yield words.pay.format(amount=pen.money(due))
    yield from _lines(invoice.issuer.payment)


def _remarks(pen: _Pen) -> Iterator[str]:
    """The policy that the fees follow, where it is one for all lines."""
    versions = _versions(pen.invoice)
    if len(versions) == 1:
        yield pen.words.policy.format(version=one_line(versions[0]))


def _versions(invoice: Invoice) -> tuple[str, ...]:
    """The policy versions of the lines, in the order in which they first occur."""
    return tuple(dict.fromkeys(line.policy_version for line in invoice.lines if line.policy_version))
