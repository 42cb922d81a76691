"""Busy times that another program has published as VFREEBUSY (RFC 5545, section 3.6.4)."""

from collections.abc import Iterator

from boundary_plugins.codecs.icalendar_clock import within_the_calendar
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, Property
from boundary_plugins.codecs.icalendar_meaning import MarkedSpan
from boundary_plugins.codecs.icalendar_recurrence import period_length
from boundary_plugins.codecs.icalendar_times import moment
from boundary_plugins.codecs.icalendar_zones import Zones
from boundary_plugins.core.availability import BusyType
from boundary_plugins.ports import AbsenceKind

_KINDS = {
    "BUSY-UNAVAILABLE": BusyType.UNAVAILABLE,
    "BUSY-TENTATIVE": BusyType.TENTATIVE,
}


def free_busy(component: Component, zones: Zones) -> list[MarkedSpan]:
    """The busy times of a VFREEBUSY; a type that is unknown is busy (section 3.2.9).

    Raises CalendarTextError.
    """
    if component.problem:
        raise CalendarTextError(component.problem)
    return [
        (start, end, (AbsenceKind.BUSY.value, _KINDS.get(kind, BusyType.BUSY).value, False))
        for found in component.all("FREEBUSY")
        if (kind := found.parameters.get("FBTYPE", "BUSY").upper()) != "FREE"
        for start, end in _periods(found, zones)
    ]


def _periods(found: Property, zones: Zones) -> Iterator[tuple[int, int]]:
    """The periods of one property that last any time."""
    for value in filter(str.strip, found.value.split(",")):
        begins, _, ends = value.partition("/")
        start = moment(found, zones, begins)
        end = period_length(found, start, ends, zones).after(start.wall, start.clock)
        if start.instant < end:
            yield start.instant, within_the_calendar(end)
