"""The closed windows of the ordinary week, by the clock on the wall, and where the hours in force differ from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from boundary_plugins.availability_sources.local_time import instant
from boundary_plugins.core.hours_grammar import WeeklyHours
from boundary_plugins.core.interval import Interval, union

WEEK_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class ClosedPart:
    """A closed window of the ordinary week: seconds since Monday 00:00, below a week's.

    It goes over the end of the week where `ends` is not after `starts`. `ends` is when hours open again, None
    where they never do: then it is the whole week.
    """

    starts: int
    ends: int | None

    def answered(self, opens_soon: timedelta) -> tuple[int, int] | None:
        """The part of it in which an answer goes out, as in WeeklyResponse; None where none does.

        What arrives exactly so long before hours open is still answered, and mail is dated in whole seconds.
        """
        if self.ends is None:
            return self.starts, self.starts
        length = (self.ends - self.starts) % WEEK_SECONDS or WEEK_SECONDS
        left = min(length, length - int(opens_soon.total_seconds()) + 1)
        return (self.starts, (self.starts + left) % WEEK_SECONDS) if left > 0 else None

    def opening_after(self, monday: date, zone: str) -> datetime | None:
        """The instant at which hours open again in the week that begins on a Monday."""
        if self.ends is None:
            return None
        return instant(datetime.combine(monday, time(0)) + timedelta(seconds=self.ends), zone)


def closed_parts(week: WeeklyHours) -> tuple[ClosedPart, ...]:
    """The closed windows of a week, in the order in which they begin."""
    edges = _open_seconds(week)
    if not edges:
        return (ClosedPart(0, None),)
    # The first opening of the next week ends the last closed window of this one.
    following = [*edges[1:], (edges[0][0] + WEEK_SECONDS, 0)]
    parts = [
        ClosedPart(end % WEEK_SECONDS, opens % WEEK_SECONDS)
        for (_, end), (opens, _) in zip(edges, following, strict=True)
        if end < opens
    ]
    return tuple(sorted(parts, key=lambda part: part.starts))


def differences(one: Sequence[Interval], other: Sequence[Interval]) -> tuple[Interval, ...]:
    """What two sorted lists of disjoint intervals hold otherwise: every interval that is not in both, merged."""
    return union(set(one) ^ set(other))


def _open_seconds(week: WeeklyHours) -> list[tuple[int, int]]:
    """When hours are open in a week, merged: the last may end after the week does."""
    opened: list[tuple[int, int]] = []
    for start, end in sorted(_windows(week)):
        if opened and start <= opened[-1][1]:
            opened[-1] = (opened[-1][0], max(end, opened[-1][1]))
        else:
            opened.append((start, end))
    if len(opened) > 1 and opened[-1][1] >= opened[0][0] + WEEK_SECONDS:
        # Sunday's last window goes into Monday's first.
        opened[-1] = (opened[-1][0], opened.pop(0)[1] + WEEK_SECONDS)
    return opened


def _windows(week: WeeklyHours) -> Iterable[tuple[int, int]]:
    """Each window in seconds of the week."""
    for day, hours in enumerate(week.days):
        for window in hours:
            start, end = window.minutes
            yield day * 86_400 + start * 60, day * 86_400 + end * 60
