"""After a backup was put back: mail that is there is history, and nothing is sent before that is on record."""

import threading
from collections.abc import Iterable
from datetime import datetime

from boundary_plugins.daemon.notices import LOOK, Notices
from boundary_plugins.store.repository import Store


class Restoration:
    """Which mailboxes still have to take their mail as history; shared by the threads of all mailboxes."""

    def __init__(self, store: Store, notices: Notices, mailboxes: Iterable[str]) -> None:
        """Look once whether the store was put back. Raises StoreError."""
        self._store = store
        self._lock = threading.Lock()
        restored = store.generation_disagrees
        self._pending = set(mailboxes) if restored else set()
        if restored:
            notices.raise_(
                f"{LOOK}store restored",
                "The store is older than what was last done: a backup was put back. Mail that is there now "
                "counts as history, and open responses are settled by asking the provider. "
                "Please look through the mail that came since the backup.",
            )

    def any_pending(self) -> bool:
        """Whether some mailbox is not done yet."""
        with self._lock:
            return bool(self._pending)

    def is_pending(self, mailbox: str) -> bool:
        """Whether this mailbox still has to take its mail as history."""
        with self._lock:
            return mailbox in self._pending

    def done(self, mailbox: str, at: datetime) -> None:
        """This mailbox's mail is on record; with the last one the store agrees with its file again."""
        with self._lock:
            self._pending.discard(mailbox)
            if not self._pending:
                self._store.accept_generation(at)
