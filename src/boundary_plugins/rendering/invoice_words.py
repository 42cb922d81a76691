"""The words of an invoice in each language, from `templates/<language>/invoice.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from babel import Locale
from babel.numbers import format_decimal

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.language import primary_language


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    """Words and sentences of one language; those that name values take them by `str.format`.

    `invoice`, `draft_invoice` and `cancellation` are titles, `draft` is the mark across a draft. `counter`
    marks a line that takes an earlier one back, `version` the policy of a line where not all have the
    same. `taxed` and `included` tell a tax and the net amount it is on. `entries` has a text for each
    plural form of the language (CLDR: `one`, `many` …; `other` serves for the rest), `channels` one for
    each channel.
    """

    invoice: str
    draft_invoice: str
    cancellation: str
    draft: str
    draft_note: str
    cancels: str
    to: str
    number: str
    date: str
    due: str
    period: str
    reference: str
    tax_number: str
    day: str
    channel: str
    time: str
    service: str
    amount: str
    net: str
    tax: str
    gross: str
    counter: str
    version: str
    policy: str
    sum: str
    taxed: str
    included: str
    payment: str
    pay_by: str
    pay: str
    nothing_due: str
    page: str
    not_shown: str
    entries: Mapping[str, str]
    channels: Mapping[str, str]

    def channel_name(self, channel: Channel) -> str:
        """What a channel is called."""
        return self.channels[channel.value]

    def counted(self, locale: Locale, count: int, time: str) -> str:
        """How many lines, and their time: "3 lines, 47 minutes"."""
        form = locale.plural_form(count)
        text = self.entries.get(form) or self.entries["other"]
        return text.format(count=format_decimal(count, locale=locale), time=time)


@cache
def invoice_languages() -> frozenset[str]:
    """The languages that invoices can be written in."""
    root = resources.files("boundary_plugins") / "templates"
    return frozenset(folder.name for folder in root.iterdir() if (folder / "invoice.toml").is_file())


@cache
def invoice_words(tag: str) -> InvoiceWords:
    """The words for a language tag (BCP 47: "de-AT"); English where there are none."""
    language = language_of_invoice(tag)
    file = resources.files("boundary_plugins") / "templates" / language / "invoice.toml"
    return InvoiceWords(**tomllib.loads(file.read_text(encoding="utf-8")))


def language_of_invoice(tag: str) -> str:
    """The language that an invoice is written in for somebody whose language is `tag`."""
    language = primary_language(tag)
    return language if language in invoice_languages() else "en"
