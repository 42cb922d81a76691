"""A note on this machine's disk of each sending, made before Gmail is asked, so that a crash is told from silence."""

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

#: No response is asked about after so long.
_KEPT_FOR = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: when it was begun, Gmail's place in the history before it, and what became of it.

    `begun_at` is aware; `sent_id` is Gmail's id of the message once Gmail confirmed it.
    """

    begun_at: datetime
    history_id: str
    sent_id: str = ""


class Attempts:
    """Notes in a folder of our own; a note's name is made of the response's id, and it holds no address."""

    def __init__(self, folder: Path) -> None:
        """Make nothing yet."""
        self._folder = folder

    def of(self, response_id: str) -> Attempt | None:
        """The attempt of a response; None where none was begun from here. Raises OSError."""
        path = self._path(response_id)
        try:
            noted = json.loads(path.read_text("utf-8"))
            return Attempt(datetime.fromisoformat(noted["begun_at"]), noted["history_id"], noted["sent_id"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError):
            raise OSError(0, "a note is damaged") from None

    def note(self, response_id: str, attempt: Attempt) -> None:
        """Write a note, whole and on the disk before this returns. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self._write(response_id, attempt, synced=True)
        _sync(self._folder)
        self._forget_old(attempt.begun_at)

    def confirm(self, response_id: str, attempt: Attempt, sent_id: str) -> None:
        """Note that it left. Raises OSError. Should a crash lose this, Gmail's history tells it, too."""
        self._write(response_id, replace(attempt, sent_id=sent_id), synced=False)

    def take_back(self, response_id: str) -> None:
        """It surely was not sent. Raises OSError."""
        self._path(response_id).unlink(missing_ok=True)

    def _write(self, response_id: str, attempt: Attempt, *, synced: bool) -> None:
        """Replace a note by another one."""
        path = self._path(response_id)
        beside = path.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(asdict(attempt) | {"begun_at": attempt.begun_at.isoformat()}, file)
            if synced:
                file.flush()
                os.fsync(file.fileno())
        beside.replace(path)

    def _path(self, response_id: str) -> Path:
        """The file of a note."""
        return self._folder / sha256(response_id.encode()).hexdigest()[:40]

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
