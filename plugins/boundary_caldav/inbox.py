"""The availability that a server keeps for its user, on the scheduling inbox (RFC 7953, section 7.2.4)."""

from caldav.elements.base import BaseElement

from boundary_caldav.client import Client
from boundary_caldav.discovery import inbox_path
from boundary_caldav.elements import CalendarAvailability, removal, setting
from boundary_caldav.parse import CALDAV
from boundary_plugins import Gone, Refused, Unsupported

_NAME = f"{CALDAV}calendar-availability"


class Inbox:
    """The scheduling inbox of the account, searched for once."""

    def __init__(self) -> None:
        """Ask nothing yet."""
        self._path: str | None = None

    def read(self, client: Client) -> bytes | None:
        """The availability; None where there is none, or the server has no place for one."""
        path = self._found(client)
        if path is None:
            return None
        try:
            found = client.properties(path, [CalendarAvailability()])
        except Gone:
            self._path = None
            return None
        text = found[0].text(_NAME) if found else None
        return None if text is None else text.encode()

    def is_there(self, client: Client) -> bool:
        """Whether the account has an inbox."""
        return self._found(client) is not None

    def write(self, client: Client, text: bytes) -> None:
        """Put an availability in place of the present one.

        Raises Unsupported where the server has no place for one, Refused where it does not take it.
        """
        self._change(client, setting(CalendarAvailability(value=text)))

    def remove(self, client: Client) -> None:
        """Take the availability away."""
        self._change(client, removal(CalendarAvailability()))

    def _change(self, client: Client, change: BaseElement) -> None:
        """Ask for a change; a property that the server does not have is refused as one that it protects."""
        path = self._found(client)
        if path is None:
            raise Unsupported(client.name, "an availability of its account (it has no scheduling inbox)")
        for one in client.change_property(path, change):
            if _NAME not in one.properties:
                raise Refused(
                    client.name, "the server does not let the availability of its account be changed"
                )

    def _found(self, client: Client) -> str | None:
        """Where the inbox is."""
        if self._path is None:
            self._path = inbox_path(client)
        return self._path
