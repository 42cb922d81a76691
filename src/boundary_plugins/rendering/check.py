"""Every text in every situation, looked at before a client reads one."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path

from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.data.crisis_lines import crisis_regions
from boundary_plugins.rendering import layout
from boundary_plugins.rendering.refusals import is_about_a_crisis, is_discreet, is_telling
from boundary_plugins.rendering.renderer import RenderedText, Renderer
from boundary_plugins.rendering.resources import resources_for
from boundary_plugins.rendering.sandbox import filled
from boundary_plugins.rendering.templates import file_name, languages, piece

_OPENING = datetime(2026, 11, 30, 14, tzinfo=UTC)
_ZONE = "America/New_York"
_PROMISES = ((date(2026, 12, 1), False), (None, True), (None, False))
_TAG = re.compile(r"<[^>]+>")
#: Names that occur in no text, so that finding one means that a text says it.
_PRACTICE, _THERAPIST = "Quiet Harbor Rooms", "R. Q. Example"


def situations() -> Iterator[ResponseFacts]:
    """Every wording with the opening known and not, each promise, each region, and zones alike and not."""
    regions = (*(code for code in crisis_regions() if code != "ZZ"), None)
    for wording, language, region, opening, promise, zone, shared in product(
        Wording,
        sorted(languages()),
        regions,
        (_OPENING, None),
        _PROMISES,
        (_ZONE, "Europe/Berlin", "Pacific/Auckland"),
        (True, False),
    ):
        yield ResponseFacts(
            wording=wording,
            next_opening_at=opening,
            promised_by=promise[0] if opening else None,
            promises_next_opening=promise[1],
            zone=zone,
            practice_zone=_ZONE,
            language=language,
            region=region,
            discreet=shared and wording is not Wording.FULL,
        )


def check_templates(directory: Path | None = None) -> list[str]:
    """The problems of the texts that ship and of a practice's own, one sentence each; none is good."""
    problems = dict.fromkeys(_strangers(directory))
    renderer = Renderer(practice_name=_PRACTICE, therapist_name=_THERAPIST, template_directory=directory)
    for facts in situations():
        for as_of in (None, datetime(2026, 11, 1, tzinfo=UTC)):
            text = renderer.render(facts, as_of=as_of)
            if text.warning is not None:
                problems[text.warning] = None
            problems.update(dict.fromkeys(_broken_promises(text, facts, renderer.names)))
    return list(problems)


def _strangers(directory: Path | None) -> Iterator[str]:
    """Files of a practice's folder that no text would ever come from."""
    if directory is None:
        return
    if not directory.is_dir():
        yield f"{directory.name}: there is no such folder of templates"
        return
    known = {f"{language}/{file_name(wording)}" for language in languages() for wording in Wording}
    for path in sorted(directory.rglob("*.txt")):
        place = path.relative_to(directory).as_posix()
        if place not in known:
            yield f"{place}: no text is made from it; there are: {', '.join(sorted(known))}"


def _broken_promises(text: RenderedText, facts: ResponseFacts, names: tuple[str, ...]) -> Iterator[str]:
    """What must hold for every text, and does not here."""
    place = file_name(facts.wording)
    resources = resources_for(facts.region, facts.language, is_discreet(facts)).paragraph
    notice = filled(piece("notice", facts.language), {}).strip()
    first = is_about_a_crisis(facts)
    in_place = text.plain.startswith(resources) if first else text.plain.endswith(resources + "\n")
    if not in_place:
        yield f"{place}: the crisis resources are not where they belong"
    if notice not in text.plain:
        yield f"{place}: it does not say that messages are not monitored"
    if is_discreet(facts) and is_telling(text.plain + _words(text.html), names):
        yield f"{place}: a discreet text says what it must not"
    if layout.paragraphs_of(text.plain) and _squeezed(text.plain) != _squeezed(_words(text.html)):
        yield f"{place}: the HTML says something else than the plain text"


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
