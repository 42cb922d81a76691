"""The phrases that texts are made of: whole in every language, with its plural forms."""

import re
from pathlib import Path

import pytest
from babel import Locale

import boundary_plugins
from boundary_plugins.core.response import Wording
from boundary_plugins.data.crisis_lines import crisis_languages
from boundary_plugins.rendering import phrases, refused_words
from boundary_plugins.rendering.phrases import PHRASES, is_whole, phrases_of, said
from boundary_plugins.rendering.templates import file_name, languages

LANGUAGES = ("de", "en", "es", "fr")
TEMPLATES = Path(boundary_plugins.__file__).parent / "templates"


def test_the_four_languages_are_there() -> None:
    """Every text, every phrase, every crisis sentence."""
    assert set(LANGUAGES) == languages() == crisis_languages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_phrase_and_no_other(language: str) -> None:
    """A misspelt key would never be said."""
    assert PHRASES.keys() == phrases_of(language).keys()
    assert is_whole(language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phrase_that_counts_has_the_forms_of_its_language(language: str) -> None:
    """One and other at least, and none that the language does not know (CLDR)."""
    known = Locale.parse(language).plural_form.tags | {"other"}

    for name, forms in phrases_of(language).items():
        if isinstance(forms, dict):
            assert {"one", "other"} <= forms.keys() <= known, name


def test_a_language_that_lacks_a_phrase_or_the_form_that_always_serves_is_not_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Then its readers get English, and no half of a sentence."""
    whole = dict(phrases_of("es"))
    monkeypatch.setattr(
        phrases, "phrases_of", {"aa": {**whole, "at_time": {"one": "x"}}, "bb": {}, "cc": whole}.get
    )

    assert [False, False, True] == [is_whole(language) for language in ("aa", "bb", "cc")]


def test_the_count_chooses_the_plural_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """As its documentation says how to add one; the count is written as the language writes numbers."""
    tables = {
        "en": {"minutes": {"one": "{{ count }} minute", "other": "{{ count }} minutes"}},
        "fr": {"minutes": {"one": "{{ count }} minute", "other": "{{ count }} minutes"}},
        "de": {"minutes": {"one": "{{ count }} Minute", "other": "{{ count }} Minuten"}},
    }
    monkeypatch.setattr(phrases, "phrases_of", tables.__getitem__)
    monkeypatch.setitem(phrases.PHRASES, "minutes", frozenset())

    found = [
        said("minutes", language, count=count) for language in ("en", "fr", "de") for count in (0, 1, 2, 1500)
    ]
    phrases._template.cache_clear()

    expected = ["0 minutes", "1 minute", "2 minutes", "1,500 minutes"]
    # French counts nothing in the singular, and parts thousands by a space that does not break.
    expected += ["0 minute", "1 minute", "2 minutes", "1\u202f500 minutes"]
    expected += ["0 Minuten", "1 Minute", "2 Minuten", "1.500 Minuten"]
    assert expected == found


@pytest.mark.parametrize("hour, expected", [(1, "a la 1:30"), (2, "a las 1:30"), (0, "a las 1:30")])
def test_spanish_tells_one_oclock_in_the_singular(hour: int, expected: str) -> None:
    """ "A la una", but "a las dos"."""
    assert expected == said("at_time", "es", {"time": "1:30"}, count=hour)


@pytest.mark.parametrize("path", sorted((TEMPLATES / "fr").iterdir()), ids=lambda path: path.name)
def test_french_is_set_as_french_is(path: Path) -> None:
    """A space that does not break before : ; ! ? and a curved apostrophe."""
    text = path.read_text(encoding="utf-8").replace("\\u00a0", "\u00a0")
    words = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|^#.*$", "", text, flags=re.MULTILINE)

    assert not re.search(r"[^\u00a0\s][:;!?]", words), path.name
    assert not re.search(r" [:;!?]", words), path.name
    assert "'" not in words


@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_asks_for_the_same_values(language: str, wording: Wording) -> None:
    """What one language says, another does not leave out."""
    own, english = (
        re.findall(r"\{[{%].*?[%}]\}", (TEMPLATES / each / file_name(wording)).read_text(encoding="utf-8"))
        for each in (language, "en")
    )

    assert english == own


def test_what_a_text_must_not_say_is_known_in_every_language() -> None:
    """Else a text of one's own in the newest language could say anything."""
    for words in (refused_words.FEE, refused_words.PROMISE, refused_words.WATCHING, refused_words.NEGATION):
        assert languages() == words.keys()
