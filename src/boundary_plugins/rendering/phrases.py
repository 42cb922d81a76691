"""Short phrases in each language, with the plural forms it has: what texts are made of.

To add a phrase: put its key into `templates/<language>/phrases.toml` of every language, and the values it
may use into `PHRASES`. A phrase that counts something is a table there, with a text for each plural form
of that language (CLDR: `one`, `many` …; `other` serves what has no form of its own), each of which may
use `{{ count }}`:

    [minutes]
    one = "{{ count }} minute"
    other = "{{ count }} minutes"

Then `said("minutes", "en", count=12)` is "12 minutes". What a language lacks, a test names.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

from babel import Locale
from babel.numbers import format_decimal
from jinja2 import Template

from boundary_plugins.rendering.sandbox import compiled, filled

_CLOCK = frozenset({"date", "at_time", "time", "zone", "city"})

#: The values that each phrase may use. A phrase that counts has `count` besides.
PHRASES: Mapping[str, frozenset[str]] = {
    "subject": frozenset(),
    "notice": frozenset(),
    "at_time": frozenset({"time"}),
    "zone": frozenset({"city", "initial", "is_offset"}),
    "opening": _CLOCK | {f"other_{value}" for value in _CLOCK},
    "day": frozenset({"date", "zone"}),
    "when": frozenset({"opening", "promise_day", "answers_at_opening", "long_absence"}),
}
_OTHER = "other"


def said(
    name: str, language: str, values: Mapping[str, object] | None = None, count: int | None = None
) -> str:
    """A phrase of `PHRASES` in one of the languages, filled in; `count` (0 or more) chooses the plural form.

    The count is written as the language writes numbers.
    """
    if count is None:
        return filled(_template(name, language, None), dict(values or {})).strip()
    form = Locale.parse(language).plural_form(count)
    counted = {**(values or {}), "count": format_decimal(count, locale=language)}
    return filled(_template(name, language, form), counted).strip()


def is_whole(language: str) -> bool:
    """Whether a language has every phrase, and of those that count the form that always serves."""
    phrases = phrases_of(language)
    return phrases.keys() >= PHRASES.keys() and all(
        isinstance(phrases[name], str) or _OTHER in phrases[name] for name in PHRASES
    )


@cache
def phrases_of(language: str) -> Mapping[str, Any]:
    """The phrases of a language, each a text or a table of texts by plural form; empty where there are none."""
    file = resources.files("boundary_plugins") / "templates" / language / "phrases.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


@cache
def _template(name: str, language: str, form: str | None) -> Template:
    """One phrase, or one form of it, ready to be filled in."""
    source = phrases_of(language)[name]
    if isinstance(source, str):
        return compiled(source, PHRASES[name] | {"count"})
    return compiled(source.get(form) or source[_OTHER], PHRASES[name] | {"count"})
