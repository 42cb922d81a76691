"""Layers of hours that a calendar publishes (RFC 7953)."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from boundary_plugins.codecs.icalendar import read_calendar
from boundary_plugins.core.availability import BusyType
from boundary_plugins.core.interval import Interval

CORPUS = Path(__file__).parent.parent / "corpus"
YEAR = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "name, zone, nights",
    [
        # By hand: the UTC hour of nine o'clock before and after each change.
        ("new-york", "America/New_York", {"03-07": 14, "03-08": 13, "10-31": 13, "11-01": 14}),
        ("berlin", "Europe/Berlin", {"03-28": 8, "03-29": 7, "10-24": 7, "10-25": 8}),
        # On the other side of the world nine o'clock is on the day before in UTC.
        ("sydney", "Australia/Sydney", {"04-03": 22, "04-04": 23, "10-02": 23, "10-03": 22}),
        ("lord-howe", "Australia/Lord_Howe", {"04-03": 22, "04-04": 22.5, "10-02": 22.5, "10-03": 22}),
    ],
)
def test_nine_o_clock_stays_nine_o_clock_over_both_change_nights(
    name: str, zone: str, nights: dict[str, float]
) -> None:
    """A rule that runs in UTC would open an hour late for half of the year."""
    data = (CORPUS / f"availability-recurring-{name}.ics").read_bytes()

    (layer,) = read_calendar(data, YEAR, zone="UTC", name="a.ics").availabilities

    opened = {one.start.strftime("%m-%d"): one.start for one in layer.available}
    for night, hour in nights.items():
        assert timedelta(hours=hour) == timedelta(hours=opened[night].hour, minutes=opened[night].minute)
    local = {one.start.astimezone(ZoneInfo(zone)).time() for one in layer.available[1:]}
    assert {time(9)} == local
    assert {timedelta(hours=8)} == {one.duration for one in layer.available[1:-1]}
    assert (3, BusyType.BUSY) == (layer.priority, layer.busy_type)
    assert layer.source == "availability in a.ics"


def test_without_bounds_a_layer_speaks_for_the_whole_question() -> None:
    """RFC 7953, section 3.1: no DTSTART, no DTEND, no PRIORITY, no BUSYTYPE."""
    data = (CORPUS / "availability-unbounded-with-exceptions.ics").read_bytes()
    between = Interval(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))

    contents = read_calendar(data, between, zone="UTC", name="a.ics")

    (layer,) = contents.availabilities
    assert (between, 0, BusyType.UNAVAILABLE) == (layer.span, layer.priority, layer.busy_type)
    assert [(one.start.strftime("%d %H"), one.end.strftime("%d %H")) for one in layer.available] == [
        ("02 08", "02 11"),
        ("09 13", "09 14"),
        ("10 08", "10 11"),
    ]
    assert contents.set_aside == ("a.ics: component 3 (AVAILABLE): DTSTART is missing",)


def availability(*lines: str) -> bytes:
    """A calendar with one layer."""
    inner = ["BEGIN:VAVAILABILITY", "UID:one@example.com", *lines, "END:VAVAILABILITY"]
    return "\r\n".join(["BEGIN:VCALENDAR", *inner, "END:VCALENDAR", ""]).encode()


@pytest.mark.parametrize(
    "lines, expected",
    [
        # Clipped at both ends.
        (("DTSTART:20250101T000000Z", "DTEND:20280101T000000Z"), ("01-01", "01-01")),
        (("DTSTART:20260201T000000Z",), ("02-01", "01-01")),
        (("DTEND:20260201T000000Z",), ("01-01", "02-01")),
        (("DTSTART:20260201T000000Z", "DURATION:P2W"), ("02-01", "02-15")),
        # Another time altogether.
        (("DTSTART:20270201T000000Z",), None),
        (("DTEND:20250201T000000Z",), None),
    ],
)
def test_the_span_is_clipped_to_the_question(
    lines: tuple[str, ...], expected: tuple[str, str] | None
) -> None:
    """RFC 7953, section 3.1."""
    layers = read_calendar(availability(*lines), YEAR, zone="UTC", name="a").availabilities

    assert [(one.span.start.strftime("%m-%d"), one.span.end.strftime("%m-%d")) for one in layers] == (
        [expected] if expected else []
    )


@pytest.mark.parametrize(
    "lines, reason",
    [
        (("DTSTART:nonsense",), "DTSTART is not a date or a time"),
        (("PRIORITY:high",), "PRIORITY is not a number from 0 to 9"),
        (("DURATION:P1D",), "it has a DURATION and no DTSTART"),
        (("DTSTART:20260201T000000Z", "DTEND:20260101T000000Z"), "it ends before it starts"),
    ],
)
def test_a_broken_layer_is_set_aside(lines: tuple[str, ...], reason: str) -> None:
    """It closes nothing by mistake."""
    contents = read_calendar(availability(*lines), YEAR, zone="UTC", name="a")

    assert contents.availabilities == ()
    assert contents.set_aside == (f"a: component 1 (VAVAILABILITY): {reason}",)
