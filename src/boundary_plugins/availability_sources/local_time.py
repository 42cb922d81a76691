"""Wall-clock time with its zone, and the instants it means: the only place where one becomes the other.

A wall-clock time means **the first instant at which the clocks of the zone show it or a later time**.
So nothing is ambiguous on the nights when clocks change:

- Fold (clocks go back, a time comes twice): its first occurrence. A window that contains the fold is one
  window and lasts the longer by it; one that ends within it ends the first time (RFC 5545, section 3.3.5,
  means the first occurrence too).
- Gap (clocks go forward, a time never comes): the instant of the change. A window that begins within the
  gap begins with the change, one that ends in it ends with the change, and one within it is not held.

The order of times is the order of their instants, so windows that do not overlap on the wall never do.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from boundary_plugins.core.interval import Interval

if TYPE_CHECKING:
    from boundary_plugins.core.spoken_hours import SpokenHours

_ZERO = timedelta(0)
_SECOND = timedelta(seconds=1)


def instant(local: datetime, zone: str) -> datetime:
    """The instant (UTC) of a naive wall-clock time; `fold=1` means the second occurrence of a doubled one.

    Raises ValueError for an aware datetime, KeyError (ZoneInfoNotFoundError) for an unknown zone.
    """
    if local.tzinfo is not None:
        raise ValueError("a wall-clock time is naive; its zone is kept apart")
    here = ZoneInfo(zone)
    # ZoneInfo reads the fields alone, so that no aware copies are needed.
    before = here.utcoffset(local.replace(fold=0) if local.fold else local) or _ZERO
    after = here.utcoffset(local.replace(fold=1)) or _ZERO
    if before == after:
        return (local - before).replace(tzinfo=UTC)
    if before > after:
        return (local - (after if local.fold else before)).replace(tzinfo=UTC)
    return change_between((local - after).replace(tzinfo=UTC), (local - before).replace(tzinfo=UTC), here)


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


@lru_cache(maxsize=4096)
def day_start(day: date, zone: str) -> datetime:
    """The instant at which a day begins in a zone; in some zones that is not always 00:00."""
    return instant(datetime.combine(day, time(0)), zone)


def change_between(early: datetime, late: datetime, here: ZoneInfo) -> datetime:
    """The instant (a whole second) after `early`, up to `late`, from which the offset of `late` holds."""
    offset = late.astimezone(here).utcoffset()
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        if middle.astimezone(here).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late
