"""A practice on a real IMAP server on this machine, served by the real daemon, for the figures about it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic, sleep

from boundary_plugins.config.load import load
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client
from boundary_plugins.daemon.opening import open_secrets, open_store_of
from servers.dovecot import Dovecot, User

_SECONDS = 30.0
_CONFIG = """[practice]
name = "Quiet Harbor"
zone = "UTC"
language = "en"
region = "US"

[therapist]
name = "R. Example"
addresses = ["therapist@example.com"]

[hours]
weekly = "mon-sun {opens:%H:%M}-{closes:%H:%M}"

[responses]
hold = "0 seconds"

[plugins]
enable = ["imap"]

[[mailboxes]]
name = "main"
kind = "imap"
host = "127.0.0.1"
port = {imap}
security = "none"
username = "{user}"
password_secret = "imap"

[mailboxes.smtp]
host = "127.0.0.1"
port = {smtp}
security = "none"

[store]
state_directory = "state"
"""


def make_practice(folder: Path, server: Dovecot, user: User, smtp: int, clients: Sequence[str]) -> Path:
    """A practice that is armed and closed for hours to come; its configuration's file."""
    folder.mkdir()
    config, at = folder / "boundary.toml", datetime.now(UTC)
    opens, closes = at - timedelta(hours=10), at - timedelta(hours=4)
    imap = server.ports["imap"]
    config.write_text(_CONFIG.format(opens=opens, closes=closes, imap=imap, smtp=smtp, user=user.name))
    loaded = load(config)
    open_secrets(loaded).set("imap", user.password)
    with open_store_of(loaded) as store, store.transaction(at, check_clock=False) as transaction:
        for number, address in enumerate(clients):
            transaction.add_client(Client(f"C{number}", (address,)), [canonical(address)], at)
        transaction.arm(at.replace(microsecond=0))
    return config


@contextmanager
def served(config: Path) -> Iterator[int]:
    """The daemon, once it has looked for the first time; its process id."""
    boundary = Path(sys.executable).with_name("boundary")
    with (config.parent / "log").open("wb") as log:
        process = subprocess.Popen([str(boundary), "--config", str(config), "run"], stderr=log)
        try:
            until(lambda: "first look" in (config.parent / "log").read_text())
            yield process.pid
        finally:
            process.terminate()
            process.wait(_SECONDS)


def until(happened: Callable[[], bool]) -> None:
    """Wait until something is so. Raises RuntimeError where it takes too long."""
    deadline = monotonic() + _SECONDS
    while not happened():
        if monotonic() > deadline:
            raise RuntimeError("it did not happen in time")
        sleep(0.01)


def processor_seconds(pid: int) -> float:
    """What a process has used of processors so far (proc(5), stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
