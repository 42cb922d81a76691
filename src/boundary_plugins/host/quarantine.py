"""What keeps failing is set aside for a while, with a reason, and tried again by level."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SetAside:
    """Why something is not called, since when, and the instant from which it is tried again."""

    reason: str
    since: datetime
    until: datetime


@dataclass(slots=True)
class _Record:
    """How often something failed in a row, and how it is held."""

    failures: int = 0
    held: SetAside | None = None


class Quarantine:
    """Counts failures in a row by key; every instant is given by the caller, aware and in UTC.

    After `failures_allowed` in a row the key is set aside for `rest`. Once that is over it may be tried;
    if it fails again the rest doubles, up to `longest_rest`, and one success forgets everything.
    """

    def __init__(
        self,
        *,
        failures_allowed: int = 5,
        rest: timedelta = timedelta(minutes=5),
        longest_rest: timedelta = timedelta(hours=6),
    ) -> None:
        """Take the limits."""
        self._failures_allowed, self._rest, self._longest_rest = failures_allowed, rest, longest_rest
        self._records: dict[str, _Record] = {}

    def failed(self, key: str, reason: str, at: datetime) -> None:
        """Note a failure; `reason` is a phrase without any content of a message."""
        record = self._records.setdefault(key, _Record())
        record.failures += 1
        doublings = record.failures - self._failures_allowed
        if doublings >= 0:
            # Beyond 20 doublings any rest is longer than the longest.
            rest = min(self._rest * 2 ** min(doublings, 20), self._longest_rest)
            since = record.held.since if record.held else at
            record.held = SetAside(f"failed {record.failures} times in a row: {reason}", since, at + rest)

    def succeeded(self, key: str) -> None:
        """Note a success, which ends a row of failures."""
        self._records.pop(key, None)

    def set_aside(self, key: str, at: datetime) -> SetAside | None:
        """Why a key is not to be called now; None where it may be."""
        record = self._records.get(key)
        held = record.held if record else None
        return held if held is not None and at < held.until else None
