"""Availability as a calendar server keeps it."""

from icalendar import Calendar

from boundary_plugins.codecs.icalendar import is_entry, is_publication, same_lines, write_entries, write_hours
from boundary_plugins.testing.benches import hours, invented_publication

LUNCH = hours(12, 13)


def entries(*, closed: bool = False, owner: str = "a1") -> dict[str, bytes]:
    """The entries of the invented day, busy at lunch."""
    return write_entries(invented_publication(busy=(LUNCH,)), owner=owner, closed=closed)


def times(texts: dict[str, bytes]) -> list[str]:
    """From when to when each entry lasts, as another library reads it."""
    events = [event for text in texts.values() for event in Calendar.from_ical(text).events]
    return [f"{event.start:%H}-{event.end:%H}" for event in events]


def test_open_times_and_closed_times_make_up_the_day() -> None:
    """Busy times are closed."""
    assert ["09-17"] == times(entries())
    assert ["00-09", "12-13", "17-00"] == times(entries(closed=True))


def test_the_same_time_has_the_same_uid_and_text() -> None:
    """A changed window is another entry; each owner has entries of its own."""
    assert entries() == entries()
    assert not set(entries()) & set(entries(owner="b2"))
    assert set(write_entries(invented_publication(), owner="a1", closed=True)) < set(entries(closed=True))


def test_an_entry_is_known_by_its_uid_together_with_its_mark_or_signature() -> None:
    """One of the two is not enough, and another owner's is not ours."""
    (text,) = entries().values()
    unsigned = text.replace(b"//Boundary Plugins//", b"//Example//")

    assert is_entry(text, "a1")
    assert is_entry(unsigned, "a1")
    assert not is_entry(unsigned.replace(b"X-BOUNDARY", b"X-OTHER"), "a1")
    assert not is_entry(text, "b2")
    assert not is_entry(text.replace(b"UID:boundary", b"UID:other"), "a1")


def test_hours_alone_are_one_layer_without_anybodys_address() -> None:
    """As RFC 7953, section 7.2.4 wants it."""
    text = write_hours(invented_publication())

    calendar = Calendar.from_ical(text)
    assert ["VAVAILABILITY"] == [one.name for one in calendar.subcomponents]
    assert is_publication(text)
    assert b"@" not in text


def test_what_a_server_writes_in_its_own_way_is_the_same() -> None:
    """In another order, with LF, a stamp of its own, and lines of its own."""
    (text,) = entries().values()
    lines = text.decode().splitlines()
    head, inner, tail = lines[:5], lines[5:-2], lines[-2:]
    inner = ["CREATED:20260101T000000Z", *sorted(inner, reverse=True), "SEQUENCE:0"]
    theirs = "\n".join([*head, *inner, *tail]).replace("DTSTAMP:2026", "DTSTAMP:2027").encode()

    assert same_lines(theirs, text)
    assert is_publication(theirs)


def test_what_somebody_changed_is_not_the_same() -> None:
    """A time, a word, or something within."""
    (text,) = entries().values()

    assert not same_lines(text.replace(b"T090000Z", b"T080000Z"), text)
    assert not same_lines(text.replace(b"Available", b"Lunch"), text)
    assert not same_lines(text.replace(b"END:VEVENT", b"BEGIN:VALARM\r\nEND:VALARM\r\nEND:VEVENT"), text)
    assert not same_lines(b"", text)
