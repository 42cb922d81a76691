"""Retention: once a day, what is older than the configuration keeps is forgotten."""

from datetime import datetime, timedelta

from boundary_plugins.daemon.assembly import Assembly
from boundary_plugins.errors import StoreError

EVERY = timedelta(days=1)


def forget_when_due(assembly: Assembly, last: datetime | None) -> datetime | None:
    """Forget what is old, if that was not done for a day; when it was done last (None: not yet).

    A store that cannot be written is told, and asked again at the next turn.
    """
    at = assembly.now()
    if last is not None and at - last < EVERY:
        return last
    retention = assembly.config.retention
    try:
        with assembly.store.transaction(at, check_clock=False) as transaction:
            forgotten = transaction.forget_older(
                at,
                decisions_before=at - retention.decisions,
                contacts_before=at - retention.contacts,
                overrides_before=at - retention.overrides,
            )
    except StoreError as error:
        assembly.log.warning(str(error))
        return last
    if forgotten:
        assembly.log.info("forgotten by age", messages=forgotten)
    return at
