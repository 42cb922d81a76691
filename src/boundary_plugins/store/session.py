"""What the parts of the store share: the base of what reads and of what writes."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from boundary_plugins.store.database import Database
from boundary_plugins.store.keyed_hash import KeyedHash
from boundary_plugins.store.records import Sender
from boundary_plugins.store.statement import driver_of

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


class Reads:
    """The base of the reading parts of `Store`."""

    def __init__(self, database: Database, therapist: str, keys: KeyedHash) -> None:
        """Read from `database` what is `therapist`'s."""
        self._database = database
        self._keys = keys
        self.therapist = therapist


class Writes:
    """The base of the writing parts of `Transaction`."""

    def __init__(
        self, connection: sa.Connection, therapist: str, keys: KeyedHash, known_reasons: set[bytes]
    ) -> None:
        """Write on `connection` what is `therapist`'s; `known_reasons` are the lists surely stored."""
        self.connection = connection
        self.driver = driver_of(connection)
        self.therapist = therapist
        self._keys = keys
        self._known_reasons = known_reasons
        self._keyed: tuple[Sender, bytes | None, bytes | None] | None = None
        self.new_reasons: set[bytes] = set()

    def _insert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        """The dialect's own insert, which knows ON CONFLICT; only the dialect in use is imported."""
        if self.connection.dialect.name == "sqlite":
            from sqlalchemy.dialects import sqlite

            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
