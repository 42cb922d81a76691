"""Windows of wall-clock time within a day ("09:00-12:30"), as text and as values."""

import re
from dataclasses import dataclass
from datetime import time

_TIME = r"(?:\d{1,2}(?::\d{2})?\s*(?:am|pm)?|noon|midnight)"
#: A wall-clock time and a window, for grammars that contain them.
TIME_PATTERN = rf"(?:{_TIME})(?![\w:])"
WINDOW_PATTERN = rf"{TIME_PATTERN}\s*(?:-|to|until)\s*{TIME_PATTERN}"

ALLOWED_TIME = 'a time from "00:00" to "24:00", such as "9:30", "14:00" or "2 pm"'
ALLOWED_WINDOW = 'a window such as "09:00-12:30", or "22:00-02:00" over midnight'

_PARTS = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(am|pm)?")
_WINDOW = re.compile(rf"({TIME_PATTERN})\s*(?:-|to|until)\s*({TIME_PATTERN})")
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True, order=True)
class ClockWindow:
    """From `start` to `end` (excluded) by the clock on the wall; it belongs to the day it begins on.

    An `end` at or before `start` lies on the next day, so that midnight as an end is the day's end:
    22:00 to 02:00 goes over midnight, 18:00 to 00:00 ends with the day, 00:00 to 00:00 is a whole day.
    Raises ValueError where both are the same time but midnight.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse a window of no length, which would be taken for a whole day."""
        if self.start == self.end != _MIDNIGHT:
            raise ValueError("a window ends at another time than it starts")

    @property
    def ends_next_day(self) -> bool:
        """Whether the end lies on the next day; its first instant, midnight, counts as that."""
        return self.end <= self.start

    @property
    def minutes(self) -> tuple[int, int]:
        """Start and end in minutes of the clock since the day's midnight; the end may be above 1440."""
        end = _minutes(self.end) + (1440 if self.ends_next_day else 0)
        return _minutes(self.start), end


def plain(text: str) -> str:
    """The text in lower case, with plain hyphens and single spaces."""
    return " ".join(re.sub("[\u2010-\u2015\u2212]", "-", text.lower()).split())


def parse_time(text: str) -> time:
    """The time of day; "24:00" and "midnight" are time(0). Raises ValueError with a sentence."""
    return _time(plain(text))[0]


def parse_window(text: str) -> ClockWindow:
    """One window. Raises ValueError with a sentence that names the piece and what is allowed."""
    found = _WINDOW.fullmatch(plain(text))
    if found is None:
        raise ValueError(f'"{text.strip()}" is not understood; allowed: {ALLOWED_WINDOW}')
    (start, starts_at_24), (end, ends_at_24) = _time(found[1]), _time(found[2])
    if starts_at_24 and found[1] != "midnight":
        raise ValueError(f'"{text.strip()}" starts at 24:00; allowed: 24:00 as an end, 00:00 as a start')
    if start == end and not ends_at_24:
        raise ValueError(f'"{text.strip()}" ends when it starts; allowed: {ALLOWED_WINDOW}')
    _refuse_half_days(text.strip(), found[1], found[2], ClockWindow(start, end))
    return ClockWindow(start, end)


def format_window(window: ClockWindow) -> str:
    """The window as text, with "24:00" for the end of the day: "18:00-24:00"."""
    return f"{window.start:%H:%M}-{format_end(window.end)}"


def format_end(end: time) -> str:
    """An end as text, with "24:00" for midnight."""
    return "24:00" if end == _MIDNIGHT else f"{end:%H:%M}"


def _time(text: str) -> tuple[time, bool]:
    """The time, and whether it was written as the end of a day."""
    if text in ("noon", "midnight"):
        return time(12 if text == "noon" else 0), text == "midnight"
    found = _PARTS.fullmatch(text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    half = found[3] if found else None
    if half is not None:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    if (hour, minute) == (24, 0):
        return _MIDNIGHT, True
    if hour > 23 or minute > 59:
        raise ValueError(f'"{text}" is not a time of day; allowed: {ALLOWED_TIME}')
    return time(hour, minute), False


def _refuse_half_days(text: str, start: str, end: str, window: ClockWindow) -> None:
    """Refuse "9-5" and "1-5 pm", of which nobody can tell which half of the day is meant."""
    halves = [clock[-2:] in ("am", "pm") for clock in (start, end)]
    named = [half or clock in ("noon", "midnight") for half, clock in zip(halves, (start, end), strict=True)]
    if any(halves) and not all(named):
        raise ValueError(f'"{text}" says am or pm only once; allowed: both, or neither such as "13:00-17:00"')
    short = re.match(r"[1-9](?!\d)", end) is not None
    if short and not any(named) and window.ends_next_day and window.start.hour <= 12:
        afternoon = f"{window.end.hour + 12}:{window.end.minute:02}"
        raise ValueError(
            f'"{text}" would last until {window.end:%H:%M} of the next day; allowed: '
            f'"{window.start:%H:%M}-{afternoon}" for the afternoon, '
            f'or "{window.start:%H:%M}-{window.end:%H:%M}" if the night is meant'
        )


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
