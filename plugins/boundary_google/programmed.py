"""What is remembered of the vacation responder that was programmed: how it was before, and marks of what is ours."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary_plugins import Unavailable


@dataclass(frozen=True, slots=True)
class Programmed:
    """`before` is what the therapist had set; `marks` are fingerprints of what this program set, the last first.

    `held` is the fingerprint of what Gmail held after it; "" where it was not read back.
    """

    before: Mapping[str, Any] = field(default_factory=dict)
    marks: tuple[str, ...] = ()
    held: str = ""

    def is_ours(self, present: Mapping[str, Any]) -> bool:
        """Whether this program set what is set now."""
        return fingerprint(present) in (*self.marks, self.held)

    def is_programmed(self, wanted: Mapping[str, Any], present: Mapping[str, Any]) -> bool:
        """Whether what is set now is what is wanted, in Gmail's own words or in ours."""
        mark, found = fingerprint(wanted), fingerprint(present)
        return mark == found or (self.marks[:1], self.held) == ((mark,), found)


def fingerprint(settings: Mapping[str, Any]) -> str:
    """What tells one setting of the responder from another, however Gmail breaks its lines."""
    kept = [
        str(settings.get("responseSubject", "")).strip(),
        " ".join(str(settings.get("responseBodyPlainText", "")).split()),
        str(settings.get("startTime", "")),
        str(settings.get("endTime", "")),
        bool(settings.get("restrictToContacts")),
    ]
    return hashlib.sha256(json.dumps(kept).encode()).hexdigest()[:32]


class ProgrammedFile:
    """One small file, for this user's eyes only, written whole or not at all."""

    def __init__(self, path: Path, name: str) -> None:
        """Read nothing yet."""
        self._path, self._name = path, name

    def load(self) -> Programmed:
        """What was remembered; nothing where there is none that can be read: then nothing there is ours."""
        try:
            found = json.loads(self._path.read_bytes())
            return Programmed(dict(found["before"]), tuple(map(str, found["marks"])), str(found["held"]))
        except (OSError, ValueError, LookupError, TypeError):
            return Programmed()

    def save(self, programmed: Programmed) -> None:
        """Remember it. Raises Unavailable where the disk refuses: what cannot be given back is not taken."""
        beside = self._path.with_suffix(".new")
        text = json.dumps({"before": programmed.before, "marks": programmed.marks, "held": programmed.held})
        try:
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise Unavailable(self._name, f"its note cannot be written ({error.strerror})") from None

    def forget(self) -> None:
        """Remember nothing any more."""
        self._path.unlink(missing_ok=True)
