"""Wall-clock time with its zone, the intervals it means, and what clocks show; core/wall_clock_time.py has the rule."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from boundary_plugins.core.interval import Interval
from boundary_plugins.core.wall_clock_time import change_between as change_between
from boundary_plugins.core.wall_clock_time import day_start as day_start
from boundary_plugins.core.wall_clock_time import instant as instant

if TYPE_CHECKING:
    from boundary_plugins.core.spoken_hours import SpokenHours


def wall_clock(at: datetime, zone: str) -> datetime:
    """What the clocks of the zone show at an instant: naive, with `fold=1` the second time they show it."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def interval_between(start: datetime, end: datetime, zone: str) -> Interval | None:
    """The instants between two wall-clock times; None where no instant lies between them (within a gap).

    Raises ValueError where `end` is not after `start` on the wall.
    """
    if end <= start:
        raise ValueError("a window ends after it starts")
    first, last = instant(start, zone), instant(end, zone)
    return Interval(first, last) if first < last else None


def interval_of(hours: "SpokenHours") -> Interval:
    """The instants of hours that were typed.

    An end that comes twice is the first one after the start; a duration is elapsed time. Raises
    ValueError, with a sentence, where the clocks skip all of it.
    """
    start, end = instant(hours.start, hours.zone), instant(hours.end, hours.zone)
    if hours.lasts is not None:
        end = start + hours.lasts
    elif end <= start:
        end = instant(hours.end.replace(fold=1), hours.zone)
    if end <= start:
        # Only what people type and read needs the grammar of it, which takes long to import.
        from boundary_plugins.core.spoken_hours import in_words

        raise ValueError(f"{in_words(hours)}: the clocks go forward then and skip it; allowed: a later time")
    return Interval(start, end)


def interval_in_words(interval: Interval, zone: str) -> str:
    """The instants in words: "Saturday 28 November 2026, 10:00 to 12:00 (Europe/Berlin)"."""
    from boundary_plugins.core.spoken_hours import SpokenHours, in_words

    start, end = wall_clock(interval.start, zone), wall_clock(interval.end, zone)
    if start < end:
        return in_words(SpokenHours(start, end, zone))
    # Within the hour that comes twice only the names of summer and standard time tell the order.
    here = ZoneInfo(zone)
    first, last = interval.start.astimezone(here), interval.end.astimezone(here)
    return f"{first:%Y-%m-%d %H:%M %Z} to {last:%Y-%m-%d %H:%M %Z} ({zone})"
