"""Calendars that close contact hours, and availability that is published."""

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import load
from boundary_plugins.core.interval import Interval
from boundary_plugins.daemon.assembly import Assembly
from boundary_plugins.daemon.loop import run_once
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.ports import CalendarContents
from daemon.practice import AB, DAY, HOUR, MINUTE, Practice

#: Tuesday 24 November 2026, 12:00 in New York, in contact hours.
TUESDAY_NOON = datetime(2026, 11, 24, 17, tzinfo=UTC)

CALENDAR = '[[calendars]]\nname = "work"\nkind = "ics"\npaths = ["calendar.ics"]\n'
PAGE = '[[publishers]]\nname = "page"\nkind = "ics"\npath = "page/availability.ics"\n'
HTML = '[[publishers]]\nname = "site"\nkind = "page"\npath = "page/availability.html"\nholidays = true\n'
SECOND = '[[publishers]]\nname = "second"\nkind = "ics"\npath = "second/availability.ics"\n'


def event(start: str, end: str, *more: str, uid: str = "1") -> str:
    """One event of a calendar."""
    lines = ["BEGIN:VEVENT", f"UID:{uid}@example.com", "DTSTAMP:20261101T000000Z"]
    return "\r\n".join([*lines, f"DTSTART:{start}", f"DTEND:{end}", *more, "END:VEVENT", ""])


def write_calendar(practice: Practice, *events: str) -> None:
    """Write calendar.ics."""
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.com//test//EN\r\n"
    path = practice.folder / "calendar.ics"
    path.write_text(head + "".join(events) + "END:VCALENDAR\r\n", "utf-8", newline="")
    # A file of long ago, so that its time tells when it is changed.
    stamp = path.stat().st_mtime - 100 + len(events)
    os.utime(path, (stamp, stamp))


AWAY = event(
    "20261124T150000Z", "20261124T210000Z", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "SUMMARY:Private matter"
)
SESSION = event("20261124T150000Z", "20261124T210000Z", "SUMMARY:Private matter", uid="2")
BROKEN = event("nonsense", "20261124T210000Z", "SUMMARY:Private matter", uid="3")


def arrived_in(practice: Practice) -> str:
    """Why a message at Tuesday noon is answered or not."""
    name = practice.deliver(AB)
    practice.look_and_send()
    return practice.reason(name)


def test_an_out_of_office_time_closes_contact_hours(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    write_calendar(practice, AWAY)
    practice.configure(more=CALENDAR, responses='opens_soon = "0 seconds"')
    practice.start()

    assert "out-of-boundary" == arrived_in(practice)
    practice.assert_nothing_private_was_kept()


def test_a_session_closes_contact_hours_only_where_it_is_said(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    write_calendar(practice, SESSION)
    practice.configure(more=CALENDAR, responses='opens_soon = "0 seconds"')
    practice.start()
    without = arrived_in(practice)
    practice.configure(more=CALENDAR + "closes = true\n")
    practice.restart()

    assert ("in-contact-hours", "out-of-boundary") == (without, arrived_in(practice))


def test_a_broken_event_is_told_once_and_the_rest_is_used(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    write_calendar(practice, BROKEN, AWAY)
    practice.configure(more=CALENDAR, responses='opens_soon = "0 seconds"')
    practice.start()
    for _ in range(3):
        timetable(practice).timetable.refresh(calendars=True)

    (told,) = practice.told
    assert "some entries were set aside, the rest is used" in told
    assert 1 == practice.logged("some entries were set aside")
    assert "Private matter" not in practice.log_text + told
    assert "out-of-boundary" == arrived_in(practice)


def test_a_calendar_that_vanishes_keeps_what_it_said_and_is_told_once_each_way(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    write_calendar(practice, AWAY)
    practice.configure(more=CALENDAR, responses='opens_soon = "0 seconds"')
    practice.start()
    (practice.folder / "calendar.ics").rename(practice.folder / "elsewhere.ics")
    for _ in range(3):
        timetable(practice).timetable.refresh(calendars=True)
    reason, told = arrived_in(practice), practice.told
    (practice.folder / "elsewhere.ics").rename(practice.folder / "calendar.ics")

    timetable(practice).timetable.refresh(calendars=True)

    assert ("out-of-boundary", 1) == (reason, len(told))
    assert [] == practice.told
    assert 1 == practice.logged("calendar work: away: well again")


def timetable(practice: Practice) -> Assembly:
    """What is open."""
    assert practice.assembly is not None
    return practice.assembly


def test_availability_is_written_once_and_again_only_where_it_differs(practice: Practice) -> None:
    (practice.folder / "page").mkdir()
    practice.configure(more=PAGE)
    practice.start()
    publishing = timetable(practice).publishing()
    path = practice.folder / "page" / "availability.ics"
    publishing.publish()
    first = path.stat()
    practice.clock.advance(2 * HOUR)
    publishing.publish()
    same = path.stat()
    practice.clock.advance(DAY)
    publishing.publish()

    assert (first.st_ino, first.st_mtime_ns) == (same.st_ino, same.st_mtime_ns)
    assert same.st_ino != path.stat().st_ino
    assert 2 == practice.logged("availability published")


def test_a_publisher_that_cannot_write_is_told_once_and_the_others_go_on(practice: Practice) -> None:
    (practice.folder / "second").mkdir()
    practice.configure(more=PAGE + SECOND)
    practice.start()
    publishing = timetable(practice).publishing()

    published = [publishing.publish() for _ in range(3)]
    told = practice.told
    (practice.folder / "page").mkdir()
    publishing.publish()

    assert [False, False, False] == published
    assert (practice.folder / "second" / "availability.ics").exists()
    assert (1, []) == (len(told), practice.told)
    assert 1 == practice.logged("does not exist")
    assert (practice.folder / "page" / "availability.ics").exists()


def test_a_folder_in_the_place_of_the_file_is_told(practice: Practice) -> None:
    (practice.folder / "page" / "availability.ics").mkdir(parents=True)
    practice.configure(more=PAGE)
    practice.start()

    assert not timetable(practice).publishing().publish()
    assert 1 == practice.logged("is a folder; allowed: a file")


def test_a_slow_calendar_keeps_nobody_waiting_for_the_hours_that_are_known(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    write_calendar(practice, AWAY)
    practice.configure(more=CALENDAR)
    practice.start()
    assembly = timetable(practice)
    (served,) = assembly.calendars
    asked, may_answer = threading.Event(), threading.Event()

    class Slow:
        """The real calendar, which answers when it is let."""

        def contents(self, between: Interval) -> CalendarContents:
            """What it holds, later."""
            asked.set()
            assert may_answer.wait(10)
            return served.port.contents(between)

        def close(self) -> None:
            """Nothing stays open."""

    slow = Timetable(
        hours_settings(assembly.config),
        [replace(served, port=Slow())],
        assembly.store.availability_changes,
        assembly.health,
        practice.clock,
    )
    may_answer.set()
    slow.refresh(calendars=True)
    may_answer.clear()
    asked.clear()
    reading = threading.Thread(target=lambda: slow.refresh(calendars=True))
    reading.start()
    assert asked.wait(10)

    is_open = slow.hours().is_available(practice.clock.now)

    assert reading.is_alive()
    may_answer.set()
    reading.join(10)
    assert not is_open


def test_a_foreign_file_in_its_place_is_left_as_it_is(practice: Practice) -> None:
    path: Path = practice.folder / "page" / "availability.ics"
    path.parent.mkdir()
    path.write_text("my own notes")
    practice.configure(more=PAGE)
    practice.start()

    assert not timetable(practice).publishing().publish()
    assert "my own notes" == path.read_text()


def test_one_run_reads_the_calendar_judges_and_publishes(practice: Practice) -> None:
    practice.clock.now = TUESDAY_NOON
    (practice.folder / "page").mkdir()
    write_calendar(practice, AWAY)
    practice.configure(more=CALENDAR + PAGE, responses='opens_soon = "0 seconds"')
    practice.start()
    practice.clock.advance(MINUTE)
    practice.deliver(AB)

    assert run_once(practice.assembled())

    assert [AB] == practice.recipients
    text = (practice.folder / "page" / "availability.ics").read_text("utf-8")
    assert "Private" not in text
    assert load(practice.config_path).therapist.addresses[0] in text


def test_a_page_says_when_clients_can_reach_the_therapist_and_never_why_not(practice: Practice) -> None:
    """The practice's name, hours, holiday and crisis lines; this week's absence; nothing of the calendar."""
    practice.clock.now = TUESDAY_NOON
    (practice.folder / "page").mkdir()
    write_calendar(practice, AWAY)
    holidays = '[hours.holidays]\nregion = "US"\n'
    practice.configure(more=CALENDAR + HTML + holidays)
    practice.start()
    timetable(practice).timetable.refresh(calendars=True)

    assert timetable(practice).publishing().publish()

    text = (practice.folder / "page" / "availability.html").read_text("utf-8")
    assert all(word in text for word in ("Quiet Harbor", "Thanksgiving Day", "tel:988"))
    # Away from 10:00 to 16:00.
    assert all(hours in text for hours in ("9:00\u00a0AM – 10:00\u00a0AM", "4:00\u00a0PM – 5:00\u00a0PM"))
    assert not any(word in text for word in ("Private", "office", "weekly hours", "therapist@example.com"))


def test_a_page_is_written_at_each_edge_and_each_day_and_not_between(practice: Practice) -> None:
    """Tuesday noon, an hour later, after hours, the next day."""
    practice.clock.now = TUESDAY_NOON
    (practice.folder / "page").mkdir()
    practice.configure(more=HTML)
    practice.start()
    publishing = timetable(practice).publishing()
    written = []

    for step in (MINUTE, HOUR, 5 * HOUR, 8 * HOUR):
        practice.clock.advance(step)
        publishing.publish()
        written.append(practice.logged("availability published"))

    assert [1, 1, 2, 3] == written
