"""An Exchange of our own for these tests, started once; each test has a mailbox of its own in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders_exchange import Site, site
from servers.ews import EwsServer
from servers.ews_schema import schemas


@pytest.fixture(scope="session")
def ews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EwsServer]:
    """The server, where Microsoft's schemas are there to hold it to."""
    if schemas() is None:
        pytest.skip("Microsoft's schemas of EWS are not on this machine")
    with EwsServer(tmp_path_factory.mktemp("ews")) as server:
        yield server


@pytest.fixture
def exchange(ews: EwsServer, tmp_path: Path) -> Iterator[Site]:
    """A new mailbox on it."""
    with site(ews, tmp_path) as made:
        yield made
