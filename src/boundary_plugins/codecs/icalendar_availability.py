"""Published availability (RFC 7953) as a layer of hours."""

from collections.abc import Iterable

from boundary_plugins.codecs.icalendar_clock import around, utc
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component
from boundary_plugins.codecs.icalendar_recurrence import Series
from boundary_plugins.codecs.icalendar_times import length, moment
from boundary_plugins.codecs.icalendar_zones import Zones
from boundary_plugins.core.availability import Availability, BusyType
from boundary_plugins.core.interval import Interval, intersection


def span(component: Component, zones: Zones, between: Interval) -> Interval | None:
    """For when a VAVAILABILITY speaks, clipped to the interval: without DTSTART or DTEND, unbounded.

    None where it does not touch the interval (RFC 7953, section 3.1). Raises CalendarTextError.
    """
    begins, ends = component.first("DTSTART"), component.first("DTEND")
    lasts = component.first("DURATION")
    first = moment(begins, zones) if begins else None
    start, end = utc(first.instant) if first else between.start, between.end
    if ends is not None:
        end = utc(moment(ends, zones).instant)
        if first is not None and end < start:
            raise CalendarTextError("it ends before it starts")
    elif lasts is not None:
        if first is None:
            raise CalendarTextError("it has a DURATION and no DTSTART")
        end = utc(length(lasts.value, "DURATION").after(first.wall, first.clock))
    start, end = max(start, between.start), min(end, between.end)
    return Interval(start, end) if start < end else None


def layer(
    component: Component, series: Iterable[Series], zones: Zones, between: Interval, source: str
) -> Availability | None:
    """The layer of a VAVAILABILITY, clipped to the interval; None where it does not touch it.

    `series` are its AVAILABLE components. What recurs runs on the wall clock of its zone and then
    becomes instants, so an hour that opens at nine opens at nine after a clock change, too. Raises
    CalendarTextError.
    """
    if component.problem:
        raise CalendarTextError(component.problem)
    spoken = span(component, zones, between)
    if spoken is None:
        return None
    opened = (
        Interval(utc(start), utc(end)) for one in series for start, end, _ in one.between(*around(spoken))
    )
    return Availability(
        source=source,
        priority=_priority(component),
        span=spoken,
        available=intersection(opened, [spoken]),
        busy_type=_busy_type(component),
    )


def _priority(component: Component) -> int:
    """PRIORITY, 1 to 9, or 0 where it is undefined (RFC 5545, section 3.8.1.9)."""
    value = component.word("PRIORITY", "0")
    if not (value.isascii() and value.isdigit() and int(value) <= 9):
        raise CalendarTextError("PRIORITY is not a number from 0 to 9")
    return int(value)


def _busy_type(component: Component) -> BusyType:
    """BUSYTYPE; unavailable where it is missing or unknown (RFC 7953, section 3.2)."""
    try:
        return BusyType(component.word("BUSYTYPE", BusyType.UNAVAILABLE.value))
    except ValueError:
        return BusyType.UNAVAILABLE
