"""Radicale, with or without sign-in and TLS."""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from servers.dav_process import DavServer, free_port, running


@contextlib.contextmanager
def radicale(
    folder: Path, *, password: str = "", certificate: tuple[Path, Path] | None = None
) -> Iterator[DavServer]:
    """A server with the account "therapist"; with a password, signing in is needed.

    `certificate` is a file of it and one of its key (PEM).
    """
    port = free_port()
    settings = {
        "server-hosts": f"127.0.0.1:{port}",
        "storage-filesystem-folder": str(folder / "collections"),
        "auth-type": "none",
        "auth-delay": "0",
        "server-delay-on-error": "0",
    }
    if password:
        (folder / "users").write_text(f"therapist:{password}\n")
        settings |= {"auth-type": "htpasswd", "auth-htpasswd-filename": str(folder / "users")}
        settings |= {"auth-htpasswd-encryption": "plain"}
    if certificate:
        settings |= {"server-certificate": str(certificate[0]), "server-key": str(certificate[1])}
    options = [part for name, value in settings.items() for part in (f"--{name}", value)]
    command = [
        sys.executable,
        "-m",
        "radicale",
        "--config",
        "",
        *options,
        *(["--server-ssl"] if certificate else []),
    ]
    scheme = "https" if certificate else "http"
    with running(command, port, folder / "radicale.log"):
        yield DavServer(
            f"{scheme}://127.0.0.1:{port}/", calendars="/therapist/", user="therapist", password=password
        )
