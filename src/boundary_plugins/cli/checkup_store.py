"""Whether the store, its folder and the clock are in order, and how the program stands: mode, daemon, clients."""

import os
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from boundary_plugins.cli.context import opened_secrets, opened_store
from boundary_plugins.cli.output import local_text
from boundary_plugins.cli.running import serving
from boundary_plugins.config.schema import Config
from boundary_plugins.core.policy import Audience
from boundary_plugins.daemon.opening import store_exists
from boundary_plugins.errors import BoundaryError, StoreError
from boundary_plugins.ports import Condition, Examined
from boundary_plugins.secrets import HASH_KEY
from boundary_plugins.store.clock import CLOCK_TOLERANCE
from boundary_plugins.store.records import Mode
from boundary_plugins.store.repository import Store


class Opened(NamedTuple):
    """The store, to be closed, where it could be opened, and how that went."""

    store: Store | None
    examined: Examined


def folder_examined(folder: Path) -> Iterator[Examined]:
    """The state directory: there, ours, and closed to other users of this machine."""
    part = "state directory"
    try:
        status = folder.stat()
    except FileNotFoundError:
        yield Examined(part, Condition.OK, f"{folder} is made when it is needed")
        return
    except OSError as error:
        yield Examined(part, Condition.BROKEN, f"{folder} cannot be looked at ({error.strerror})")
        return
    if not stat.S_ISDIR(status.st_mode):
        yield Examined(part, Condition.BROKEN, f"{folder} is not a folder", "move that file away")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        remedy = "run the program as the user whose folder it is"
        yield Examined(part, Condition.BROKEN, f"{folder} may not be written by this user", remedy)
        return
    yield _private(part, folder, status)
    yield from _private_files(part, folder)


def _private(part: str, path: Path, status: os.stat_result) -> Examined:
    """Whether nobody else gets at a folder or file."""
    if os.name != "posix" or not status.st_mode & 0o077:
        return Examined(part, Condition.OK, f"{path} is yours alone")
    may = "change" if status.st_mode & 0o022 else "look into"
    condition = Condition.BROKEN if status.st_mode & 0o022 else Condition.LOOK
    found = f"other users of this machine may {may} {path}"
    return Examined(part, condition, found, f"make it yours alone with: chmod go= {path}")


def _private_files(part: str, folder: Path) -> Iterator[Examined]:
    """The store and the secrets in it that others get at."""
    for name in ("boundary.sqlite3", "secrets.enc", "secrets.key"):
        try:
            found = _private(part, folder / name, (folder / name).stat())
        except OSError:
            continue
        if found.condition is not Condition.OK:
            yield found


def opened_examined(config: Config) -> Opened:
    """The store, opened to read from; one that is not there yet is made by the first command that writes."""
    part = "store"
    try:
        is_there = store_exists(config)
        if is_there and not opened_secrets(config).has_hash_key():
            found = "the key is gone by which it knows again whom it has answered"
            remedy = f"put back the secret {HASH_KEY} from a backup before anything runs"
            return Opened(None, Examined(part, Condition.BROKEN, found, remedy))
        store = opened_store(config, read_only=True)
    except BoundaryError as error:
        is_old = isinstance(error, StoreError) and "is older than this version" in str(error)
        condition = Condition.LOOK if is_old else Condition.BROKEN
        return Opened(None, Examined(part, condition, str(error)))
    found = "it opens, and its tables are of this version" if is_there else "it is made when it is needed"
    return Opened(store, Examined(part, Condition.OK, found))


def store_examined(store: Store, at: datetime, zone: str) -> Iterator[Examined]:
    """Whether a backup was put back, and whether the clock is before what is on record."""
    if store.generation_disagrees:
        yield Examined(
            "store",
            Condition.LOOK,
            "it is older than what was last done: a backup was put back",
            "the next run takes present mail as history; look through the mail since the backup yourself",
        )
    last = store.last_commit_at()
    shown = f"this machine says {local_text(at, zone)} ({zone})"
    if last is not None and last > at + CLOCK_TOLERANCE:
        yield Examined(
            "clock",
            Condition.BROKEN,
            f"{shown}, and the last thing on record happened {local_text(last, zone)}; nothing is sent",
            "set the clock; if it is right now and was wrong then: boundary doctor --accept-clock",
        )
    else:
        yield Examined("clock", Condition.OK, shown)


def mode_examined(store: Store, zone: str) -> Iterator[Examined]:
    """Whether responses go out."""
    mode = store.mode()
    since = f" since {local_text(mode.since, zone)}" if mode.since else ""
    if mode.mode is Mode.ARMED:
        yield Examined("sending", Condition.OK, f"armed{since}")
    elif mode.mode is Mode.PAUSED:
        yield Examined("sending", Condition.LOOK, f"paused{since}", "to send again: boundary arm")
    else:
        yield Examined("sending", Condition.LOOK, "only watching, nothing is sent", "to begin: boundary arm")


def daemons_examined(config: Config, store: Store, at: datetime) -> Iterator[Examined]:
    """Whether a daemon serves each mailbox."""
    for table in config.mailboxes:
        part = f"mailbox {table.name}, daemon"
        if serving(config, store, table.name, at).served:
            yield Examined(part, Condition.OK, "it is watched")
        else:
            yield Examined(part, Condition.LOOK, "it is not watched now", "to watch it: boundary run")


def clients_examined(config: Config, store: Store) -> Iterator[Examined]:
    """Whether there is anybody to answer."""
    clients = store.clients()
    active = sum(client.active for client in clients)
    if active:
        yield Examined("clients", Condition.OK, f"{active} on file")
    else:
        everyone = config.responses.audience is Audience.EVERYONE
        unknown = "none is on file" if everyone else "none is on file, so nobody is answered"
        found = "none is active" if clients else unknown
        yield Examined("clients", Condition.LOOK, found, "add one with: boundary client add")
