"""One small Google for all tests of this plugin; each test has an account of its own."""

from collections.abc import Iterator

import pytest

from servers.google import Account, GoogleServer


@pytest.fixture(scope="session")
def google() -> Iterator[GoogleServer]:
    """The server."""
    with GoogleServer() as server:
        yield server


@pytest.fixture
def account(google: GoogleServer) -> Iterator[Account]:
    """An empty account; whatever Google would not know fails the test."""
    with google.checked() as made:
        yield made
