"""The instant at which a message arrived, read from its Received and Date fields."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.headers import strip_comments
from boundary_plugins.core.message import Headers

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_LONGEST_DATE = 200
#: No mail came before, and none comes after: such a date is a mistake, and hours are not known then.
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_DATE = re.compile(
    r"(?:[A-Za-z]{3}, ?)?(\d{1,2}) ([A-Za-z]{3}) (\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)([0-5]\d)(?: ?\([^()]*\))?\s*\Z"
)


def arrival_instant(headers: Headers | None, *, trusted_hop: int = 0, fallback: datetime) -> datetime:
    """When a message arrived, aware and in UTC.

    The date of the trusted Received field (0 the topmost, which may be a fetcher's, hours late), else
    of Date, else `fallback` (aware; a file's time).
    """
    if headers is not None:
        received = headers.all("received")
        if received is not UNKNOWN and 0 <= trusted_hop < len(received):
            at = instant_of(received[trusted_hop].rpartition(";")[2])
            if at is not None:
                return at
        date = headers.first("date")
        if isinstance(date, str):
            at = instant_of(date)
            if at is not None:
                return at
    return fallback.astimezone(UTC)


def instant_of(value: str) -> datetime | None:
    """The instant of a date-time (RFC 5322, sections 3.3 and 4.3), None where it is none; never raises.

    A date on which no mail can have come (before 1970, from 2200) is none.
    """
    at = _any_instant_of(value)
    return at if at is not None and EARLIEST <= at < LATEST else None


def _any_instant_of(value: str) -> datetime | None:
    """The instant of a date-time in any year, None where it is none."""
    if len(value) > _LONGEST_DATE:
        return None
    found = _DATE.match(value.strip())
    try:
        if found is None:
            return _obsolete_instant(value)
        day, month, year, hour, minute, second, sign, zone_hours, zone_minutes = found.groups()
        local = datetime(
            int(year),
            _MONTHS[month.lower()],
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=UTC,
        )
        offset = timedelta(hours=int(zone_hours), minutes=int(zone_minutes))
        return local - offset if sign == "+" else local + offset
    except (ValueError, KeyError, OverflowError):
        return None


def _obsolete_instant(value: str) -> datetime | None:
    """Dates in forms that the standard library knows: named zones, two-digit years, comments anywhere."""
    try:
        at = parsedate_to_datetime(" ".join(strip_comments(value).split()).replace(" ,", ","))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
