"""The daemon that runs on this machine: found by the locks it holds, and asked to read its configuration anew."""

import os
import signal
from pathlib import Path

from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config


def running_daemons(config: Config) -> set[int]:
    """The process ids of those that serve a mailbox of this configuration on this machine."""
    folder = state_directory(config)
    held = (_holder(folder / f"{table.name}.lock") for table in config.mailboxes)
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


def _holder(lock: Path) -> int | None:
    """Who holds the lock; None where nobody does, or the system cannot tell."""
    try:
        import fcntl

        with lock.open("rb") as file:
            try:
                # Shared and for a moment only: a daemon that starts just then would find it taken.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return int(file.read(32))
    except (ImportError, OSError, ValueError):
        return None
    return None
