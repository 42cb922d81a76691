"""Crisis lines by region, as frozen values read from `crisis_lines.toml`, each with its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

#: The region that stands for every place without one of its own (CLDR's code for an unknown region).
ELSEWHERE = "ZZ"

Sentences = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CrisisLine:
    """One line of help. `call`, `text` and `chat` stand literally in each of the sentences `says`.

    `languages` are those it is answered in; `audience` whom it is for ("everyone", or a group); `hours`
    "24/7", its daily hours with their IANA zone, or "" where the source is silent. `source_dated` is the
    date that the source gives itself, `reviewed_on` the day somebody confirmed the line; both may be empty.
    """

    name: str
    audience: str
    languages: tuple[str, ...]
    call: tuple[str, ...]
    text: tuple[str, ...]
    chat: str
    hours: str
    says: Sentences
    source: str
    source_dated: str
    reviewed_on: str


@dataclass(frozen=True, slots=True)
class CrisisRegion:
    """What is known of one region. `danger` and `discreet` are sentences by language.

    `code` is ISO 3166-1 alpha-2, or ELSEWHERE; `emergency` the numbers of its emergency services.
    """

    code: str
    emergency: tuple[str, ...]
    danger: Sentences
    discreet: Sentences
    lines: tuple[CrisisLine, ...]
    source: str
    source_dated: str
    reviewed_on: str


@cache
def crisis_regions() -> Mapping[str, CrisisRegion]:
    """Every region by its code, ELSEWHERE among them."""
    return MappingProxyType({code: _region(code, table) for code, table in _document()["regions"].items()})


def crisis_region(region: str | None) -> CrisisRegion:
    """The region of an ISO 3166 code (a subdivision such as "US-NY" counts as its country).

    None, or a place without lines of its own, gives ELSEWHERE, which is worded to be right everywhere.
    """
    country = (region or "").partition("-")[0].upper()
    regions = crisis_regions()
    return regions.get(country) or regions[ELSEWHERE]


@cache
def crisis_heading() -> Sentences:
    """The words above a list of lines, by language."""
    return _sentences(_document()["heading"])


@cache
def crisis_languages() -> frozenset[str]:
    """The languages in which every sentence of every region is there."""
    every = [crisis_heading()]
    for region in crisis_regions().values():
        every += [region.danger, region.discreet, *(line.says for line in region.lines)]
    return frozenset.intersection(*(frozenset(sentences) for sentences in every))


@cache
def _document() -> dict[str, Any]:
    """The file, parsed once."""
    file = resources.files("boundary_plugins") / "data" / "crisis_lines.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _region(code: str, table: dict[str, Any]) -> CrisisRegion:
    """One region of the file."""
    return CrisisRegion(
        code=code,
        emergency=tuple(table["emergency"]),
        danger=_sentences(table["danger"]),
        discreet=_sentences(table["discreet"]),
        lines=tuple(_line(line) for line in table["lines"]),
        source=table["source"],
        source_dated=table["source_dated"],
        reviewed_on=table["reviewed_on"],
    )


def _line(table: dict[str, Any]) -> CrisisLine:
    """One line of the file."""
    return CrisisLine(
        name=table["name"],
        audience=table["audience"],
        languages=tuple(table["languages"]),
        call=tuple(table.get("call", ())),
        text=tuple(table.get("text", ())),
        chat=table.get("chat", ""),
        hours=table["hours"],
        says=_sentences(table["says"]),
        source=table["source"],
        source_dated=table["source_dated"],
        reviewed_on=table["reviewed_on"],
    )


def _sentences(table: dict[str, str]) -> Sentences:
    """Sentences by language, not to be changed."""
    return MappingProxyType(dict(table))
