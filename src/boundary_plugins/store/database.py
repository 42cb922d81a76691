"""The connection to SQLite or PostgreSQL: how it is opened, read, and written in one transaction."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakSet

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from boundary_plugins.errors import StoreError
from boundary_plugins.store.failures import NOT_UNDERSTOOD, clear_failures
from boundary_plugins.store.statement import Statement, driver_of

#: How long one waits for another process's write transaction.
BUSY_SECONDS = 10.0
#: Pages that are asked for again and again stay in memory, and are copied out of the log less often
#: (sqlite.org/pragma.html#pragma_cache_size, #pragma_wal_autocheckpoint): 16 MiB of each.
_CACHE_KIB = 16_384
_CHECKPOINT_PAGES = 4_000
_TAKE_LOCK = Statement("SELECT pg_advisory_xact_lock(?)")


class Database:
    """One engine. Reading takes part in no lock; a write transaction is the only one in SQLite."""

    def __init__(
        self,
        url: str,
        *,
        read_only: bool = False,
        create: bool = True,
        busy_seconds: float = BUSY_SECONDS,
    ) -> None:
        """Prepare; nothing is opened yet, but the file's folder is made (0700), and the file (0600).

        Raises StoreError where the URL is not understood, the file cannot be made, or is missing and
        should not be made.
        """
        self.place = "the store"
        with clear_failures(self.place):
            parsed = _driver_url(_parsed(url))
            self.is_sqlite = parsed.get_backend_name() == "sqlite"
            self.path = Path(parsed.database) if self.is_sqlite and parsed.database else None
            self.place = f"the store {self.path or parsed.render_as_string()}"
            if self.path is not None:
                _private_file(self.path, create and not read_only)
            self.engine = _engine(parsed, read_only, busy_seconds)
        if self.is_sqlite:
            _watch_sqlite(self.engine, read_only, busy_seconds)
        self._own = threading.local()
        self._writers: WeakSet[sa.Connection] = WeakSet()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection to read from, with one consistent view. Raises StoreError."""
        with clear_failures(self.place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, lock: str | None = None) -> Iterator[sa.Connection]:
        """A write transaction, committed at the end, rolled back on any exception. Raises StoreError.

        SQLite: BEGIN IMMEDIATE, hence one writer at a time. PostgreSQL: `lock` is taken as an advisory
        lock before anything is read, because READ COMMITTED alone lets racers decide side by side.
        """
        with clear_failures(self.place):
            writer = self._writer()
            if writer.is_busy:
                raise RuntimeError("a write transaction cannot be begun inside another one")
            try:
                with writer if self.is_sqlite else writer.connection.begin():
                    if lock is not None and not self.is_sqlite:
                        _TAKE_LOCK.run(writer.driver, (_lock_number(lock),))
                    yield writer.connection
            except BaseException:
                # What went wrong may be the connection itself, so the next transaction takes another.
                self._drop(writer)
                raise

    def _writer(self) -> "_Writer":
        """This thread's own connection for writing, kept, because taking one anew each time costs."""
        writer: _Writer | None = getattr(self._own, "writer", None)
        if writer is None or writer.connection.closed:
            writer = self._own.writer = _Writer(self.engine.connect(), self.is_sqlite)
            self._writers.add(writer.connection)
        return writer

    def _drop(self, writer: "_Writer") -> None:
        """Close this thread's connection for writing."""
        self._own.writer = None
        self._writers.discard(writer.connection)
        writer.connection.close()

    def close(self) -> None:
        """Let go of every connection; no other thread may be using one."""
        for connection in list(self._writers):
            connection.close()
        self._writers.clear()
        self.engine.dispose()


class _Writer:
    """A thread's connection for writing; entered, a write transaction of SQLite.

    SQLAlchemy hears of the transaction only where one of its statements runs in it: its own beginning
    and end take a fifth of the hot transaction. A rollback is the closed connection's.
    """

    __slots__ = ("_is_sqlite", "connection", "driver")

    def __init__(self, connection: sa.Connection, is_sqlite: bool) -> None:
        """Use `connection`, which is in no transaction."""
        self.connection = connection
        self.driver = driver_of(connection)
        self._is_sqlite = is_sqlite

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is open on it."""
        begun = self._is_sqlite and self.driver.in_transaction
        return bool(begun or self.connection.in_transaction())

    def __enter__(self) -> None:
        """Begin."""
        self.driver.execute("BEGIN IMMEDIATE")

    def __exit__(self, failure: object, *_: object) -> None:
        """Commit what succeeded."""
        if failure is not None:
            return
        if self.connection.in_transaction():
            self.connection.commit()
        else:
            self.driver.execute("COMMIT")


def _parsed(url: str) -> URL:
    """The URL in its parts. Raises StoreError without a word of it, since a password may stand in it."""
    try:
        return make_url(url)
    except ValueError:
        raise StoreError(NOT_UNDERSTOOD) from None


def _driver_url(url: URL) -> URL:
    """The URL with the driver this program uses. Raises StoreError for another database."""
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+pysqlite")
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreError(NOT_UNDERSTOOD)


def _private_file(path: Path, create: bool) -> None:
    """Make the folder and the file readable by their owner alone."""
    if path.exists():
        return
    if not create:
        raise StoreError(f"there is no store at {path} yet")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(f"the store {path} cannot be made: {error.strerror}") from None


def _engine(url: URL, read_only: bool, busy_seconds: float) -> sa.Engine:
    """The engine of SQLAlchemy, opened lazily."""
    if url.get_backend_name() == "sqlite":
        if read_only:
            path = Path(url.database or "").absolute().as_uri()
            url = url.set(database=path, query={"mode": "ro", "uri": "true"})
        return sa.create_engine(url, connect_args={"timeout": busy_seconds}, pool_size=20)
    # What the address itself asks of the session stands first, and is kept.
    given = url.query.get("options", "")
    asked = given if isinstance(given, str) else " ".join(given)
    options = f"{asked} -c lock_timeout={int(busy_seconds * 1000)}".strip()
    if read_only:
        options += " -c default_transaction_read_only=on"
    try:
        return sa.create_engine(
            url, connect_args={"connect_timeout": 10, "options": options}, pool_pre_ping=True, pool_size=20
        )
    except ModuleNotFoundError:
        raise StoreError(
            "PostgreSQL needs the extra: pip install --constraint constraints.txt '.[postgresql]'"
        ) from None


def _watch_sqlite(engine: sa.Engine, read_only: bool, busy_seconds: float) -> None:
    """Set every new connection up, and begin transactions ourselves.

    Only write transactions begin with BEGIN IMMEDIATE, and they have begun when SQLAlchemy begins: a
    deferred one that upgrades to write fails at once with "locked", and an immediate one for readers
    would lock them out.
    """

    @sa.event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        driver = driver_of(connection)
        if not driver.in_transaction:
            driver.execute("BEGIN")


def _lock_number(lock: str) -> int:
    """A 64-bit number for PostgreSQL's advisory lock; a collision only makes two wait for each other."""
    return int.from_bytes(sha256(lock.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)
