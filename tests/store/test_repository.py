"""The store as a whole: its clock, its generation after a restored backup, and its rights on disk."""

import contextlib
import shutil
import sqlite3
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.errors import ClockWentBack, StoreError
from boundary_plugins.store.repository import Store, open_store
from store.building import HOUR, KEYS, NOW, armed, message, record

DUE = NOW + timedelta(minutes=2)
OpenStore = Callable[..., Store]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with contextlib.suppress(ZeroDivisionError), store.transaction(NOW) as tx:
        tx.record_decision(message())
        raise ZeroDivisionError

    assert [] == store.messages()
    # The list of reasons went with it, and is written again.
    record(store)
    assert 3 == len(store.messages()[0].reasons)


def test_a_clock_that_steps_back_is_refused_and_nothing_is_written(open_it: OpenStore) -> None:
    first = open_it()
    record(first, at=NOW + HOUR)

    for store in (first, open_it()):
        with pytest.raises(ClockWentBack, match="2026-03-06 21:00:00 UTC"):
            record(store, "2", at=NOW)
        assert 1 == len(store.messages())


def test_two_seconds_back_are_tolerated(open_it: OpenStore) -> None:
    first = open_it()
    record(first, "1", at=NOW)

    record(open_it(), "2", at=NOW - timedelta(seconds=2))
    with pytest.raises(ClockWentBack):
        # The time that a transaction waits for others is added, so the edge itself is not to be met.
        record(first, "3", at=NOW - timedelta(seconds=4))


def test_a_person_may_accept_the_clock_or_work_in_spite_of_it(store: Store) -> None:
    record(store, "1", at=NOW + HOUR)

    with store.transaction(NOW, check_clock=False) as tx:
        tx.set_cursor("main", "1")
    assert NOW + HOUR == store.last_commit_at()
    store.accept_clock(NOW)

    assert NOW == store.last_commit_at()
    record(store, "2", at=NOW)


def test_a_naive_instant_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="without a zone"), store.transaction(datetime(2026, 1, 1)):  # noqa: DTZ001
        pass


def test_a_transaction_within_a_transaction_is_a_bug_and_says_so(store: Store) -> None:
    with store.transaction(NOW), pytest.raises(RuntimeError, match="inside another"), store.transaction(NOW):
        pass

    record(store)
    assert 1 == len(store.messages())


def test_an_ordinary_start_agrees_with_the_generation_file(open_it: OpenStore) -> None:
    store = armed(open_it())
    assert not store.generation_disagrees
    intent_id = record(store).intent_id
    assert intent_id is not None
    assert store.begin_attempt(intent_id, DUE)

    assert not open_it().generation_disagrees


def test_a_missing_generation_file_disagrees_with_a_store_that_has_acted(
    open_it: OpenStore, tmp_path: Path
) -> None:
    store = armed(open_it())
    first, second = record(store, "1").intent_id, record(store, "2").intent_id
    assert first is not None
    assert second is not None
    store.begin_attempt(first, DUE)

    (tmp_path / "state" / "generation").unlink()

    assert store.generation_disagrees
    with pytest.raises(StoreError, match="backup"):
        store.begin_attempt(second, DUE)
    store.accept_generation(DUE)
    assert store.begin_attempt(second, DUE)


def test_a_restored_backup_is_noticed_and_sends_nothing_until_accepted(tmp_path: Path) -> None:
    state, backup = tmp_path / "state", tmp_path / "backup.sqlite3"
    store = armed(open_store("", state_directory=state, keys=KEYS))
    first, second = record(store, "1").intent_id, record(store, "2").intent_id
    assert first is not None
    assert second is not None
    with sqlite3.connect(state / "boundary.sqlite3") as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    store.begin_attempt(first, DUE)
    store.close()

    for leftover in state.glob("boundary.sqlite3*"):
        leftover.unlink()
    shutil.copy(backup, state / "boundary.sqlite3")
    restored = open_store("", state_directory=state, keys=KEYS)

    assert restored.generation_disagrees
    with pytest.raises(StoreError, match="a backup was put back"):
        restored.begin_attempt(first, DUE)
    restored.accept_generation(DUE)
    assert not restored.generation_disagrees
    assert restored.begin_attempt(second, DUE)
    assert not restored.generation_disagrees
    restored.close()


def test_a_new_store_in_the_place_of_one_that_acted_is_noticed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    store = armed(open_store("", state_directory=state, keys=KEYS))
    intent_id = record(store).intent_id
    assert intent_id is not None
    store.begin_attempt(intent_id, DUE)
    store.close()

    for leftover in state.glob("boundary.sqlite3*"):
        leftover.unlink()
    fresh = open_store("", state_directory=state, keys=KEYS)

    assert fresh.generation_disagrees
    fresh.close()


def test_folder_and_file_are_their_owners_alone(sqlite_store: Store, tmp_path: Path) -> None:
    state = tmp_path / "state"

    assert 0o700 == stat.S_IMODE(state.stat().st_mode)
    for file in state.glob("boundary.sqlite3*"):
        assert 0o600 == stat.S_IMODE(file.stat().st_mode), file


def test_sqlite_is_set_up_to_lose_nothing(sqlite_store: Store) -> None:
    with sqlite_store.transaction(NOW) as tx:
        pragmas = {
            name: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 200} == pragmas


def test_reading_goes_on_while_another_writes(open_it: OpenStore) -> None:
    store, reader = open_it(), open_it()

    with store.transaction(NOW) as tx:
        tx.set_cursor("main", "1")
        assert None is reader.cursor("main")

    assert "1" == reader.cursor("main")


def test_no_table_but_the_directory_holds_an_address_or_a_message_id_of_a_settled_one(
    sqlite_store: Store, tmp_path: Path
) -> None:
    intent_id = record(armed(sqlite_store)).intent_id
    assert intent_id is not None
    with sqlite_store.transaction(DUE) as tx:
        tx.record_sent("main", "s1", DUE, [])
        tx.drop(intent_id, DUE, "test")
    sqlite_store.close()

    connection = sqlite3.connect(tmp_path / "state" / "boundary.sqlite3")
    dump = "\n".join(connection.iterdump())
    connection.close()

    assert "ab@example" not in dump.casefold()
    assert "m1@example.com" not in dump
    assert "therapist@example.com" in dump


def test_instants_of_another_zone_come_back_in_utc(store: Store) -> None:
    local = NOW.astimezone(datetime.now().astimezone().tzinfo)
    record(store, at=local)

    assert UTC == store.messages()[0].decided_at.tzinfo
    assert NOW == store.messages()[0].decided_at
