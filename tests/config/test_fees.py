"""Fees in a configuration: what is wrong is told all at once with its line, and what is right becomes a policy."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.config.fees import currency_of, fee_policy
from boundary_plugins.config.load import parse
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import Currency, PerTime, SessionShare, Tax
from boundary_plugins.core.fees.tariff import Boundary, FeePolicy, Match, Tariff, Trigger
from boundary_plugins.errors import ConfigError

# Line 1 is empty; the fees of a case begin in line 9.
MINIMAL = """
[practice]
name = "Quiet Harbor"
zone = "Europe/Berlin"
[therapist]
addresses = ["therapist@example.com"]
[hours]
weekly = "mon 09:00-12:00"
"""
BILLING = """[billing]
version = "2026-1"
effective_on = "2026-03-29"
currency = "EUR"
"""
# Line 13 is the clause's head, line 14 its name, line 15 its price; a case goes on in line 16.
FEE = BILLING + '[[fees]]\nname = "messages"\nprice = "150.00 an hour"\n'


def policy_of(text: str) -> FeePolicy | None:
    """The fee policy of a configuration."""
    return fee_policy(parse(MINIMAL + text, file="c.toml", base=Path("/practice")))


def problems_of(text: str) -> list[str]:
    """What is wrong with it."""
    with pytest.raises(ConfigError) as caught:
        policy_of(text)
    return [str(problem) for problem in caught.value.problems]


def test_a_clause_with_every_key_becomes_a_tariff() -> None:
    """Hours become seconds, amounts minor units, and the day begins in the practice's zone."""
    policy = policy_of(
        BILLING
        + """[billing.tax]
name = "VAT"
rate = "8.875"
included = true
[[fees]]
name = "messages"
price = "1/4 session fee"
channels = ["email", "in person"]
topics = ["homework"]
exempt_topics = ["scheduling"]
boundary = "any"
trigger = "answered"
proposed_minutes = 5
meters = ["reading", "writing"]
together = "day"
free_minutes = 10
free_per = "month"
free = "deductible"
round = "nearest"
round_to = 15
minimum_minutes = 20
at_most = "75.50"
"""
    )

    tariff = Tariff(
        name="messages",
        price=SessionShare(1, 4),
        match=Match(frozenset({Channel.EMAIL, Channel.IN_PERSON}), frozenset({"homework"}), Boundary.ANY),
        exempt_topics=frozenset({"scheduling"}),
        trigger=Trigger.ANSWERED,
        proposed_seconds=300,
        meters=frozenset({Meter.READING, Meter.WRITING}),
        aggregate=Period.DAY,
        allowance=Allowance(600, Beyond.DEDUCTIBLE, Period.MONTH),
        rounding=Rounding(RoundingMode.NEAREST, 15),
        minimum_seconds=1200,
        at_most=7550,
    )
    assert policy == FeePolicy(
        version="2026-1",
        # The night of the change of clocks; midnight is still winter time.
        effective_at=datetime(2026, 3, 28, 23, tzinfo=UTC),
        currency=Currency("EUR"),
        tariffs=(tariff,),
        tax=Tax("VAT", 8875, included=True),
    )


def test_what_is_not_said_charges_as_little_as_can_be_assumed() -> None:
    """Logged time alone, outside contact hours alone, to the second."""
    policy = policy_of(FEE)

    assert policy is not None
    assert (Tariff(name="messages", price=PerTime(15000, 3600)),) == policy.tariffs
    assert None is policy.tax


@pytest.mark.parametrize("text", ["", BILLING])
def test_without_a_clause_there_is_no_policy(text: str) -> None:
    """Nothing is charged."""
    assert None is policy_of(text)


@pytest.mark.parametrize("code, digits", [("USD", 2), ("JPY", 0), ("KWD", 3)])
def test_a_currency_has_its_own_minor_unit(code: str, digits: int) -> None:
    """As CLDR has it."""
    assert Currency(code, digits) == currency_of(code)


CASES = [
    # The policy as a whole.
    (
        BILLING.replace('"EUR"', '"eur"'),
        'c.toml:12: billing.currency: "eur" is not a currency; allowed: an ISO',
    ),
    (BILLING.replace('"2026-03-29"', '"soon"'), "c.toml:11: billing.effective_on: "),
    (
        BILLING.replace('"2026-03-29"', '"0001-01-01"'),
        'c.toml:11: billing.effective_on: "0001-01-01" is too long ago; allowed: ',
    ),
    (BILLING.replace('"2026-1"', '" "'), "c.toml:10: billing.version: is empty; allowed: a short text"),
    ("[billing]\n", "c.toml:9: billing.currency: is missing; allowed: an ISO 4217 code"),
    (
        FEE.removeprefix(BILLING),
        "c.toml:9: fees: [[fees]] need a table [billing]; allowed: one with version, ",
    ),
    # The tax.
    (
        f'{BILLING}[billing.tax]\nname = "VAT"\nrate = "100"\nincluded = true',
        'c.toml:15: billing.tax.rate: "100" is not',
    ),
    (
        f'{BILLING}[billing.tax]\nname = "VAT"\nrate = 19\nincluded = true',
        "c.toml:15: billing.tax.rate: must be a text",
    ),
    # Invoices.
    (
        f'{BILLING}[billing.invoices]\nprefix = "Q H"',
        "c.toml:14: billing.invoices.prefix: is not one of the allowed",
    ),
    (
        f'{BILLING}[billing.invoices]\ndue = "0 days"',
        "c.toml:14: billing.invoices.due: must be longer than nothing",
    ),
    # Prices and amounts, which the currency tells.
    (
        FEE.replace("150.00 an hour", "lots"),
        'c.toml:15: fees[1].price: "lots" is not a price; allowed: "150.00 an',
    ),
    (FEE.replace("150.00", "0"), 'c.toml:15: fees[1].price: "0 an hour" comes to nothing; allowed: '),
    (
        FEE.replace('"EUR"', '"JPY"'),
        'c.toml:15: fees[1].price: "150.00" is not an amount; allowed: a number such as "12"',
    ),
    (
        f'{FEE}at_most = "1,5"',
        'c.toml:16: fees[1].at_most: "1,5" is not an amount; allowed: a number such as "12.50"',
    ),
    # Choices and numbers.
    (
        f'{FEE}channels = ["pigeon"]',
        'c.toml:16: fees[1].channels[1]: "pigeon" is not one of the choices; allowed: a list',
    ),
    (
        f'{FEE}meters = ["thinking"]',
        'c.toml:16: fees[1].meters[1]: "thinking" is not one of the choices; allowed: ',
    ),
    (
        f'{FEE}trigger = "received"',
        'c.toml:16: fees[1].trigger: "received" is not one of the choices; allowed: "time',
    ),
    (
        f"{FEE}free_minutes = 601",
        "c.toml:16: fees[1].free_minutes: 601 is too large; allowed: a whole number of",
    ),
    (
        f"{FEE}round_to = 0",
        "c.toml:16: fees[1].round_to: 0 is too small; allowed: a whole number from 1 to 120",
    ),
    (
        f"{FEE}fere_minutes = 1",
        'c.toml:16: fees[1].fere_minutes: is not a known key; did you mean "free_minutes"?',
    ),
    # What goes together.
    (f"{FEE}free_minutes = 10", 'c.toml:13: fees[1]: "free_minutes" needs "free"; allowed: "deductible"'),
    (f'{FEE}free = "cliff"', 'c.toml:13: fees[1]: "free" needs "free_minutes"; allowed: a whole number'),
    (
        f'{FEE}free_per = "month"',
        'c.toml:13: fees[1]: "free_per" needs "free_minutes"; allowed: a whole number',
    ),
    (
        f'{FEE}trigger = "answered"',
        'c.toml:13: fees[1]: the trigger "answered" needs "proposed_minutes"; allowed: ',
    ),
    (
        f"{FEE}proposed_minutes = 5",
        'c.toml:13: fees[1]: "proposed_minutes" needs the trigger "answered"; allowed: ',
    ),
    (
        f"{FEE}round_to = 5",
        'c.toml:13: fees[1]: "round_to" needs "round"; allowed: "up", "nearest" or "down"',
    ),
    (
        f'{FEE}together = "month"\nfree_minutes = 10\nfree = "deductible"\nfree_per = "day"',
        "c.toml:13: fees[1]: free minutes by day cannot be counted where time is added up by month; allowed: ",
    ),
    (
        f'{FEE}free_minutes = 10\nfree = "cliff"\nfree_per = "month"',
        "c.toml:13: fees[1]: a cliff by month would charge for time afterwards that was free when it was spent; ",
    ),
    # Two of one name, and two billers.
    (
        f'{FEE}[[fees]]\nname = "messages"\nprice = "5.00 each"',
        'c.toml:17: fees[2].name: "messages" is already the',
    ),
    (
        '[[billers]]\nname = "a"\nkind = "ledger"\n[[billers]]\nname = "b"\nkind = "ledger"',
        "c.toml:9: billers: has too many entries; allowed: one table [[billers]]",
    ),
]


@pytest.mark.parametrize("text, sentence", CASES)
def test_what_is_wrong_is_told_with_its_line(text: str, sentence: str) -> None:
    """And with what is allowed."""
    [problem, *_] = problems_of(text)

    assert problem.startswith(sentence), problem
    assert "; allowed: " in problem


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """Prices too, although only the currency tells what is right."""
    text = (
        FEE.replace("150.00 an hour", "150.001 an hour")
        + 'channels = ["pigeon"]\n[[fees]]\nname = "calls"\nprice = "lots"\nat_most = "x"\nround_to = 5\n'
        + '[daemon]\npoll = "never"\n'
    )

    lines = [int(problem.split(":")[1]) for problem in problems_of(text)]

    assert [15, 16, 17, 19, 20, 23] == lines
