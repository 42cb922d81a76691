"""The calendar of our Exchange: series with exceptions, which the server itself works out, and working hours."""

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from dateutil import tz
from dateutil.rrule import rrulestr

from servers.ews_items import Item, Mailbox, stamp


@dataclass(slots=True)
class Series:
    """A recurring master: wall-clock times in a zone of any kind, with what was moved (None: taken out).

    `rule` is an RRULE. `moved` has the original beginnings by the wall clock.
    """

    start: datetime
    length: timedelta
    rule: str
    zone: tzinfo
    status: str = "Busy"
    moved: dict[datetime, datetime | None] = field(default_factory=dict)

    def occurrences(self, number: int, start: datetime, end: datetime) -> Iterator[Item]:
        """The occurrences that touch an interval, as items."""
        rule = rrulestr(self.rule, dtstart=self.start)
        for index, wall in enumerate(
            rule.between(self.start, end.replace(tzinfo=None) + timedelta(2), inc=True)
        ):
            at = self.moved.get(wall, wall)
            if at is None:
                continue
            begins = at.replace(tzinfo=self.zone).astimezone(UTC)
            ends = begins + self.length
            if begins < end and ends > start:
                item_id = base64.b64encode(f"series/{number}/{index}".encode()).decode()
                kind = "Occurrence" if at == wall else "Exception"
                yield Item(item_id, "calendar", "CalendarItem", fields=entry(begins, ends, self.status, kind))


def custom_zone(standard: str, daylight: str) -> tzinfo:
    """A zone by rules of its own, as a VTIMEZONE has them: two pairs of an RRULE with offsets."""
    text = (
        "BEGIN:VTIMEZONE\r\nTZID:Custom\r\n"
        f"BEGIN:STANDARD\r\n{standard}\r\nEND:STANDARD\r\n"
        f"BEGIN:DAYLIGHT\r\n{daylight}\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )
    return tz.tzical(io.StringIO(text)).get("Custom")  # type: ignore[no-any-return]


def entry(start: datetime, end: datetime, status: str, kind: str = "Single", **fields: str) -> dict[str, str]:
    """The fields of an entry in the calendar."""
    return {
        "Subject": "Nobody else's business",
        "Start": stamp(start),
        "End": stamp(end),
        "LegacyFreeBusyStatus": status,
        "IsAllDayEvent": "false",
        "IsCancelled": "false",
        "CalendarItemType": kind,
        **fields,
    }


def view(mailbox: Mailbox, start: datetime, end: datetime) -> list[Item]:
    """Everything that touches an interval, in the order of time."""
    found = [
        item
        for item in mailbox.in_folder("calendar")
        if instant(item.fields["Start"]) < end and instant(item.fields["End"]) > start
    ]
    for number, series in enumerate(mailbox.series):
        found += series.occurrences(number, start, end)
    return sorted(found, key=lambda item: item.fields["Start"])


def instant(words: str) -> datetime:
    """An instant of EWS; without a zone it is in UTC."""
    at = datetime.fromisoformat(words)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def working_hours(
    bias: int, standard: tuple[Any, ...], daylight: tuple[Any, ...], *periods: tuple[str, int, int]
) -> str:
    """Working hours as Outlook's options hold them: a zone without a name, and periods of the week.

    A season is (bias, time, order, month, weekday) and perhaps a year.
    """

    def season(name: str, rule: tuple[Any, ...]) -> str:
        """One season's beginning."""
        names = ("Bias", "Time", "DayOrder", "Month", "DayOfWeek", "Year")
        inner = "".join(f"<{each}>{value}</{each}>" for each, value in zip(names, rule, strict=False))
        return f"<{name}>{inner}</{name}>"

    working = "".join(
        f"<WorkingPeriod><DayOfWeek>{days}</DayOfWeek><StartTimeInMinutes>{start}</StartTimeInMinutes>"
        f"<EndTimeInMinutes>{end}</EndTimeInMinutes></WorkingPeriod>"
        for days, start, end in periods
    )
    seasons = season("StandardTime", standard) + season("DaylightTime", daylight)
    return (
        f"<TimeZone><Bias>{bias}</Bias>{seasons}</TimeZone><WorkingPeriodArray>{working}</WorkingPeriodArray>"
    )
