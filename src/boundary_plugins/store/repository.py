"""The store itself: opened by `open_store`, read through `Store`, written through a `Transaction`.

Reading methods are on `Store`, writing ones on the transaction that `Store.transaction` gives:

    with store.transaction(at=now, lock=sender.lock) as tx:
        history = tx.history("main", sender, now)
        decision = decide(...)
        tx.record_decision(message, sender, decision.contact, intent)

Each part is in a module of its own: deciding, outbox, clients, availability_changes, operation, queries,
promises, time_entries, timed_contacts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic

import sqlalchemy as sa

from boundary_plugins.core.history import History, NotWatched
from boundary_plugins.errors import StoreError
from boundary_plugins.store.availability_changes import AvailabilityReads, AvailabilityWrites
from boundary_plugins.store.charge_decisions import DecisionWrites
from boundary_plugins.store.charge_proposals import ProposalWrites
from boundary_plugins.store.charges import ChargeReads
from boundary_plugins.store.clients import ClientReads, ClientWrites
from boundary_plugins.store.clock import ClockWatch
from boundary_plugins.store.database import BUSY_SECONDS, Database
from boundary_plugins.store.deciding import DecidingReads
from boundary_plugins.store.fee_policies import PolicyReads, PolicyWrites
from boundary_plugins.store.fee_terms import FeeTermsReads, FeeTermsWrites
from boundary_plugins.store.generation import (
    Generation,
    disagrees,
    read_generation,
    write_generation,
)
from boundary_plugins.store.invoices import InvoiceReads, InvoiceWrites
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.ledger import LedgerReads, LedgerWrites
from boundary_plugins.store.operation import OperationReads, OperationWrites
from boundary_plugins.store.outbox import OutboxReads, OutboxWrites
from boundary_plugins.store.promises import PromiseReads, PromiseWrites
from boundary_plugins.store.queries import QueryReads, QueryWrites
from boundary_plugins.store.records import Mode, Sender
from boundary_plugins.store.retention import RetentionWrites
from boundary_plugins.store.schema import make_empty_schema, prepare_schema
from boundary_plugins.store.tables import meta
from boundary_plugins.store.time_entries import TimeReads
from boundary_plugins.store.timed_contacts import TimedContactReads
from boundary_plugins.store.watching import WatchingWrites


class Transaction(
    WatchingWrites,
    OutboxWrites,
    ClientWrites,
    AvailabilityWrites,
    OperationWrites,
    QueryWrites,
    PromiseWrites,
    RetentionWrites,
    PolicyWrites,
    ProposalWrites,
    DecisionWrites,
    LedgerWrites,
    FeeTermsWrites,
    InvoiceWrites,
):
    """One write transaction: all of it is committed at the end of its block, or nothing."""

    def arm(self, at: datetime) -> None:
        """Answer from now on, never what arrived before `at`; again while armed changes nothing."""
        self._set_mode(Mode.ARMED, mode_since=at, armed_at=at)

    def pause(self, at: datetime) -> list[int]:
        """Stop everything at once: responses that wait are dropped; their ids."""
        self._set_mode(Mode.PAUSED, mode_since=at, armed_at=None)
        return self.drop_waiting(at, "sending was paused")


class Store(
    DecidingReads,
    OutboxReads,
    ClientReads,
    AvailabilityReads,
    OperationReads,
    QueryReads,
    TimeReads,
    TimedContactReads,
    PolicyReads,
    ChargeReads,
    LedgerReads,
    FeeTermsReads,
    InvoiceReads,
    PromiseReads,
):
    """The store of one therapist. Any thread may use it; each call and transaction has its own connection.

    Every method may raise StoreError; where its `retry` is set nothing was lost and the same call may
    succeed later.
    """

    def __init__(self, database: Database, therapist: str, keys: KeyedHash, generation_path: Path) -> None:
        """Use `open_store`."""
        super().__init__(database, therapist, keys)
        self.keys = keys
        self._generation_path = generation_path
        self._known_reasons: set[bytes] = set()
        self._clock = ClockWatch(therapist)

    @contextmanager
    def transaction(
        self, at: datetime, lock: str | None = None, *, check_clock: bool = True
    ) -> Iterator[Transaction]:
        """The one kind of write transaction; commits at the end of the block.

        `lock` (`Sender.lock`) makes those who decide about the same person wait for each other also on
        PostgreSQL. Raises ClockWentBack where `at` is more than two seconds before the last commit;
        with `check_clock` False the clock is neither looked at nor recorded (a person's own command).
        """
        named = None if lock is None else f"{self.therapist}\0{lock}"
        called = monotonic()
        try:
            with self._database.write(named) as connection:
                tx = Transaction(connection, self.therapist, self._keys, self._known_reasons)
                if check_clock:
                    # Whoever waited for another's transaction is late, and no clock went back.
                    waited = timedelta(seconds=monotonic() - called)
                    self._clock.check(tx.driver, at + waited)
                yield tx
                if check_clock:
                    self._clock.record(tx.driver, at)
        except BaseException:
            self._known_reasons.clear()
            self._clock.forget()
            raise
        self._known_reasons |= tx.new_reasons

    def history(
        self,
        mailbox: str,
        sender: Sender,
        at: datetime,
        *,
        therapist_mail: NotWatched | None = None,
        only_before: bool = False,
    ) -> History:
        """What bears on a decision at `at`, to look at without deciding (see `Transaction.history`)."""
        with self._database.read() as connection:
            tx = Transaction(connection, self.therapist, self._keys, self._known_reasons)
            return tx.history(mailbox, sender, at, therapist_mail=therapist_mail, only_before=only_before)

    def accept_clock(self, at: datetime) -> None:
        """Take `at` for the present although it is before the last commit: a person has looked."""
        with self.transaction(at, check_clock=False) as tx:
            self._clock.accept(tx.driver, at)

    def begin_attempt(self, intent_id: int, at: datetime, *, ignore_hold: bool = False) -> bool:
        """Mark a response as being attempted, on disk in the store *and* in the generation file.

        False: somebody else has it, it is settled, not due, outlived, or the mode is not armed. Only
        after True may one act. Raises StoreError where the store was put back from a backup.
        """
        filed = read_generation(self._generation_path)
        with self.transaction(at) as tx:
            if disagrees(_generation(tx.connection), filed):
                raise StoreError(
                    "the store is older than what was last done (a backup was put back): nothing is sent "
                    "before present mail is taken as history"
                )
            begun = tx.begin_attempt(intent_id, at, ignore_hold=ignore_hold)
            generation = _generation(tx.connection)
        if begun:
            self._file_generation(generation, intent_id, at)
        return begun

    def _file_generation(self, generation: Generation, intent_id: int, at: datetime) -> None:
        """Write the generation file; where it cannot be written nobody acts, so the attempt is undone."""
        try:
            write_generation(self._generation_path, generation)
        except StoreError as error:
            with self.transaction(at) as tx:
                tx.retry_at(intent_id, at, str(error))
            raise

    @property
    def generation_disagrees(self) -> bool:
        """Whether a backup was put back: the file beside the store remembers more than the store does.

        Also where the file is missing although the store has acted. Then mail that is there is history.
        """
        with self._database.read() as connection:
            stored = _generation(connection)
        return disagrees(stored, read_generation(self._generation_path))

    def accept_generation(self, at: datetime) -> None:
        """Agree again, after the caller has put present mail on record as history."""
        filed = read_generation(self._generation_path)
        with self.transaction(at, check_clock=False) as tx:
            stored = _generation(tx.connection)
            same = filed is not None and filed.store_id == stored.store_id
            number = max(stored.number, filed.number if filed is not None and same else 0)
            tx.connection.execute(sa.update(meta).values(generation=number))
        write_generation(self._generation_path, Generation(stored.store_id, number), replace=True)

    def close(self) -> None:
        """Let go of every connection."""
        self._database.close()

    def __enter__(self) -> "Store":
        """The store itself; leaving the block closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def open_store(
    url: str,
    *,
    state_directory: Path,
    keys: KeyedHash,
    therapist: str = "therapist",
    read_only: bool = False,
    create: bool = True,
    busy_seconds: float = BUSY_SECONDS,
) -> Store:
    """Open the store, and make or migrate it where that is needed (never with `read_only`).

    `url` empty means SQLite in the state directory (`boundary.sqlite3`); else `sqlite:///FILE` or
    `postgresql://…`. Raises StoreError where it cannot be opened, is missing and `create` is False,
    or was made by a newer version of this program.
    """
    path = state_directory / "boundary.sqlite3"
    database = Database(
        url or f"sqlite:///{path}", read_only=read_only, create=create, busy_seconds=busy_seconds
    )
    generation_path = state_directory / "generation"
    try:
        prepare_schema(database, therapist, read_only=read_only)
        if not read_only:
            _begin_generation_file(database, generation_path)
    except BaseException:
        database.close()
        raise
    return Store(database, therapist, keys, generation_path)


def open_empty_store(folder: Path, keys: KeyedHash, therapist: str = "therapist") -> Store:
    """A store in an empty folder that nobody keeps: to look at where a practice has none yet.

    Raises StoreError.
    """
    database = Database(f"sqlite:///{folder / 'empty.sqlite3'}")
    try:
        make_empty_schema(database, therapist)
    except BaseException:
        database.close()
        raise
    return Store(database, therapist, keys, folder / "generation")


def _begin_generation_file(database: Database, path: Path) -> None:
    """Make the file for a store that never acted, so that from then on a missing one means something."""
    with database.read() as connection:
        stored = _generation(connection)
    if stored.number == 0 and read_generation(path) is None:
        write_generation(path, stored)


def _generation(connection: sa.Connection) -> Generation:
    """The generation as the store knows it."""
    return Generation(*connection.execute(sa.select(meta.c.store_id, meta.c.generation)).one())
