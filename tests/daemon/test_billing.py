"""Charges on their way to the biller: each posted once, whatever fails, and set aside where nobody can tell."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.core.client import Client, Consent, FeeStanding
from boundary_plugins.core.fees.price import PerTime
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
    Unsupported,
    UsageProblem,
)
from boundary_plugins.store.charge_records import ChargeState
from boundary_plugins.store.repository import open_store
from builders_money import DAY, NOW, POLICY, agreed, kept, logged
from daemon.money import LEASE, Money
from store.building import KEYS

BOOKS = "biller books"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def money(tmp_path: Path) -> Iterator[Money]:
    """A practice with fees."""
    with open_store("", state_directory=tmp_path / "state", keys=KEYS) as store:
        yield Money(store, tmp_path)


def test_nothing_is_posted_before_the_therapist_says_yes(money: Money) -> None:
    """A proposal waits for ever."""
    [number] = money.proposed(12)

    assert 0 == money.billing.settle()
    assert ({}, ChargeState.PROPOSED) == (money.books.posted, money.state(number))


def test_a_confirmed_charge_is_posted_once(money: Money) -> None:
    """With its line as it was confirmed, and the reference of the books."""
    number = money.confirmed(12)

    assert [1, 0] == [money.billing.settle(), money.billing.settle()]

    [line] = money.books.posted.values()
    charge = money.charge(number)
    assert (charge.key, "AB", 3000, 720, "2026-1") == (
        *(line.key, line.client_id, line.amount.gross, line.seconds, line.policy_version),
    )
    assert (ChargeState.POSTED, f"line {charge.key}", NOW) == (
        charge.state,
        charge.reference,
        charge.settled_at,
    )
    assert [] == money.told


def test_what_is_taken_back_is_countered_once(money: Money) -> None:
    """By a line with a key of its own; nothing is owed then."""
    number = money.posted()
    money.review.void(number, "a mistake")

    assert [1, 0] == [money.billing.settle(), money.billing.settle()]

    charge = money.charge(number)
    assert ([f"{charge.key}-void"], 0) == ([*money.books.countered], money.balance)
    assert (ChargeState.VOID, "a mistake") == (charge.state, charge.reason)


@pytest.mark.parametrize("kind", [Unavailable, RateLimited, AuthorizationNeeded])
def test_a_biller_that_is_away_is_tried_again_later(money: Money, kind: type[ProviderError]) -> None:
    """Told once, and once when it is well; what was not done leaves no word on the charge."""
    number = money.confirmed()
    money.books.failure = kind(BOOKS)

    assert 0 == money.billing.settle()
    assert (ChargeState.CONFIRMED, {}) == (money.state(number), money.books.posted)
    assert 1 == len(money.told)
    # Not at once, but when it is due.
    assert 0 == money.billing.settle()

    money.at += MINUTE
    assert 1 == money.billing.settle()
    assert (ChargeState.POSTED, "", []) == (*((c := money.charge(number)).state, c.reason), money.told)


def test_a_wish_for_patience_is_heeded(money: Money) -> None:
    """The provider's own moment is later than ours."""
    number = money.confirmed()
    money.books.failure = RateLimited(BOOKS, retry_at=NOW + DAY)

    money.billing.settle()

    assert NOW + DAY == money.charge(number).next_attempt_at


def test_a_reason_survives_a_biller_that_is_away(money: Money) -> None:
    """Why it was taken back is what the charge says in the end."""
    number = money.posted()
    money.review.void(number, "a mistake")
    money.books.failure = Unavailable(BOOKS)

    money.billing.settle()
    money.at += MINUTE
    money.billing.settle()

    assert (ChargeState.VOID, "a mistake") == ((charge := money.charge(number)).state, charge.reason)


@pytest.mark.parametrize("error", [Refused(BOOKS), Unsupported(BOOKS, "this currency")])
def test_what_the_biller_refuses_is_set_aside_and_told(money: Money, error: ProviderError) -> None:
    """It is not tried again; the others go on."""
    first, second = money.proposed(12, 24)
    for number in (first, second):
        money.review.confirm(number)
    money.books.failure = error

    assert 1 == money.billing.settle()

    assert [ChargeState.SET_ASIDE, ChargeState.POSTED] == [money.state(first), money.state(second)]
    assert "refused" in money.charge(first).reason
    [notice] = money.told
    assert notice.startswith(f"Charge {first} of client AB was set aside: the biller refused it")


def test_what_was_set_aside_can_be_confirmed_again_or_waived(money: Money) -> None:
    """Once the therapist has looked."""
    first, second = money.proposed(12, 24)
    for number in (first, second):
        money.review.confirm(number)
        money.books.failure = Refused(BOOKS)
        money.billing.settle()

    money.review.confirm(first)
    money.review.waive(second, "too long ago")
    money.billing.settle()

    assert [ChargeState.POSTED, ChargeState.WAIVED] == [money.state(first), money.state(second)]


@pytest.mark.parametrize("error", [OutcomeUnknown(BOOKS), Gone(BOOKS)])
def test_a_lost_answer_is_settled_by_asking(money: Money, error: ProviderError) -> None:
    """It had been posted, and is not posted again."""
    number = money.confirmed()
    money.books.after = error

    assert 1 == money.billing.settle()

    assert (ChargeState.POSTED, 1, 3000) == (money.state(number), money.books.asked, money.balance)


def test_where_it_surely_was_not_done_it_is_done_later(money: Money) -> None:
    """The connection broke before anything was posted."""
    number = money.confirmed()
    money.books.failure = OutcomeUnknown(BOOKS)

    assert 0 == money.billing.settle()
    assert ChargeState.CONFIRMED is money.state(number)

    money.at += MINUTE
    assert 1 == money.billing.settle()
    assert (ChargeState.POSTED, 3000) == (money.state(number), money.balance)


def test_where_nobody_can_tell_it_is_set_aside(money: Money) -> None:
    """And never posted a second time."""
    number = money.confirmed()
    money.books.after, money.books.forgets = OutcomeUnknown(BOOKS), True

    money.billing.settle()
    money.at += DAY
    money.billing.settle()

    assert (ChargeState.SET_ASIDE, 3000) == (money.state(number), money.balance)
    assert "nobody can tell" in money.charge(number).reason
    assert 1 == len(money.told)


def test_books_that_cannot_be_asked_now_are_asked_again(money: Money) -> None:
    """Meanwhile nothing is done."""
    number = money.confirmed()
    money.books.after = OutcomeUnknown(BOOKS)
    with money.stopped("before find"):
        money.billing.settle()
    assert ChargeState.ATTEMPTING is money.state(number)

    assert 1 == money.billing.settle()
    assert (ChargeState.POSTED, 3000) == (money.state(number), money.balance)


@pytest.mark.parametrize("where", ["before post", "after post"])
def test_a_program_that_is_stopped_while_it_posts_posts_once(money: Money, where: str) -> None:
    """It asks first, and only then acts."""
    number = money.confirmed()
    with money.stopped(where):
        money.billing.settle()
    assert ChargeState.ATTEMPTING is money.state(number)

    for _ in range(3):
        money.at += MINUTE
        money.billing.settle()

    assert (ChargeState.POSTED, 1, 3000) == (money.state(number), len(money.books.posted), money.balance)


@pytest.mark.parametrize("where", ["before void", "after void"])
def test_a_program_that_is_stopped_while_it_takes_back_does_it_once(money: Money, where: str) -> None:
    """Likewise."""
    number = money.posted()
    money.review.void(number, "a mistake")
    with money.stopped(where):
        money.billing.settle()
    assert ChargeState.ATTEMPTING_VOID is money.state(number)

    for _ in range(3):
        money.at += MINUTE
        money.billing.settle()

    assert (ChargeState.VOID, 1, 0) == (money.state(number), len(money.books.countered), money.balance)


def test_a_taking_back_that_was_set_aside_is_no_waiver(money: Money) -> None:
    """The books have it, so it can only be taken back again."""
    number = money.posted()
    money.review.void(number, "a mistake")
    money.books.failure = Refused(BOOKS)
    money.billing.settle()
    assert ChargeState.SET_ASIDE is money.state(number)

    with pytest.raises(UsageProblem, match=f"boundary charge void {number}"):
        money.review.waive(number, "why not")
    with pytest.raises(UsageProblem, match=f"boundary charge void {number}"):
        money.review.confirm(number)
    money.review.void(number, "a mistake")
    money.billing.settle()

    assert (ChargeState.VOID, 0) == (money.state(number), money.balance)


def test_a_plugin_that_fails_harms_nobody(money: Money) -> None:
    """What it was asked stays open, and is asked again."""
    number = money.confirmed()
    with money.stopped("before post"):
        money.billing.settle()
    money.books.is_broken = True

    assert 0 == money.billing.settle()
    assert ["plugin books: failed. It is tried again until it works."] == money.told

    money.books.is_broken = False
    money.billing.settle()
    money.at += MINUTE
    assert 1 == money.billing.settle()
    assert (ChargeState.POSTED, []) == (money.state(number), money.told)


def test_a_charge_that_the_books_cannot_be_asked_about_holds_up_no_other(money: Money) -> None:
    """It is asked about again; what can be posted is."""
    first, second = money.proposed(12, 24)
    money.review.confirm(first)
    with money.stopped("before post"):
        money.billing.settle()
    money.review.confirm(second)
    money.books.unanswerable = {money.charge(first).key}

    assert 1 == money.billing.settle()

    assert [ChargeState.ATTEMPTING, ChargeState.POSTED] == [money.state(first), money.state(second)]
    assert ["plugin books: failed. It is tried again until it works."] == money.told


def test_a_biller_that_is_away_is_asked_once_for_all(money: Money) -> None:
    """The others would be refused as well."""
    for number in money.proposed(12, 24):
        money.review.confirm(number)
    money.books.failure = Unavailable(BOOKS)

    assert 0 == money.billing.settle()

    assert {} == money.books.posted


def test_a_biller_that_nothing_waits_for_any_more_is_not_told_of(money: Money) -> None:
    """The charge was waived while the biller was away."""
    number = money.confirmed()
    money.books.failure = Unavailable(BOOKS)
    money.billing.settle()
    assert 1 == len(money.told)

    money.review.waive(number, "too long ago")
    money.billing.settle()

    assert [] == money.told


def test_whether_a_pass_worked_is_told(money: Money) -> None:
    """What failed is due later, and is no failure of the next pass."""
    money.confirmed()
    money.books.failure = Unavailable(BOOKS)

    assert [False, True] == [money.billing.work(), money.billing.work()]


def test_while_another_machine_bills_this_one_does_not(money: Money) -> None:
    """A file keeps away the processes of one machine only."""
    number = money.confirmed()
    there = replace(money.billing, holder="another daemon", lock_path=money.folder / "there" / "billing.lock")
    found: list[int] = []
    money.books.before_post = lambda: found.append(there.settle())

    assert 1 == money.billing.settle()

    assert ([0], ChargeState.POSTED) == (found, money.state(number))
    assert "another daemon is billing" in money.log.getvalue()
    assert [] == money.store.leases()


def test_a_lease_that_ended_lets_another_machine_go_on(money: Money) -> None:
    """This one was asleep over a charge, and begins no other."""
    first, second = money.proposed(12, 24)
    for number in (first, second):
        money.review.confirm(number)
    there = replace(money.billing, holder="another daemon", lock_path=money.folder / "there" / "billing.lock")

    def taken_over() -> None:
        """The machine sleeps; another one takes the lease."""
        money.books.before_post = lambda: None
        money.at += LEASE
        with money.store.transaction(money.at) as transaction:
            transaction.acquire_lease("/billing", "another daemon", money.at, LEASE.total_seconds())

    money.books.before_post = taken_over
    assert 1 == money.billing.settle()
    assert [ChargeState.POSTED, ChargeState.CONFIRMED] == [money.state(first), money.state(second)]

    assert 1 == there.settle()
    assert (ChargeState.POSTED, 2) == (money.state(second), len(money.books.posted))


def test_proposals_follow_time_consent_and_standing(money: Money) -> None:
    """Each look takes what is on record now."""
    [number] = money.proposed(12)
    with money.store.transaction(NOW) as transaction:
        transaction.set_fee_terms("AB", NOW, standing=FeeStanding.SUSPENDED)

    money.billing.review()

    assert ChargeState.DROPPED is money.state(number)
    assert 2 == money.log.getvalue().count("charges proposed")


@pytest.mark.parametrize(
    "fields",
    [
        # A crisis, whatever else; strangers; contact hours.
        {"crisis": True},
        {"client_id": None},
        {"out_of_boundary": False},
        # Before the policy, or before the consent.
        {"at": POLICY.effective_at - MINUTE},
        {"client_id": "CD"},
    ],
)
def test_what_is_never_proposed(money: Money, fields: dict[str, Any]) -> None:
    """Nor charged by any other way."""
    with money.store.transaction(NOW) as transaction:
        transaction.add_client(Client("CD", ("cd@example.org",)), ["cd@example.org"], NOW)
    logged(money.store, 60, **fields)

    money.billing.review()
    money.billing.settle()

    assert ([], {}) == (money.store.charges(), money.books.posted)


def test_a_contact_that_merely_arrived_costs_nothing(money: Money) -> None:
    """And says so."""
    [contact] = logged(money.store, 0)

    money.billing.review()

    assert [] == money.store.charges()
    assessment = money.billing.proposing.assessment_of(contact)
    assert assessment is not None
    assert "that a message arrived costs nothing" in assessment.steps[-1].because


def test_a_version_put_on_record_elsewhere_is_known_at_once(money: Money) -> None:
    """A daemon that still runs must not take away what a command proposed by a new version."""
    dearer = replace(POLICY.tariffs[0], price=PerTime(30000, 3600))
    newer = replace(POLICY, version="2026-2", effective_at=NOW - DAY, tariffs=(dearer,))
    kept(money.store, newer)
    with money.store.transaction(NOW) as transaction:
        transaction.add_consent("AB", Consent("2026-2", NOW - DAY, "by email"), NOW)

    [number] = money.proposed(12)

    assert ("2026-2", 6000) == ((c := money.charge(number)).policy_version, c.amount.gross)


def test_a_consent_counts_from_its_moment_to_its_end(money: Money) -> None:
    """Contacts before and after are free."""
    with money.store.transaction(NOW) as transaction:
        transaction.revoke_consent("AB", "2026-1", NOW)
    agreed(money.store, at=NOW + DAY)
    moments = (POLICY.effective_at, NOW - MINUTE, NOW, NOW + DAY - MINUTE, NOW + DAY)
    contacts = [logged(money.store, 12, at=at)[0] for at in moments]

    money.billing.review()

    assert [contacts[0], contacts[1], contacts[4]] == [
        c for each in money.store.charges() for c in each.contacts
    ]


def test_what_is_old_is_forgotten_and_what_was_posted_stays(money: Money) -> None:
    """Contacts and their time go; a proposal without its contact goes too."""
    posted = money.posted(12)
    waits = money.proposed(24)[0]
    later = NOW + 500 * DAY
    with money.store.transaction(later, check_clock=False) as transaction:
        transaction.forget_older(later, decisions_before=later, contacts_before=later - 400 * DAY)
    money.at = later

    money.billing.review()
    money.billing.settle()

    assert [] == money.store.contacts()
    assert [] == money.store.latest_time(9)
    assert [ChargeState.POSTED, ChargeState.DROPPED] == [money.state(posted), money.state(waits)]
    assert ((1, 3000), "AB") == ((len(money.books.posted), money.balance), money.charge(posted).client_id)
