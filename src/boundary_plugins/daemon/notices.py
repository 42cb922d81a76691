"""What needs a person: told once in the log and kept for `boundary status`, until it is well again."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.errors import StoreError
from boundary_plugins.host.services import Log
from boundary_plugins.store.repository import Store, Transaction

#: The key of something that happened begins so: it stands until a person says that they have seen it.
LOOK = "look: "


def in_words(at: datetime, zone: str) -> str:
    """An instant as the therapist's clock shows it in `zone` (an IANA name): "Fri 20 Nov 2026 at 20:00"."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %Y at %H:%M}"


def sentence(error: Exception) -> str:
    """What an error says, with a full stop."""
    return str(error) if str(error).endswith(".") else f"{error}."


class Notices:
    """Notices by key, in the store; a store that cannot be written leaves them to the log alone."""

    def __init__(self, store: Store | None, log: Log, now: Callable[[], datetime]) -> None:
        """Keep them in `store` (None: nowhere) and say them in `log`."""
        self._store, self._log, self._now = store, log, now
        # What the store could not take is told once all the same.
        self._told: dict[str, str] = {}
        # What is known to be clear needs no further word, and no write at each poll.
        self._clear: set[str] = set()
        # What the store could not take waits here until it can.
        self._unwritten: dict[str, str] = {}

    def raise_(self, key: str, text: str) -> None:
        """Say what needs a person, once for each key and text."""
        text = without_addresses(text)
        if self._told.get(key) == text:
            return
        self._told[key] = text
        self._clear.discard(key)
        self._log.warning(text)
        self._unwritten[key] = text
        try:
            self.write()
        except StoreError as error:
            if str(error) not in text:
                self._log.error(str(error))

    def raise_within(self, transaction: Transaction, key: str, text: str, at: datetime) -> None:
        """Say it, and keep it in the caller's transaction: what happened and the word about it stand together.

        Otherwise a program that is stopped between the two would never tell.
        """
        text = without_addresses(text)
        transaction.raise_notice(key, text, at)
        self._clear.discard(key)
        self._log.warning(text)

    def write(self) -> None:
        """Write what the store could not take before. Raises StoreError where it still cannot."""
        waiting = dict(self._unwritten)
        if not waiting or self._store is None:
            return
        with self._store.transaction(at := self._now(), check_clock=False) as transaction:
            for key, text in waiting.items():
                transaction.raise_notice(key, text, at)
        for key, text in waiting.items():
            if self._unwritten.get(key) == text:
                del self._unwritten[key]

    def clear(self, key: str) -> None:
        """Say once that what `key` told is well again."""
        if key in self._clear:
            return
        was_told = self._told.pop(key, None) is not None
        self._unwritten.pop(key, None)
        try:
            was_told = self._cleared(key) or was_told
            self._clear.add(key)
        except StoreError as error:
            self._log.error(str(error))
        if was_told:
            self._log.info(f"{key}: well again")

    def _cleared(self, key: str) -> bool:
        """Clear it in the store; whether it stood there. Raises StoreError."""
        if self._store is None:
            return False
        with self._store.transaction(at := self._now(), check_clock=False) as transaction:
            return transaction.clear_notice(key, at)
