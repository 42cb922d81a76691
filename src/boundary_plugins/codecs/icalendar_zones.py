"""The time zones that a calendar names: known by their names to everybody, or defined by itself."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from functools import lru_cache
from io import StringIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.tz import tzical

from boundary_plugins.codecs.icalendar_clock import Clock
from boundary_plugins.codecs.icalendar_lines import Component


class Zones:
    """The time zones of one calendar: those that everybody knows, and those that it defines itself.

    An own VTIMEZONE counts only where its name is unknown: many are wrong, or end years ago.
    """

    def __init__(self, zone: str, definitions: list[Component]) -> None:
        """`zone` (an IANA name) is meant where a time names none, or one that nobody knows."""
        self.default = Clock(ZoneInfo(zone))
        self._known: dict[str, Clock | None] = {}
        self._definitions: Mapping[str, Component] = {
            found.value.strip(): component
            for component in definitions
            if (found := component.first("TZID")) is not None
        }
        self.unknown = False

    def named(self, name: str) -> Clock:
        """The clock of a TZID; the default, with `unknown` set, where nobody knows it."""
        if name not in self._known:
            zone = self._find(name)
            self._known[name] = Clock(zone) if zone is not None else None
        clock = self._known[name]
        if clock is None:
            self.unknown = True
            return self.default
        return clock

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
