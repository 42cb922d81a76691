"""What is published, as the days of a calendar: pure values, before any word is said."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from boundary_plugins.availability_sources.local_time import day_start, wall_clock
from boundary_plugins.core.interval import Interval, intersection, union
from boundary_plugins.ports import Publication, PublicHoliday

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day with the open times in it; a window over midnight is open on both of its days.

    `holiday` closes the day by the configuration; what opens it all the same has more say.
    """

    day: date
    opened: tuple[Interval, ...]
    holiday: PublicHoliday | None = None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a page tells, as of the instant of the publication.

    `rest` are the days after `today` to the Sunday of its week, `following` the week after, where all of it
    is known. `open_until` is None where it is closed, or open beyond what is known; `next_opening` where
    none is known up to `known_until`, the last day.
    """

    today: Day
    rest: tuple[Day, ...]
    following: tuple[Day, ...]
    is_open: bool
    open_until: datetime | None
    next_opening: datetime | None
    known_until: date


def outlook(publication: Publication) -> Outlook:
    """The days that a page tells of, in the zone of the publication."""
    zone, at, ends = publication.zone, publication.as_of, publication.between.end
    today = wall_clock(at, zone).date()
    known_until = wall_clock(ends, zone).date() - _DAY
    opened = union(window.interval for window in publication.windows if window.is_open)
    now = next((interval for interval in opened if at in interval), None)
    sunday = today + (6 - today.weekday()) * _DAY
    following = tuple(_days(publication, opened, sunday + _DAY, sunday + 7 * _DAY))
    return Outlook(
        today=next(_days(publication, opened, today, today)),
        rest=tuple(_days(publication, opened, today + _DAY, min(sunday, known_until))),
        following=following if sunday + 7 * _DAY <= known_until else (),
        is_open=now is not None,
        open_until=now.end if now and now.end < ends else None,
        next_opening=next((interval.start for interval in opened if interval.start > at), None),
        known_until=known_until,
    )


def _days(publication: Publication, opened: tuple[Interval, ...], first: date, last: date) -> Iterator[Day]:
    """Each day from the first to the last, both included; without a day that the zone skipped."""
    holidays = {holiday.day: holiday for holiday in publication.holidays}
    for ahead in range((last - first).days + 1):
        day = first + ahead * _DAY
        begins, ends = day_start(day, publication.zone), day_start(day + _DAY, publication.zone)
        if begins < ends:
            yield Day(day, intersection(opened, [Interval(begins, ends)]), holidays.get(day))
