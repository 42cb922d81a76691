"""A statement of the hot path, as both drivers spell it."""

import sqlite3
from typing import Any

import sqlalchemy as sa


def driver_of(connection: sa.Connection) -> Any:
    """The driver's own connection beneath SQLAlchemy's, in whose transaction a `Statement` runs."""
    return connection.connection.driver_connection


class Statement:
    """SQL of the hot path in both drivers' spelling; it goes to the driver itself.

    SQLAlchemy's own execution costs about as much as SQLite's: the hot transaction cannot afford it.
    """

    __slots__ = ("_postgresql", "_sqlite")

    def __init__(self, text: str) -> None:
        """Take the text with `?` for each parameter; it holds no other question or per cent sign."""
        self._sqlite = text
        self._postgresql = text.replace("?", "%s")

    def run(self, driver: Any, parameters: tuple[Any, ...]) -> Any:
        """Execute in the transaction of the driver's connection; the driver's cursor."""
        return driver.execute(self._text_for(driver), parameters)

    def run_many(self, driver: Any, rows: list[tuple[Any, ...]]) -> None:
        """Execute once for each row."""
        cursor = driver.cursor()
        cursor.executemany(self._text_for(driver), rows)
        cursor.close()

    def _text_for(self, driver: Any) -> str:
        """The text in the driver's spelling."""
        return self._sqlite if isinstance(driver, sqlite3.Connection) else self._postgresql
