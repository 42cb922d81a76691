"""A calendar at an address: asked for each time, sent again by the host and understood anew when it changed."""

import hashlib
import http.client
from dataclasses import dataclass

from boundary_files.settings import IcsCalendarSettings
from boundary_files.web import Answer, Web
from boundary_plugins import (
    CalendarContents,
    CalendarFile,
    Interval,
    Services,
    Unavailable,
    is_whole_calendar,
    open_calendar,
)

_NOT_THERE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class _Remembered:
    """The calendar as it was sent last, and the ETag that tells whether it changed (RFC 9110, section 8.8.3).

    Last-Modified cannot tell: two changes within one second bear the same.
    """

    file: CalendarFile
    digest: bytes
    etag: str = ""
    note: str = ""


class WebCalendar:
    """The port `Calendar` over an address that gives iCalendar. It asks, and changes nothing."""

    def __init__(self, settings: IcsCalendarSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._web = Web(settings, services, follows=True)
        self._zone = settings.zone or services.zone
        self._name = services.name or "calendar"
        self._remembered: _Remembered | None = None

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval.

        Raises ProviderError where the host cannot be reached, or gives something else than a calendar:
        an absence could hide in it.
        """
        remembered = self._remembered = self._read()
        found = remembered.file.between(between)
        if not remembered.note:
            return found
        return CalendarContents(found.periods, found.availabilities, (remembered.note, *found.set_aside))

    def close(self) -> None:
        """Forget what was read."""
        self._remembered = None

    def _read(self) -> _Remembered:
        """The calendar as it is."""
        before = self._remembered
        answer = self._web.ask("GET", {"Accept": "text/calendar, */*;q=0.5", **_unless_changed(before)})
        if answer.status == http.client.NOT_MODIFIED and before is not None:
            return before
        host = self._web.host
        if answer.status in _NOT_THERE:
            raise Unavailable(self._name, f"there is no calendar at this address of {host} ({answer.status})")
        if answer.status != http.client.OK:
            raise Unavailable(self._name, f"{host} answered {answer.status}")
        return self._understood(answer, before)

    def _understood(self, answer: Answer, before: _Remembered | None) -> _Remembered:
        """What was sent; what was sent before where this is no whole calendar."""
        host, digest = self._web.host, hashlib.sha256(answer.content).digest()
        etag = answer.fields.get("etag", "")
        if before is not None and before.digest == digest:
            return _Remembered(before.file, digest, etag)
        if is_whole_calendar(answer.content):
            file = open_calendar(answer.content, zone=self._zone, name=host)
            return _Remembered(file, digest, etag)
        if before is None:
            raise Unavailable(self._name, f"what {host} gives at this address is not a whole calendar")
        note = f"{host}: what it gives is not a whole calendar; what it gave before is used"
        return _Remembered(before.file, before.digest, note=note)


def _unless_changed(before: _Remembered | None) -> dict[str, str]:
    """The field that asks for what changed."""
    return {"If-None-Match": before.etag} if before is not None and before.etag else {}
