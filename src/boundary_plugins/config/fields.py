"""The kinds of values a configuration holds, each with the check that belongs to it."""

import difflib
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

from boundary_plugins.config.regions import region_problem
from boundary_plugins.core.headers import is_language_tag
from boundary_plugins.core.hours_grammar import parse_day_hours, parse_weekly
from boundary_plugins.core.language import primary_language
from boundary_plugins.data.crisis_lines import crisis_languages

_ADDRESS = re.compile(r"[^\s@<>,;\"()\[\]\\]+@[^\s@<>,;\"()\[\]\\]+\.[^\s@<>,;\"()\[\]\\.]+")
# A name in the DNS or an address literal; whether it exists is not asked.
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]+")
_RATE = re.compile(r"\d{1,2}(?:\.\d{1,3})?")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_YEAR = 1900


def setting(says: str, allowed: str, default: Any = ..., **more: Any) -> Any:
    """A key of the configuration: what it is for, what is allowed, and its default (none: required)."""
    return Field(default, description=says, json_schema_extra={"allowed": allowed}, **more)


@cache
def zone_problem(name: str) -> str | None:
    """What is wrong with the name of a time zone, with near misses; None where the zone is known."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):
        return f'there is no time zone "{name}"' + _near_zones(name)
    return None


def _near_zones(name: str) -> str:
    """Zones of which the name is a misspelling, or the last part: "New York" is America/New_York."""
    wanted = name.strip().replace(" ", "_").lower()
    zones = {zone.lower(): zone for zone in available_timezones() if not zone.startswith(("posix", "right"))}
    near = [zone for low, zone in sorted(zones.items()) if wanted and low.rpartition("/")[2] == wanted]
    near += [zones[low] for low in difflib.get_close_matches(wanted, zones, n=3, cutoff=0.75)]
    cities = {low.rpartition("/")[2]: zone for low, zone in zones.items()}
    near += [cities[low] for low in difflib.get_close_matches(wanted, cities, n=1, cutoff=0.8)]
    distinct = list(dict.fromkeys(near))[:3]
    quoted = " or ".join(f'"{zone}"' for zone in distinct)
    return f"; did you mean {quoted}?" if distinct else ""


def address_problem(address: str) -> str | None:
    """What is wrong with a plain address; None where it looks right."""
    return None if _ADDRESS.fullmatch(address) else f'"{address}" is not a plain address'


def host_problem(host: str) -> str | None:
    """What is wrong with the name of a server, and what is allowed; None where it looks right."""
    if _HOST.fullmatch(host):
        return None
    return (
        f'"{host}" is not the name of a server; allowed: a name such as "imap.example.com", or an IP address'
    )


def language_problem(tag: str) -> str | None:
    """What is wrong with a language tag; None where it has the form of one (BCP 47)."""
    return None if is_language_tag(tag) else f'"{tag}" is not a language tag'


def text_language_problem(tag: str) -> str | None:
    """What is wrong with a language that texts are wanted in; None where there are some."""
    problem = language_problem(tag)
    if problem is None and primary_language(tag) in crisis_languages():
        return None
    allowed = ", ".join(sorted(crisis_languages()))
    said = problem or f'there are no texts in "{tag}"'
    return f'{said}; allowed: {allowed}, each also with a region, such as "de-AT"'


def weekly_problem(text: str) -> str | None:
    """What is wrong with weekly hours, and what is allowed; None where they are understood."""
    return _refusal(parse_weekly, text)


def day_hours_problem(text: str) -> str | None:
    """What is wrong with the hours of one day, and what is allowed; None where they are understood."""
    return _refusal(parse_day_hours, text)


def _refusal(parse: Callable[[str], object], text: str) -> str | None:
    try:
        parse(text)
    except ValueError as error:
        return str(error)
    return None


def _raise(problem: str | None) -> None:
    if problem:
        raise ValueError(problem)


def _zone(name: str) -> str:
    _raise(zone_problem(name))
    return name


def _address(address: str) -> str:
    _raise(address_problem(address))
    return address


def _language(tag: str) -> str:
    _raise(language_problem(tag))
    return tag


def _region(code: str) -> str:
    _raise(region_problem(code))
    return code


def _weekly(text: str) -> str:
    _raise(weekly_problem(text))
    return text


def _day_hours(text: str) -> str:
    _raise(day_hours_problem(text))
    return text


def _currency(code: str) -> str:
    # Only a practice that charges fees needs to know them all.
    from babel.numbers import is_currency

    _raise(None if code.isupper() and is_currency(code) else f'"{code}" is not a currency')
    return code


def _rate(text: str) -> str:
    found = _RATE.fullmatch(text)
    _raise(None if found and 0 < float(text) < 100 else f'"{text}" is not a rate in per cent')
    return text


def _text(text: str) -> str:
    _raise(None if text.strip() else "is empty")
    return text


def _day(text: object) -> date:
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not _DAY.fullmatch(text):
        raise ValueError(f'"{text}" is not a date')
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f'there is no day "{text}" in the calendar') from None


def _recent(day: date) -> date:
    # Its beginning must be an instant in each zone.
    _raise(None if day.year >= _FIRST_YEAR else f'"{day}" is too long ago')
    return day


class DaySpan(NamedTuple):
    """The days from `first` to `last`, both included."""

    first: date
    last: date


def _day_span(text: object) -> DaySpan:
    if isinstance(text, DaySpan):
        return text
    if not isinstance(text, str):
        raise ValueError("must be a text in quotes")
    first, _, last = text.partition("..")
    span = DaySpan(_day(first.strip()), _day((last or first).strip()))
    if span.last < span.first:
        raise ValueError(f'"{text}" ends before it starts')
    return span


Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]
Language = Annotated[str, AfterValidator(_language)]
Region = Annotated[str, AfterValidator(_region)]
Weekly = Annotated[str, AfterValidator(_weekly)]
DayHours = Annotated[str, AfterValidator(_day_hours)]
Text = Annotated[str, AfterValidator(_text)]
CurrencyCode = Annotated[str, AfterValidator(_currency)]
Rate = Annotated[str, AfterValidator(_rate)]
Day = Annotated[date, BeforeValidator(_day)]
RecentDay = Annotated[date, BeforeValidator(_day), AfterValidator(_recent)]
Days = Annotated[DaySpan, PlainValidator(_day_span)]
