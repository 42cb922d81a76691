"""A calendar's entries, brought up to date with as few requests as the server allows."""

from boundary_caldav.answers import PlaceLost
from boundary_caldav.collection import Changed, Collection
from boundary_caldav.kept import Entry, Keeper, Kept, name_of
from boundary_plugins import AuthorizationNeeded, Gone, Refused, Unsupported, bare_calendar, is_publication


class Mirror:
    """What a calendar holds, as of the last look."""

    def __init__(self, keeper: Keeper) -> None:
        """Read nothing yet."""
        self._keeper = keeper
        self._kept: Kept | None = None
        self._can_sync: bool | None = None

    def refresh(self, collection: Collection) -> Kept:
        """Look, and fetch what changed; where anything fails, all stays as it was. Raises ProviderError."""
        if self._kept is None:
            self._kept = self._keeper.load()
        kept = self._kept
        changed, tag = self._changed(collection, kept)
        entries = _updated(collection, kept, changed, is_tagged=tag is not None)
        after = Kept(changed.place, tag, entries)
        if after != kept:
            self._keeper.save(after)
            self._kept = after
        return after

    def _changed(self, collection: Collection, kept: Kept) -> tuple[Changed, str | None]:
        """What changed since, and the collection's tag where the server keeps no history."""
        if self._can_sync is None:
            self._can_sync = kept.place is not None or collection.can_sync()
        if self._can_sync:
            try:
                return _by_history(collection, kept.place), None
            except (PlaceLost, Refused, Unsupported):
                self._can_sync = False
        tag = collection.tag()
        if tag is not None and tag == kept.tag:
            return Changed({}, frozenset(), False, None), tag
        return collection.listed(), tag


def _by_history(collection: Collection, place: str | None) -> Changed:
    """What changed by the server's own history; everything, where it does not know our place any more."""
    if place is not None:
        try:
            return collection.changed_since(place)
        except (PlaceLost, Refused, Gone, AuthorizationNeeded):
            # Servers say in many ways that a place is too old; what else is wrong shows without one, too.
            pass
    return collection.changed_since(None)


def _updated(collection: Collection, kept: Kept, changed: Changed, *, is_tagged: bool) -> dict[str, Entry]:
    """The entries after the changes."""
    gone, there = set(map(name_of, changed.gone)), set(map(name_of, changed.tags))
    left = {
        name: entry
        for name, entry in kept.entries.items()
        if name not in gone and (name in there or not changed.is_whole)
    }
    wanted = [
        path
        for path, tag in changed.tags.items()
        if not changed.is_whole or _differs(left.get(name_of(path)), tag)
    ]
    if is_tagged and changed.is_whole and not wanted and len(left) == len(kept.entries):
        # The collection says that it changed, and none of its entries does: one of the two is wrong.
        wanted = list(changed.tags)
    for path in wanted:
        left.pop(name_of(path), None)
    for path, _, text in collection.texts(wanted):
        bare = "" if is_publication(text) else bare_calendar(text).decode()
        left[name_of(path)] = Entry(changed.tags[path], bare)
    return left


def _differs(entry: Entry | None, tag: str) -> bool:
    """Whether an entry has to be fetched."""
    return entry is None or not tag or entry.tag != tag
