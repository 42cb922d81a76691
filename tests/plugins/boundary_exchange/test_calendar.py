"""What a calendar on Exchange means: statuses, series with exceptions over both change nights, working hours."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boundary_exchange.occurrences import LONGEST_VIEW
from boundary_plugins import (
    AbsenceKind,
    AuthorizationNeeded,
    BusyType,
    Interval,
    RateLimited,
    Unavailable,
)
from boundary_plugins.testing.benches import at, hours
from builders_exchange import Site
from servers.ews import Fault
from servers.ews_calendar import Series, custom_zone, entry, working_hours

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
# A zone in no database: two hours and a half ahead, three and a quarter in its summer, which begins on the
# third Saturday of April at 23:30 and ends on the second Sunday of September at 1:15.
ODD_STANDARD = "\r\n".join(
    (
        "DTSTART:20200913T011500",
        "RRULE:FREQ=YEARLY;BYMONTH=9;BYDAY=2SU",
        "TZOFFSETFROM:+0315",
        "TZOFFSETTO:+0230",
    )
)
ODD_DAYLIGHT = "\r\n".join(
    (
        "DTSTART:20200418T233000",
        "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=3SA",
        "TZOFFSETFROM:+0230",
        "TZOFFSETTO:+0315",
    )
)


def put(exchange: Site, start: int, end: int, status: str, **fields: str) -> None:
    """An entry of the therapist's."""
    made = entry(at(start), at(end), status, **fields)
    exchange.mailbox.add("calendar", "CalendarItem", fields=made)


def instants(exchange: Site, between: Interval, **settings: Any) -> list[datetime]:
    """When what is in the calendar begins."""
    return [each.interval.start for each in exchange.open_calendar(**settings).contents(between).periods]


@pytest.mark.parametrize(
    "status, expected",
    [
        ("Busy", (AbsenceKind.BUSY, BusyType.BUSY)),
        ("Tentative", (AbsenceKind.BUSY, BusyType.TENTATIVE)),
        ("OOF", (AbsenceKind.OUT_OF_OFFICE, BusyType.UNAVAILABLE)),
        # Outlook does not know; a client is better not told that one can be reached.
        ("NoData", (AbsenceKind.BUSY, BusyType.BUSY)),
        ("Free", None),
        # At home, and at the desk.
        ("WorkingElsewhere", None),
    ],
)
def test_each_status_means_what_outlook_shows(exchange: Site, status: str, expected: object) -> None:
    """Six of them."""
    put(exchange, 10, 11, status)

    periods = exchange.open_calendar().contents(hours(0, 24)).periods

    assert [expected] * (expected is not None) == [(each.kind, each.busy_type) for each in periods]


@pytest.mark.parametrize(
    "fields, there",
    [
        ({}, True),
        # Private entries are entries; nothing of any entry's text is asked for.
        ({"Sensitivity": "Private"}, True),
        ({"IsCancelled": "true"}, False),
        ({"MyResponseType": "Decline"}, False),
        ({"MyResponseType": "NoResponseReceived"}, True),
    ],
)
def test_what_is_cancelled_or_declined_is_left_out_and_what_is_private_is_not(
    exchange: Site, fields: dict[str, str], there: bool
) -> None:
    """As the therapist's own day would have it."""
    put(exchange, 10, 11, "Busy", **fields)

    assert there is bool(instants(exchange, hours(0, 24)))


def test_an_entry_of_a_whole_day_is_one(exchange: Site) -> None:
    """From midnight to midnight where it was entered."""
    put(exchange, 5, 29, "OOF", IsAllDayEvent="true")

    (period,) = exchange.open_calendar().contents(hours(0, 48)).periods

    assert period.all_day
    assert hours(5, 29) == period.interval


def test_our_own_entries_are_not_read_back(exchange: Site) -> None:
    """Else an absence that was published would close the hours for ever."""
    exchange.mailbox.add(
        "calendar",
        "CalendarItem",
        fields=entry(at(10), at(11), "OOF"),
        extended={"6f0b7a54-5c0e-4b43-9a3c-2d1d1f3f6a11/boundaryentry:String": "OOF"},
    )

    assert [] == instants(exchange, hours(0, 24))


def test_no_text_of_an_entry_is_asked_for(exchange: Site) -> None:
    """Neither its subject nor its body, its place or its people."""
    put(exchange, 10, 11, "Busy")

    contents = exchange.open_calendar().contents(hours(0, 24))

    assert "Nobody else's business" not in repr(contents)


def test_a_series_keeps_its_wall_clock_over_the_change_nights_of_a_zone_of_its_own(exchange: Site) -> None:
    """Exchange works it out by the rules that the entry brought along, in no database of zones."""
    zone = custom_zone(ODD_STANDARD, ODD_DAYLIGHT)
    for begins in ("2026-04-17", "2026-09-11"):
        start = datetime.fromisoformat(f"{begins}T20:00:00")
        exchange.mailbox.series.append(Series(start, timedelta(hours=1), "FREQ=DAILY;COUNT=4", zone, "OOF"))

    found = instants(exchange, YEAR)

    assert ["17:30", "17:30", "16:45", "16:45"] == [f"{each:%H:%M}" for each in found[:4]]
    assert ["16:45", "16:45", "17:30", "17:30"] == [f"{each:%H:%M}" for each in found[4:]]


def test_an_exception_of_a_series_is_where_it_was_moved_and_nowhere_where_it_was_taken_out(
    exchange: Site,
) -> None:
    """Over the night of the change, too."""
    zone = custom_zone(ODD_STANDARD, ODD_DAYLIGHT)
    wall = datetime.fromisoformat
    moved = {wall("2026-04-18T20:00"): wall("2026-04-19T09:00"), wall("2026-04-20T20:00"): None}
    hour, rule = timedelta(hours=1), "FREQ=DAILY;COUNT=4"
    exchange.mailbox.series.append(Series(wall("2026-04-17T20:00"), hour, rule, zone, moved=moved))

    found = instants(exchange, YEAR)

    assert ["17 17:30", "19 05:45", "19 16:45"] == [f"{each:%d %H:%M}" for each in found]


def test_a_calendar_of_many_years_is_asked_for_year_by_year_and_nothing_is_named_twice(
    exchange: Site,
) -> None:
    """Exchange refuses more than two years at once."""
    between = Interval(YEAR.start, YEAR.start + 3 * LONGEST_VIEW + timedelta(days=10))
    edge = YEAR.start + LONGEST_VIEW
    over_the_edge = entry(edge - timedelta(hours=1), edge + timedelta(hours=1), "Busy")
    exchange.mailbox.add("calendar", "CalendarItem", fields=over_the_edge)

    assert 1 == len(instants(exchange, between))
    assert 4 == exchange.asked().count("FindItem")


def test_more_entries_than_exchange_gives_at_once_are_all_read(exchange: Site) -> None:
    """A view that is not whole is asked for in halves."""
    exchange.mailbox.most_entries = 10
    for quarter in range(25):
        start = YEAR.start + timedelta(minutes=15 * quarter)
        fields = entry(start, start + timedelta(minutes=15), "Busy")
        exchange.mailbox.add("calendar", "CalendarItem", fields=fields)

    found = instants(exchange, YEAR)

    assert [YEAR.start + timedelta(minutes=15 * quarter) for quarter in range(25)] == sorted(found)


def test_more_entries_in_an_hour_than_exchange_gives_at_once_are_told(exchange: Site) -> None:
    """Rather than left out."""
    exchange.mailbox.most_entries = 3
    for _ in range(4):
        put(exchange, 10, 11, "Busy")

    with pytest.raises(Unavailable, match="more entries in an hour"):
        exchange.open_calendar().contents(hours(0, 24))


@pytest.mark.parametrize(
    "fault, kind",
    [
        (Fault("FindItem", status=503), Unavailable),
        (Fault("FindItem", code="ErrorServerBusy", soap=True, wait=60), RateLimited),
        (Fault("FindItem", code="ErrorAccessDenied"), AuthorizationNeeded),
        (Fault("FindItem", drop=True), Unavailable),
    ],
    ids=repr,
)
def test_a_calendar_that_cannot_be_read_is_told(exchange: Site, fault: Fault, kind: type[Exception]) -> None:
    """An absence could hide in it."""
    calendar = exchange.open_calendar()
    exchange.fail_next(fault)

    with pytest.raises(kind):
        calendar.contents(hours(0, 24))

    assert () == calendar.contents(hours(0, 24)).periods


# New York's rules without its name, as GetUserAvailability gives every zone.
UNNAMED_NEW_YORK = (
    300,
    (0, "02:00:00", 1, 11, "Sunday"),
    (-60, "02:00:00", 2, 3, "Sunday"),
)


@pytest.mark.parametrize(
    "night, expected",
    [
        # Sunday 8 March 2026: the clock goes on at 2, so the night has an hour less.
        (datetime(2026, 3, 8, tzinfo=UTC), ("03-08 03:00", "03-08 10:00", 7)),
        # Sunday 1 November 2026: it goes back at 2, so the night has an hour more.
        (datetime(2026, 11, 1, tzinfo=UTC), ("11-01 02:00", "11-01 11:00", 9)),
    ],
)
def test_working_hours_in_a_zone_without_a_name_are_right_in_both_change_nights(
    exchange: Site, night: datetime, expected: tuple[str, str, int]
) -> None:
    """Somebody who works from 22 to 6 o'clock."""
    exchange.mailbox.working_hours = working_hours(
        *UNNAMED_NEW_YORK, ("Saturday", 22 * 60, 6 * 60), ("Monday Tuesday", 9 * 60, 17 * 60)
    )
    between = Interval(night - timedelta(hours=4), night + timedelta(hours=20))

    (layer,) = exchange.open_calendar(working_hours=True).contents(between).availabilities

    (shift,) = layer.available
    told = (f"{shift.start:%m-%d %H:%M}", f"{shift.end:%m-%d %H:%M}", shift.duration // timedelta(hours=1))
    assert expected == told
    assert between == layer.span


def test_working_hours_are_read_where_they_are_asked_for_and_where_there_are_any(exchange: Site) -> None:
    """One question more."""
    exchange.open_calendar().contents(hours(0, 24))
    without = exchange.asked()
    none = exchange.open_calendar(working_hours=True).contents(hours(0, 24))
    exchange.mailbox.working_hours = working_hours(
        0, (0, "00:00:00", 0, 0, "Sunday"), (0, "00:00:00", 0, 0, "Sunday"), ("Weekday", 540, 1020)
    )
    there = exchange.open_calendar(working_hours=True).contents(hours(0, 24))

    assert "GetUserAvailability" not in without
    assert () == none.availabilities
    assert [(hours(9, 17),)] == [layer.available for layer in there.availabilities]
