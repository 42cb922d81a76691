"""One small Microsoft 365 for all tests of this plugin; each test has an account of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from builders_microsoft365 import SignedIn
from servers.graph import Account, GraphServer
from servers.graph_description import description


@pytest.fixture(scope="session")
def graph() -> Iterator[GraphServer]:
    """The server, held to Graph's published description."""
    found = description()
    if found is None:
        pytest.skip("Graph's description is not on this machine: see BOUNDARY_API_DESCRIPTIONS")
    with GraphServer(found) as server:
        yield server


@pytest.fixture
def account(graph: GraphServer) -> Iterator[Account]:
    """An empty account; whatever Graph would not know fails the test."""
    with graph.checked() as made:
        yield made


@pytest.fixture
def signed_in(graph: GraphServer, account: Account, tmp_path: Path) -> Iterator[SignedIn]:
    """The account, whose person has signed in."""
    made = SignedIn(graph, account, tmp_path)
    yield made
    made.close()
