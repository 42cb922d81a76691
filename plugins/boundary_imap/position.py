"""Where in a folder we are, and which message is meant: uids, and the UIDVALIDITY that they hold under."""

import json
from dataclasses import dataclass

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Position:
    """How far a folder was read: every uid below `uid_next`, every change up to `modseq` (0: not counted)."""

    folder: str
    uid_validity: int
    uid_next: int
    modseq: int = 0

    def holds_for(self, folder: str, uid_validity: int, uid_next: int) -> bool:
        """Whether uids still mean what they meant (RFC 3501, section 2.3.1.1); `uid_next` 0 where not told.

        A folder whose next uid is lower than before was put back from a backup.
        """
        same = (self.folder, self.uid_validity) == (folder, uid_validity) and uid_validity > 0
        return same and not 0 < uid_next < self.uid_next

    def has_news(self, uid_validity: int, uid_next: int, modseq: int) -> bool:
        """Whether something came or changed since; what the server does not tell (0) is no news."""
        return uid_validity != self.uid_validity or uid_next > self.uid_next or modseq > self.modseq


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the mailbox was read: the inbox, and the folder of sent mail where it is looked at."""

    inbox: Position
    sent: Position | None

    def __str__(self) -> str:
        """As text, for the store."""
        return json.dumps([_VERSION, _fields(self.inbox), _fields(self.sent)], separators=(",", ":"))


def _fields(position: Position | None) -> list[object] | None:
    """A position as a list."""
    if position is None:
        return None
    return [position.folder, position.uid_validity, position.uid_next, position.modseq]


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor, None where there is none that is understood: then everything is a gap."""
    try:
        version, inbox, sent = json.loads(text or "")
        place = _position(inbox)
        return Cursor(place, _position(sent) if sent else None) if version == _VERSION else None
    except (ValueError, TypeError):
        return None


def _position(fields: list[object]) -> Position:
    """A position from its list. Raises ValueError and TypeError."""
    folder, *numbers = fields
    uid_validity, uid_next, modseq = (int(str(number)) for number in numbers)
    return Position(str(folder), uid_validity, uid_next, modseq)


@dataclass(frozen=True, slots=True)
class MessageName:
    """One message for ever: a uid is never given again under the same UIDVALIDITY."""

    uid_validity: int
    uid: int
    folder: str

    def __str__(self) -> str:
        """The provider id."""
        return f"{self.uid_validity}/{self.uid}/{self.folder}"


def read_name(provider_id: str) -> MessageName | None:
    """The message that a provider id names, None where it is none of ours."""
    uid_validity, _, rest = provider_id.partition("/")
    uid, _, folder = rest.partition("/")
    if not (uid_validity.isdecimal() and uid.isdecimal() and folder):
        return None
    return MessageName(int(uid_validity), int(uid), folder)
