"""`boundary availability windows`: what calendars say, against RFC 7953's examples and another program."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from boundary_plugins.cli import execute
from boundary_plugins.codecs.icalendar import write_availability
from boundary_plugins.core.interval import Interval, union
from boundary_plugins.testing.benches import hours, invented_publication
from servers.web import Fault, WebServer

MONTREAL = "America/Montreal"
Windows = Callable[..., tuple[int, str, str]]


@pytest.fixture
def windows(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Windows:
    """Runs the command where no configuration is; its exit code, output and errors."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = execute(["availability", "windows", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command


def calendar(folder: Path, *lines: str, name: str = "a.ics") -> str:
    """A calendar in a file; its path."""
    text = "\r\n".join(
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", *lines, "END:VCALENDAR", ""]
    )
    (folder / name).write_text(text, newline="")
    return str(folder / name)


def availability(
    zone: str, start: str, *lines: str, opens: str = "080000", closes: str = "180000"
) -> list[str]:
    """A VAVAILABILITY from a day on, on working days, as those of the RFC's appendices are."""
    day = f"TZID={zone}:{start}"
    return [
        "BEGIN:VAVAILABILITY", f"DTSTART;{day}T000000", *lines,
        "BEGIN:AVAILABLE", f"DTSTART;{day}T{opens}", f"DTEND;{day}T{closes}",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "END:AVAILABLE", "END:VAVAILABILITY",
    ]  # fmt: skip


def event(*lines: str) -> list[str]:
    """A VEVENT."""
    return ["BEGIN:VEVENT", f"UID:{abs(hash(lines))}", *lines, "END:VEVENT"]


def slots(out: str, start: datetime) -> str:
    """A day as the RFC's tables show it: a letter for each two hours."""
    letters = {"free": "F", "busy": "B", "busy-unavailable": "U", "busy-tentative": "T"}
    found = json.loads(out)
    day = [start + timedelta(hours=hour) for hour in range(0, 24, 2)]
    held = [
        next(each["type"] for each in found if instant(each["start"]) <= at < instant(each["end"]))
        for at in day
    ]
    return "".join(letters[each] for each in held)


def instant(text: str) -> datetime:
    """An instant of the result."""
    return datetime.fromisoformat(text)


def test_the_simple_example_of_rfc_7953_section_5_1_1(windows: Windows, tmp_path: Path) -> None:
    """Its table, on a Monday (what it calls one was a Sunday): a meeting at 12 within hours from 8 to 18."""
    meeting = event(f"DTSTART;TZID={MONTREAL}:20111107T120000", "DURATION:PT2H")
    file = calendar(tmp_path, *meeting, *availability(MONTREAL, "20111003"))

    code, out, err = windows(
        "--calendar", file, "--from", "2011-11-07", "--to", "2011-11-08", "--zone", MONTREAL, "--json"
    )

    assert (0, "") == (code, err)
    assert "UUUUFFBFFUUU" == slots(out, datetime(2011, 11, 7, tzinfo=ZoneInfo(MONTREAL)))


def test_the_further_example_of_rfc_7953_section_5_1_2(windows: Windows, tmp_path: Path) -> None:
    """Its table: a week in Denver with priority 1 over the ordinary week, and a meeting there."""
    lines = [
        *event("DTSTART;TZID=America/Denver:20111024T120000", "DURATION:PT2H"),
        *availability(MONTREAL, "20111003"),
        *availability(
            "America/Denver", "20111023", "DTEND;TZID=America/Denver:20111030T000000", "PRIORITY:1"
        ),
    ]
    file = calendar(tmp_path, *lines)

    out = windows(
        "--calendar", file, "--from", "2011-10-24", "--to", "2011-10-25", "--zone", MONTREAL, "--json"
    )[1]

    assert "UUUUUFFBFFUU" == slots(out, datetime(2011, 10, 24, tzinfo=ZoneInfo(MONTREAL)))


def test_every_kind_of_busy_is_told_apart(windows: Windows, tmp_path: Path) -> None:
    """Events, free-busy and layers of two calendars; where they overlap the busiest holds."""
    layers = availability("UTC", "20260302", "BUSYTYPE:BUSY-TENTATIVE", "DTEND:20260303T000000Z")
    events = [
        *event("DTSTART:20260302T100000Z", "DTEND:20260302T110000Z", "STATUS:TENTATIVE"),
        *event("DTSTART:20260302T120000Z", "DTEND:20260302T130000Z", "TRANSP:TRANSPARENT"),
        *event("DTSTART:20260302T140000Z", "DTEND:20260302T150000Z", "STATUS:CANCELLED"),
        "BEGIN:VFREEBUSY",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260302T103000Z/PT2H",
        "FREEBUSY;FBTYPE=BUSY:20260302T120000Z/20260302T123000Z,20260302T230000Z/PT2H",
        "FREEBUSY;FBTYPE=FREE:20260302T150000Z/PT1H",
        "END:VFREEBUSY",
    ]
    files = calendar(tmp_path, *layers), calendar(tmp_path, *events, name="b.ics")

    out = windows(
        "--calendar", files[0], "--calendar", files[1], "--from", "2026-03-02", "--to", "2026-03-03T02:00", "--json"
    )[1]  # fmt: skip

    assert [
        ("2026-03-02T00:00:00Z", "busy-tentative"),
        ("2026-03-02T08:00:00Z", "free"),
        ("2026-03-02T10:00:00Z", "busy-tentative"),
        ("2026-03-02T10:30:00Z", "busy-unavailable"),
        ("2026-03-02T12:00:00Z", "busy"),
        ("2026-03-02T12:30:00Z", "free"),
        ("2026-03-02T18:00:00Z", "busy-tentative"),
        ("2026-03-02T23:00:00Z", "busy"),
        ("2026-03-03T01:00:00Z", "free"),
    ] == [(each["start"], each["type"]) for each in json.loads(out)]
    ends = [each["end"] for each in json.loads(out)]
    assert [*(each["start"] for each in json.loads(out)[1:]), "2026-03-03T02:00:00Z"] == ends


@pytest.mark.parametrize(
    "zone, start, end",
    [
        # A week over each of the two change nights.
        ("Europe/Berlin", "2026-03-25", "2026-04-01"),
        ("Europe/Berlin", "2026-10-21", "2026-10-28"),
        ("America/New_York", "2026-03-04", "2026-03-11"),
        ("Australia/Lord_Howe", "2026-04-01", "2026-04-08"),
    ],
)
def test_recurring_events_are_busy_when_another_program_says_so(
    windows: Windows, tmp_path: Path, zone: str, start: str, end: str
) -> None:
    """recurring-ical-events, which was written by other hands."""
    # In the daytime: of what recurs over a change of clocks programs say different things.
    file = calendar(
        tmp_path,
        *event(f"DTSTART;TZID={zone}:20260101T073000", "DURATION:PT4H", "RRULE:FREQ=DAILY", "DTSTAMP:20260101T000000Z"),
        *event("DTSTART;TZID=America/Denver:20260105T140000", "DTEND;TZID=America/Denver:20260105T145000",
               "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,SU", "DTSTAMP:20260101T000000Z"),
    )  # fmt: skip
    here = ZoneInfo(zone)
    edges = [datetime.fromisoformat(each).replace(tzinfo=here) for each in (start, end)]

    out = windows("--calendar", file, "--from", start, "--to", end, "--zone", zone, "--json")[1]

    parsed = icalendar.Calendar.from_ical(Path(file).read_bytes())
    spans = [
        Interval(each["DTSTART"].dt.astimezone(UTC), each["DTEND"].dt.astimezone(UTC))
        for each in recurring_ical_events.of(parsed).between(*edges)
    ]
    first, last = (edge.astimezone(UTC) for edge in edges)
    clipped = [(max(each.start, first), min(each.end, last)) for each in union(spans)]
    busy = [each for each in json.loads(out) if each["type"] == "busy"]
    assert clipped == [(instant(each["start"]), instant(each["end"])) for each in busy]
    assert 7 < len(busy)


@pytest.mark.parametrize(
    "zone, start, end, lines",
    [
        # The hour from 2 to 3 is not there.
        (
            "Europe/Berlin", "2026-03-29", "2026-03-29T12:00",
            [
                "From                         To                           Type",
                "Sun 2026-03-29 00:00 +01:00  Sun 2026-03-29 01:30 +01:00  free",
                "Sun 2026-03-29 01:30 +01:00  Sun 2026-03-29 03:30 +02:00  busy",
                "Sun 2026-03-29 03:30 +02:00  Sun 2026-03-29 12:00 +02:00  free",
            ],
        ),
        # The hour from 2 to 3 comes twice; the event ends the first time, an hour after it began.
        (
            "Europe/Berlin", "2026-10-25", "2026-10-25T12:00",
            [
                "From                         To                           Type",
                "Sun 2026-10-25 00:00 +02:00  Sun 2026-10-25 01:30 +02:00  free",
                "Sun 2026-10-25 01:30 +02:00  Sun 2026-10-25 02:30 +02:00  busy",
                "Sun 2026-10-25 02:30 +02:00  Sun 2026-10-25 12:00 +01:00  free",
            ],
        ),
    ],
)  # fmt: skip
def test_the_table_fits_and_is_right_on_both_change_nights(
    windows: Windows, tmp_path: Path, zone: str, start: str, end: str, lines: list[str]
) -> None:
    """Each time with its offset, within 80 columns."""
    day, hour = start.replace("-", ""), "033000" if start < "2026-06" else "023000"
    file = calendar(tmp_path, *event(f"DTSTART;TZID={zone}:{day}T013000", f"DTEND;TZID={zone}:{day}T{hour}"))

    out = windows("--calendar", file, "--from", start, "--to", end, "--zone", zone)[1]

    assert lines == out.splitlines()
    assert 80 >= max(map(len, lines)) + len("-unavailable")


def test_instants_with_an_offset_mean_the_same_in_every_zone(windows: Windows, tmp_path: Path) -> None:
    """The second of the hours that come twice can be named only so."""
    file = calendar(tmp_path)

    out = windows(
        "--calendar", file, "--from", "2026-10-25T02:30+01:00", "--to", "2026-10-25T02:00:00Z", "--zone",
        "Europe/Berlin", "--json",
    )[1]  # fmt: skip

    assert [{"start": "2026-10-25T01:30:00Z", "end": "2026-10-25T02:00:00Z", "type": "free"}] == json.loads(
        out
    )


def test_seconds_are_shown_where_there_are_any(windows: Windows, tmp_path: Path) -> None:
    """Some programs let a day end at 23:59:59."""
    file = calendar(tmp_path, *event("DTSTART:20260302T000000Z", "DTEND:20260302T235959Z"))

    out = windows("--calendar", file, "--from", "2026-03-02", "--to", "2026-03-03")[1]

    assert "Mon 2026-03-02 00:00:00 +00:00  Mon 2026-03-02 23:59:59 +00:00  busy" == out.splitlines()[1]


def test_times_that_name_no_zone_are_meant_in_the_one_that_is_given(windows: Windows, tmp_path: Path) -> None:
    """Those of the calendar, as those of the command."""
    file = calendar(tmp_path, *event("DTSTART:20260302T100000", "DTEND:20260302T110000"))

    out = windows(
        "--calendar", file, "--from", "2026-03-02T10:00", "--to", "2026-03-02T11:00", "--zone", "Asia/Tokyo", "--json"
    )[1]  # fmt: skip

    assert [{"start": "2026-03-02T01:00:00Z", "end": "2026-03-02T02:00:00Z", "type": "busy"}] == json.loads(
        out
    )


def test_standard_input_and_further_files_are_read(
    windows: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--calendar a.ics b.ics` names two, as a shell's `*.ics` does."""
    data = Path(calendar(tmp_path, *event("DTSTART:20260302T100000Z", "DURATION:PT1H"))).read_bytes()
    other = calendar(tmp_path, *event("DTSTART:20260302T110000Z", "DURATION:PT1H"))
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))

    out = windows(
        "--calendar", "-", other, "--from", "2026-03-02T10:00", "--to", "2026-03-02T12:00", "--json"
    )[1]

    assert [{"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T12:00:00Z", "type": "busy"}] == json.loads(
        out
    )


def test_what_this_program_published_says_what_it_says(windows: Windows, tmp_path: Path) -> None:
    """Read back, it is the hours and the busy time that were published."""
    (tmp_path / "feed.ics").write_bytes(write_availability(invented_publication(busy=(hours(10, 11),))))

    out = windows("--calendar", "feed.ics", "--from", "2026-03-02", "--to", "2026-03-03", "--json")[1]

    kinds = [(each["start"][11:13], each["type"]) for each in json.loads(out)]
    assert [("00", "busy"), ("09", "free"), ("10", "busy"), ("11", "free"), ("17", "busy")] == kinds


def test_the_calendar_at_an_address_is_read(windows: Windows, tmp_path: Path) -> None:
    """By a plain GET, and without a word of any configuration."""
    with WebServer() as web:
        file = calendar(tmp_path, *event("DTSTART:20260302T100000Z", "DURATION:PT1H"))
        web.files["/a.ics"] = Path(file).read_bytes()

        code, out, err = windows(
            "--calendar",
            web.url + "a.ics",
            "--from",
            "2026-03-02T10:00",
            "--to",
            "2026-03-02T11:00",
            "--json",
        )

        assert (0, "", ["GET"]) == (code, err, web.methods())
    assert [{"start": "2026-03-02T10:00:00Z", "end": "2026-03-02T11:00:00Z", "type": "busy"}] == json.loads(
        out
    )


@pytest.mark.parametrize(
    "status, code, says",
    [
        (404, 1, "there is no calendar at this address of 127.0.0.1 (404)"),
        (401, 77, "127.0.0.1 wants a sign-in"),
        (503, 1, "127.0.0.1 answered 503"),
    ],
)
def test_an_address_that_gives_nothing_is_one_sentence(
    windows: Windows, status: int, code: int, says: str
) -> None:
    """And not the address, which may be a key."""
    with WebServer() as web:
        web.faults.append(Fault(status))

        done, out, err = windows(
            "--calendar", web.url + "private-key.ics", "--from", "2026-03-02", "--to", "2026-03-03"
        )

    assert (code, "") == (done, out)
    assert says in err
    assert "private-key" not in err
    assert 1 == len(err.splitlines())


def test_what_cannot_be_read_is_told_and_the_rest_is_used(windows: Windows, tmp_path: Path) -> None:
    """On standard error."""
    broken = event("DTSTART:soon", "DURATION:PT1H")
    file = calendar(tmp_path, *broken, *event("DTSTART:20260302T100000Z", "DURATION:PT1H"))

    code, out, err = windows(
        "--calendar", file, "--from", "2026-03-02T10:00", "--to", "2026-03-02T11:00", "--json"
    )

    assert (0, "busy") == (code, json.loads(out)[0]["type"])
    assert err.startswith("Set aside: a.ics: component 1 (VEVENT): ")


@pytest.mark.parametrize(
    "changed, says",
    [
        ({"--from": "yesterday"}, '"yesterday" is no instant; allowed: a date and time from 1900 to 2199'),
        ({"--to": "2026-02-30"}, '"2026-02-30" is no instant'),
        ({"--to": "9999-01-01"}, '"9999-01-01" is no instant'),
        ({"--from": "0001-01-01T00:00+14:00"}, "is no instant"),
        ({"--to": "2026-03-02"}, "it is not after --from; allowed: a later instant"),
        (
            {"--zone": "Berlin"},
            '"Berlin" is no time zone; allowed: one of the IANA such as "America/New_York"',
        ),
        ({"--calendar": "none.ics"}, "there is no file none.ics"),
        ({"--calendar": "."}, "is a folder; allowed: a file in iCalendar form (.ics)"),
        (
            {"--calendar": "notes.txt"},
            "notes.txt is not a calendar; allowed: a file in iCalendar form (.ics)",
        ),
        ({"--calendar": "ftp://example.org/a.ics"}, "this is not a whole address; allowed: one such as"),
        ({"--calendar": "http://example.org/a.ics"}, "http:// is allowed only for a host on this machine"),
        ({"--calendar": "https://u:p@example.org/a.ics"}, "an address holds no user name and no password"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_is_allowed(
    windows: Windows, tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    """As a command that was not understood."""
    (tmp_path / "notes.txt").write_text("Call back.\n")
    given: dict[str, Any] = {"--calendar": calendar(tmp_path), "--from": "2026-03-02", "--to": "2026-03-03"}

    code, out, err = windows(*(word for pair in {**given, **changed}.items() for word in pair))

    assert (2, "") == (code, out)
    assert says in err
