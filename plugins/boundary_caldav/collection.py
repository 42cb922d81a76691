"""One calendar collection: what changed in it since we looked, and the text of what changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from caldav.elements import cdav, dav

from boundary_caldav.client import Client
from boundary_caldav.elements import CollectionTag, href, sync_question, within
from boundary_caldav.parse import CALDAV, DAV, Resource, resources, sync_token_of
from boundary_plugins import Interval, Unavailable, Unsupported

#: So many texts are asked for at once.
_BATCH = 100
#: A server may cut a long answer into parts (RFC 6578, section 3.6); so many are followed.
_MOST_PARTS = 1000
_ETAG = f"{DAV}getetag"
_CTAG = "{http://calendarserver.org/ns/}getctag"


@dataclass(frozen=True, slots=True)
class Changed:
    """What changed: tags by path ("" where the server gave none), and what is gone.

    With `is_whole` every resource there is stands among `tags`, and what does not is gone. `place` is where
    the next look goes on; None where the server cannot tell.
    """

    tags: Mapping[str, str]
    gone: frozenset[str]
    is_whole: bool
    place: str | None


class Collection:
    """A calendar collection at a path."""

    def __init__(self, client: Client, path: str) -> None:
        """Ask nothing yet."""
        self._client, self.path = client, path

    def can_sync(self) -> bool:
        """Whether the server tells what changed (RFC 6578)."""
        found = self._client.properties(self.path, [dav.SupportedReportSet()])
        name, report = f"{DAV}supported-report-set", f"{DAV}sync-collection"
        return any(one.has_within(name, report) for one in found[:1])

    def changed_since(self, place: str | None) -> Changed:
        """What changed since a place, by the server's own history.

        Raises PlaceLost where the server does not know the place, Unsupported where it keeps no history.
        """
        tags: dict[str, str] = {}
        gone: set[str] = set()
        begun_at = place
        for _ in range(_MOST_PARTS):
            before = place
            part, place, is_last = self._part(place)
            for one in part:
                self._note(one, tags, gone)
            if is_last or place == before:
                return Changed(tags, frozenset(gone), begun_at is None, place)
        raise Unavailable(self._client.name, "the server's list of changes has no end")

    def _part(self, place: str | None) -> tuple[tuple[Resource, ...], str | None, bool]:
        """One part of the changes, where it ends, and whether it is the last."""
        root = self._client.report(self.path, sync_question(place, dav.GetEtag()), depth=0)
        reached = sync_token_of(root)
        if reached is None:
            raise Unsupported(self._client.name, "sync-collection")
        found = resources(root)
        cut_off = any(one.path == self.path and one.status == 507 for one in found)
        return found, reached, not cut_off

    def _note(self, one: Resource, tags: dict[str, str], gone: set[str]) -> None:
        """Take a resource of an answer into account; the later word holds."""
        if _same(one.path, self.path) or one.path.endswith("/"):
            return
        if one.status in (404, 410):
            tags.pop(one.path, None)
            gone.add(one.path)
        elif one.status // 100 == 2:
            gone.discard(one.path)
            tags[one.path] = one.text(_ETAG) or ""

    def tag(self) -> str | None:
        """What changes with anything in the collection; None where the server has no such thing."""
        found = self._client.properties(self.path, [CollectionTag()])
        return found[0].text(_CTAG) if found else None

    def listed(self) -> Changed:
        """Every resource there is, with its tag."""
        tags: dict[str, str] = {}
        for one in self._client.properties(self.path, [dav.GetEtag(), dav.ResourceType()], depth=1):
            if not one.has_within(f"{DAV}resourcetype", f"{DAV}collection"):
                self._note(one, tags, set())
        return Changed(tags, frozenset(), True, None)

    def texts(self, paths: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
        """Path, tag and text of each resource that is there (RFC 4791, section 7.9).

        Raises Unavailable where the server leaves one out without a word: an absence could stand in it.
        """
        for at in range(0, len(paths), _BATCH):
            asked = set(paths[at : at + _BATCH])
            wanted = within(dav.Prop(), dav.GetEtag(), cdav.CalendarData())
            question = within(cdav.CalendarMultiGet(), wanted, *(href(path) for path in sorted(asked)))
            for one in resources(self._client.report(self.path, question, depth=1)):
                text = one.text(f"{CALDAV}calendar-data")
                if one.path in asked and (text is not None or one.status in (404, 410)):
                    asked.discard(one.path)
                    if text is not None:
                        yield one.path, one.text(_ETAG) or "", text.encode()
            if asked:
                raise Unavailable(self._client.name, f"the server did not give {len(asked)} of its entries")

    def busy_times(self, between: Interval) -> bytes:
        """The busy times as the server works them out, as a calendar (RFC 4791, section 7.10)."""
        start, end = (at.replace(microsecond=0) for at in (between.start, between.end))
        question = within(cdav.FreeBusyQuery(), cdav.TimeRange(start, end))
        return self._client.report_text(self.path, question, depth=1)


def _same(one: str, other: str) -> bool:
    """Whether two paths are one collection's."""
    return one.rstrip("/") == other.rstrip("/")
