"""The default biller over the program's own ledger: it fulfils the contract, and comes with the program."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_ledger.biller import LedgerBiller
from boundary_plugins.daemon.ledger import StoreLedger
from boundary_plugins.errors import ProviderError, Unsupported
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.providers import Capability
from boundary_plugins.store.repository import Store, open_store
from boundary_plugins.testing.biller_contract import BillerBench, BillerContract
from boundary_plugins.testing.doubles import memory_services
from store.building import KEYS

NOW = datetime(2026, 3, 6, 20, tzinfo=UTC)


class LedgerBench(BillerBench):
    """The biller with the ledger of a real store."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        ledger = StoreLedger(store, lambda: NOW)
        self.biller = LedgerBiller(memory_services(folder, name="biller books", ledger=ledger))

    def balance(self, client_id: str) -> int:
        entries = self.store.ledger_entries(client_id=client_id)
        return sum(entry.line.amount.gross for entry in entries)

    def lines(self) -> int:
        return len(self.store.ledger_entries())

    def fail_next(self, kind: type[ProviderError]) -> bool:
        return False


class TestLedger(BillerContract):
    """The contract of the port `Biller`."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[LedgerBench]:
        with open_store("", state_directory=tmp_path / "state", keys=KEYS) as store:
            yield LedgerBench(store, tmp_path)


def test_without_the_programs_ledger_it_says_that_it_cannot_bill(tmp_path: Path) -> None:
    """Rather than drop lines."""
    with pytest.raises(Unsupported, match="biller books: does not support billing without"):
        LedgerBiller(memory_services(tmp_path, name="biller books"))


def test_it_comes_with_the_program_and_needs_no_network() -> None:
    """Under the name that is used where no biller is configured."""
    host = PluginHost.load(["ledger"])

    assert ["ledger"] == [*host.billers]
    assert Capability.WITHOUT_NETWORK in host.billers["ledger"].capabilities
    assert () == host.problems
    host.close()
