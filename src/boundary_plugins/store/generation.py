"""The generation file: beside the store, it remembers how far the store had come when we last acted."""

import os
from dataclasses import dataclass
from pathlib import Path

from boundary_plugins.errors import StoreError
from boundary_plugins.store.file_lock import locked_file


@dataclass(frozen=True, slots=True)
class Generation:
    """How often a store has attempted to act; `store_id` tells one store from another."""

    store_id: str
    number: int


def read_generation(path: Path) -> Generation | None:
    """What the file says; None where it is missing or unreadable as such. Raises StoreError."""
    try:
        words = path.read_text("ascii", errors="replace").split()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"the generation file {path} cannot be read: {error.strerror}") from None
    if len(words) != 2 or not words[1].isdecimal():
        return None
    return Generation(words[0], int(words[1]))


def disagrees(stored: Generation, filed: Generation | None) -> bool:
    """Whether the store has gone back: a backup was put back, or another store stands in its place.

    A missing file agrees only with a store that never acted.
    """
    if filed is None:
        return stored.number > 0
    return filed.store_id != stored.store_id or filed.number > stored.number


def write_generation(path: Path, generation: Generation, *, replace: bool = False) -> None:
    """Write the file so that a power loss leaves the old or the new one; never a smaller number.

    `replace` writes it whatever it says now. Raises StoreError, `retry` set, where it cannot.
    """
    with locked_file(path.with_name(path.name + ".lock"), wait=True):
        filed = read_generation(path)
        same = filed is not None and filed.store_id == generation.store_id
        if filed is not None and same and filed.number >= generation.number and not replace:
            return
        try:
            _write(path, f"{generation.store_id} {generation.number}\n")
        except OSError as error:
            problem = f"the generation file {path} cannot be written: {error.strerror}; nothing was sent"
            raise StoreError(problem, retry=True) from None


def _write(path: Path, text: str) -> None:
    """Write beside, fsync, rename, fsync the folder."""
    beside = path.with_name(path.name + ".new")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, text.encode("ascii"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    beside.replace(path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
