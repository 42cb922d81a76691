"""From contacts to proposed charges: `assess` takes a client's contacts through the one order of steps.

Nothing here decides that a client pays: the last word is the therapist's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.fees.allowance import beyond_free
from boundary_plugins.core.fees.meter import TimeSpent
from boundary_plugins.core.fees.period import local_day, period_end, period_key
from boundary_plugins.core.fees.price import (
    Amount,
    Currency,
    SessionFee,
    amount_of,
    needs_session_fee,
    with_tax,
)
from boundary_plugins.core.fees.steps import (
    APPROVAL_STEP,
    MODIFIER_STEP,
    Step,
    aggregate_step,
    allowance_step,
    cap_step,
    consent_step,
    eligibility_step,
    exemption_step,
    line_step,
    meter_step,
    price_step,
    rounding_step,
    tax_step,
    topic_step,
    trigger_step,
)
from boundary_plugins.core.fees.tariff import FeePolicy, Tariff, policy_at


@dataclass(frozen=True, slots=True)
class TimedContact:
    """A contact with its number, the time logged for it, and whether it was answered out of hours."""

    number: int
    contact: Contact
    time: tuple[TimeSpent, ...] = ()
    answered_out_of_boundary: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """What one unit (a contact, or the contacts of a day, week or month) comes to, with every step.

    `unit` is unique among a client's units of one policy version. `amount` is set where every step
    passed; else the last step says why nothing is charged. `seconds` are the ones that count, after
    rounding; `proposed` tells that no time was logged; `ends_at` when the unit is over (None: at once).
    """

    client_id: str
    unit: str
    contacts: tuple[int, ...]
    first_on: date
    last_on: date
    channels: tuple[Channel, ...]
    policy_version: str
    fee: str
    steps: tuple[Step, ...]
    seconds: int = 0
    amount: Amount | None = None
    currency: Currency | None = None
    proposed: bool = False
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Metered:
    """A contact that passed every step that looks at it alone."""

    timed: TimedContact
    day: date
    policy: FeePolicy
    tariff: Tariff
    steps: tuple[Step, ...]
    seconds: int
    has_consent: bool


def assess(
    contacts: Iterable[TimedContact], terms: FeeTerms, policies: tuple[FeePolicy, ...], zone: str
) -> tuple[Assessment, ...]:
    """What a client's contacts come to, oldest first; every contact is in exactly one assessment.

    The order in which contacts are given does not matter. A contact is judged by the policy in force
    when it came. Contacts without a consent in force never add to those with one. `zone` (an IANA name)
    says where days begin.
    """
    assessments: list[Assessment] = []
    units: dict[tuple[str, str, str, bool], list[_Metered]] = {}
    for timed in sorted(contacts, key=_in_order):
        found = _metered(timed, terms, policies, zone)
        if isinstance(found, Assessment):
            assessments.append(found)
        else:
            key = period_key(found.tariff.aggregate, timed.number, found.day)
            units.setdefault((found.policy.version, found.tariff.name, key, found.has_consent), []).append(
                found
            )
    free: dict[tuple[str, str, str, bool], int] = {}
    for (_, _, key, _), members in units.items():
        assessments.append(_assessed(key, members, terms, free, zone))
    return tuple(sorted(assessments, key=lambda each: each.contacts[0]))


def _in_order(timed: TimedContact) -> tuple[datetime, int]:
    """By arrival; of those that came together, by number."""
    return timed.contact.arrived_at, timed.number


def _metered(
    timed: TimedContact, terms: FeeTerms, policies: tuple[FeePolicy, ...], zone: str
) -> _Metered | Assessment:
    """Take one contact through the steps that look at it alone."""
    contact, day = timed.contact, local_day(timed.contact.arrived_at, zone)
    policy = policy_at(policies, contact.arrived_at)
    tariff = policy.tariff_for(contact) if policy else None
    steps = [topic_step(contact, tariff, policy.version if policy else None)]
    seconds = 0
    if policy is not None and tariff is not None:
        for step in (
            eligibility_step(terms.standing),
            exemption_step(contact, tariff.exempt_topics),
            trigger_step(
                tariff,
                has_time=bool(timed.time),
                answered_out_of_boundary=timed.answered_out_of_boundary,
            ),
        ):
            steps.append(step)
            if not step.passed:
                break
        else:
            metered, seconds = meter_step(tariff, timed.time)
            steps.append(metered)
            if metered.passed:
                agreed = terms.consent_at(policy.version, contact.arrived_at) is not None
                return _Metered(timed, day, policy, tariff, tuple(steps), seconds, agreed)
    return Assessment(
        client_id=terms.client_id,
        unit=f"contact {timed.number}",
        contacts=(timed.number,),
        first_on=day,
        last_on=day,
        channels=(contact.channel,),
        policy_version=policy.version if policy else "",
        fee=tariff.name if tariff else "",
        steps=tuple(steps),
    )


def _assessed(
    key: str,
    members: Sequence[_Metered],
    terms: FeeTerms,
    free: dict[tuple[str, str, str, bool], int],
    zone: str,
) -> Assessment:
    """Take a unit through the steps that look at the whole of it; `free` is what is left of free time."""
    first = members[0]
    policy, tariff = first.policy, first.tariff
    numbers = tuple(each.timed.number for each in members)
    spent = sum(each.seconds for each in members)
    steps = list(first.steps) if len(members) == 1 else [step for each in members for step in _told(each)]
    steps.append(aggregate_step(tariff.aggregate, key, numbers, spent))
    counted = _beyond_free(tariff, policy, first, spent, free)
    steps.append(allowance_step(tariff.allowance, spent, counted))
    priced = _Priced(0, None)
    if steps[-1].passed:
        priced = _priced(members, counted, terms, zone, steps)
    return Assessment(
        client_id=terms.client_id,
        unit=f"{tariff.name}: {key}",
        contacts=numbers,
        first_on=first.day,
        last_on=members[-1].day,
        channels=tuple(dict.fromkeys(each.timed.contact.channel for each in members)),
        policy_version=policy.version,
        fee=tariff.name,
        steps=tuple(steps),
        seconds=priced.seconds,
        amount=priced.amount,
        currency=policy.currency,
        proposed=any(not each.timed.time for each in members),
        ends_at=period_end(tariff.aggregate, first.day, zone),
    )


def _told(member: _Metered) -> Iterable[Step]:
    """The steps of one contact among several: each says which contact it is about."""
    return (
        Step(step.name, step.passed, f"contact {member.timed.number}: {step.because}")
        for step in member.steps
    )


def _beyond_free(
    tariff: Tariff,
    policy: FeePolicy,
    first: _Metered,
    spent: int,
    free: dict[tuple[str, str, str, bool], int],
) -> int:
    """The seconds that count, and what is left of the free time of the period after them."""
    allowance = tariff.allowance
    if allowance is None:
        return spent
    period = period_key(allowance.per, first.timed.number, first.day)
    pool = (policy.version, tariff.name, period, first.has_consent)
    left = free.get(pool, allowance.seconds)
    free[pool] = max(left - spent, 0)
    return beyond_free(allowance, spent, left)


@dataclass(frozen=True, slots=True)
class _Priced:
    """What a unit comes to; no amount where a step refused."""

    seconds: int
    amount: Amount | None


def _priced(
    members: Sequence[_Metered], counted: int, terms: FeeTerms, zone: str, steps: list[Step]
) -> _Priced:
    """The steps from rounding to the line, added to `steps`."""
    first = members[0]
    policy, tariff = first.policy, first.tariff
    rounded, seconds = rounding_step(tariff, counted)
    steps.append(rounded)
    if not rounded.passed:
        return _Priced(0, None)
    problem = _session_fee_problem(tariff, terms.session_fee, policy.currency)
    if problem is not None:
        steps.append(Step("price", False, problem))
        return _Priced(seconds, None)
    minor = amount_of(tariff.price, seconds, terms.session_fee)
    steps.append(price_step(tariff.price, minor, policy.currency))
    if not steps[-1].passed:
        return _Priced(seconds, None)
    capped, minor = cap_step(tariff.at_most, minor, policy.currency)
    amount = with_tax(minor, policy.tax)
    steps += [MODIFIER_STEP, capped, tax_step(policy.tax, amount, policy.currency)]
    consent = terms.consent_at(policy.version, first.timed.contact.arrived_at)
    given_on = local_day(consent.given_at, zone).isoformat() if consent else ""
    steps.append(consent_step(consent, policy.version, given_on))
    if consent is None:
        return _Priced(seconds, None)
    steps += [APPROVAL_STEP, _line(members, seconds, amount, policy.currency)]
    return _Priced(seconds, amount)


def _session_fee_problem(tariff: Tariff, session: SessionFee | None, currency: Currency) -> str | None:
    """Why a price that rests on the client's session fee cannot be told."""
    if not needs_session_fee(tariff.price):
        return None
    if session is None:
        return "it rests on the client's session fee, and none is on file"
    if session.currency != currency.code:
        return f"the client's session fee is in {session.currency}, and the fee policy in {currency.code}"
    return None


def _line(members: Sequence[_Metered], seconds: int, amount: Amount, currency: Currency) -> Step:
    """What the invoice line would say."""
    first, last = members[0].day, members[-1].day
    days = first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
    channels = ", ".join(dict.fromkeys(each.timed.contact.channel.value for each in members))
    return line_step(days, channels, seconds, members[0].tariff.name, amount, currency)
