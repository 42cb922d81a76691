"""Times as people type them at a terminal, understood in the practice's zone and said back."""

import re
from datetime import UTC, date, datetime, time, timedelta

from boundary_plugins.availability_sources.local_time import instant, interval_of, wall_clock
from boundary_plugins.core.clock_window import TIME_PATTERN, parse_time, plain
from boundary_plugins.core.durations import parse_duration
from boundary_plugins.core.hours_grammar import DAY_NAMES, weekday
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.spoken_days import MONTH_NAMES
from boundary_plugins.core.spoken_hours import parse_spoken
from boundary_plugins.errors import UsageProblem

ALLOWED_MOMENT = (
    '"now", "20 minutes ago", "17:00", "yesterday 17:00", "monday 17:00", "2026-11-23 17:00" '
    'or an instant such as "2026-11-23T17:00:00-05:00"'
)
ALLOWED_SINCE = '"7 days", "yesterday", "monday", "2026-11-01" or "2026-11-01 17:00"'

_DAY = timedelta(days=1)
_AGO = re.compile(r"(?P<duration>.+) ago")
_POINT = re.compile(rf"(?:(?:on )?(?P<day>.+?)(?:, ?| at | |t))?(?P<time>{TIME_PATTERN})")
_WITH_OFFSET = re.compile(r"\d{4}-\d{2}-\d{2}[t ]\d{2}:\d{2}.*(z|[+-]\d{2}:?\d{2})")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECONDS = re.compile(r"(\d{4}-\d{2}-\d{2})[t ](\d{2}:\d{2}):\d{2}")


def understood(text: str, at: datetime, zone: str) -> Interval:
    """The hours to come that somebody typed at the instant `at`. Raises UsageProblem with what is allowed."""
    try:
        return interval_of(parse_spoken(text, wall_clock(at, zone), zone))
    except (ValueError, OverflowError) as error:
        raise UsageProblem(f"{error}; nothing was changed") from None


def understood_moment(text: str, at: datetime, zone: str) -> datetime:
    """The past moment that somebody typed at the instant `at`.

    Raises UsageProblem with what is allowed for what is not understood, is still to come, or was shown
    twice or never by the clocks of the zone.
    """
    said = plain(text).removeprefix("at ").strip()
    moment = at if said == "now" else _ago(said, at) or _with_offset(said) or _wall_moment(said, at, zone)
    if moment is None:
        raise UsageProblem(f'"{text}" is not understood; allowed: {ALLOWED_MOMENT}')
    if moment > at:
        raise UsageProblem(
            f'"{text}" means {moment_text(moment, zone)}, which is still to come; allowed: {ALLOWED_MOMENT}'
        )
    return moment


def past_day(text: str, at: datetime, zone: str) -> date | None:
    """Today or a day before it, without a time ("yesterday", "monday", "2026-11-01"); None for anything else.

    Raises UsageProblem for a day that is in no calendar, and for the weekday that is today.
    """
    return _past_day(plain(text).removeprefix("on "), wall_clock(at, zone).date())


def understood_since(text: str, at: datetime, zone: str) -> datetime:
    """Since when: a past moment, the beginning of a day, or a time ago ("7 days"). Raises UsageProblem."""
    said = plain(text)
    day = past_day(text, at, zone)
    moment = _back(said, at) or (instant(datetime.combine(day, time(0)), zone) if day else None)
    if moment is not None:
        return moment
    try:
        return understood_moment(text, at, zone)
    except UsageProblem as error:
        if "is not understood" in str(error):
            raise UsageProblem(f'"{text}" is not understood; allowed: {ALLOWED_SINCE}') from None
        raise


def moment_text(at: datetime, zone: str) -> str:
    """An instant said back: "Monday 23 November 2026, 17:00 (America/New_York)"."""
    here = wall_clock(at, zone)
    weekday_name, month = DAY_NAMES[here.weekday()], MONTH_NAMES[here.month - 1]
    return f"{weekday_name.capitalize()} {here.day} {month.capitalize()} {here.year}, {here:%H:%M} ({zone})"


def _ago(said: str, at: datetime) -> datetime | None:
    """ "20 minutes ago"."""
    found = _AGO.fullmatch(said)
    return _back(found["duration"], at) if found else None


def _back(duration: str, at: datetime) -> datetime | None:
    """The instant so long before; None where the text is no duration or reaches back too far."""
    try:
        return at - parse_duration(duration)
    except (ValueError, OverflowError):
        return None


def _with_offset(said: str) -> datetime | None:
    """An instant that tells its own offset."""
    if not _WITH_OFFSET.fullmatch(said):
        return None
    try:
        return datetime.fromisoformat(said.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _wall_moment(said: str, at: datetime, zone: str) -> datetime | None:
    """ "yesterday 17:00": a time on a past day, or today, by the clock on the wall."""
    seconds = _SECONDS.fullmatch(said)
    found = _POINT.fullmatch(f"{seconds[1]} {seconds[2]}" if seconds else said)
    if found is None:
        return None
    today = wall_clock(at, zone).date()
    day = _past_day(found["day"], today) if found["day"] else today
    if day is None:
        return None
    try:
        local = datetime.combine(day, parse_time(found["time"]))
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    return _only_instant(local, zone)


def _only_instant(local: datetime, zone: str) -> datetime:
    """The one instant of a wall-clock time. Raises UsageProblem where the clocks showed it twice or never."""
    first, second = instant(local, zone), instant(local.replace(fold=1), zone)
    if first != second and wall_clock(first, zone).replace(fold=0) == local:
        choices = " or ".join(f'"{_local(each, zone)}"' for each in (first, second))
        raise UsageProblem(f"the clocks showed {local:%Y-%m-%d %H:%M} twice; allowed: {choices}")
    if wall_clock(first, zone) != local:
        raise UsageProblem(f"the clocks never showed {local:%Y-%m-%d %H:%M}: they went forward then")
    return first


def _local(at: datetime, zone: str) -> str:
    """An instant with the offset of the zone: "2026-11-01T01:30-04:00"."""
    offset = wall_clock(at, zone) - at.replace(tzinfo=None)
    sign = "-" if offset < timedelta(0) else "+"
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    return f"{wall_clock(at, zone):%Y-%m-%dT%H:%M}{sign}{hours:02}:{minutes:02}"


def _past_day(said: str, today: date) -> date | None:
    """Today or a day before it; None where the text is no such day.

    A weekday is the last one that was; raises UsageProblem where today is one of that name.
    """
    if said in ("today", "yesterday"):
        return today - _DAY * (said == "yesterday")
    if _ISO_DAY.fullmatch(said):
        try:
            return date.fromisoformat(said)
        except ValueError:
            raise UsageProblem(f'there is no day "{said}" in the calendar') from None
    named = weekday(said.removeprefix("on "))
    if named is None:
        return None
    back = (today.weekday() - named) % 7
    if back == 0:
        shown = DAY_NAMES[named].capitalize()
        raise UsageProblem(f'today is {shown}; allowed: "today", or "{today - 7 * _DAY}" for a week ago')
    return today - back * _DAY
