"""A time zone as Windows tells it without a name: an offset, and the two days of the year on which it changes.

Its own arithmetic, because such rules may be anybody's: a zone of this form need not be in any database.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: The last one of its kind in a month.
_LAST = 5


@dataclass(frozen=True, slots=True)
class Change:
    """When one of the two seasons begins: the `order`-th (5: the last) `weekday` (0 is Monday) of a month, at a
    time of the clock that held until then; `bias` is added to that of the zone, in minutes west.

    Where `year` is given it is one day, and `order` is the day of the month. Month 0: there is no season.
    """

    bias: int
    month: int = 0
    order: int = 0
    weekday: int = 0
    at: time = time(0)
    year: int | None = None

    def on(self, year: int) -> date | None:
        """The day in a year; None where it does not come in it."""
        if not self.month or self.year not in (None, year):
            return None
        last = monthrange(year, self.month)[1]
        if self.year is not None:
            return date(year, self.month, min(self.order, last))
        first = date(year, self.month, 1)
        day = 1 + (self.weekday - first.weekday()) % 7 + 7 * (self.order - 1)
        while day > last:
            day -= 7
        return date(year, self.month, day)


@dataclass(frozen=True, slots=True)
class WindowsZone:
    """A zone by its rules. `bias` is in minutes west of Greenwich, as Windows counts (New York is 300)."""

    bias: int
    standard: Change
    daylight: Change

    def instant(self, day: date, minutes: int) -> datetime:
        """The instant (UTC) at which a clock there shows so many minutes after the midnight of a day began.

        A time that a clock skips is counted on from before; of one that comes twice, the first is meant.
        """
        wall = datetime.combine(day, time(0)) + timedelta(minutes=minutes)
        candidates = sorted({self._offset_of(each) for each in (self.standard, self.daylight)}, reverse=True)
        for offset in candidates:
            at = (wall - offset).replace(tzinfo=UTC)
            if self.offset_at(at) == offset:
                return at
        # No clock shows it: as the offset before the gap has it, which is the lesser one.
        return (wall - candidates[-1]).replace(tzinfo=UTC)

    def offset_at(self, at: datetime) -> timedelta:
        """The offset from UTC at an instant."""
        offset = self._offset_of(self.standard)
        latest: datetime | None = None
        for year in (at.year - 1, at.year, at.year + 1):
            for begins, season in self._changes(year):
                if begins <= at and (latest is None or begins > latest):
                    latest, offset = begins, self._offset_of(season)
        return offset

    def _changes(self, year: int) -> list[tuple[datetime, Change]]:
        """The instants of a year at which a season begins, by the clock of the other one."""
        found = []
        for season, before in ((self.daylight, self.standard), (self.standard, self.daylight)):
            day = season.on(year)
            if day is not None:
                zone = timezone(self._offset_of(before))
                found.append((datetime.combine(day, season.at, zone).astimezone(UTC), season))
        return found

    def _offset_of(self, season: Change) -> timedelta:
        """The offset from UTC in a season; a zone without seasons has one."""
        has_seasons = bool(self.standard.month and self.daylight.month)
        return timedelta(minutes=-(self.bias + (season.bias if has_seasons else self.standard.bias)))


def weekday(name: str) -> int:
    """The number of a day, 0 for Monday, by its English name. Raises ValueError."""
    return _DAYS.index(name)
