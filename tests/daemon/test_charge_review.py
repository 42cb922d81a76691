"""What the therapist decides about charges: what may be, what may not, and how each is undone."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.core.client import Consent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import Flat, SessionFee, SessionTime, Tax
from boundary_plugins.core.fees.tariff import FeePolicy
from boundary_plugins.errors import Refused, Unavailable, UsageProblem
from boundary_plugins.store.charge_records import ChargeState
from boundary_plugins.store.invoices import INVOICES_LOCK
from boundary_plugins.store.repository import open_store
from builders_money import DAY, NOW, POLICY, kept
from daemon.money import Money
from store.building import KEYS


@pytest.fixture
def money(tmp_path: Path) -> Iterator[Money]:
    """A practice with fees."""
    with open_store("", state_directory=tmp_path / "state", keys=KEYS) as store:
        yield Money(store, tmp_path)


def with_policy(money: Money, policy: FeePolicy) -> None:
    """A newer version that AB agreed to."""
    kept(money.store, policy)
    with money.store.transaction(NOW) as transaction:
        transaction.add_consent("AB", Consent(policy.version, NOW - DAY, "by email"), NOW)


Decide = Callable[[], object]
NEWER = replace(POLICY, version="2026-2", effective_at=NOW - DAY)


def test_fewer_minutes_cost_less(money: Money) -> None:
    """The charge says who changed it, from what to what, and why."""
    [number] = money.proposed(12)

    changed = money.review.change(number, seconds=300, reason="half of it was small talk")

    assert (ChargeState.CONFIRMED, 300, 1250) == (changed.state, changed.seconds, changed.amount.gross)
    [approval] = [step.because for step in changed.steps if step.name == "approval"]
    assert approval == "the therapist changed it from 30.00 USD to 12.50 USD: half of it was small talk"


def test_a_lower_amount_is_taxed_like_the_one_it_replaces(money: Money) -> None:
    """It is the price, before a tax that comes on top."""
    with_policy(money, replace(NEWER, tax=Tax("VAT", 19_000, included=False)))
    [number] = money.proposed(12)

    changed = money.review.change(number, minor=1000, reason="as agreed")

    assert (1000, 190, 720) == (changed.amount.net, changed.amount.tax, changed.seconds)


@pytest.mark.parametrize(
    "changes, sentence",
    [
        # More than was worked out was not disclosed beforehand.
        ({"seconds": 721}, "allowed: at most what was worked out"),
        ({"minor": 3001}, "allowed: at most what was worked out"),
        # Nothing at all is a waiver, which has its own word.
        ({"minor": 0}, "boundary charge waive 1"),
    ],
)
def test_a_change_that_is_none_is_refused(money: Money, changes: dict[str, Any], sentence: str) -> None:
    """And nothing is decided."""
    money.proposed(12)

    with pytest.raises(UsageProblem, match=sentence):
        money.review.change(1, reason="more", **changes)

    assert [] == money.store.decisions(1)


def test_more_time_is_no_change_even_where_it_costs_no_more(money: Money) -> None:
    """A price for each time stays what it is."""
    with_policy(money, replace(NEWER, tariffs=(replace(POLICY.tariffs[0], price=Flat(500)),)))
    [number] = money.proposed(12)

    with pytest.raises(UsageProblem, match="allowed: at most what was worked out"):
        money.review.change(number, seconds=721, reason="more")


def test_a_price_by_the_session_fee_needs_it_for_a_change_too(money: Money) -> None:
    """It may have been taken off the file meanwhile."""
    tariff = replace(POLICY.tariffs[0], price=SessionTime())
    with_policy(money, replace(NEWER, tariffs=(tariff,)))
    with money.store.transaction(NOW) as transaction:
        transaction.set_fee_terms("AB", NOW, session_fee=SessionFee(15000, "USD", 50))
    number = money.confirmed(10)
    assert 3000 == money.charge(number).amount.gross
    with money.store.transaction(NOW) as transaction:
        transaction.set_fee_terms("AB", NOW, session_fee=None)

    with pytest.raises(UsageProblem, match="none is on file"):
        money.review.change(number, seconds=60, reason="short")

    for fee in (SessionFee(15000, "EUR", 50), SessionFee(15000, "USD", 0)):
        with money.store.transaction(NOW) as transaction:
            transaction.set_fee_terms("AB", NOW, session_fee=fee)
        with pytest.raises(UsageProblem, match="allowed: --amount"):
            money.review.change(number, seconds=60, reason="short")

    assert 500 == money.review.change(number, minor=500, reason="short").amount.gross


def test_a_day_that_runs_cannot_be_decided_on_yet(money: Money) -> None:
    """The refusal says until when, in the practice's zone."""
    with_policy(money, replace(NEWER, tariffs=(replace(POLICY.tariffs[0], aggregate=Period.DAY),)))
    [number] = money.proposed(12)

    decisions: list[Decide] = [
        lambda: money.review.confirm(number),
        lambda: money.review.change(number, seconds=60, reason="short"),
    ]
    for decide in decisions:
        with pytest.raises(UsageProblem, match=r"until Sat 07 Mar 2026 at 00:00 \(America/New_York\)"):
            decide()

    money.at += DAY
    assert ChargeState.CONFIRMED is money.review.confirm(number).state


@pytest.mark.parametrize(
    "state, allowed",
    [
        (ChargeState.PROPOSED, {"confirm", "change", "waive"}),
        (ChargeState.CONFIRMED, {"change", "waive"}),
        (ChargeState.ATTEMPTING, set()),
        (ChargeState.POSTED, {"void"}),
        (ChargeState.WAIVED, set()),
        (ChargeState.VOIDING, set()),
        (ChargeState.ATTEMPTING_VOID, set()),
        (ChargeState.VOID, set()),
        (ChargeState.DROPPED, set()),
        (ChargeState.SET_ASIDE, {"confirm", "waive"}),
    ],
)
def test_each_decision_is_for_its_states_alone(money: Money, state: ChargeState, allowed: set[str]) -> None:
    """Everything else is refused in a sentence."""
    [number] = money.proposed(12)
    posted = state in (ChargeState.POSTED, ChargeState.VOIDING, ChargeState.ATTEMPTING_VOID, ChargeState.VOID)
    with money.store.transaction(NOW) as transaction:
        transaction.move_charge(money.charge(number), state, NOW, reference="line 1" if posted else None)
    decisions: dict[str, Decide] = {
        "confirm": lambda: money.review.confirm(number),
        "change": lambda: money.review.change(number, seconds=60, reason="short"),
        "waive": lambda: money.review.waive(number, "a gift"),
        "void": lambda: money.review.void(number, "a mistake"),
    }

    for name, decide in decisions.items():
        if name not in allowed:
            with pytest.raises(UsageProblem, match=f"charge {number}"):
                decide()
    assert [] == money.store.decisions(number)

    if allowed:
        decisions[min(allowed)]()
        assert 1 == len(money.store.decisions(number))


def test_a_charge_that_is_not_there_is_refused(money: Money) -> None:
    """With the command that lists them."""
    with pytest.raises(UsageProblem, match="there is no charge 9; see: boundary charge list"):
        money.review.confirm(9)
    with pytest.raises(UsageProblem, match="there is no decision about charge 9 to undo"):
        money.review.undo(9)
    with pytest.raises(UsageProblem, match="there is no decision to undo"):
        money.review.undo()


def test_a_yes_is_undone_before_it_went_to_the_biller(money: Money) -> None:
    """Then it waits again, and can be decided otherwise."""
    number = money.confirmed()

    after, what = money.review.undo()
    money.billing.settle()

    assert (ChargeState.PROPOSED, f"confirm of charge {number}", {}) == (
        after.state,
        what,
        money.books.posted,
    )
    assert ChargeState.WAIVED is money.review.waive(number, "a gift").state


def test_a_yes_is_undone_after_it_was_posted(money: Money) -> None:
    """By a counter-line; it is proposed anew, and charged once in all."""
    number = money.posted()

    after, _ = money.review.undo(number)
    assert ChargeState.VOIDING is after.state
    money.billing.settle()
    money.billing.review()

    assert (ChargeState.VOID, "the confirmation was undone", 0) == (
        *((charge := money.charge(number)).state, charge.reason),
        money.balance,
    )
    [anew] = money.store.charges(states=[ChargeState.PROPOSED])
    money.review.confirm(anew.number)
    money.billing.settle()
    assert 3000 == money.balance


def test_undoing_twice_while_the_biller_is_away_does_not_lose_what_is_posted(money: Money) -> None:
    """It was changed twice before; the books have it, so it cannot be a proposal again."""
    [number] = money.proposed(12)
    money.review.change(number, seconds=600, reason="short")
    money.review.change(number, seconds=300, reason="shorter")
    money.billing.settle()
    money.review.undo(number)

    with pytest.raises(UsageProblem, match="voiding, which cannot be undone now"):
        money.review.undo(number)

    money.billing.settle()
    assert (ChargeState.VOID, 0) == (money.state(number), money.balance)


def test_a_change_is_undone_to_what_stood_before(money: Money) -> None:
    """Minutes, amount and explanation."""
    [number] = money.proposed(12)
    before = money.charge(number)
    money.review.change(number, seconds=300, reason="short")

    after, what = money.review.undo(number)

    assert f"change of charge {number}" == what
    assert (before.state, before.seconds, before.amount, before.steps, before.reason) == (
        *(after.state, after.seconds, after.amount, after.steps, after.reason),
    )


@pytest.mark.parametrize("was", [ChargeState.PROPOSED, ChargeState.CONFIRMED, ChargeState.SET_ASIDE])
def test_a_waiver_is_undone_to_where_it_stood(money: Money, was: ChargeState) -> None:
    """Also one that was set aside."""
    number = money.proposed(12)[0] if was is ChargeState.PROPOSED else money.confirmed()
    if was is ChargeState.SET_ASIDE:
        money.books.failure = Refused("biller books")
        money.billing.settle()
    money.review.waive(number, "a gift")

    after, _ = money.review.undo()

    assert was is after.state


def test_taking_back_is_undone_before_and_after_it_was_done(money: Money) -> None:
    """Before: it is as if nothing was. After: it is posted again under a number of its own."""
    number = money.posted()
    money.review.void(number, "a mistake")
    assert ChargeState.POSTED is money.review.undo(number)[0].state
    money.review.void(number, "a mistake")
    money.billing.settle()

    after, what = money.review.undo(number)
    money.billing.settle()
    money.billing.review()

    assert (2, f"void of charge {number}") == (after.number, what)
    assert [ChargeState.VOID, ChargeState.POSTED] == [each.state for each in money.store.charges()]
    assert 3000 == money.balance
    with pytest.raises(UsageProblem, match="cannot be undone now"):
        money.review.undo(number)


def test_what_is_posted_again_is_a_decision_that_is_undone_next(money: Money) -> None:
    """Without a number: the last of all is the yes to the new charge, and not an older one."""
    money.review.waive(money.proposed(12)[0], "a gift")
    number = money.posted()
    money.review.void(number, "a mistake")
    money.billing.settle()
    again, _ = money.review.undo()
    money.billing.settle()

    after, what = money.review.undo()
    money.billing.settle()
    money.billing.review()

    assert (again.number, f"confirm of charge {again.number}") == (after.number, what)
    assert 0 == money.balance
    assert [number + 2] == [each.number for each in money.store.charges(states=(ChargeState.PROPOSED,))]
    assert ("waive of charge 1") == money.review.undo()[1]


def test_a_reason_is_kept_without_addresses(money: Money) -> None:
    """They stay in the client directory."""
    number = money.confirmed()

    money.review.change(number, minor=500, reason="asked from ab@example.org")

    kept = f"{money.store.decisions(number)} {money.charge(number)}"
    assert "asked from" in kept
    assert "ab@example.org" not in kept


def test_what_was_taken_back_for_good_is_not_proposed_again(money: Money) -> None:
    """Also where an earlier yes had been undone."""
    number = money.confirmed()
    money.review.undo(number)
    money.review.confirm(number)
    money.billing.settle()
    money.review.void(number, "a mistake")
    money.billing.settle()

    money.billing.review()

    assert [ChargeState.VOID] == [each.state for each in money.store.charges()]


def test_a_yes_that_is_undone_after_a_taking_back_was_undone_is_proposed_anew(money: Money) -> None:
    """The taking back counts no more."""
    number = money.posted()
    money.review.void(number, "a mistake")
    money.review.undo(number)
    money.review.undo(number)
    money.billing.settle()

    money.billing.review()

    assert [ChargeState.VOID, ChargeState.PROPOSED] == [each.state for each in money.store.charges()]


def test_what_the_biller_did_not_get_yet_can_still_be_undone(money: Money) -> None:
    """It was away."""
    number = money.confirmed()
    money.books.failure = Unavailable("biller books")
    money.billing.settle()

    assert ChargeState.PROPOSED is money.review.undo(number)[0].state


def test_what_stands_on_an_issued_invoice_is_taken_back_with_it(money: Money) -> None:
    """Neither void nor undo; a draft is no obstacle."""
    number = money.posted()
    line = money.books.posted[money.charge(number).key]
    with money.store.transaction(NOW, lock=INVOICES_LOCK) as transaction:
        transaction.append_entry(line, None, NOW)
        [draft] = transaction.draft_invoices("AB", line.first_on, line.last_on, "en", NOW)
        transaction.issue_invoice(draft, "2026", NOW.date())

    decisions: list[Decide] = [
        lambda: money.review.void(number, "a mistake"),
        lambda: money.review.undo(number),
    ]
    for decide in decisions:
        with pytest.raises(UsageProblem, match="void that first: boundary invoice void 2026-0001"):
            decide()

    assert ChargeState.POSTED is money.state(number)
