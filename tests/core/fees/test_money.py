"""What holds of any contacts, under any fee policy, with any consents: money is exact, and never by surprise."""

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.fees.allowance import Beyond
from boundary_plugins.core.fees.charge import TimedContact
from boundary_plugins.core.fees.meter import Meter, RoundingMode, TimeSpent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import TAX_PARTS, Flat, PerTime, SessionShare, Tax
from boundary_plugins.core.fees.steps import STEPS
from boundary_plugins.core.fees.tariff import FeePolicy, Tariff, Trigger
from builders_fees import (
    AGREED,
    PARTLY_AGREED,
    SESSION,
    TAXES,
    TERMS_OF_ANY_KIND,
    ZONE,
    assessed,
    clauses,
    gross,
    policies,
    policy,
    total_gross,
    weeks,
)

Policies = tuple[FeePolicy, ...]
HALF_AN_HOUR = (TimeSpent(Meter.WRITING, 1800),)


@given(weeks(), policies(), TERMS_OF_ANY_KIND)
def test_every_contact_is_in_exactly_one_assessment(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    found = assessed(contacts, *versions, terms=terms)

    numbers = [number for each in found for number in each.contacts]
    assert sorted(timed.number for timed in contacts) == sorted(numbers)
    assert len(found) == len({(each.policy_version, each.unit) for each in found})


@given(weeks(), policies(), TERMS_OF_ANY_KIND)
def test_an_amount_is_never_negative_and_a_charge_never_nothing(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    amounts = [each.amount for each in assessed(contacts, *versions, terms=terms) if each.amount]

    assert all(amount.net >= 0 and amount.tax >= 0 and amount.gross > 0 for amount in amounts)
    assert all(amount.net + amount.tax == amount.gross for amount in amounts)


@given(weeks(), policies(), TERMS_OF_ANY_KIND)
def test_each_step_is_told_once_in_the_one_order_and_only_the_last_refuses(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    for each in assessed(contacts, *versions, terms=terms):
        names = tuple(step.name for step in each.steps)
        assert STEPS[: len(names)] == names
        assert all(step.passed for step in each.steps[:-1])
        assert (each.amount is not None) is each.steps[-1].passed is (names == STEPS)


@given(weeks(), policies(), TERMS_OF_ANY_KIND, st.randoms(use_true_random=False))
def test_the_order_in_which_contacts_are_given_does_not_matter(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms, lot: Random
) -> None:
    shuffled = lot.sample(contacts, len(contacts))

    assert assessed(contacts, *versions, terms=terms) == assessed(shuffled, *versions, terms=terms)


@given(weeks(), policies(), st.integers(1, 4), st.randoms(use_true_random=False))
def test_equal_contacts_may_change_places(
    contacts: list[TimedContact], versions: Policies, copies: int, lot: Random
) -> None:
    """Numbers bear on nothing but the order of contacts that came at the same instant."""
    distinct = {timed.contact.arrived_at: timed for timed in contacts}.values()
    several = [timed for timed in distinct for _ in range(copies)]
    numbered = [replace(timed, number=number) for number, timed in enumerate(several)]
    numbers = lot.sample(range(len(several)), len(several))
    otherwise = [replace(timed, number=number) for number, timed in zip(numbers, several, strict=True)]

    one, other = (assessed(each, *versions, terms=AGREED) for each in (numbered, otherwise))

    assert gross(one) == gross(other)


@given(weeks(), policies(), st.data())
def test_more_time_never_costs_less(
    contacts: list[TimedContact], versions: Policies, data: st.DataObject
) -> None:
    """With deductible free minutes as with a cliff; but a proposal gives way to what was logged."""
    longer = [
        replace(
            timed,
            time=tuple(TimeSpent(e.meter, e.seconds + data.draw(st.integers(0, 900))) for e in timed.time),
        )
        for timed in contacts
    ]

    before, after = (assessed(each, *versions, terms=AGREED) for each in (contacts, longer))

    assert total_gross(before) <= total_gross(after)


@given(weeks(crisis=True), policies(), TERMS_OF_ANY_KIND)
def test_a_crisis_is_never_charged_under_any_policy(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    assert {None} >= set(gross(assessed(contacts, *versions, terms=terms)))


@given(weeks(), policies())
def test_a_crisis_bears_on_no_other_charge(contacts: list[TimedContact], versions: Policies) -> None:
    """It is never added to anything, and uses up no free time."""
    others = [timed for timed in contacts if not timed.contact.crisis]

    with_crises = assessed(contacts, *versions, terms=AGREED)

    crises = {timed.number for timed in contacts if timed.contact.crisis}
    assert assessed(others, *versions, terms=AGREED) == tuple(
        each for each in with_crises if not crises & set(each.contacts)
    )


@given(weeks(time=(), answered=False), policies(), TERMS_OF_ANY_KIND)
def test_mere_arrival_is_never_charged_under_any_policy(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    assert {None} >= set(gross(assessed(contacts, *versions, terms=terms)))


@given(weeks(crisis=False, out_of_boundary=True, time=HALF_AN_HOUR), policies(), PARTLY_AGREED)
def test_contacts_without_consent_bear_on_no_charge(
    contacts: list[TimedContact], versions: Policies, terms: FeeTerms
) -> None:
    charged = {
        timed.number
        for timed in contacts
        if any(
            terms.consent_at(version.version, timed.contact.arrived_at) for version in _at(timed, versions)
        )
    }

    found = assessed(contacts, *versions, terms=terms)
    alone = assessed([timed for timed in contacts if timed.number in charged], *versions, terms=terms)

    assert [each for each in alone if each.amount] == [each for each in found if each.amount]
    assert all(charged >= set(each.contacts) for each in found if each.amount)


def _at(timed: TimedContact, versions: Policies) -> Policies:
    """The version in force when a contact came."""
    begun = [version for version in versions if version.effective_at <= timed.contact.arrived_at]
    return tuple(begun[-1:])


@given(
    weeks(crisis=False),
    clauses(),
    TAXES,
)
def test_amounts_are_those_of_a_naive_reckoning(
    contacts: list[TimedContact], tariff: Tariff, tax: Tax | None
) -> None:
    found = assessed(contacts, policy(tariff, tax=tax), terms=AGREED)

    amounts = [(each.contacts, each.amount.net, each.amount.tax) for each in found if each.amount]
    assert sorted(_reckoned(contacts, tariff, tax)) == sorted(amounts)


def _reckoned(
    contacts: Iterable[TimedContact], tariff: Tariff, tax: Tax | None
) -> Iterable[tuple[tuple[int, ...], int, int]]:
    """The charges by fractions, written without a look at how the program does it."""
    heaps: dict[str, list[TimedContact]] = {}
    for timed in sorted(contacts, key=lambda timed: (timed.contact.arrived_at, timed.number)):
        if tariff.match.matches(timed.contact) and timed.contact.topic not in tariff.exempt_topics:
            counts = any(spent.seconds and spent.meter in tariff.meters for spent in timed.time)
            if counts or (
                not timed.time and timed.answered_out_of_boundary and tariff.trigger is Trigger.ANSWERED
            ):
                heaps.setdefault(_heap(timed, tariff.aggregate), []).append(timed)
    pools: dict[str, Fraction] = {}
    for heap in heaps.values():
        minutes = sum((_minutes(timed, tariff) for timed in heap), Fraction(0))
        if tariff.allowance is not None:
            pool = _heap(heap[0], tariff.allowance.per)
            left = pools.get(pool, Fraction(tariff.allowance.seconds, 60))
            pools[pool] = max(left - minutes, Fraction(0))
            if minutes <= left:
                continue
            minutes -= left if tariff.allowance.beyond is Beyond.DEDUCTIBLE else 0
        amount = _amount(minutes, tariff)
        if amount:
            yield tuple(timed.number for timed in heap), *_taxed(amount, tax)


def _heap(timed: TimedContact, period: Period) -> str:
    """What a contact is put together with."""
    forms = {Period.CONTACT: f"{timed.number}", Period.DAY: "%F", Period.WEEK: "%G %V", Period.MONTH: "%Y %m"}
    return timed.contact.arrived_at.astimezone(ZoneInfo(ZONE)).strftime(forms[period])


def _minutes(timed: TimedContact, tariff: Tariff) -> Fraction:
    """The minutes of a contact on the meters, or those that are proposed."""
    if not timed.time:
        return Fraction(tariff.proposed_seconds, 60)
    return Fraction(sum(spent.seconds for spent in timed.time if spent.meter in tariff.meters), 60)


def _amount(minutes: Fraction, tariff: Tariff) -> int:
    """The price of so many minutes, without tax on top."""
    units = minutes / tariff.rounding.minutes
    whole = {
        RoundingMode.EXACT: units,
        RoundingMode.UP: Fraction(math.ceil(units)),
        RoundingMode.DOWN: Fraction(math.floor(units)),
        RoundingMode.NEAREST: Fraction(math.ceil(units - Fraction(1, 2))),
    }[tariff.rounding.mode]
    rounded = max(
        whole * tariff.rounding.minutes, Fraction(tariff.minimum_seconds, 60) if minutes else Fraction(0)
    )
    if minutes and not rounded:
        return 0
    price = tariff.price
    if isinstance(price, Flat):
        exact = Fraction(price.minor)
    elif isinstance(price, PerTime):
        exact = Fraction(price.minor) * rounded * 60 / price.seconds
    elif isinstance(price, SessionShare):
        exact = Fraction(SESSION.minor) * price.numerator / price.denominator
    else:
        exact = Fraction(SESSION.minor) * rounded / SESSION.minutes
    most = math.inf if tariff.at_most is None else tariff.at_most
    return int(min(_half_up(exact), most))


def _taxed(amount: int, tax: Tax | None) -> tuple[int, int]:
    """Net and tax."""
    rate = Fraction(tax.rate, TAX_PARTS) if tax else Fraction(0)
    if tax and tax.included:
        within = _half_up(amount * rate / (1 + rate))
        return amount - within, within
    return amount, _half_up(amount * rate)


def _half_up(exact: Fraction) -> int:
    """The nearest whole number, a half upwards."""
    return math.floor(exact + Fraction(1, 2))
