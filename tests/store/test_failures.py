"""What goes wrong with a database: one clear sentence, nothing lost, and no traceback of its driver."""

import os
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store, open_store
from store.building import KEYS, NOW, record

_HEAD = """
import os, sys
from pathlib import Path
sys.path[:0] = {path!r}
from store.building import *
from boundary_plugins.store.repository import open_store
store = open_store("", state_directory=Path({state!r}), keys=KEYS)
"""


def child(tmp_path: Path, body: str) -> "subprocess.Popen[str]":
    """Another process that has the same store open and runs `body`."""
    head = _HEAD.format(path=[str(Path(__file__).parents[1])], state=str(tmp_path / "state"))
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", head + body], stdin=pipe, stdout=pipe, text=True)


def first_line(process: "subprocess.Popen[str]") -> str:
    """The next line that the process says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


_HOLDS_THE_LOCK = """
with store.transaction(NOW) as tx:
    tx.record_decision(message("theirs"))
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_a_store_locked_by_another_process_says_so_and_works_again_later(
    sqlite_store: Store, tmp_path: Path
) -> None:
    other = child(tmp_path, _HOLDS_THE_LOCK)
    assert "held" == first_line(other)

    with pytest.raises(StoreError, match="is locked by another process") as caught:
        record(sqlite_store)
    assert [] == sqlite_store.messages()
    other.communicate("go on\n", timeout=30)
    record(sqlite_store)

    assert caught.value.retry
    assert {"theirs", "m1"} == {found.provider_id for found in sqlite_store.messages()}


def test_a_process_killed_within_a_transaction_leaves_nothing_of_it(
    sqlite_store: Store, tmp_path: Path
) -> None:
    record(sqlite_store, "1")
    other = child(tmp_path, _HOLDS_THE_LOCK)
    assert "held" == first_line(other)

    os.kill(other.pid, signal.SIGKILL)
    other.communicate(timeout=30)
    record(sqlite_store, "2")

    assert {"m1", "m2"} == {found.provider_id for found in sqlite_store.messages()}
    assert ["theirs"] == sqlite_store.unseen("main", ["theirs"])


_FILLS_THE_DISK = """
import resource, signal
from boundary_plugins.errors import StoreError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for number in range(200):
    record(store, f"before{number}")
size = max(file.stat().st_size for file in Path(store._database.path).parent.iterdir())
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40_000, hard))
number = 0
while True:
    try:
        record(store, f"then{number}")
    except StoreError as error:
        print(number, error.retry, error, flush=True)
        break
    number += 1
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
record(store, f"then{number}")
store.close()
"""


def test_a_full_disk_says_so_loses_nothing_and_works_again_with_room(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk: the write fails in the kernel all the same."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = child(tmp_path, _FILLS_THE_DISK)

    said, _ = done.communicate(timeout=120)

    number, retry, sentence = said.strip().split(" ", 2)
    assert 0 == done.returncode
    assert "True" == retry
    assert "nothing was lost" in sentence
    store = open_store("", state_directory=tmp_path / "state", keys=KEYS)
    assert 200 + int(number) + 1 == len(store.messages())
    store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "boundary.sqlite3"
    file.write_bytes(b"a letter to a friend, long enough to be looked at " * 100)
    before = file.read_bytes()

    with pytest.raises(StoreError, match="is not a database of this program") as caught:
        open_store("", state_directory=tmp_path, keys=KEYS)

    assert not caught.value.retry
    assert before == file.read_bytes()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    store = open_store("", state_directory=tmp_path, keys=KEYS)
    for number in range(50):
        record(store, str(number))
    store.close()
    file = tmp_path / "boundary.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    file.write_bytes(content)

    with pytest.raises(StoreError, match=r"boundary\.sqlite3 (is damaged|is not a database)"):
        open_store("", state_directory=tmp_path, keys=KEYS).messages()


@pytest.mark.parametrize(
    "url",
    [
        # No database at all.
        "nonsense",
        # Another database than ours.
        "mysql://somebody@127.0.0.1/boundary",
        # SQLite in memory forgets.
        "sqlite://",
        "sqlite:///:memory:",
        # No port.
        "postgresql://somebody@127.0.0.1:port/boundary",
    ],
)
def test_a_wrong_url_says_what_is_allowed(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="sqlite:///FILE") as caught:
        open_store(url, state_directory=tmp_path, keys=KEYS)

    assert not caught.value.retry
    assert "\n" not in str(caught.value)


def test_a_postgresql_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        url = f"postgresql://somebody:hunter2@127.0.0.1:{port}/boundary"

        with pytest.raises(StoreError, match="cannot be reached") as caught:
            open_store(url, state_directory=tmp_path, keys=KEYS)

    assert caught.value.retry
    assert "hunter2" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")

    with pytest.raises(StoreError, match="cannot be made"):
        open_store("", state_directory=tmp_path / "state", keys=KEYS)


_END_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def test_a_connection_that_postgresql_ends_is_taken_anew(store: Store, url: str) -> None:
    record(store, "1")
    if url.startswith("postgresql"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_END_OTHERS)
        with pytest.raises(StoreError, match="cannot be reached") as caught:
            record(store, "2")
        assert caught.value.retry

    record(store, "2")

    assert 2 == len(store.messages())


def test_an_error_names_no_row(store: Store) -> None:
    with pytest.raises(StoreError) as caught, store.transaction(NOW) as tx:
        tx.connection.exec_driver_sql("INSERT INTO cursors (therapist, mailbox) VALUES ('secret', 'secret')")

    assert "secret" not in str(caught.value)
    assert None is caught.value.__cause__
