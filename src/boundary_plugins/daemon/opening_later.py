"""Ports of providers that could not be opened yet: each call tries again, and the rest of the daemon goes on."""

from collections.abc import Callable
from typing import Any

from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.errors import PluginError, ProviderError
from boundary_plugins.ports import (
    CalendarContents,
    Changes,
    ChargeLine,
    ClientListing,
    Examined,
    OutgoingResponse,
    Publication,
    SendReceipt,
    SentSearch,
)

Open = Callable[[], Any]


class OpenedLater:
    """What every port has: it is opened when it is first used, as often as that fails."""

    def __init__(self, open_it: Open) -> None:
        """Open now if that can be done; where it cannot, the first use will tell. Raises ConfigError."""
        self._open = open_it
        self._opened: Any = None
        try:
            self._port()
        except (ProviderError, PluginError):
            # Told by whoever uses it, like any other time that it is away.
            return

    def _port(self) -> Any:
        """The port. Raises ProviderError or PluginError where it still cannot be opened."""
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the provider tells nothing. Raises what opening raises."""
        found: tuple[Examined, ...] | None = self._port().examine()
        return found

    def is_idle(self) -> bool:
        """Whether the plugin is busy with no call, also none that was given up."""
        return self._opened is None or bool(self._opened.is_idle())

    def close(self) -> None:
        """Close what was opened."""
        if self._opened is not None:
            self._opened.close()


class MailboxOpenedLater(OpenedLater):
    """A mailbox (the port `Mailbox`)."""

    def changes(self, cursor: str | None) -> Changes:
        """What came since `cursor`."""
        found: Changes = self._port().changes(cursor)
        return found

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one received message."""
        found: SubjectMessage = self._port().fetch(provider_id)
        return found

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once."""
        receipt: SendReceipt = self._port().send(response)
        return receipt

    def find_sent(self, response_id: str) -> SentSearch:
        """Whether a response with this id was sent."""
        found: SentSearch = self._port().find_sent(response_id)
        return found

    def wait(self, seconds: float) -> None:
        """Wait for mail; the caller's own rhythm decides when opening is tried again."""
        self._port().wait(seconds)

    def wake(self) -> None:
        """End a wait."""
        if self._opened is not None:
            self._opened.wake()


class CalendarOpenedLater(OpenedLater):
    """A calendar (the port `Calendar`)."""

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval."""
        found: CalendarContents = self._port().contents(between)
        return found


class BillerOpenedLater(OpenedLater):
    """A biller (the port `Biller`)."""

    def post(self, line: ChargeLine) -> str:
        """Post once."""
        reference: str = self._port().post(line)
        return reference

    def find(self, key: str) -> str | None | Unknown:
        """The reference of what was posted under a key."""
        found: str | None | Unknown = self._port().find(key)
        return found

    def void(self, reference: str, line: ChargeLine) -> str:
        """Take back what was posted, once."""
        counter: str = self._port().void(reference, line)
        return counter


class PublisherOpenedLater(OpenedLater):
    """A publisher (the port `Publisher`)."""

    def publish(self, publication: Publication) -> bool:
        """Write what differs."""
        written: bool = self._port().publish(publication)
        return written

    def remove(self) -> None:
        """Take away only what this publisher made."""
        self._port().remove()

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown | None:
        """When the provider answers by itself; None where it does not."""
        found: tuple[Interval, ...] | Unknown | None = self._port().answers_during(between)
        return found


class ClientDirectoryOpenedLater(OpenedLater):
    """A client directory (the port `ClientDirectory`)."""

    def listing(self) -> ClientListing:
        """Every client."""
        found: ClientListing = self._port().listing()
        return found

    def version(self) -> str:
        """What tells that the listing may have changed."""
        found: str = self._port().version()
        return found
