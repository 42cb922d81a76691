"""Charges as the commands about them say them: in words, as a row of a table, and for a program."""

from typing import Any

from boundary_plugins.cli.output import local_text, minutes_text
from boundary_plugins.core.fees.price import Money, plain_amount
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.charge_records import ChargeDecision, ChargeRecord, ChargeState
from boundary_plugins.store.charges import ON_THE_WAY
from boundary_plugins.store.repository import Store


def charge_on(store: Store, number: int) -> ChargeRecord:
    """The charge. Raises UsageProblem where there is none."""
    found = store.charge(number)
    if found is None or found.state is ChargeState.DROPPED:
        raise UsageProblem(f"there is no charge {number}; see: boundary charge list")
    return found


def state_text(found: ChargeRecord, zone: str) -> str:
    """The state, with what a person wants to know beside it."""
    if found.state is ChargeState.PROPOSED and found.ends_at is not None:
        return f"proposed (counts until {local_text(found.ends_at, zone)})"
    if found.state in ON_THE_WAY and found.next_attempt_at is not None:
        return f"{found.state.value} (tried again {local_text(found.next_attempt_at, zone)})"
    return f"{found.state.value} ({found.reason})" if found.reason else found.state.value


def decided_text(decision: ChargeDecision, zone: str) -> str:
    """A decision in words."""
    told = f"{local_text(decision.made_at, zone)} by {decision.made_by}"
    told += f": {decision.reason}" if decision.reason else ""
    return f"{told} (undone)" if decision.undone_at else told


def days_text(found: ChargeRecord) -> str:
    """The days it is for."""
    if found.first_on == found.last_on:
        return found.first_on.isoformat()
    return f"{found.first_on.isoformat()} to {found.last_on.isoformat()}"


def amount_text(found: ChargeRecord) -> str:
    """What the client pays."""
    return str(Money(found.amount.gross, found.currency))


def row_of(found: ChargeRecord) -> tuple[object, ...]:
    """A charge for the table."""
    channels = ", ".join(channel.value for channel in found.channels)
    minutes = f"{minutes_text(found.seconds)}{'?' if found.proposed else ''}"
    return (
        *(found.number, days_text(found), found.client_id, channels, minutes),
        *(amount_text(found), found.state.value, found.fee),
    )


def charge_values(found: ChargeRecord) -> dict[str, Any]:
    """A charge for a program; amounts are decimal texts."""
    digits = found.currency.digits
    return {
        "number": found.number,
        "client": found.client_id,
        "contacts": found.contacts,
        "channels": found.channels,
        "first_on": found.first_on,
        "last_on": found.last_on,
        "seconds": found.seconds,
        "proposed": found.proposed,
        "fee": found.fee,
        "policy_version": found.policy_version,
        "net": plain_amount(found.amount.net, digits),
        "tax": plain_amount(found.amount.tax, digits),
        "gross": plain_amount(found.amount.gross, digits),
        "currency": found.currency.code,
        "state": found.state,
        "reason": found.reason,
        "ends_at": found.ends_at,
        "reference": found.reference,
    }
