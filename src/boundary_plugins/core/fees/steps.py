"""The steps of a fee, each a small function that passes or refuses, and says why so that one can read it out."""

from collections.abc import Sequence
from dataclasses import dataclass

from boundary_plugins.core.client import Consent, FeeStanding
from boundary_plugins.core.contact import Contact
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import Meter, RoundingMode, TimeSpent, in_minutes
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import (
    TAX_PARTS,
    Amount,
    Currency,
    Flat,
    Money,
    PerTime,
    Price,
    SessionTime,
    Tax,
)
from boundary_plugins.core.fees.tariff import Tariff, Trigger

#: The order in which a fee is worked out; an explanation lists its steps in it.
STEPS = (
    "topic",
    "eligibility",
    "exemption",
    "trigger",
    "meter",
    "aggregate",
    "allowance",
    "rounding",
    "price",
    "modifier",
    "cap",
    "tax",
    "consent",
    "approval",
    "line",
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation: its name, whether it passed, and a sentence without its full stop.

    A step that did not pass is the last one, and the reason why nothing is charged.
    """

    name: str
    passed: bool
    because: str


def topic_step(contact: Contact, tariff: Tariff | None, version: str | None) -> Step:
    """Classify: which clause of which version is for it."""
    if version is None:
        return Step("topic", False, "no fee policy was in force at that time")
    if tariff is None:
        where = "outside" if contact.out_of_boundary else "within"
        what = f"{contact.channel.value} {where} contact hours, topic {contact.topic}"
        return Step("topic", False, f"no clause of fee policy {version} is for it ({what})")
    return Step(
        "topic", True, f"its topic is {contact.topic}; clause “{tariff.name}” of policy {version} is for it"
    )


def eligibility_step(standing: FeeStanding) -> Step:
    """Whether this client may be charged at all."""
    if standing is FeeStanding.NEVER:
        return Step("eligibility", False, "no fee for contact may be charged to this client")
    if standing is FeeStanding.SUSPENDED:
        return Step("eligibility", False, "fees are suspended for this client")
    return Step("eligibility", True, "fees may be charged to this client")


def exemption_step(contact: Contact, exempt_topics: frozenset[str]) -> Step:
    """What is never charged: a crisis, whatever a policy says, and the topics that are exempt."""
    if contact.crisis:
        return Step("exemption", False, "it sounded like a crisis, which is never charged")
    if contact.topic in exempt_topics:
        return Step("exemption", False, f"contacts about {contact.topic} are free")
    return Step("exemption", True, "it is no crisis, and its topic is not exempt")


def trigger_step(tariff: Tariff, *, has_time: bool, answered_out_of_boundary: bool) -> Step:
    """What makes it chargeable: the therapist's time, or an answer outside contact hours."""
    if has_time:
        return Step("trigger", True, "time was logged for it")
    if tariff.trigger is Trigger.TIME_LOGGED:
        return Step("trigger", False, "no time was logged for it; that a message arrived costs nothing")
    if answered_out_of_boundary:
        return Step("trigger", True, "it was answered outside contact hours")
    return Step("trigger", False, "no time was logged for it, and it was not answered outside contact hours")


def meter_step(tariff: Tariff, time: Sequence[TimeSpent]) -> tuple[Step, int]:
    """How much time counts, by meter; where none was logged, the time that is proposed."""
    if not time:
        proposed = in_minutes(tariff.proposed_seconds)
        return Step("meter", True, f"no time was logged, so {proposed} is proposed"), tariff.proposed_seconds
    by_meter: dict[Meter, int] = {}
    for spent in time:
        if spent.meter in tariff.meters:
            by_meter[spent.meter] = by_meter.get(spent.meter, 0) + spent.seconds
    total = sum(by_meter.values())
    if not total:
        return Step("meter", False, "none of its time is on a meter that this clause charges for"), 0
    told = ", ".join(f"{in_minutes(seconds)} {meter.value}" for meter, seconds in by_meter.items())
    return Step("meter", True, told), total


def aggregate_step(period: Period, key: str, numbers: Sequence[int], seconds: int) -> Step:
    """What is counted together."""
    if len(numbers) == 1:
        told = (
            "it counts by itself" if period is Period.CONTACT else f"it is the only one of {key} that counts"
        )
        return Step("aggregate", True, told)
    listed = f"{', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
    return Step("aggregate", True, f"contacts {listed} of {key} count together: {in_minutes(seconds)}")


def allowance_step(allowance: Allowance | None, spent: int, counted: int) -> Step:
    """The free minutes."""
    if allowance is None:
        return Step("allowance", True, "this clause has no free minutes")
    free = f"{in_minutes(allowance.seconds)} by {allowance.per.value}"
    if not counted:
        return Step("allowance", False, f"it is within the free time ({free})")
    if allowance.beyond is Beyond.CLIFF:
        return Step("allowance", True, f"it is more than the free time ({free}), so all of it counts")
    left = in_minutes(spent - counted)
    return Step(
        "allowance", True, f"{left} of the free time ({free}) is taken off; {in_minutes(counted)} counts"
    )


def rounding_step(tariff: Tariff, counted: int) -> tuple[Step, int]:
    """Round to the unit, and count at least the minimum."""
    rounded = tariff.rounding.round(counted)
    if rounded < tariff.minimum_seconds:
        least = in_minutes(tariff.minimum_seconds)
        return Step("rounding", True, f"at least {least} counts"), tariff.minimum_seconds
    if tariff.rounding.mode is RoundingMode.EXACT:
        return Step("rounding", True, f"not rounded: {in_minutes(rounded)}"), rounded
    how = f"rounded {tariff.rounding.mode.value} to {in_minutes(tariff.rounding.minutes * 60)}"
    if not rounded:
        return Step("rounding", False, f"{how}, nothing is left"), 0
    return Step("rounding", True, f"{how}: {in_minutes(rounded)}"), rounded


def price_step(price: Price, minor: int, currency: Currency) -> Step:
    """What the time costs."""
    told = f"{price_in_words(price, currency)}: {Money(minor, currency)}"
    return Step("price", minor > 0, told)


def price_in_words(price: Price, currency: Currency) -> str:
    """A price as one says it: "150.00 USD an hour"."""
    if isinstance(price, Flat):
        return f"{Money(price.minor, currency)} each time"
    if isinstance(price, PerTime):
        unit = {3600: "an hour", 60: "a minute"}.get(price.seconds, f"for {in_minutes(price.seconds)}")
        return f"{Money(price.minor, currency)} {unit}"
    if isinstance(price, SessionTime):
        return "the client's session fee in proportion to the time"
    return f"{price.numerator}/{price.denominator} of the client's session fee"


MODIFIER_STEP = Step("modifier", True, "this clause has none")


def cap_step(at_most: int | None, minor: int, currency: Currency) -> tuple[Step, int]:
    """The most that one unit may cost."""
    if at_most is None:
        return Step("cap", True, "this clause has none"), minor
    most = Money(at_most, currency)
    if minor > at_most:
        return Step("cap", True, f"at most {most}, so {most}"), at_most
    return Step("cap", True, f"at most {most}, which it does not reach"), minor


def tax_step(tax: Tax | None, amount: Amount, currency: Currency) -> Step:
    """The tax in it, or on top of it."""
    if tax is None:
        return Step("tax", True, "no tax is added")
    rate = f"{tax.rate / (TAX_PARTS // 100):g} %"
    how = "is included" if tax.included else "is added"
    return Step("tax", True, f"{tax.name} of {rate} {how}: {Money(amount.tax, currency)}")


def consent_step(consent: Consent | None, version: str, zone_day: str) -> Step:
    """The client's agreement to this very version, in force when the contact came."""
    if consent is None:
        return Step("consent", False, f"no consent of the client to fee policy {version} was in force then")
    return Step("consent", True, f"the client agreed to fee policy {version} on {zone_day} ({consent.how})")


APPROVAL_STEP = Step("approval", True, "the therapist confirms it, changes it or waives it")


def line_step(days: str, channels: str, seconds: int, name: str, amount: Amount, currency: Currency) -> Step:
    """What an invoice would say; never a word of content."""
    return Step(
        "line", True, f"{days}, {channels}, {in_minutes(seconds)}, {name}: {Money(amount.gross, currency)}"
    )
