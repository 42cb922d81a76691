"""The words of the page on which availability is published, by language, read from `availability_page.toml`."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class PageWords:
    """Every word of one language; braces hold what is filled in."""

    title: str
    closed: str
    all_day: str
    open_until: str
    next_opening: str
    opening_after_that: str
    none_until: str
    moment: str
    span: str
    midnight: str
    zone: str
    as_of: str
    not_monitored: str


@cache
def page_words() -> Mapping[str, PageWords]:
    """The words by language ("en"). Raises TypeError where a language lacks one or has another."""
    file = resources.files("boundary_plugins") / "data" / "availability_page.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType({language: PageWords(**words) for language, words in tables.items()})
