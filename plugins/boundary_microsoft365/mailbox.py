"""A mailbox of Exchange Online over Graph: followed by deltas, answered by sendMail in its MIME form."""

import base64
import json
import threading
from datetime import timedelta

from boundary_microsoft365 import parse
from boundary_microsoft365.attempts import Attempts
from boundary_microsoft365.client import BATCH, Graph
from boundary_microsoft365.examination import examined_mailbox
from boundary_microsoft365.folders import IMMUTABLE, Folder, Json, segment
from boundary_microsoft365.sent_items import SentItems
from boundary_microsoft365.settings import MailboxSettings
from boundary_plugins import (
    Changes,
    Examined,
    Gone,
    OutgoingResponse,
    SendReceipt,
    SentSearch,
    Services,
    SubjectMessage,
    Unavailable,
)

#: How far back a first look, and one after Graph lost our place, goes among received messages.
LOOKBACK = timedelta(days=14)
#: In seconds: how often a mailbox is asked while waiting. Graph's own notifications come after a minute.
LOOK_EVERY = 10.0
#: Of so many messages at most it is remembered what a delta told.
MOST_REMEMBERED = 1000
_RECEIVED = (
    *("id", "receivedDateTime", "parentFolderId", "hasAttachments", "isDraft", "categories"),
    "internetMessageHeaders",
)
_ONE = {"$select": ",".join(_RECEIVED)}


class Microsoft365Mailbox:
    """The port `Mailbox` over Graph. It never moves, marks or deletes anything."""

    def __init__(self, settings: MailboxSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._services, self._name = services, services.name or "mailbox"
        self._graph = Graph(settings, services)
        self._inbox = Folder(self._graph, "inbox", _RECEIVED)
        self._sent = SentItems(self._graph, Attempts(services.state_directory, self._name))
        # What a delta told of messages that nobody asked for yet, and those of which it told too little.
        self._told: dict[str, Json] = {}
        self._untold: dict[str, None] = {}
        self._folders: dict[str, str] = {}
        self._inbox_link: str | None = None
        self._woken = threading.Event()

    def changes(self, cursor: str | None) -> Changes:
        """What came since the cursor; where Graph lost our place in the inbox, a gap. Raises ProviderError."""
        known = _links(cursor)
        now = self._services.now()
        received = self._inbox.changes(known.get("inbox"), now - LOOKBACK)
        sent, sent_link = self._sent.changes(known.get("sent"), now)
        self._inbox_link = received.link
        if not received.is_new:
            self._remember(received.items)
        # A round that begins anew tells the newest first.
        items = sorted(received.items, key=lambda item: str(item.get("receivedDateTime", "")))
        marks = (parse.time_mark(item) for item in items)
        return Changes(
            received=tuple(str(item["id"]) for item in items),
            sent=sent,
            cursor=json.dumps({"inbox": received.link, "sent": sent_link}),
            gap=received.is_new,
            time_marks=tuple(mark for mark in marks if mark is not None),
        )

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message; the next few are read with it. Raises Gone, ProviderError."""
        if provider_id not in self._told:
            self._read_with_others(provider_id)
        item = self._told.pop(provider_id, None)
        if item is None:
            path = f"/messages/{segment(provider_id)}"
            item = self._graph.get(path, _ONE, prefer=(IMMUTABLE,))
        if item.get("parentFolderId") == self._folder("deleteditems"):
            raise Gone(self._name, "the message was deleted")
        try:
            return parse.subject_message(item, provider_id, junk_folder=self._folder("junkemail"))
        except ValueError:
            raise Unavailable(self._name, "a message came without the instant of its arrival") from None

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Hand the MIME over; Exchange threads it and files a copy. Its reverse-path is the mailbox's own."""
        self._sent.begin(response.response_id, self._services.now())
        content = base64.b64encode(response.content)
        self._graph.request("POST", "/sendMail", content=content, content_type="text/plain", acts=True)
        return SendReceipt(None, reverse_path_is_null=False, note="Microsoft 365 knows no null reverse-path")

    def find_sent(self, response_id: str) -> SentSearch:
        """Whether the copy of a response is among the sent ones, by our own header.

        Raises Unavailable while it is too early to say that it is not, ProviderError.
        """
        return self._sent.find(response_id, self._services.now())

    def wait(self, seconds: float) -> None:
        """Ask every ten seconds whether anything changed in the inbox, which is one small request."""
        waited = 0.0
        while waited < seconds:
            step = min(LOOK_EVERY, seconds - waited)
            if self._woken.wait(step):
                break
            waited += step
            if waited < seconds and self._inbox_link and self._inbox.has_changed(self._inbox_link):
                break
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Let go of every connection."""
        self._graph.close()

    def examine(self) -> tuple[Examined, ...]:
        """The sign-in, and both folders by asking for them."""
        return examined_mailbox(self._graph)

    def _remember(self, items: tuple[Json, ...]) -> None:
        """Keep what a delta told until it is asked for."""
        for item in items:
            provider_id = str(item["id"])
            if item.get("internetMessageHeaders") and "receivedDateTime" in item:
                self._told[provider_id] = item
            elif "receivedDateTime" in item:
                self._untold[provider_id] = None
        for kept in (self._told, self._untold):
            # What the program knows already is never asked for.
            for old in list(kept)[:-MOST_REMEMBERED]:
                del kept[old]

    def _read_with_others(self, provider_id: str) -> None:
        """Read a message with the next of those that the delta told too little of, in one batch."""
        others = [each for each in self._untold if each != provider_id][: BATCH - 1]
        if not others:
            self._untold.pop(provider_id, None)
            return
        ids = [provider_id, *others]
        asked = [(f"/messages/{segment(each)}", _ONE) for each in ids]
        for each, item in zip(ids, self._graph.batch(asked, prefer=(IMMUTABLE,)), strict=True):
            self._untold.pop(each, None)
            if item is not None:
                self._told[each] = item

    def _folder(self, name: str) -> str:
        """The id of a well-known folder."""
        if name not in self._folders:
            self._folders[name] = str(self._graph.get(f"/mailFolders/{name}", {"$select": "id"})["id"])
        return self._folders[name]


def _links(cursor: str | None) -> dict[str, str]:
    """The links in a cursor; none where it is not one of ours."""
    try:
        found = json.loads(cursor) if cursor else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {name: link for name, link in found.items() if isinstance(link, str) and link.startswith("v1.0/")}
