"""What a fee policy can say: its clauses in order, each with match, trigger, meter, allowance and price."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.fees.allowance import Allowance
from boundary_plugins.core.fees.meter import Meter, Rounding
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import Currency, Price, Tax

EVERY_METER = frozenset(Meter)


class Trigger(Enum):
    """What makes a contact chargeable. That a message merely arrived is none of them (mission, promise 6)."""

    TIME_LOGGED = "time logged"
    ANSWERED = "answered"


class Boundary(Enum):
    """Whether a clause is for contacts outside contact hours, within them, or both."""

    OUT = "out"
    IN = "in"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Match:
    """Which contacts a clause is for; an empty set means all of them."""

    channels: frozenset[Channel] = frozenset()
    topics: frozenset[str] = frozenset()
    boundary: Boundary = Boundary.OUT

    def matches(self, contact: Contact) -> bool:
        """Whether the clause is for this contact."""
        if self.channels and contact.channel not in self.channels:
            return False
        if self.topics and contact.topic not in self.topics:
            return False
        return self.boundary is Boundary.ANY or contact.out_of_boundary == (self.boundary is Boundary.OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """One clause of a fee policy. `name` is what an invoice line and an explanation call it.

    `proposed_seconds` is the time proposed for an answer that no time was logged for (trigger
    `ANSWERED` only). `minimum_seconds` counts where anything counts; `at_most` (minor units) caps one
    unit of aggregation.
    """

    name: str
    price: Price
    match: Match = field(default_factory=Match)
    exempt_topics: frozenset[str] = frozenset()
    trigger: Trigger = Trigger.TIME_LOGGED
    proposed_seconds: int = 0
    meters: frozenset[Meter] = EVERY_METER
    aggregate: Period = Period.CONTACT
    allowance: Allowance | None = None
    rounding: Rounding = field(default_factory=Rounding)
    minimum_seconds: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeePolicy:
    """One version of what a practice charges: immutable, in force from `effective_at` (aware, UTC) on.

    The first clause that matches a contact is the one that holds for it. Raises ValueError where two
    clauses have the same name: time is added up by it.
    """

    version: str
    effective_at: datetime
    currency: Currency
    tariffs: tuple[Tariff, ...]
    tax: Tax | None = None

    def __post_init__(self) -> None:
        """Refuse clauses that could not be told apart."""
        if len({tariff.name for tariff in self.tariffs}) < len(self.tariffs):
            raise ValueError("each clause of a fee policy has a name of its own")

    def tariff_for(self, contact: Contact) -> Tariff | None:
        """The clause for a contact; None where the policy has none for it."""
        return next((tariff for tariff in self.tariffs if tariff.match.matches(contact)), None)


def policy_at(policies: tuple[FeePolicy, ...], at: datetime) -> FeePolicy | None:
    """The version in force at an instant; of two that begin together the later one in `policies`."""
    found: FeePolicy | None = None
    for policy in policies:
        if policy.effective_at <= at and (found is None or policy.effective_at >= found.effective_at):
            found = policy
    return found
