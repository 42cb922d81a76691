"""Xandikos, which keeps an availability for its account."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from servers.dav_process import DavServer, free_port, running


@contextlib.contextmanager
def xandikos(folder: Path) -> Iterator[DavServer]:
    """A server with one account."""
    port = free_port()
    command = [sys.executable, "-m", "xandikos", "serve", "-l", "127.0.0.1", "-p", str(port)]
    with running([*command, "-d", str(folder / "data"), "--defaults"], port, folder / "xandikos.log"):
        yield DavServer(f"http://127.0.0.1:{port}/", calendars="/user/calendars/")
