"""The client directory: look-up by address, edits seen by other processes, addresses that stay."""

from collections.abc import Callable

import pytest

from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.errors import StoreError
from boundary_plugins.store.repository import Store
from store.building import NOW, canonical, client, intent, message


def add(store: Store, *clients: Client) -> None:
    """Put clients on file."""
    with store.transaction(NOW) as tx:
        for one in clients:
            tx.add_client(one, canonical(one), NOW)


def edit(store: Store, changed: Client) -> None:
    """Change a client on file."""
    with store.transaction(NOW) as tx:
        tx.edit_client(changed, canonical(changed), NOW)


def test_a_client_comes_back_as_written_and_is_found_by_every_canonical_address(store: Store) -> None:
    written = client(
        "AB", zone="Europe/Berlin", language="de", region="DE", auto_reply=AutoReply.FULL, active=False
    )
    add(store, written, client("CD", "cd@example.com"))

    assert (written, client("CD", "cd@example.com")) == store.clients()
    first, second = store.find_by_address("ab@example.com"), store.find_by_address("ab@example.org")
    assert first is not None
    assert second is not None
    assert (written, written) == (first[0], second[0])
    assert ("AB@example.com", "ab@example.org") == (store.address(first[1]), store.address(second[1]))
    assert None is store.find_by_address("nobody@example.com")
    assert (written, None) == (store.client("AB"), store.client("XY"))


def test_an_edit_by_another_process_is_noticed_and_otherwise_nothing_is_read_anew(
    open_it: Callable[..., Store],
) -> None:
    daemon, command = open_it(), open_it()
    add(daemon, client())
    before = daemon.directory()
    assert before is daemon.directory()

    edit(command, client("AB", "ab@example.org", "new@example.net"))

    assert None is daemon.find_by_address("ab@example.com")
    assert ("ab@example.org", "new@example.net") == daemon.clients()[0].addresses
    assert None is before.find("new@example.net")


def test_an_address_that_stays_keeps_its_id_and_one_that_goes_can_no_longer_be_answered(store: Store) -> None:
    add(store, client())
    gone, kept = store.find_by_address("ab@example.com"), store.find_by_address("ab@example.org")
    assert gone is not None
    assert kept is not None
    with store.transaction(NOW) as tx:
        tx.record_decision(message("m1"), None, None, intent("r1", address_id=gone[1]))
        tx.record_decision(message("m2"), None, None, intent("r2", address_id=kept[1]))

    edit(store, client("AB", "other@example.com", "ab@example.org"))

    found = store.find_by_address("ab@example.org")
    assert found is not None
    assert kept[1] == found[1]
    assert [None, kept[1]] == [made.address_id for made in store.intents()]
    assert None is store.address(gone[1])


def test_a_removed_address_id_is_never_given_to_another(store: Store) -> None:
    add(store, client("AB", "ab@example.com"))
    old = store.find_by_address("ab@example.com")
    edit(store, client("AB", "second@example.com"))

    new = store.find_by_address("second@example.com")

    assert old is not None
    assert new is not None
    assert old[1] != new[1]


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        # The id is taken.
        (client("AB", "new@example.com"), "client AB is already on file"),
        # An address is another client's, in another spelling of case.
        (client("CD", "Ab@Example.ORG"), "an address of client CD is already on file for AB"),
    ],
)
def test_an_id_or_address_on_file_is_refused_in_one_sentence(
    store: Store, wrong: Client, sentence: str
) -> None:
    add(store, client())

    with pytest.raises(StoreError) as caught:
        add(store, wrong)

    assert sentence == str(caught.value)
    assert (client(),) == store.clients()


def test_editing_a_client_who_is_not_on_file_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no client AB is on file"):
        edit(store, client())


def test_two_therapists_may_have_the_same_client(open_it: Callable[..., Store]) -> None:
    add(open_it(), client())

    second = open_it(therapist="second")
    add(second, client())

    assert (client(),) == second.clients()


def test_many_clients_are_added_at_once_or_not_at_all(store: Store) -> None:
    """As an import does."""
    everyone = [client("AB"), client("CD", "cd@example.com", zone="Europe/Berlin")]
    with store.transaction(NOW) as tx:
        tx.add_clients([(one, canonical(one)) for one in everyone], NOW)
    before = store.directory()
    doubled = [client("EF", "ef@example.com"), client("GH", "CD@example.com")]

    with (
        pytest.raises(StoreError, match="a client or an address is already on file"),
        store.transaction(NOW) as tx,
    ):
        tx.add_clients([(one, canonical(one)) for one in doubled], NOW)
    with store.transaction(NOW) as tx:
        tx.add_clients([], NOW)

    assert tuple(everyone) == before.clients
    assert before is store.directory()


def test_many_clients_get_further_addresses_at_once_and_keep_those_they_have(store: Store) -> None:
    """With their ids, and nobody else is touched."""
    add(store, client("AB", "ab@example.com"), client("CD", "cd@example.com"), client("EF", "ef@example.com"))
    before = store.find_by_address("ab@example.com")
    longer = [
        client("AB", "ab@example.com", "ab@example.org", zone="Europe/Berlin"),
        client("CD", "cd@example.com", language="de"),
    ]

    with store.transaction(NOW) as tx:
        tx.extend_clients([(one, canonical(one)) for one in longer], NOW)
        tx.extend_clients([], NOW)

    assert (*longer, client("EF", "ef@example.com")) == store.clients()
    after = store.find_by_address("ab@example.com")
    assert before is not None
    assert after is not None
    assert before[1] == after[1]


@pytest.mark.parametrize(
    "wrong",
    [
        # An address of another client; a client who is not on file.
        client("AB", "ab@example.com", "cd@example.com"),
        client("XY", "xy@example.com"),
    ],
)
def test_an_extension_that_cannot_be_is_refused_and_nothing_changes(store: Store, wrong: Client) -> None:
    add(store, client("AB", "ab@example.com"), client("CD", "cd@example.com"))
    before = store.clients()

    with pytest.raises(StoreError, match="on file"), store.transaction(NOW) as tx:
        tx.extend_clients([(wrong, canonical(wrong))], NOW)

    assert before == store.clients()
