"""Whole calendars against two other libraries, which were written by other hands."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from boundary_plugins.codecs.icalendar import bare_calendar, read_calendar
from boundary_plugins.core.interval import Interval

# ruff: noqa: DTZ001 (an event begins on the clock on the wall)

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago")
HOME = ZoneInfo("Europe/Berlin")
FIRST, LAST = datetime(2026, 1, 1, tzinfo=HOME), datetime(2027, 1, 1, tzinfo=HOME)
YEAR = Interval(FIRST.astimezone(UTC), LAST.astimezone(UTC))
#: Each with the days from its beginning to a time that it has, from one to the next.
RULES = (
    ("FREQ=DAILY", 1),
    ("FREQ=DAILY;INTERVAL=3", 3),
    ("FREQ=WEEKLY", 7),
    ("FREQ=WEEKLY;INTERVAL=2;WKST=SU", 14),
    ("FREQ=DAILY;COUNT=90", 1),
    ("FREQ=WEEKLY;UNTIL=20260920T235959Z", 7),
    # One that is left to a library.
    ("FREQ=HOURLY;INTERVAL=48", 2),
)


@st.composite
def series(draw: st.DrawFn, number: int) -> list[str]:
    """An event that recurs in the daytime, without some of its times, and with one of them moved."""
    zone = draw(st.sampled_from(ZONES))
    start = datetime(2025, 12, 1, draw(st.integers(5, 20)), 30) + timedelta(days=draw(st.integers(0, 120)))
    rule, step = draw(st.sampled_from(RULES))
    lasts = draw(st.sampled_from(["PT50M", "PT2H45M"]))
    times = [
        start + timedelta(days=step * ahead)
        for ahead in draw(st.lists(st.integers(1, 25), min_size=2, max_size=4, unique=True))
    ]
    head = ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20250101T000000Z", f"DURATION:{lasts}"]
    lines = [*head, f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", f"RRULE:{rule}"]
    lines += [f"EXDATE;TZID={zone}:{at:%Y%m%dT%H%M%S}" for at in times[1:]]
    lines.append("END:VEVENT")
    if draw(st.booleans()):
        moved = times[0] + draw(st.timedeltas(timedelta(days=-2), timedelta(days=40)))
        lines += [*head, f"RECURRENCE-ID;TZID={zone}:{times[0]:%Y%m%dT%H%M%S}"]
        lines += [f"DTSTART:{moved:%Y%m%dT%H%M}00Z", "END:VEVENT"]
    return lines


# Two other libraries are slow, and slower still at shrinking.
@settings(max_examples=60, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_a_calendar_means_what_another_program_says_that_it_means(data: st.DataObject) -> None:
    """A year of it, over both clock changes of each zone."""
    events = [line for number in range(3) for line in data.draw(series(number))]
    text = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""]).encode()
    calendar = icalendar.Calendar.from_ical(text)
    theirs = {
        (one.start.astimezone(UTC), one.end.astimezone(UTC))
        for one in recurring_ical_events.of(calendar).between(FIRST, LAST)
    }

    contents = read_calendar(text, YEAR, zone="Europe/Berlin", name="a.ics")

    assert () == contents.set_aside
    assert contents == read_calendar(bare_calendar(text), YEAR, zone="Europe/Berlin", name="a.ics")
    assert theirs == {(one.interval.start, one.interval.end) for one in contents.periods}
