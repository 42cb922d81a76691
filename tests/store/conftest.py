"""Every test of the store runs on SQLite and on PostgreSQL: a fresh database each time."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from boundary_plugins.store.repository import Store, open_store
from store.building import KEYS
from store.postgresql import BundledServer, DebianServer, postgresql_url

_numbers = count(1)
OpenStore = Callable[..., Store]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Callable[[str], str]]:
    """The URL of a database by its name, on one server a session (and worker)."""
    with TemporaryDirectory(prefix="boundary-postgresql-") as name:
        folder = Path(name)
        # As root, pgserver runs the server as another user, who must get at the folder.
        folder.chmod(0o755)
        server = BundledServer.start(folder / "data") or DebianServer.start(folder)
        if server is None:
            pytest.skip("PostgreSQL: neither pgserver nor the system's own can be started here")
        yield server.url
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state' / 'boundary.sqlite3'}"
    return postgresql_url(request.getfixturevalue("postgresql_server"), f"test_{next(_numbers)}")


@pytest.fixture
def open_it(url: str, tmp_path: Path) -> Iterator[OpenStore]:
    """Opens the store of this test, as often as wanted; each is closed at the end."""
    opened: list[Store] = []

    def open_again(**options: object) -> Store:
        settings: dict[str, object] = {"state_directory": tmp_path / "state", "keys": KEYS, **options}
        opened.append(open_store(url, **settings))  # type: ignore[arg-type]
        return opened[-1]

    yield open_again
    for store in opened:
        store.close()


@pytest.fixture
def store(open_it: OpenStore) -> Store:
    """A fresh store."""
    return open_it()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store on SQLite, where only SQLite is meant."""
    store = open_store("", state_directory=tmp_path / "state", keys=KEYS, busy_seconds=0.2)
    yield store
    store.close()
