"""Noticing a clock that stepped back: the last commit's instant, in memory and in the store."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from boundary_plugins.errors import ClockWentBack
from boundary_plugins.store.statement import Statement
from boundary_plugins.store.tables import from_stored, to_stored

#: A clock may be set back by so much without anybody being told.
CLOCK_TOLERANCE = timedelta(seconds=2)
_TOLERANCE = CLOCK_TOLERANCE // timedelta(microseconds=1)
#: The store is asked and told so often (in seconds of running) at most; in between memory will do.
_LOOK_EVERY = 1.0

_LAST_COMMIT = Statement("SELECT last_commit_at FROM therapists WHERE therapist = ?")
_SET_LAST_COMMIT = Statement("UPDATE therapists SET last_commit_at = ? WHERE therapist = ?")


class ClockWatch:
    """Compares each transaction's instant with the latest one that this therapist's store has seen."""

    def __init__(self, therapist: str) -> None:
        """Know nothing yet."""
        self._therapist = therapist
        self._latest: int | None = None
        self._looked: float | None = None

    def check(self, driver: Any, at: datetime) -> None:
        """Raise ClockWentBack where `at` is before the last commit, by more than the tolerance."""
        now, latest = to_stored(at), self._latest
        if self._is_time_to_look():
            (stored,) = _LAST_COMMIT.run(driver, (self._therapist,)).fetchone()
            latest = max(filter(None, (latest, stored)), default=None)
        if latest is not None and now < latest - _TOLERANCE:
            raise ClockWentBack(
                "the clock went back: the last thing on record happened at "
                f"{from_stored(latest):%Y-%m-%d %H:%M:%S} UTC; nothing is sent until it is right",
                last=from_stored(latest),
            )

    def record(self, driver: Any, at: datetime) -> None:
        """Remember the instant, in the store once a second at most, which saves most writes a row."""
        now = to_stored(at)
        latest = now if self._latest is None else max(now, self._latest)
        if self._is_time_to_look():
            _SET_LAST_COMMIT.run(driver, (latest, self._therapist))
            self._looked = monotonic()
        self._latest = latest

    def accept(self, driver: Any, at: datetime) -> None:
        """Take the instant for the present, whatever was seen before."""
        self._latest = to_stored(at)
        _SET_LAST_COMMIT.run(driver, (self._latest, self._therapist))

    def forget(self) -> None:
        """After a transaction that failed: look into the store again."""
        self._latest = self._looked = None

    def _is_time_to_look(self) -> bool:
        """Whether memory alone is too old."""
        return self._looked is None or monotonic() - self._looked >= _LOOK_EVERY
