"""Changes a configuration file: comments stay, what comes out is checked first, nothing is half written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import Table

from boundary_plugins.config.load import parse, read_text
from boundary_plugins.errors import ConfigError, ConfigProblem

#: Stands for "whatever is there now".
_ANYTHING: Any = object()


def set_weekly_hours(path: Path, text: str, *, instead_of: str | None = None) -> str:
    """Write the ordinary week into the file; the text that stood there before.

    Raises ConfigError (and leaves the file as it is) where the hours, or the file, are wrong, or where
    the hours in it are not those of `instead_of`.
    """
    expected = _ANYTHING if instead_of is None else instead_of
    return str(set_value(path, "hours.weekly", text, instead_of=expected))


def set_value(
    path: Path, key: str, value: str | int | bool | list[str], *, instead_of: Any = _ANYTHING
) -> Any:
    """Write one value, by its dotted key ("responses.hold"); what stood there before, or None.

    Raises ConfigError (and leaves the file as it is) where the result would not load, or where another
    value stands there than `instead_of`, if that is given.
    """
    path = path.expanduser().absolute()
    # A configuration may be a link into a folder that is kept under version control.
    real = path.resolve()
    with _alone_in(real.parent, path):
        before = read_text(path)
        after, previous = _changed(before, key, value, path)
        if instead_of is not _ANYTHING and previous != instead_of:
            problem = "was changed in the meantime, so it stays as it is; nothing was written"
            raise ConfigError((ConfigProblem(str(path), None, key, problem),))
        parse(after, file=str(path), base=path.parent)
        _replace(real, before, after, path)
    return previous


def _changed(text: str, key: str, value: Any, path: Path) -> tuple[str, Any]:
    """The text with the value in it, and the old value."""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError:
        # The loader knows the line, and raises with it.
        parse(text, file=str(path), base=path.parent)
        raise
    *tables, last = key.split(".")
    table: Container | Table = document
    for name in tables:
        if name not in table:
            table[name] = tomlkit.table()
        inner = table[name]
        if not isinstance(inner, Container | Table | tomlkit.items.InlineTable):
            raise ConfigError((ConfigProblem(str(path), None, key, f"{name} is not a table"),))
        table = inner  # type: ignore[assignment]
    previous: Any = table.get(last)
    table[last] = value
    return tomlkit.dumps(document), previous.unwrap() if hasattr(previous, "unwrap") else previous


@contextmanager
def _alone_in(folder: Path, path: Path) -> Iterator[None]:
    """Hold the folder's lock, so that two commands do not write at once; the lock leaves no file behind."""
    try:
        import fcntl
    except ImportError:
        # Where a folder cannot be locked, the comparison before the replacement still guards the file.
        yield
        return
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise _unwritten(path, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(real: Path, before: str, after: str, path: Path) -> None:
    """Put the new text in the place of the old one in a single step, with the same mode."""
    try:
        mode = real.stat().st_mode
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.", suffix=".new")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(after.encode())
                file.flush()
                temporary.chmod(mode & 0o7777)
                os.fsync(file.fileno())
            if read_text(path) != before:
                problem = (
                    "was changed by another program in the meantime; nothing was written, please try again"
                )
                raise ConfigError((ConfigProblem(str(path), None, "", problem),))
            temporary.replace(real)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()
        _sync_folder(real.parent)
    except OSError as error:
        raise _unwritten(path, error) from None


def _sync_folder(folder: Path) -> None:
    """Make the renaming last through a power cut, where a folder can be synced."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritten(path: Path, error: OSError) -> ConfigError:
    problem = f"cannot be written ({error.strerror}); nothing was changed"
    return ConfigError((ConfigProblem(str(path), None, "", problem),))
