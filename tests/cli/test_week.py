"""The days ahead as a person reads them."""

from datetime import UTC, datetime

from boundary_plugins.cli.week import week_rows
from boundary_plugins.core.availability import Availability, ContactHours
from boundary_plugins.core.interval import Interval


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def between(start: str, end: str) -> Interval:
    return Interval(utc(start), utc(end))


def hours_of(*available: Interval) -> ContactHours:
    covered = between("2026-10-20", "2026-11-20")
    weekly = Availability("weekly hours", 9, covered, available)
    holiday = Availability("holiday: All Saints' Day", 5, between("2026-10-27T23:00", "2026-10-28T23:00"), ())
    return ContactHours.combine((weekly, holiday), covered)


def test_a_day_has_all_its_windows_and_a_closed_one_its_reason() -> None:
    """On 25 October the clocks of Berlin go back, so 09:00 is 07:00 UTC before and 08:00 UTC after it."""
    hours = hours_of(
        between("2026-10-24T07:00", "2026-10-24T10:00"),
        between("2026-10-26T08:00", "2026-10-26T11:00"),
        between("2026-10-26T12:00", "2026-10-26T23:00"),
        between("2026-10-27T21:00", "2026-10-27T22:30"),
    )

    rows = week_rows(hours, utc("2026-10-23T22:30"), "Europe/Berlin", days=5)

    assert [
        ("Sat 24 Oct", "09:00–12:00"),
        ("Sun 25 Oct", "closed"),
        ("Mon 26 Oct", "09:00–12:00, 13:00–00:00"),
        ("Tue 27 Oct", "22:00–23:30"),
        ("Wed 28 Oct", "closed"),
    ] == [row[:2] for row in rows]
    assert "holiday: All Saints' Day" in rows[4][2]
    assert "" == rows[0][2]


def test_a_window_past_midnight_stands_at_the_day_it_begins_with_the_day_it_ends() -> None:
    hours = hours_of(between("2026-10-23T20:00", "2026-10-24T00:00"))

    rows = week_rows(hours, utc("2026-10-23T10:00"), "Europe/Berlin", days=2)

    assert ["22:00–Sat 02:00", "closed"] == [row[1] for row in rows]
