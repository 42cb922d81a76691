"""A mailbox, a calendar and publishers on an Exchange of our own, with everything that tests do to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from boundary_exchange.calendar import ExchangeCalendar
from boundary_exchange.entries import CalendarEntries
from boundary_exchange.mailbox import ExchangeMailbox
from boundary_exchange.replies import AutomaticReplies
from boundary_exchange.settings import CalendarSettings, EntrySettings, MailboxSettings, ReplySettings
from boundary_plugins import (
    AbsenceKind,
    AuthorizationNeeded,
    BusyType,
    CalendarPeriod,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Services,
    Unavailable,
)
from boundary_plugins.testing.contracts import CalendarBench, MailboxBench, PublisherBench, ResponderBench
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from servers.ews import EwsServer, Fault
from servers.ews_calendar import entry
from servers.ews_items import Mailbox

T = TypeVar("T")
PASSWORD = "correct horse"
FAULTS = {
    Unavailable: Fault("CreateItem", drop=True),
    RateLimited: Fault("SendItem", code="ErrorServerBusy", soap=True, wait=90),
    AuthorizationNeeded: Fault("SendItem", status=403),
    Refused: Fault("SendItem", code="ErrorSendAsDenied"),
    OutcomeUnknown: Fault("SendItem", status=500, after=True),
}
STATUSES = {
    (AbsenceKind.BUSY, BusyType.BUSY): "Busy",
    (AbsenceKind.BUSY, BusyType.TENTATIVE): "Tentative",
    (AbsenceKind.OUT_OF_OFFICE, BusyType.BUSY): "OOF",
}


class Site:
    """One user's mailbox on the server, and what opens our plugin's parts over it."""

    def __init__(self, server: EwsServer, folder: Path, mailbox: Mailbox | None = None) -> None:
        self.server, self.folder = server, folder
        self.mailbox = mailbox or server.add_mailbox()
        self.log = MemoryLog()
        self.secrets = {"exchange": PASSWORD, "wrong": "wrong"}
        self._opened: list[Any] = []

    @property
    def address(self) -> str:
        """Whose mailbox it is."""
        return self.mailbox.address

    def settings(self, **changed: Any) -> dict[str, Any]:
        """The settings of a sign-in, and what a test changes of them."""
        usual = {
            "address": self.address,
            "server": self.server.url,
            "sign_in": "basic",
            "password_secret": "exchange",
            "ca_file": self.server.ca_file,
            "timeout": 20.0,
        }
        return {key: value for key, value in {**usual, **changed}.items() if value is not None}

    def services(self, name: str = "mailbox main", **options: Any) -> Services:
        """What the program gives a plugin."""
        return memory_services(self.folder, secrets=self.secrets, log=self.log, name=name, **options)

    def open_mailbox(self, **changed: Any) -> ExchangeMailbox:
        """The mailbox; without a stream where a test does not ask for one."""
        settings = MailboxSettings.model_validate(self.settings(**{"streaming": False, **changed}))
        return self._kept(ExchangeMailbox(settings, self.services()))

    def open_calendar(self, **changed: Any) -> ExchangeCalendar:
        """The calendar."""
        settings = CalendarSettings.model_validate(self.settings(**changed))
        return self._kept(ExchangeCalendar(settings, self.services("calendar work")))

    def open_replies(self, **changed: Any) -> AutomaticReplies:
        """The automatic replies."""
        settings = ReplySettings.model_validate(self.settings(**changed))
        return self._kept(AutomaticReplies(settings, self.services("publisher server")))

    def open_entries(self, **changed: Any) -> CalendarEntries:
        """The calendar that is written to."""
        settings = EntrySettings.model_validate(self.settings(**changed))
        return self._kept(CalendarEntries(settings, self.services("publisher entries")))

    def fail_next(self, fault: Fault) -> None:
        """Let something go wrong, once."""
        self.server.fail_next(self.address, fault)

    def asked(self) -> list[str]:
        """The operations that were asked for."""
        return [operation for _, address, operation in self.server.requests if address == self.address]

    def close(self) -> None:
        """Close everything that was opened."""
        for each in self._opened:
            each.close()

    def _kept(self, part: T) -> T:
        """A part that is closed at the end."""
        self._opened.append(part)
        return part


@contextmanager
def site(server: EwsServer, folder: Path, mailbox: Mailbox | None = None) -> Iterator[Site]:
    """A site whose parts are closed, on a server that saw nothing but what the schemas know."""
    made = Site(server, folder, mailbox)
    try:
        yield made
    finally:
        made.close()
        found = list(server.violations)
        server.violations.clear()
    assert [] == found, found


class ExchangeMailboxBench(MailboxBench):
    """A mailbox with the server behind it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.mailbox = site.open_mailbox()

    def deliver(self, message: bytes) -> None:
        self.site.mailbox.deliver(message)

    def remove(self, provider_id: str) -> None:
        self.site.mailbox.remove(provider_id)

    def file_sent(self, message: bytes) -> None:
        self.site.mailbox.file_sent(message)

    def mark_time(self, provider_id: str, minutes: int) -> bool:
        self.site.mailbox.items[provider_id].categories = (
            ("Red category", f"Boundary/{minutes} min") if minutes else ("Red category",)
        )
        self.site.mailbox.changed(provider_id)
        return True

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        self.site.fail_next(FAULTS[kind])
        return True

    def state(self) -> object:
        mailbox = self.site.mailbox
        return [(item.item_id, item.folder, item.version, item.categories) for item in mailbox.items.values()]

    def left(self) -> list[bytes]:
        return list(self.site.mailbox.left)


class ExchangeCalendarBench(CalendarBench):
    """A calendar with the server behind it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.calendar = site.open_calendar()

    def enter(self, period: CalendarPeriod) -> None:
        interval, status = period.interval, STATUSES[(period.kind, period.busy_type)]
        fields = entry(interval.start, interval.end, status)
        self.site.mailbox.add("calendar", "CalendarItem", fields=fields)


class EntriesBench(PublisherBench):
    """A calendar that is written to, with the server behind it; closed hours show."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.publisher = site.open_entries(shows="closed hours")

    def seen(self) -> bytes | None:
        shown = sorted(
            f"{item.fields['Start']} {item.fields['End']} {item.fields['LegacyFreeBusyStatus']}"
            for item in self.site.mailbox.in_folder("calendar")
        )
        return "\n".join(shown).encode() or None


class RepliesBench(ResponderBench):
    """Automatic replies, with the server behind them."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.publisher = site.open_replies()

    def seen(self) -> bytes | None:
        oof = self.site.mailbox.oof
        return None if oof.state == "Disabled" else repr(oof).encode()

    def switch_on_otherwise(self) -> bool:
        oof = self.site.mailbox.oof
        oof.state, oof.internal, oof.external = "Enabled", "<p>I am ill.</p>", "<p>I am ill.</p>"
        return True
