"""The real servers, one of each kind for all tests of a run; each test has a calendar of its own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from builders_caldav import Account
from servers.dav_process import DavServer, in_memory
from servers.loopback_dav import DavProxy, before
from servers.radicale import radicale
from servers.xandikos import xandikos

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def radicale_server() -> Iterator[DavServer]:
    """Radicale."""
    with in_memory() as folder, radicale(folder) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos_server() -> Iterator[DavServer]:
    """Xandikos."""
    with in_memory() as folder, xandikos(folder) as server:
        yield server


@pytest.fixture(params=["radicale", "xandikos"])
def server(request: pytest.FixtureRequest) -> DavServer:
    """Each of the two."""
    found: DavServer = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def account(server: DavServer, tmp_path: Path) -> Account:
    """A calendar of its own on each of the two servers."""
    return Account(server, tmp_path, name=f"work{next(_NUMBERS)}")


@pytest.fixture
def proxy(radicale_server: DavServer) -> Iterator[DavProxy]:
    """Radicale behind a server that can fail."""
    with before(radicale_server.url) as found:
        yield found


@pytest.fixture
def behind(radicale_server: DavServer, proxy: DavProxy, tmp_path: Path) -> Account:
    """A calendar of its own on Radicale, which our plugin sees through the proxy."""
    return Account(radicale_server, tmp_path, name=f"work{next(_NUMBERS)}", url=proxy.url)


@pytest.fixture(scope="session")
def secured_server() -> Iterator[DavServer]:
    """Radicale with a sign-in."""
    with in_memory() as folder, radicale(folder, password="secret") as server:
        yield server


@pytest.fixture
def radicale_secured(secured_server: DavServer, tmp_path: Path) -> Account:
    """A calendar of its own where signing in is needed."""
    return Account(secured_server, tmp_path, name=f"work{next(_NUMBERS)}")
