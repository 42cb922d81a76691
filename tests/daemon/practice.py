"""A small practice to try things on: real configuration, Maildir, SMTP receiver, store and plugins; a set clock."""

import io
import re
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP, default
from email.utils import format_datetime
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from boundary_plugins.config.load import load
from boundary_plugins.config.schema import Config
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client
from boundary_plugins.daemon.assembly import Assembly, assemble
from boundary_plugins.daemon.log import open_log
from boundary_plugins.daemon.loop import run_once
from boundary_plugins.daemon.mailbox_loop import MailboxLoop
from boundary_plugins.daemon.opening import open_secrets, open_store_of
from boundary_plugins.store.records import IntentRecord, IntentState, MessageRecord
from boundary_plugins.store.repository import Store, open_store
from boundary_plugins.testing.smtp_receiver import SmtpReceiver

OWN = "therapist@example.com"
AB, AB_AT_WORK = "a.b@example.org", "ab.work@example.net"
CD = "c.d@example.org"
STRANGER = "somebody@example.net"
CLIENTS = (Client("AB", (AB, AB_AT_WORK)), Client("CD", (CD,)))

#: Friday 20 November 2026, 20:00 in New York; contact hours closed at 17:00 and open on Monday at 9:00.
FRIDAY_EVENING = datetime(2026, 11, 21, 1, tzinfo=UTC)
FRIDAY_CLOSING = datetime(2026, 11, 20, 22, tzinfo=UTC)
MONDAY_OPENING = datetime(2026, 11, 23, 14, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

CONFIG = """\
[practice]
name = "Quiet Harbor"
zone = "America/New_York"
region = "US"

[therapist]
name = "R. Example"
addresses = ["{own}"]

[hours]
weekly = "mon-fri 09:00-17:00"

[responses]
{responses}

[plugins]
enable = [{plugins}]
directory = "plugins"

[[mailboxes]]
name = "main"
{mailbox}

[mailboxes.smtp]
host = "127.0.0.1"
port = {port}
security = "none"
timeout = {smtp_timeout}

[store]
state_directory = "state"

[daemon]
poll = "1 second"
{daemon}

{more}
"""


MAILDIR = """\
kind = "maildir"
path = "Maildir"
sent = "Maildir/.Sent"
"""

NO_HEADERS: Mapping[str, str] = MappingProxyType({})


class Clock:
    """The present, as a test sets it."""

    def __init__(self, now: datetime = FRIDAY_EVENING) -> None:
        """Begin at an instant."""
        self.now = now

    def __call__(self) -> datetime:
        """The present instant."""
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time go by."""
        self.now += by


class Practice:
    """One practice in a folder. `start` opens everything, `look` is one pass of every mailbox."""

    def __init__(self, folder: Path, receiver: SmtpReceiver, clock: Clock | None = None) -> None:
        """Make the Maildir and the configuration; nothing is opened yet."""
        self.folder, self.receiver = folder, receiver
        self.clock = clock or Clock()
        self.log_stream = io.StringIO()
        self.log = open_log(self.log_stream)
        self.used: set[str] = set()
        self.stop = threading.Event()
        self._numbers = count(1)
        self._settings: dict[str, Any] = {
            "own": OWN,
            "port": receiver.port,
            "responses": "",
            "plugins": '"files"',
            "mailbox": MAILDIR,
            "smtp_timeout": 2,
            "daemon": "",
            "more": "",
        }
        self._hours: str | None = None
        self.assembly: Assembly | None = None
        self.loops: Mapping[str, MailboxLoop] = {}
        (folder / "plugins").mkdir(parents=True)
        (folder / "plugins").chmod(0o700)
        make_maildir(folder / "Maildir")
        make_maildir(folder / "Maildir" / ".Sent")
        self.configure()

    # The configuration.

    def configure(self, *, hours: str | None = None, **settings: Any) -> Config:
        """Write the configuration anew; `hours` replaces the weekly hours."""
        self._settings |= settings
        self._hours = hours or self._hours
        text = CONFIG.format(**self._settings)
        if self._hours is not None:
            text = text.replace('"mon-fri 09:00-17:00"', f'"{self._hours}"')
        self.config_path.write_text(text, "utf-8")
        return load(self.config_path)

    @property
    def config_path(self) -> Path:
        """The configuration's file."""
        return self.folder / "config.toml"

    @property
    def maildir(self) -> Path:
        """Where mail is delivered."""
        return self.folder / "Maildir"

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.folder / "state"

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.state / "boundary.sqlite3"

    # The daemon.

    def assembled(self) -> Assembly:
        """Everything that the configuration names, opened as `boundary run` does."""
        config = load(self.config_path)
        return assemble(config, self.open_store(config), open_secrets(config), self.log, self.clock)

    def open_store(self, config: Config) -> Store:
        """The store; a lock of another process is waited for much shorter than usual."""
        open_store_of(config).close()
        from boundary_plugins.store.keyed_hash import KeyedHash

        keys = KeyedHash(open_secrets(config).hash_key())
        return open_store("", state_directory=self.state, keys=keys, busy_seconds=0.2)

    def start(
        self, *, clients: Iterable[Client] = CLIENTS, armed: bool = True, first_look: bool = True
    ) -> None:
        """Open everything, put clients on file, take what lies there as history, and arm."""
        self.assembly = self.assembled()
        at = self.clock.now
        with self.store.transaction(at, check_clock=False) as transaction:
            for client in clients:
                if self.store.client(client.id) is None:
                    transaction.add_client(client, [canonical(address) for address in client.addresses], at)
        self._begin_loops()
        if first_look:
            self.look()
        if armed:
            self.arm()

    def _begin_loops(self) -> None:
        """The loops of every mailbox, with the hours read."""
        assert self.assembly is not None
        self.stop = threading.Event()
        self.assembly.timetable.refresh(calendars=True)
        self.loops = {loop.name: loop for loop in self.assembly.mailbox_loops(self.stop)}

    def restart(self) -> None:
        """As after an end of the process: nothing stays in memory, everything is opened anew."""
        self.close()
        self.assembly = self.assembled()
        self._begin_loops()

    def close(self) -> None:
        """Let go of everything."""
        if self.assembly is not None:
            self.assembly.close()
            self.assembly = None

    def look(self, *, after: timedelta = timedelta(0), ignore_hold: bool = False) -> bool:
        """One pass of each mailbox, some time later; whether all of it worked."""
        self.clock.advance(after)
        worked = [loop.one_pass(ignore_hold=ignore_hold) for loop in self.loops.values()]
        return all(worked)

    def look_and_send(self) -> bool:
        """Judge what came, and after the hold send."""
        looked = self.look()
        return self.look(after=3 * MINUTE) and looked

    def run_once(self) -> bool:
        """`run --once`."""
        return run_once(self.assembled())

    def arm(self) -> None:
        """Arm the sending, as the command does."""
        at = self.clock.now
        with self.store.transaction(at, check_clock=False) as transaction:
            transaction.drop_waiting(at, "it was decided before sending was armed")
            transaction.arm(at.replace(microsecond=0))

    def pause(self) -> list[int]:
        """Pause it, as the command does."""
        at = self.clock.now
        with self.store.transaction(at, check_clock=False) as transaction:
            return transaction.pause(at)

    @property
    def store(self) -> Store:
        """The store that is open."""
        assert self.assembly is not None
        return self.assembly.store

    # Mail.

    def deliver(
        self,
        sender: str = AB,
        subject: str = "A question about Thursday",
        *,
        path: str | None = None,
        arrived: datetime | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> str:
        """Deliver a message as a mail server does; its id in the mailbox. `path` is the Return-Path."""
        arrived = arrived or self.clock.now
        number = next(self._numbers)
        mail = EmailMessage(policy=SMTP)
        fields = {
            "From": f"Somebody <{sender}>",
            "To": OWN,
            "Subject": subject,
            "Message-ID": f"<m{number}@mail.example.net>",
            "Date": format_datetime(arrived),
        }
        fields |= headers
        # First, because it takes away every field about the content.
        mail.set_content("Could we talk about it?")
        for name, value in fields.items():
            mail[name] = value
        top = (
            f"Return-Path: <{sender if path is None else path}>\r\nDelivered-To: {OWN}\r\n"
            f"Received: from mail.example.net by mx.example.com with ESMTPS id r{number}; "
            f"{format_datetime(arrived)}\r\n"
        )
        self.used |= {each for each in (sender, path, subject, fields["Subject"]) if each}
        return self._put(self.maildir, number, top.encode() + mail.as_bytes())

    def write(self, to: str, *, sent_at: datetime | None = None) -> str:
        """The therapist writes to somebody; it is filed in the Sent folder."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = OWN, to, "Our appointment"
        mail["Date"] = format_datetime(sent_at or self.clock.now)
        mail.set_content("See you on Thursday at ten.")
        return self._put(self.maildir / ".Sent", next(self._numbers), mail.as_bytes())

    def _put(self, maildir: Path, number: int, data: bytes) -> str:
        """To tmp, then renamed to new."""
        name = f"{int(self.clock.now.timestamp())}.{number:03}.mx.example"
        (maildir / "tmp" / name).write_bytes(data)
        (maildir / "tmp" / name).rename(maildir / "new" / name)
        return name

    # What became of it.

    @property
    def responses(self) -> list[Message]:
        """The responses that the receiver got, parsed."""
        return [message_from_bytes(each.content, policy=default) for each in self.receiver.received]

    @property
    def recipients(self) -> list[str]:
        """To whom they went."""
        return [recipient for each in self.receiver.received for recipient in each.recipients]

    def message(self, provider_id: str) -> MessageRecord:
        """What is on record about a message."""
        (found,) = self.store.messages_by_provider_id(provider_id, "main")
        return found

    def reason(self, provider_id: str) -> str:
        """Why it was answered or not."""
        return self.message(provider_id).reason

    @property
    def intents(self) -> list[IntentRecord]:
        """Every response on record."""
        return self.store.intents()

    @property
    def states(self) -> list[IntentState]:
        """Their states."""
        return [intent.state for intent in self.intents]

    @property
    def told(self) -> list[str]:
        """What stands in `status` now."""
        return [notice.text for notice in self.store.notices()]

    @property
    def log_text(self) -> str:
        """The log so far."""
        return self.log_stream.getvalue()

    def logged(self, words: str) -> int:
        """How many lines of the log have these words."""
        return sum(words in line for line in self.log_text.splitlines())

    def assert_nothing_private_was_kept(self) -> None:
        """No address or subject of a client in the log or any table but the client directory."""
        for private in self.used - {"", OWN}:
            assert private not in self.log_text
            for table, text in dumped(self.database).items():
                if table != "client_addresses":
                    assert private not in text, table


def make_maildir(path: Path) -> None:
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)


def dumped(database: Path) -> dict[str, str]:
    """Everything in each table, as text."""
    with sqlite3.connect(database) as connection:
        tables = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        found = {table: repr(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in tables}
    connection.close()
    return found


def text_of(message: Message) -> str:
    """The plain text of a response."""
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def without_ids(content: bytes) -> bytes:
    """A response without what must differ: ids, boundaries and the two addresses in its headers."""
    response_id = re.search(rb"(?im)^X-Boundary-Response: *(\w+)", content)
    assert response_id is not None
    content = content.replace(response_id[1], b"ID")
    return re.sub(rb"(?im)^(To|In-Reply-To|References|Date):[^\n]*\n(?:[ \t][^\n]*\n)*", b"", content)
