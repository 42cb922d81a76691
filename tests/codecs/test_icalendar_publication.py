"""What is published, read back by two other readers: icalendar, and a few lines of our own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from dateutil.parser import isoparse

from boundary_plugins.codecs.icalendar import is_publication, read_calendar, write_availability
from boundary_plugins.core.availability import BusyType, Window
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication

DAY = datetime(2026, 3, 28, tzinfo=UTC)


def hours(start: float, end: float) -> Interval:
    """Hours counted from the first midnight."""
    return Interval(DAY + timedelta(hours=start), DAY + timedelta(hours=end))


PUBLICATION = Publication(
    between=hours(0, 48),
    windows=(
        Window(hours(0, 9), False, ("weekly hours",), BusyType.UNAVAILABLE),
        Window(hours(9, 17), True, ("weekly hours",)),
        Window(hours(17, 32), False, ("holiday: Labor Day",), BusyType.UNAVAILABLE),
        Window(hours(32, 40), True, ("weekly hours",)),
        Window(hours(40, 48), False, ("out of office",), BusyType.BUSY),
    ),
    absences=(hours(40, 60),),
    busy=(hours(10, 11), hours(16, 18)),
    zone="Europe/Berlin",
    as_of=DAY + timedelta(hours=3),
    own_address="therapist@example.com",
)


def by_hand(content: bytes) -> list[list[tuple[str, str]]]:
    """The components as lists of lines, unfolded, in the order of their BEGIN; own code, ten lines."""
    components: list[list[tuple[str, str]]] = []
    stack: list[list[tuple[str, str]]] = []
    for line in content.decode().replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if name == "BEGIN":
            stack.append([(name, value)])
            components.append(stack[-1])
        elif name == "END":
            assert stack.pop()[0][1] == value
        elif line:
            stack[-1].append((name, value))
    assert not stack
    return components


def times(component: list[tuple[str, str]]) -> Interval:
    """From DTSTART to DTEND, as dateutil reads them."""
    fields = dict(component)
    return Interval(isoparse(fields["DTSTART"]).astimezone(UTC), isoparse(fields["DTEND"]).astimezone(UTC))


OPEN = [hours(9, 17), hours(32, 40)]
BUSY = [hours(0, 9), hours(10, 11), hours(16, 32), hours(40, 48)]


def test_open_times_are_told_in_three_ways() -> None:
    """As availability, as events that take no time, and as what is not busy."""
    components = by_hand(write_availability(PUBLICATION))

    kinds = {
        kind: [one for one in components if one[0][1] == kind] for kind in {one[0][1] for one in components}
    }
    assert OPEN == [times(one) for one in kinds["AVAILABLE"]]
    assert OPEN == [times(one) for one in kinds["VEVENT"]]
    assert all(("TRANSP", "TRANSPARENT") in one for one in kinds["VEVENT"])
    assert [PUBLICATION.between] == [times(one) for one in kinds["VAVAILABILITY"]]
    periods = [value.split("/") for name, value in kinds["VFREEBUSY"][0] if name == "FREEBUSY;FBTYPE=BUSY"]
    assert BUSY == [Interval(isoparse(a).astimezone(UTC), isoparse(b).astimezone(UTC)) for a, b in periods]


def test_another_program_reads_the_same() -> None:
    """icalendar, with nothing that it has to forgive."""
    # The types of icalendar leave open what each property holds.
    calendar: Any = icalendar.Calendar.from_ical(write_availability(PUBLICATION))

    (availability,) = calendar.walk("VAVAILABILITY")
    (free_busy,) = calendar.walk("VFREEBUSY")
    found = [Interval(one["DTSTART"].dt, one["DTEND"].dt) for one in availability.walk("AVAILABLE")]
    assert OPEN == found
    assert availability["BUSYTYPE"] == "BUSY-UNAVAILABLE"
    assert BUSY == [Interval(one.start, one.end) for one in free_busy["FREEBUSY"]]
    assert [] == [error for one in calendar.walk() for error in one.errors]
    assert calendar["METHOD"] == "PUBLISH"


def test_what_each_component_must_have_is_there() -> None:
    """RFC 5545, sections 3.6 and 3.6.1 to 3.6.4; RFC 5546, section 3; RFC 7953, section 3.1."""
    for component in by_hand(write_availability(PUBLICATION)):
        names = [name for name, _ in component]
        expected = {"VCALENDAR": ["VERSION", "PRODID"]}.get(component[0][1], ["UID", "DTSTAMP", "DTSTART"])
        assert [1] * len(expected) == [names.count(name) for name in expected]


def test_uids_are_unique_and_tell_nothing() -> None:
    """RFC 7986, section 5.3."""
    uids = [value for one in by_hand(write_availability(PUBLICATION)) for name, value in one if name == "UID"]

    assert len(uids) == len(set(uids)) == 6
    assert all(len(uid) == 32 and "@" not in uid for uid in uids)


def test_nothing_but_free_or_busy_is_published() -> None:
    """No reason for being closed: no source, no holiday, no word of absence."""
    content = write_availability(PUBLICATION).decode().lower()

    for word in ("holiday", "labor", "weekly", "office", "absen", "vacation", "berlin"):
        assert word not in content
    # An absence is busy like any other closed time.
    without = replace(PUBLICATION, absences=())
    assert write_availability(without) == write_availability(PUBLICATION)


def test_the_same_content_is_the_same_octet_for_octet() -> None:
    """Made at another time, with windows in other pieces or in another order."""
    later = replace(PUBLICATION, as_of=PUBLICATION.as_of + timedelta(hours=5), busy=PUBLICATION.busy[::-1])
    first, *rest = PUBLICATION.windows
    pieces = (replace(first, interval=hours(0, 4)), replace(first, interval=hours(4, 9)), *rest)

    assert write_availability(PUBLICATION) == write_availability(later)
    assert write_availability(PUBLICATION) == write_availability(replace(PUBLICATION, windows=pieces))


def test_a_window_keeps_its_uid_when_others_change() -> None:
    """And a changed one is another one."""
    moved = (*PUBLICATION.windows[:3], replace(PUBLICATION.windows[3], interval=hours(33, 40)))

    before, after = (
        {
            times(one).start: dict(one)["UID"]
            for one in by_hand(write_availability(p))
            if one[0][1] == "VEVENT"
        }
        for p in (PUBLICATION, replace(PUBLICATION, windows=moved))
    )

    assert before[hours(9, 17).start] == after[hours(9, 17).start]
    assert set(before.values()) & set(after.values()) == {before[hours(9, 17).start]}


@pytest.mark.parametrize("address", ["t@example.com", f"{'é' * 40}{'x' * 100}@example.com"])
def test_lines_are_at_most_75_octets(address: str) -> None:
    """RFC 5545, section 3.1; and each piece is UTF-8 by itself."""
    content = write_availability(replace(PUBLICATION, own_address=address))

    assert content.endswith(b"\r\n")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        assert b"\n" not in line
        line.decode()
    assert ("ORGANIZER", f"mailto:{address}") in by_hand(content)[1]


def test_what_is_beyond_the_bounds_is_left_out() -> None:
    """Windows, absences and busy times are clipped."""
    content = write_availability(replace(PUBLICATION, between=hours(10, 12)))

    assert {times(one) for one in by_hand(content) if len(one) > 2 and one[0][1] != "VCALENDAR"} == {
        hours(10, 12)
    }


def test_what_we_published_is_known_and_never_read_as_a_calendar() -> None:
    """Else each publishing would make the next one busier."""
    content = write_availability(PUBLICATION)

    contents = read_calendar(content, PUBLICATION.between, zone="UTC", name="page.ics")

    assert is_publication(content)
    assert not is_publication(content.replace(b"Boundary Plugins", b"Other"))
    assert (contents.periods, contents.availabilities) == ((), ())
    assert contents.set_aside == ("page.ics: this program published it, so it is not read as a calendar",)
