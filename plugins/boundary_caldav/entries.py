"""Our own entries in a calendar: found again by their UID and mark, written and deleted where they differ."""

from collections.abc import Mapping
from dataclasses import dataclass

from boundary_caldav.answers import ChangedMeanwhile
from boundary_caldav.client import Client
from boundary_caldav.collection import Collection
from boundary_plugins import Gone, is_entry, same_lines


@dataclass(frozen=True, slots=True)
class _Present:
    """What stands at one of our places."""

    path: str
    tag: str
    text: bytes


class Entries:
    """The entries of one owner in the calendar at a path."""

    def __init__(self, owner: str, path: str) -> None:
        """Know nothing yet of what stands there."""
        self.path = path
        self._owner = owner
        self._folder = path if path.endswith("/") else f"{path}/"
        # By the last part of the path, which is the UID's.
        self._seen: dict[str, _Present] = {}

    def make(self, client: Client, wanted: Mapping[str, bytes]) -> bool:
        """Let just these entries stand there, by UID; whether anything had to be done.

        What somebody changes meanwhile is read again, once. What bears our UID and no mark of ours any more
        is somebody else's, and left alone. Raises ProviderError; the next time goes on from what stands there.
        """
        try:
            return self._make(client, wanted)
        except ChangedMeanwhile:
            self._seen.clear()
            self._make(client, wanted)
            return True

    def _make(self, client: Client, wanted: Mapping[str, bytes]) -> bool:
        """The same, as things stand."""
        present = self._present(Collection(client, self.path))
        written = [self._write(client, f"{uid}.ics", text, present) for uid, text in wanted.items()]
        unwanted = [one for name, one in present.items() if name.removesuffix(".ics") not in wanted]
        deleted = [self._delete(client, one) for one in unwanted]
        return any(written) or any(deleted)

    def _write(self, client: Client, name: str, text: bytes, present: Mapping[str, _Present]) -> bool:
        """Write an entry where it differs; whether it did."""
        there = present.get(name)
        if there is None:
            client.put(f"{self._folder}{name}", text, replaces=None)
            return True
        if same_lines(there.text, text) or not is_entry(there.text, self._owner):
            return False
        client.put(there.path, text, replaces=there.tag or "*")
        return True

    def _delete(self, client: Client, there: _Present) -> bool:
        """Delete an entry where it is ours; whether it was."""
        if not is_entry(there.text, self._owner):
            return False
        try:
            client.delete(there.path, replaces=there.tag or "*")
        except Gone:
            # Somebody else was faster.
            return False
        return True

    def _present(self, collection: Collection) -> dict[str, _Present]:
        """What stands at our places; read only where its tag is a new one."""
        tags = {path: tag for path, tag in collection.listed().tags.items() if self._is_place(path)}
        self._seen = {
            name: one for name, one in self._seen.items() if one.tag and tags.get(one.path) == one.tag
        }
        for path, _, text in collection.texts([path for path in tags if _name(path) not in self._seen]):
            self._seen[_name(path)] = _Present(path, tags[path], text)
        return dict(self._seen)

    def _is_place(self, path: str) -> bool:
        """Whether an entry of ours may stand there."""
        return _name(path).startswith(f"boundary-{self._owner}-")


def _name(path: str) -> str:
    """The last part of a path."""
    return path.rsplit("/", 1)[-1]
