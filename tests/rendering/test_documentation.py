"""What the documentation says of texts is what the program does."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_plugins.core.response import Wording
from boundary_plugins.data.crisis_lines import crisis_regions
from boundary_plugins.rendering import Renderer, check_templates
from boundary_plugins.rendering.templates import VALUES, file_name, languages
from builders import FACTS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TEXTS = (ROOT / "docs" / "texts.md").read_text(encoding="utf-8")
#: As the README names them.
COUNTRIES = {
    **{"US": "the USA", "CA": "Canada", "GB": "the United Kingdom", "IE": "Ireland", "AU": "Australia"},
    **{
        "NZ": "New Zealand",
        "DE": "Germany",
        "AT": "Austria",
        "CH": "Switzerland",
        "FR": "France",
        "ES": "Spain",
    },
}


def blocks(document: str) -> list[str]:
    """The blocks of plain text in a document."""
    return re.findall(r"```text\n(.*?)```", document, re.DOTALL)


def test_the_reply_in_the_readme_is_the_one_that_is_sent() -> None:
    """Word for word, but for where its lines break."""
    text = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example").render(FACTS)

    expected = f"Subject: {text.subject} {text.plain}".split()
    assert expected == blocks(README)[0].split()


@pytest.mark.parametrize("language", sorted(languages()))
def test_every_language_is_named_where_it_can_be_chosen(language: str) -> None:
    """In the pages on texts, on the configuration and on the commands."""
    for page in ("texts.md", "configuration.md", "commands.md"):
        assert f"`{language}`" in (ROOT / "docs" / page).read_text(encoding="utf-8"), page


def test_the_text_of_ones_own_in_the_documentation_works(tmp_path: Path) -> None:
    """Who copies it gets no warning, in any situation."""
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "full.txt").write_text(blocks(TEXTS)[0], encoding="utf-8")

    assert [] == check_templates(tmp_path)
    renderer = Renderer(practice_name="Q", therapist_name="R. Example", template_directory=tmp_path)
    text = renderer.render(replace(FACTS, wording=Wording.FULL, discreet=False))
    assert text.plain.startswith("Thank you for writing.\n\nI am away from my messages now.")


def test_each_file_and_each_value_is_documented() -> None:
    """A value that is not documented is not used."""
    files = [f"`en/{file_name(wording)}`" for wording in Wording]
    values = [f"`{value}`" for value in sorted(frozenset[str]().union(*VALUES.values()))]

    assert [] == [name for name in (*files, *values) if name not in TEXTS]


def test_the_readme_names_each_region_with_crisis_lines() -> None:
    """And no other."""
    safety = README.partition("## Crisis safety")[2].partition("\n## ")[0]

    assert set(COUNTRIES) | {"ZZ"} == set(crisis_regions())
    assert [] == [name for name in COUNTRIES.values() if name not in safety]
