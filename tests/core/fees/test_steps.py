"""The words of an explanation: each sentence can be read out to a client."""

import re

import pytest
from hypothesis import given

from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.charge import TimedContact
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode, TimeSpent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import Flat, PerTime, Price, SessionShare, SessionTime, Tax
from boundary_plugins.core.fees.steps import (
    STEPS,
    Step,
    allowance_step,
    cap_step,
    price_in_words,
    rounding_step,
    tax_step,
)
from boundary_plugins.core.fees.tariff import FeePolicy, Trigger
from builders_fees import EVENING, TERMS_OF_ANY_KIND, USD, assessed, clause, policies, policy, timed, weeks

Steps = dict[str, str]


def told(*contacts: TimedContact, fee_policy: FeePolicy | None = None) -> Steps:
    """The sentences of the one unit that the contacts make, by step."""
    (found,) = assessed(contacts, fee_policy or policy())
    return {step.name: step.because for step in found.steps}


def test_a_charge_is_told_from_its_topic_to_its_line() -> None:
    tariff = clause(
        exempt_topics=frozenset({"billing"}),
        allowance=Allowance(600, Beyond.DEDUCTIBLE),
        rounding=Rounding(RoundingMode.UP, 5),
        at_most=7500,
    )
    tax = Tax("VAT", 19_000, included=True)

    steps = told(timed(17, 12, topic="homework"), fee_policy=policy(tariff, tax=tax))

    expected = {
        "topic": "clause “Between sessions” of fee policy 2026-1 is for it "
        "(email, outside contact hours, about homework)",
        "eligibility": "fees for contact may be charged to this client",
        "exemption": "it did not sound like a crisis, and its topic is none of the free ones",
        "trigger": "the therapist logged time for it",
        "meter": "12 minutes writing",
        "aggregate": "it counts by itself",
        "allowance": "the free time (10 minutes for each contact) takes off 10 minutes, which leaves 2 minutes",
        "rounding": "rounded up by steps of 5 minutes: 5 minutes",
        "price": "150.00 USD an hour: 12.50 USD",
        "modifier": "this clause has no surcharge and no reduction",
        "cap": "the upper limit is 75.00 USD, which it does not exceed",
        "tax": "VAT of 19 % is included: 2.00 USD",
        "consent": "the client agreed to fee policy 2026-1 on 2025-12-31 (signed form)",
        "approval": "the therapist confirms it, changes it or waives it",
        "line": "2026-01-05, email, 5 minutes, Between sessions: 12.50 USD",
    }
    assert expected == steps
    assert list(STEPS) == list(steps)


def test_of_several_contacts_each_step_is_told_once() -> None:
    """Where they differ, it says of which contact it speaks."""
    contacts = [
        timed(7, 3),
        timed(8, time=[TimeSpent(Meter.LIVE, 300)], channel=Channel.VOICE),
        timed(9, 3),
        timed(10, answered=True),
    ]
    tariff = clause(aggregate=Period.DAY, trigger=Trigger.ANSWERED, proposed_seconds=60)

    steps = told(*contacts, fee_policy=policy(tariff))

    held = "clause “Between sessions” of fee policy 2026-1 is for it"
    assert (
        f"contacts 7, 9 and 10: {held} (email, outside contact hours, of no particular topic); "
        f"contact 8: {held} (voice, outside contact hours, of no particular topic)" == steps["topic"]
    )
    assert "fees for contact may be charged to this client" == steps["eligibility"]
    assert (
        "contacts 7 and 9: 3 minutes writing; contact 8: 5 minutes live; "
        "contact 10: no time was logged; proposed: 1 minute" == steps["meter"]
    )
    assert "contacts 7, 8, 9 and 10 of 2026-01-05 count together: 12 minutes" == steps["aggregate"]


@pytest.mark.parametrize(
    ("aggregate", "sentence"),
    [
        (Period.CONTACT, "it counts by itself"),
        (Period.DAY, "nothing else of 2026-01-05 counts with it"),
        (Period.WEEK, "nothing else of week 2 of 2026 counts with it"),
        (Period.MONTH, "nothing else of 2026-01 counts with it"),
    ],
)
def test_a_contact_alone_in_its_period_is_told_so(aggregate: Period, sentence: str) -> None:
    assert sentence == told(timed(1, 12), fee_policy=policy(clause(aggregate=aggregate)))["aggregate"]


@pytest.mark.parametrize(
    ("contact", "name", "sentence"),
    [
        (
            timed(1, 12, out_of_boundary=False),
            "topic",
            "no clause of fee policy 2026-1 is for it (email, within contact hours, of no particular topic)",
        ),
        (timed(1, at=EVENING.replace(year=2025)), "topic", "no fee policy was in force when it came"),
        (timed(1, client_id=None), "eligibility", "it is not known to come from this client"),
        (timed(1, topic="billing"), "exemption", "contacts about billing are free"),
        (timed(1), "trigger", "no time was logged for it; that a message arrived costs nothing"),
        (
            timed(1, time=[TimeSpent(Meter.READING, 180)]),
            "meter",
            "this clause does not charge for its time (3 minutes reading)",
        ),
        (timed(1, time=[TimeSpent(Meter.READING, 0)]), "meter", "its time is nil"),
    ],
)
def test_a_contact_that_is_not_charged_is_told_why(contact: TimedContact, name: str, sentence: str) -> None:
    tariff = clause(exempt_topics=frozenset({"billing"}), meters=frozenset({Meter.WRITING}))

    assert (name, sentence) == list(told(contact, fee_policy=policy(tariff)).items())[-1]


@pytest.mark.parametrize(
    ("allowance", "spent", "counted", "step"),
    [
        (None, 60, 60, Step("allowance", True, "this clause has no free time")),
        (
            Allowance(600, Beyond.DEDUCTIBLE, Period.WEEK),
            60,
            0,
            Step("allowance", False, "it is within the free time (10 minutes a week)"),
        ),
        (
            Allowance(600, Beyond.DEDUCTIBLE, Period.DAY),
            60,
            60,
            Step(
                "allowance", True, "the free time (10 minutes a day) was used up before, so all of it counts"
            ),
        ),
        (
            Allowance(600, Beyond.CLIFF),
            720,
            720,
            Step(
                "allowance",
                True,
                "it is more than the free time (10 minutes for each contact), so all of it counts",
            ),
        ),
    ],
)
def test_free_time_is_told(allowance: Allowance | None, spent: int, counted: int, step: Step) -> None:
    assert step == allowance_step(allowance, spent, counted)


@pytest.mark.parametrize(
    ("rounding", "minimum", "counted", "expected"),
    [
        (Rounding(), 0, 90, (True, "not rounded: 1 minute 30 seconds", 90)),
        (Rounding(RoundingMode.UP, 1), 0, 61, (True, "rounded up by steps of 1 minute: 2 minutes", 120)),
        (
            Rounding(RoundingMode.NEAREST, 15),
            0,
            600,
            (True, "rounded to the nearest step of 15 minutes: 15 minutes", 900),
        ),
        (
            Rounding(RoundingMode.DOWN, 15),
            0,
            600,
            (False, "rounded down by steps of 15 minutes, which leaves nothing", 0),
        ),
        (
            Rounding(),
            600,
            90,
            (True, "it is 1 minute 30 seconds; this clause counts at least 10 minutes", 600),
        ),
        (Rounding(RoundingMode.UP, 15), 600, 0, (True, "there is no time to round", 0)),
    ],
)
def test_rounding_is_told(
    rounding: Rounding, minimum: int, counted: int, expected: tuple[bool, str, int]
) -> None:
    step, seconds = rounding_step(clause(rounding=rounding, minimum_seconds=minimum), counted)

    assert expected == (step.passed, step.because, seconds)


@pytest.mark.parametrize(
    ("at_most", "minor", "expected"),
    [
        (None, 900, (True, "this clause has no upper limit", 900)),
        (1000, 900, (True, "the upper limit is 10.00 USD, which it does not exceed", 900)),
        (1000, 1000, (True, "the upper limit is 10.00 USD, which it does not exceed", 1000)),
        (1000, 1100, (True, "the upper limit is 10.00 USD, so no more is charged", 1000)),
        # No charge of nothing.
        (0, 1100, (False, "the upper limit is 0.00 USD, so no more is charged", 0)),
    ],
)
def test_an_upper_limit_is_told(at_most: int | None, minor: int, expected: tuple[bool, str, int]) -> None:
    step, capped = cap_step(at_most, minor, USD)

    assert expected == (step.passed, step.because, capped)


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (PerTime(15_000, 3600), "150.00 USD an hour"),
        (PerTime(250, 60), "2.50 USD a minute"),
        (PerTime(2500, 600), "25.00 USD for 10 minutes"),
        (Flat(500), "5.00 USD each time"),
        (SessionTime(), "the client's session fee in proportion to the time"),
        (SessionShare(1, 4), "1/4 of the client's session fee"),
    ],
)
def test_a_price_is_told_as_one_says_it(price: Price, words: str) -> None:
    assert words == price_in_words(price, USD)


def test_a_rate_of_tax_is_told_with_the_digits_it_has() -> None:
    (found,) = assessed([timed(1, 12)], policy(tax=Tax("Sales tax", 8_875, included=False)))

    assert found.amount
    step = tax_step(Tax("Sales tax", 8_875, included=False), found.amount, USD)
    assert "Sales tax of 8.875 % is added: 2.66 USD" == step.because


@given(weeks(), policies(), TERMS_OF_ANY_KIND)
def test_every_sentence_can_be_read_out(
    contacts: list[TimedContact], versions: tuple[FeePolicy, ...], terms: FeeTerms
) -> None:
    """It begins small and ends without a full stop, and holds no name of a value of the program."""
    for each in assessed(contacts, *versions, terms=terms):
        for sentence in (step.because for step in each.steps):
            assert re.fullmatch(r"[a-z0-9V“].*[^.;, ]", sentence), sentence
            assert not re.search(r"unclassified|None|_|<|\bdatetime\b| 1 minutes", f" {sentence}"), sentence
