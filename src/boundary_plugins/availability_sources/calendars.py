"""What calendars hold, as layers, absences and busy times."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from boundary_plugins.availability_sources.priorities import (
    CALENDAR_AVAILABLE,
    CALENDAR_BUSY,
    OUT_OF_OFFICE,
)
from boundary_plugins.core.availability import Availability, BusyType
from boundary_plugins.core.interval import Interval, intersection, union
from boundary_plugins.ports import AbsenceKind, CalendarContents, CalendarPeriod

#: Busy entries of these kinds, the busiest last, so that it has most say.
_BUSY_TYPES = (BusyType.TENTATIVE, BusyType.UNAVAILABLE, BusyType.BUSY)


@dataclass(frozen=True, slots=True)
class CalendarUse:
    """What a calendar holds, and what it means: whether its busy entries close contact hours, and whether
    its available times (VAVAILABILITY, RFC 7953) count as contact hours."""

    contents: CalendarContents
    closes: bool
    available: bool


def calendar_layers(uses: Sequence[CalendarUse]) -> list[Availability]:
    """The layers of all calendars: available times where they count, busy entries where they close, and
    out-of-office entries always."""
    closing = [period for use in uses if use.closes for period in use.contents.periods]
    return [
        *_available_layers(uses),
        *_busy_layers(period for period in closing if period.kind is AbsenceKind.BUSY),
        *(
            Availability("out of office", OUT_OF_OFFICE, interval, ())
            for interval in union(_intervals(uses, AbsenceKind.OUT_OF_OFFICE))
        ),
    ]


def absences(uses: Sequence[CalendarUse], between: Interval) -> tuple[Interval, ...]:
    """The out-of-office times of all calendars, merged and clipped."""
    return intersection(_intervals(uses, AbsenceKind.OUT_OF_OFFICE), [between])


def busy_times(uses: Sequence[CalendarUse], between: Interval) -> tuple[Interval, ...]:
    """The busy times of all calendars (not the out-of-office ones), merged and clipped."""
    return intersection(_intervals(uses, AbsenceKind.BUSY), [between])


def _available_layers(uses: Iterable[CalendarUse]) -> list[Availability]:
    """The layers of RFC 7953, which keep their order among themselves and stand as one among the others."""
    layers = [layer for use in uses if use.available for layer in use.contents.availabilities]
    # 1 is the highest priority, 9 the lowest, 0 below it; of equal ones the later has more say.
    layers.sort(key=lambda layer: layer.priority or 10, reverse=True)
    return [replace(layer, priority=CALENDAR_AVAILABLE) for layer in layers]


def _busy_layers(periods: Iterable[CalendarPeriod]) -> list[Availability]:
    """A closed layer for each stretch of busy entries."""
    by_type: dict[BusyType, list[Interval]] = {kind: [] for kind in _BUSY_TYPES}
    for period in periods:
        by_type[period.busy_type].append(period.interval)
    return [
        Availability("busy in the calendar", CALENDAR_BUSY, interval, (), kind)
        for kind, intervals in by_type.items()
        for interval in union(intervals)
    ]


def _intervals(uses: Iterable[CalendarUse], kind: AbsenceKind) -> list[Interval]:
    return [period.interval for use in uses for period in use.contents.periods if period.kind is kind]
