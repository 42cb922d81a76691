"""The daemon that runs: found by the locks and leases it holds, and asked to read its configuration anew."""

import os
import signal
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.store.repository import Store


class Serving(NamedTuple):
    """Whether a daemon serves a mailbox, and when it was last heard of (None: never)."""

    served: bool
    heard_at: datetime | None


def serving(config: Config, store: Store, mailbox: str, at: datetime) -> Serving:
    """Whether a mailbox is served, on this machine or another one."""
    lease = next((lease for lease in store.leases() if lease.mailbox == mailbox), None)
    if lease is None:
        return Serving(False, None)
    lock = state_directory(config) / f"{mailbox}.lock"
    # Another machine's daemon holds no lock here, so that its lease alone tells.
    alive = lease.expires_at > at and (not lock.exists() or _is_held(lock) is not False)
    return Serving(alive, lease.expires_at - config.daemon.lease)


def running_daemons(config: Config) -> set[int]:
    """The process ids of those that serve a mailbox of this configuration on this machine."""
    folder = state_directory(config)
    locks = (folder / f"{table.name}.lock" for table in config.mailboxes)
    held = (_process(lock) for lock in locks if _is_held(lock))
    return {process for process in held if process is not None}


def ask_to_reload(config: Config) -> str | None:
    """Let a running daemon take on a changed configuration; what was done in a sentence, None: none runs."""
    processes = running_daemons(config)
    if not processes:
        return None
    try:
        for process in processes:
            os.kill(process, signal.SIGHUP)
    except (OSError, AttributeError):
        # Another user's, or a system without this signal.
        return "The running daemon goes by the hours before until it is started again."
    return "The running daemon was asked to take it on."


def _is_held(lock: Path) -> bool | None:
    """Whether a process holds the lock; None where the system cannot tell."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        with lock.open("rb") as file:
            # Shared and for a moment only, so that looking keeps no other looker out.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _process(lock: Path) -> int | None:
    """The process id that the holder wrote into its lock."""
    try:
        return int(lock.read_text("ascii"))
    except (OSError, ValueError):
        return None
