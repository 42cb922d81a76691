"""The tables and their versions: migrations make what the code knows, and newer stores are refused."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store, open_store
from boundary_plugins.store.schema import MIGRATIONS, REVISIONS
from boundary_plugins.store.tables import metadata
from store.building import KEYS, NOW, record


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))

    revisions = [script.revision for script in ScriptDirectory.from_config(settings).walk_revisions()]

    assert list(REVISIONS) == revisions[::-1]


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(store: Store) -> None:
    with store.transaction(NOW) as tx:
        differences = compare_metadata(MigrationContext.configure(tx.connection), metadata)
        defined = {
            table: {
                column["name"]: column["nullable"] for column in sa.inspect(tx.connection).get_columns(table)
            }
            for table in metadata.tables
        }

    assert [] == differences
    assert {
        table.name: {column.name: column.nullable for column in table.columns}
        for table in metadata.tables.values()
    } == defined


def test_a_store_of_a_newer_version_is_refused_and_left_alone(open_it: Callable[..., Store]) -> None:
    store = open_it()
    record(store)
    with store.transaction(NOW) as tx:
        tx.connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match=r"newer version of Boundary Plugins \(its revision is 9999"):
        open_it()

    assert 1 == len(store.messages())


def test_opening_again_changes_nothing(open_it: Callable[..., Store]) -> None:
    first = open_it()
    record(first)

    second = open_it()

    assert first.messages() == second.messages()
    assert not second.generation_disagrees


def test_reading_only_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        open_store("", state_directory=tmp_path / "state", keys=KEYS, read_only=True)
    with pytest.raises(StoreError, match="there is no store at"):
        open_store("", state_directory=tmp_path / "state", keys=KEYS, create=False)

    assert not (tmp_path / "state").exists()


def test_what_is_opened_to_read_cannot_be_written(open_it: Callable[..., Store]) -> None:
    record(open_it())

    reader = open_it(read_only=True)

    assert 1 == len(reader.messages())
    with pytest.raises(StoreError):
        record(reader, "2")


def test_an_empty_database_is_not_opened_to_read(open_it: Callable[..., Store], url: str) -> None:
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir()
        path.touch()

    with pytest.raises(StoreError, match="is empty"):
        open_it(read_only=True)


def test_alembic_is_imported_only_to_migrate(sqlite_store: Store, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from boundary_plugins.store.repository import open_store\n"
        "from boundary_plugins.store.keyed_hash import KeyedHash\n"
        f"open_store('', state_directory=Path({str(tmp_path / 'state')!r}), keys=KeyedHash(bytes(32)))\n"
        "print('alembic' in sys.modules, 'psycopg' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "False False\n" == done.stdout
