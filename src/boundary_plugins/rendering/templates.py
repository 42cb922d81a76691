"""The templates: those that ship, and a practice's own, which come before them."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from jinja2 import Template

from boundary_plugins.core.language import primary_language
from boundary_plugins.core.response import Wording
from boundary_plugins.data.crisis_lines import crisis_languages
from boundary_plugins.rendering.phrases import PHRASES, is_whole
from boundary_plugins.rendering.sandbox import GREATEST_SOURCE, UnusableTemplateError, compiled

_WHEN = PHRASES["when"]
_NAMES = frozenset({"practice_name", "therapist_name"})

#: The values each text may use. A discreet text gets no names, a text about a crisis no promise.
VALUES: dict[Wording, frozenset[str]] = {
    Wording.FULL: _WHEN | _NAMES | {"when"},
    Wording.DISCREET: _WHEN | {"when"},
    Wording.NEUTRAL: _WHEN | {"when"},
    Wording.CRISIS: _NAMES | {"opening", "discreet"},
    Wording.RESOURCES_ONLY: _NAMES | {"opening", "discreet"},
}


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A practice's own text: where it stands, and either its template or what is wrong with it."""

    place: str
    template: Template | None
    problem: UnusableTemplateError | None


def file_name(wording: Wording) -> str:
    """The file of a wording: `full.txt`, `resources_only.txt`."""
    return f"{wording.value.replace(' ', '_')}.txt"


@cache
def languages() -> frozenset[str]:
    """The languages in which every text that ships is there, and every crisis resource too."""
    names = [file_name(wording) for wording in Wording]
    root = resources.files("boundary_plugins") / "templates"
    return frozenset(
        language
        for language in crisis_languages()
        if is_whole(language) and all((root / language / name).is_file() for name in names)
    )


def language_for(tag: str) -> str:
    """The language of a text for somebody whose language is `tag` (BCP 47); English where there is none."""
    language = primary_language(tag)
    return language if language in languages() else "en"


@cache
def shipped(wording: Wording, language: str) -> Template:
    """The text of a wording that ships."""
    return compiled(_shipped(file_name(wording), language), VALUES[wording])


def own_templates(directory: Path | None) -> dict[tuple[str, Wording], OwnTemplate]:
    """The practice's own texts (`en/full.txt` …) by language and wording; a broken one with its problem."""
    if directory is None:
        return {}
    found = {}
    for language in sorted(languages()):
        for wording in Wording:
            path = directory / language / file_name(wording)
            if path.exists():
                found[language, wording] = _own(path, f"{language}/{path.name}", VALUES[wording])
    return found


def _own(path: Path, place: str, values: frozenset[str]) -> OwnTemplate:
    """Read and compile one file; no error leaves here."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            # One character more than allowed shows that it is too long, however long it is.
            source = file.read(GREATEST_SOURCE + 1)
        return OwnTemplate(place, compiled(source, values), None)
    except OSError:
        return OwnTemplate(place, None, UnusableTemplateError("it cannot be read"))
    except UnicodeError:
        return OwnTemplate(place, None, UnusableTemplateError("it is not UTF-8"))
    except UnusableTemplateError as problem:
        return OwnTemplate(place, None, problem)


def _shipped(name: str, language: str) -> str:
    """The source of a text that ships."""
    return (resources.files("boundary_plugins") / "templates" / language / name).read_text(encoding="utf-8")
