"""Clocks of time zones in whole seconds, and the instants at which they show a time.

Within a calendar every time is a number: an instant counts the seconds since 1970 in UTC, a wall time the
seconds since its clock showed 1970. Both count days of 86,400 seconds, so a day of the calendar is `DAY`.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from boundary_plugins.core.interval import Interval

DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
#: The number of 1970-01-01 among the days of the calendar.
FIRST_OF_1970 = _EPOCH.toordinal()
_LAST_DAY = date.max.toordinal()
_LATEST = (datetime.combine(date.max, time.max, UTC) - _EPOCH) // _SECOND


def seconds(at: datetime) -> int:
    """An instant as its number, or a naive wall time as its own."""
    return (at.replace(tzinfo=UTC) - _EPOCH if at.tzinfo is None else at - _EPOCH) // _SECOND


def utc(at: int) -> datetime:
    """The instant that a number means."""
    return datetime.fromtimestamp(at, UTC) if at >= 0 else _EPOCH + timedelta(seconds=at)


def wall_clock(wall: int) -> datetime:
    """The naive wall time that a number means."""
    return utc(wall).replace(tzinfo=None)


def around(interval: Interval) -> tuple[int, int]:
    """The instants in whole seconds between which an interval lies."""
    return seconds(interval.start), -((_EPOCH - interval.end) // _SECOND)


def within_the_calendar(at: int) -> int:
    """The instant itself. Raises OverflowError where it is after the year 9999."""
    if at > _LATEST:
        raise OverflowError
    return at


class Clock:
    """The clock of one zone. It knows each day on which it does not change by one number."""

    __slots__ = ("_offsets", "zone")

    def __init__(self, zone: tzinfo) -> None:
        """Know no day yet."""
        self.zone = zone
        self._offsets: dict[int, int | None] = {}

    def instant(self, wall: int) -> int:
        """The instant at which the clock shows a wall time.

        A time that the clock skips is meant by the offset before the gap, one that it shows twice is the
        first (RFC 5545, section 3.3.5); that is what `fold=0` says. Raises OverflowError or
        ValueError outside the years 1 to 9999.
        """
        day = wall // DAY
        try:
            offset = self._offsets[day]
        except KeyError:
            offset = self._offsets[day] = self._offset_all(day)
        return wall - offset if offset is not None else self._exactly(wall)

    def shows(self, at: int) -> int:
        """The wall time that the clock shows at an instant."""
        return seconds(utc(at).astimezone(self.zone).replace(tzinfo=None))

    def _exactly(self, wall: int) -> int:
        """The same, of a day on which it may change."""
        return seconds(wall_clock(wall).replace(tzinfo=self.zone).astimezone(UTC))

    def _offset_all(self, day: int) -> int | None:
        """The offset from UTC that holds from the midnight before the day to that after it, if one does.

        A zone that a calendar defines itself may change at any time, and is never known so.
        """
        ordinal = day + FIRST_OF_1970
        if not (isinstance(self.zone, ZoneInfo) or self.zone is UTC) or not 1 < ordinal < _LAST_DAY:
            return None
        midnight = wall_clock(day * DAY)
        offsets = {self.zone.utcoffset(midnight + timedelta(hours=hours)) for hours in (0, 12, 24)}
        offset = offsets.pop()
        return offset // _SECOND if offset is not None and not offsets else None


#: The clock of UTC itself.
UTC_CLOCK = Clock(UTC)
