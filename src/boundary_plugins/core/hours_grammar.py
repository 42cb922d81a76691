"""Weekly hours and the hours of one day: from the text of the configuration to rules, and back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from boundary_plugins.core.clock_window import ClockWindow, format_window, parse_window, plain

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

ALLOWED_WEEKLY = (
    'days and windows such as "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00", over midnight as in '
    '"fri 22:00-02:00", or "closed"'
)
ALLOWED_DAY_HOURS = 'windows such as "10:00-12:00, 14:00-15:00", or "closed"'

DayHours = tuple[ClockWindow, ...]
"""The windows that begin on one day, in order; none: closed."""

_CLOSED = "closed"
_SHORT_NAMES = {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_WHOLE_WEEK = ("daily", "every day", "each day")
#: A group of days ends where its first window, or "closed", begins.
_GROUP = re.compile(r"(?P<days>[^\d]*?)\s*(?P<windows>(?:\d|noon|midnight|closed).*)")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """The hours of each day, Monday first. Raises ValueError unless there are seven days."""

    days: tuple[DayHours, ...]

    def __post_init__(self) -> None:
        """Refuse a week that is none."""
        if len(self.days) != len(DAY_NAMES):
            raise ValueError("a week has seven days")


def parse_weekly(text: str) -> WeeklyHours:
    """The weekly hours that the text says: groups of days, separated by ";".

    Raises ValueError with a sentence that names the piece and what is allowed.
    """
    if not text.strip():
        raise ValueError(f"is empty; allowed: {ALLOWED_WEEKLY}")
    if plain(text) == _CLOSED:
        return WeeklyHours(((),) * 7)
    days: dict[int, DayHours] = {}
    for piece in plain(text).rstrip("; ").split(";"):
        named, hours = _group(piece.strip())
        for day in named:
            if day in days:
                raise ValueError(
                    f'"{piece.strip()}": {DAY_NAMES[day].capitalize()} stands here a second time; allowed: '
                    "each day once, with all its windows, separated by commas"
                )
            days[day] = hours
    week = WeeklyHours(tuple(days.get(day, ()) for day in range(7)))
    _refuse_overlap_of_days(week)
    return week


def format_weekly(week: WeeklyHours) -> str:
    """The text of weekly hours, in the shortest form: "mon-thu 09:00-12:30; fri 09:00-12:00"."""
    groups: dict[DayHours, list[int]] = {}
    for day, hours in enumerate(week.days):
        if hours:
            groups.setdefault(hours, []).append(day)
    texts = [f"{_format_days(days)} {format_day_hours(hours)}" for hours, days in groups.items()]
    return "; ".join(texts) or _CLOSED


def parse_day_hours(text: str) -> DayHours:
    """The windows of one day, sorted; none for "closed".

    Raises ValueError with a sentence that names the piece and what is allowed.
    """
    if not text.strip():
        raise ValueError(f"is empty; allowed: {ALLOWED_DAY_HOURS}")
    if plain(text) == _CLOSED:
        return ()
    pieces = [piece.strip() for piece in plain(text).split(",")]
    if "" in pieces:
        raise ValueError(f'"{text.strip()}" has a comma with no window; allowed: {ALLOWED_DAY_HOURS}')
    hours = tuple(sorted(parse_window(piece) for piece in pieces))
    for earlier, later in pairwise(hours):
        if later.minutes[0] < earlier.minutes[1]:
            raise ValueError(_overlap(format_window(earlier), format_window(later)))
    return hours


def format_day_hours(hours: Sequence[ClockWindow]) -> str:
    """The text of one day's hours: "10:00-12:00, 14:00-15:00", or "closed"."""
    return ", ".join(format_window(window) for window in hours) or _CLOSED


def weekday(name: str) -> int | None:
    """Which day the name means, in full or by its first two or three letters (0: Monday); None: no day."""
    name = name.strip().lower().removesuffix(".")
    if name in _SHORT_NAMES:
        return _SHORT_NAMES[name]
    found = [day for day, full in enumerate(DAY_NAMES) if name in (full, full[:2], full[:3])]
    return found[0] if found else None


def _group(piece: str) -> tuple[list[int], DayHours]:
    """The days and the hours of one group, "mon-thu 09:00-12:30, 13:30-17:00"."""
    found = _GROUP.fullmatch(piece)
    if found is None:
        raise ValueError(f'"{piece}" has no hours; allowed: {ALLOWED_WEEKLY}')
    if not found["days"].strip(" ,:"):
        raise ValueError(f'"{piece}" names no day; allowed: {ALLOWED_WEEKLY}')
    try:
        return _days(found["days"]), parse_day_hours(found["windows"])
    except ValueError as error:
        if piece in str(error):
            raise
        raise ValueError(f'in "{piece}": {error}') from None


def _days(text: str) -> list[int]:
    """The days of a list of days and ranges, "mon-wed, fri"; a range may go over the week's end."""
    text = text.strip(" ,:")
    if text in _WHOLE_WEEK:
        return list(range(7))
    days: list[int] = []
    for item in re.split(r"\s*,\s*|\s+and\s+", text):
        first, dash, last = item.partition("-")
        start = _day(first)
        end = _day(last) if dash else start
        days += [(start + ahead) % 7 for ahead in range((end - start) % 7 + 1)]
    for day in days:
        if days.count(day) > 1:
            raise ValueError(f'"{text}" names {DAY_NAMES[day].capitalize()} twice; allowed: each day once')
    return days


def _day(name: str) -> int:
    """The day of that name. Raises ValueError."""
    day = weekday(name)
    if day is None:
        raise ValueError(f'"{name.strip()}" is not a day; allowed: mon, tue, wed, thu, fri, sat, sun')
    return day


def _format_days(days: Iterable[int]) -> str:
    """Days as text, neighbours as a range: "mon-thu, sat"."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    texts = [
        f"{DAY_NAMES[run[0]][:3]}-{DAY_NAMES[run[-1]][:3]}" if len(run) > 1 else DAY_NAMES[run[0]][:3]
        for run in runs
    ]
    return ", ".join(texts)


def _refuse_overlap_of_days(week: WeeklyHours) -> None:
    """Refuse a last window that goes over midnight and into the next day's first."""
    for day, hours in enumerate(week.days):
        following = week.days[(day + 1) % 7]
        if hours and following and hours[-1].minutes[1] - _DAY_MINUTES > following[0].minutes[0]:
            one = f"{DAY_NAMES[day][:3]} {format_window(hours[-1])}"
            other = f"{DAY_NAMES[(day + 1) % 7][:3]} {format_window(following[0])}"
            raise ValueError(_overlap(one, other))


def _overlap(one: str, other: str) -> str:
    return f'"{one}" and "{other}" overlap; allowed: windows of which none begins before the last one ended'
