"""What a contract test holds in its hands: a port with the provider behind it, and invented values."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

from boundary_plugins.core.availability import BusyType, Window
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import ProviderError
from boundary_plugins.ports import (
    Calendar,
    CalendarPeriod,
    ClientDirectory,
    Mailbox,
    OutgoingResponse,
    Publication,
    Publisher,
    WindowResponse,
)


class MailboxBench(ABC):
    """A mailbox with the provider behind it, in a test's hands.

    `sees_sent` and `can_search_sent` say what the provider is able to do.
    """

    mailbox: Mailbox
    sees_sent = True
    can_search_sent = True

    @abstractmethod
    def deliver(self, message: bytes) -> None:
        """A message (RFC 5322) arrives in the inbox."""

    @abstractmethod
    def remove(self, provider_id: str) -> None:
        """The therapist deletes a message."""

    @abstractmethod
    def file_sent(self, message: bytes) -> None:
        """The therapist's own message appears among the sent ones."""

    def mark_time(self, provider_id: str, minutes: int) -> bool:
        """The therapist marks a message with a time (0: takes the mark off); False where none is read."""
        del provider_id, minutes
        return False

    @abstractmethod
    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        """Make the provider fail in a way that means `kind`; False where it never can."""

    @abstractmethod
    def state(self) -> object:
        """Everything of the inbox that a mail program would see: names, flags, places."""

    @abstractmethod
    def left(self) -> list[bytes]:
        """The messages that left by `send`, from old to new."""


def invented_message(number: int, sender: str = "client@example.org") -> bytes:
    """A message that nobody wrote."""
    return (
        f"Return-Path: <{sender}>\r\n"
        f"From: A Client <{sender}>\r\n"
        "To: therapist@example.com\r\n"
        f"Subject: Invented {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\n"
        "Date: Mon, 02 Mar 2026 20:00:00 +0000\r\n"
        "\r\n"
        "Nothing is in here.\r\n"
    ).encode()


def invented_response(response_id: str = "r-1") -> OutgoingResponse:
    """A response that nobody needs."""
    content = (
        "From: therapist@example.com\r\n"
        "To: client@example.org\r\n"
        "Subject: Automatic reply\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f"X-Boundary-Response: {response_id}\r\n"
        "\r\n"
        "I will read this tomorrow.\r\n"
    ).encode()
    return OutgoingResponse(response_id, "therapist@example.com", "client@example.org", content)


class CalendarBench(ABC):
    """A calendar with the provider behind it, in a test's hands."""

    calendar: Calendar

    @abstractmethod
    def enter(self, period: CalendarPeriod) -> None:
        """Somebody enters an appointment or an absence."""


class PublisherBench(ABC):
    """A publisher with the place behind it, in a test's hands."""

    publisher: Publisher

    @abstractmethod
    def seen(self) -> bytes | None:
        """All that a reader can see, or None where nothing is published."""


class ResponderBench(PublisherBench):
    """A publisher whose provider answers by itself, with the provider behind it.

    `can_read_back` False: the provider does not tell what it does. `seen` gives what the provider holds of
    ours.
    """

    can_read_back = True

    @abstractmethod
    def switch_on_otherwise(self) -> bool:
        """Somebody switches a responder of their own on, for all time; False where that cannot be."""


class ClientDirectoryBench(ABC):
    """A client directory with the system behind it, in a test's hands."""

    directory: ClientDirectory
    tells_version = True

    @abstractmethod
    def enter(self, number: int, *addresses: str) -> None:
        """Somebody enters the client "Invented Client" with a number of their own, and addresses."""

    @abstractmethod
    def state(self) -> object:
        """All that the system holds."""


def own_message(fields: bytes) -> bytes:
    """A message of the therapist with further fields."""
    now = datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").encode()
    return b"From: therapist@example.com\r\n" + fields + b"Date: " + now + b"\r\n\r\nHello.\r\n"


def invented_publication(
    *,
    busy: tuple[Interval, ...] = (),
    as_of: datetime = datetime(2026, 3, 2, tzinfo=UTC),
    opens: int = 9,
) -> Publication:
    """A day that is open from 9 (or `opens`) to 17 o'clock, UTC."""
    windows = (
        Window(hours(0, opens), False, ("weekly hours",), BusyType.UNAVAILABLE),
        Window(hours(opens, 17), True, ("weekly hours",)),
        Window(hours(17, 24), False, ("weekly hours",), BusyType.UNAVAILABLE),
    )
    return Publication(
        between=hours(0, 24),
        windows=windows,
        absences=(),
        busy=busy,
        zone="UTC",
        as_of=as_of,
        own_address="therapist@example.com",
    )


def invented_responses(opens: int = 9) -> tuple[WindowResponse, ...]:
    """What is answered in the invented night and in the one after it, up to three hours before the opening."""
    return tuple(
        WindowResponse(
            window=hours(start, start + 7 + opens),
            interval=hours(start, start + 4 + opens),
            subject="Automatic reply",
            text=f"Thank you.\n\nI can be reached again at {opens}:00. Gruß — 988.\n",
        )
        for start in (17, 41)
    )


def at(hour: int) -> datetime:
    """An hour of the invented day, Monday 2 March 2026."""
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hour)


def hours(start: int, end: int) -> Interval:
    """Some hours of the invented day."""
    return Interval(at(start), at(end))
