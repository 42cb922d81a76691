"""A lock on a file, held by one process of this machine and let go by the system if that process dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from boundary_plugins.errors import StoreError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, wait: bool) -> None:
        """Lock one byte far behind the text; LK_LOCK itself gives up after ten seconds."""
        os.lseek(descriptor, 1 << 20, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)
else:
    import fcntl

    def _lock(descriptor: int, wait: bool) -> None:
        """Lock the whole file."""
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked_file(path: Path, *, what: str = "", wait: bool = False) -> Iterator[None]:
    """Hold the lock `path` (made 0600, with our process id in it) as long as the block runs.

    Without `wait`, raises StoreError where another process holds it: "`what` is already served by
    process 4711". The file stays behind, since removing it would let two processes hold two locks.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    except OSError as error:
        raise StoreError(f"the lock file {path} cannot be made: {error.strerror}") from None
    try:
        _take(descriptor, path, what, wait)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, path: Path, what: str, wait: bool) -> None:
    """Take the lock and write our process id, or name the holder."""
    try:
        _lock(descriptor, wait)
    except OSError:
        holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
        raise StoreError(f"{what or path} is already served by process {holder}", retry=True) from None
    # Who holds it is only told: on a full disk the lock is held all the same.
    with suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
