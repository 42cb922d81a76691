"""Being told at once that something came: a stream of Exchange that only ever wakes, and never names anything.

Events that fall into a gap are lost, so each new subscription wakes, too: what came before it is then read
by the sync state, which loses nothing.
"""

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from exchangelib.errors import EWSError
from exchangelib.services import GetStreamingEvents
from oauthlib.oauth2.rfc6749.errors import OAuth2Error
from requests.exceptions import RequestException

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.problems import Trouble
from boundary_exchange.settings import ExchangeSettings
from boundary_exchange.vocabulary import INBOX, SENT
from boundary_plugins import ProviderError, Services

#: In minutes, as long as Exchange allows.
LIFETIME = 30
#: In seconds: Exchange says at least this often that the stream is still there.
_SILENCE = 120.0
#: In seconds: after a failure, and at most after several.
_PAUSE, _LONGEST_PAUSE = 1.0, 300.0
_FAILURES = (EWSError, OAuth2Error, OSError, ProviderError, RequestException, Trouble, ValueError)


class Listener:
    """A thread with a stream of its own; polling goes on all the same while there is none."""

    def __init__(self, settings: ExchangeSettings, services: Services, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something may have come."""
        self._settings, self._services, self._wake = settings, services, wake
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._stream: _Stream | None = None

    def start(self) -> None:
        """Listen from now on, where that is not done yet."""
        if self._thread is None and not self._stop.is_set():
            self._thread = threading.Thread(target=self._run, name="exchange-stream", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Listen no longer."""
        self._stop.set()
        stream = self._stream
        if stream is not None:
            stream.interrupt()
        if self._thread is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        """Stream after stream; each one ends after half an hour at the latest."""
        connection = Connection(self._settings, self._services)
        pause = _PAUSE
        try:
            while not self._stop.is_set():
                try:
                    self._listen(connection)
                    pause = _PAUSE
                except _FAILURES as error:
                    self._services.log.debug("no stream", because=type(error).__name__)
                    connection.close()
                    self._stop.wait(pause)
                    pause = min(pause * 2, _LONGEST_PAUSE)
        finally:
            connection.close()

    def _listen(self, connection: Connection) -> None:
        """Subscribe, wake once for what came before, and then at each event until the stream ends."""
        request = payloads.subscribe((INBOX, SENT), self._settings.address)
        (message,) = connection.ask("Subscribe", request)
        subscription = parse.text(message, "m:SubscriptionId")
        self._wake()
        self._stream = _Stream(connection.account)
        if self._stop.is_set():
            return
        try:
            for _ in self._stream.call([subscription], LIFETIME):
                self._wake()
        finally:
            self._stream = None


class _Stream(GetStreamingEvents):  # type: ignore[misc]
    """exchangelib's stream, which another thread can end."""

    def __init__(self, account: Any) -> None:
        """Nothing is asked yet."""
        super().__init__(account=account)
        self._is_over = False

    def call(self, subscription_ids: list[str], connection_timeout: int) -> Any:
        """Each notification as it comes; a stream that has fallen silent is over."""
        events = super().call(subscription_ids, connection_timeout)
        self.timeout = _SILENCE
        return events

    def _get_response(self, payload: Any, api_version: Any) -> Any:
        """The answer as it begins; one that comes too late is not read."""
        response = super()._get_response(payload, api_version)
        if self._is_over:
            response.close()
        return response

    def interrupt(self) -> None:
        """End it from another thread, whether its answer has begun or not."""
        self._is_over = True
        response = self._streaming_response
        if response is not None:
            # What is over already cannot be ended.
            with contextlib.suppress(OSError, RuntimeError, ValueError):
                response.raw.shutdown()
