"""One folder of a mailbox, followed by Graph's delta: what changed, and from where to go on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from boundary_microsoft365.client import Graph
from boundary_plugins import Gone

Json = dict[str, Any]

#: With these ids a message keeps its own when it is moved.
IMMUTABLE = 'IdType="ImmutableId"'
_PAGE = "odata.maxpagesize=100"


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of a delta told, in Graph's order; `is_new` where it begins anew, so that all is told."""

    items: tuple[Json, ...]
    link: str
    is_new: bool


class Folder:
    """A folder by its well-known name, and the fields that are asked for."""

    def __init__(self, graph: Graph, name: str, fields: tuple[str, ...]) -> None:
        """Ask nothing yet."""
        self._graph, self._path = graph, f"/mailFolders/{name}/messages/delta"
        self._fields = ",".join(fields)

    def changes(self, link: str | None, since: datetime) -> Round:
        """What changed since the link of an earlier round; what came since `since` where it is lost, or None.

        Raises ProviderError.
        """
        if link is not None:
            try:
                return self._round(link, {}, is_new=False)
            except Gone:
                # Graph forgot it (410: syncStateNotFound, resyncRequired), so it begins anew.
                pass
        query = {"$select": self._fields, "$filter": f"receivedDateTime ge {since:%Y-%m-%dT%H:%M:%SZ}"}
        return self._round(self._path, query, is_new=True)

    def has_changed(self, link: str) -> bool:
        """Whether anything changed since, by one request. Raises ProviderError."""
        try:
            page = self._graph.get(link, prefer=(IMMUTABLE, _PAGE))
        except Gone:
            return True
        return bool(page.get("value") or page.get("@odata.nextLink"))

    def _round(self, path: str, query: dict[str, str], *, is_new: bool) -> Round:
        """Page after page."""
        items: list[Json] = []
        link = ""
        for page in self._graph.pages(path, query or None, prefer=(IMMUTABLE, _PAGE)):
            items += page.get("value") or ()
            link = page.get("@odata.deltaLink") or ""
        there = tuple(item for item in items if "@removed" not in item and not item.get("isDraft"))
        return Round(there, self._graph.relative(link), is_new)


def segment(provider_id: str) -> str:
    """An id as one segment of a path."""
    return quote(provider_id, safe="=")
