"""The words of an invoice: there in each language, with every channel, plural form and value."""

from dataclasses import fields
from string import Formatter

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.rendering.invoice_words import InvoiceWords, invoice_languages, invoice_words
from boundary_plugins.rendering.moments import locale_for

LANGUAGES = sorted(invoice_languages())
TEXTS = [field.name for field in fields(InvoiceWords) if field.type is str]


def values(text: str) -> set[str]:
    """The values that a text names."""
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_the_four_languages_are_there() -> None:
    """English, Spanish, French, German."""
    assert ["de", "en", "es", "fr"] == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_whole(language: str) -> None:
    """No word is empty, each channel has a name, and each text names the values that it names in English."""
    words, english = invoice_words(language), invoice_words("en")

    assert {channel.value for channel in Channel} == set(words.channels)
    assert all(words.channels.values())
    assert {"count", "time"} == set.intersection(*map(values, words.entries.values()))
    for name in TEXTS:
        assert getattr(words, name).strip(), name
        assert values(getattr(english, name)) == values(getattr(words, name)), name


@pytest.mark.parametrize(
    "language, one, several",
    [
        ("en", "1 line, x", "2,000 lines, x"),
        ("de", "1 Position, x", "2.000 Positionen, x"),
        ("fr", "1 ligne, x", "2\u202f000 lignes, x"),
        ("es", "1 línea, x", "2.000 líneas, x"),
    ],
)
def test_lines_are_counted_in_the_plural_of_the_language(language: str, one: str, several: str) -> None:
    """The number is written as the language writes it."""
    words, locale = invoice_words(language), locale_for(language, None)

    assert one == words.counted(locale, 1, "x")
    assert several == words.counted(locale, 2000, "x")


def test_nothing_is_one_in_french() -> None:
    """And several in English."""
    assert "0 ligne, x" == invoice_words("fr").counted(locale_for("fr", None), 0, "x")
    assert "0 lines, x" == invoice_words("en").counted(locale_for("en", None), 0, "x")


@pytest.mark.parametrize("tag, title", [("de-AT", "Rechnung"), ("FR_ca", "Facture"), ("ja", "Invoice")])
def test_a_tag_leads_to_its_language(tag: str, title: str) -> None:
    """English where there is none."""
    assert title == invoice_words(tag).invoice
