"""Hours that a calendar on a real CalDAV server closes, and availability that is published there."""

from collections.abc import Iterator

import pytest
import time_machine

from boundary_plugins.cli import execute
from daemon.practice import AB, Practice
from daemon.test_calendars import TUESDAY_NOON, timetable
from servers.dav_process import DavServer, in_memory
from servers.radicale import radicale

CALENDAR = '[[calendars]]\nname = "work"\nkind = "caldav"\nurl = "{url}therapist/sessions/"\n'
PUBLISHER = (
    '[[publishers]]\nname = "shared"\nkind = "caldav"\nurl = "{url}"\ncalendar = "/therapist/shared/"\n'
)
AWAY = "\r\n".join(
    [
        *(
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Example//Test//EN",
            "BEGIN:VEVENT",
            "UID:1@example.com",
        ),
        *("DTSTAMP:20261101T000000Z", "DTSTART:20261124T150000Z", "DTEND:20261124T210000Z"),
        *("SUMMARY:Private matter", "X-MICROSOFT-CDO-BUSYSTATUS:OOF", "END:VEVENT", "END:VCALENDAR", ""),
    ]
).encode()


@pytest.fixture
def server() -> Iterator[DavServer]:
    """Radicale with two calendars."""
    with in_memory() as folder, radicale(folder) as running:
        for name in ("sessions", "shared"):
            running.make_calendar(name)
        yield running


def started(practice: Practice, server: DavServer) -> None:
    """The daemon at Tuesday noon, in ordinary contact hours."""
    practice.clock.now = TUESDAY_NOON
    more = (CALENDAR + PUBLISHER).format(url=server.url)
    practice.configure(more=more, plugins='"files", "caldav"', responses='opens_soon = "0 seconds"')
    practice.start()


def test_an_absence_on_the_server_closes_hours_and_opens_them_again(
    practice: Practice, server: DavServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.put("/therapist/sessions/away.ics", AWAY)
    started(practice, server)
    away = practice.deliver(AB)
    practice.look_and_send()
    with time_machine.travel(TUESDAY_NOON, tick=False):
        execute(["--config", str(practice.config_path), "availability", "show"])
    shown = capsys.readouterr().out
    server.delete("/therapist/sessions/away.ics")
    timetable(practice).timetable.refresh(calendars=True)
    back = practice.deliver(AB)
    practice.look_and_send()

    assert ("out-of-boundary", "in-contact-hours") == (practice.reason(away), practice.reason(back))
    assert shown.startswith("Closed, because of: out of office")
    assert "Private" not in shown + practice.log_text
    practice.assert_nothing_private_was_kept()


def test_published_hours_are_busy_or_free_and_never_why(practice: Practice, server: DavServer) -> None:
    server.put("/therapist/sessions/away.ics", AWAY)
    started(practice, server)
    publishing = timetable(practice).publishing()

    published = publishing.publish()
    first = server.entries("/therapist/shared/")
    server.delete("/therapist/sessions/away.ics")
    timetable(practice).timetable.refresh(calendars=True)
    publishing.publish()

    assert published
    assert all(b"SUMMARY:Available" in text and b"Private" not in text for text in first.values())
    # What was two pieces around the absence is one day again.
    changed = set(first) ^ set(server.entries("/therapist/shared/"))
    assert 3 == len(changed)


def test_a_server_that_is_away_is_told_once_and_keeps_what_it_said(practice: Practice) -> None:
    with in_memory() as folder, radicale(folder) as server:
        server.make_calendar("sessions")
        server.make_calendar("shared")
        server.put("/therapist/sessions/away.ics", AWAY)
        started(practice, server)
    for _ in range(3):
        timetable(practice).timetable.refresh(calendars=True)
    name = practice.deliver(AB)
    practice.look_and_send()

    assert "out-of-boundary" == practice.reason(name)
    assert 1 == len(practice.told)
    assert 1 == practice.logged("no answer from 127.0.0.1 (refused)")
