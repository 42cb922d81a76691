"""Google's events as times that mean something: single ones at once, series as the lines of iCalendar they are."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from boundary_plugins import (
    AbsenceKind,
    BusyType,
    CalendarPeriod,
    Interval,
    day_start,
    is_iana_zone,
)

Json = dict[str, Any]
Meaning = tuple[AbsenceKind, BusyType]

#: What an event's id begins with that this program made (letters of base32hex, as Google wants them).
OWN_IDS = "boundar"
#: The kinds of event that take no time, whatever they say: where one works, and whose birthday it is.
_NO_TIME = frozenset({"workingLocation", "birthday"})
_UNDECIDED = frozenset({"needsAction", "tentative"})
_RULES = ("RRULE", "EXRULE", "RDATE", "EXDATE")


class UnreadableEventError(ValueError):
    """An event cannot be understood; the text is a phrase for a person, without any of the event's."""


@dataclass(frozen=True, slots=True)
class Series:
    """An event that recurs, or what was changed of one, as a calendar in iCalendar (RFC 5545) without words."""

    name: str
    text: bytes


def is_own(event: Mapping[str, Any]) -> bool:
    """Whether this program made it, by publishing."""
    return str(event.get("id", "")).startswith(OWN_IDS)


def series_id(event: Mapping[str, Any]) -> str:
    """What all parts of a series have in common; a single event is a series of its own."""
    return str(event.get("recurringEventId") or event["id"])


def name_of(series: str) -> str:
    """What an event is called where it cannot be read; an id may hold what a person wrote."""
    return f"event {hashlib.sha256(series.encode()).hexdigest()[:12]}"


def single_period(event: Mapping[str, Any], zone: str, *, any_counts: bool) -> CalendarPeriod | None:
    """When an event is that takes place once, and what it means; None where it takes no time.

    `zone` is the calendar's, in which whole days are meant. With `any_counts` one that is marked free counts,
    too. Raises UnreadableEventError.
    """
    found = _meaning(event, any_counts=any_counts)
    if found is None:
        return None
    kind, busy_type = found
    start, end = (_instant(event.get(name), zone) for name in ("start", "end"))
    if end <= start:
        return None
    return CalendarPeriod(Interval(start, end), kind, busy_type, all_day="date" in event["start"])


def series_of(series: str, events: Iterable[Mapping[str, Any]], zone: str, *, any_counts: bool) -> Series:
    """The parts of one series as a calendar. Raises UnreadableEventError."""
    parts = sorted(events, key=lambda event: str(event["id"]))
    lines = [line for event in parts for line in _lines(event, zone, any_counts=any_counts)]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:Google", *lines, "END:VCALENDAR", ""]
    return Series(name_of(series), "\r\n".join(whole).encode())


def _meaning(event: Mapping[str, Any], *, any_counts: bool) -> Meaning | None:
    """What an event means, told by its marks alone; None where it takes no time.

    Out of office counts also where it is marked free; what one declined never does, and what one has not
    answered yet counts as tentative.
    """
    answer = next(
        (str(each.get("responseStatus")) for each in event.get("attendees", ()) if each.get("self")), ""
    )
    kind = event.get("eventType", "default")
    if event.get("status") == "cancelled" or answer == "declined" or kind in _NO_TIME:
        return None
    is_tentative = event.get("status") == "tentative" or answer in _UNDECIDED
    busy_type = BusyType.TENTATIVE if is_tentative else BusyType.BUSY
    if kind == "outOfOffice":
        return AbsenceKind.OUT_OF_OFFICE, busy_type
    if event.get("transparency") == "transparent" and not any_counts:
        return None
    return AbsenceKind.BUSY, busy_type


def _lines(event: Mapping[str, Any], zone: str, *, any_counts: bool) -> Iterator[str]:
    """One part of a series as a VEVENT."""
    original = event.get("originalStartTime")
    start = event.get("start") or original
    yield "BEGIN:VEVENT"
    yield "UID:series"
    yield f"DTSTART{_time(start, zone)}"
    # A part that was cancelled comes without its times.
    if "end" in event:
        yield f"DTEND{_time(event['end'], zone)}"
    if original is not None:
        yield f"RECURRENCE-ID{_time(original, zone)}"
    yield from _rules(event.get("recurrence", ()))
    yield from _marks(_meaning(event, any_counts=any_counts))
    yield "END:VEVENT"


def _rules(recurrence: Iterable[object]) -> Iterator[str]:
    """The lines that say when it recurs, as Google has them."""
    for rule in map(str, recurrence):
        if rule.upper().startswith(_RULES) and rule.isprintable():
            yield rule


def _marks(meaning: Meaning | None) -> Iterator[str]:
    """What a part means, in the marks that the codec reads."""
    if meaning is None:
        # In the place of the occurrence that it replaces, it takes no time.
        yield "STATUS:CANCELLED"
        return
    kind, busy_type = meaning
    if busy_type is BusyType.TENTATIVE:
        yield "STATUS:TENTATIVE"
    if kind is AbsenceKind.OUT_OF_OFFICE:
        yield "X-MICROSOFT-CDO-BUSYSTATUS:OOF"


def _time(time: Mapping[str, Any] | None, zone: str) -> str:
    """A time by the clock of the series's own zone: it recurs by that one, whatever zone Google writes it in."""
    if time is not None and "date" in time:
        return f";VALUE=DATE:{_date(time):%Y%m%d}"
    at, own = _instant(time, zone), _zone_of(time, zone)
    return f";TZID={own}:{at.astimezone(ZoneInfo(own)):%Y%m%dT%H%M%S}"


def _instant(time: Mapping[str, Any] | None, zone: str) -> datetime:
    """An instant; a date is the start of its day in `zone`."""
    if time is not None and "date" in time:
        return day_start(_date(time), zone)
    try:
        at = datetime.fromisoformat(str((time or {}).get("dateTime")))
        if at.utcoffset() is None:
            at = at.replace(tzinfo=ZoneInfo(_zone_of(time, zone)))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UnreadableEventError("its time cannot be read") from None


def _date(time: Mapping[str, Any]) -> date:
    """A day."""
    try:
        return date.fromisoformat(str(time["date"]))
    except ValueError:
        raise UnreadableEventError("its day cannot be read") from None


def _zone_of(time: Mapping[str, Any] | None, zone: str) -> str:
    """The zone that a time names, else the calendar's."""
    named = str((time or {}).get("timeZone") or zone)
    return named if is_iana_zone(named) else zone
