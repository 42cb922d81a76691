"""A PostgreSQL server for the tests: databases on it, and Debian's own where pgserver has no wheel."""

import subprocess
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg


def postgresql_url(url_of: Callable[[str], str], name: str) -> str:
    """The URL of a new, empty schema that stands for a database of its own.

    A database is three hundred files to copy and to delete, which takes longer than most tests.
    """
    server = url_of("postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"


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
        started = cls(get_server(folder, cleanup_mode="stop"))
        # Nothing outlives the tests.
        with psycopg.connect(started.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("SELECT pg_reload_conf()")
        return started

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
                "pg_ctl",
                "-w",
                "-o",
                f"-k {folder} -c listen_addresses='' -c fsync=off",
                "-l",
                f"{folder}/log",
                "start",
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
