"""What people write for countries, languages and names."""

import pytest

from boundary_files.client_words import auto_reply, country_code, initials_of, language_tag, yes_or_no
from boundary_plugins import AutoReply


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # Codes, also of a part of a country; names in four languages; what else people write.
        ("US", "US"), ("us", "US"), ("us-ny", "US-NY"), ("Germany", "DE"), ("Alemania", "DE"),
        ("Allemagne", "DE"), ("Deutschland", "DE"), ("España", "ES"), ("Spanien", "ES"), ("Österreich", "AT"),
        ("U.S.A.", "US"), ("UK", "GB"), ("England", "GB"), ("United States", "US"), ("Elbonia", None),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_code_and_its_names(text: str, code: str | None) -> None:
    """Without regard to case and accents."""
    assert code == country_code(text)


@pytest.mark.parametrize(
    ("text", "tag"),
    [("de", "de"), ("de_CH", "de-CH"), ("German", "de"), ("Français", "fr"), ("español", "es"), ("?", None)],
)
def test_a_language_is_known_by_its_tag_and_its_names(text: str, tag: str | None) -> None:
    """In four languages."""
    assert tag == language_tag(text)


@pytest.mark.parametrize(
    ("given", "family", "whole", "initials"),
    [
        # Two columns, one column, a title that is left out by them, a name of one word, signs.
        ("Anna Maria", "Bell", "", "AB"),
        ("", "", "Anna Maria Bell", "AB"),
        ("", "", "Bell, Anna", "AB"),
        ("Anna", "", "", "A"),
        ("", "", "Anna", "A"),
        ("", "", "(none) 7", ""),
        ("émile", "ångström", "", "ÉÅ"),
        ("ß", "straße", "", "SS"),
    ],
)
def test_initials_are_those_of_the_first_and_the_last_name(
    given: str, family: str, whole: str, initials: str
) -> None:
    """In capitals."""
    assert initials == initials_of(given, family, whole)


def test_words_for_yes_no_and_the_three_texts_are_known_in_four_languages() -> None:
    """And others are not."""
    assert [True] * 5 == [yes_or_no(text) for text in ("Yes", "sí", "oui", "JA", "1")]
    assert [False] * 4 == [yes_or_no(text) for text in ("No", "non", "nein", "0")]
    assert None is yes_or_no("perhaps")
    assert [AutoReply.NEVER] * 4 == [auto_reply(text) for text in ("never", "nunca", "jamais", "nie")]
    assert None is auto_reply("sometimes")
