"""A note on this machine's disk of each response that was about to be handed in, so that none is denied."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

#: No response is asked about after so long.
_KEPT_FOR = timedelta(days=400)


class Attempts:
    """Notes in a folder of our own; a note's name is made of the response's id, and it holds nothing."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet."""
        self._folder = folder

    def note(self, response_id: str, now: datetime) -> None:
        """Write a note, on the disk before this returns. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        handle = os.open(self._path(response_id), os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        _sync(self._folder)
        self._forget_old(now)

    def take_back(self, response_id: str) -> None:
        """It was surely not handed in. Raises OSError."""
        self._path(response_id).unlink(missing_ok=True)

    def is_noted(self, response_id: str) -> bool:
        """Whether it was about to be handed in, here, and nobody took that back."""
        return self._path(response_id).exists()

    def _path(self, response_id: str) -> Path:
        """The file of a note."""
        return self._folder / hashlib.sha256(response_id.encode()).hexdigest()[:40]

    def _forget_old(self, now: datetime) -> None:
        """Remove what nobody asks about any more."""
        for path in self._folder.iterdir():
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < now - _KEPT_FOR:
                path.unlink(missing_ok=True)


def _sync(folder: Path) -> None:
    """Sync a folder's names, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
