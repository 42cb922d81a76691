"""A mailbox of Exchange Online as a state: messages in folders, and a record of what was changed."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message

INBOX, SENT, JUNK, DELETED, DRAFTS = "inbox", "sentitems", "junkemail", "deleteditems", "drafts"
FOLDERS = (INBOX, SENT, JUNK, DELETED, DRAFTS)


@dataclass(slots=True)
class Stored:
    """One message; `received_at` in seconds since 1970."""

    number: int
    raw: bytes
    folder: str
    received_at: float
    categories: list[str] = field(default_factory=list)
    is_read: bool = False
    #: Whether the copy keeps X- fields as properties that can be searched, as Exchange does with MIME.
    has_properties: bool = True

    def id(self, *, immutable: bool) -> str:
        """Its id: an ordinary one changes when the message is moved."""
        return f"AAkALg-{self.number}=" if immutable else f"AAMkAG-{self.folder}-{self.number}="

    def parsed(self) -> Message:
        """The message, to look at its fields."""
        return message_from_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class Change:
    """One change: which message, in which folder, and whether only its being read changed."""

    number: int
    folder: str
    only_read: bool = False


@dataclass(slots=True)
class Mailbox:
    """Everything of one mailbox. With `lags` a sent copy appears among the sent ones at `catch_up` only.

    `headers_in_delta` False gives no header fields in a delta; `keeps_properties` False keeps no X- field
    of what is sent as a property.
    """

    address: str
    aliases: list[str] = field(default_factory=list)
    messages: dict[int, Stored] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    left: list[bytes] = field(default_factory=list)
    lags: bool = False
    headers_in_delta: bool = True
    keeps_properties: bool = True
    #: What a token stands for: the folder, how far it was read, and what was asked for at first.
    tokens: dict[str, dict[str, object]] = field(default_factory=dict)
    forgotten: str = ""
    _waiting: list[Stored] = field(default_factory=list)
    _number: int = 0

    def deliver(self, raw: bytes, folder: str = INBOX, at: float | None = None) -> Stored:
        """A message arrives."""
        self._number += 1
        stored = Stored(self._number, raw, folder, time.time() if at is None else at)
        self._put(stored)
        return stored

    def send(self, raw: bytes) -> None:
        """A message leaves, and its copy is filed."""
        self.left.append(raw)
        self._number += 1
        copy = Stored(self._number, raw, SENT, time.time(), is_read=True)
        copy.has_properties = self.keeps_properties
        if self.lags:
            self._waiting.append(copy)
        else:
            self._put(copy)

    def catch_up(self) -> None:
        """File the copies that were late."""
        self.lags = False
        for copy in self._waiting:
            self._put(copy)
        self._waiting.clear()

    def categorise(self, number: int, categories: Iterable[str]) -> None:
        """The person gives a message categories."""
        self.messages[number].categories = list(categories)
        self._changed(number)

    def read(self, number: int) -> None:
        """The person reads a message."""
        self.messages[number].is_read = True
        self.changes.append(Change(number, self.messages[number].folder, only_read=True))

    def move(self, number: int, folder: str) -> None:
        """The person moves a message."""
        self._changed(number)
        self.messages[number].folder = folder
        self._changed(number)

    def remove(self, number: int) -> None:
        """The person deletes a message for good."""
        self._changed(number)
        del self.messages[number]

    def forget_deltas(self, code: str = "syncStateNotFound") -> None:
        """Lose every token, as happens after a while."""
        self.tokens.clear()
        self.forgotten = code

    def find(self, message_id: str) -> Stored | None:
        """The message with an id of either kind."""
        for stored in self.messages.values():
            if message_id in (stored.id(immutable=True), stored.id(immutable=False)):
                return stored
        return None

    def _put(self, stored: Stored) -> None:
        """File a message."""
        self.messages[stored.number] = stored
        self._changed(stored.number)

    def _changed(self, number: int) -> None:
        """Write a change down."""
        self.changes.append(Change(number, self.messages[number].folder))
