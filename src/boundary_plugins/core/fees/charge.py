"""From contacts to proposed charges: `assess` takes a client's contacts through the one order of steps.

Nothing here decides that a client pays: the last word is the therapist's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.fees.allowance import beyond_free
from boundary_plugins.core.fees.meter import TimeSpent
from boundary_plugins.core.fees.period import Period, local_day, period_end, period_key
from boundary_plugins.core.fees.price import Amount, Currency
from boundary_plugins.core.fees.steps import (
    Step,
    aggregate_step,
    allowance_step,
    contacts_listed,
    eligibility_step,
    exemption_step,
    meter_step,
    topic_step,
    trigger_step,
)
from boundary_plugins.core.fees.tariff import FeePolicy, Tariff, policy_at
from boundary_plugins.core.fees.unit import Priced, Unit, priced


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


class _Metered(NamedTuple):
    """A contact that passed every step that looks at it alone."""

    timed: TimedContact
    day: date
    policy: FeePolicy
    tariff: Tariff
    steps: tuple[Step, ...]
    seconds: int
    has_consent: bool


#: A version, a clause of it, a period, and whether consent was in force: what is added up, and what is free.
_Key = tuple[str, str, str, bool]


def assess(
    contacts: Iterable[TimedContact], terms: FeeTerms, policies: tuple[FeePolicy, ...], zone: str
) -> tuple[Assessment, ...]:
    """What a client's contacts come to, oldest first; every contact is in exactly one assessment.

    The order in which contacts are given does not matter. A contact is judged by the policy in force
    when it came. Contacts without a consent in force never add to those with one. `zone` (an IANA name)
    says where days begin.
    """
    ordered = sorted(contacts, key=_in_order)
    assessments: list[Assessment] = []
    units: dict[_Key, list[_Metered]] = {}
    for timed in ordered:
        found = _metered(timed, terms, policies, zone)
        if isinstance(found, Assessment):
            assessments.append(found)
        else:
            units.setdefault(_key(found, found.tariff.aggregate), []).append(found)
    free: dict[_Key, int] = {}
    assessments += [_assessed(members, terms, free, zone) for members in units.values()]
    places = {timed.number: place for place, timed in enumerate(ordered)}
    return tuple(sorted(assessments, key=lambda each: places[each.contacts[0]]))


def _in_order(timed: TimedContact) -> tuple[datetime, int]:
    """By arrival; of those that came together, by number."""
    return timed.contact.arrived_at, timed.number


def _key(member: _Metered, period: Period) -> _Key:
    """What a contact is put together with over a period."""
    during = period_key(period, member.timed.number, member.day)
    return member.policy.version, member.tariff.name, during, member.has_consent


def _metered(
    timed: TimedContact, terms: FeeTerms, policies: tuple[FeePolicy, ...], zone: str
) -> _Metered | Assessment:
    """Take one contact through the steps that look at it alone."""
    contact, day = timed.contact, local_day(timed.contact.arrived_at, zone)
    policy = policy_at(policies, contact.arrived_at)
    tariff = policy.tariff_for(contact) if policy else None
    steps = [topic_step(contact, tariff, policy.version if policy else None)]
    if policy and tariff:
        steps += _passed(_eligible(timed, terms, tariff))
        if steps[-1].passed:
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


def _eligible(timed: TimedContact, terms: FeeTerms, tariff: Tariff) -> Iterable[Step]:
    """The steps between topic and meter."""
    yield eligibility_step(terms.standing, is_theirs=timed.contact.client_id == terms.client_id)
    yield exemption_step(timed.contact, tariff.exempt_topics)
    yield trigger_step(
        tariff, has_time=bool(timed.time), answered_out_of_boundary=timed.answered_out_of_boundary
    )


def _passed(steps: Iterable[Step]) -> Iterable[Step]:
    """The steps up to the first that refuses."""
    for step in steps:
        yield step
        if not step.passed:
            return


def _assessed(members: Sequence[_Metered], terms: FeeTerms, free: dict[_Key, int], zone: str) -> Assessment:
    """Take a unit through the steps that look at the whole of it; `free` is what is left of free time."""
    first = members[0]
    policy, tariff = first.policy, first.tariff
    numbers = tuple(each.timed.number for each in members)
    channels = tuple(dict.fromkeys(each.timed.contact.channel for each in members))
    during = period_key(tariff.aggregate, numbers[0], first.day)
    spent = sum(each.seconds for each in members)
    counted = _beyond_free(first, spent, free)
    allowance = allowance_step(tariff.allowance, spent, counted)
    steps = (*_together(members), aggregate_step(tariff.aggregate, during, numbers, spent), allowance)
    result = Priced(())
    if allowance.passed:
        unit = Unit(policy, tariff, first.timed.contact.arrived_at, first.day, members[-1].day, channels)
        result = priced(unit, counted, terms, zone)
    return Assessment(
        client_id=terms.client_id,
        unit=_name(tariff, during, has_consent=first.has_consent),
        contacts=numbers,
        first_on=first.day,
        last_on=members[-1].day,
        channels=channels,
        policy_version=policy.version,
        fee=tariff.name,
        steps=steps + result.steps,
        seconds=result.seconds,
        amount=result.amount,
        currency=policy.currency,
        proposed=any(not each.timed.time for each in members),
        ends_at=period_end(tariff.aggregate, first.day, zone),
    )


def _name(tariff: Tariff, during: str, *, has_consent: bool) -> str:
    """The unit of a period; contacts without consent are one of their own beside those with one."""
    apart = "" if has_consent or tariff.aggregate is Period.CONTACT else " (without consent)"
    return f"{tariff.name}: {during}{apart}"


def _together(members: Sequence[_Metered]) -> Iterable[Step]:
    """The steps of the contacts, one by one; where they differ, each says which contacts it is about."""
    if len(members) == 1:
        return members[0].steps
    numbers = [each.timed.number for each in members]
    return (_joined(numbers, steps) for steps in zip(*(each.steps for each in members), strict=True))


def _joined(numbers: Sequence[int], steps: Sequence[Step]) -> Step:
    """One step out of the same step of several contacts."""
    about: dict[str, list[int]] = {}
    for number, step in zip(numbers, steps, strict=True):
        about.setdefault(step.because, []).append(number)
    if len(about) == 1:
        return steps[0]
    told = (f"{contacts_listed(those)}: {because}" for because, those in about.items())
    return Step(steps[0].name, True, "; ".join(told))


def _beyond_free(first: _Metered, spent: int, free: dict[_Key, int]) -> int:
    """The seconds that count; what is left of the free time of the period after them goes to `free`."""
    allowance = first.tariff.allowance
    if allowance is None:
        return spent
    pool = _key(first, allowance.per)
    left = free.get(pool, allowance.seconds)
    free[pool] = max(left - spent, 0)
    return beyond_free(allowance, spent, left)
