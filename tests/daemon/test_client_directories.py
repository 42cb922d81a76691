"""Client directories in the daemon: read at its start, when they change, and once an hour; nobody is deleted."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from boundary_plugins.core.client import Client
from boundary_plugins.core.client_entry import ClientEntry
from boundary_plugins.daemon.client_directories import ClientDirectories
from boundary_plugins.daemon.client_import import plan_import, write_import
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.served import ServedClientDirectory
from boundary_plugins.errors import StoreError, Unavailable
from boundary_plugins.ports import ClientListing, RefusedEntry
from boundary_plugins.testing.doubles import MemoryClientDirectory
from daemon.practice import AB, CD, MINUTE, OWN, Practice, dumped

RECORDS = """
[[client_directories]]
name = "records"
kind = "csv"
path = "clients.csv"
"""


@pytest.fixture
def practice(practice: Practice) -> Practice:
    """A practice whose own records are a file."""
    practice.configure(more=RECORDS)
    return practice


def write(practice: Practice, *rows: str) -> None:
    """The practice's own system exports its clients."""
    (practice.folder / "clients.csv").write_text("\n".join(("id,email,zone", *rows, "")))


class Kept:
    """A memory directory kept up with, and whatever is told."""

    def __init__(self, practice: Practice, *entries: ClientEntry) -> None:
        self.practice, self.memory = practice, MemoryClientDirectory(*entries)
        self.listings = 0
        self.restart()

    def restart(self) -> None:
        """As after a new start of the daemon."""
        practice = self.practice
        notices = Notices(practice.store, practice.log, practice.clock)
        self.directories = ClientDirectories(
            directories=[ServedClientDirectory("records", self)],
            store=practice.store,
            own_addresses=(OWN,),
            health=ProviderHealth(notices),
            notices=notices,
            log=practice.log,
            now=practice.clock,
        )

    def listing(self) -> ClientListing:
        self.listings += 1
        return self.memory.listing()

    def version(self) -> str:
        return self.memory.version()

    def close(self) -> None:
        self.memory.close()

    def refresh(self) -> bool:
        return self.directories.refresh()


def entry(id: str, *addresses: str, zone: str | None = None) -> ClientEntry:
    return ClientEntry(f"records:{id}", addresses, id=id, zone=zone)


@pytest.fixture
def kept(practice: Practice) -> Callable[..., Kept]:
    """A practice with nobody on file, and a memory directory."""

    def make(*entries: ClientEntry) -> Kept:
        practice.configure(more="")
        practice.start(clients=())
        return Kept(practice, *entries)

    return make


def test_a_client_of_the_practices_records_is_answered_from_the_start(practice: Practice) -> None:
    """Nobody was put on file by hand."""
    write(practice, f"17,{AB},Europe/Berlin")
    assert practice.run_once()
    practice.start(clients=())
    practice.deliver(AB)

    practice.look_and_send()

    assert [AB] == practice.recipients
    assert (Client("17", (AB,), "Europe/Berlin"),) == practice.store.clients()
    practice.assert_nothing_private_was_kept()


def test_a_file_that_is_away_is_told_and_harms_nothing_else(practice: Practice) -> None:
    """Once, until it is back."""
    worked = practice.run_once()
    practice.start()
    told = practice.told
    write(practice, f"AB,{AB},")
    again = practice.run_once()

    assert (False, True) == (worked, again)
    assert [True] == ["client directory records: there is no file" in text for text in told]
    assert [] == practice.told


def test_it_is_read_again_when_its_version_changed_and_once_an_hour(kept: Callable[..., Kept]) -> None:
    """And not in between."""
    kept_up = kept(entry("17", AB))
    for _ in range(3):
        kept_up.refresh()
    after_start = kept_up.listings
    kept_up.memory.entries.append(entry("18", CD))
    kept_up.refresh()
    after_change = kept_up.listings
    kept_up.practice.clock.advance(timedelta(minutes=59))
    kept_up.refresh()
    before_an_hour = kept_up.listings
    kept_up.practice.clock.advance(MINUTE)
    kept_up.refresh()

    assert (1, 2, 2, 3) == (after_start, after_change, before_an_hour, kept_up.listings)
    assert ["17", "18"] == [client.id for client in kept_up.practice.store.clients()]


def test_whoever_vanished_stays_on_file_and_is_told_once(kept: Callable[..., Kept]) -> None:
    """Also across a new start; by ids only."""
    kept_up = kept(entry("17", AB), entry("18", CD))
    kept_up.refresh()
    del kept_up.memory.entries[1]

    kept_up.refresh()
    (told,) = kept_up.practice.store.notices()
    with kept_up.practice.store.transaction(kept_up.practice.clock.now, check_clock=False) as transaction:
        transaction.clear_notice(told.key, kept_up.practice.clock.now)
    kept_up.restart()
    kept_up.refresh()

    assert told.key.startswith("look: client directory records: gone")
    assert (
        "client directory records: 18 is no longer in it and stays on file; to answer them no more: "
        "boundary client edit ID --inactive"
    ) == told.text
    assert [] == kept_up.practice.told
    assert ["17", "18"] == [client.id for client in kept_up.practice.store.clients()]


def test_a_refused_entry_is_told_the_rest_is_used_and_nobody_counts_as_gone(
    kept: Callable[..., Kept],
) -> None:
    """Whoever may be behind it."""
    kept_up = kept(entry("17", AB), entry("18", CD))
    kept_up.refresh()
    kept_up.memory.entries[1] = entry("19", "new@example.net")
    kept_up.memory.refused.append(RefusedEntry("records:18", "it is broken; allowed: whole ones"))

    kept_up.refresh()

    assert [
        "client directory records: some entries were set aside, the rest is used: records:18: it is broken; "
        "allowed: whole ones"
    ] == kept_up.practice.told
    assert ["17", "18", "19"] == [client.id for client in kept_up.practice.store.clients()]


def test_what_differs_from_what_is_on_file_is_told_once_and_stays(kept: Callable[..., Kept]) -> None:
    """Until it differs in another way."""
    kept_up = kept(entry("17", AB, zone="Europe/Berlin"))
    kept_up.refresh()
    kept_up.memory.entries[0] = entry("17", AB, zone="Europe/Paris")
    for _ in range(2):
        kept_up.refresh()
        kept_up.restart()

    assert [
        "client directory records: some values differ from those on file: records:17: the time zone of 17 is "
        "Europe/Berlin, and Europe/Paris here; Europe/Berlin stays"
    ] == kept_up.practice.told
    assert 1 == kept_up.practice.logged("some values differ")
    assert "Europe/Berlin" == kept_up.practice.store.clients()[0].zone


def test_a_directory_that_fails_is_told_once_and_keeps_no_other_from_being_read(
    kept: Callable[..., Kept],
) -> None:
    """And once when it is well again."""
    kept_up, other = kept(), MemoryClientDirectory(entry("18", CD))
    kept_up.directories.directories = [*kept_up.directories.directories, ServedClientDirectory("b", other)]
    kept_up.memory.failure = Unavailable("client directory records", "it is away")

    worked = [kept_up.refresh(), kept_up.refresh()]
    told = kept_up.practice.told
    kept_up.memory.failure = None
    worked.append(kept_up.refresh())

    assert [False, False, True] == worked
    assert ["client directory records: it is away. It is tried again until it works."] == told
    assert [] == kept_up.practice.told
    assert ["18"] == [client.id for client in kept_up.practice.store.clients()]


def test_no_address_stands_anywhere_but_in_the_client_directory(kept: Callable[..., Kept]) -> None:
    """Nor in the log."""
    kept_up = kept(entry("17", AB), entry("18", "x@example.net", OWN))
    kept_up.refresh()
    kept_up.memory.entries.clear()
    kept_up.refresh()

    kept_up.practice.used = {AB, "x@example.net"}
    kept_up.practice.assert_nothing_private_was_kept()
    assert AB in dumped(kept_up.practice.database)["client_addresses"]


def test_clients_edited_between_plan_and_writing_stop_the_import_as_a_whole(
    kept: Callable[..., Kept],
) -> None:
    """Nothing is half done."""
    kept_up = kept(entry("17", AB))
    store, at = kept_up.practice.store, kept_up.practice.clock.now
    plan = plan_import(store, kept_up.memory.listing(), (OWN,))
    with store.transaction(at, check_clock=False) as transaction:
        transaction.add_client(Client("CD", (CD,)), (CD,), at)

    with pytest.raises(StoreError, match="were changed meanwhile; nothing was changed"):
        write_import(store, plan, at)

    assert ["CD"] == [client.id for client in store.clients()]


def test_an_import_that_fails_at_its_last_client_leaves_nothing(kept: Callable[..., Kept]) -> None:
    """One transaction."""
    kept_up = kept(*(entry(str(number), f"c{number}@example.org") for number in range(20)))
    store, at = kept_up.practice.store, kept_up.practice.clock.now
    plan = plan_import(store, kept_up.memory.listing(), (OWN,))
    broken = [*plan.merge.added, Client("20", ("c0@example.org",))]
    object.__setattr__(plan.merge, "added", tuple(broken))

    with pytest.raises(StoreError, match="a client or an address is already on file"):
        write_import(store, plan, at)

    assert () == store.clients()
