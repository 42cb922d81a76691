"""A mailbox on a real Dovecot with everything that tests do to it."""

from pathlib import Path
from typing import Any

from boundary_imap.mailbox import ImapMailbox
from boundary_imap.settings import ImapSettings
from boundary_plugins.errors import (
    AuthorizationNeeded,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
)
from boundary_plugins.testing.contracts import MailboxBench
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage
from servers.dovecot import Dovecot, User

FAULTS: dict[type[ProviderError], tuple[Stage, Reply | Fault]] = {
    Unavailable: (Stage.RCPT, Reply("450 4.2.1 busy")),
    AuthorizationNeeded: (Stage.MAIL, Reply("530 5.7.0 sign in first")),
    Refused: (Stage.RCPT, Reply("550 5.1.1 unknown")),
    OutcomeUnknown: (Stage.FINAL_DOT, Fault.DROP),
}


class ImapBench(MailboxBench):
    """One user's mailbox; `opened` gives further instances over it, as after a restart."""

    mailbox: ImapMailbox

    def __init__(
        self, dovecot: Dovecot, receiver: SmtpReceiver, folder: Path, user: User | None = None
    ) -> None:
        self.dovecot, self.receiver, self.folder = dovecot, receiver, folder
        self.user = user or dovecot.add_user()
        self.log = MemoryLog()
        self._instances: list[ImapMailbox] = []
        self._beside: list[ImapBench] = []
        self.mailbox = self.opened()

    def opened(self, *, secrets: dict[str, str] | None = None, **settings: Any) -> ImapMailbox:
        """Another instance over the same mailbox; None takes a setting away."""
        token = self.dovecot.token(self.user)
        known = {"imap": self.user.password, "wrong": "wrong", "token": token}
        smtp = {"host": "127.0.0.1", "port": self.receiver.port, "security": "none", "timeout": 5}
        usual = {
            "host": "127.0.0.1",
            "port": self.dovecot.ports["imap"],
            "security": "none",
            "username": self.user.name,
            "password_secret": "imap",
            "timeout": 5,
            "smtp": smtp,
        }
        services = memory_services(
            self.folder,
            secrets=known if secrets is None else secrets,
            log=self.log,
            name="mailbox main",
        )
        chosen = {key: value for key, value in {**usual, **settings}.items() if value is not None}
        instance = ImapMailbox(ImapSettings.model_validate(chosen), services)
        self._instances.append(instance)
        return instance

    def beside(self, user: User) -> "ImapBench":
        """The same for another user, closed with this one."""
        self._beside.append(ImapBench(self.dovecot, self.receiver, self.folder, user))
        return self._beside[-1]

    def close(self) -> None:
        """Close every instance."""
        for instance in self._instances:
            instance.close()
        for bench in self._beside:
            bench.close()

    def deliver(self, message: bytes) -> None:
        self.dovecot.deliver(self.user, message)

    def remove(self, provider_id: str) -> None:
        _, uid, folder = provider_id.split("/", 2)
        self.dovecot.remove(self.user, folder, int(uid))

    def file_sent(self, message: bytes) -> None:
        self.dovecot.file(self.user, "Sent", message, flags=r"\Seen")

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        if kind not in FAULTS:
            return False
        stage, fault = FAULTS[kind]
        self.receiver.faults[stage] = fault
        return True

    def state(self) -> object:
        return [self.dovecot.stored(self.user, folder) for folder in ("INBOX", "Sent")]

    def left(self) -> list[bytes]:
        return [message.content for message in self.receiver.received]

    def sent_copies(self) -> list[tuple[str, ...]]:
        """The flags of each message in Sent."""
        return [
            tuple(flag for flag in one.flags if flag != r"\Recent")
            for one in self.dovecot.stored(self.user, "Sent")
        ]
