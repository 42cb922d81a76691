"""A tiny program that sends one response from an IMAP mailbox, to be killed on the way, right and wrong."""

import signal
import sys
from pathlib import Path

from boundary_imap.mailbox import ImapMailbox
from boundary_imap.sent import Copy
from boundary_imap.settings import ImapSettings
from boundary_plugins import OutgoingResponse
from boundary_plugins.testing.benches import invented_response
from boundary_plugins.testing.doubles import memory_services

RIGHT, FILE_AFTERWARDS = "imap: file as a draft, send, say that it was sent", "imap: send, then file"


class _FilesAfterwards(ImapMailbox):
    """The wrong design: nothing is left behind before the response leaves."""

    def _filed(self, response: OutgoingResponse) -> Copy | None:
        """File nothing yet, and note nothing."""
        self._attempts.note = lambda response_id, now: None  # type: ignore[method-assign]
        return None


def opened(imap: int, smtp: int, user: str, folder: Path, *, right: bool = True) -> ImapMailbox:
    """The mailbox that sends, and that is asked afterwards."""
    settings = ImapSettings.model_validate(
        {
            "host": "127.0.0.1",
            "port": imap,
            "security": "none",
            "username": user,
            "password_secret": "imap",
            "smtp": {"host": "127.0.0.1", "port": smtp, "security": "none"},
        }
    )
    kind = ImapMailbox if right else _FilesAfterwards
    return kind(settings, memory_services(folder, secrets={"imap": "secret"}))


def main() -> None:
    """`DESIGN IMAP SMTP USER FOLDER`: connect, say that it is ready, and send when SIGUSR1 comes."""
    design, imap, smtp, user, folder = sys.argv
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    mailbox = opened(int(imap), int(smtp), user, Path(folder), right=design == RIGHT)
    mailbox.changes(None)
    sys.stderr.write("ready\n")
    sys.stderr.flush()
    signal.sigwait({signal.SIGUSR1})
    mailbox.send(invented_response())
    mailbox.close()
