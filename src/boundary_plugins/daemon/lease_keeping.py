"""Leases kept while a mailbox is served, however long one pass takes: a send may outlast a lease."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from boundary_plugins.daemon.mailbox_loop import LONGEST_SLEEP, MailboxLoop
from boundary_plugins.errors import StoreError
from boundary_plugins.host.services import Log
from boundary_plugins.store.repository import Store

#: So often within the length of a lease it is renewed.
_TIMES = 3


@contextmanager
def leases_kept(
    loops: Sequence[MailboxLoop],
    store: Store,
    now: Callable[[], datetime],
    lease: timedelta,
    log: Log,
) -> Iterator[None]:
    """Renew the lease of each mailbox that is being served, until the end of the block.

    A pass takes its lease itself; this only keeps another daemon from taking it over in the middle of one,
    which would ask the provider about a response that is still on its way.
    """
    over = threading.Event()
    every = min(lease.total_seconds() / _TIMES, LONGEST_SLEEP)

    def keep() -> None:
        """Renew now and then."""
        while not over.wait(every):
            for loop in loops:
                if loop.is_in_pass:
                    _renew(loop, store, now(), lease, log)

    keeper = threading.Thread(target=keep, name="leases", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _renew(loop: MailboxLoop, store: Store, at: datetime, lease: timedelta, log: Log) -> None:
    """Renew one lease; a store that is away is told by the pass itself."""
    try:
        with store.transaction(at, check_clock=False) as transaction:
            transaction.renew_lease(loop.name, loop.holder, at, lease.total_seconds())
    except StoreError as error:
        log.debug("a lease could not be renewed", mailbox=loop.name, because=str(error))
