"""Entries of another system merged into the clients on file: by address, and nothing is replaced."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.address import canonical
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.client_entry import ClientEntry
from boundary_plugins.core.client_merge import ClientMerge, Outcome, merge_entries

OWN = ("therapist@example.com",)
AB = Client("AB", ("ab@example.org",))


def entry(line: int, *addresses: str, **more: object) -> ClientEntry:
    """An entry of a line of f.csv."""
    return ClientEntry(f"f.csv:{line}", addresses, **more)  # type: ignore[arg-type]


def merged(*entries: ClientEntry, on_file: tuple[Client, ...] = (AB,)) -> ClientMerge:
    """The entries merged into AB, who is on file."""
    return merge_entries(on_file, entries, OWN)


def told(merge: ClientMerge) -> list[tuple[str, str | None]]:
    """Outcome and client of each entry."""
    return [(each.outcome.value, each.client_id) for each in merge.outcomes]


def test_a_new_client_has_what_the_entry_says_and_is_answered_discreetly_by_default() -> None:
    """By the id of the system, or initials."""
    merge = merged(
        entry(1, "x@example.org", "y@example.org", id="17", zone="Europe/Berlin", language="de", region="DE"),
        entry(2, "z@example.org", initials="CD", auto_reply=AutoReply.NEVER, active=False),
    )

    assert merge.added == (
        Client("17", ("x@example.org", "y@example.org"), "Europe/Berlin", "de", "DE"),
        Client("CD", ("z@example.org",), auto_reply=AutoReply.NEVER, active=False),
    )
    assert [("added", "17"), ("added", "CD")] == told(merge)
    assert ["2 addresses, Europe/Berlin, de, DE", "1 address, automatic reply never, inactive"] == [
        each.says for each in merge.outcomes
    ]


def test_initials_that_are_taken_get_a_number_and_without_a_name_they_are_c() -> None:
    """Taken on file, by an id of the system, or by an entry before."""
    merge = merged(
        entry(1, "1@example.org", initials="AB"),
        entry(2, "2@example.org", initials="AB"),
        entry(3, "3@example.org"),
        entry(4, "4@example.org", id="AB4"),
        entry(5, "5@example.org", initials="AB"),
    )

    assert ["AB2", "AB3", "C", "AB4", "AB5"] == [each.client_id for each in merge.outcomes]


def test_a_client_on_file_gets_further_addresses_and_what_is_not_on_file() -> None:
    """By an address in another spelling of case; the entry's initials do not matter then."""
    merge = merged(entry(1, "new@example.org", "AB@Example.org", initials="XY", zone="Europe/Berlin"))

    assert (Client("AB", ("ab@example.org", "new@example.org"), "Europe/Berlin"),) == merge.edited
    assert ((), ()) == (merge.added, merge.differences)
    assert "1 more address, Europe/Berlin" == merge.outcomes[0].says


def test_a_client_is_also_known_by_the_systems_own_id() -> None:
    """An address is new then."""
    merge = merged(entry(1, "new@example.org", id="AB"))

    assert ("ab@example.org", "new@example.org") == merge.edited[0].addresses


def test_nothing_on_file_is_replaced_and_what_differs_is_told_with_its_place() -> None:
    """Each value, also an id."""
    before = Client("AB", ("ab@example.org",), "Europe/Berlin", "de", "DE", AutoReply.NEVER, active=False)

    merge = merged(
        entry(
            3,
            "ab@example.org",
            id="17",
            zone="Europe/Paris",
            language="fr",
            region="FR",
            auto_reply=AutoReply.FULL,
            active=True,
        ),
        on_file=(before,),
    )

    assert ((), (), [("left as it is", "AB")]) == (merge.added, merge.edited, told(merge))
    assert (
        "f.csv:3: the id of AB is AB, and 17 here; AB stays",
        "f.csv:3: the time zone of AB is Europe/Berlin, and Europe/Paris here; Europe/Berlin stays",
        "f.csv:3: the language of AB is de, and fr here; de stays",
        "f.csv:3: the region of AB is DE, and FR here; DE stays",
        "f.csv:3: the automatic reply of AB is never, and full here; never stays",
        "f.csv:3: the state of AB is inactive, and active here; inactive stays",
    ) == merge.differences


@pytest.mark.parametrize(
    ("entries", "refused", "says"),
    [
        # Addresses of two clients, both on file.
        (
            [entry(1, "ab@example.org", "cd@example.org")],
            0,
            "different clients, AB (on file) and CD (on file)",
        ),
        # Of one on file and of one in the file.
        (
            [entry(1, "x@example.org", id="17"), entry(2, "x@example.org", "ab@example.org")],
            1,
            "different clients, 17 (f.csv:1) and AB (on file)",
        ),
        # One address, two ids; one of them on file.
        (
            [entry(1, "x@example.org", id="17"), entry(2, "x@example.org", id="18")],
            1,
            "another client, 17 (f.csv:1)",
        ),
        ([entry(1, "ab@example.org", id="CD")], 0, "another client, AB (on file)"),
        (
            [entry(1, "ab@example.org", id="17"), entry(2, "ab@example.org", id="18")],
            1,
            "another client, AB (on file, f.csv:1)",
        ),
        # One address, two names: a couple.
        (
            [entry(1, "x@example.org", initials="EF"), entry(2, "x@example.org", initials="GF")],
            1,
            "another client, EF (f.csv:1)",
        ),
        # One address of the therapist's own among others.
        ([entry(1, "x@example.org", "therapist+x@example.com")], 0, "your own"),
    ],
)
def test_an_address_of_two_different_clients_is_refused_with_both_places(
    entries: list[ClientEntry], refused: int, says: str
) -> None:
    """And nothing is taken of that entry."""
    merge = merged(*entries, on_file=(AB, Client("CD", ("cd@example.org",))))

    (outcome,) = merge.refused
    assert merge.outcomes[refused] == outcome
    assert says in outcome.says
    assert "; allowed: " in outcome.says
    assert "@" not in outcome.says
    assert not any("x@example.org" in each.addresses and "ab@" in str(each) for each in merge.edited)


def test_an_entry_without_an_address_and_the_therapists_own_are_left_out() -> None:
    """An address book has both."""
    merge = merged(entry(1, initials="XY"), entry(2, "Therapist@example.com"))

    assert [("left out", None)] * 2 == told(merge)
    assert ((), ()) == (merge.added, merge.edited)


def test_two_entries_of_one_client_are_one_client_whatever_their_order() -> None:
    """The one with an id counts for the id; the outcomes stand in the file's order."""
    one = entry(1, "x@example.org", "y@example.org", initials="EF", zone="Europe/Berlin")
    other = entry(2, "z@example.org", "y@example.org", id="17", initials="EF")

    merge = merged(one, other)

    assert [("merged", "17"), ("added", "17")] == told(merge)
    assert (
        Client("17", ("z@example.org", "y@example.org", "x@example.org"), "Europe/Berlin"),
    ) == merge.added


ADDRESSES = [f"{letter}@example.org" for letter in "abcdef"]
ENTRIES = st.lists(
    st.builds(
        ClientEntry,
        place=st.integers(1, 9).map(lambda line: f"f.csv:{line}"),
        addresses=st.lists(st.sampled_from(ADDRESSES), max_size=3).map(tuple),
        id=st.none() | st.sampled_from(["1", "2", "AB"]),
        initials=st.sampled_from(["", "AB", "CD"]),
        zone=st.none() | st.sampled_from(["Europe/Berlin", "Europe/Paris"]),
        auto_reply=st.none() | st.sampled_from(AutoReply),
    ),
    max_size=8,
)


@given(ENTRIES, ENTRIES)
def test_merging_is_idempotent_gives_no_address_to_two_and_takes_nothing_from_anybody(
    first: list[ClientEntry], second: list[ClientEntry]
) -> None:
    """Whatever the entries are."""
    on_file: dict[str, Client] = {"AB": AB}
    for entries in (first, second):
        merge = merge_entries(on_file.values(), entries, OWN)
        after = on_file | {client.id: client for client in (*merge.added, *merge.edited)}
        again = merge_entries(after.values(), entries, OWN)

        assert ((), ()) == (again.added, again.edited)
        assert len(entries) == len(merge.outcomes)
        assert {client.id for client in merge.edited} <= set(on_file)
        for client in on_file.values():
            kept = after[client.id]
            assert client.addresses == kept.addresses[: len(client.addresses)]
            assert client.zone in (None, kept.zone)
            assert (client.auto_reply, client.active) == (kept.auto_reply, kept.active)
        forms = [canonical(a) for a in itertools.chain(*(client.addresses for client in after.values()))]
        assert len(forms) == len(set(forms))
        on_file = after


def test_every_outcome_has_a_word() -> None:
    """As the preview shows it."""
    assert ["added", "merged", "left as it is", "left out", "refused"] == [each.value for each in Outcome]
