"""What a publisher must remember to know its own again: a small file in its own folder."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boundary_plugins import Unavailable


class KeptState:
    """One JSON object in a file. Errors begin with `name`."""

    def __init__(self, path: Path, name: str) -> None:
        """Read nothing yet."""
        self._path, self._name = path, name

    def read(self) -> dict[str, Any]:
        """The object; empty where there is no file. Raises Unavailable, also for a broken one."""
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise self._unavailable("read", error) from None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unavailable(self._name, f"its own file {self._path} is broken; please delete it")
        return found

    def write(self, value: Mapping[str, Any]) -> None:
        """Put the object in place of the old one, so that it outlives a loss of power. Raises Unavailable."""
        beside = self._path.with_suffix(".new")
        try:
            with beside.open("w", encoding="utf-8") as file:
                json.dump(dict(value), file)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
            _sync(self._path.parent)
        except OSError as error:
            raise self._unavailable("written", error) from None

    def forget(self) -> None:
        """Delete the file. Raises Unavailable."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unavailable("deleted", error) from None

    def _unavailable(self, what: str, error: OSError) -> Unavailable:
        """One sentence about the file."""
        return Unavailable(self._name, f"its own file {self._path} cannot be {what} ({error.strerror})")


def _sync(folder: Path) -> None:
    """Let a folder's names outlive a loss of power, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
