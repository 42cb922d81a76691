"""Facts with their source and date, as files beside this module, and the functions that load them.

Nothing is decided here: the shell loads a file once and gives its values to the core.
"""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from boundary_plugins.core.topic import TopicRule

_WITHOUT_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@cache
def crisis_phrases(*languages: str) -> tuple[str, ...]:
    """The phrases that tell a crisis in these languages ("en", "es" …), by default in every one there is.

    People write in the language they feel in, whatever the practice's is, so that all are looked for.
    """
    folder = files(__name__) / "crisis_phrases"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".toml"))
    groups = [
        group
        for name in names
        if not languages or name.removesuffix(".toml") in languages
        for group in _loaded(f"crisis_phrases/{name}")["group"]
    ]
    return _in_both_spellings(phrase for group in groups for phrase in group["phrases"])


@cache
def platform_domains() -> frozenset[str]:
    """The domains that text-therapy and practice platforms send notifications from."""
    platforms = _loaded("messaging_platforms.toml")["platform"]
    return frozenset(domain for platform in platforms for domain in platform["domains"])


@cache
def public_mail_domains() -> frozenset[str]:
    """The domains of public mail providers, whose users have nothing in common."""
    providers = _loaded("public_mail_domains.toml")["provider"]
    return frozenset(domain for provider in providers for domain in provider["domains"])


@cache
def topic_words() -> tuple[TopicRule, ...]:
    """The topic rules in order, each with its words of every language; the first that matches wins."""
    return tuple(
        TopicRule(
            rule["topic"], _in_both_spellings(word for words in rule["words"].values() for word in words)
        )
        for rule in _loaded("topics.toml")["rule"]
    )


def _in_both_spellings(phrases: Iterable[str]) -> tuple[str, ...]:
    """The phrases without doubles, those with an umlaut also as they are written where a keyboard has none."""
    return tuple(
        dict.fromkeys(form for phrase in phrases for form in (phrase, phrase.translate(_WITHOUT_UMLAUTS)))
    )


def _loaded(name: str) -> dict[str, Any]:
    """A file of this folder."""
    return tomllib.loads(files(__name__).joinpath(name).read_text("utf-8"))
