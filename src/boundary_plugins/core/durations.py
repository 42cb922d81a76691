"""Durations as people write them ("2 minutes", "1 hour 30 minutes"): to values and back."""

import re
from datetime import timedelta

_UNITS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_SHORT = {
    "s": "second",
    "sec": "second",
    "m": "minute",
    "min": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
}
_MINUTES = re.compile(r"\d{1,5}(?:[.,]\d{1,2})?")
_PART = re.compile(r"\s*(\d{1,6})\s*([a-z]+)\s*,?")

ALLOWED_DURATION = 'a duration such as "90 seconds", "2 minutes", "1 hour 30 minutes", "7 days" or "2 weeks"'


def parse_duration(text: object) -> timedelta:
    """The duration that the text says. Raises ValueError with a sentence."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str):
        raise ValueError("must be a text in quotes")
    total, at = timedelta(0), 0
    for part in _PART.finditer(text.lower()):
        unit = _SHORT.get(part[2], part[2].removesuffix("s"))
        if part.start() != at or unit not in _UNITS:
            break
        total, at = total + int(part[1]) * _UNITS[unit], part.end()
    if not text.strip() or at != len(text):
        raise ValueError(f'"{text}" is not a duration')
    return total


def parse_minutes(text: str) -> timedelta:
    """Working time as people say it, in whole seconds: "12" and "12.5" are minutes, "1h 5m" says its units.

    Raises ValueError with a sentence.
    """
    said = text.strip()
    if not _MINUTES.fullmatch(said):
        return parse_duration(said)
    return timedelta(seconds=round(float(said.replace(",", ".")) * 60))


def format_duration(duration: timedelta) -> str:
    """The duration in words, largest units first: "1 hour 30 minutes". Whole seconds."""
    left, words = int(duration.total_seconds()), []
    for name, seconds in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, left = divmod(left, seconds)
        if count:
            words.append(f"{count} {name}" + ("s" if count != 1 else ""))
    return " ".join(words) or "0 seconds"
