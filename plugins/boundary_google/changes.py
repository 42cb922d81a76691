"""What came since a place in Gmail's history: received and sent messages, and labels that log time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from boundary_google.parse import Json, is_received


@dataclass(slots=True)
class Relabelled:
    """What happened to the labels of a thread's messages: label ids that were added, by message, and taken away."""

    added: dict[str, set[str]] = field(default_factory=dict)
    removed: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class News:
    """The history since a place, in its order and without repetition; `history_id` is the place it reached."""

    history_id: str
    received: dict[str, None] = field(default_factory=dict)
    sent: dict[str, None] = field(default_factory=dict)
    relabelled: dict[str, Relabelled] = field(default_factory=dict)


def news_of(pages: Iterable[Json], start: str) -> News:
    """The news that the pages of a history tell."""
    news = News(start)
    for page in pages:
        news.history_id = str(page.get("historyId", news.history_id))
        for change in page.get("history", ()):
            for message in _messages(change, "messagesAdded"):
                _take_added(news, message)
            for kind in ("labelsAdded", "labelsRemoved"):
                _take_labels(news, change, kind)
    return news


def _messages(change: Json, kind: str) -> Iterator[Json]:
    """The messages of one kind of change."""
    yield from (each["message"] for each in change.get(kind, ()))


def _take_added(news: News, message: Json) -> None:
    """A message that came in, or was sent; a draft is neither."""
    labels = message.get("labelIds", ())
    if "SENT" in labels:
        news.sent[message["id"]] = None
    elif is_received(labels):
        news.received[message["id"]] = None


def _take_labels(news: News, change: Json, kind: str) -> None:
    """Labels that were put on or taken off; Gmail's own ("INBOX") are no person's mark."""
    for each in change.get(kind, ()):
        own = {label for label in each.get("labelIds", ()) if label.startswith("Label_")}
        if own:
            message = each["message"]
            thread = news.relabelled.setdefault(message["threadId"], Relabelled())
            changed = thread.added if kind == "labelsAdded" else thread.removed
            changed.setdefault(message["id"], set()).update(own)
