"""An invented practice in a folder: closed now, armed, two clients on file; the mail that comes; what became of it."""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from boundary_plugins.config.load import load
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.store.records import IntentRecord, IntentState, MessageState
from boundary_plugins.testing.smtp_receiver import Received

CLIENTS = {"AB": ("a.b@example.org", "ab.work@example.net"), "CD": ("c.d@example.org",)}
_CONFIGURATION = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
language = "en"
region = "US"
[therapist]
name = "R. Example"
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-sun {opens:%H:%M}-{closes:%H:%M}"
[responses]
hold = "0 seconds"
[plugins]
enable = ["files"]
[[mailboxes]]
name = "main"
kind = "maildir"
path = "Maildir"
[mailboxes.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout = 10
[store]
state_directory = "state"
[daemon]
poll = "60 seconds"
"""
#: The name of a message's file, and who wrote it: two clients, one of them twice, a stranger, a machine.
MESSAGES = {
    "1": "a.b@example.org",
    "2": "ab.work@example.net",
    "3": "c.d@example.org",
    "4": "somebody@example.net",
    "5": "news@lists.example.net",
}
FROM_CLIENTS = ("1", "2", "3")


@dataclass(frozen=True, slots=True)
class Practice:
    """One folder with everything of a practice."""

    folder: Path

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "config.toml"

    def deliver(self) -> None:
        """Deliver every message as a mail server does: written in tmp, then renamed to new."""
        at = datetime.now(UTC)
        names = {f"{int(at.timestamp())}.{name}.example": sender for name, sender in MESSAGES.items()}
        tmp, new = (self.folder / "Maildir" / folder for folder in ("tmp", "new"))
        for name, sender in names.items():
            (tmp / name).write_bytes(_written(name, sender, at))
        for name in names:
            (tmp / name).rename(new / name)

    def become_impatient(self) -> None:
        """Let the patience between two attempts be over, so that a test need not wait for it."""
        with closing(sqlite3.connect(self.folder / "state" / "boundary.sqlite3")) as connection, connection:
            connection.execute("UPDATE intents SET next_attempt_at = NULL")


def make_practice(folder: Path) -> Practice:
    """A practice that was never served: no mail, closed for hours to come, sending armed."""
    practice = Practice(folder)
    for name in ("cur", "new", "tmp"):
        (folder / "Maildir" / name).mkdir(parents=True)
    at = datetime.now(UTC)
    _configure(practice, at, port=1)
    with (
        open_store_of(load(practice.config)) as store,
        store.transaction(at, check_clock=False) as transaction,
    ):
        for client_id, addresses in CLIENTS.items():
            transaction.add_client(Client(client_id, addresses), [canonical(each) for each in addresses], at)
        transaction.arm(at.replace(microsecond=0))
    return practice


def copy_of(practice: Practice, folder: Path, port: int) -> Practice:
    """The same practice in another folder, sending to another port."""
    shutil.copytree(practice.folder, folder)
    copy = Practice(folder)
    _configure(copy, datetime.now(UTC), port)
    return copy


def _configure(practice: Practice, at: datetime, port: int) -> None:
    """Write the configuration."""
    opens, closes = at - timedelta(hours=10), at - timedelta(hours=4)
    practice.config.write_text(_CONFIGURATION.format(opens=opens, closes=closes, port=port), "utf-8")


def _written(name: str, sender: str, at: datetime) -> bytes:
    """A message as a mail server delivers it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, "therapist@example.com", "A question"
    mail["Message-ID"], mail["Date"] = f"<{name}@mail.example.net>", format_datetime(at)
    if sender.startswith("news@"):
        mail["List-Id"], mail["Precedence"] = "<journal.lists.example.net>", "bulk"
    mail.set_content("Hello.")
    received = f"from mail.example.net by mx.example.com with ESMTPS id 1; {format_datetime(at)}"
    top = f"Return-Path: <{sender}>\r\nDelivered-To: therapist@example.com\r\nReceived: {received}\r\n"
    return top.encode() + mail.as_bytes()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one run: clients by what they received, and everything else that is wrong, in words."""

    answered: tuple[str, ...]
    doubled: tuple[str, ...]
    lost: tuple[str, ...]
    set_aside: tuple[str, ...]
    wrong: tuple[str, ...]


def outcome_of(practice: Practice, received: Sequence[Received]) -> Outcome:
    """Compare what was received with what the store and its notices say."""
    got = {client: _count(received, addresses) for client, addresses in CLIENTS.items()}
    with open_store_of(load(practice.config)) as store:
        intents = {client: store.intents(client_id=client) for client in CLIENTS}
        told = " ".join(notice.key for notice in store.notices())
        contacts = sorted(contact.provider_id or "" for contact in store.contacts())
        judged = sorted(one.provider_id for one in store.messages() if one.state is MessageState.DECIDED)
    aside = tuple(client for client in CLIENTS if _is_set_aside(intents[client], told))
    wrong = [*_integrity(practice)]
    if (names := [name.split(".")[1] for name in contacts]) != sorted(FROM_CLIENTS):
        wrong.append(f"the contacts are of the messages {names}")
    if (names := [name.split(".")[1] for name in judged]) != sorted(MESSAGES):
        wrong.append(f"the decisions are about the messages {names}")
    for client, of_client in intents.items():
        states = [intent.state for intent in of_client]
        if states not in ([IntentState.SENT], [IntentState.SET_ASIDE]):
            wrong.append(f"the responses to {client} are {states}")
        elif states == [IntentState.SET_ASIDE] and client not in aside:
            wrong.append(f"nobody is told of the response to {client}")
    return Outcome(
        answered=tuple(client for client in CLIENTS if got[client] == 1),
        doubled=tuple(client for client in CLIENTS if got[client] > 1),
        lost=tuple(client for client in CLIENTS if got[client] == 0 and client not in aside),
        set_aside=aside,
        wrong=tuple(wrong),
    )


def received_outcome(received: Sequence[Received]) -> Outcome:
    """What clients received, of a program that keeps nothing else."""
    got = {client: _count(received, addresses) for client, addresses in CLIENTS.items()}
    return Outcome(
        answered=tuple(client for client in CLIENTS if got[client] == 1),
        doubled=tuple(client for client in CLIENTS if got[client] > 1),
        lost=tuple(client for client in CLIENTS if got[client] == 0),
        set_aside=(),
        wrong=(),
    )


def _count(received: Sequence[Received], addresses: Sequence[str]) -> int:
    """How many messages came to one of the addresses."""
    return sum(recipient in addresses for message in received for recipient in message.recipients)


def _is_set_aside(intents: Sequence[IntentRecord], told: str) -> bool:
    """Whether the response was set aside, and a person is told of it."""
    return [intent.state for intent in intents] == [IntentState.SET_ASIDE] and (
        f"response {intents[0].id} set aside" in told
    )


def _integrity(practice: Practice) -> list[str]:
    """What SQLite finds wrong with its file."""
    with closing(sqlite3.connect(practice.folder / "state" / "boundary.sqlite3")) as connection:
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    return [] if found == ["ok"] else found
