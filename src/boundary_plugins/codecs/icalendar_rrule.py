"""Reads recurrence rules: the common shapes as whole numbers, every other one by dateutil."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

from dateutil.rrule import rrule, rrulestr

from boundary_plugins.codecs.icalendar_clock import DAY, UTC_CLOCK, seconds, wall_clock
from boundary_plugins.codecs.icalendar_cycle import Rule
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Property
from boundary_plugins.codecs.icalendar_rules import DayRule, day_rule
from boundary_plugins.codecs.icalendar_times import Moment, moment
from boundary_plugins.codecs.icalendar_zones import Zones

#: How many steps a rule may take from its beginning: four centuries of days, fifteen years of hours.
MOST_STEPS = 150_000
MOST_TIMES_A_DAY = 48
#: The days of each month in a leap year.
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

#: A rule that can be followed.
Steps = DayRule | Rule


def walk(rule: Steps, first: int, last: int) -> Iterator[int]:
    """The rule's wall times from `first` to `last`. Raises CalendarTextError if it is endless."""
    times = (
        rule.walls(first, last) if isinstance(rule, DayRule) else map(seconds, rule.times(wall_clock(last)))
    )
    steps = 0
    for wall in islice(times, MOST_STEPS + 1):
        steps += 1
        if wall >= first:
            yield wall
    if steps > MOST_STEPS:
        raise CalendarTextError("it recurs too often to be followed")


def read_rule(found: Property, start: Moment) -> Steps:
    """A recurrence rule that runs on the clock of its start. Raises CalendarTextError."""
    parts: dict[str, str] = {}
    for piece in filter(None, found.value.strip().upper().split(";")):
        key, _, value = piece.partition("=")
        parts[key.strip()] = value.strip()
    if _too_often(parts):
        raise CalendarTextError("it recurs too often to be followed")
    if _never(parts):
        raise CalendarTextError("it recurs on days that do not exist")
    if (
        not re.fullmatch(r"[1-9]\d{0,5}", parts.get("INTERVAL", "1"))
        or {"DTSTART", "BYEASTER"} & parts.keys()
    ):
        raise CalendarTextError(f"{found.name} cannot be followed")
    until = _until(parts.pop("UNTIL"), start) if "UNTIL" in parts else None
    return day_rule(parts, start.wall, until) or general_rule(parts, start.wall, until, found.name)


def general_rule(parts: Mapping[str, str], start: int, until: int | None, name: str) -> Rule:
    """A rule of any shape, without its UNTIL. Raises CalendarTextError."""
    text = ";".join(f"{key}={value}" for key, value in parts.items())
    begins = wall_clock(start)
    try:
        rule = rrulestr(text, dtstart=begins)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError):
        raise CalendarTextError(f"{name} cannot be followed") from None
    if not isinstance(rule, rrule):
        raise CalendarTextError(f"{name} cannot be followed")
    return Rule(rule, begins, wall_clock(until) if until is not None else None)


def _too_often(parts: dict[str, str]) -> bool:
    """Whether a rule would keep a machine busy for minutes, and is no rule of a person.

    Anybody can send an invitation, so the work that one line asks for is bounded. Days of the year and
    weeks by number are for yearly rules only (RFC 5545, section 3.3.10): in others they may never meet.
    """
    frequency = parts.get("FREQ", "")
    if frequency in ("SECONDLY", "MINUTELY"):
        return True
    if frequency != "YEARLY" and ("BYYEARDAY" in parts or "BYWEEKNO" in parts):
        return True
    times_a_day = 1
    for key in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        times_a_day *= parts.get(key, "").count(",") + 1
    return times_a_day > MOST_TIMES_A_DAY


def _never(parts: dict[str, str]) -> bool:
    """Whether no month of the rule has a day of the rule, which would be sought until the year 9999."""
    try:
        months = [int(one) for one in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else range(1, 13)
        days = [abs(int(one)) for one in parts["BYMONTHDAY"].split(",")] if "BYMONTHDAY" in parts else [1]
        return not any(day <= _DAYS[month - 1] for month in months for day in days)
    except (ValueError, IndexError):
        return False


def _until(value: str, start: Moment) -> int:
    """The last wall time of a rule on the clock of its start; a day counts to its end."""
    until = moment(Property("RRULE", {}, value), _NO_ZONES)
    if until.is_date:
        return until.wall + DAY - 1
    if until.clock is UTC_CLOCK and not start.is_date:
        return until.on(start.clock)
    return until.wall


_NO_ZONES = Zones("UTC", [])
