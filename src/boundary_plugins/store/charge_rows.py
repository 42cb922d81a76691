"""Rows of charges and decisions as values, and back."""

import json
from datetime import date
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.charge import Assessment
from boundary_plugins.core.fees.price import Amount, Currency
from boundary_plugins.core.fees.steps import Step
from boundary_plugins.store.charge_records import (
    ChargeDecision,
    ChargeRecord,
    ChargeState,
    DecisionKind,
)
from boundary_plugins.store.fee_encoding import decode_steps, encode_steps
from boundary_plugins.store.tables import charges


def assessed_columns(assessment: Assessment) -> dict[str, Any]:
    """The columns that follow what is on record."""
    amount, currency = assessment.amount or Amount(0, 0), assessment.currency or Currency("")
    return {
        "fee": assessment.fee,
        "contacts": json.dumps(assessment.contacts),
        "channels": json.dumps([channel.value for channel in assessment.channels]),
        "first_on": assessment.first_on.isoformat(),
        "last_on": assessment.last_on.isoformat(),
        "ends_at": assessment.ends_at,
        "proposed": assessment.proposed,
        "seconds": assessment.seconds,
        "net": amount.net,
        "tax": amount.tax,
        "currency": currency.code,
        "digits": currency.digits,
        "steps": encode_steps(assessment.steps),
    }


def columns_of(charge: ChargeRecord) -> dict[str, Any]:
    """The columns of a charge, as they are stored."""
    return {
        "number": charge.number,
        "client_id": charge.client_id,
        "unit": charge.unit,
        "policy_version": charge.policy_version,
        "fee": charge.fee,
        "contacts": json.dumps(charge.contacts),
        "channels": json.dumps([channel.value for channel in charge.channels]),
        "first_on": charge.first_on.isoformat(),
        "last_on": charge.last_on.isoformat(),
        "ends_at": charge.ends_at,
        "proposed": charge.proposed,
        "seconds": charge.seconds,
        "net": charge.amount.net,
        "tax": charge.amount.tax,
        "currency": charge.currency.code,
        "digits": charge.currency.digits,
        "steps": encode_steps(charge.steps),
    }


def charges_on(
    connection: sa.Connection, therapist: str, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> list[ChargeRecord]:
    """A therapist's charges under conditions."""
    query = (
        sa.select(charges)
        .where(charges.c.therapist == therapist, *conditions)
        .order_by(charges.c.number)
        .limit(limit)
    )
    return [_charge(row) for row in connection.execute(query)]


def _charge(row: Any) -> ChargeRecord:
    """A charge as a value."""
    return ChargeRecord(
        number=row.number,
        client_id=row.client_id,
        unit=row.unit,
        policy_version=row.policy_version,
        fee=row.fee,
        contacts=tuple(json.loads(row.contacts)),
        channels=tuple(map(Channel, json.loads(row.channels))),
        first_on=date.fromisoformat(row.first_on),
        last_on=date.fromisoformat(row.last_on),
        ends_at=row.ends_at,
        proposed=row.proposed,
        seconds=row.seconds,
        amount=Amount(row.net, row.tax),
        currency=Currency(row.currency, row.digits),
        steps=decode_steps(row.steps),
        state=ChargeState(row.state),
        reason=row.reason,
        key=row.key,
        reference=row.reference,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        created_at=row.created_at,
        decided_at=row.decided_at,
        attempted_at=row.attempted_at,
        settled_at=row.settled_at,
    )


def decision_of(row: Any) -> ChargeDecision:
    """A decision as a value."""
    return ChargeDecision(
        row.id, row.charge, DecisionKind(row.kind), row.reason, row.made_by, row.made_at, row.undone_at
    )


def explained(steps: tuple[Step, ...], *changed: Step) -> str:
    """The stored form of an explanation in which some steps say something else."""
    by_name = {step.name: step for step in changed}
    return encode_steps(tuple(by_name.get(step.name, step) for step in steps))
