"""Facts with their source and date, as files beside this module, and the functions that load them.

Nothing is decided here: the shell loads a file once and gives its values to the core.
"""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from boundary_plugins.core.topic import TopicRule

_LANGUAGE = re.compile(r"[a-z]{2,3}\Z")


@cache
def crisis_phrases(language: str) -> tuple[str, ...]:
    """The phrases that tell a crisis in that language (BCP 47), with the English ones, which always count."""
    primary = language.partition("-")[0].lower()
    names = ["en"] if primary == "en" or not _LANGUAGE.match(primary) else [primary, "en"]
    groups = [group for name in names for group in _loaded(f"crisis_phrases/{name}.toml").get("group", [])]
    return tuple(dict.fromkeys(phrase for group in groups for phrase in group["phrases"]))


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
    """The topic rules in order; the first that matches wins."""
    return tuple(TopicRule(rule["topic"], tuple(rule["words"])) for rule in _loaded("topics.toml")["rule"])


def _loaded(name: str) -> dict[str, Any]:
    """A file of this folder; empty where there is none (a language without phrases of its own)."""
    resource = files(__name__).joinpath(name)
    return tomllib.loads(resource.read_text("utf-8")) if resource.is_file() else {}
