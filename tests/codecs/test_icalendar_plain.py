"""Events that take place once, read in one go, against the reader of any event."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar import read_calendar
from boundary_plugins.codecs.icalendar_lines import Component
from boundary_plugins.codecs.icalendar_plain import PlainEvents
from boundary_plugins.codecs.icalendar_zones import Zones
from boundary_plugins.core.interval import Interval

YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

STARTS = (
    "DTSTART:20260302T090000Z",
    "DTSTART;TZID=Europe/Berlin:20260329T013000",
    "DTSTART;TZID=Europe/Berlin:20260329T023000",
    'DTSTART;TZID="Europe/Berlin":20261025T023000',
    "DTSTART;TZID=Eastern Standard Time:20260308T0230",
    "DTSTART;TZID=Own:20260701T090000",
    "DTSTART;TZID=Nobody Knows:20260701T090000",
    "DTSTART;VALUE=DATE:20260329",
    "DTSTART;VALUE=DATE;TZID=Nobody Knows:20260329",
    "dtstart:20260302t090060z",
    "DTSTART:20260302T090000 ",
    "DTSTART:20260231T090000Z",
    "DTSTART:00010101T000000",
    'DTSTART;X="a:b":20260302T090000',
    "DTSTART",
    "DTSTART;TZID:20260302T090000",
    "",
)
ENDS = (
    "DTEND:20260302T100000Z",
    "DTEND;TZID=Europe/Berlin:20260329T033000",
    "DTEND;TZID=Pacific/Auckland:20260405T023000",
    "DTEND;TZID=Nobody Knows:20260701T100000",
    "DTEND:20261231T235960",
    "DTEND;VALUE=DATE:20260329",
    "DTEND;VALUE=DATE:20260330",
    "DTEND:99991231T235959",
    "DURATION:PT50M",
    "DURATION:P1D",
    "DURATION:P1DT1H",
    "DURATION:PT0S",
    "DURATION:-PT1H",
    "DURATION:P999999D",
    "DURATION:x",
    "",
)
MARKS = (
    "STATUS:CANCELLED",
    "STATUS:tentative",
    "TRANSP:TRANSPARENT",
    "TRANSP:OPAQUE",
    "CATEGORIES:Work,Urlaub",
    "CATEGORIES;LANGUAGE=fr:Congés",
    "X-MICROSOFT-CDO-BUSYSTATUS:OOF",
    "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
    "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE",
    "SUMMARY:RRULE:FREQ=DAILY",
    'ATTENDEE;CN="UID:x":mailto:one@example.org',
    "BEGIN:VALARM\nTRIGGER:-PT5M\nDURATION:PT15M\nEND:VALARM",
    "SEQUENCE:2",
    "UID:twice@example.com",
    "UID:",
    "DTEND:20260302T110000Z",
)
ZONE = """BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:20000101T000000
TZOFFSETFROM:+0545
TZOFFSETTO:+0545
END:STANDARD
END:VTIMEZONE
"""

EVENTS = st.lists(
    st.tuples(st.sampled_from(STARTS), st.sampled_from(ENDS), st.lists(st.sampled_from(MARKS), max_size=4)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=800, deadline=None)
@given(events=EVENTS)
def test_a_plain_event_says_what_the_reader_of_any_event_says(
    events: list[tuple[str, str, list[str]]],
) -> None:
    """An exception of long ago makes an event one that recurs, and changes nothing else."""
    plain = _calendar(events, "")
    any_event = _calendar(events, "EXDATE:19000101T000000Z\n")

    expected = read_calendar(any_event, YEAR, zone="America/New_York", name="a")

    assert expected == read_calendar(plain, YEAR, zone="America/New_York", name="a")


def _calendar(events: list[tuple[str, str, list[str]]], more: str) -> bytes:
    """A calendar of these events, each with some lines more."""
    texts = [
        "\n".join(["BEGIN:VEVENT", start, end, *marks, f"{more}END:VEVENT", ""])
        for start, end, marks in events
    ]
    return f"BEGIN:VCALENDAR\n{ZONE}{''.join(texts)}END:VCALENDAR\n".replace("\n\n", "\n").encode()


@pytest.mark.parametrize(
    ("lines", "is_plain"),
    [
        # What programs write.
        (("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "UID:1", "SUMMARY:x"), True),
        (("DTSTART;TZID=Europe/Berlin:20260302T090000", "DURATION:PT50M", "TRANSP:OPAQUE"), True),
        (("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260304", "CATEGORIES:Congés"), True),
        # It recurs, or is one time of what does.
        (("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RRULE:FREQ=DAILY"), False),
        (("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "rdate:20260303T090000Z"), False),
        (("DTSTART:20260302T090000Z", "DTEND:20260302T100000Z", "RECURRENCE-ID:20260303T090000Z"), False),
        # It says something twice, or something must be told about it.
        (("DTSTART:20260302T090000Z", "DTSTART:20260303T090000Z", "DTEND:20260304T100000Z"), False),
        (("DTSTART;TZID=Nobody Knows:20260302T090000", "DURATION:PT50M"), False),
        (("DTSTART:20260302T090000Z", "DTEND:20260301T090000Z"), False),
        (("DTSTART:20260302T090000Z",), False),
    ],
)
def test_an_event_is_plain_where_nothing_about_it_is_odd(lines: tuple[str, ...], is_plain: bool) -> None:
    """So that the other reader is the one that says what is wrong."""
    component = Component("VEVENT", 1)
    component.pieces.append("\n".join(lines).encode())

    event = PlainEvents(Zones("UTC", [])).read(component)

    assert is_plain is (event is not None)
