"""A database's failures as one clear sentence each, with whether trying again may help."""

from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Error as SQLiteError

from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from boundary_plugins.errors import StoreError

NOT_UNDERSTOOD = "store.url is not understood; allowed are sqlite:///FILE and postgresql://USER@HOST/DATABASE"

# The beginning of SQLite's own message, what we say, and whether trying again may help.
_SQLITE: tuple[tuple[str, str, bool], ...] = (
    ("database is locked", "is locked by another process for too long; nothing was lost", True),
    ("database table is locked", "is locked by another process for too long; nothing was lost", True),
    ("database or disk is full", "cannot grow, because the disk is full; nothing was lost", True),
    ("disk I/O error", "cannot be read or written (disk error, or no room left); nothing was lost", True),
    ("unable to open database file", "cannot be opened: check that its folder exists and is yours", False),
    ("attempt to write a readonly database", "cannot be written: it is read-only for this user", False),
    ("file is not a database", "is not a database of this program, or it is encrypted", False),
    ("database disk image is malformed", "is damaged; put back a backup of it", False),
    ("malformed database schema", "is damaged; put back a backup of it", False),
)


@contextmanager
def clear_failures(place: str) -> Iterator[None]:
    """Turn a database's failure into a StoreError that names `place` and carries no row."""
    try:
        yield
    except DBAPIError as error:
        raise _store_error(place, error.orig, error.connection_invalidated) from None
    except SQLiteError as error:
        raise _store_error(place, error, lost=False) from None
    except PoolTimeout:
        raise StoreError(f"{place} is busy: every connection is in use", retry=True) from None
    except (ArgumentError, NoSuchModuleError):
        raise StoreError(NOT_UNDERSTOOD) from None
    except SQLAlchemyError as error:
        raise StoreError(f"{place} failed: {type(error).__name__}") from None
    except Exception as error:
        if not hasattr(error, "sqlstate"):
            raise
        raise _store_error(place, error, lost=False) from None


def _store_error(place: str, error: BaseException | None, lost: bool) -> StoreError:
    """The error in one sentence."""
    if isinstance(error, SQLiteError):
        for beginning, sentence, retry in _SQLITE:
            if str(error).startswith(beginning):
                return StoreError(f"{place} {sentence}", retry=retry)
        return StoreError(f"{place} failed: {type(error).__name__}")
    state: str | None = getattr(error, "sqlstate", None)
    if lost or state is None or state.startswith(("08", "57P")):
        return StoreError(f"{place} cannot be reached; nothing was lost", retry=True)
    if state == "53100":
        return StoreError(f"{place} cannot grow, because its disk is full; nothing was lost", retry=True)
    if state in ("55P03", "40001", "40P01", "53300"):
        return StoreError(f"{place} is locked or busy; nothing was lost", retry=True)
    if state.startswith("28") or state == "3D000":
        return StoreError(f"{place} refuses: check user, password and database in store.url")
    return StoreError(f"{place} failed: {type(error).__name__} ({state})")
