"""The clients on file kept up with the configured directories; nobody is ever deleted."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from boundary_plugins.core.client_merge import ClientMerge
from boundary_plugins.daemon.client_import import LOCK, ImportPlan, plan_import, write_within
from boundary_plugins.daemon.notices import LOOK, Notices, sentence
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.served import ServedClientDirectory
from boundary_plugins.errors import PluginError, ProviderError, StoreError
from boundary_plugins.host.services import Log
from boundary_plugins.store.repository import Store

EVERY = timedelta(hours=1)
#: So many clients or values are named in a notice.
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Memory:
    """What was told of a directory: whom it named, and a digest of the values that differed."""

    ids: frozenset[str] = frozenset()
    differences: str = ""

    @classmethod
    def read(cls, text: str | None) -> "_Memory":
        """What `text` holds; nothing where there is none yet."""
        kept = json.loads(text) if text else {}
        return cls(frozenset(kept.get("ids", ())), kept.get("differences", ""))

    def text(self) -> str:
        """As it is stored; ids only, no address."""
        return json.dumps({"ids": sorted(self.ids), "differences": self.differences})


@dataclass(slots=True)
class ClientDirectories:
    """Reads each directory at the first call, when its version changed, and once an hour."""

    directories: Sequence[ServedClientDirectory]
    store: Store
    own_addresses: Sequence[str]
    health: ProviderHealth
    notices: Notices
    log: Log
    now: Callable[[], datetime]
    _read: dict[str, tuple[str, datetime]] = field(default_factory=dict)

    def refresh(self) -> bool:
        """Take over what is new in the directories that are due; whether all of them could be read."""
        # One that fails keeps no other from being read.
        worked = [self._refresh(directory) for directory in self.directories]
        return all(worked)

    def _refresh(self, directory: ServedClientDirectory) -> bool:
        """One directory; what fails is told and tried again at the next call."""
        try:
            # What changes while it is read is noticed at the next look.
            version, at = directory.port.version(), self.now()
            if not self._is_due(directory.name, version, at):
                return True
            listing = directory.port.listing()
            plan = plan_import(self.store, listing, self.own_addresses)
            self._take_over(directory, plan, at)
        except (ProviderError, PluginError) as error:
            self.health.failed(directory.title, error)
            return False
        except StoreError as error:
            self.log.warning(sentence(error), directory=directory.name)
            return False
        self._read[directory.name] = (version, at)
        self.health.well(directory.title)
        refused = [f"{each.place}: {each.says}" for each in plan.merge.refused]
        self.health.partly(directory.title, refused)
        return True

    def _is_due(self, name: str, version: str, at: datetime) -> bool:
        """Whether the directory is to be read now."""
        if name not in self._read:
            return True
        before, read_at = self._read[name]
        return version != before or at - read_at >= EVERY

    def _take_over(self, directory: ServedClientDirectory, plan: ImportPlan, at: datetime) -> None:
        """Write what is new and what was told of it, in one transaction. Raises StoreError."""
        # No mailbox may have a slash in its name.
        key = f"client directory/{directory.name}"
        before = _Memory.read(self.store.cursor(key))
        after = _remembered(before, plan.merge)
        if after == before and not plan.changes_something:
            return
        gone = sorted(each for each in before.ids - after.ids if self.store.client(each) is not None)
        with self.store.transaction(at, lock=LOCK, check_clock=False) as transaction:
            write_within(transaction, plan, at)
            transaction.set_cursor(key, after.text())
            if gone:
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}{directory.title}: gone {at:%Y%m%dT%H%M%S}",
                    _gone(directory, gone),
                    at,
                )
            if after.differences and after.differences != before.differences:
                text = _differing(directory, plan.merge.differences)
                self.notices.raise_within(transaction, f"{LOOK}{directory.title}: differs", text, at)
        self.log.info(
            "clients taken over",
            directory=directory.name,
            added=len(plan.merge.added),
            merged=len(plan.merge.edited),
        )


def _remembered(before: _Memory, merge: ClientMerge) -> _Memory:
    """What is known of a directory now; whoever may be behind a refused entry is not gone."""
    ids = merge.client_ids | before.ids if merge.refused else merge.client_ids
    text = "\n".join(merge.differences)
    return _Memory(ids, sha256(text.encode()).hexdigest()[:16] if text else "")


def _gone(directory: ServedClientDirectory, ids: Sequence[str]) -> str:
    """The word about clients whom the directory no longer names."""
    verbs = ("is", "stays") if len(ids) == 1 else ("are", "stay")
    return (
        f"{directory.title}: {_some(ids, ', ')} {verbs[0]} no longer in it and {verbs[1]} on file; to answer them no "
        "more: boundary client edit ID --inactive"
    )


def _differing(directory: ServedClientDirectory, differences: Sequence[str]) -> str:
    """The word about values that are kept although the directory says other."""
    return f"{directory.title}: some values differ from those on file: {_some(differences, '; ')}"


def _some(each: Sequence[str], between: str) -> str:
    """The first few, and how many more."""
    more = [f"and {len(each) - _SHOWN} more"] if len(each) > _SHOWN else []
    return between.join((*each[:_SHOWN], *more))
