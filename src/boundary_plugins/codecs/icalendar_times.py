"""Dates, times, durations and time zones of iCalendar, as instants that are aware and in UTC."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import tzical

from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, Property

_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z?))?", re.IGNORECASE)
_DURATION = re.compile(
    r"([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as a calendar writes it: on the clock of a zone (`wall` is naive), or a whole day."""

    wall: datetime
    zone: tzinfo
    is_date: bool = False

    @property
    def instant(self) -> datetime:
        """The instant, in UTC."""
        return instant(self.wall, self.zone)

    def in_zone(self, zone: tzinfo) -> datetime:
        """What the clock of another zone shows at this moment; a day is the same day everywhere."""
        if self.is_date or zone is self.zone:
            return self.wall
        return self.instant.astimezone(zone).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Length:
    """How long something lasts: days of the calendar, and then exact time (RFC 5545, section 3.3.6)."""

    days: int
    exact: timedelta

    def after(self, wall: datetime, zone: tzinfo) -> datetime:
        """The instant at which something ends that begins when the clock of the zone shows `wall`."""
        return instant(wall + timedelta(days=self.days), zone) + self.exact

    @property
    def about(self) -> timedelta:
        """The length on an ordinary day."""
        return timedelta(days=self.days) + self.exact


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The instant at which the clock of the zone shows `wall`.

    A time that the clock skips is meant by the offset before the gap, one that it shows twice is the
    first (RFC 5545, section 3.3.5); that is what `fold=0` says.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC)


class Zones:
    """The time zones of one calendar: those that everybody knows, and those that it defines itself.

    An own VTIMEZONE counts only where its name is unknown: many are wrong, or end years ago.
    """

    def __init__(self, zone: str, definitions: list[Component]) -> None:
        """`zone` (an IANA name) is meant where a time names none, or one that nobody knows."""
        self.default: tzinfo = ZoneInfo(zone)
        self._known: dict[str, tzinfo | None] = {}
        self._definitions: Mapping[str, Component] = {
            found.value.strip(): component
            for component in definitions
            if (found := component.first("TZID")) is not None
        }
        self.unknown = False

    def named(self, name: str) -> tzinfo:
        """The zone of a TZID; the default, with `unknown` set, where nobody knows it."""
        if name not in self._known:
            self._known[name] = self._find(name)
        zone = self._known[name]
        if zone is None:
            self.unknown = True
            return self.default
        return zone

    def _find(self, name: str) -> tzinfo | None:
        """By its name, by the place in its definition, by its definition."""
        definition = self._definitions.get(name)
        place = definition.first("X-LIC-LOCATION") if definition else None
        return (
            zone_by_name(name)
            or (zone_by_name(place.value.strip()) if place else None)
            or (_defined(definition) if definition else None)
        )


@lru_cache(maxsize=256)
def zone_by_name(name: str) -> tzinfo | None:
    """The zone of an IANA name, of a Windows name, or of a name that ends in an IANA name.

    Mozilla and others write "/mozilla.org/20050126_1/Europe/Berlin".
    """
    if name.upper() in ("UTC", "GMT", "Z", "ETC/UTC"):
        return UTC
    # One table of a library of many modules: imported when the first zone is looked for.
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    parts = WINDOWS_TO_OLSON.get(name, name).split("/")
    for first in range(len(parts)):
        key = "/".join(parts[first:])
        # A last part alone ("EST", "Cuba") is a name only where it is the whole one.
        if key and (first == 0 or "/" in key):
            try:
                return ZoneInfo(key)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
    return None


def is_iana_zone(name: str) -> bool:
    """Whether a name is one of the IANA database."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def moment(found: Property, zones: Zones, value: str | None = None) -> Moment:
    """The DATE or DATE-TIME of a property, or of one of its values. Raises CalendarTextError."""
    match = _TIME.fullmatch((found.value if value is None else value).strip())
    if match is None:
        raise CalendarTextError(f"{found.name} is not a date or a time")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    try:
        # A leap second is counted as the one before it (RFC 5545, section 3.3.12).
        wall = datetime.combine(date(year, month, day), time(hour, minute, min(second, 59)))
    except ValueError:
        raise CalendarTextError(f"{found.name} is not a date or a time that exists") from None
    if match[4] is None:
        return Moment(wall, zones.default, is_date=True)
    if match[7]:
        return Moment(wall, UTC)
    name = found.parameters.get("TZID")
    return Moment(wall, zones.named(name) if name else zones.default)


def length(value: str, name: str) -> Length:
    """A DURATION (RFC 5545, section 3.3.6). Raises CalendarTextError where it is none, or is negative."""
    match = _DURATION.fullmatch(value.strip())
    if match is None or not any(match.groups()[1:]):
        raise CalendarTextError(f"{name} is not a duration")
    if match[1] == "-":
        raise CalendarTextError("it ends before it starts")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    if weeks + days > 1_000_000 or hours + minutes + seconds > 10_000_000_000:
        raise CalendarTextError(f"{name} is too long")
    return Length(7 * weeks + days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


def length_between(start: Moment, end: Moment) -> Length:
    """The length from one to the other: days between dates, else exact time (RFC 5545, section 3.8.5.3).

    Raises CalendarTextError where the end is before the start.
    """
    if start.is_date:
        days = (end.wall.date() - start.wall.date()).days
        # Many programs name the first day as the end, too; a day is meant.
        found = Length(days or 1, timedelta())
    else:
        found = Length(0, end.instant - start.instant)
    if found.about < timedelta():
        raise CalendarTextError("it ends before it starts")
    return found


def _defined(definition: Component) -> tzinfo | None:
    """The zone that a VTIMEZONE defines; None where it is broken."""
    name = definition.first("TZID")
    rules = [rule for part in definition.children for rule in part.all("RRULE")]
    # A rule of a clock change runs by the year; any other could take for ever to follow.
    if name is None or any("FREQ=YEARLY" not in rule.value.upper() for rule in rules):
        return None
    try:
        found: tzinfo | None = tzical(StringIO(_text(definition))).get(name.value)
    except (ValueError, KeyError, TypeError, IndexError, OverflowError):
        return None
    return found


def _text(component: Component) -> str:
    """A VTIMEZONE as text, of the lines that matter."""
    kept = ("TZID", "DTSTART", "RRULE", "RDATE", "TZOFFSETFROM", "TZOFFSETTO")
    lines = [f"{one.name}:{one.value}" for one in component.properties if one.name in kept]
    lines += [_text(child).rstrip("\n") for child in component.children]
    return "\n".join([f"BEGIN:{component.name}", *lines, f"END:{component.name}\n"])
