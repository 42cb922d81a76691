"""Hours as people type them after `open` and `close` ("tomorrow afternoon", "sat 10-12"), and said back.

Nothing is guessed: what could mean two things, is over, or ends before it starts is refused with what is
allowed. Times are by the clock on the wall; the zone is only carried along.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from boundary_plugins.core.clock_window import (
    TIME_PATTERN,
    WINDOW_PATTERN,
    ClockWindow,
    format_end,
    parse_time,
    parse_window,
    plain,
)
from boundary_plugins.core.durations import parse_duration
from boundary_plugins.core.hours_grammar import DAY_NAMES
from boundary_plugins.core.spoken_days import MONTH_NAMES, is_month, parse_days

ALLOWED_SPOKEN = (
    '"tomorrow afternoon", "saturday 10:00-12:00", "today from 15:00", "until 18:00", "for 2 hours", '
    '"dec 24", "2026-12-24 10:00-12:00", "2026-12-24..2026-12-31", "monday to friday" or "next week"'
)

#: The parts of a day; the night is in two days, so it needs times.
PARTS_OF_DAY = {
    "morning": ClockWindow(time(6), time(12)),
    "afternoon": ClockWindow(time(12), time(18)),
    "evening": ClockWindow(time(18), time(0)),
}

_DAY = timedelta(days=1)
_PART = re.compile(r"(?:(?P<day>.*?) )?(?:in the )?(?P<part>morning|afternoon|evening)s?")
_WINDOW = re.compile(rf"(?:(?P<day>.*?),? )?(?:from |between )?(?P<window>{WINDOW_PATTERN})")
_FROM = re.compile(
    rf"(?:(?P<day>.*?),? )?(?P<word>from|after|since|until|till|before) (?P<time>{TIME_PATTERN})"
)
_UNTIL_POINT = re.compile(rf"(?:until|till) (?P<day>.*?),? (?P<time>{TIME_PATTERN})")
_POINTS = re.compile(
    rf"(?P<day>.+?),? (?P<time>{TIME_PATTERN})(?:\s*\.\.\s*| (?:to|until|till|-) )"
    rf"(?P<end_day>.+?),? (?P<end_time>{TIME_PATTERN})"
)
_FOR = re.compile(rf"(?:(?P<day>.*?),? (?P<time>{TIME_PATTERN}) )?for (?P<duration>.+)")
_ENDLESS = re.compile(rf"(?:(?P<day>.+?),? )?(?:at )?{TIME_PATTERN}")
_BARE_HOURS = re.compile(r"\d{1,2}\s*-\s*\d{1,2}")


@dataclass(frozen=True, slots=True)
class SpokenHours:
    """From `start` to `end` (excluded) by the clock on the wall in `zone` (an IANA name); both naive.

    `lasts` is given where a duration was said ("for 2 hours"): then it is the elapsed time that counts,
    and `end` is what the wall shows unless the clocks change meanwhile. `start.fold` is 1 where it is a
    present moment that the clocks show for the second time.
    Raises ValueError unless both are naive and `end` is after `start`.
    """

    start: datetime
    end: datetime
    zone: str
    lasts: timedelta | None = None

    def __post_init__(self) -> None:
        """Refuse what is no span of wall-clock time."""
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("wall-clock times are naive; their zone is kept apart")
        if self.end <= self.start:
            raise ValueError("it ends before it starts")


def parse_spoken(text: str, now: datetime, zone: str) -> SpokenHours:
    """What was typed, understood at the local time `now` (naive, of `zone`).

    Raises ValueError with a sentence that names what was typed and what is allowed.
    """
    said = " ".join(plain(text).replace("o'clock", "").removeprefix("on ").split())
    minute = now.replace(second=0, microsecond=0)
    try:
        hours = _understood(said.removesuffix(" all day").removesuffix(" (all day)"), minute, zone)
    except OverflowError:
        raise ValueError(f'"{text.strip()}" is too far away; allowed: a date such as "2026-12-24"') from None
    if hours.end <= now:
        raise ValueError(
            f'"{text.strip()}" is over already: it means {in_words(hours)}; allowed: a time to come, '
            'such as "tomorrow 10:00-12:00" or a date'
        )
    return hours


def in_words(hours: SpokenHours) -> str:
    """The hours said back: "Saturday 28 November 2026, 10:00 to 12:00 (America/New_York)"."""
    start, end, last = hours.start, hours.end, (hours.end - timedelta(microseconds=1)).date()
    if start.time() == end.time() == time(0):
        days = _day(start.date()) if last == start.date() else f"{_day(start.date())} to {_day(last)}"
        said = f"{days}, {'all day' if last == start.date() else 'all days'}"
    elif last == start.date():
        said = f"{_day(start.date())}, {start:%H:%M} to {format_end(end.time())}"
    else:
        end_day = last if end.time() == time(0) else end.date()
        said = f"{_day(start.date())}, {start:%H:%M} to {_day(end_day)}, {format_end(end.time())}"
    return f"{said} ({hours.zone})"


def _understood(said: str, now: datetime, zone: str) -> SpokenHours:
    """The first of the forms that the text has."""
    if not said:
        raise ValueError(f"says no time; allowed: {ALLOWED_SPOKEN}")
    if _BARE_HOURS.fullmatch(said):
        raise ValueError(
            f'"{said}" could be hours or a date; allowed: "today {said}", "tomorrow {said}" or "2026-12-24"'
        )
    days = parse_days(said, now.date())
    if days is not None:
        return SpokenHours(_midnight(days.first), _midnight(days.last + _DAY), zone)
    said = said.removeprefix("from now ").removeprefix("now ").strip()
    for form in (_lasting, _part, _until_point, _window, _open_ended, _points):
        hours = form(said, now, zone)
        if hours is not None:
            return hours
    _refuse_endless(said, now)
    raise ValueError(f'"{said}" is not understood; allowed: {ALLOWED_SPOKEN}')


def _refuse_endless(said: str, now: datetime) -> None:
    """Refuse "saturday 10:00", which begins and has no end."""
    found = _ENDLESS.fullmatch(said)
    if found is not None and (found["day"] is None or parse_days(found["day"], now.date()) is not None):
        raise ValueError(
            f'"{said}" does not say when it ends; allowed: "{said}-18:00" or "{said} for 2 hours"'
        )


def _lasting(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "for 2 hours" from now on, or "saturday 10:00 for 2 hours"."""
    found = _FOR.fullmatch(said)
    if found is None:
        return None
    try:
        duration = parse_duration(found["duration"])
    except ValueError as error:
        raise ValueError(f'in "{said}": {error}; allowed: a duration such as "2 hours"') from None
    if duration <= timedelta(0):
        raise ValueError(f'"{said}" lasts no time; allowed: a duration such as "2 hours"')
    start = now if found["time"] is None else _point(said, found["day"], found["time"], now)
    return SpokenHours(start, start.replace(fold=0) + duration, zone, duration)


def _part(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "tomorrow afternoon", "this evening", "tonight"."""
    found = _PART.fullmatch("today evening" if said == "tonight" else said)
    if found is None:
        if re.search(r"\bnight$", said):
            raise ValueError(f'"{said}" lies in two days; allowed: times such as "today 22:00-06:00"')
        return None
    name = found["day"] or ""
    day = now.date() if name == "this" else _one_day(said, name, now)
    return _on(day, PARTS_OF_DAY[found["part"]], zone)


def _until_point(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "until friday 18:00", from now on."""
    found = _UNTIL_POINT.fullmatch(said)
    if found is None:
        if re.match(r"(until|till) ", said) and parse_days(said.split(" ", 1)[1], now.date()) is not None:
            day = said.split(" ", 1)[1]
            raise ValueError(
                f'"{said}" leaves open whether that day is meant too; allowed: "until {day} 00:00" or '
                f'"until {day} 24:00"'
            )
        return None
    end = _point(said, found["day"], found["time"], now, ends=True)
    return _reaching(said, now, end, zone)


def _window(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "saturday 10:00-12:00", "today from 10 to 12"; without a day it is today."""
    found = _WINDOW.fullmatch(said)
    if found is None:
        return None
    if is_month(found["day"] or ""):
        raise ValueError(
            f'"{said}" could be days or hours; allowed: "dec 24 to dec 26", or "dec 24 10:00-12:00"'
        )
    window = parse_window(found["window"])
    return _on(_one_day(said, found["day"] or "today", now), window, zone)


def _open_ended(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "today from 15:00", to the end of the day; "until 18:00", from now or the day's beginning on."""
    found = _FROM.fullmatch(said)
    if found is None:
        return None
    day = _one_day(said, found["day"] or "today", now)
    if found["word"] in ("from", "after", "since"):
        if found["time"] in ("24:00", "24"):
            raise ValueError(f'"{said}" begins when the day ends; allowed: the next day')
        start = datetime.combine(day, parse_time(found["time"]))
        return SpokenHours(start, _midnight(day + _DAY), zone)
    end = _at(day, found["time"], ends=True)
    if day == now.date() and end <= now:
        raise ValueError(
            f'"{said}" is over (it is {now:%H:%M}); allowed: a later time, or "tomorrow" before it'
        )
    return _reaching(said, now if day == now.date() else _midnight(day), end, zone)


def _points(said: str, now: datetime, zone: str) -> SpokenHours | None:
    """ "2026-12-24 10:00 to 2026-12-26 12:00"."""
    found = _POINTS.fullmatch(said)
    if found is None:
        return None
    start = _point(said, found["day"], found["time"], now)
    try:
        span = parse_days(f"{start.date()} to {found['end_day']}", now.date())
    except ValueError:
        # The same day again is no range of days, but may well be one of times.
        span = parse_days(found["end_day"], now.date())
    if span is None:
        raise _no_day(said, found["end_day"])
    return _reaching(said, start, _at(span.last, found["end_time"], ends=True), zone)


def _reaching(said: str, start: datetime, end: datetime, zone: str) -> SpokenHours:
    """The span. Raises ValueError, with a sentence, where it is reversed."""
    if end <= start:
        raise ValueError(f'"{said}" ends before it starts; allowed: the earlier time first')
    return SpokenHours(start, end, zone)


def _on(day: date, window: ClockWindow, zone: str) -> SpokenHours:
    """A window that begins on a day."""
    start, end = window.minutes
    return SpokenHours(
        _midnight(day) + timedelta(minutes=start), _midnight(day) + timedelta(minutes=end), zone
    )


def _point(said: str, day: str | None, clock: str, now: datetime, *, ends: bool = False) -> datetime:
    """A time on a named day."""
    return _at(_one_day(said, day or "today", now), clock, ends=ends)


def _at(day: date, clock: str, *, ends: bool) -> datetime:
    """A time on a day; "24:00" and "midnight" as an end are the day's end."""
    if ends and clock in ("24:00", "24", "midnight"):
        return _midnight(day + _DAY)
    return datetime.combine(day, parse_time(clock))


def _one_day(said: str, name: str, now: datetime) -> date:
    """The one day of that name. Raises ValueError where it is none, or several."""
    span = parse_days(name.strip(" ,").removeprefix("on "), now.date()) if name else None
    if span is None:
        raise _no_day(said, name)
    if span.first != span.last:
        raise ValueError(
            f'"{said}" means hours on several days; allowed: one command for each day, such as '
            f'"{span.first} 10:00-12:00"'
        )
    return span.first


def _no_day(said: str, name: str) -> ValueError:
    problem = f'"{name}" is not a day' if name else f'"{said}" names no day'
    return ValueError(f"{problem}; allowed: {ALLOWED_SPOKEN}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0))


def _day(day: date) -> str:
    """A day in words, with its weekday and year: "Saturday 28 November 2026"."""
    weekday, month = DAY_NAMES[day.weekday()], MONTH_NAMES[day.month - 1]
    return f"{weekday.capitalize()} {day.day} {month.capitalize()} {day.year}"
