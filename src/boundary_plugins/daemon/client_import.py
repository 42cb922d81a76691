"""What a client directory lists, checked, merged into the clients on file, and written in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from boundary_plugins.config.fields import address_problem, language_problem, zone_problem
from boundary_plugins.config.regions import region_problem
from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import Client, id_problem
from boundary_plugins.core.client_entry import ClientEntry
from boundary_plugins.core.client_merge import ClientMerge, EntryOutcome, Outcome, merge_entries
from boundary_plugins.errors import StoreError
from boundary_plugins.ports import ClientListing
from boundary_plugins.store.repository import Store, Transaction

#: Whoever takes clients over from elsewhere waits for the others who do.
LOCK = "client directory"


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do to the directory of that `version`."""

    version: int
    merge: ClientMerge

    @property
    def changes_something(self) -> bool:
        """Whether anything is to be written."""
        return bool(self.merge.added or self.merge.edited)


def plan_import(store: Store, listing: ClientListing, own_addresses: Sequence[str]) -> ImportPlan:
    """What taking the listing over would do; nothing is written. Raises StoreError."""
    directory = store.directory()
    refused = {index: problem for index, entry in enumerate(listing.entries) if (problem := _problem(entry))}
    usable = [entry for index, entry in enumerate(listing.entries) if index not in refused]
    merge = merge_entries(directory.clients, usable, tuple(own_addresses))
    outcomes = iter(merge.outcomes)
    every = [
        _refusal(entry.place, refused[index]) if index in refused else next(outcomes)
        for index, entry in enumerate(listing.entries)
    ]
    every += [_refusal(each.place, each.problem) for each in listing.refused]
    return ImportPlan(directory.version, replace(merge, outcomes=tuple(every)))


def write_import(store: Store, plan: ImportPlan, at: datetime) -> None:
    """Write all of the plan, or nothing. Raises StoreError, also where somebody edited a client meanwhile."""
    with store.transaction(at, lock=LOCK, check_clock=False) as transaction:
        write_within(transaction, plan, at)


def write_within(transaction: Transaction, plan: ImportPlan, at: datetime) -> None:
    """Write the plan in the caller's transaction. Raises StoreError."""
    if transaction.standing()[1] != plan.version:
        raise StoreError("the clients on file were changed meanwhile; nothing was changed", retry=True)
    transaction.add_clients([(client, _forms(client)) for client in plan.merge.added], at)
    transaction.extend_clients([(client, _forms(client)) for client in plan.merge.edited], at)


def _forms(client: Client) -> list[str]:
    return [canonical(address) for address in client.addresses]


def _refusal(place: str, problem: str) -> EntryOutcome:
    return EntryOutcome(place, Outcome.REFUSED, None, problem)


def _problem(entry: ClientEntry) -> str:
    """Everything that is wrong with the values of an entry, "" where nothing is; no address is repeated."""
    return "; ".join(_problems(entry))


def _problems(entry: ClientEntry) -> Iterator[str]:
    if entry.id is not None and (problem := id_problem(entry.id)):
        yield problem
    if any(address_problem(address) for address in entry.addresses):
        yield "what stands there as an address is not one; allowed: plain addresses such as name@example.org"
    checks = (
        (entry.zone, zone_problem, 'an IANA time zone such as "America/New_York"'),
        (entry.language, language_problem, 'a language tag such as "en"'),
        (entry.region, _client_region_problem, 'a code such as "US" or "US-NY"'),
    )
    for value, check, allowed in checks:
        if value is not None and (problem := check(value)):
            yield f"{problem}; allowed: {allowed}"


def _client_region_problem(code: str) -> str | None:
    return region_problem(code, subdivision_is_allowed=True)
