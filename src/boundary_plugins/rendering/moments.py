"""Instants as people of a region write them, in the client's zone and, where it differs, the therapist's."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

#: Where nothing else is known: day before month, and 24 hours, which nobody can misread.
_PLAIN_ENGLISH = "en_GB"


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant in words: date, time and city of the first zone.

    `other_time` and `other_city` are set where the clocks of the second zone differ at that instant,
    `other_date` only where its day differs too.
    """

    date: str
    time: str
    city: str
    other_date: str | None = None
    other_time: str | None = None
    other_city: str | None = None


@cache
def locale_for(language: str, region: str | None) -> Locale:
    """The locale of a language as it is written in a region; English anywhere else is British."""
    country = (region or "").partition("-")[0].upper()
    try:
        return Locale.parse(f"{language}_{country}" if country else _fallback(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_fallback(language))


@cache
def region_in(tag: str) -> str | None:
    """The region that a language tag names: "US" of "en-US" (RFC 5646, section 2.2.4)."""
    subtags = tag.replace("_", "-").split("-")[1:]
    return next((subtag.upper() for subtag in subtags if len(subtag) == 2 and subtag.isalpha()), None)


def zone_or(name: str, otherwise: str) -> str:
    """The zone, or another one where this machine does not know the first, or UTC."""
    for candidate in (name, otherwise):
        if _is_known(candidate):
            return candidate
    return "UTC"


@lru_cache(maxsize=512)
def moment(at: datetime, zone: str, other_zone: str, locale: Locale, with_year: bool) -> Moment:
    """The instant `at` (aware) in both zones (IANA names)."""
    here, there = at.astimezone(ZoneInfo(zone)), at.astimezone(ZoneInfo(other_zone))
    shown = Moment(day(here.date(), locale, with_year), time_of(here, locale), city_of(zone, locale))
    if here.utcoffset() == there.utcoffset():
        return shown
    other_date = day(there.date(), locale, with_year) if there.date() != here.date() else None
    return Moment(
        shown.date, shown.time, shown.city, other_date, time_of(there, locale), city_of(other_zone, locale)
    )


def clocks_differ(at: datetime, zone: str, other_zone: str) -> bool:
    """Whether the clocks of two zones show different times at an instant."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(ZoneInfo(other_zone)).utcoffset()


@lru_cache(maxsize=512)
def day(of: date, locale: Locale, with_year: bool) -> str:
    """A date with its weekday: "Monday, November 30" or "Monday 30 November"."""
    return format_date(of, _pattern(locale, with_year), locale=locale)


@cache
def city_of(zone: str, locale: Locale) -> str:
    """The place that a zone is named after: "New York"."""
    if zone.startswith("Etc/") or zone in ("UTC", "GMT"):
        # The signs in the names of these zones are the wrong way round for anybody but POSIX.
        offset = datetime(2000, 1, 1, tzinfo=ZoneInfo(zone)).isoformat()[-6:]
        return "UTC" if offset == "+00:00" else f"UTC{offset}"
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True).rpartition("/")[2]


def time_of(at: datetime, locale: Locale) -> str:
    """The time of day, short; ordinary spaces, so that an English text stays plain ASCII."""
    return format_time(at, "short", locale=locale).replace("\u202f", " ").replace("\xa0", " ")


@cache
def _pattern(locale: Locale, with_year: bool) -> str:
    """The locale's own full date, with or without its year."""
    pattern = locale.date_formats["full"].pattern
    if locale.language == "en":
        # Within a sentence "on Monday 30 November" reads better than with a comma.
        pattern = pattern.replace("EEEE, d", "EEEE d")
    return pattern if with_year else re.sub(r"[,\s]*('[^']*'\s*)?y+\s*$", "", pattern)


def _fallback(language: str) -> str:
    """The locale of a language in no particular region."""
    return _PLAIN_ENGLISH if language == "en" else language


@cache
def _is_known(zone: str) -> bool:
    """Whether this machine has the rules of a zone."""
    try:
        ZoneInfo(zone)
    except (OSError, ValueError, LookupError):
        return False
    return True
