"""Decide and commit, one message a transaction, against bare sqlite3 writing the same rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from typing import Any

from bench.archives import OUT
from bench.figures import Figure
from bench.invented_mail import CLIENTS, invented_mail
from bench.judging import configured_judge
from boundary_plugins.codecs.mime import read_message
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.daemon.inbox import Inbox
from boundary_plugins.daemon.log import open_log
from boundary_plugins.daemon.loop import leave_what_is_loaded
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.ports import Changes
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.repository import Store, open_store
from boundary_plugins.testing.doubles import MemoryMailbox

MESSAGES = 6_000
#: So many messages by turns on either side, so that what else the machine does strikes both.
TURN = 200
LEAST_RATIO = 0.45
_TABLES = ("messages", "contacts", "intents")

Row = tuple[str, tuple[Any, ...]]


class _Clock:
    """The instant at which the message that is judged arrived."""

    def __init__(self, at: datetime) -> None:
        """Begin there."""
        self.at = at

    def __call__(self) -> datetime:
        """The present."""
        return self.at


class _ReadMailbox(MemoryMailbox):
    """A mailbox whose messages are read already, so that deciding and committing alone is measured."""

    def __init__(self, messages: Sequence[SubjectMessage], clock: _Clock) -> None:
        """Hold messages in the order of their arrival."""
        super().__init__()
        self._by_id = {message.provider_id: message for message in messages}
        self._all, self._clock, self.upto = messages, clock, 0

    def changes(self, cursor: str | None) -> Changes:
        """What came since the last look, whose cursor was how many there were."""
        new = self._all[int(cursor or 0) : self.upto]
        return Changes(tuple(message.provider_id for message in new), (), str(self.upto))

    def fetch(self, provider_id: str) -> SubjectMessage:
        """A message, at the very time when it came."""
        message = self._by_id[provider_id]
        self._clock.at = message.arrived_at
        return message


@dataclass(frozen=True, slots=True)
class _Daemon:
    """The daemon's inbox over a store of its own, armed, with every client on file."""

    inbox: Inbox
    mailbox: _ReadMailbox
    store: Store

    def turn(self) -> float:
        """Seconds in which the next messages are judged and put on record."""
        self.mailbox.upto += TURN
        began = perf_counter()
        self.inbox.look()
        return perf_counter() - began


def committing_figures() -> Iterator[Figure]:
    """The ratio to bare sqlite3 in the same rows, as the median of turns side by side."""
    messages = _messages()
    rows = _rows_of(messages)
    with (OUT / "daemon.log").open("w") as log:
        daemon = _daemon("deciding", messages, log)
        leave_what_is_loaded()
        bare = _bare_connection()
        pairs = [
            (daemon.turn(), _written(bare, rows[start : start + TURN])) for start in range(0, MESSAGES, TURN)
        ]
        daemon.store.close()
        bare.close()
    yield Figure(
        "decide and commit, to bare sqlite3's rate",
        median(bare_seconds / seconds for seconds, bare_seconds in pairs),
        "",
        least=LEAST_RATIO,
    )
    yield Figure("decide and commit", TURN / median(pair[0] for pair in pairs), "a second")
    yield Figure("bare sqlite3, the same rows", TURN / median(pair[1] for pair in pairs), "a second")


def _messages() -> list[SubjectMessage]:
    """The invented mail in the order of its arrival, read already."""
    mail = [
        read_message(message.data, provider_id=f"{number:06}", arrived_at=message.arrived_at)
        for number, message in enumerate(invented_mail(MESSAGES))
    ]
    return sorted(mail, key=lambda message: message.arrived_at)


def _daemon(name: str, messages: Sequence[SubjectMessage], log: Any) -> _Daemon:
    """An inbox as the daemon has it, past its first look."""
    clock = _Clock(messages[0].arrived_at - timedelta(hours=1))
    store = open_store("", state_directory=OUT / name, keys=KeyedHash(bytes(32)))
    with store.transaction(clock()) as transaction:
        for number, address in enumerate(CLIENTS):
            client = Client(id=f"C{number}", addresses=(address,))
            transaction.add_client(client, [canonical(address)], clock())
        transaction.arm(clock())
    mailbox, judge, voice = _ReadMailbox(messages, clock), configured_judge(), open_log(log)
    inbox = Inbox(
        mailbox=ServedMailbox("main", mailbox, watches_sent=True),
        store=store,
        judge=lambda: judge,
        notices=Notices(store, voice, clock),
        log=voice,
        now=clock,
        hold=timedelta(minutes=2),
        zone="America/New_York",
    )
    inbox.look()
    return _Daemon(inbox, mailbox, store)


def _rows_of(messages: Sequence[SubjectMessage]) -> list[list[Row]]:
    """What the daemon writes about each message, as statements with their values; from a first run."""
    with (OUT / "daemon.log").open("w") as log:
        daemon = _daemon("rehearsal", messages, log)
        for _ in range(0, MESSAGES, TURN):
            daemon.turn()
        daemon.store.close()
    connection = sqlite3.connect(OUT / "rehearsal" / "boundary.sqlite3")
    rows: dict[str, list[Row]] = {message.provider_id: [] for message in messages}
    for table in _TABLES:
        found = connection.execute(f"SELECT * FROM {table} WHERE provider_id IS NOT NULL")
        names = [column[0] for column in found.description]
        marks = ", ".join("?" * len(names))
        for values in found:
            statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
            rows[values[names.index("provider_id")]].append((statement, values))
    connection.close()
    return list(rows.values())


def _bare_connection() -> sqlite3.Connection:
    """An empty store with the same tables, clients and lists of reasons, and nothing but sqlite3 to write it."""
    path = OUT / "bare.sqlite3"
    with sqlite3.connect(OUT / "rehearsal" / "boundary.sqlite3") as rehearsed, sqlite3.connect(path) as copy:
        rehearsed.backup(copy)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")
    for table in reversed(_TABLES):
        connection.execute(f"DELETE FROM {table}")
    return connection


def _written(connection: sqlite3.Connection, messages: Sequence[Sequence[Row]]) -> float:
    """Seconds in which the rows of these messages are written, one transaction each."""
    began = perf_counter()
    for rows in messages:
        connection.execute("BEGIN IMMEDIATE")
        for statement, values in rows:
            connection.execute(statement, values)
        connection.execute("COMMIT")
    return perf_counter() - began
