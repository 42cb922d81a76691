"""Availability as entries in a calendar: only its own, only what differs, and no word of why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boundary_plugins import Condition, Interval, Unavailable
from boundary_plugins.ports import Publication
from boundary_plugins.testing.benches import at, hours, invented_publication
from builders_exchange import Site
from servers.ews import Fault
from servers.ews_calendar import entry


def away(*absences: Interval) -> Publication:
    """The invented day with absences."""
    return replace(invented_publication(), absences=absences)


def seen(exchange: Site) -> list[tuple[str, str, str]]:
    """What colleagues see."""
    return sorted(
        (item.fields["Start"][11:16], item.fields["End"][11:16], item.fields["LegacyFreeBusyStatus"])
        for item in exchange.mailbox.in_folder("calendar")
    )


def test_an_absence_is_an_entry_out_of_office_and_closed_hours_are_none(exchange: Site) -> None:
    """By default; nights are nobody's business."""
    exchange.open_entries().publish(away(hours(10, 12)))

    assert [("10:00", "12:00", "OOF")] == seen(exchange)


def test_closed_hours_show_as_busy_where_that_is_asked_for(exchange: Site) -> None:
    """Around what shows as out of office."""
    exchange.open_entries(shows="closed hours").publish(away(hours(18, 20)))

    expected = [("00:00", "09:00", "Busy"), ("17:00", "18:00", "Busy"), ("18:00", "20:00", "OOF")]
    assert [*expected, ("20:00", "00:00", "Busy")] == seen(exchange)


def test_an_entry_says_nothing_but_that_one_is_not_available(exchange: Site) -> None:
    """Its subject is the configuration's; it reminds nobody."""
    exchange.open_entries(subject="Nicht erreichbar").publish(away(hours(10, 12)))

    (item,) = exchange.mailbox.in_folder("calendar")
    assert ("Nicht erreichbar", "false") == (item.fields["Subject"], item.fields["ReminderIsSet"])
    assert {"Subject", "ReminderIsSet", "Start", "End", "IsAllDayEvent", "LegacyFreeBusyStatus"} | {
        "CalendarItemType",
        "IsCancelled",
    } == set(item.fields)


def test_only_what_differs_is_written(exchange: Site) -> None:
    """What stays keeps its place in the calendar."""
    entries = exchange.open_entries()
    entries.publish(away(hours(10, 11), hours(13, 14)))
    kept = {item.item_id for item in exchange.mailbox.in_folder("calendar")}

    entries.publish(away(hours(10, 11), hours(15, 16)))

    now = {item.item_id for item in exchange.mailbox.in_folder("calendar")}
    assert 1 == len(kept & now)
    assert [("10:00", "11:00", "OOF"), ("15:00", "16:00", "OOF")] == seen(exchange)


def test_an_absence_that_began_before_what_is_published_is_left_as_it_is(exchange: Site) -> None:
    """Else each midnight would write it anew."""
    entries = exchange.open_entries(absences="all weeks")
    entries.publish(away(hours(10, 24)))
    exchange.mailbox.writes.clear()
    later = replace(away(hours(12, 24)), between=Interval(at(12), at(24)), as_of=at(12))

    assert not entries.publish(later)
    assert [] == exchange.mailbox.writes


def test_an_absence_of_a_later_week_shows_in_its_week(exchange: Site) -> None:
    """Unless the configuration says otherwise: the world need not know weeks ahead when nobody is home."""
    absence = hours(8 * 24, 9 * 24)
    publication = replace(away(absence), between=hours(0, 14 * 24))
    exchange.open_entries().publish(publication)
    short = seen(exchange)

    exchange.open_entries(absences="all weeks").publish(publication)

    assert ([], [("00:00", "00:00", "OOF")]) == (short, seen(exchange))


def test_what_somebody_changed_of_ours_is_put_right_and_what_is_theirs_is_left(exchange: Site) -> None:
    """Ours are known by a property that no program shows."""
    entries = exchange.open_entries()
    exchange.mailbox.add("calendar", "CalendarItem", fields=entry(at(13), at(14), "OOF"))
    entries.publish(away(hours(10, 12)))
    ours = next(item for item in exchange.mailbox.in_folder("calendar") if item.extended)
    ours.fields["LegacyFreeBusyStatus"] = "Free"

    entries.publish(away(hours(10, 12)))
    right = seen(exchange)
    entries.remove()

    theirs = ("13:00", "14:00", "OOF")
    assert [("10:00", "12:00", "OOF"), theirs] == right
    assert [theirs] == seen(exchange)


def test_an_absence_that_stands_in_the_calendar_already_needs_no_second_entry(exchange: Site) -> None:
    """As where the therapist entered it there, and the program only read it."""
    exchange.mailbox.add("calendar", "CalendarItem", fields=entry(at(10), at(12), "OOF"))

    written = exchange.open_entries().publish(away(hours(10, 13)))

    assert written
    assert [("10:00", "12:00", "OOF"), ("12:00", "13:00", "OOF")] == seen(exchange)


def test_hundreds_of_entries_are_written_in_several_requests_and_read_in_several_pages(
    exchange: Site,
) -> None:
    """A hundred at a time; two hundred a page."""
    minute = timedelta(minutes=1)
    absences = tuple(Interval(at(0) + 2 * n * minute, at(0) + (2 * n + 1) * minute) for n in range(220))
    entries = exchange.open_entries()

    written = [entries.publish(away(*absences)) for _ in range(2)]

    assert [True, False] == written
    assert 220 == len(seen(exchange))
    assert 3 == exchange.mailbox.writes.count("CreateItem")


def test_a_failure_half_way_is_made_good_the_next_time(exchange: Site) -> None:
    """Nothing is there twice."""
    entries = exchange.open_entries()
    exchange.fail_next(Fault("CreateItem", status=500, after=True))
    with pytest.raises(Unavailable):
        entries.publish(away(hours(10, 12)))

    entries.publish(away(hours(10, 12)))

    assert [("10:00", "12:00", "OOF")] == seen(exchange)


def test_an_examination_tells_whether_it_may_write(exchange: Site) -> None:
    """Without writing."""
    found = exchange.open_entries().examine()

    assert {Condition.OK} == {each.condition for each in found}
    assert [] == exchange.mailbox.writes
