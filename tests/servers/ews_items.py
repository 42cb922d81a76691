"""What an Exchange of our own keeps of a mailbox: items, folders that count changes, automatic replies."""

import base64
import email.policy
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.utils import getaddresses, parsedate_to_datetime
from queue import Queue
from typing import Any

FOLDERS = ("inbox", "sentitems", "drafts", "outbox", "deleteditems", "calendar", "junkemail")
#: Fields of a MIME message that Exchange takes over; of all others only those that it was given as properties.
_TAKEN_OVER = (
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "content-language",
)
TRANSPORT_HEADERS, SPAM, SUPPRESS = "0x7d:String", "0x4076:Integer", "0x3fdf:Integer"


def header_property(name: str) -> str:
    """The key under which a field of the Internet is kept as a property."""
    return f"internetheaders/{name.lower()}:String"


def stamp(at: datetime) -> str:
    """An instant as EWS writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class Item:
    """One item. `fields` are its simple elements by name, `people` its recipients, `extended` its properties."""

    item_id: str
    folder: str
    kind: str = "Message"
    version: int = 1
    fields: dict[str, str] = field(default_factory=dict)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    extended: dict[str, str] = field(default_factory=dict)
    categories: tuple[str, ...] = ()
    mime: bytes = b""
    mime_is_broken: bool = False

    @property
    def change_key(self) -> str:
        """What tells one version from the next."""
        return base64.b64encode(f"{self.item_id}/{self.version}".encode()).decode()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a folder."""

    number: int
    kind: str
    item_id: str


@dataclass(slots=True)
class OofSettings:
    """The automatic replies; `allowed` is whom outside the policy lets have one.

    `moves_end_by` is what a server does to the end that has misunderstood a zone.
    """

    state: str = "Disabled"
    audience: str = "All"
    start: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    end: datetime = datetime(2020, 1, 2, tzinfo=UTC)
    internal: str = ""
    external: str = ""
    allowed: str = "All"
    moves_end_by: timedelta = timedelta(0)


class Mailbox:
    """One user's mailbox with everything in it. Any thread may use it under `lock`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.lock = threading.RLock()
        self.items: dict[str, Item] = {}
        self.events: dict[str, list[Event]] = {name: [] for name in FOLDERS}
        self.oof = OofSettings()
        self.series: list[Any] = []
        self.working_hours: str | None = None
        #: By folder, whether one may put something into it.
        self.rights: dict[str, bool] = {}
        #: So many entries of the calendar are told at once.
        self.most_entries = 1000
        #: What the transport took over, as it left.
        self.left: list[bytes] = []
        #: Changed where a mailbox moves: states from before are worth nothing then.
        self.epoch = 1
        self.subscriptions: dict[str, tuple[frozenset[str], Queue[Event | None]]] = {}
        self.writes: list[str] = []
        self._count = 0

    def next_number(self) -> int:
        """A number that was never given."""
        self._count += 1
        return self._count

    def add(self, folder: str, kind: str = "Message", **facts: Any) -> Item:
        """Put an item into a folder."""
        with self.lock:
            item_id = base64.b64encode(f"{self.address}/item/{self.next_number():06}".encode()).decode()
            item = Item(item_id, folder, kind, **facts)
            self.items[item_id] = item
            self.happened("Create", item)
            return item

    def happened(self, kind: str, item: Item) -> None:
        """Count a change, and tell those who listen."""
        event = Event(self.next_number(), kind, item.item_id)
        self.events[item.folder].append(event)
        for folders, queue in self.subscriptions.values():
            if item.folder in folders:
                queue.put(event)

    def changed(self, item_id: str) -> None:
        """Something of an item changed."""
        with self.lock:
            self.items[item_id].version += 1
            self.happened("Update", self.items[item_id])

    def remove(self, item_id: str) -> None:
        """Take an item away for good."""
        with self.lock:
            item = self.items.pop(item_id)
            self.happened("Delete", item)

    def move(self, item_id: str, folder: str) -> Item:
        """Put an item into another folder, where it bears another id."""
        with self.lock:
            before = self.items[item_id]
            self.remove(item_id)
            moved = self.add(folder, before.kind)
            kept = replace(before, item_id=moved.item_id, folder=folder)
            self.items[moved.item_id] = kept
            return kept

    def in_folder(self, folder: str) -> Iterator[Item]:
        """The items of a folder, from old to new."""
        return (item for item in list(self.items.values()) if item.folder == folder)

    def deliver(self, message: bytes, *, at: datetime | None = None, **facts: Any) -> Item:
        """A message arrives in the inbox."""
        with self.lock:
            at = at or datetime.now(UTC)
            block = message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
            fields, people = _of_mime(message)
            fields |= {"DateTimeReceived": stamp(at), "ItemClass": "IPM.Note"}
            extended = {TRANSPORT_HEADERS: f"{block}\r\n\r\n"}
            usual: dict[str, Any] = {
                "fields": fields,
                "people": people,
                "extended": extended,
                "mime": message,
            }
            return self.add("inbox", **(usual | facts))

    def file_sent(self, message: bytes) -> Item:
        """A message of the user's own stands among the sent ones, as Outlook left it there."""
        fields, people = _of_mime(message)
        fields |= {"ItemClass": "IPM.Note"}
        parsed = message_from_bytes(message)
        extended = {
            header_property(name): str(value)
            for name, value in parsed.items()
            if name.lower() not in _TAKEN_OVER
        }
        return self.add("sentitems", fields=fields, people=people, extended=extended, mime=message)

    def draft(self, content: bytes, extended: dict[str, str]) -> Item:
        """A message that is made of a MIME form and properties."""
        fields, people = _of_mime(content)
        fields |= {"ItemClass": "IPM.Note"}
        return self.add("drafts", fields=fields, people=people, extended=extended, mime=content)

    def send(self, item_id: str) -> None:
        """Hand a draft to the transport, and keep it among the sent ones."""
        with self.lock:
            sent = self.move(item_id, "sentitems")
            sent.fields["DateTimeSent"] = stamp(datetime.now(UTC))
            self.left.append(_as_it_leaves(sent))

    def since(self, folder: str, number: int) -> list[tuple[str, str]]:
        """What became of each item of a folder since a number: its kind of change, once for each, in order."""
        news: dict[str, str] = {}
        for event in self.events[folder]:
            if event.number <= number:
                continue
            if event.kind == "Delete" and news.get(event.item_id) == "Create":
                del news[event.item_id]
            elif event.kind != "Update" or event.item_id not in news:
                news[event.item_id] = event.kind
        return [(kind, item_id) for item_id, kind in news.items()]

    def last_number(self, folder: str) -> int:
        """The number of the latest change in a folder."""
        return self.events[folder][-1].number if self.events[folder] else 0

    def subscribe(self, folders: Iterable[str]) -> str:
        """Listen to some folders."""
        with self.lock:
            name = base64.b64encode(f"{self.address}/stream/{self.next_number()}".encode()).decode()
            self.subscriptions[name] = (frozenset(folders), Queue())
            return name


def _of_mime(message: bytes) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The fields and recipients that Exchange reads out of a MIME message."""
    parsed = message_from_bytes(message)
    people = {
        element: tuple(
            address
            for _, address in getaddresses([str(each) for each in parsed.get_all(name, [])])
            if address
        )
        for name, element in (
            ("from", "From"),
            ("to", "ToRecipients"),
            ("cc", "CcRecipients"),
            ("bcc", "BccRecipients"),
        )
    }
    fields = {"Subject": str(parsed.get("subject", ""))[:255]}
    if parsed.get("message-id"):
        fields["InternetMessageId"] = str(parsed["message-id"]).strip()
    try:
        fields["DateTimeSent"] = stamp(parsedate_to_datetime(str(parsed.get("date"))))
    except (TypeError, ValueError):
        fields["DateTimeSent"] = stamp(datetime.now(UTC) - timedelta(seconds=1))
    return fields, {name: each for name, each in people.items() if each}


def _as_it_leaves(item: Item) -> bytes:
    """A message with the fields that Exchange takes over, and those that are properties."""
    parsed = message_from_bytes(item.mime, policy=email.policy.SMTP)
    for name in {each.lower() for each in parsed.keys()}:  # noqa: SIM118
        if name not in _TAKEN_OVER:
            del parsed[name]
    for key, value in item.extended.items():
        if key.startswith("internetheaders/"):
            name = key.removeprefix("internetheaders/").partition(":")[0]
            parsed["-".join(part.capitalize() for part in name.split("-"))] = value
    if item.extended.get(SUPPRESS) == "-1":
        parsed["X-Auto-Response-Suppress"] = "All"
    return parsed.as_bytes()
