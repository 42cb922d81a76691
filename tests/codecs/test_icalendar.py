"""What calendars say, from a corpus of odd files, each named after what is special about it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from boundary_plugins.codecs.icalendar import is_whole_calendar, open_calendar, read_calendar
from boundary_plugins.core.availability import BusyType
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import AbsenceKind, CalendarContents

CORPUS = Path(__file__).parent.parent / "corpus"
SPRING = Interval(datetime(2026, 2, 20, tzinfo=UTC), datetime(2026, 4, 20, tzinfo=UTC))
YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

Row = tuple[str, str, AbsenceKind, BusyType, bool]
OOF, BUSY = AbsenceKind.OUT_OF_OFFICE, AbsenceKind.BUSY


def read(name: str, between: Interval = SPRING, zone: str = "Europe/Berlin") -> CalendarContents:
    """A file of the corpus."""
    return read_calendar((CORPUS / f"{name}.ics").read_bytes(), between, zone=zone, name=f"{name}.ics")


def event(*lines: str) -> bytes:
    """A calendar with one event."""
    inner = ["BEGIN:VEVENT", "UID:one@example.com", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *inner, "END:VCALENDAR", ""]).encode()


def rows(contents: CalendarContents) -> list[Row]:
    """The periods, short: UTC to the minute."""
    return [
        (_short(one.interval.start), _short(one.interval.end), one.kind, one.busy_type, one.all_day)
        for one in contents.periods
    ]


def starts(contents: CalendarContents) -> list[str]:
    """When the periods begin."""
    return [_short(one.interval.start) for one in contents.periods]


def _short(at: datetime) -> str:
    return at.strftime("%m-%d %H:%M")


def test_outlook_marks_absences_in_its_own_way_and_names_zones_as_windows_does() -> None:
    """X-MICROSOFT-CDO-BUSYSTATUS; working elsewhere is not busy. New York is at -4 after 8 March."""
    contents = read("outlook-out-of-office-windows-zone")

    assert rows(contents) == [
        ("03-09 13:00", "03-11 21:00", OOF, BusyType.BUSY, False),
        ("03-12 15:00", "03-12 16:00", BUSY, BusyType.TENTATIVE, False),
        ("03-13 04:00", "03-14 04:00", OOF, BusyType.BUSY, True),
    ]
    assert contents.set_aside == ()


def test_public_holidays_that_outlook_marks_free_close_nothing() -> None:
    """Its list holds days on which people work."""
    assert read("outlook-public-holidays-marked-free", YEAR).periods == ()


def test_an_all_day_vacation_marked_free_is_an_absence_and_a_word_in_a_summary_is_not() -> None:
    """From midnight to midnight in the zone, 23 hours on the day of the clock change included."""
    assert rows(read("all-day-vacation-marked-free")) == [
        ("03-26 23:00", "03-30 22:00", OOF, BusyType.BUSY, True),
        # Without an end it is one day (RFC 5545, section 3.6.1); also where the end is the day itself.
        ("04-04 22:00", "04-05 22:00", OOF, BusyType.BUSY, True),
        ("04-06 22:00", "04-07 22:00", OOF, BusyType.BUSY, True),
    ]


def test_all_day_means_a_day_of_the_zone_that_is_given() -> None:
    """The same file, read in Auckland (+13)."""
    assert starts(read("all-day-vacation-marked-free", zone="Pacific/Auckland"))[0] == "03-26 11:00"


def test_a_weekly_session_keeps_its_wall_time_and_its_exceptions() -> None:
    """RFC 5545, sections 3.8.4.4 and 3.8.5: 27 March moved to the 30th, 13 March out, 7 April added."""
    assert rows(read("recurring-with-exception-moved-across-the-clock-change")) == [
        (f"{start}", f"{end}", BUSY, BusyType.BUSY, False)
        for start, end in [
            ("03-06 09:00", "03-06 09:50"),
            ("03-20 09:00", "03-20 09:50"),
            ("03-30 08:00", "03-30 09:30"),
            ("04-03 08:00", "04-03 08:50"),
            ("04-07 08:00", "04-07 08:50"),
            ("04-10 08:00", "04-10 08:50"),
        ]
    ]


def test_what_is_moved_into_the_question_is_seen_and_out_of_it_is_not() -> None:
    """A replacement counts where it takes place."""
    name = "recurring-with-exception-moved-across-the-clock-change"
    day = timedelta(days=1)
    from_, to = datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)

    assert read(name, Interval(from_, from_ + day)).periods == ()
    assert starts(read(name, Interval(to, to + day))) == ["03-30 08:00"]


def test_a_change_of_this_and_all_future_ones_moves_and_lengthens_them() -> None:
    """RFC 5545, section 3.2.13; New York is at -5 on 2 March and at -4 from the 8th on."""
    assert [(row[0], row[1]) for row in rows(read("this-and-future-moved"))] == [
        ("03-02 14:00", "03-02 15:00"),
        ("03-09 13:00", "03-09 14:00"),
        ("03-17 15:00", "03-17 17:00"),
        ("03-24 15:00", "03-24 17:00"),
        ("03-31 15:00", "03-31 17:00"),
    ]


@pytest.mark.parametrize(
    "zone, expected",
    [
        # The clock goes forward on the 29th at 2: nine o'clock is at +2.
        ("Europe/Berlin", ["03-29 07:00", "03-30 07:00"]),
        # It goes back a week later.
        ("Australia/Sydney", ["03-28 22:00", "03-29 22:00"]),
    ],
)
def test_floating_times_are_meant_in_the_zone_that_is_given(zone: str, expected: list[str]) -> None:
    """RFC 5545, section 3.3.5, form 1."""
    assert starts(read("floating-times", zone=zone)) == expected


def test_zones_are_found_by_every_kind_of_name() -> None:
    """Own definitions, Windows names, Mozilla's prefix, quotes, a broken VTIMEZONE: all are at +2."""
    contents = read("zone-names-of-every-kind", YEAR, zone="America/New_York")

    assert starts(contents)[:5] == [f"07-01 {hour:02}:00" for hour in (7, 8, 9, 10, 11)]
    assert starts(contents)[5:] == ["07-02 13:00", "07-02 14:00"]
    assert contents.set_aside == tuple(
        f"zone-names-of-every-kind.ics: component {number} (VEVENT): "
        "its time zone is unknown; America/New_York is meant"
        for number in (9, 10)
    )


@pytest.mark.parametrize("eol", ["crlf-and-lf-mixed"])
def test_line_ends_may_be_mixed(eol: str) -> None:
    """Some editors do that."""
    assert starts(read(eol)) == ["03-02 09:00", "03-02 11:00"]


def test_a_fold_may_split_a_character_a_zone_and_a_time() -> None:
    """RFC 5545, section 3.1."""
    assert rows(read("folded-inside-a-character")) == [
        ("03-02 08:00", "03-02 09:00", OOF, BusyType.BUSY, False)
    ]


def test_a_byte_order_mark_and_small_letters_do_no_harm() -> None:
    """Names are case-insensitive (RFC 5545, section 3.1)."""
    assert starts(read("byte-order-mark-and-small-letters")) == ["03-02 09:00"]


def test_of_duplicates_the_newest_revision_counts_and_what_only_shares_a_uid_stays() -> None:
    """RFC 5545, section 3.8.7.4."""
    assert starts(read("duplicates")) == ["03-02 09:00", "03-03 09:00", "03-05 09:00", "03-06 09:00"]


def test_cancelled_events_are_gone_and_unsure_ones_tentative() -> None:
    """RFC 5545, section 3.8.1.11; also one cancelled occurrence."""
    assert rows(read("cancelled")) == [
        ("03-02 12:00", "03-02 13:00", BUSY, BusyType.BUSY, False),
        ("03-04 12:00", "03-04 13:00", BUSY, BusyType.BUSY, False),
        ("03-05 12:00", "03-05 13:00", BUSY, BusyType.TENTATIVE, False),
    ]


def test_published_busy_times_are_read() -> None:
    """RFC 5545, section 3.6.4: by end or by length, with their types; free is not busy."""
    assert rows(read("free-busy")) == [
        ("03-02 09:00", "03-02 10:00", BUSY, BusyType.BUSY, False),
        ("03-02 11:00", "03-02 12:00", BUSY, BusyType.BUSY, False),
        ("03-02 15:00", "03-02 16:00", BUSY, BusyType.TENTATIVE, False),
        ("03-02 17:00", "03-02 18:00", BUSY, BusyType.UNAVAILABLE, False),
    ]


def test_broken_events_are_set_aside_without_their_text_and_the_rest_is_used() -> None:
    """Each with its place and its reason."""
    contents = read("broken-middle-event")

    assert starts(contents) == ["03-02 09:00", "03-02 15:00"]
    assert contents.set_aside == tuple(
        f"broken-middle-event.ics: component {number} (VEVENT): {reason}"
        for number, reason in [
            (2, "DTSTART is missing"),
            (3, "it ends before it starts"),
            (4, "DTSTART is not a date or a time that exists"),
            (5, "it has no END"),
            (6, "RRULE cannot be followed"),
        ]
    )
    assert "rivate" not in "".join(contents.set_aside)


def test_a_file_that_was_cut_off_says_so_and_its_whole_events_are_used() -> None:
    """The event that was cut off is not guessed."""
    contents = read("truncated")

    assert starts(contents) == ["03-02 09:00"]
    assert contents.set_aside == (
        "truncated.ics: it is cut off",
        "truncated.ics: component 2 (VEVENT): it is cut off",
    )


@pytest.mark.parametrize("data", [b"", b"\x00\xff\xfe", b"<html></html>", b"BEGIN:VEVENT\r\nEND:VEVENT\r\n"])
def test_what_is_no_calendar_is_one_line(data: bytes) -> None:
    """Whatever it is."""
    contents = read_calendar(data, SPRING, zone="UTC", name="work.ics")

    assert contents == CalendarContents((), (), ("work.ics: it is not a calendar",))


def test_rules_without_end_are_bounded_and_set_aside() -> None:
    """The daily one is fine."""
    contents = read(
        "endless-rules", Interval(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC))
    )

    assert [f"03-{day:02} 09:00" for day in range(2, 9)] == starts(contents)
    assert contents.set_aside == tuple(
        f"endless-rules.ics: component {number} (VEVENT): {reason}"
        for number, reason in [
            (1, "it recurs too often to be followed"),
            (2, "it recurs too often to be followed"),
            (3, "it recurs too often to be followed"),
        ]
    )


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=HOURLY",
        "FREQ=DAILY;BYDAY=MO;BYYEARDAY=1;BYMONTH=2",
        "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
        "FREQ=YEARLY;BYMONTHDAY=30;BYMONTH=2",
        "FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=1,2,3",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=-1",
        "FREQ=DAILY;INTERVAL=99999999999999999999",
        "FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO",
        "FREQ=DAILY;UNTIL=",
        "FREQ=DAILY;DTSTART=20260101T000000Z",
    ],
)
def test_a_rule_that_asks_for_too_much_or_is_wrong_is_set_aside(rule: str) -> None:
    """Anybody can send an invitation; the rest of the calendar is used."""
    data = event("DTSTART:19900101T000000Z", "DURATION:PT1S", f"RRULE:{rule}")
    fine = event("DTSTART:20260302T090000Z", "DURATION:PT1H")

    contents = read_calendar(data + fine, SPRING, zone="UTC", name="a")

    assert starts(contents) == ["03-02 09:00"]
    assert len(contents.set_aside) == 1


def test_calendars_in_one_file_are_counted() -> None:
    """RFC 5545, section 3.4 allows several."""
    contents = read("two-calendars-in-one-file")

    assert starts(contents) == ["03-02 09:00", "03-03 09:00"]
    assert contents.set_aside == (
        "two-calendars-in-one-file.ics: calendar 2: component 1 (VEVENT): DTSTART is missing",
    )


@pytest.mark.parametrize("method", ["CANCEL", "reply", "COUNTER"])
def test_a_message_about_an_event_is_not_the_event(method: str) -> None:
    """RFC 5546, in capital and small letters."""
    data = event("DTSTART:20260302T090000Z", "DURATION:PT1H")
    message = data.replace(b"VERSION:2.0", b"VERSION:2.0\r\nMETHOD:" + method.encode())

    assert read_calendar(message, SPRING, zone="UTC", name="a").periods == ()


@pytest.mark.parametrize(
    "lines, expected",
    [
        # Out of office, whatever else says free.
        (("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT"), OOF),
        (("CATEGORIES:Vacation", "TRANSP:TRANSPARENT"), OOF),
        (("CATEGORIES:Vacation", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), OOF),
        (("categories:Work,oUt-of-oFFice",), OOF),
        (("CATEGORIES:Work", "CATEGORIES:Urlaub"), OOF),
        (("CATEGORIES:Holiday",), OOF),
        # Free.
        (("TRANSP:TRANSPARENT",), None),
        (("TRANSP:transparent",), None),
        (("X-MICROSOFT-CDO-BUSYSTATUS:FREE",), None),
        (("CATEGORIES:Holiday", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"), None),
        # Outlook's own mark is the older one; TRANSP is derived from it.
        (("TRANSP:TRANSPARENT", "X-MICROSOFT-CDO-BUSYSTATUS:BUSY"), BUSY),
        # Words that only contain one.
        (("CATEGORIES:Vacation planning",), BUSY),
        (("SUMMARY:Out of office",), BUSY),
        ((), BUSY),
    ],
)
def test_marks_say_what_an_event_means(lines: tuple[str, ...], expected: AbsenceKind | None) -> None:
    """And never its words."""
    data = event("DTSTART:20260302T090000Z", "DURATION:PT1H", *lines)

    contents = read_calendar(data, SPRING, zone="UTC", name="a")

    assert [expected] * (expected is not None) == [one.kind for one in contents.periods]


@pytest.mark.parametrize(
    "lines, expected",
    [
        # DTEND means the exact length (section 3.8.5.3): eight hours, also in the night of 29 March.
        (("DTEND;TZID=Europe/Berlin:20260328T060000",), ["03-27 21:00-05:00", "03-28 21:00-05:00"]),
        # A day of DURATION is a day of the calendar (section 3.3.6).
        (("DURATION:P1D",), ["03-27 21:00-21:00", "03-28 21:00-20:00"]),
    ],
)
def test_a_night_of_the_clock_change_has_its_own_length(lines: tuple[str, ...], expected: list[str]) -> None:
    """RFC 5545."""
    data = event("DTSTART;TZID=Europe/Berlin:20260327T220000", *lines, "RRULE:FREQ=DAILY;COUNT=2")

    contents = read_calendar(data, SPRING, zone="UTC", name="a")

    assert expected == [f"{_short(one.interval.start)}-{one.interval.end:%H:%M}" for one in contents.periods]


@pytest.mark.parametrize(
    "name",
    [
        "outlook-out-of-office-windows-zone",
        "this-and-future-moved",
        "cancelled",
        "recurring-with-exception-moved-across-the-clock-change",
        "crlf-and-lf-mixed",
    ],
)
def test_times_agree_with_another_program(name: str) -> None:
    """recurring-ical-events over icalendar, told nothing of what an event means."""
    zone = ZoneInfo("Europe/Berlin")
    calendar = icalendar.Calendar.from_ical((CORPUS / f"{name}.ics").read_bytes())
    theirs = {
        (_instant(one["DTSTART"].dt, zone), _instant(one.end, zone))
        for one in recurring_ical_events.of(calendar).between(SPRING.start, SPRING.end)
    }

    ours = {(one.interval.start, one.interval.end) for one in read(name).periods}

    assert ours
    assert ours <= theirs


def _instant(found: object, zone: ZoneInfo) -> datetime:
    """A date or a time as an instant."""
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    text = str(found)
    return datetime.fromisoformat(f"{text}T00:00:00").replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=WEEKLY;BYDAY=MO,WE;COUNT=30",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
        "FREQ=DAILY;UNTIL=20260901T000000Z",
        "FREQ=DAILY;INTERVAL=3;BYMONTH=3,11",
        "FREQ=HOURLY;INTERVAL=30;COUNT=200",
    ],
)
@pytest.mark.parametrize("zone", ["America/New_York", "Australia/Lord_Howe", "UTC"])
def test_rules_agree_with_another_program(rule: str, zone: str) -> None:
    """A year of each, over both clock changes."""
    data = event(f"DTSTART;TZID={zone}:20251230T093000", "DURATION:PT50M", f"RRULE:{rule}")
    calendar = icalendar.Calendar.from_ical(data)
    theirs = {
        one["DTSTART"].dt.astimezone(UTC)
        for one in recurring_ical_events.of(calendar).between(YEAR.start, YEAR.end)
    }

    ours = {one.interval.start for one in read_calendar(data, YEAR, zone="UTC", name="a").periods}

    assert ours == theirs


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.ics")))
def test_no_file_breaks_at_any_place(name: str) -> None:
    """Cut off after each of its lines, and with each line missing: never an error, never its text."""
    lines = (CORPUS / f"{name}.ics").read_bytes().splitlines(keepends=True)
    week = Interval(datetime(2026, 3, 27, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC))
    if name == "endless-rules":
        lines = lines[:8]

    for at in range(len(lines)):
        for data in (b"".join(lines[:at]), b"".join(lines[:at] + lines[at + 1 :])):
            contents = read_calendar(data, week, zone="UTC", name="a.ics")
            assert "example.com" not in "".join(contents.set_aside)


def test_what_is_asked_twice_is_answered_twice() -> None:
    """Also what was set aside."""
    data = (CORPUS / "broken-middle-event.ics").read_bytes()
    calendar = open_calendar(data, zone="UTC", name="a.ics")

    assert calendar.between(SPRING) == calendar.between(SPRING)


def test_a_whole_calendar_is_told_from_a_part() -> None:
    """By its first and its last line."""
    data = event("DTSTART:20260302T090000Z")

    assert is_whole_calendar(data)
    assert is_whole_calendar(data + data)
    assert not is_whole_calendar(data[:-20])
    assert not is_whole_calendar(data + data[:30])
    assert not is_whole_calendar(b"")
