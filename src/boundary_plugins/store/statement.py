"""A statement of the hot path, as both drivers spell it."""

from typing import Any

import sqlalchemy as sa


class Statement:
    """SQL of the hot path in both drivers' spelling; it goes to the driver itself.

    SQLAlchemy's own execution costs about as much as SQLite's: the hot transaction cannot afford it.
    """

    __slots__ = ("_postgresql", "_sqlite")

    def __init__(self, text: str) -> None:
        """Take the text with `?` for each parameter; it holds no other question or per cent sign."""
        self._sqlite = text
        self._postgresql = text.replace("?", "%s")

    def run(self, connection: sa.Connection, parameters: tuple[Any, ...]) -> Any:
        """Execute in the connection's transaction; the driver's cursor."""
        text = self._sqlite if connection.dialect.name == "sqlite" else self._postgresql
        driver: Any = connection.connection.driver_connection
        return driver.execute(text, parameters)

    def run_many(self, connection: sa.Connection, rows: list[tuple[Any, ...]]) -> None:
        """Execute once for each row."""
        text = self._sqlite if connection.dialect.name == "sqlite" else self._postgresql
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        cursor.executemany(text, rows)
        cursor.close()
