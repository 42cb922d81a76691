"""Our own events in a Google calendar: found again by their mark, written and deleted where they differ."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from boundary_google.client import GoogleClient
from boundary_google.failures import AlreadyThere, ChangedMeanwhile
from boundary_google.occurrences import OWN_IDS, Json
from boundary_plugins import Gone, Interval, ProviderError

_MARK = "boundary"
_TIME = "(date,dateTime)"
_FIELDS = f"nextPageToken,items(id,etag,status,transparency,start{_TIME},end{_TIME})"
_PAGE = 2500
_SUMMARIES = {"open": "Available", "closed": "Busy", "out of office": "Out of office"}


def event_of(interval: Interval, shows: str, owner: str) -> Json:
    """One time as an event without any word of why; the same time has the same id, whenever it is written."""
    start, end = (at.strftime("%Y-%m-%dT%H:%M:%SZ") for at in (interval.start, interval.end))
    named = hashlib.sha256(f"{shows}\n{start}\n{end}".encode()).hexdigest()[:32]
    made: Json = {
        "id": f"{OWN_IDS}{owner}{named}",
        "status": "confirmed",
        "summary": _SUMMARIES[shows],
        "start": {"dateTime": start},
        "end": {"dateTime": end},
        "transparency": "transparent" if shows == "open" else "opaque",
        # Nobody wants to be reminded of every evening.
        "reminders": {"useDefault": False},
        "extendedProperties": {"private": {_MARK: owner}},
    }
    if shows == "out of office":
        made |= {"eventType": "outOfOffice", "outOfOfficeProperties": {"autoDeclineMode": "declineNone"}}
    return made


class OwnEvents:
    """The events of one owner in one calendar.

    Each call may be made twice by the transport: an event that is inserted has an id of ours, and one that is
    changed or deleted must still be the one that was seen (`If-Match`).
    """

    def __init__(self, client: GoogleClient, calendar: str, owner: str) -> None:
        """Ask nothing yet."""
        self._client, self._calendar, self.owner = client, calendar, owner

    def make(self, wanted: Sequence[Json]) -> bool:
        """Let just these events stand there; whether anything had to be done. Raises ProviderError.

        What somebody changes meanwhile is looked at again, once.
        """
        try:
            return self._make(wanted)
        except ChangedMeanwhile:
            self._make(wanted)
            return True

    def _make(self, wanted: Sequence[Json]) -> bool:
        """The same, as things stand."""
        present = {str(event["id"]): event for event in self._present()}
        kept = {str(event["id"]) for event in wanted}
        deleted = [event for each, event in present.items() if each not in kept]
        inserted = [event for event in wanted if str(event["id"]) not in present]
        changed = [
            (event, there)
            for event in wanted
            if (there := present.get(str(event["id"]))) is not None and not _is_same(there, event)
        ]
        self._delete(deleted)
        self._change(changed)
        self._insert(inserted)
        return bool(deleted or changed or inserted)

    def _events(self) -> Any:
        """The resource."""
        return self._client.resource("calendar", "v3", "events")

    def _present(self) -> list[Json]:
        """What stands there with our mark."""
        found: list[Json] = []
        token: str | None = None
        while True:
            request = self._events().list(
                calendarId=self._calendar,
                privateExtendedProperty=[f"{_MARK}={self.owner}"],
                maxResults=_PAGE,
                pageToken=token,
                fields=_FIELDS,
            )
            page = self._client.read(request)
            found += (each for each in page.get("items", ()) if self._is_ours(each))
            token = page.get("nextPageToken")
            if not token:
                return found

    def _is_ours(self, event: Json) -> bool:
        """Whether we made it: a copy that somebody made of one has our mark, and an id of Google's."""
        return str(event["id"]).startswith(f"{OWN_IDS}{self.owner}")

    def _insert(self, events: Sequence[Json]) -> None:
        """Write new ones; one that was there before and was deleted comes back."""
        requests = [
            self._events().insert(calendarId=self._calendar, body=event, fields="id") for event in events
        ]
        answers = self._client.read_all("calendar", requests)
        back = [
            event for event, answer in zip(events, answers, strict=True) if isinstance(answer, AlreadyThere)
        ]
        _check(answer for answer in answers if not isinstance(answer, AlreadyThere))
        # Google never forgets an id, and lets nobody take it anew.
        _check(self._client.read_all("calendar", [self._update(event) for event in back]))

    def _change(self, pairs: Sequence[tuple[Json, Json]]) -> None:
        """Put back what somebody moved."""
        requests = [_if_match(self._update(event), there) for event, there in pairs]
        _check(self._client.read_all("calendar", requests))

    def _delete(self, events: Sequence[Json]) -> None:
        """Delete what is no longer meant; where somebody else was faster, it is gone."""
        requests = [
            _if_match(self._events().delete(calendarId=self._calendar, eventId=event["id"]), event)
            for event in events
        ]
        answers = self._client.read_all("calendar", requests)
        _check(answer for answer in answers if not isinstance(answer, Gone))

    def _update(self, event: Json) -> Any:
        """A request that replaces one."""
        return self._events().update(calendarId=self._calendar, eventId=event["id"], body=event, fields="id")


def _if_match(request: Any, there: Json) -> Any:
    """The request, which acts only on what was seen."""
    request.headers["If-Match"] = there["etag"]
    return request


def _check(answers: Any) -> None:
    """Raise the first error among some answers."""
    for answer in answers:
        if isinstance(answer, ProviderError):
            raise answer


def _is_same(there: Json, wanted: Json) -> bool:
    """Whether what stands there is when it should be, and takes time as it should."""
    is_busy = there.get("transparency", "opaque") == wanted["transparency"]
    return is_busy and all(_instant(there, name) == _instant(wanted, name) for name in ("start", "end"))


def _instant(event: Json, name: str) -> datetime | None:
    """When it starts or ends; None for a whole day, which ours never are."""
    text = event.get(name, {}).get("dateTime")
    return datetime.fromisoformat(text) if text else None
