"""Every text in every situation, looked at before a client reads one."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.data.crisis_lines import crisis_regions
from boundary_plugins.rendering import layout
from boundary_plugins.rendering.phrases import said
from boundary_plugins.rendering.refusals import is_about_a_crisis, is_discreet, is_telling
from boundary_plugins.rendering.renderer import RenderedText, Renderer
from boundary_plugins.rendering.resources import resources_for
from boundary_plugins.rendering.templates import file_name, languages, own_templates

_OPENING = datetime(2026, 11, 30, 14, tzinfo=UTC)
_LONG_BEFORE = datetime(2026, 11, 1, tzinfo=UTC)
_ZONE = "America/New_York"
_PROMISES = ((date(2026, 12, 1), False), (None, True), (None, False))
_TAG = re.compile(r"<[^>]+>")
#: Names that occur in no text, so that finding one means that a text says it.
_PRACTICE, _THERAPIST = "Quiet Harbor Rooms", "R. Q. Example"


class Situation(NamedTuple):
    """What a text is about, and the instant it is sent at where that makes the absence a long one."""

    facts: ResponseFacts
    as_of: datetime | None


def situations() -> Iterator[Situation]:
    """Every wording in every language and region, discreet and not, with each promise, opening and zone.

    A text about a crisis promises nothing, and without an opening there is no zone: no need to vary them.
    """
    regions = (*(code for code in crisis_regions() if code != "ZZ"), None)
    for language, region, wording in product(sorted(languages()), regions, Wording):
        crisis = wording in (Wording.CRISIS, Wording.RESOURCES_ONLY)
        promises = ((None, False),) if crisis else _PROMISES
        discreet = (True, False) if crisis else (wording is not Wording.FULL,)
        for (promised_by, at_opening), shared, told in product(promises, discreet, _openings()):
            facts = ResponseFacts(
                wording=wording,
                next_opening_at=told.next_opening_at,
                promised_by=promised_by if told.next_opening_at else None,
                promises_next_opening=at_opening,
                zone=told.zone,
                practice_zone=_ZONE,
                language=language,
                region=region,
                discreet=shared,
            )
            yield Situation(facts, told.as_of)


class _Opening(NamedTuple):
    """An opening as one client is told of it."""

    next_opening_at: datetime | None
    zone: str
    as_of: datetime | None


def _openings() -> Iterator[_Opening]:
    """No opening; and one soon and one late, in the practice's zone and in others, on its day and on another."""
    yield _Opening(None, _ZONE, None)
    for zone, as_of in product((_ZONE, "Europe/Berlin", "Pacific/Auckland"), (None, _LONG_BEFORE)):
        yield _Opening(_OPENING, zone, as_of)


def check_templates(directory: Path | None = None) -> list[str]:
    """The problems of the texts that ship and of a practice's own, one sentence each; none is good."""
    problems = dict.fromkeys(_strangers(directory))
    renderer = Renderer(practice_name=_PRACTICE, therapist_name=_THERAPIST, template_directory=directory)
    for facts, as_of in situations():
        text = renderer.render(facts, as_of=as_of)
        if text.warning is not None:
            problems[text.warning] = None
        problems.update(dict.fromkeys(_broken_promises(text, facts, renderer.names)))
    return list(problems)


def languages_left_out(directory: Path) -> dict[str, tuple[str, ...]]:
    """The texts (file names) that a practice wrote in some language, but not in these ones.

    A client who reads such a language gets the text that ships.
    """
    own = own_templates(directory).keys()
    written = [wording for wording in Wording if any(wording is of for _, of in own)]
    left_out = {
        language: tuple(file_name(wording) for wording in written if (language, wording) not in own)
        for language in sorted(languages())
    }
    return {language: names for language, names in left_out.items() if names}


def _strangers(directory: Path | None) -> Iterator[str]:
    """Files of a practice's folder that no text would ever come from."""
    if directory is None:
        return
    if not directory.is_dir():
        yield f"{directory.name}: there is no such folder of templates"
        return
    names = ", ".join(sorted(file_name(wording) for wording in Wording))
    folders = ", ".join(sorted(languages()))
    known = {f"{language}/{file_name(wording)}" for language in languages() for wording in Wording}
    for path in sorted(directory.rglob("*.txt")):
        place = path.relative_to(directory).as_posix()
        if place not in known:
            yield f"{place}: no text is made from it; there are: {names}, each in a folder {folders}"


def _broken_promises(text: RenderedText, facts: ResponseFacts, names: tuple[str, ...]) -> Iterator[str]:
    """What must hold for every text, and does not here."""
    place = f"{facts.language}/{file_name(facts.wording)}"
    resources = resources_for(facts.region, facts.language, is_discreet(facts)).paragraph
    notice = said("notice", facts.language)
    first = is_about_a_crisis(facts)
    in_place = text.plain.startswith(resources) if first else text.plain.endswith(resources + "\n")
    if not in_place:
        yield f"{place}: the crisis resources are not where they belong"
    if notice not in text.plain:
        yield f"{place}: it does not say that messages are not monitored"
    paragraphs = (text.subject, *layout.paragraphs_of(text.plain))
    if is_discreet(facts) and any(_tells(paragraph, names) for paragraph in paragraphs):
        yield f"{place}: a discreet text says what it must not"
    if _squeezed(text.plain) != _squeezed(_words(text.html)):
        yield f"{place}: the HTML says something else than the plain text"


# The same paragraphs come again in thousands of texts.
@lru_cache(maxsize=4096)
def _tells(paragraph: str, names: tuple[str, ...]) -> bool:
    """Whether a paragraph betrays what a discreet text must not."""
    return is_telling(paragraph, names)


def _words(html: str) -> str:
    """What a person reads of a page made by rendering/layout.py."""
    body = html.partition("<body")[2].partition(">")[2].replace("<li>", "- ").replace("<br>", "\n")
    text = _TAG.sub("\n", body.replace("</a>", "").replace("\n", " "))
    for name, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(name, character)
    return text


def _squeezed(text: str) -> str:
    """A text without any of its spaces and line breaks."""
    return "".join(text.split())
