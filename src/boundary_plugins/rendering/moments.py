"""Instants and days as people of a region write them in their language, and the zones of the world."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, get_timezone_location

#: Where nothing else is known: day before month, and 24 hours, which nobody can misread.
_PLAIN_ENGLISH = "en_GB"
#: Languages in which no comma stands between the weekday and the day, within a sentence.
_WITHOUT_COMMA = frozenset({"en", "es", "fr"})
#: How a language writes the first day of a month, where that is no ordinary number: "1er décembre".
FIRST_OF_A_MONTH = {"fr": "d'er'"}
#: Clocks that a language writes otherwise than babel's short form: of a full hour, and of any other time.
_CLOCKS = {"fr": ("H\u00a0'h'", "H\u00a0'h'\u00a0mm")}
_FIRST_NUMBER = re.compile(r"\d+")


class DayForm(Enum):
    """How a day is named: an opening of every week by its weekday, one far away with its year."""

    WEEKDAY = "weekday"
    DATE = "date"
    DATE_AND_YEAR = "date and year"


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant in the words of one zone: date, time, the number that the time begins with, and the place.

    `is_offset` tells that the place is none, but an offset such as "UTC-08:00".
    """

    date: str
    time: str
    hour: int
    city: str
    is_offset: bool


@cache
def locale_for(language: str, region: str | None) -> Locale:
    """The locale of a language as it is written in a region; English anywhere else is British."""
    country = (region or "").partition("-")[0].upper()
    try:
        return Locale.parse(f"{language}_{country}" if country else _fallback(language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_fallback(language))


def zone_or(name: str, otherwise: str) -> str:
    """The zone, or another one where this machine does not know the first, or UTC."""
    for candidate in (name, otherwise):
        if _is_known(candidate):
            return candidate
    return "UTC"


@lru_cache(maxsize=512)
def moment(at: datetime, zone: str, locale: Locale, form: DayForm) -> Moment:
    """The instant `at` (aware) in a zone (an IANA name)."""
    here = at.astimezone(ZoneInfo(zone))
    time, city = time_of(here, locale), city_of(zone, locale)
    hour = _FIRST_NUMBER.search(time)
    return Moment(
        named_day(here.date(), locale, form), time, int(hour[0]) if hour else 0, city, city.startswith("UTC")
    )


def clocks_differ(at: datetime, zone: str, other_zone: str) -> bool:
    """Whether the clocks of two zones show different times at an instant."""
    return at.astimezone(ZoneInfo(zone)).utcoffset() != at.astimezone(ZoneInfo(other_zone)).utcoffset()


def named_day(of: date, locale: Locale, form: DayForm) -> str:
    """A day in one of the forms."""
    if form is DayForm.WEEKDAY:
        return format_date(of, "EEEE", locale=locale)
    return day(of, locale, form is DayForm.DATE_AND_YEAR)


@lru_cache(maxsize=512)
def day(of: date, locale: Locale, with_year: bool) -> str:
    """A date with its weekday: "Monday, November 30", "mardi 1er décembre", "Montag, 30. November"."""
    return format_date(of, _pattern(locale, with_year, of.day == 1), locale=locale)


@cache
def city_of(zone: str, locale: Locale) -> str:
    """The place that a zone is named after: "New York", "Nueva York"; an offset where it is named after none."""
    if zone.startswith("Etc/") or zone in ("UTC", "GMT"):
        # The signs in the names of these zones are the wrong way round for anybody but POSIX.
        offset = datetime(2000, 1, 1, tzinfo=ZoneInfo(zone)).isoformat()[-6:]
        return "UTC" if offset == "+00:00" else f"UTC{offset}"
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True).rpartition("/")[2]


def time_of(at: datetime, locale: Locale) -> str:
    """The time of day, short; ordinary spaces in English, so that an English text stays plain ASCII."""
    full_hour, other = _CLOCKS.get(locale.language, ("short", "short"))
    text = format_time(at, other if at.minute else full_hour, locale=locale)
    space = " " if locale.language == "en" else "\u00a0"
    return text.replace("\u202f", space).replace("\u00a0", space)


@cache
def _pattern(locale: Locale, with_year: bool, first_of_a_month: bool) -> str:
    """The locale's own full date, with or without its year."""
    pattern: str = locale.date_formats["full"].pattern
    if locale.language in _WITHOUT_COMMA:
        # "on Monday 30 November", "el lunes 30 de noviembre" read better than with a comma.
        pattern = pattern.replace("EEEE, d", "EEEE d")
    if first_of_a_month:
        pattern = pattern.replace("d", FIRST_OF_A_MONTH.get(locale.language, "d"), 1)
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
