"""What calendars hold: layers, absences and busy times."""

from datetime import UTC, datetime, timedelta

import pytest

from boundary_plugins.availability_sources.calendars import (
    CalendarUse,
    absences,
    busy_times,
    calendar_layers,
)
from boundary_plugins.core.availability import Availability, BusyType, ContactHours
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import AbsenceKind, CalendarContents, CalendarPeriod

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def span(start: int, end: int) -> Interval:
    """Hours of the day."""
    return Interval(MIDNIGHT + timedelta(hours=start), MIDNIGHT + timedelta(hours=end))


def use(*periods: CalendarPeriod, closes: bool = False, available: bool = False) -> CalendarUse:
    """A calendar with these periods, and available times from 8 to 20."""
    free = Availability("available times", 5, span(0, 24), (span(8, 20),))
    return CalendarUse(CalendarContents(periods, (free,)), closes, available)


BUSY = CalendarPeriod(span(10, 11), AbsenceKind.BUSY)
BUSY_TOO = CalendarPeriod(span(11, 12), AbsenceKind.BUSY)
TENTATIVE = CalendarPeriod(span(10, 13), AbsenceKind.BUSY, BusyType.TENTATIVE)
AWAY = CalendarPeriod(span(15, 22), AbsenceKind.OUT_OF_OFFICE)
AWAY_TOO = CalendarPeriod(span(14, 16), AbsenceKind.OUT_OF_OFFICE)


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        # Busy entries close nothing unless the calendar closes; out-of-office ones always do.
        ([use(BUSY)], []),
        ([use(AWAY)], [(span(15, 22), "out of office")]),
        ([use(BUSY, closes=True)], [(span(10, 11), "busy in the calendar")]),
        # Only of the calendar that closes.
        ([use(BUSY, closes=True), use(BUSY_TOO)], [(span(10, 11), "busy in the calendar")]),
        # Entries that touch or overlap are one, also of two calendars.
        ([use(BUSY, closes=True), use(BUSY_TOO, closes=True)], [(span(10, 12), "busy in the calendar")]),
        ([use(AWAY), use(AWAY_TOO)], [(span(14, 22), "out of office")]),
        # Available times are a layer only where they count.
        ([use(available=True)], [(span(0, 24), "available times")]),
    ],
)
def test_a_calendar_makes_layers_as_it_is_used(
    uses: list[CalendarUse], expected: list[tuple[Interval, str]]
) -> None:
    layers = calendar_layers(uses)

    assert expected == [(layer.span, layer.source) for layer in layers]


def test_of_busy_entries_at_the_same_time_the_busiest_has_most_say() -> None:
    layers = calendar_layers([use(BUSY, TENTATIVE, closes=True)])

    hours = ContactHours.combine(layers, span(10, 13))

    assert BusyType.BUSY is hours.windows[0].busy_type
    assert [BusyType.TENTATIVE, BusyType.BUSY] == [layer.busy_type for layer in layers]


@pytest.mark.parametrize("first", [0, 1])
def test_available_times_keep_their_priorities_among_themselves(first: int) -> None:
    """RFC 7953, section 3.2: 1 is the highest priority, 9 the lowest, 0 is undefined and lower still."""
    layers = (
        Availability("undefined", 0, span(0, 24), ()),
        Availability("lowest", 9, span(0, 24), ()),
        Availability("highest", 1, span(6, 12), (span(6, 12),)),
    )
    ordered = layers if first == 0 else layers[::-1]
    calendar = CalendarUse(CalendarContents((), ordered), closes=False, available=True)

    hours = ContactHours.combine(calendar_layers([calendar]), span(0, 24))

    assert ("lowest",) == hours.window_at(MIDNIGHT).sources
    assert ("highest",) == hours.window_at(MIDNIGHT + timedelta(hours=7)).sources


def test_absences_are_merged_and_clipped() -> None:
    found = absences([use(AWAY, BUSY), use(AWAY_TOO)], span(0, 20))

    assert (span(14, 20),) == found


def test_busy_times_are_merged_and_clipped_whether_they_close_or_not() -> None:
    found = busy_times([use(BUSY, AWAY), use(BUSY_TOO, closes=True)], span(0, 24))

    assert (span(10, 12),) == found
