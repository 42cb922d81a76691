"""The calls of the Google Calendar API (v3) that read and write events, over calendars that are a state."""

import re
from collections.abc import Callable

from servers.discovery import Json
from servers.google_account import Account, ApiError, Exchange
from servers.google_diary import Diary, instant

#: An id as Google takes it from a program: base32hex, 5 to 1024 letters.
_ID = re.compile(r"[a-v0-9]{5,1024}")
#: What may not be asked together with a place.
_NOT_WITH_PLACE = frozenset(
    {"iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty"}
    | {"timeMin", "timeMax", "updatedMin"}
)
_WRITERS = ("owner", "writer", "writerWithoutPrivateAccess")


def diaries(account: Account) -> dict[str, Diary]:
    """The calendars of an account, by their ids; "primary" is its own."""
    kept = account.parts.setdefault("calendar", {"primary": Diary()})
    assert isinstance(kept, dict)
    return kept


def _diary(exchange: Exchange, *, writes: bool = False) -> Diary:
    """The calendar that is meant. Raises ApiError."""
    found = diaries(exchange.account).get(exchange.parameters["calendarId"])
    if found is None:
        raise ApiError(404, "notFound", "Not Found")
    if writes and found.role not in _WRITERS:
        raise ApiError(403, "requiredAccessLevel", "You need to have writer access to this calendar.")
    if writes and found.meanwhile is not None:
        act, found.meanwhile = found.meanwhile, None
        act()
    return found


def _list(exchange: Exchange) -> Json:
    asked, diary = exchange.parameters, _diary(exchange)
    if "syncToken" in asked:
        found = _since(asked, diary)
    else:
        found = [each for each in diary.there() if _matches(each, asked.get("privateExtendedProperty", ()))]
    size = min(asked.get("maxResults", 250), diary.page)
    start = int(asked.get("pageToken", "0"))
    is_last = start + size >= len(found)
    following = {"nextSyncToken": f"place{diary.number}"} if is_last else {"nextPageToken": str(start + size)}
    shown = [_with_one_guest(diary.shown(each), asked) for each in found[start : start + size]]
    return {"items": shown, "timeZone": diary.zone, "accessRole": diary.role} | following


def _since(asked: Json, diary: Diary) -> list[Json]:
    """What changed since a place. Raises ApiError."""
    if _NOT_WITH_PLACE & asked.keys():
        raise ApiError(
            400, "syncTokenWithRequestRestrictions", "Sync token cannot be used with restrictions."
        )
    place = int(asked["syncToken"].removeprefix("place"))
    if place < diary.oldest:
        raise ApiError(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.")
    return diary.since(place)


def _matches(event: Json, wanted: list[str]) -> bool:
    """Whether an event has the private properties that are wanted ("name=value")."""
    private = event.get("extendedProperties", {}).get("private", {})
    return all(private.get(name) == value for name, _, value in (each.partition("=") for each in wanted))


def _with_one_guest(event: Json, asked: Json) -> Json:
    """An event with no more guests than are wanted: where there are more, the account itself alone."""
    guests = event.get("attendees", [])
    if len(guests) <= asked.get("maxAttendees", len(guests)):
        return event
    return {**event, "attendees": [each for each in guests if each.get("self")], "attendeesOmitted": True}


def _get(exchange: Exchange) -> Json:
    diary = _diary(exchange)
    return diary.shown(_event(diary, exchange))


def _insert(exchange: Exchange) -> Json:
    diary, body = _diary(exchange, writes=True), exchange.body
    if "id" in body and not _ID.fullmatch(body["id"]):
        raise ApiError(400, "invalid", "Invalid resource id value.")
    if body.get("id") in diary.events:
        raise ApiError(409, "duplicate", "The requested identifier already exists.")
    _check(diary, body)
    return diary.shown(diary.enter(body))


def _update(exchange: Exchange) -> Json:
    diary = _diary(exchange, writes=True)
    _check_match(_event(diary, exchange), exchange)
    _check(diary, exchange.body)
    return diary.shown(diary.enter({**exchange.body, "id": exchange.parameters["eventId"]}))


def _delete(exchange: Exchange) -> Json | None:
    diary = _diary(exchange, writes=True)
    event = _event(diary, exchange)
    if event["status"] == "cancelled":
        raise ApiError(410, "deleted", "Resource has been deleted")
    _check_match(event, exchange)
    diary.delete(str(event["id"]))
    return None


def _event(diary: Diary, exchange: Exchange) -> Json:
    """The event that is meant. Raises ApiError."""
    found = diary.events.get(exchange.parameters["eventId"])
    if found is None:
        raise ApiError(404, "notFound", "Not Found")
    return found


def _check_match(event: Json, exchange: Exchange) -> None:
    """Raise ApiError where the event is not the one that was seen."""
    if exchange.headers.get("if-match", event["etag"]) != event["etag"]:
        raise ApiError(412, "conditionNotMet", "Precondition Failed")


def _check(diary: Diary, body: Json) -> None:
    """Raise ApiError where an event cannot be."""
    if "start" not in body or "end" not in body:
        raise ApiError(400, "required", "Missing end time.")
    if instant(body["start"], diary.zone) > instant(body["end"], diary.zone):
        raise ApiError(400, "timeRangeEmpty", "The specified time range is empty.")
    if body.get("eventType") == "outOfOffice":
        is_whole_day = "date" in body["start"]
        if not diary.takes_absences or is_whole_day or "attendees" in body:
            raise ApiError(400, "malformedOutOfOfficeEvent", "This event cannot be out of office.")


HANDLERS: dict[str, Callable[[Exchange], Json | None]] = {
    "calendar.events.list": _list,
    "calendar.events.get": _get,
    "calendar.events.insert": _insert,
    "calendar.events.update": _update,
    "calendar.events.delete": _delete,
}
