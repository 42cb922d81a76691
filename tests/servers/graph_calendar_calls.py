"""What Graph does with calendars and mailbox settings: views and their deltas, events, replies, working hours."""

import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from servers.graph_account import Exchange, GraphError
from servers.graph_calendar import DEFAULT, Event, touches
from servers.graph_description import Json

_SEARCHED = re.compile(
    r"singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)"
)
_TIMES = frozenset({"start", "end"})


def calendars(exchange: Exchange) -> Json:
    """GET /calendars."""
    names = exchange.account.calendars.names
    return {"value": [{"id": f"calendar-{name}", "name": name} for name in names]}


def view(exchange: Exchange) -> Json:
    """GET /calendarView."""
    start, end = _between(exchange)
    skip, top = int(exchange.query.get("$skip", "0")), int(exchange.query.get("$top", "10"))
    found = list(exchange.account.calendars.within(_calendar(exchange), start, end))
    chosen = exchange.listed("$select")
    told = [_selected(each.whole(), chosen) for each in found[skip : skip + top]]
    made: Json = {"value": told}
    if skip + top < len(found):
        query = "&".join(f"{name}={value}" for name, value in exchange.query.items() if name != "$skip")
        made["@odata.nextLink"] = exchange.link(f"{_path(exchange)}/calendarView?{query}&$skip={skip + top}")
    return made


def delta(exchange: Exchange) -> Json:
    """GET /calendarView/delta."""
    kept = exchange.account.calendars
    token = exchange.query.get("$deltatoken") or exchange.query.get("$skiptoken")
    if "$select" in exchange.query or "$filter" in exchange.query:
        # What the description allows here, the service does not.
        raise GraphError(400, "ErrorInvalidUrlQuery")
    if token is None:
        start, end = _between(exchange)
        state: Json = {
            "calendar": _calendar(exchange),
            "start": start,
            "end": end,
            "seen": None,
            "rest": None,
        }
    else:
        known = kept.tokens.get(token)
        if known is None:
            raise GraphError(410, "resyncRequired")
        state = dict(known)
    rest = state["rest"] if state["rest"] is not None else list(_told(exchange, state))
    until = state.get("until") or len(kept.changes)
    page, rest = rest[: exchange.page], rest[exchange.page :]
    made, name = secrets.token_urlsafe(9), "$skiptoken" if rest else "$deltatoken"
    kept.tokens[made] = {
        **state,
        "rest": rest or None,
        "until": until if rest else None,
        "seen": state["seen"] if rest else until,
    }
    link = exchange.link(f"{_path(exchange)}/calendarView/delta?{name}={made}")
    return {"value": page, "@odata.nextLink" if rest else "@odata.deltaLink": link}


def _told(exchange: Exchange, state: Json) -> Iterable[Json]:
    """What a round tells: all that the view holds, or what changed in it."""
    kept, start, end = exchange.account.calendars, state["start"], state["end"]
    if state["seen"] is None:
        yield from (each.whole() for each in kept.series_within(state["calendar"], start, end))
        for event in kept.within(state["calendar"], start, end):
            yield event.brief() if event.type == "occurrence" else event.whole()
        return
    for event_id, calendar in dict.fromkeys(kept.changes[state["seen"] :]):
        if calendar != state["calendar"]:
            continue
        changed = kept.events.get(event_id)
        if changed is None:
            yield {"id": event_id, "@removed": {"reason": "deleted"}}
        elif touches(changed, start, end) or changed.type == "seriesMaster":
            yield changed.brief() if changed.type == "occurrence" else changed.whole()


def events(exchange: Exchange) -> Json:
    """GET /events, of which only those with an extended property are asked for."""
    searched = _SEARCHED.fullmatch(exchange.query.get("$filter", ""))
    if searched is None:
        raise GraphError(400, "ErrorInvalidUrlQueryFilter")
    top, chosen = int(exchange.query.get("$top", "10")), exchange.listed("$select")
    found = [
        each
        for each in exchange.account.calendars.events.values()
        if each.calendar == _calendar(exchange) and each.properties.get(searched[1]) == searched[2]
    ]
    return {"value": [_selected(each.whole(), chosen) for each in found][:top]}


def create(exchange: Exchange) -> Json:
    """POST /events."""
    fields = dict(exchange.body)
    start, end = (_instant(fields.pop(name)) for name in ("start", "end"))
    if end <= start:
        raise GraphError(400, "ErrorPropertyValidation")
    properties = {each["id"]: each["value"] for each in fields.pop("singleValueExtendedProperties", [])}
    kept = exchange.account.calendars
    made: Event | None = next(
        (e for e in kept.events.values() if e.fields.get("transactionId") == fields.get("transactionId")),
        None,
    )
    if made is None or fields.get("transactionId") is None:
        made = kept.add(start, end, _calendar(exchange), **fields)
        made.properties |= properties
    return made.whole()


def delete(exchange: Exchange) -> None:
    """DELETE /events/{event-id}."""
    event_id = exchange.call.in_path["event-id"]
    if event_id not in exchange.account.calendars.events:
        raise GraphError(404, "ErrorItemNotFound")
    exchange.account.calendars.remove(event_id)


def settings(exchange: Exchange) -> Json:
    """GET /mailboxSettings."""
    return {"@odata.context": "invented", **exchange.account.settings.told(*exchange.listed("$select"))}


def change_settings(exchange: Exchange) -> Json:
    """PATCH /mailboxSettings."""
    exchange.account.settings.change(exchange.body)
    return {"@odata.context": "invented", **exchange.account.settings.told(*exchange.body)}


def _calendar(exchange: Exchange) -> str:
    """The calendar that the path names; the default one where it names none."""
    calendar_id = exchange.call.in_path.get("calendar-id")
    if calendar_id is None:
        return DEFAULT
    name = calendar_id.removeprefix("calendar-")
    if name not in exchange.account.calendars.names:
        raise GraphError(404, "ErrorItemNotFound")
    return name


def _path(exchange: Exchange) -> str:
    """The path of the calendar that is meant, below the person."""
    calendar_id = exchange.call.in_path.get("calendar-id")
    return f"/calendars/{calendar_id}" if calendar_id else ""


def _between(exchange: Exchange) -> tuple[datetime, datetime]:
    """The time that a view shows."""
    try:
        start, end = (
            datetime.fromisoformat(exchange.query[name]) for name in ("startDateTime", "endDateTime")
        )
    except (KeyError, ValueError):
        raise GraphError(400, "ErrorInvalidParameter") from None
    return start, end


def _instant(value: Json) -> datetime:
    """The instant of a dateTimeTimeZone; without a zone it is UTC's."""
    naive = datetime.fromisoformat(value["dateTime"][:19])
    return naive.replace(tzinfo=ZoneInfo(value.get("timeZone") or "UTC")).astimezone(UTC)


def _selected(whole: Json, chosen: list[str]) -> Json:
    """The fields that are asked for."""
    return {name: value for name, value in whole.items() if not chosen or name in chosen or name == "id"}


_OWN: dict[str, Callable[[Exchange], Json | None]] = {
    "GET /calendars": calendars,
    "GET /calendarView": view,
    "GET /calendarView/delta": delta,
    "GET /events": events,
    "POST /events": create,
    "DELETE /events/{event-id}": delete,
    "GET /mailboxSettings": settings,
    "PATCH /mailboxSettings": change_settings,
}
_OF_ONE = {
    "GET /calendars/{calendar-id}/calendarView": view,
    "GET /calendars/{calendar-id}/calendarView/delta": delta,
    "GET /calendars/{calendar-id}/events": events,
    "POST /calendars/{calendar-id}/events": create,
}
HANDLERS: dict[str, Callable[[Exchange], Json | None]] = {**_OWN, **_OF_ONE}
_READ = frozenset({"Calendars.Read", "Calendars.ReadWrite"})
PERMISSIONS = {
    **{name: _READ if name.startswith("GET") else frozenset({"Calendars.ReadWrite"}) for name in HANDLERS},
    "GET /mailboxSettings": frozenset({"MailboxSettings.Read", "MailboxSettings.ReadWrite"}),
    "PATCH /mailboxSettings": frozenset({"MailboxSettings.ReadWrite"}),
}
