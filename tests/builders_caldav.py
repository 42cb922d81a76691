"""One calendar of an account on a server, as its owner's program and as our plugin see it."""

from pathlib import Path
from typing import Any

from boundary_caldav.calendar import open_calendar
from boundary_caldav.publisher import open_publisher
from boundary_caldav.settings import CaldavCalendarSettings, CaldavPublisherSettings
from boundary_plugins.ports import Calendar, Publisher
from boundary_plugins.testing.benches import hours
from boundary_plugins.testing.doubles import memory_services
from servers.dav_process import DavServer

DAY = hours(0, 24)


def event(start: str, end: str, *more: str, uid: str = "1", zone: str = "") -> bytes:
    """One entry, from one time of the invented day to another, with a summary that is nobody's business."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Test//EN", *filter(None, [zone])]
    head += ["BEGIN:VEVENT", f"UID:{uid}@example.com", "DTSTAMP:20260101T000000Z", "SUMMARY:Private matter"]
    times = [f"DTSTART:20260302T{start}Z", f"DTEND:20260302T{end}Z"]
    return "\r\n".join([*head, *times, *more, "END:VEVENT", "END:VCALENDAR", ""]).encode()


class Account:
    """A new calendar on a server; `url` is where our plugin looks for it."""

    def __init__(self, server: DavServer, folder: Path, *, name: str, url: str = "") -> None:
        """Make the calendar."""
        self.server, self.folder, self.name = server, folder, name
        self.url = url or server.url
        self.path = server.make_calendar(name)

    def calendar(self, **more: Any) -> Calendar:
        """The calendar, as the plugin opens it."""
        settings = CaldavCalendarSettings(**self.settings(more))
        return open_calendar(settings, self.services("calendar work"))

    def publisher(self, **more: Any) -> Publisher:
        """A publisher into the calendar."""
        settings = CaldavPublisherSettings(**self.settings(more))
        return open_publisher(settings, self.services("publisher shared"))

    def settings(self, more: dict[str, Any]) -> dict[str, Any]:
        """What a configuration says."""
        signed = {"username": self.server.user, "password_secret": "dav"} if self.server.user else {}
        return {"url": self.url, "calendar": self.path, "timeout": 5} | signed | more

    def services(self, name: str) -> Any:
        """What the plugin is given, with a folder of its own that lasts."""
        folder = self.folder / name.replace(" ", "-")
        folder.mkdir(exist_ok=True)
        return memory_services(folder, name=name, secrets={"dav": self.server.password or "anything"})

    def put(self, name: str, content: bytes) -> None:
        """The owner writes an entry."""
        self.server.put(f"{self.path}{name}.ics", content)

    def takes(self, name: str, content: bytes) -> bool:
        """The owner tries to write an entry."""
        headers = {"Content-Type": "text/calendar; charset=utf-8"}
        return self.server.ask("PUT", f"{self.path}{name}.ics", content, headers)[0] < 300

    def delete(self, name: str) -> None:
        """The owner deletes an entry."""
        self.server.delete(f"{self.path}{name}.ics")

    def entries(self) -> dict[str, bytes]:
        """All that stands in the calendar."""
        return self.server.entries(self.path)


def starts(calendar: Calendar) -> list[str]:
    """When the periods of the day begin."""
    return sorted(one.interval.start.strftime("%H%M") for one in calendar.contents(DAY).periods)
