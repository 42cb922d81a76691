"""What bringing another system's entries in would change on file: merged by address, never overwritten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from boundary_plugins.core.address import canonical, is_own
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.client_entry import ClientEntry

#: An entry without initials gets an id that begins so.
_NOBODYS_INITIALS = "C"
_FIELDS = {
    "zone": "time zone",
    "language": "language",
    "region": "region",
    "auto_reply": "automatic reply",
    "active": "state",
}


class Outcome(Enum):
    """What becomes of one entry."""

    ADDED = "added"
    MERGED = "merged"
    UNCHANGED = "left as it is"
    LEFT_OUT = "left out"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class EntryOutcome:
    """What becomes of one entry, of which client, and a few words about it, without an address."""

    place: str
    outcome: Outcome
    client_id: str | None
    says: str


@dataclass(frozen=True, slots=True)
class ClientMerge:
    """What is to be written, and an account of each entry in the entries' order.

    `differences` are sentences about values that stay as they are on file although an entry says other.
    """

    outcomes: tuple[EntryOutcome, ...]
    added: tuple[Client, ...] = ()
    edited: tuple[Client, ...] = ()
    differences: tuple[str, ...] = ()

    @property
    def refused(self) -> tuple[EntryOutcome, ...]:
        """The entries that cannot be taken."""
        return tuple(each for each in self.outcomes if each.outcome is Outcome.REFUSED)

    @property
    def client_ids(self) -> frozenset[str]:
        """The clients that the entries name."""
        return frozenset(each.client_id for each in self.outcomes if each.client_id is not None)


def merge_entries(
    on_file: Iterable[Client], entries: Sequence[ClientEntry], own_addresses: tuple[str, ...]
) -> ClientMerge:
    """Merge entries into the clients on file, by address and by the system's own id.

    A known client gets further addresses, and what is not on file yet; nothing on file is replaced. An
    address of two different clients is refused. Entries with an id of their own come before the others,
    so that the order of a file does not matter.
    """
    merging = _Merging(on_file, own_addresses)
    order = sorted(range(len(entries)), key=lambda index: entries[index].id is None)
    taken = {index: merging.take(entries[index]) for index in order}
    return ClientMerge(
        outcomes=tuple(taken[index] for index in range(len(entries))),
        added=tuple(merging.clients[id] for id in merging.added),
        edited=tuple(merging.clients[id] for id in merging.edited),
        differences=tuple(merging.differences),
    )


@dataclass(frozen=True, slots=True)
class _Said:
    """What an earlier entry said of a client."""

    place: str
    id: str | None
    initials: str


class _Merging:
    """The clients as they would be after the entries so far."""

    def __init__(self, on_file: Iterable[Client], own_addresses: tuple[str, ...]) -> None:
        self.clients = {client.id: client for client in on_file}
        self.added: dict[str, None] = {}
        self.edited: dict[str, None] = {}
        self.differences: list[str] = []
        self._own = own_addresses
        self._holders = {canonical(a): one.id for one in self.clients.values() for a in one.addresses}
        self._said: dict[str, _Said] = {}
        self._numbers: dict[str, int] = {}

    def take(self, entry: ClientEntry) -> EntryOutcome:
        """Take one entry over, or say why not."""
        own = [is_own(address, self._own) for address in entry.addresses]
        if all(own):
            why = "it is your own address" if own else "it has no address"
            return EntryOutcome(entry.place, Outcome.LEFT_OUT, None, why)
        if any(own):
            why = "one of its addresses is your own, which is never answered; allowed: clients' addresses"
            return EntryOutcome(entry.place, Outcome.REFUSED, None, why)
        addresses = _by_form(entry.addresses)
        holders = list(dict.fromkeys(self._holders[form] for form in addresses if form in self._holders))
        problem = self._problem(entry, holders)
        if problem:
            return EntryOutcome(entry.place, Outcome.REFUSED, None, problem)
        known = holders[0] if holders else entry.id if entry.id in self.clients else None
        outcome = self._merge(known, entry, addresses) if known is not None else self._add(entry, addresses)
        assert outcome.client_id is not None
        self._holders |= dict.fromkeys(addresses, outcome.client_id)
        self._said.setdefault(outcome.client_id, _Said(entry.place, entry.id, entry.initials))
        return outcome

    def _problem(self, entry: ClientEntry, holders: list[str]) -> str | None:
        """Why an entry whose addresses are these clients' cannot be taken; None where it can."""
        if len(holders) > 1:
            named = " and ".join(self._where(holder) for holder in holders)
            return f"its addresses are of different clients, {named}; allowed: those of one client"
        for holder in holders:
            said = self._said.get(holder)
            other_id = entry.id is not None and entry.id != holder
            is_anothers = other_id and (entry.id in self.clients or holder in self.added)
            if is_anothers or (said is not None and _are_two_people(said, entry)):
                where = self._where(holder)
                return f"one of its addresses is also of another client, {where}; allowed: each address once"
        return None

    def _where(self, client_id: str) -> str:
        """A client, with the place that named them or the word that they are on file."""
        said = self._said.get(client_id)
        places = [] if client_id in self.added else ["on file"]
        places += [said.place] if said is not None else []
        return f"{client_id} ({', '.join(places)})"

    def _add(self, entry: ClientEntry, addresses: Mapping[str, str]) -> EntryOutcome:
        """A client who is not on file."""
        new = Client(
            id=entry.id if entry.id is not None else self._free_id(entry.initials or _NOBODYS_INITIALS),
            addresses=tuple(addresses.values()),
            zone=entry.zone,
            language=entry.language,
            region=entry.region,
            auto_reply=entry.auto_reply or AutoReply.DISCREET,
            active=entry.active is not False,
        )
        self.clients[new.id] = new
        self.added[new.id] = None
        told = {name: getattr(entry, name) for name in _FIELDS if getattr(entry, name) is not None}
        says = ", ".join((_addresses(len(addresses)), *map(_shown, told.values())))
        return EntryOutcome(entry.place, Outcome.ADDED, new.id, says)

    def _merge(self, client_id: str, entry: ClientEntry, addresses: Mapping[str, str]) -> EntryOutcome:
        """A client who is on file, or was named before."""
        before = self.clients[client_id]
        further = tuple(a for form, a in addresses.items() if form not in self._holders)
        filled = self._filled(before, entry)
        if not further and not filled:
            return EntryOutcome(entry.place, Outcome.UNCHANGED, client_id, "nothing new")
        self.clients[client_id] = replace(before, addresses=(*before.addresses, *further), **filled)
        if client_id not in self.added:
            self.edited[client_id] = None
        more = [f"{_addresses(len(further), 'more ')}"] if further else []
        says = ", ".join((*more, *map(_shown, filled.values())))
        return EntryOutcome(entry.place, Outcome.MERGED, client_id, says)

    def _filled(self, before: Client, entry: ClientEntry) -> dict[str, Any]:
        """What the entry adds to the client; where it says other than what stands, that is told."""
        if entry.id is not None and entry.id != before.id:
            self._differs(entry, before, "id", before.id, entry.id)
        filled = {}
        for name, noun in _FIELDS.items():
            stands, says = getattr(before, name), getattr(entry, name)
            if says is None or says == stands:
                continue
            if stands is None:
                filled[name] = says
            else:
                self._differs(entry, before, noun, _plain(stands), _plain(says))
        return filled

    def _differs(self, entry: ClientEntry, client: Client, noun: str, stands: str, says: str) -> None:
        """Tell that a value stays although an entry says other."""
        self.differences.append(
            f"{entry.place}: the {noun} of {client.id} is {stands}, and {says} here; {stands} stays"
        )

    def _free_id(self, initials: str) -> str:
        """The initials, with a number where they are taken."""
        number = self._numbers.get(initials, 1)
        while (id := f"{initials}{number}" if number > 1 else initials) in self.clients:
            number += 1
        # What was taken once stays so: five thousand of one name are not counted anew each time.
        self._numbers[initials] = number
        return id


def _by_form(addresses: Iterable[str]) -> dict[str, str]:
    """The addresses by canonical form; of two spellings the first stays."""
    forms: dict[str, str] = {}
    for address in addresses:
        forms.setdefault(canonical(address), address)
    return forms


def _are_two_people(said: _Said, entry: ClientEntry) -> bool:
    """Whether two entries with one address name different clients."""
    if said.id is not None and entry.id is not None:
        return said.id != entry.id
    return bool(said.initials and entry.initials) and said.initials != entry.initials


def _addresses(count: int, which: str = "") -> str:
    return f"{count} {which}address{'es' if count != 1 else ''}"


def _shown(value: object) -> str:
    """A value as a person reads it among others."""
    return f"automatic reply {value.value}" if isinstance(value, AutoReply) else _plain(value)


def _plain(value: object) -> str:
    """A value as a person reads it after its noun."""
    if isinstance(value, bool):
        return "active" if value else "inactive"
    return str(value.value if isinstance(value, AutoReply) else value)
