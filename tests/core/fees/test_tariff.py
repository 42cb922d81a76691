"""What a fee policy can say: which clause is for a contact, and which version was in force."""

from datetime import UTC, datetime, timedelta

import pytest

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Flat
from boundary_plugins.core.fees.tariff import Boundary, Match, policy_at
from builders_fees import EVENING, NEW_YEAR, clause, policy, timed


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        # Out of boundary unless it says otherwise.
        (Match(), True),
        (Match(boundary=Boundary.ANY), True),
        (Match(boundary=Boundary.IN), False),
        (Match(channels=frozenset({Channel.EMAIL, Channel.SMS})), True),
        (Match(channels=frozenset({Channel.VOICE})), False),
        (Match(topics=frozenset({"homework"})), True),
        (Match(topics=frozenset({"billing"})), False),
        # All that it names must fit.
        (Match(channels=frozenset({Channel.EMAIL}), topics=frozenset({"billing"})), False),
    ],
)
def test_a_clause_is_for_the_contacts_that_fit_all_it_names(match: Match, expected: bool) -> None:
    contact = timed(channel=Channel.EMAIL, topic="homework").contact

    assert expected is match.matches(contact)


def test_a_contact_within_boundary_is_for_a_clause_that_says_so() -> None:
    contact = timed(out_of_boundary=False).contact

    assert [False, True, True] == [
        Match(boundary=boundary).matches(contact) for boundary in (Boundary.OUT, Boundary.IN, Boundary.ANY)
    ]


def test_the_first_clause_that_fits_holds() -> None:
    calls = clause(name="Calls", match=Match(channels=frozenset({Channel.VOICE})))
    rest, never = clause(name="The rest"), clause(name="Never reached")
    held = policy(calls, rest, never)

    assert calls is held.tariff_for(timed(channel=Channel.VOICE).contact)
    assert rest is held.tariff_for(timed(channel=Channel.EMAIL).contact)
    assert held.tariff_for(timed(out_of_boundary=False).contact) is None


def test_two_clauses_of_one_name_are_refused() -> None:
    """Time is added up by a clause's name: two would run into each other at the price of the first."""
    with pytest.raises(ValueError, match="a name of its own"):
        policy(clause(), clause(Flat(1)))


@pytest.mark.parametrize(
    ("at", "version"),
    [
        (NEW_YEAR - timedelta(microseconds=1), None),
        # From its first instant on, until the next begins.
        (NEW_YEAR, "2026-1"),
        (EVENING - timedelta(microseconds=1), "2026-1"),
        (EVENING, "2026-2"),
        (datetime(2036, 1, 1, tzinfo=UTC), "2026-2"),
    ],
)
def test_the_version_in_force_is_the_last_that_began(at: datetime, version: str | None) -> None:
    """In whatever order the versions are given."""
    versions = (policy(version="2026-2", effective_at=EVENING), policy())

    found = policy_at(versions, at)

    assert version == (found.version if found else None)


def test_of_two_versions_that_begin_together_the_later_one_holds() -> None:
    first, second = policy(version="A"), policy(version="B")

    assert second is policy_at((first, second), EVENING)
