"""A calendar's text without its words means the same, and tells nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.codecs.icalendar import bare_calendar, read_calendar
from boundary_plugins.core.interval import Interval

CORPUS = sorted((Path(__file__).parents[1] / "corpus").rglob("*.ics"))
YEARS = Interval(datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_each_calendar_of_the_corpus_means_the_same_without_its_words(path: Path) -> None:
    """Times, layers and what is set aside."""
    whole, bare = (
        read_calendar(data, YEARS, zone="Europe/Berlin", name="a.ics")
        for data in (path.read_bytes(), bare_calendar(path.read_bytes()))
    )

    assert whole == bare


def test_no_word_of_an_event_is_left() -> None:
    """Neither summary nor place, attendee, alarm or a category that is a name; and no address in a UID."""
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Example//Test//EN",
        "X-WR-CALNAME:Private",
        "BEGIN:VEVENT",
        "UID:private.person@example.org",
        "DTSTART:20260302T100000Z",
        "DTEND:20260302T110000Z",
        "SUMMARY:Private",
        " matter",
        "LOCATION:Private",
        "ATTENDEE;CN=Private:mailto:private@example.org",
        "CATEGORIES:Private person,Out-of-Office",
        "BEGIN:VALARM",
        "DESCRIPTION:Private",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]

    bare = bare_calendar("\r\n".join(lines).encode())

    assert b"rivate" not in bare
    assert b"CATEGORIES:out of office\r\n" in bare
