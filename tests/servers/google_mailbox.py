"""A Gmail mailbox as a state: messages in threads, labels, and a history of what was changed."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import formatdate, getaddresses

SYSTEM_LABELS = (
    *("INBOX", "SENT", "DRAFT", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "CHAT"),
    *("CATEGORY_PERSONAL", "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS"),
)
_PREFIXES = re.compile(r"(?:[A-Za-z]{2,4}:\s*)+")
#: Beyond 64 bits, so that nobody keeps one as a number.
FIRST_HISTORY_ID = 10**20


@dataclass(slots=True)
class Stored:
    """One message; `internal_ms` is when it came, in milliseconds since 1970."""

    id: str
    thread_id: str
    raw: bytes
    labels: set[str]
    internal_ms: int
    history_id: int

    def parsed(self) -> Message:
        """The message, to look at its fields."""
        return message_from_bytes(self.raw)


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history; `kind` is its field's name ("messagesAdded")."""

    id: int
    kind: str
    message_id: str
    thread_id: str
    labels: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class Mailbox:
    """Everything of one mailbox. `lags` keeps new messages out of lists until `catch_up`, as an index does."""

    address: str
    send_as: list[str] = field(default_factory=list)
    messages: dict[str, Stored] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    history: list[Change] = field(default_factory=list)
    history_id: int = FIRST_HISTORY_ID
    oldest_history: int = FIRST_HISTORY_ID
    vacation: dict[str, object] = field(default_factory=lambda: {"enableAutoReply": False})
    # Says yes to a change of the responder, and does not make it.
    forgets_vacation: bool = False
    watch: dict[str, object] | None = None
    sent: list[str] = field(default_factory=list)
    lags: bool = False
    # Is told of each change while the mailbox is watched; `is_mute` makes a watch that says nothing.
    watcher: Callable[[str], None] | None = None
    is_mute: bool = False
    _unlisted: set[str] = field(default_factory=set)
    _number: int = 0

    def deliver(self, raw: bytes, *labels: str, at: float | None = None) -> Stored:
        """A message arrives; in the inbox, unread, where no labels are named."""
        return self._add(raw, set(labels or ("INBOX", "UNREAD", "CATEGORY_PERSONAL")), None, at)

    def file_sent(self, raw: bytes) -> Stored:
        """The therapist's own message, sent by another program."""
        return self._add(raw, {"SENT"}, None, None)

    def send(self, raw: bytes, thread_id: str | None) -> Stored:
        """Send as Gmail does: with a Message-ID of its own, and From an address that the account has."""
        message = message_from_bytes(raw)
        self._number += 1
        if message["Message-ID"]:
            message["X-Google-Original-Message-ID"] = message["Message-ID"]
            del message["Message-ID"]
        message["Message-ID"] = f"<CAinvented{self._number:08}@mail.gmail.com>"
        (_, author), *_ = getaddresses([message["From"] or ""]) or [("", "")]
        if author not in (self.address, *self.send_as):
            del message["From"]
            message["From"] = self.address
        if not message["Date"]:
            message["Date"] = formatdate()
        stored = self._add(message.as_bytes(), {"SENT"}, thread_id, None)
        self.sent.append(stored.id)
        return stored

    def relabel(self, message_id: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Stored:
        """Change the labels of a message."""
        stored = self.messages[message_id]
        added = tuple(sorted(set(add) - stored.labels))
        removed = tuple(sorted(set(remove) & stored.labels))
        stored.labels |= set(added)
        stored.labels -= set(removed)
        if added:
            self._record("labelsAdded", stored, added)
        if removed:
            self._record("labelsRemoved", stored, removed)
        return stored

    def label(self, name: str) -> str:
        """The id of a label of the person's own, made where it is not there."""
        for label_id, known in self.labels.items():
            if known == name:
                return label_id
        label_id = f"Label_{len(self.labels) + 1}"
        self.labels[label_id] = name
        return label_id

    def delete(self, message_id: str) -> None:
        """Delete a message for good."""
        self._record("messagesDeleted", self.messages.pop(message_id))

    def forget_history(self) -> None:
        """Lose the history so far, as happens after a week or sooner."""
        self.history.clear()
        self.history_id += 1000
        self.oldest_history = self.history_id

    def catch_up(self) -> None:
        """Let lists hold everything."""
        self.lags = False
        self._unlisted.clear()

    def listed(self) -> list[Stored]:
        """What lists hold, the newest first."""
        there = [each for each in self.messages.values() if each.id not in self._unlisted]
        return sorted(there, key=lambda each: (each.internal_ms, each.id), reverse=True)

    def _add(self, raw: bytes, labels: set[str], thread_id: str | None, at: float | None) -> Stored:
        """Put a message in."""
        self._number += 1
        message_id = f"{0x18F0000000000000 + self._number:x}"
        thread = self._thread_of(raw, thread_id) or message_id
        moment = int((time.time() if at is None else at) * 1000)
        stored = Stored(message_id, thread, raw, labels, moment, 0)
        self.messages[message_id] = stored
        if self.lags:
            self._unlisted.add(message_id)
        self._record("messagesAdded", stored)
        return stored

    def _thread_of(self, raw: bytes, asked_for: str | None) -> str | None:
        """The thread it joins: the one that was asked for, or that of its References, where Subjects agree."""
        message = message_from_bytes(raw)
        known = f"{message['In-Reply-To'] or ''} {message['References'] or ''}".split()
        if asked_for is None and not known:
            return None
        for stored in self.messages.values():
            parsed = stored.parsed()
            refers = parsed["Message-ID"] in known if asked_for is None else stored.thread_id == asked_for
            if refers and _bare(parsed["Subject"]) == _bare(message["Subject"]):
                return stored.thread_id
        return None

    def _record(self, kind: str, stored: Stored, changed: tuple[str, ...] = ()) -> None:
        """Write a change down."""
        # Real ids have gaps.
        self.history_id += 7
        stored.history_id = self.history_id
        labels = tuple(sorted(stored.labels))
        self.history.append(Change(self.history_id, kind, stored.id, stored.thread_id, labels, changed))
        if self.watcher is not None and not self.is_mute:
            self.watcher(f'{{"emailAddress": "{self.address}", "historyId": {self.history_id}}}')


def _bare(subject: str | None) -> str:
    """A Subject without "Re:" and its kin."""
    return _PREFIXES.sub("", subject or "", count=1).strip().lower()
