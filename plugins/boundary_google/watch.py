"""Gmail's watch over a Pub/Sub subscription that is pulled: news within a second, where somebody sets it up.

It only wakes the mailbox; what came is told by Gmail's history. So a watch that fails, ends or falls silent
costs no message: the mailbox asks by itself again, as without one.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from boundary_google.client import GoogleClient
from boundary_google.settings import GmailSettings
from boundary_plugins import ProviderError, Services

#: Gmail's watch lasts seven days; Google asks to renew it each day.
_RENEWED_AFTER = timedelta(days=1)
#: In seconds: how long a pull that was refused is left alone, and how long its thread may take to end.
_REST, _PATIENCE = 30.0, 2.0
_MOST = 20


class Watch:
    """A thread of its own, with a client of its own. `told` is called when Google says that something came."""

    def __init__(self, settings: GmailSettings, services: Services, told: Callable[[], None]) -> None:
        """Start nothing yet."""
        self._topic, self._subscription = str(settings.watch_topic), str(settings.watch_subscription)
        self._services, self._told = services, told
        self._client = GoogleClient(settings, services)
        self._watched_at: datetime | None = None
        self._ends_at: datetime | None = None
        self._is_pulling = False
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch, unless that was done."""
        if self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._run, name="gmail-watch", daemon=True)
            self._thread.start()

    def is_well(self) -> bool:
        """Whether news would be told: the watch holds, and its subscription was pulled without trouble."""
        return self._is_pulling and self._ends_at is not None and self._services.now() < self._ends_at

    def was_silent(self) -> None:
        """Something came, and nobody told: watch anew."""
        if self.is_well():
            self._services.log.warning("the watch was silent although mail came; it is set anew")
        self._is_pulling, self._watched_at = False, None

    def close(self) -> None:
        """Stop. The watch itself ends at Google within a week, and harms nobody until then."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE)

    def _run(self) -> None:
        """Renew, pull, tell, until stopped."""
        failed = False
        while not self._stopped.wait(_REST if failed else 0):
            try:
                self._renew_where_due()
                self._pull()
                failed = False
            except ProviderError as error:
                if not failed:
                    self._services.log.warning("the watch failed; Gmail is asked instead", because=str(error))
                self._is_pulling, failed = False, True
        self._client.close()

    def _renew_where_due(self) -> None:
        """Have a watch that holds for days. Raises ProviderError."""
        now = self._services.now()
        if self._watched_at is not None and now - self._watched_at < _RENEWED_AFTER:
            return
        users = self._client.resource("gmail", "v1", "users")
        answer = self._client.act(users.watch(userId="me", body={"topicName": self._topic}))
        self._watched_at = now
        self._ends_at = datetime.fromtimestamp(int(answer["expiration"]) / 1000, UTC)

    def _pull(self) -> None:
        """Wait for news as long as Google lets us, and tell. Raises ProviderError."""
        pulled = self._subscriptions().pull(subscription=self._subscription, body={"maxMessages": _MOST})
        received = self._client.read(pulled).get("receivedMessages", ())
        self._is_pulling = True
        if received:
            self._told()
            acknowledged = {"ackIds": [each["ackId"] for each in received]}
            with suppress(ProviderError):
                # What is not acknowledged is told once more.
                self._client.read(
                    self._subscriptions().acknowledge(subscription=self._subscription, body=acknowledged)
                )

    def _subscriptions(self) -> Any:
        """The subscriptions' resource."""
        return self._client.resource("pubsub", "v1", "projects", "subscriptions")
