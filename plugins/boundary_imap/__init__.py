"""Any mail server: IMAP to read, SMTP submission to answer, and Sieve for a server that answers by itself."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from boundary_plugins import (
    Capability,
    Mailbox,
    MailboxProvider,
    Publisher,
    PublisherProvider,
    Services,
    Unavailable,
    hookimpl,
)

if TYPE_CHECKING:
    from boundary_imap.settings import ImapSettings, SieveSettings


def _open_mailbox(settings: "ImapSettings", services: Services) -> Mailbox:
    """Open a mailbox on an IMAP server."""
    try:
        from boundary_imap.mailbox import ImapMailbox
    except ModuleNotFoundError as error:
        if error.name != "imapclient":
            raise
        problem = "reading mail over IMAP needs the extra: pip install --constraint constraints.txt '.[imap]'"
        raise Unavailable(services.name, problem) from None
    return ImapMailbox(settings, services)


def _open_sieve(settings: "SieveSettings", services: Services) -> Publisher:
    """Open a server of Sieve scripts."""
    from boundary_imap.sieve_publisher import SievePublisher

    return SievePublisher(settings, services)


def _mailbox_lacks(settings: "ImapSettings") -> frozenset[Capability]:
    """What is switched off in the settings."""
    lacks = set()
    if settings.sent == "":
        lacks |= {Capability.SEE_SENT, Capability.FIND_SENT}
    if not settings.idle:
        lacks.add(Capability.NOTICE_AT_ONCE)
    if not settings.time_marks:
        lacks.add(Capability.READ_TIME_MARKS)
    return frozenset(lacks)


@hookimpl
def register_mailboxes() -> Iterator[MailboxProvider[Any]]:
    """A mailbox on an IMAP server, with responses by SMTP submission."""
    from boundary_imap.settings import ImapSettings

    yield MailboxProvider(
        name="imap",
        summary="a mailbox on any IMAP server; responses go by SMTP and are filed in Sent",
        settings=ImapSettings,
        open=_open_mailbox,
        capabilities=frozenset(
            {
                Capability.SEE_SENT,
                Capability.FIND_SENT,
                Capability.NULL_REVERSE_PATH,
                Capability.SEE_SPAM_VERDICT,
                Capability.NOTICE_AT_ONCE,
                Capability.READ_TIME_MARKS,
            }
        ),
        lacks=_mailbox_lacks,
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """A Sieve script with which the mail server answers by itself."""
    from boundary_imap.settings import SieveSettings

    yield PublisherProvider(
        name="sieve",
        summary="a Sieve script on the mail server, which answers everyone also while the program is off",
        settings=SieveSettings,
        open=_open_sieve,
        capabilities=frozenset({Capability.ANSWER_EVERYONE}),
    )
