"""Wall-clock time with its zone, and the instant it means: the only place where one becomes the other.

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
from zoneinfo import ZoneInfo

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
