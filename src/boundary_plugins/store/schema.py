"""Seeing that the tables are there and of our version; Alembic is imported only to change them."""

from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from boundary_plugins.errors import StoreError
from boundary_plugins.store.database import Database
from boundary_plugins.store.failures import clear_failures
from boundary_plugins.store.records import Mode
from boundary_plugins.store.tables import meta, metadata, therapists

#: Every revision this program knows, oldest first; the last one is its own.
REVISIONS = ("0001", "0002", "0003", "0004")
MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = "migration"


def prepare_schema(database: Database, therapist: str, *, read_only: bool) -> None:
    """Make or migrate the tables, and this therapist's row. Raises StoreError for a newer store."""
    with database.read() as connection:
        revision = _revision(connection)
    if revision is None and read_only:
        raise StoreError(f"{database.place} is empty")
    if revision is not None and revision not in REVISIONS:
        raise StoreError(
            f"{database.place} was made by a newer version of Boundary Plugins (its revision is {revision}, "
            f"this version knows up to {REVISIONS[-1]}); install that version again"
        )
    if revision != REVISIONS[-1]:
        if read_only:
            raise StoreError(f"{database.place} is older than this version; run any other command once")
        _migrate(database)
    if not read_only:
        _add_therapist(database, therapist)


def make_empty_schema(database: Database, therapist: str) -> None:
    """Make the tables of a store that nothing is ever kept in, as they are now and without Alembic."""
    with database.write() as connection:
        metadata.create_all(connection)
        connection.execute(sa.insert(meta).values(one=1, store_id=uuid4().hex, generation=0))
    _add_therapist(database, therapist)


def _revision(connection: sa.Connection) -> str | None:
    """The revision of the store; None where it has no tables."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def _migrate(database: Database) -> None:
    """Bring the tables to our revision in one transaction, one process at a time."""
    from alembic import command
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with database.write(_MIGRATION_LOCK) as connection, clear_failures(database.place):
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
        if connection.scalar(sa.select(meta.c.one)) is None:
            connection.execute(sa.insert(meta).values(one=1, store_id=uuid4().hex, generation=0))


def _add_therapist(database: Database, therapist: str) -> None:
    """See that the therapist has a row; only the first time writes."""
    known = sa.select(therapists.c.therapist).where(therapists.c.therapist == therapist)
    with database.read() as connection:
        if connection.scalar(known) is not None:
            return
    with database.write(_MIGRATION_LOCK) as connection:
        if connection.scalar(known) is None:
            row = {"therapist": therapist, "mode": Mode.WATCHING.value, "directory_version": 0}
            connection.execute(sa.insert(therapists).values(**row))
