"""Graph's JSON as the program's values. Pure: nothing here asks anybody."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from boundary_plugins import (
    RESPONSE_HEADER,
    UNKNOWN,
    AbsenceKind,
    BusyType,
    CalendarPeriod,
    Headers,
    Interval,
    SentMessage,
    SubjectMessage,
    TimeMark,
    Unknown,
    day_start,
    marked_minutes,
    zone_by_name,
)

Json = Mapping[str, Any]

#: Properties that hold header fields of a message ([MS-OXPROPS], PS_INTERNET_HEADERS).
_INTERNET_HEADERS = "{00020386-0000-0000-C000-000000000046}"
RESPONSE_PROPERTY = f"String {_INTERNET_HEADERS} Name {RESPONSE_HEADER}"
#: What marks events that this program made; the value is always the same.
OWN_PROPERTY = "String {8c2f1f0e-6a0f-4f57-9a8b-5b6f5f1d7c11} Name BoundaryPlugins"
OWN_VALUE = "published"
#: An event's transactionId begins so where this program made it; a calendar tells it without being asked.
OWN_TRANSACTION = "boundary-plugins-"

_FRACTION = re.compile(r"\.(\d+)")
_FOLD = re.compile(r"\r?\n[ \t]+|\r?\n")
_MEETINGS = ("#microsoft.graph.eventMessage",)
_BUSY = {
    "tentative": (AbsenceKind.BUSY, BusyType.TENTATIVE),
    "busy": (AbsenceKind.BUSY, BusyType.BUSY),
    "oof": (AbsenceKind.OUT_OF_OFFICE, BusyType.BUSY),
    "unknown": (AbsenceKind.BUSY, BusyType.BUSY),
}


def instant(text: str) -> datetime:
    """An instant as Graph writes it, with up to twelve digits of a second. Raises ValueError."""
    found = datetime.fromisoformat(_FRACTION.sub(lambda digits: f".{digits[1][:6]:0<6}", text, count=1))
    if found.tzinfo is None:
        raise ValueError("an instant names its offset")
    return found.astimezone(UTC)


def zoned_instant(value: Json) -> datetime | None:
    """The instant of a dateTimeTimeZone; None where it names no zone, or one that nobody knows."""
    zone = zone_by_name(str(value.get("timeZone") or "?"))
    if zone is None:
        return None
    try:
        naive = datetime.fromisoformat(str(value["dateTime"])[:19])
    except (KeyError, ValueError):
        return None
    return naive.replace(tzinfo=zone).astimezone(UTC)


def utc_moment(at: datetime) -> dict[str, str]:
    """An instant as a dateTimeTimeZone, whose zone is always declared."""
    return {"dateTime": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}", "timeZone": "UTC"}


def headers_of(fields: Iterable[Json]) -> Headers | None:
    """The header fields of a message, unfolded; None where there are none."""
    found: dict[str, tuple[str, ...]] = {}
    for each in fields:
        name, value = str(each.get("name") or "").strip().lower(), str(each.get("value") or "")
        if name:
            found[name] = (*found.get(name, ()), _FOLD.sub(" ", value).strip(" \t"))
    return Headers(found) if found else None


def subject_message(item: Json, provider_id: str, *, junk_folder: str) -> SubjectMessage:
    """The facts of a received message; `junk_folder` is the id of the folder with what is taken for spam.

    Exchange keeps a meeting request as a kind of its own; whether an invitation hangs on an ordinary
    message as a file is not looked at. Raises ValueError where it has no instant of arrival.
    """
    kind = str(item.get("@odata.type") or "")
    return SubjectMessage(
        provider_id,
        instant(str(item.get("receivedDateTime"))),
        headers_of(item.get("internetMessageHeaders") or ()),
        spam=item.get("parentFolderId") == junk_folder,
        calendar_method=True if kind.startswith(_MEETINGS) else _no_file_hangs_on(item),
    )


def _no_file_hangs_on(item: Json) -> bool | Unknown:
    """False where a message has no attachment, else unknown what it is."""
    return False if item.get("hasAttachments") is False else UNKNOWN


def sent_message(item: Json, response_id: str | None) -> SentMessage | None:
    """A message among the sent ones; None where so little is told of it that nothing new can be meant."""
    names = ("toRecipients", "ccRecipients", "bccRecipients")
    if "sentDateTime" not in item or not any(name in item for name in names):
        return None
    people = (person for name in names for person in item.get(name) or ())
    addresses = (str((person.get("emailAddress") or {}).get("address") or "") for person in people)
    recipients = dict.fromkeys(address for address in addresses if "@" in address)
    return SentMessage(str(item["id"]), tuple(recipients), instant(str(item["sentDateTime"])), response_id)


def response_id_of(item: Json | None) -> str | None:
    """The id of the response that a sent message is, by its extended property."""
    for each in (item or {}).get("singleValueExtendedProperties") or ():
        # Graph writes the identifier in small letters or capitals as it likes.
        if str(each.get("id")).lower() == RESPONSE_PROPERTY.lower():
            return str(each.get("value") or "").strip() or None
    return None


def response_id_in(fields: Headers | None) -> str | None:
    """The id of the response that a sent message is, by its own header."""
    value = fields.first(RESPONSE_HEADER.lower()) if fields else None
    return value.strip() or None if isinstance(value, str) else None


def time_mark(item: Json) -> TimeMark | None:
    """The time that a message is marked with; None where nothing is told of its categories."""
    if "categories" not in item:
        return None
    return TimeMark(str(item["id"]), marked_minutes(map(str, item["categories"] or ())))


def period_of(event: Json, zone: str) -> CalendarPeriod | None:
    """What an event means for the hours; None where it is nothing, or one of ours. Raises ValueError.

    Private events are read as any other: nothing of their text is. Free time and work elsewhere keep
    nobody away, as in Outlook's own free and busy.
    """
    meaning = _BUSY.get(str(event.get("showAs") or "busy"))
    if meaning is None or event.get("isCancelled") or event.get("type") == "seriesMaster" or is_own(event):
        return None
    if (event.get("responseStatus") or {}).get("response") == "declined":
        return None
    start, end = event["start"], event["end"]
    all_day = bool(event.get("isAllDay"))
    if all_day:
        # A whole day belongs to no zone: it is the therapist's own.
        first, last = (_day(each, zone) for each in (start, end))
    else:
        first, last = (_moment(each) for each in (start, end))
    if last <= first:
        return None
    kind, busy_type = meaning
    return CalendarPeriod(Interval(first, last), kind, busy_type, all_day)


def is_own(event: Json) -> bool:
    """Whether this program made an event."""
    return str(event.get("transactionId") or "").startswith(OWN_TRANSACTION)


def _day(value: Json, zone: str) -> datetime:
    """When the day of a dateTimeTimeZone begins in `zone`."""
    return day_start(datetime.fromisoformat(str(value["dateTime"])[:19]).date(), zone)


def _moment(value: Json) -> datetime:
    """The instant of a dateTimeTimeZone. Raises ValueError for a zone that nobody knows."""
    found = zoned_instant(value)
    if found is None:
        raise ValueError("no known time zone")
    return found


def completed(events: Sequence[Json]) -> list[Json]:
    """Events of a delta, in which an occurrence has what its series says and it does not itself."""
    masters = {str(event["id"]): event for event in events if event.get("type") == "seriesMaster"}
    return [{**masters.get(str(event.get("seriesMasterId")), {}), **event} for event in events]
