"""Labels such as `Boundary/12 min` as a time log, although Gmail puts a label on every message of a conversation."""

from collections.abc import Iterator, Mapping
from typing import Any

from boundary_google.changes import Relabelled
from boundary_google.gmail import Gmail
from boundary_google.parse import Json, is_received, minutes_of
from boundary_plugins import Gone, TimeMark


class TimeMarks:
    """Knows which labels log time; asks again for a label it does not know."""

    def __init__(self, gmail: Gmail) -> None:
        """Ask nothing yet."""
        self._gmail = gmail
        self._names: dict[str, str] = {}

    def of(self, relabelled: Mapping[str, Relabelled]) -> Iterator[TimeMark]:
        """The marks that changed. Raises ProviderError."""
        touched = {
            label
            for thread in relabelled.values()
            for changed in (thread.added, thread.removed)
            for labels in changed.values()
            for label in labels
        }
        if not touched <= self._names.keys():
            self._names |= self._gmail.labels()
        for thread_id, changes in relabelled.items():
            yield from self._of_thread(thread_id, changes)

    def _minutes(self, label_id: str) -> int | None:
        """What a label logs; None where it logs nothing, or nobody knows it any more."""
        return minutes_of(self._names.get(label_id, ""))

    def _of_thread(self, thread_id: str, changes: Relabelled) -> Iterator[TimeMark]:
        """The marks of one conversation.

        Whoever labels a conversation labels each of its messages: the time is that of the newest message
        that came from the client, once.
        """
        added = {each for each, labels in changes.added.items() if any(map(self._logs, labels))}
        removed = {each for each, labels in changes.removed.items() if any(map(self._logs, labels))}
        if not added and not removed:
            return
        try:
            messages = self._gmail.thread(thread_id).get("messages", ())
        except Gone:
            return
        received = [each for each in messages if is_received(each.get("labelIds", ()))]
        received.sort(key=lambda each: (int(each["internalDate"]), each["id"]))
        newest = [each["id"] for each in received if each["id"] in added][-1:]
        for each in received:
            if each["id"] in newest or each["id"] in removed:
                yield TimeMark(each["id"], self._carried(each, received))

    def _logs(self, label_id: str) -> bool:
        """Whether a label logs time."""
        return self._minutes(label_id) is not None

    def _carried(self, message: Json, received: list[Any]) -> int:
        """The minutes of a message, without labels that a newer message of the conversation has too."""
        newer = received[received.index(message) + 1 :]
        elsewhere = {label for each in newer for label in each.get("labelIds", ())}
        own = set(message.get("labelIds", ())) - elsewhere
        return sum(self._minutes(each) or 0 for each in own)
