"""Servers on this machine that the tests of addresses share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from boundary_plugins.testing.certificates import make_certificate
from servers.web import WebServer
from servers.webdav import WebDav, webdav


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of the servers that speak TLS, to be trusted; its key lies beside it."""
    return make_certificate(tmp_path_factory.mktemp("tls"))[0]


@pytest.fixture(scope="session", params=["basic", "digest"])
def dav(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, certificate: Path
) -> Iterator[WebDav]:
    """A WebDAV server over TLS, once for each way of signing in."""
    with webdav(tmp_path_factory.mktemp("dav"), scheme=request.param, certificate=certificate) as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A web server that fails as it is told to."""
    with WebServer() as server:
        yield server
