"""The days ahead as rows for a person: each day's contact hours, and why a day is closed."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from boundary_plugins.core.availability import ContactHours, Window
from boundary_plugins.core.interval import Interval

Row = tuple[str, str, str]
Because = Callable[[Interval], Iterable[str]]


def week_rows(
    hours: ContactHours, at: datetime, zone: str, *, days: int = 7, because: Because | None = None
) -> list[Row]:
    """One row a day from the instant's own day on: the day, its hours, and why it is closed.

    `because` tells why for the day alone; without it everything that made the whole closed window is named.
    """
    here = ZoneInfo(zone)
    first = at.astimezone(here).date()
    return [_row(hours, first + timedelta(days=ahead), here, because) for ahead in range(days)]


def _row(hours: ContactHours, day: date, here: ZoneInfo, because: Because | None) -> Row:
    """A day's row; a window past midnight stands at the day on which it begins."""
    begun = [
        window
        for window in hours.windows
        if window.is_open and window.interval.start.astimezone(here).date() == day
    ]
    name = f"{day:%a %d %b}"
    if begun:
        return name, ", ".join(_span(window, here) for window in begun), ""
    noon = datetime.combine(day, time(12), here).astimezone(UTC)
    if because is None:
        return name, "closed", ", ".join(hours.window_at(noon).sources)
    return name, "closed", ", ".join(because(Interval(noon, noon + timedelta(minutes=1))))


def _span(window: Window, here: ZoneInfo) -> str:
    """The hours of a window: "09:00–12:30", and the day of its end where that is another one."""
    start, end = window.interval.start.astimezone(here), window.interval.end.astimezone(here)
    # A window that ends at midnight ends with its day.
    same = (end - timedelta(microseconds=1)).date() == start.date()
    return f"{start:%H:%M}–{end:%H:%M}" if same else f"{start:%H:%M}–{end:%a %H:%M}"
