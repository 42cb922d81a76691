"""The steps of a fee, each a small function that passes or refuses, and says why so that one can read it out."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from boundary_plugins.core.client import Consent, FeeStanding
from boundary_plugins.core.contact import Channel, Contact, Topic
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import MINUTE, RoundingMode, TimeSpent, in_minutes
from boundary_plugins.core.fees.period import Period, local_day
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


class Step(NamedTuple):
    """One step of an explanation: its name, whether it passed, and a sentence without its full stop.

    A step that did not pass is the last one, and the reason why nothing is charged.
    """

    name: str
    passed: bool
    because: str


def topic_step(contact: Contact, tariff: Tariff | None, version: str | None) -> Step:
    """Classify: which clause of which version is for it."""
    if version is None:
        return Step("topic", False, "no fee policy was in force when it came")
    where = "outside" if contact.out_of_boundary else "within"
    what = f"{contact.channel.value}, {where} contact hours, {_about(contact.topic)}"
    if tariff is None:
        return Step("topic", False, f"no clause of fee policy {version} is for it ({what})")
    return Step("topic", True, f"clause “{tariff.name}” of fee policy {version} is for it ({what})")


def _about(topic: str) -> str:
    """A topic in words."""
    return "of no particular topic" if topic == Topic.UNCLASSIFIED.value else f"about {topic}"


def eligibility_step(standing: FeeStanding, *, is_theirs: bool = True) -> Step:
    """Whether this client may be charged at all; never for a contact that is not known to be theirs."""
    if not is_theirs:
        return Step("eligibility", False, "it is not known to come from this client")
    if standing is FeeStanding.NEVER:
        return Step("eligibility", False, "no fee for contact may be charged to this client")
    if standing is FeeStanding.SUSPENDED:
        return Step("eligibility", False, "fees for contact are suspended for this client")
    return Step("eligibility", True, "fees for contact may be charged to this client")


def exemption_step(contact: Contact, exempt_topics: frozenset[str]) -> Step:
    """What is never charged: a crisis, whatever a policy says, and the topics that are exempt."""
    if contact.crisis:
        return Step("exemption", False, "it sounded like a crisis, and a crisis is never charged")
    if contact.topic in exempt_topics:
        return Step("exemption", False, f"contacts {_about(contact.topic)} are free")
    others = ", and its topic is none of the free ones" if exempt_topics else ""
    return Step("exemption", True, f"it did not sound like a crisis{others}")


def trigger_step(tariff: Tariff, *, has_time: bool, answered_out_of_boundary: bool) -> Step:
    """What makes it chargeable: the therapist's time, or an answer outside contact hours."""
    if has_time:
        return Step("trigger", True, "the therapist logged time for it")
    if tariff.trigger is Trigger.TIME_LOGGED:
        return Step("trigger", False, "no time was logged for it; that a message arrived costs nothing")
    if answered_out_of_boundary:
        return Step("trigger", True, "the therapist answered it outside contact hours")
    return Step("trigger", False, "no time was logged for it, and it was not answered outside contact hours")


def meter_step(tariff: Tariff, time: Sequence[TimeSpent]) -> tuple[Step, int]:
    """How much time counts, by meter; where none was logged, the time that is proposed."""
    if not time:
        proposed = in_minutes(tariff.proposed_seconds)
        return Step("meter", True, f"no time was logged; proposed: {proposed}"), tariff.proposed_seconds
    told = _by_meter([spent for spent in time if spent.meter in tariff.meters])
    left_out = _by_meter([spent for spent in time if spent.meter not in tariff.meters])
    if not told:
        because = f"this clause does not charge for its time ({left_out})" if left_out else "its time is nil"
        return Step("meter", False, because), 0
    total = sum(spent.seconds for spent in time if spent.meter in tariff.meters)
    return Step("meter", True, f"{told}; not charged for: {left_out}" if left_out else told), total


def _by_meter(time: Sequence[TimeSpent]) -> str:
    """Time in words, meter by meter; nothing where it is nil."""
    sums: dict[str, int] = {}
    for spent in time:
        sums[spent.meter.value] = sums.get(spent.meter.value, 0) + spent.seconds
    return ", ".join(f"{in_minutes(sums[meter])} {meter}" for meter in sorted(sums) if sums[meter])


def aggregate_step(period: Period, key: str, numbers: Sequence[int], seconds: int) -> Step:
    """What is counted together."""
    if period is Period.CONTACT:
        return Step("aggregate", True, "it counts by itself")
    year, _, week = key.partition("-W")
    during = f"week {int(week)} of {year}" if week else key
    if len(numbers) == 1:
        return Step("aggregate", True, f"nothing else of {during} counts with it")
    told = f"{contacts_listed(numbers)} of {during} count together: {in_minutes(seconds)}"
    return Step("aggregate", True, told)


def contacts_listed(numbers: Sequence[int]) -> str:
    """Contacts by their numbers: "contact 7", "contacts 7, 8 and 12"."""
    if len(numbers) == 1:
        return f"contact {numbers[0]}"
    return f"contacts {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"


def allowance_step(allowance: Allowance | None, spent: int, counted: int) -> Step:
    """The free minutes."""
    if allowance is None:
        return Step("allowance", True, "this clause has no free time")
    each = "for each contact" if allowance.per is Period.CONTACT else f"a {allowance.per.value}"
    free = f"the free time ({in_minutes(allowance.seconds)} {each})"
    if not counted:
        return Step("allowance", False, f"it is within {free}")
    if allowance.beyond is Beyond.CLIFF:
        return Step("allowance", True, f"it is more than {free}, so all of it counts")
    if spent == counted:
        return Step("allowance", True, f"{free} was used up before, so all of it counts")
    taken = f"{free} takes off {in_minutes(spent - counted)}, which leaves {in_minutes(counted)}"
    return Step("allowance", True, taken)


def rounding_step(tariff: Tariff, counted: int) -> tuple[Step, int]:
    """Round to the unit, and count at least the minimum where anything counts."""
    if not counted:
        return Step("rounding", True, "there is no time to round"), 0
    rounded = tariff.rounding.round(counted)
    if rounded < tariff.minimum_seconds:
        least = (
            f"it is {in_minutes(counted)}; this clause counts at least {in_minutes(tariff.minimum_seconds)}"
        )
        return Step("rounding", True, least), tariff.minimum_seconds
    if tariff.rounding.mode is RoundingMode.EXACT:
        return Step("rounding", True, f"not rounded: {in_minutes(rounded)}"), rounded
    how = f"rounded {_ROUNDED[tariff.rounding.mode]} of {in_minutes(tariff.rounding.minutes * MINUTE)}"
    if not rounded:
        return Step("rounding", False, f"{how}, which leaves nothing"), 0
    return Step("rounding", True, f"{how}: {in_minutes(rounded)}"), rounded


_ROUNDED = {
    RoundingMode.UP: "up by steps",
    RoundingMode.NEAREST: "to the nearest step",
    RoundingMode.DOWN: "down by steps",
}


def price_step(price: Price, minor: int, currency: Currency) -> Step:
    """What the time costs."""
    told = Money(minor, currency) if minor > 0 else "that comes to nothing"
    return Step("price", minor > 0, f"{price_in_words(price, currency)}: {told}")


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


MODIFIER_STEP = Step("modifier", True, "this clause has no surcharge and no reduction")


def cap_step(at_most: int | None, minor: int, currency: Currency) -> tuple[Step, int]:
    """The most that one unit may cost."""
    if at_most is None:
        return Step("cap", True, "this clause has no upper limit"), minor
    most = f"the upper limit is {Money(at_most, currency)}"
    if minor > at_most:
        return Step("cap", at_most > 0, f"{most}, so no more is charged"), at_most
    return Step("cap", True, f"{most}, which it does not exceed"), minor


def tax_step(tax: Tax | None, amount: Amount, currency: Currency) -> Step:
    """The tax in it, or on top of it."""
    if tax is None:
        return Step("tax", True, "no tax is added")
    rate = f"{tax.rate / (TAX_PARTS // 100):g} %"
    how = "is included" if tax.included else "is added"
    return Step("tax", True, f"{tax.name} of {rate} {how}: {Money(amount.tax, currency)}")


def consent_step(consent: Consent | None, version: str, zone: str) -> Step:
    """The client's agreement to this very version, in force when the contact came; its day in `zone`."""
    if consent is None:
        return Step("consent", False, f"no consent of the client to fee policy {version} was in force then")
    given_on = local_day(consent.given_at, zone)
    return Step("consent", True, f"the client agreed to fee policy {version} on {given_on} ({consent.how})")


APPROVAL_STEP = Step("approval", True, "the therapist confirms it, changes it or waives it")


def line_step(
    first_on: date,
    last_on: date,
    channels: Sequence[Channel],
    seconds: int,
    name: str,
    amount: Amount,
    currency: Currency,
) -> Step:
    """What an invoice would say; never a word of content."""
    days = first_on.isoformat() if first_on == last_on else f"{first_on.isoformat()} to {last_on.isoformat()}"
    came = ", ".join(channel.value for channel in channels)
    time = f", {in_minutes(seconds)}" if seconds else ""
    return Step("line", True, f"{days}, {came}{time}, {name}: {Money(amount.gross, currency)}")
