"""Availability as a page that anybody may read: open or closed, and nothing else."""

import re
from datetime import datetime
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template

from boundary_plugins.core.language import region_in
from boundary_plugins.data.crisis_lines import crisis_languages
from boundary_plugins.data.page_words import page_words
from boundary_plugins.ports import Publication
from boundary_plugins.rendering import layout, moments
from boundary_plugins.rendering.page_days import outlook
from boundary_plugins.rendering.page_speech import Speech
from boundary_plugins.rendering.resources import resources_for

#: Marks what this program wrote, so that it overwrites and removes nothing else.
GENERATOR = "Boundary Plugins availability page"
_MARK = f'<meta name="generator" content="{GENERATOR}">'.encode()
_MADE_AT = re.compile(rb'<meta name="date" content="([^"<>]{1,40})">')
_HEAD = 500


def write_page(
    publication: Publication,
    *,
    language: str | None = None,
    holidays: bool = False,
    made_at: datetime | None = None,
) -> bytes:
    """A page of HTML that needs nothing else: no script, no font, no picture from anywhere.

    It tells the day of `as_of`, the rest of its week and the week after, the next opening, and what to do
    where something cannot wait. Every day has its date, so that a page which is read late is not wrong.
    `language` is one of `page_words()` (None: the practice's own, English where there are no words in it).
    Public holidays are named only with `holidays`. `made_at` (None: as of the publication) is what the page
    says of its own age; all else depends on the day, the windows and the opening ahead alone.
    """
    practice = publication.practice
    language = language or _language_of(practice.language)
    locale = moments.locale_for(language, practice.region or region_in(practice.language))
    words = page_words()[language]
    text = _template().render(
        generator=GENERATOR,
        made_at=made_at or publication.as_of,
        practice=practice,
        words=words,
        told=outlook(publication),
        speech=Speech(words, locale, publication.zone, holidays),
        tag=str(locale).replace("_", "-"),
        crisis=_crisis(practice.region, language),
        crisis_language=_crisis_language(language),
    )
    return text.encode()


def is_page(data: bytes) -> bool:
    """Whether a file's text was written by `write_page`."""
    return _MARK in data[:_HEAD]


def page_made_at(data: bytes) -> datetime | None:
    """When a page was made (aware); None where it does not say so, as one that broke off."""
    found = _MADE_AT.search(data[:_HEAD])
    try:
        made_at = datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None
    return made_at if made_at is not None and made_at.utcoffset() is not None else None


def _language_of(tag: str) -> str:
    """The language of a page for a practice whose language is `tag` (BCP 47); English where there is none."""
    language = tag.replace("_", "-").partition("-")[0].lower()
    return language if language in page_words() else "en"


def _crisis_language(language: str) -> str:
    """The language of the crisis resources: English where they are not in the page's own."""
    return language if language in crisis_languages() else "en"


def _crisis(region: str | None, language: str) -> str:
    """The crisis resources in discreet words, as HTML with what can be dialled from them."""
    found = resources_for(region, _crisis_language(language), discreet=True)
    return layout.linked(found.paragraph, dict(found.links))


@cache
def _template() -> Template:
    """The page's frame. What is filled in is escaped; of the crisis resources `layout.linked` did it."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    file = resources.files("boundary_plugins") / "templates" / "availability_page.html"
    return environment.from_string(file.read_text(encoding="utf-8"))
