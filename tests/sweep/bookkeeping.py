"""A practice with charges that wait for a yes, and books of its own; what became of each charge."""

import queue
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from boundary_plugins.config.load import load
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client, Consent
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.daemon.opening import open_store_of
from boundary_plugins.store.charge_records import ChargeState
from sweep.practice import Outcome
from sweep.program import Program, Programs
from sweep.tracing import Point, Trace, fired, points_of

#: A biller that knows nothing of keys when it writes: only who asks first keeps a line from standing twice.
BOOKS = '''"""Books in a file that take whatever is written."""
import os
from pathlib import Path
from pydantic import BaseModel
from boundary_plugins import BillerProvider, hookimpl

class Settings(BaseModel):
    path: Path

class Books:
    def __init__(self, path):
        self._path = path

    def post(self, line):
        return self._written(line)

    def void(self, reference, line):
        return self._written(line)

    def find(self, key):
        lines = self._path.read_text().split() if self._path.exists() else []
        return key if key in lines else None

    def close(self):
        pass

    def _written(self, line):
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(descriptor, f"{line.key}\\n".encode())
        os.fsync(descriptor)
        os.close(descriptor)
        return line.key

@hookimpl
def register_billers():
    yield BillerProvider(
        name="books",
        summary="books in a file",
        settings=Settings,
        open=lambda settings, services: Books(settings.path),
    )
'''
_CONFIGURATION = """
[practice]
name = "Quiet Harbor"
zone = "UTC"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon-sun 09:00-10:00"
[plugins]
enable = ["ledger", "books"]
directory = "plugins"
[store]
state_directory = "state"
[billing]
version = "1"
effective_on = "2020-01-01"
currency = "USD"
[[fees]]
name = "messages"
price = "150.00 an hour"
boundary = "any"
[[billers]]
name = "books"
kind = "{kind}"
{settings}
"""
CLIENTS = ("AB", "CD", "EF")


@dataclass(frozen=True, slots=True)
class Practice:
    """One folder with everything of a practice. `kind` is that of its biller: `ledger` or `books`."""

    folder: Path
    kind: str

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "config.toml"

    def keys(self) -> list[str]:
        """The keys of all lines in the books, as often as they stand there."""
        if self.kind == "books":
            books = self.folder / "books.txt"
            return books.read_text("ascii").split() if books.exists() else []
        with open_store_of(load(self.config)) as store:
            return [entry.line.key for entry in store.ledger_entries()]

    def waiting(self) -> list[str]:
        """The numbers of the charges that nobody has said yes to."""
        with open_store_of(load(self.config)) as store:
            return [str(each.number) for each in store.charges(states=(ChargeState.PROPOSED,))]

    def become_impatient(self) -> None:
        """Let the patience between two attempts be over, so that a test need not wait for it."""
        with closing(sqlite3.connect(self.folder / "state" / "boundary.sqlite3")) as connection, connection:
            connection.execute("UPDATE charges SET next_attempt_at = NULL")

    def outcome(self) -> Outcome:
        """Each charge by how often it stands in the books, and everything that disagrees with the store."""
        with open_store_of(load(self.config)) as store:
            charges = store.charges()
            told = " ".join(notice.key for notice in store.notices())
        count = Counter(self.keys())
        by_client = {charge.client_id: count[charge.key] for charge in charges}
        aside = tuple(
            charge.client_id
            for charge in charges
            if charge.state is ChargeState.SET_ASIDE and f"charge {charge.number} set aside" in told
        )
        wrong = [
            f"charge {charge.number} is {charge.state.value}"
            for charge in charges
            if charge.state is not ChargeState.POSTED and charge.client_id not in aside
        ]
        if sorted(by_client) != sorted(CLIENTS):
            wrong.append(f"the charges are of {sorted(by_client)}")
        return Outcome(
            answered=tuple(client for client in CLIENTS if by_client.get(client) == 1),
            doubled=tuple(client for client in CLIENTS if by_client.get(client, 0) > 1),
            lost=tuple(client for client in CLIENTS if by_client.get(client, 0) == 0 and client not in aside),
            set_aside=aside,
            wrong=tuple(wrong),
        )


def make_practice(folder: Path, kind: str) -> Practice:
    """A practice with a contact of each client, twelve minutes on it, consents, and proposed charges."""
    practice = Practice(folder, kind)
    (folder / "plugins").mkdir(parents=True)
    (folder / "plugins").chmod(0o700)
    (folder / "plugins" / "books.py").write_text(BOOKS, "utf-8")
    settings = 'path = "books.txt"' if kind == "books" else ""
    practice.config.write_text(_CONFIGURATION.format(kind=kind, settings=settings), "utf-8")
    at = datetime.now(UTC)
    came = at - timedelta(days=1)
    with (
        open_store_of(load(practice.config)) as store,
        store.transaction(at, check_clock=False) as transaction,
    ):
        for client in CLIENTS:
            address = f"{client.lower()}@example.org"
            transaction.add_client(Client(client, (address,)), [canonical(address)], at)
            transaction.add_consent(client, Consent("1", came - timedelta(days=9), "signed form"), at)
            contact = Contact(client, Channel.VOICE, "unclassified", came, True, came, at)
            transaction.log_contact(contact, at, minutes=12)
    return practice


def copy_of(practice: Practice, folder: Path) -> Practice:
    """The same practice in another folder."""
    shutil.copytree(practice.folder, folder)
    return Practice(folder, practice.kind)


@dataclass(frozen=True, slots=True)
class Billed:
    """One run: whether the kill happened, and what became of every charge after the restart."""

    point: Point
    fired: bool
    outcome: Outcome
    log: tuple[str, ...]

    def __str__(self) -> str:
        """For whoever looks for the reason."""
        return f"{self.point}: {self.outcome}\n    " + "\n    ".join(self.log)


@dataclass(frozen=True, slots=True)
class BillingBench:
    """Runs of one program over copies of one practice."""

    template: Practice
    folder: Path
    programs: "queue.SimpleQueue[Programs]"
    program: str
    words: tuple[str, ...]
    #: What a person or the system starts after a crash, again and again until nothing is left to do.
    again: tuple[str, ...]

    @property
    def _name(self) -> str:
        """What its folders begin with."""
        return f"{self.program}-{self.template.kind}".replace(" ", "-").replace(",", "")

    def points(self) -> list[Point]:
        """Every point of a run in which nothing goes wrong."""
        programs = self.programs.get()
        try:
            practice = copy_of(self.template, self.folder / f"{self._name}-watched")
            program = self._start(programs, practice, self.words)
            trace = Trace(program.pid, practice.folder / "trace", all_threads=True)
            program.go()
            code = program.wait()
            assert code == 0, program.lines
            # Threads count their calls each for themselves: whichever comes there first is hit.
            return points_of(trace.lines(), 0)
        finally:
            self.programs.put(programs)

    def killed_at(self, point: Point) -> Billed:
        """A run that is killed at a point, then everything that follows a crash."""
        programs = self.programs.get()
        try:
            practice = copy_of(self.template, self.folder / f"{self._name}-{point.call}-{point.number}")
            program = self._start(programs, practice, self.words)
            kill = (point, "signal=KILL")
            trace = Trace(program.pid, practice.folder / "trace", inject=kill, all_threads=True)
            program.go()
            program.wait()
            hit = fired(trace.lines(), Point(point.call, 0, 1), kill[1])
            log = [*program.lines, "--- and after the restart"]
            # The first restart may only find out that something surely was not done, the second does it.
            for _ in range(2):
                practice.become_impatient()
                for words in self._restarts(practice):
                    restarted = self._start(programs, practice, words)
                    restarted.go()
                    code = restarted.wait()
                    log += restarted.lines
                    assert code == 0, f"the restart ended with {code}: {log}"
            return Billed(point, hit, practice.outcome(), tuple(log))
        finally:
            self.programs.put(programs)

    def _restarts(self, practice: Practice) -> list[tuple[str, ...]]:
        """What is started after a crash: the daemon, and where it is still wanted the therapist's yes."""
        if self.program != "boundary":
            return [self.again]
        waiting = practice.waiting()
        return [*([("charge", "confirm", *waiting)] if waiting else []), self.again]

    def _start(self, programs: Programs, practice: Practice, words: tuple[str, ...]) -> Program:
        """Start the program with the practice's configuration, waiting."""
        return programs.start(self.program, "--config", str(practice.config), *words, waiting=True)
