"""A one-file plugin: a mailbox over two folders, as a pigeon loft has them, one for arrivals and one for departures.

Whatever brings messages puts each as a file into `arrivals`; whatever carries responses takes them from
`departures`. Copy it into the directory that `[plugins] directory` names, and enable it there:
`enable = ["files", "homing_pigeon"]`.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from boundary_plugins import (
    Changes,
    Gone,
    MailboxProvider,
    OutgoingResponse,
    SendReceipt,
    SentSearch,
    Services,
    SubjectMessage,
    Unavailable,
    hookimpl,
    read_message,
)


class LoftSettings(BaseModel):
    """The keys of a `[[mailboxes]]` table of this kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    arrivals: str
    departures: str


class Loft:
    """The port `Mailbox` over the two folders. It never changes what arrived."""

    def __init__(self, settings: LoftSettings, services: Services) -> None:
        """Open nothing yet: a loft that is not there may come."""
        self._name = services.name
        self._arrivals = services.path(settings.arrivals)
        self._departures = services.path(settings.departures)
        self._woken = threading.Event()

    def changes(self, cursor: str | None) -> Changes:
        """Every message that is there; the program knows which ones it has seen.

        The first look has no cursor: what is there then is history.
        """
        return Changes(received=tuple(self._names()), sent=(), cursor="loft", gap=cursor is None)

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message, read from its bytes."""
        try:
            return read_message((self._arrivals / provider_id).read_bytes(), provider_id=provider_id)
        except FileNotFoundError:
            self._names()
            raise Gone(self._name, "the message has flown") from None

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Put the response among the departures: whole, or not at all."""
        beside = self._departures / f".{response.response_id}"
        try:
            beside.write_bytes(response.content)
            beside.rename(self._departures / f"{response.response_id}.eml")
        except OSError as error:
            raise Unavailable(self._name, f"the departures cannot be written ({error.strerror})") from None
        return SendReceipt(provider_id=None, reverse_path_is_null=True)

    def find_sent(self, response_id: str) -> SentSearch:
        """Carried away or never written: a missing file cannot tell."""
        there = (self._departures / f"{response_id}.eml").exists()
        return SentSearch.FOUND if there else SentSearch.UNKNOWN

    def wait(self, seconds: float) -> None:
        """Sleep until somebody wakes us, or the time is over."""
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Nothing stays open."""

    def _names(self) -> list[str]:
        """The arrivals from old to new. Raises Unavailable where there is no loft."""
        try:
            files = [path for path in self._arrivals.iterdir() if not path.name.startswith(".")]
            return [path.name for path in sorted(files, key=_age)]
        except OSError as error:
            raise Unavailable(self._name, f"the arrivals cannot be read ({error.strerror})") from None


def _age(path: Path) -> tuple[float, str]:
    """When a file was written, and its name."""
    return path.stat().st_mtime, path.name


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[LoftSettings]]:
    """Offer the kind `pigeon`."""
    yield MailboxProvider(
        name="pigeon", summary="two folders, as a pigeon loft has them", settings=LoftSettings, open=Loft
    )
