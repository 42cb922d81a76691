"""What changed in a folder since a sync state of Exchange, and a cursor that holds the states of two folders."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.problems import Trouble
from boundary_exchange.vocabulary import Field

#: The most that Exchange tells at once.
PAGE = 512
#: Exchange no longer knows the state: it was made elsewhere, or the mailbox moved.
_LOST = ("ErrorInvalidSyncStateData", "ErrorSyncFolderNotFound")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the inbox and the sent messages were read; None for not at all."""

    inbox: str | None = None
    sent: str | None = None

    @classmethod
    def read(cls, words: str | None) -> "Cursor":
        """A cursor from its text; what is none of ours begins anew."""
        try:
            states = json.loads(words or "{}")
            return cls(states.get("inbox"), states.get("sent"))
        except (ValueError, AttributeError):
            return cls()

    def written(self) -> str:
        """The cursor as text."""
        return json.dumps({"inbox": self.inbox, "sent": self.sent})


@dataclass(frozen=True, slots=True)
class Synced:
    """The changes of a folder in the order that Exchange tells them, and the new state.

    `from_start` where everything there is was told, because no state was given or it was lost.
    """

    changes: tuple[parse.Change, ...]
    state: str
    from_start: bool


def synced(
    connection: Connection, folder: str, state: str | None, fields: Sequence[Field], page: int = PAGE
) -> Synced:
    """Every change in a folder since a state, page by page. Raises Trouble."""
    try:
        return _synced(connection, folder, state, fields, page)
    except Trouble as trouble:
        if state is None or trouble.code not in _LOST:
            raise
    return _synced(connection, folder, None, fields, page)


def _synced(
    connection: Connection, folder: str, state: str | None, fields: Sequence[Field], page: int
) -> Synced:
    """Every change since a state that Exchange knows."""
    found: list[parse.Change] = []
    mailbox, at = connection.settings.address, state
    while True:
        request = payloads.sync_items(folder, mailbox, at, fields, page)
        (message,) = connection.ask("SyncFolderItems", request)
        found += parse.changes(message)
        before, at = at, parse.text(message, "m:SyncState")
        # A server that stands still would keep one here for ever.
        if parse.is_last(message) or at == before:
            return Synced(tuple(found), at, state is None)
