"""What was begun to be sent, on this machine's disk before Gmail is asked, so that a crash can be told from silence."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

_KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sending: when it was begun, Gmail's place in the history before it, and what it became.

    `begun_at` is aware; `sent_id` is Gmail's id of the message once it confirmed it.
    """

    begun_at: datetime
    history_id: str
    sent_id: str = ""


class Attempts:
    """A small file of attempts by response id. It holds no address and no text."""

    def __init__(self, folder: Path) -> None:
        """Open nothing yet."""
        self._file = folder / "attempts.json"

    def of(self, response_id: str) -> Attempt | None:
        """The attempt of a response; None where none was begun from here. Raises OSError."""
        return self._read().get(response_id)

    def note(self, response_id: str, attempt: Attempt) -> None:
        """Write an attempt to the disk; very old ones go. Raises OSError."""
        kept = {each: old for each, old in self._read().items() if attempt.begun_at - old.begun_at <= _KEPT}
        self._write(kept | {response_id: attempt})

    def forget(self, response_id: str) -> None:
        """Take an attempt away that surely came to nothing. Raises OSError."""
        known = self._read()
        if known.pop(response_id, None) is not None:
            self._write(known)

    def _read(self) -> dict[str, Attempt]:
        """Every attempt that is kept. Raises OSError, also where the file is damaged."""
        try:
            kept = json.loads(self._file.read_text("utf-8"))
            return {
                each: Attempt(datetime.fromisoformat(one["begun_at"]), one["history_id"], one["sent_id"])
                for each, one in kept.items()
            }
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError):
            raise OSError(0, f"{self._file.name} is damaged") from None

    def _write(self, attempts: dict[str, Attempt]) -> None:
        """Replace the file, whole or not at all."""
        kept = {each: asdict(one) | {"begun_at": one.begun_at.isoformat()} for each, one in attempts.items()}
        beside = self._file.with_suffix(".new")
        with beside.open("w", encoding="utf-8") as file:
            json.dump(kept, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._file)
        folder = os.open(self._file.parent, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
