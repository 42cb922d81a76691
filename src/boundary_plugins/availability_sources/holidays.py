"""Public holidays of a region, on which contact hours are closed."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from types import ModuleType

from boundary_plugins.availability_sources.day_rules import DayRule
from boundary_plugins.availability_sources.priorities import HOLIDAYS
from boundary_plugins.ports import PublicHoliday

#: Names are checked over so many years, since some holidays come only every few years.
_CHECKED_YEARS = range(2015, 2046)
_ENGLISH = "en_US"
_OBSERVED = " (observed)"

#: The holidays of one day, each in English (where there is that) and in the region's own language.
_Names = tuple[tuple[str, str], ...]


def holiday_rules(
    region: str | None, subdivision: str | None, work_on: Iterable[str], first: date, last: date
) -> dict[date, DayRule]:
    """The closed days between two days (both included), each with its name: "holiday: Labor Day".

    `region` is ISO 3166-1 alpha-2 (None: no holidays). A day all of whose holidays are named in `work_on`
    (in English or the region's own language, capitals do not matter, also for the observed day) is an
    ordinary day. Raises ValueError for an unknown region or subdivision.
    """
    if region is None:
        return {}
    named = _named_days(region, subdivision or None, first.year, last.year)
    return {
        day: DayRule(f"holiday: {', '.join(named[day][index][0] for index in kept)}", HOLIDAYS, ())
        for day, kept in _closed_days(named, work_on, first, last)
    }


def public_holidays(
    region: str | None, subdivision: str | None, work_on: Iterable[str], first: date, last: date
) -> tuple[PublicHoliday, ...]:
    """The same closed days, each with its name in every language that is known, in the order of time."""
    if region is None:
        return ()
    part, years = subdivision or None, (first.year, last.year)
    named = _named_days(region, part, *years)
    return tuple(
        PublicHoliday(day, tuple(_translated(_in_languages(region, part, *years), day, kept, named[day])))
        for day, kept in _closed_days(named, work_on, first, last)
    )


def check_holidays(region: str | None, subdivision: str | None, work_on: Iterable[str]) -> None:
    """Raise ValueError, in a sentence with what is allowed, where a region, part or name is unknown."""
    if region is None:
        if subdivision or tuple(work_on):
            raise ValueError('holidays need a region; allowed: two capital letters such as "US"')
        return
    years = _CHECKED_YEARS
    named = _named_days(region, subdivision or None, years.start, years.stop)
    known = {_folded(name): name for names in named.values() for pair in names for name in pair}
    for name in work_on:
        if _folded(name) not in known:
            near = difflib.get_close_matches(_folded(name), known, n=1, cutoff=0.5)
            hint = f' (did you mean "{_plain(known[near[0]])}"?)' if near else ""
            raise ValueError(
                f'"{name}" is not a holiday of {_place(region, subdivision)}{hint}; '
                f"allowed: {_some(known.values())}"
            )


def _closed_days(
    named: Mapping[date, _Names], work_on: Iterable[str], first: date, last: date
) -> Iterator[tuple[date, list[int]]]:
    """The closed days between two, each with which of its holidays are no ordinary days."""
    ordinary = {_folded(name) for name in work_on}
    for day, names in named.items():
        kept = [
            index for index, (shown, own) in enumerate(names) if not {_folded(shown), _folded(own)} & ordinary
        ]
        if kept and first <= day <= last:
            yield day, kept


def _translated(
    languages: Mapping[str, Mapping[date, list[str]]], day: date, kept: list[int], names: _Names
) -> Iterator[tuple[str, str]]:
    """The holidays of a day by language; a language that counts the day's holidays differently is left out."""
    for language, days in languages.items():
        told = days.get(day, [])
        if len(told) == len(names):
            yield language, ", ".join(told[index] for index in kept)


@lru_cache(maxsize=16)
def _in_languages(
    region: str, subdivision: str | None, first: int, last: int
) -> dict[str, dict[date, list[str]]]:
    """The holidays of the years in every language of the library; the region's own form of one comes first."""
    library = _library()
    own = _own_language(region)
    supported = library.country_holidays(region).supported_languages
    years = range(first, last + 1)
    found = {}
    for language in (*supported, own):
        days = library.country_holidays(region, subdiv=subdivision, years=years, language=language)
        found[(language or "en").partition("_")[0]] = {day: days.get_list(day) for day in sorted(days)}
    return found


@lru_cache(maxsize=64)
def _named_days(region: str, subdivision: str | None, first: int, last: int) -> dict[date, _Names]:
    """The holidays of the years, each with its name in English (where there is one) and in its own language.

    The language is always said: the library would else take the one of the process's environment.
    """
    library = _library()
    supported = library.list_supported_countries(include_aliases=True)
    if region not in supported:
        codes = ", ".join(sorted(code for code in supported if len(code) == 2))
        raise ValueError(f'no holidays are known for "{region}"; allowed: {codes}')
    parts, other_names = _subdivisions(region)
    if subdivision is not None and subdivision not in (*parts, *other_names):
        raise ValueError(
            f'"{subdivision}" is not a part of {region} with holidays of its own; '
            f"allowed: {', '.join(parts) or 'none'}"
        )
    years = range(first, last + 1)
    own = library.country_holidays(region, subdiv=subdivision, years=years, language=_own_language(region))
    english = own
    if _ENGLISH in own.supported_languages:
        english = library.country_holidays(region, subdiv=subdivision, years=years, language=_ENGLISH)
    return {day: _pairs(english.get_list(day), own.get_list(day)) for day in sorted(own.keys())}


@cache
def _library() -> ModuleType:
    """The library, imported where a region is configured: a command without holidays begins sooner."""
    import holidays

    return holidays


def _pairs(english: list[str], own: list[str]) -> _Names:
    """The names of one day side by side; where the languages count differently, the English ones twice."""
    return tuple(zip(english, own if len(own) == len(english) else english, strict=True))


@lru_cache(maxsize=64)
def _own_language(region: str) -> str | None:
    language: str | None = _library().country_holidays(region).default_language
    return language


def _subdivisions(region: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The parts of a region that the library knows by their codes, and their other names."""
    known = _library().country_holidays(region)
    return tuple(known.subdivisions), tuple(known.subdivisions_aliases)


def _folded(name: str) -> str:
    """A name to compare: typographic apostrophes, capitals and "(observed)" make no difference."""
    return _plain(name).replace("\u2019", "'").casefold().strip()


def _plain(name: str) -> str:
    return name.removesuffix(_OBSERVED)


def _some(names: Iterable[str]) -> str:
    return ", ".join(sorted({_plain(name) for name in names}))


def _place(region: str, subdivision: str | None) -> str:
    return f"{region}-{subdivision}" if subdivision else region
