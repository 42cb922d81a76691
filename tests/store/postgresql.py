"""A PostgreSQL server for the tests: databases on it, and Debian's own where pgserver has no wheel."""

import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


def postgresql_url(url_of: Callable[[str], str], name: str) -> str:
    """The URL of a new, empty database."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return url_of(name)


@dataclass(frozen=True)
class BundledServer:
    """The PostgreSQL that pgserver carries."""

    server: Any

    @classmethod
    def start(cls, folder: Path) -> "BundledServer | None":
        """Start it; None where pgserver has no wheel for this Python."""
        try:
            with warnings.catch_warnings():
                # Its use of platformdirs warns where nobody is signed in.
                warnings.simplefilter("ignore")
                from pgserver.postgres_server import get_server
        except ModuleNotFoundError:
            return None
        return cls(get_server(folder, cleanup_mode="stop"))

    def url(self, name: str) -> str:
        """The URL of a database."""
        return str(self.server.get_uri(name))

    def stop(self) -> None:
        """Stop the server."""
        self.server.cleanup()


@dataclass(frozen=True)
class DebianServer:
    """The system's PostgreSQL on a socket in a folder of ours; it refuses to run as root."""

    binaries: Path
    folder: Path

    @classmethod
    def start(cls, folder: Path) -> "DebianServer | None":
        """Start the newest one; None where there is none or it does not start."""
        for binaries in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
            server = cls(binaries, folder)
            if server._run("initdb", "-A", "trust", "-U", "postgres") and server._run(
                "pg_ctl", "-w", "-o", f"-k {folder} -c listen_addresses=''", "-l", f"{folder}/log", "start"
            ):
                return server
        return None

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def stop(self) -> None:
        """Stop the server that `start` started."""
        self._run("pg_ctl", "-w", "-m", "fast", "stop")

    def _run(self, program: str, *arguments: str) -> bool:
        """Whether one of its programs succeeded on our folder."""
        command = [str(self.binaries / program), "-D", f"{self.folder}/data", *arguments]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
