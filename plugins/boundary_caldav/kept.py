"""What is remembered of a calendar from one start of the program to the next: no word of any entry."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boundary_plugins import Log

_VERSION = 2
_UUID = re.compile(r"[0-9A-Fa-f-]{16,64}")


def name_of(path: str) -> str:
    """What an entry is called here: by its UUID, or by a hash where somebody may have given it another name.

    Servers and programs make the address of an entry from its UID, which may hold a person's address.
    """
    name = path.rsplit("/", 1)[-1]
    plain = name.removesuffix(".ics")
    is_uuid = plain != name and _UUID.fullmatch(plain)
    return plain if is_uuid else hashlib.sha256(path.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource: its tag, and its text without words (`bare_calendar`); empty where it is our own."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A calendar as it was read last: at which place in its history, or with which tag.

    `entries` stand by `name_of` their path.
    """

    place: str | None = None
    tag: str | None = None
    entries: Mapping[str, Entry] = field(default_factory=dict)


class Keeper:
    """One file, which holds what was read of one calendar (`of` tells which). It is written whole or not at all."""

    def __init__(self, path: Path, of: str, log: Log) -> None:
        """Read nothing yet."""
        self._path, self._of, self._log = path, of, log

    def load(self) -> Kept:
        """What was kept; nothing where it was of another calendar, or cannot be read: then all is read anew."""
        try:
            found = json.loads(self._path.read_bytes())
            return _kept(found) if (found["version"], found["of"]) == (_VERSION, self._of) else Kept()
        except (OSError, ValueError, LookupError, TypeError):
            return Kept()

    def save(self, kept: Kept) -> None:
        """Keep it, for this user's eyes only; where the disk refuses, the next start reads all anew."""
        entries = {name: [entry.tag, entry.text] for name, entry in kept.entries.items()}
        found = {
            "version": _VERSION,
            "of": self._of,
            "place": kept.place,
            "tag": kept.tag,
            "entries": entries,
        }
        # A command may read the same calendar while the daemon does.
        beside = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                json.dump(found, file)
            beside.replace(self._path)
        except OSError as error:
            self._log.warning("what was read of the calendar cannot be kept", reason=error.strerror)


def _kept(found: Any) -> Kept:
    """What a file of ours holds."""
    entries = {name: Entry(str(tag), str(text)) for name, (tag, text) in found["entries"].items()}
    return Kept(found["place"], found["tag"], entries)
