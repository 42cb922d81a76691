"""What the parts of the store share: the base of what reads and of what writes."""

from typing import Any

import sqlalchemy as sa

from boundary_plugins.store.database import Database
from boundary_plugins.store.keyed_hash import KeyedHash


class Statement:
    """SQL of the hot path in both drivers' spelling, so that no statement is compiled twice."""

    __slots__ = ("_postgresql", "_sqlite")

    def __init__(self, text: str) -> None:
        """Take the text with `?` for each parameter; it holds no other question or per cent sign."""
        self._sqlite = text
        self._postgresql = text.replace("?", "%s")

    def run(self, connection: sa.Connection, parameters: Any) -> sa.CursorResult[Any]:
        """Execute: a tuple of parameters once, a list of tuples once for each."""
        is_sqlite = connection.dialect.name == "sqlite"
        return connection.exec_driver_sql(self._sqlite if is_sqlite else self._postgresql, parameters)


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
        self.therapist = therapist
        self._keys = keys
        self._known_reasons = known_reasons
        self.new_reasons: set[bytes] = set()
