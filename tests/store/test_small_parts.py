"""Instants, keyed hashes, JSON of reasons, and locks on files."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from boundary_plugins.core.circumstances import Reason
from boundary_plugins.errors import StoreError
from boundary_plugins.store.encoding import decode_facts, decode_reasons, encode_facts, encode_reasons
from boundary_plugins.store.file_lock import locked_file
from boundary_plugins.store.generation import (
    Generation,
    disagrees,
    read_generation,
    write_generation,
)
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.tables import UtcInstant, from_stored, to_stored
from store.building import FACTS, REASONS


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 6, 20, 0, 0, 123456, UTC),
        # Before the epoch, and far ahead: no float is involved.
        datetime(1901, 1, 1, 0, 0, 0, 1, UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, UTC),
        # Another offset, of half an hour.
        datetime(2026, 3, 6, 20, 0, tzinfo=timezone(timedelta(hours=10, minutes=30))),
    ],
)
def test_an_instant_comes_back_to_the_microsecond_in_utc(at: datetime) -> None:
    back = from_stored(to_stored(at))

    assert (at, timedelta(0)) == (back, back.utcoffset())


def test_a_naive_instant_is_refused_by_the_column_too() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        UtcInstant().process_bind_param(datetime(2026, 1, 1), None)  # noqa: DTZ001


def test_keyed_hashes_differ_by_key_and_by_kind_and_ignore_angle_brackets() -> None:
    keys, others = KeyedHash(bytes(32)), KeyedHash(bytes(31) + b"\1")

    assert keys.address("a@example.com") == KeyedHash(bytes(32)).address("a@example.com")
    assert keys.address("a@example.com") != others.address("a@example.com")
    assert keys.address("example.com") != keys.domain("example.com")
    assert keys.message_id("<1@example.com>") == keys.message_id("1@example.com")
    assert 16 == len(keys.address("\udcff@example.com"))


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        KeyedHash(b"short")


def test_reasons_come_back_in_order_and_equal_lists_have_one_digest() -> None:
    digest, text = encode_reasons(REASONS)

    assert REASONS == decode_reasons(text)
    assert digest == encode_reasons(tuple(Reason(*reason) for reason in REASONS))[0]
    assert digest != encode_reasons(REASONS[::-1])[0]
    assert () == decode_reasons(None)


@pytest.mark.parametrize(
    "facts",
    [FACTS, replace(FACTS, next_opening_at=None, promised_by=None, region=None, promises_next_opening=False)],
)
def test_facts_come_back_as_they_were(facts: object) -> None:
    assert facts == decode_facts(encode_facts(facts))  # type: ignore[arg-type]


def test_a_lock_names_the_process_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "main.lock"
    code = (
        "import sys; from pathlib import Path\n"
        "from boundary_plugins.store.file_lock import locked_file\n"
        f"with locked_file(Path({str(path)!r})):\n"
        "    print('held', flush=True); sys.stdin.readline()"
    )
    pipe = subprocess.PIPE
    other = subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True)
    assert other.stdout is not None
    assert "held\n" == other.stdout.readline()

    with pytest.raises(StoreError) as caught, locked_file(path, what="mailbox main"):
        pass
    other.communicate("go on\n", timeout=30)

    assert f"mailbox main is already served by process {other.pid}" == str(caught.value)
    with locked_file(path, what="mailbox main"):
        assert f"{os.getpid()}\n" == path.read_text()


def test_a_lock_is_free_again_after_its_block(tmp_path: Path) -> None:
    for _ in range(2):
        with locked_file(tmp_path / "new" / "main.lock"):
            pass


@pytest.mark.parametrize(
    "stored, filed, expected",
    [
        # A fresh store.
        (0, None, False),
        # The file was lost, or the store moved to another machine.
        (1, None, True),
        (5, Generation("a", 5), False),
        # Stopped between the commit and the file.
        (6, Generation("a", 5), False),
        # A backup was put back.
        (4, Generation("a", 5), True),
        # Another store stands in the place of ours.
        (9, Generation("b", 1), True),
    ],
)
def test_the_generation_tells_a_store_that_went_back(
    stored: int, filed: Generation | None, expected: bool
) -> None:
    assert expected is disagrees(Generation("a", stored), filed)


def test_the_generation_file_never_goes_back_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "generation"

    write_generation(path, Generation("a", 7))
    write_generation(path, Generation("a", 6))
    kept = read_generation(path)
    write_generation(path, Generation("a", 6), replace=True)

    assert Generation("a", 7) == kept
    assert Generation("a", 6) == read_generation(path)


@pytest.mark.parametrize("content", ["", "a", "a b", "a 1 2", "\xff\xfe"])
def test_a_generation_file_that_makes_no_sense_counts_as_missing(content: str, tmp_path: Path) -> None:
    path = tmp_path / "generation"
    path.write_text(content)

    assert None is read_generation(path)
