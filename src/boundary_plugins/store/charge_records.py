"""The values of charges on record, and of what was decided about them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.price import Amount, Currency
from boundary_plugins.core.fees.steps import Step


class ChargeState(Enum):
    """Where a charge stands. Proposed ones follow what is on record; the rest moves by decisions alone."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    ATTEMPTING = "attempting"
    POSTED = "posted"
    WAIVED = "waived"
    VOIDING = "voiding"
    ATTEMPTING_VOID = "attempting void"
    VOID = "void"
    DROPPED = "dropped"
    SET_ASIDE = "set aside"


class DecisionKind(Enum):
    """What a person decided about a charge."""

    CONFIRM = "confirm"
    CHANGE = "change"
    WAIVE = "waive"
    VOID = "void"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRecord:
    """A charge. `seconds` are those that count, `key` is the biller's idempotency key.

    `reason` says why it was changed, waived, taken back or set aside; `next_attempt_at` is set while the
    biller is away.
    """

    number: int
    client_id: str
    unit: str
    policy_version: str
    fee: str
    contacts: tuple[int, ...]
    channels: tuple[Channel, ...]
    first_on: date
    last_on: date
    ends_at: datetime | None
    proposed: bool
    seconds: int
    amount: Amount
    currency: Currency
    steps: tuple[Step, ...]
    state: ChargeState
    reason: str
    key: str
    reference: str | None
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    decided_at: datetime | None
    attempted_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChargeDecision:
    """A decision about a charge, by whom and why."""

    id: int
    charge: int
    kind: DecisionKind
    reason: str
    made_by: str
    made_at: datetime
    undone_at: datetime | None
