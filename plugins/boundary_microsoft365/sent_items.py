"""What was sent from a mailbox: the therapist's own messages, and the responses of ours among them."""

from datetime import datetime, timedelta

from boundary_microsoft365 import parse
from boundary_microsoft365.attempts import Attempts
from boundary_microsoft365.client import Graph
from boundary_microsoft365.folders import IMMUTABLE, Folder, Json, segment
from boundary_plugins import (
    SENT_LOOKBACK,
    Gone,
    SentMessage,
    SentSearch,
    Unavailable,
    header_block,
    read_headers,
)

#: Exchange files the copy of a sent message a while after it took it; only then is its absence certain.
SETTLING = timedelta(minutes=5)
#: A copy is ours perhaps where it was filed so soon after an attempt (clocks differ).
_NEAR, _BEFORE = timedelta(minutes=15), timedelta(minutes=1)
_FIELDS = ("id", "sentDateTime", "toRecipients", "ccRecipients", "bccRecipients", "isDraft")


class SentItems:
    """The folder of sent messages, and the attempts that say what may be ours in it."""

    def __init__(self, graph: Graph, attempts: Attempts) -> None:
        """Ask nothing yet."""
        self._graph, self._attempts = graph, attempts
        self._folder = Folder(graph, "sentitems", _FIELDS)

    def changes(self, link: str | None, now: datetime) -> tuple[tuple[SentMessage, ...], str]:
        """What was sent since the link of an earlier look, and the next link. Raises ProviderError."""
        told = self._folder.changes(link, now - SENT_LOOKBACK)
        return self._messages(told.items), told.link

    def begin(self, response_id: str, now: datetime) -> None:
        """Write down that a response is being sent. Raises Unavailable."""
        self._attempts.begin(response_id, now)

    def find(self, response_id: str, now: datetime) -> SentSearch:
        """Whether the copy of a response is there, by our own header.

        Raises Unavailable while it is too early to say that it is not, ProviderError.
        """
        asked = f"ep/id eq '{parse.RESPONSE_PROPERTY}' and ep/value eq '{response_id}'"
        query = {"$filter": f"singleValueExtendedProperties/Any(ep: {asked})", "$top": "1", "$select": "id"}
        if self._graph.get("/mailFolders/sentitems/messages", query, prefer=(IMMUTABLE,)).get("value"):
            return SentSearch.FOUND
        begun = self._attempts.known().get(response_id)
        if begun is None:
            # The instant of an attempt is written down before anything leaves.
            return SentSearch.ABSENT
        if response_id in self._ids_near(begun):
            return SentSearch.FOUND
        if now - begun < SETTLING:
            problem = "a response is not among the sent messages, which Microsoft may file some minutes later"
            raise Unavailable(self._graph.name, problem, retry_at=begun + SETTLING)
        return SentSearch.ABSENT

    def _messages(self, items: tuple[Json, ...]) -> tuple[SentMessage, ...]:
        """Whom the therapist wrote to, and which of it are responses of ours, from old to new."""
        new = [item for item in items if parse.sent_message(item, None) is not None]
        expand = f"singleValueExtendedProperties($filter=id eq '{parse.RESPONSE_PROPERTY}')"
        query = {"$select": "id", "$expand": expand}
        asked = [(f"/messages/{segment(str(item['id']))}", query) for item in new]
        found = self._graph.batch(asked, prefer=(IMMUTABLE,))
        made = [
            parse.sent_message(item, parse.response_id_of(told) or self._id_by_mime(item))
            for item, told in zip(new, found, strict=True)
        ]
        kept = [message for message in made if message is not None]
        return tuple(sorted(kept, key=lambda message: (message.sent_at, message.provider_id)))

    def _id_by_mime(self, item: Json) -> str | None:
        """The response that a sent message is, by its MIME; looked at only where one was just being sent."""
        sent_at = parse.instant(str(item["sentDateTime"]))
        attempts = self._attempts.known().values()
        if not any(begun - _BEFORE <= sent_at <= begun + _NEAR for begun in attempts):
            return None
        return self._response_id(str(item["id"]))

    def _response_id(self, provider_id: str) -> str | None:
        """The response that a message is, by the header block of its MIME."""
        try:
            path = f"/messages/{segment(provider_id)}/$value"
            block = header_block(self._graph.request("GET", path, prefer=(IMMUTABLE,)).content)
        except Gone:
            return None
        return parse.response_id_in(read_headers(block)) if block else None

    def _ids_near(self, begun: datetime) -> set[str]:
        """The responses among the messages that were filed soon after an attempt, by their MIME."""
        first, last = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (begun - _BEFORE, begun + _NEAR))
        between = f"receivedDateTime ge {first} and receivedDateTime le {last}"
        query = {"$filter": between, "$top": "50", "$select": "id"}
        pages = self._graph.pages("/mailFolders/sentitems/messages", query, prefer=(IMMUTABLE,))
        near = [str(item["id"]) for page in pages for item in page.get("value") or ()]
        return {found for each in near if (found := self._response_id(each)) is not None}
