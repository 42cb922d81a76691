"""The crisis lines: every fact with its source, every number where a person can read it."""

import re
from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from boundary_plugins.data.crisis_lines import (
    ELSEWHERE,
    CrisisLine,
    crisis_heading,
    crisis_languages,
    crisis_region,
    crisis_regions,
)

REGIONS = sorted(crisis_regions())
LINES = [(code, line) for code in REGIONS for line in crisis_regions()[code].lines]
#: Written here anew, so that a word forgotten in the data is found all the same.
LOCAL_NUMBER = {
    "en": "your local emergency number",
    "es": "su número de emergencias local",
    "fr": "votre numéro d’urgence local",
    "de": "Ihre örtliche Notrufnummer",
}
EMERGENCY_NUMBER = {
    "en": "local emergency number",
    "es": "número de emergencias",
    "fr": "numéro d’urgence",
    "de": "Notrufnummer",
}
AT_ANY_HOUR = {"en": "any hour", "es": "cualquier hora", "fr": "toute heure", "de": "rund um die Uhr"}
LANGUAGE_NAMES = {
    "es": {"en": "inglés", "de": "alemán", "fr": "francés"},
    "fr": {"en": "anglais", "de": "allemand", "es": "espagnol"},
    "de": {"en": "Englisch", "fr": "Französisch", "es": "Spanisch"},
}
SOURCE = re.compile(r"https?://[\w.-]+(/\S*)?")


def test_every_promised_region_is_there() -> None:
    """The regions of the first release, and one for everywhere else."""
    expected = {"US", "CA", "GB", "IE", "AU", "NZ", "DE", "AT", "CH", "FR", "ES", ELSEWHERE}

    assert expected == set(REGIONS)


@pytest.mark.parametrize(
    "region, code",
    [
        # As on file.
        ("US", "US"),
        # With a subdivision (ISO 3166-2).
        ("US-NY", "US"),
        # In small letters.
        ("gb", "GB"),
        # A place without lines of its own.
        ("BR", ELSEWHERE),
        # Nothing on file.
        (None, ELSEWHERE),
        # Nonsense.
        ("-", ELSEWHERE),
    ],
)
def test_a_region_is_found_or_worded_to_be_right_everywhere(region: str | None, code: str) -> None:
    """No region gives no resources at all."""
    assert code == crisis_region(region).code


@pytest.mark.parametrize(
    "region, numbers",
    [
        ("US", {"911", "988"}),
        ("CA", {"911", "988"}),
        ("GB", {"999", "112", "111", "116 123"}),
        ("IE", {"112", "999", "116 123", "50808"}),
        ("AU", {"000", "13 11 14", "0477 13 11 14"}),
        ("NZ", {"111", "1737"}),
        ("DE", {"112", "0800 111 0 111", "116 123"}),
        ("AT", {"144", "112", "142"}),
        ("CH", {"144", "112", "143"}),
        ("FR", {"15", "112", "3114"}),
        ("ES", {"112", "024"}),
    ],
)
def test_the_discreet_sentence_names_the_numbers_of_the_region(region: str, numbers: set[str]) -> None:
    """Discretion never costs the help itself."""
    for language, sentence in crisis_region(region).discreet.items():
        assert all(re.search(rf"\b{number}\b", sentence) for number in numbers), sentence
        assert LOCAL_NUMBER[language] in sentence


@pytest.mark.parametrize("code, line", LINES, ids=lambda value: getattr(value, "name", value))
def test_a_line_says_each_of_its_numbers_in_each_language(code: str, line: CrisisLine) -> None:
    """What can be dialled stands in the sentence, and there is something to dial or to open."""
    ways = [*line.call, *line.text, *([line.chat] if line.chat else [])]

    assert ways
    for sentence in line.says.values():
        assert all(way in sentence for way in ways)


@pytest.mark.parametrize("code, line", LINES, ids=lambda value: getattr(value, "name", value))
def test_a_line_has_a_source_and_claims_no_review_that_was_not_made(code: str, line: CrisisLine) -> None:
    """`reviewed_on` is for the practice; nobody rang these lines before the release."""
    assert SOURCE.fullmatch(line.source)
    assert "" == line.reviewed_on
    if len(line.source_dated) == 10:
        date.fromisoformat(line.source_dated)
    for language, sentence in line.says.items():
        assert line.hours == "24/7" or AT_ANY_HOUR[language] not in sentence
        assert line.hours != "24/7" or AT_ANY_HOUR[language] in sentence or line.chat
    assert line.languages
    assert line.audience


@pytest.mark.parametrize("code", REGIONS)
def test_a_region_says_its_emergency_numbers_in_full_and_has_a_source(code: str) -> None:
    """Also the sentence about danger is complete."""
    region = crisis_regions()[code]

    assert SOURCE.fullmatch(region.source)
    for sentences in (region.danger, region.discreet):
        assert all(number in sentence for number in region.emergency for sentence in sentences.values())
    assert all(EMERGENCY_NUMBER[language] in said for language, said in region.danger.items())


def test_a_language_counts_only_where_every_sentence_is_there() -> None:
    """A half-translated list would leave somebody with half the help."""
    assert frozenset({"en", "es", "fr", "de"}) == crisis_languages()
    assert crisis_languages() <= crisis_heading().keys()


@pytest.mark.parametrize("code, line", LINES, ids=lambda value: getattr(value, "name", value))
def test_who_reads_another_language_is_told_which_one_is_spoken(code: str, line: CrisisLine) -> None:
    """A person in need must not find out on the telephone."""
    for language in crisis_languages() - {"en", *line.languages}:
        assert any(
            name in line.says[language] for name in map(LANGUAGE_NAMES[language].get, line.languages) if name
        ), line.says[language]


@pytest.mark.parametrize("code", REGIONS)
def test_french_is_set_as_french_is(code: str) -> None:
    """A space that does not break before a colon, and no straight apostrophe."""
    region = crisis_regions()[code]

    for sentence in (region.danger, region.discreet, crisis_heading(), *(line.says for line in region.lines)):
        assert not re.search(r"(?<!\u00a0)[:;!?](?![^\s)])(?!\))", sentence["fr"]), sentence["fr"]
        assert "'" not in sentence["fr"]


def test_what_was_read_cannot_be_changed() -> None:
    """A plugin in the same process holds the very same values."""
    region = crisis_region("US")

    with pytest.raises(TypeError):
        region.danger["en"] = "nothing"  # type: ignore[index]
    with pytest.raises(TypeError):
        crisis_regions()["US"] = region  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        region.lines[0].name = ""  # type: ignore[misc]
