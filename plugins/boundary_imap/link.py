"""The connection of one mailbox, made when it is needed, made again when it is lost, with patience."""

import contextlib
import random
import select
import socket
from collections.abc import Callable
from datetime import timedelta
from time import monotonic
from typing import TypeVar

from boundary_imap.connection import Connection, connect
from boundary_imap.settings import ImapSettings
from boundary_imap.signing_in import Credentials, tls_context
from boundary_imap.trouble import ConnectionLost
from boundary_plugins import AuthorizationNeeded, ProviderError, Services, Unavailable

T = TypeVar("T")

#: After the first failure a second, then twice as long each time, up to five minutes.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=1), timedelta(minutes=5)
#: A password that was refused is not tried again soon: providers lock accounts that do.
FIRST_PAUSE_OF_SIGN_IN, LONGEST_PAUSE_OF_SIGN_IN = timedelta(minutes=1), timedelta(hours=1)


class Bell:
    """Ends a wait from another thread, also one that has yet to begin."""

    def __init__(self) -> None:
        """Two sockets that are connected."""
        self.heard, self._rung = socket.socketpair()
        self.heard.setblocking(False)
        self._rung.setblocking(False)

    def ring(self) -> None:
        """Ring; a bell that is full of rings is heard anyway."""
        with contextlib.suppress(OSError):
            self._rung.send(b"!")

    def was_rung(self) -> bool:
        """Whether it was rung since the last time."""
        try:
            return bool(self.heard.recv(4096))
        except OSError:
            return False

    def wait(self, seconds: float) -> None:
        """Wait for a ring; a bell that was closed ends it, too."""
        try:
            select.select([self.heard], [], [], max(0.0, seconds))
        except (OSError, ValueError):
            return
        self.was_rung()

    def close(self) -> None:
        """Close both."""
        self.heard.close()
        self._rung.close()


class Link:
    """Lends its one connection to what is to be done."""

    def __init__(self, settings: ImapSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self.credentials = Credentials(settings, services)
        self.connection: Connection | None = None
        self._failures = 0
        # By the monotonic clock: a wall clock that is set makes nobody wait for hours.
        self._next = 0.0
        self._last_error: ProviderError = Unavailable(self._name)
        self._refused_secret = ""

    def use(self, work: Callable[[Connection], T], *, again: bool = True) -> T:
        """What `work` gives; where an old connection turns out to be lost, it is done on a fresh one.

        `again` False: it is not done twice, whatever happens. Raises ProviderError.
        """
        old = self.connection is not None
        try:
            return self._used(work)
        except ConnectionLost:
            if not (old and again):
                raise
        return self._used(work)

    def _used(self, work: Callable[[Connection], T]) -> T:
        """What `work` gives. A connection that is lost is let go."""
        fresh = self.connection is None
        connection = self.connection or self._connected()
        try:
            connection.end_idle()
            result = work(connection)
        except ConnectionLost as error:
            self.drop(politely=False)
            if fresh:
                self._failed(error)
            raise
        self._failures = 0
        return result

    def _connected(self) -> Connection:
        """A fresh connection, unless it is too soon for one."""
        if self.pause_left() and not self._secret_changed():
            raise self._too_soon()
        try:
            context = tls_context(self._settings, self._services)
            self.connection = connect(
                self._settings, self.credentials, context, name=self._name, now=self._services.now
            )
        except ProviderError as error:
            self._failed(error)
            raise
        self._refused_secret = ""
        return self.connection

    def _failed(self, error: ProviderError) -> None:
        """Say when the next try makes sense; each waits longer, and not all at the same moment."""
        first, longest = FIRST_PAUSE, LONGEST_PAUSE
        if isinstance(error, AuthorizationNeeded):
            self._refused_secret = self._secret()
            # A token that is over is renewed, and the first refusal says no more than that.
            if not (self.credentials.forget_token() and not self._failures):
                first, longest = FIRST_PAUSE_OF_SIGN_IN, LONGEST_PAUSE_OF_SIGN_IN
        pause = min(first * 2 ** min(self._failures, 12), longest) * random.uniform(0.8, 1.0)
        if error.retry_at is not None:
            pause = max(pause, error.retry_at - self._services.now())
        self._failures += 1
        self._last_error = error
        self._next = monotonic() + pause.total_seconds()

    def _too_soon(self) -> ProviderError:
        """The last failure again, without asking the server."""
        kind = AuthorizationNeeded if isinstance(self._last_error, AuthorizationNeeded) else Unavailable
        problem = str(self._last_error).removeprefix(f"{self._name}: ")
        return kind(self._name, problem, retry_at=self._services.now() + timedelta(seconds=self.pause_left()))

    def _secret_changed(self) -> bool:
        """Whether the secret that was refused is another now: then it is tried at once."""
        return bool(self._refused_secret) and self._secret() != self._refused_secret

    def _secret(self) -> str:
        """The secret that is configured, "" where it cannot be read."""
        oauth = self._settings.oauth
        name = oauth.token_secret if oauth else self._settings.password_secret
        try:
            return self._services.secret(name) or ""
        except Exception:
            return ""

    def pause_left(self) -> float:
        """In how many seconds a connection may be tried; 0 where there is one or it may be tried now."""
        return 0.0 if self.connection is not None else max(0.0, self._next - monotonic())

    def drop(self, *, politely: bool = True) -> None:
        """Let go of the connection."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close(politely=politely)
