"""The default biller: confirmed charges become lines of the program's own ledger."""

from collections.abc import Iterator
from typing import Any

from boundary_plugins import Biller, BillerProvider, Capability, Services, hookimpl


def _open_biller(_settings: Any, services: Services) -> Biller:
    """Open the ledger."""
    from boundary_ledger.biller import LedgerBiller

    return LedgerBiller(services)


@hookimpl
def register_billers() -> Iterator[BillerProvider[Any]]:
    """The ledger in the store."""
    from boundary_ledger.settings import LedgerSettings

    yield BillerProvider(
        name="ledger",
        summary="posts charges to the ledger in the store, for invoices and exports",
        settings=LedgerSettings,
        open=_open_biller,
        capabilities=frozenset({Capability.WITHOUT_NETWORK}),
    )
