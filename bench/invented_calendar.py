"""An invented calendar in a fixed mix like those that programs write; the same for the same seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

YEAR = 2026
#: The zone that whole days are meant in.
HOME = "America/New_York"
RECURRING = 200
#: Of the recurring events so many have one occurrence that takes place at another time.
CHANGED = 100
_ZONES = (HOME, HOME, HOME, "Europe/Berlin", "Australia/Sydney")
_FIRST_DAY = date(YEAR - 1, 12, 28)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORDS = ("session", "intake", "supervision", "notes", "call", "family", "couple", "group", "review")

_HEAD = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Example Corp//Invented Calendar//EN
CALSCALE:GREGORIAN
"""

_ZONE = """BEGIN:VTIMEZONE
TZID:{name}
BEGIN:STANDARD
DTSTART:{standard}
TZOFFSETFROM:{summer}
TZOFFSETTO:{winter}
RRULE:FREQ=YEARLY;{autumn}
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:{daylight}
TZOFFSETFROM:{winter}
TZOFFSETTO:{summer}
RRULE:FREQ=YEARLY;{spring}
END:DAYLIGHT
END:VTIMEZONE
"""

_DEFINITIONS = (
    _ZONE.format(
        name=HOME,
        standard="20071104T020000",
        daylight="20070311T020000",
        winter="-0500",
        summer="-0400",
        autumn="BYMONTH=11;BYDAY=1SU",
        spring="BYMONTH=3;BYDAY=2SU",
    )
    + _ZONE.format(
        name="Europe/Berlin",
        standard="19961027T030000",
        daylight="19960331T020000",
        winter="+0100",
        summer="+0200",
        autumn="BYMONTH=10;BYDAY=-1SU",
        spring="BYMONTH=3;BYDAY=-1SU",
    )
    + _ZONE.format(
        name="Australia/Sydney",
        standard="20080406T030000",
        daylight="20081005T020000",
        winter="+1000",
        summer="+1100",
        autumn="BYMONTH=4;BYDAY=1SU",
        spring="BYMONTH=10;BYDAY=1SU",
    )
)


_ATTENDEE = (
    "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=Client {0};X-NUM-GUESTS=0:\n"
    " mailto:client{0}@example.org\n"
)
_ALARM = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:Reminder\nTRIGGER:-PT30M\nEND:VALARM\n"


@dataclass(frozen=True, slots=True)
class _Shape:
    """One kind of rule: how many of 100 recurring events have it, and the days from one time to the next.

    `step` is 0 where that differs from time to time, so that only the first is known without the rule.
    """

    of_hundred: int
    rule: str
    step: int = 0
    whole_days: bool = False


_SHAPES = (
    _Shape(30, "FREQ=WEEKLY;BYDAY={weekday}", step=7),
    _Shape(14, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
    _Shape(6, "FREQ=WEEKLY;WKST=SU;BYDAY={weekday},SA;COUNT=60"),
    _Shape(12, "FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}", step=14),
    _Shape(8, "FREQ=DAILY", step=1),
    _Shape(4, "FREQ=DAILY;COUNT={count}", step=1),
    _Shape(4, f"FREQ=DAILY;UNTIL={YEAR}1015T235959Z", step=1),
    _Shape(8, "FREQ=MONTHLY;BYDAY={which}{weekday}"),
    _Shape(6, "FREQ=MONTHLY;BYMONTHDAY={day}"),
    _Shape(5, "FREQ=YEARLY", whole_days=True),
    # One that few programs write.
    _Shape(3, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
)


def invented_calendar(events: int) -> bytes:
    """A calendar of so many VEVENT with CRLF line ends, the recurring ones spread among them."""
    chance = random.Random(20261124)
    every = (events - CHANGED) // RECURRING
    shapes = [shape for shape in _SHAPES for _ in range(shape.of_hundred * RECURRING // 100)]
    chance.shuffle(shapes)
    parts = [_HEAD, _DEFINITIONS]
    for number in range(events - CHANGED):
        if number % every == 0 and shapes:
            parts += _recurring(number, shapes.pop(), chance, changed=len(shapes) < CHANGED)
        else:
            parts.append(_single(number, chance))
    parts.append("END:VCALENDAR\n")
    return "".join(parts).replace("\n", "\r\n").encode()


def _single(number: int, chance: random.Random) -> str:
    """An event that takes place once: on whole days, in UTC, or on the clock of a zone."""
    day = _FIRST_DAY + timedelta(days=chance.randrange(370))
    if chance.random() < 0.05:
        return _event(number, chance, *_days(day, chance.choice((1, 1, 1, 2, 5))))
    start = _at(day, chance)
    if chance.random() < 0.4:
        end = start + _lasting(chance)
        return _event(number, chance, f"DTSTART:{_stamp(start)}Z", f"DTEND:{_stamp(end)}Z")
    return _event(number, chance, *_times(chance.choice(_ZONES), start, chance))


def _recurring(number: int, shape: _Shape, chance: random.Random, *, changed: bool) -> Iterator[str]:
    """An event that recurs, without some of its times, and with one of them at another time."""
    zone = chance.choice(_ZONES)
    day = date(YEAR - 1, 3, 2) + timedelta(days=chance.randrange(290))
    # On a working day, as the rules say.
    day -= timedelta(days=max(day.weekday() - 4, 0))
    start = _at(day, chance)
    times = [
        start + timedelta(days=shape.step * (days // shape.step if shape.step else 0))
        for days in chance.sample(range(300, 500), 4)
    ]
    lines = list(_days(day, 1) if shape.whole_days else _times(zone, start, chance))
    weekday, which = _WEEKDAYS[day.weekday()], (day.day - 1) // 7 + 1
    rule = shape.rule.format(weekday=weekday, which=which, day=day.day, count=chance.randrange(200, 600))
    lines.append(f"RRULE:{rule}")
    if shape.step:
        lines += [f"EXDATE;TZID={zone}:{_stamp(at)}" for at in set(times[1:]) - {times[0]}]
    yield _event(number, chance, *lines)
    if changed:
        replaced = (
            f"RECURRENCE-ID;VALUE=DATE:{day:%Y%m%d}"
            if shape.whole_days
            else f"RECURRENCE-ID;TZID={zone}:{_stamp(times[0])}"
        )
        later = times[0] + timedelta(days=1, hours=1)
        yield _event(number, chance, replaced, *_times(zone, later, chance))


def _event(number: int, chance: random.Random, *lines: str) -> str:
    """A VEVENT with what programs write besides, most of it long and none of it read."""
    text = " ".join(chance.choices(_WORDS, k=12))
    parts = [
        "BEGIN:VEVENT",
        *lines,
        f"DTSTAMP:{YEAR}0101T080000Z",
        f"UID:{number:08x}-1d2c-4e5f@example.com",
        f"CREATED:{YEAR - 1}0101T080000Z",
        f"DESCRIPTION:{text[:60]}\n {text[60:]}",
        f"LAST-MODIFIED:{YEAR - 1}0601T080000Z",
        f"LOCATION:Room {number % 7}",
        "SEQUENCE:0",
        f"STATUS:{chance.choices(('CONFIRMED', 'TENTATIVE', 'CANCELLED'), (94, 4, 2))[0]}",
        f"SUMMARY:{text[:24]}",
        f"TRANSP:{chance.choices(('OPAQUE', 'TRANSPARENT'), (93, 7))[0]}",
    ]
    if number % 3 == 0:
        parts.append(_ATTENDEE.format(number % 400).rstrip("\n"))
    if number % 4 == 0:
        parts.append(_ALARM.rstrip("\n"))
    parts.append("END:VEVENT\n")
    return "\n".join(parts)


def _times(zone: str, start: datetime, chance: random.Random) -> tuple[str, str]:
    """Start and end on the clock of a zone; some programs write how long it lasts."""
    lasts = _lasting(chance)
    begins = f"DTSTART;TZID={zone}:{_stamp(start)}"
    if chance.random() < 0.1:
        return begins, f"DURATION:PT{lasts // timedelta(minutes=1)}M"
    return begins, f"DTEND;TZID={zone}:{_stamp(start + lasts)}"


def _days(first: date, number: int) -> tuple[str, str]:
    """Start and end of whole days."""
    last = first + timedelta(days=number)
    return f"DTSTART;VALUE=DATE:{first:%Y%m%d}", f"DTEND;VALUE=DATE:{last:%Y%m%d}"


def _at(day: date, chance: random.Random) -> datetime:
    """A time of the day at which people meet."""
    return datetime.combine(day, time(chance.randrange(7, 20), chance.choice((0, 15, 30, 45))), UTC)


def _lasting(chance: random.Random) -> timedelta:
    """How long people meet."""
    return timedelta(minutes=chance.choice((25, 30, 45, 50, 50, 50, 60, 80, 90)))


def _stamp(at: datetime) -> str:
    """A time as a calendar writes it."""
    return f"{at:%Y%m%dT%H%M%S}"
