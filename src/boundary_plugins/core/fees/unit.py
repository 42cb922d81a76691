"""What is charged together, a contact or those of a day, week or month: from the time that counts to a line."""

from dataclasses import dataclass
from datetime import date, datetime

from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import (
    Amount,
    Currency,
    Price,
    SessionFee,
    SessionTime,
    amount_of,
    needs_session_fee,
    with_tax,
)
from boundary_plugins.core.fees.steps import (
    APPROVAL_STEP,
    MODIFIER_STEP,
    Step,
    cap_step,
    consent_step,
    line_step,
    price_step,
    rounding_step,
    tax_step,
)
from boundary_plugins.core.fees.tariff import FeePolicy, Tariff


@dataclass(frozen=True, slots=True)
class Unit:
    """Contacts that are charged together, by one clause of one policy; `arrived_at` is the first one's."""

    policy: FeePolicy
    tariff: Tariff
    arrived_at: datetime
    first_on: date
    last_on: date
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """What a unit comes to, and the steps to it; no amount where the last one refused."""

    steps: tuple[Step, ...]
    seconds: int = 0
    amount: Amount | None = None


def priced(unit: Unit, counted: int, terms: FeeTerms, zone: str) -> Priced:
    """Take so many seconds of a unit from rounding to the line."""
    policy, tariff = unit.policy, unit.tariff
    rounded, seconds = rounding_step(tariff, counted)
    if not rounded.passed:
        return Priced((rounded,))
    problem = session_fee_problem(tariff.price, terms.session_fee, policy.currency)
    if problem is not None:
        return Priced((rounded, Step("price", False, problem)), seconds)
    minor = amount_of(tariff.price, seconds, terms.session_fee)
    price = price_step(tariff.price, minor, policy.currency)
    if not price.passed:
        return Priced((rounded, price), seconds)
    capped, minor = cap_step(tariff.at_most, minor, policy.currency)
    steps = (rounded, price, MODIFIER_STEP, capped)
    return _agreed(unit, steps, seconds, minor, terms, zone) if capped.passed else Priced(steps, seconds)


def _agreed(
    unit: Unit, steps: tuple[Step, ...], seconds: int, minor: int, terms: FeeTerms, zone: str
) -> Priced:
    """The steps from tax to the line, after those to the cap."""
    policy = unit.policy
    amount = with_tax(minor, policy.tax)
    consent = terms.consent_at(policy.version, unit.arrived_at)
    steps += (
        tax_step(policy.tax, amount, policy.currency),
        consent_step(consent, policy.version, zone),
    )
    if consent is None:
        return Priced(steps, seconds)
    return Priced((*steps, APPROVAL_STEP, _line(unit, seconds, amount)), seconds, amount)


def session_fee_problem(price: Price, session: SessionFee | None, currency: Currency) -> str | None:
    """Why a price that rests on the client's session fee cannot be told."""
    if not needs_session_fee(price):
        return None
    if session is None:
        return "it rests on the client's session fee, and none is on file"
    if session.currency != currency.code:
        return f"the client's session fee is in {session.currency}, and the fee policy in {currency.code}"
    if isinstance(price, SessionTime) and session.minutes <= 0:
        return "it rests on the length of the client's session, and none is on file"
    return None


def _line(unit: Unit, seconds: int, amount: Amount) -> Step:
    """What the invoice line would say."""
    name, currency = unit.tariff.name, unit.policy.currency
    return line_step(unit.first_on, unit.last_on, unit.channels, seconds, name, amount, currency)
