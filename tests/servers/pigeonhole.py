"""Pigeonhole's own `sieve-test`, which runs a script on a message, at an instant that faketime sets."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from servers.dovecot import ordinary_user

#: What must be on a machine for these tests; Debian's packages of these names.
PACKAGES = "dovecot-sieve faketime"
_FAKETIME = tuple(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
# doveconf starts sieve-test anew with these variables alone.
_CONFIG = """\
import_environment = TZ LD_PRELOAD FAKETIME NO_FAKE_STAT
first_valid_uid = 1
first_valid_gid = 1
mail_uid = {uid}
mail_gid = {gid}
mail_home = {folder}
mail_location = maildir:{folder}/Maildir
plugin {{
  sieve_extensions = +vacation-seconds
}}
"""
_FACT = re.compile(r"^ +=> (\w+) *: (.*)$", re.MULTILINE)
_TEXT = re.compile(r"^START MESSAGE\n(.*)\nEND MESSAGE$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Run:
    """A message that is handed in at an instant, with the addresses of its envelope."""

    at: datetime
    message: bytes
    sender: str
    to: str


@dataclass(frozen=True, slots=True)
class Vacation:
    """What `vacation` would send: its facts ("handle", "subject", "from", "seconds") and its text."""

    facts: Mapping[str, str]
    text: str


class Pigeonhole:
    """Runs scripts; nothing is delivered or sent. Used as a context manager."""

    def __init__(self) -> None:
        """Make a folder of its own below /tmp, which the ordinary user of these tests may write."""
        self._folder = Path(tempfile.mkdtemp(prefix="pigeonhole-"))
        self._identity = ordinary_user()
        uid, gid = self._identity.get("user", os.getuid()), self._identity.get("group", os.getgid())
        self._config = self._folder / "dovecot.conf"
        self._config.write_text(_CONFIG.format(uid=uid, gid=gid, folder=self._folder))
        if os.getuid() == 0:
            os.chown(self._folder, uid, gid)

    def __enter__(self) -> "Pigeonhole":
        """Nothing runs yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove every file."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def answers(self, script: str, runs: Iterable[Run]) -> list[Vacation | None]:
        """What each run sends (None: nothing)."""
        path = self._compiled(script)
        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(lambda run: self._answer(path, run), runs))

    def _compiled(self, script: str) -> Path:
        """The script as a file, compiled once."""
        path = self._file(script.encode(), "sieve")
        if not path.with_suffix(".svbin").exists():
            self._run("sievec", str(path), at=None)
        return path

    def _file(self, content: bytes, suffix: str) -> Path:
        """A file with this content, written once."""
        path = self._folder / f"{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
        if not path.exists():
            path.write_bytes(content)
        return path

    def _answer(self, script: Path, run: Run) -> Vacation | None:
        """What one run sends."""
        mail = self._file(run.message, "eml")
        # It takes no null reverse-path; then it looks into the message for one.
        path = ("-f", run.sender) if run.sender else ()
        said = self._run("sieve-test", *path, "-r", run.to, "-a", run.to, str(script), str(mail), at=run.at)
        if "send vacation message" not in said:
            return None
        text = _TEXT.search(said)
        return Vacation(dict(_FACT.findall(said)), text[1] if text else "")

    def _run(self, program: str, *arguments: str, at: datetime | None) -> str:
        """What one of the programs says. Raises RuntimeError where the script is not well."""
        environment = {"PATH": os.environ.get("PATH", "/usr/bin"), "TZ": "UTC"}
        if at is not None:
            environment |= {
                "LD_PRELOAD": str(_FAKETIME[0]),
                "FAKETIME": at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"),
                "NO_FAKE_STAT": "1",
            }
        done = subprocess.run(
            [program, "-c", str(self._config), *arguments],
            capture_output=True,
            env=environment,
            check=False,
            **self._identity,
        )
        said: str = (done.stdout + done.stderr).decode().replace("\r\n", "\n")
        if done.returncode or "rror:" in said:
            raise RuntimeError(said)
        return said


@pytest.fixture(scope="session")
def pigeonhole() -> Iterator[Pigeonhole]:
    """One folder of scripts for all tests of a process."""
    if shutil.which("sieve-test") is None or not _FAKETIME:
        pytest.skip(f"Pigeonhole's tools or faketime are not on this machine (Debian: {PACKAGES})")
    with Pigeonhole() as tools:
        yield tools
