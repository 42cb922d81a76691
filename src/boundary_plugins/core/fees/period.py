"""By what contacts are put together: each by itself, or by the day, week or month in the practice's zone."""

from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from boundary_plugins.core.wall_clock_time import day_start


class Period(Enum):
    """The unit in which time is added up, and over which free minutes reach."""

    CONTACT = "contact"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


#: How long each reaches, for comparing two of them.
LENGTH = {Period.CONTACT: 0, Period.DAY: 1, Period.WEEK: 2, Period.MONTH: 3}


def local_day(at: datetime, zone: str) -> date:
    """The day of an aware instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def period_key(period: Period, number: int, day: date) -> str:
    """The period that a contact falls in, as a text: "contact 17", "2026-11-24", "2026-W48", "2026-11"."""
    if period is Period.CONTACT:
        return f"contact {number}"
    if period is Period.WEEK:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat() if period is Period.DAY else f"{day:%Y-%m}"


@lru_cache(maxsize=512)
def period_end(period: Period, day: date, zone: str) -> datetime | None:
    """When the period of a day is over, in UTC; None for a contact by itself, which is over at once."""
    if period is Period.CONTACT:
        return None
    if period is Period.DAY:
        after = day + timedelta(days=1)
    elif period is Period.WEEK:
        after = day + timedelta(days=7 - day.weekday())
    else:
        after = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return day_start(after, zone)
