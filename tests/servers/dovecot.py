"""Dovecot with Pigeonhole on this machine, run as an ordinary user: IMAP, LMTP and ManageSieve."""

import base64
import contextlib
import imaplib
import os
import secrets
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import pytest

from boundary_plugins.testing.certificates import make_certificate
from servers.dovecot_config import JWT_FOLDER, PORTS, dovecot_config, oauth2_config
from servers.json_web_token import json_web_token

#: What must be on a machine for these tests; Debian's packages of these names.
PACKAGES = "dovecot-imapd dovecot-lmtpd dovecot-sieve dovecot-managesieved"
_NEEDED = ("imap", "lmtp", "managesieve")
_LIBRARIES = (Path("/usr/lib/dovecot"), Path("/usr/libexec/dovecot"))
# In seconds: a server that does not come up within this never does.
_PATIENCE = 20.0
# It says goodbye at once, and then may wait for itself.
_GOODBYE = 1.0
# Dovecot serves no mail for root; whoever is root runs it as this user.
_NOBODY = 65534


def is_installed() -> bool:
    """Whether Dovecot, its LMTP and Pigeonhole are on this machine."""
    there = any(all((folder / name).exists() for name in _NEEDED) for folder in _LIBRARIES)
    return there and _program("dovecot") is not None and _program("doveadm") is not None


def ordinary_user() -> dict[str, Any]:
    """As whom Dovecot's programs are run, where we are root, for `subprocess`."""
    return {} if os.getuid() else {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _program(name: str) -> str | None:
    """Where a program is; Debian keeps some where only root looks."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")


@dataclass(frozen=True, slots=True)
class User:
    """One account, made for one test: its name is its address; `home` holds its mail."""

    name: str
    password: str
    home: Path


@dataclass(frozen=True, slots=True)
class Stored:
    """One message as it lies in a folder, with its flags in the order of their names."""

    uid: int
    flags: tuple[str, ...]
    message_id: str


class Dovecot:
    """One running server; used as a context manager. Users are made while it runs.

    `ports` are those of imap, imaps, lmtp and sieve on 127.0.0.1; `trusted` is the certificate to trust.
    Without `tls` it offers neither STARTTLS nor imaps.
    """

    def __init__(self, *, extra: str = "", tls: bool = True) -> None:
        """Write the configuration, and `extra` at its end, into a folder of its own below /tmp."""
        self.folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.folder.chmod(0o755)
        self.ports = dict(zip(PORTS, _free_ports(len(PORTS)), strict=True))
        self._uid = os.getuid() or _NOBODY
        self._gid = os.getgid() if os.getuid() else _NOBODY
        self._secret = secrets.token_bytes(32)
        self.trusted = make_certificate(self.folder)[0]
        self._config = self.folder / "dovecot.conf"
        self._awaited = [port for name, port in self.ports.items() if tls or name != "imaps"]
        self._write_files(extra if tls else f"{extra}ssl = no\n")
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Dovecot":
        """Start."""
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop, and remove every file."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _write_files(self, extra: str) -> None:
        """Everything that the server reads or fills."""
        jwt = self.folder / JWT_FOLDER / "default" / "HS256"
        for folder in (
            jwt,
            self.folder / "users",
            self.folder / "mail",
            self.folder / "run",
            self.folder / "state",
        ):
            folder.mkdir(parents=True)
        (jwt / "default").write_bytes(base64.b64encode(self._secret))
        (self.folder / "oauth2.conf").write_text(oauth2_config(self.folder))
        self._config.write_text(dovecot_config(self.folder, self.ports, self._uid, self._gid) + extra)
        for each in (self.folder, *self.folder.rglob("*")):
            self._hand_over(each)

    def _hand_over(self, path: Path) -> None:
        """Give a file to the user that the server runs as."""
        if os.getuid() == 0:
            os.chown(path, self._uid, self._gid)

    def start(self) -> None:
        """Start, on the same ports as before, and wait until it greets."""
        self._process = subprocess.Popen(
            [str(_program("dovecot")), "-F", "-c", str(self._config)],
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **ordinary_user(),
        )
        deadline = time.monotonic() + _PATIENCE
        while not all(map(_greets, self._awaited)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"Dovecot did not start: {self.log()[-2000:]}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ask it to end, as a system does that shuts down: every connection hears a BYE."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GOODBYE)
            self.kill()

    def kill(self) -> None:
        """End it and all of its programs at once."""
        if self._process is not None:
            self._end_group()
            self._process.wait(_PATIENCE)
            # Its programs are nobody's children now: they are gone when nothing listens any more.
            while any(map(_greets, self._awaited)):
                time.sleep(0.02)

    def _end_group(self) -> None:
        """Kill every program of the session that was started with it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start."""
        self.stop()
        self.start()

    def log(self) -> str:
        """All that it logged so far."""
        path = self.folder / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def add_user(
        self, name: str = "", *, password: str = "secret", home: Path | None = None, **fields: str
    ) -> User:
        """A fresh account, or with `home` another address of one.

        `fields` are settings of Dovecot for this user alone; two underscores stand for a slash.
        """
        name = name or f"u{secrets.token_hex(4)}@example.com"
        home = home or self.folder / "mail" / name
        if not home.exists():
            home.mkdir()
            self._hand_over(home)
        settings = " ".join(f"userdb_{key.replace('__', '/')}={value}" for key, value in fields.items())
        line = f"{name}:{{PLAIN}}{password}:{self._uid}:{self._gid}::{home}::{settings}\n"
        # A file for each: Dovecot looks for changes of one that it knows only once a second.
        (self.folder / "users" / name).write_text(line)
        return User(name, password, home)

    def token(self, user: User, *, lives_for: float = 3600.0) -> str:
        """An access token for XOAUTH2, as an authorization server would sign it; `lives_for` in seconds."""
        return json_web_token(self._secret, user.name, lives_for)

    def deliver(
        self, user: User, message: bytes, *, sender: str = "client@example.org", to: str = ""
    ) -> None:
        """Hand in a message by LMTP, as a relay does; Dovecot writes Return-Path and Delivered-To."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"], local_hostname="localhost") as relay:
            relay.sendmail(sender, [to or user.name], message)

    def file(
        self, user: User, folder: str, message: bytes, *, flags: str = "", at: datetime | None = None
    ) -> None:
        """Put a message into a folder, which is made where it is not there, as a mail program does."""
        with self.signed_in(user) as client:
            client.create(_quoted(folder))
            when = imaplib.Time2Internaldate(at or datetime.now(UTC))
            client.append(_quoted(folder), f"({flags})", when, message)

    @contextlib.contextmanager
    def signed_in(self, user: User) -> Iterator[imaplib.IMAP4]:
        """Another mail program of the user, on a connection of its own."""
        client = imaplib.IMAP4("127.0.0.1", self.ports["imap"], timeout=_PATIENCE)
        try:
            client.login(user.name, user.password)
            yield client
        finally:
            client.logout()

    def stored(self, user: User, folder: str = "INBOX") -> tuple[Stored, ...]:
        """The messages in a folder by uid, read beside IMAP, so that nothing changes."""
        text = self.doveadm(
            "-f", "tab", "fetch", "-u", user.name, "uid flags hdr.message-id", "mailbox", folder
        )
        rows = (line.split("\t") for line in text.splitlines()[1:])
        return tuple(
            Stored(int(uid), tuple(sorted(flags.split())), message_id) for uid, flags, message_id in rows
        )

    def remove(self, user: User, folder: str, uid: int) -> None:
        """Expunge one message."""
        self.doveadm("expunge", "-u", user.name, "mailbox", folder, "uid", str(uid))

    def change_uidvalidity(self, user: User, folder: str = "INBOX") -> None:
        """Give a folder another UIDVALIDITY, as a restored or moved one has."""
        value = str(int(time.time()) + 1000 + secrets.randbelow(1000000))
        self.doveadm("mailbox", "update", "-u", user.name, "--uid-validity", value, folder)

    def allow_only(self, user: User, folder: str, rights: str) -> None:
        """Leave the user only some rights (RFC 4314) on a folder: "lri" cannot set a flag."""
        place = user.home / "Maildir" / ("" if folder == "INBOX" else f".{folder}")
        (place / "dovecot-acl").write_text(f"owner {rights}\n")
        self._hand_over(place / "dovecot-acl")

    def drop_connections(self, user: User) -> None:
        """Break off every connection of the user."""
        self.doveadm("kick", user.name)

    def doveadm(self, *arguments: str) -> str:
        """What Dovecot's own tool says. Raises CalledProcessError."""
        command = [str(_program("doveadm")), "-c", str(self._config), *arguments]
        said: bytes = subprocess.check_output(command, cwd=self.folder, **ordinary_user())
        return said.decode()


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One server for all tests of a process; each makes users of its own."""
    if not is_installed():
        pytest.skip(f"Dovecot is not on this machine (Debian: {PACKAGES})")
    with Dovecot() as server:
        yield server


def _quoted(folder: str) -> str:
    """A folder's name as a quoted string."""
    return f'"{folder}"'


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _greets(port: int) -> bool:
    """Whether something listens on a port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False
