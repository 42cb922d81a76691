"""A Gmail mailbox with the small Google behind it, in a test's hands."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from boundary_google.mailbox import GmailMailbox
from boundary_google.settings import GmailSettings
from boundary_plugins.errors import (
    AuthorizationNeeded,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
)
from boundary_plugins.host.services import Services
from boundary_plugins.testing.contracts import MailboxBench
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from servers.google import Account, Fault, GoogleServer

SEND = "gmail.users.messages.send"
FAULTS: dict[type[ProviderError], Fault] = {
    RateLimited: Fault(SEND, 429, "rateLimitExceeded", retry_after=7),
    AuthorizationNeeded: Fault(SEND, 403, "insufficientPermissions"),
    Refused: Fault(SEND, 400, "invalidArgument"),
    OutcomeUnknown: Fault(SEND, 500, "backendError", after=True),
}
#: What a sign-in for header fields and sending allows.
LEAST = ("gmail.metadata", "gmail.send")


@dataclass(slots=True)
class Clock:
    """The real time, and as much later as a test says."""

    later: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """The present instant, aware and in UTC."""
        return datetime.now(UTC) + self.later


class GmailBench(MailboxBench):
    """One account; `scopes` are those of its sign-in, by their short names."""

    mailbox: GmailMailbox

    def __init__(
        self,
        folder: Path,
        google: GoogleServer,
        account: Account,
        /,
        *scopes: str,
        **settings: object,
    ) -> None:
        self.folder, self.google, self.account = folder, google, account
        self.log, self.clock = MemoryLog(), Clock()
        self.secrets = {"google": json.dumps(google.token(account, *(scopes or LEAST)))}
        self.settings = GmailSettings.model_validate({"api_endpoint": google.url, "timeout": 5} | settings)
        self._opened: list[GmailMailbox] = []
        self.mailbox = self.opened()

    def services(self) -> Services:
        """What the mailbox is given."""
        made = memory_services(self.folder, secrets=self.secrets, log=self.log, name="mailbox main")
        return Services(
            secret=made.secret,
            now=self.clock.now,
            log=made.log,
            state_directory=made.state_directory,
            config_directory=made.config_directory,
            name=made.name,
        )

    def opened(self) -> GmailMailbox:
        """Another instance over the same account, as after a restart."""
        made = GmailMailbox(self.settings, self.services())
        self._opened.append(made)
        return made

    def close(self) -> None:
        """Let go of every instance."""
        for each in self._opened:
            each.close()

    def deliver(self, message: bytes) -> None:
        self.account.mailbox.deliver(message)

    def remove(self, provider_id: str) -> None:
        self.account.mailbox.delete(provider_id)

    def file_sent(self, message: bytes) -> None:
        self.account.mailbox.file_sent(message)

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        if kind not in FAULTS:
            return False
        fault = FAULTS[kind]
        self.account.faults.append(
            Fault(fault.call, fault.status, fault.reason, fault.retry_after, after=fault.after)
        )
        return True

    def state(self) -> object:
        mailbox = self.account.mailbox
        there = {each.id: (each.thread_id, sorted(each.labels)) for each in mailbox.messages.values()}
        return there, dict(mailbox.labels), dict(mailbox.vacation)

    def left(self) -> list[bytes]:
        mailbox = self.account.mailbox
        return [mailbox.messages[each].raw for each in mailbox.sent]
