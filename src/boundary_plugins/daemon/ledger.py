"""The program's own ledger as a biller sees it: each entry in a transaction of its own, once for its key."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from boundary_plugins.ports import ChargeLine
from boundary_plugins.store.repository import Store


@dataclass(frozen=True, slots=True)
class StoreLedger:
    """The port `Ledger` over the store."""

    store: Store
    now: Callable[[], datetime]

    def append(self, line: ChargeLine, counters: int | None = None) -> int:
        """Add an entry once for each key; its number, also where it is there already."""
        at = self.now()
        with self.store.transaction(at, check_clock=False) as transaction:
            return transaction.append_entry(line, counters, at)

    def find(self, key: str) -> int | None:
        """The number of the entry under a key; None where there is none."""
        found = self.store.ledger_entry(key)
        return None if found is None else found.number
