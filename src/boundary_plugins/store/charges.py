"""Charges in the store: proposals kept in step with what is on record, decisions, and the way to the biller."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
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
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import charge_contacts, charge_decisions, charges

_ENDED = (ChargeState.VOID.value, ChargeState.DROPPED.value)
#: Whoever changes charges takes this lock, so that two on PostgreSQL never propose one contact twice.
CHARGES_LOCK = "charges"


class ChargeReads(Reads):
    """Reading charges."""

    def charges(
        self,
        *,
        states: Sequence[ChargeState] = (),
        client_id: str | None = None,
        contact: int | None = None,
        limit: int | None = None,
    ) -> list[ChargeRecord]:
        """Charges that meet every filter given, oldest first; without a state, all but dropped ones."""
        wanted = [state.value for state in states]
        conditions = [charges.c.state.in_(wanted) if wanted else charges.c.state != ChargeState.DROPPED.value]
        if client_id is not None:
            conditions.append(charges.c.client_id == client_id)
        if contact is not None:
            of_contact = sa.select(charge_contacts.c.charge).where(charge_contacts.c.contact == contact)
            conditions.append(charges.c.number.in_(of_contact))
        with self._database.read() as connection:
            return _charges(connection, self.therapist, *conditions, limit=limit)

    def charge(self, number: int) -> ChargeRecord | None:
        """The charge with this number."""
        with self._database.read() as connection:
            found = _charges(connection, self.therapist, charges.c.number == number)
        return found[0] if found else None

    def charges_to_settle(self, at: datetime) -> list[ChargeRecord]:
        """What the biller has to do now, or may have done already: oldest first."""
        due = sa.or_(charges.c.next_attempt_at.is_(None), charges.c.next_attempt_at <= at)
        open_states = [
            state.value
            for state in (
                ChargeState.CONFIRMED,
                ChargeState.ATTEMPTING,
                ChargeState.VOIDING,
                ChargeState.ATTEMPTING_VOID,
            )
        ]
        with self._database.read() as connection:
            return _charges(connection, self.therapist, charges.c.state.in_(open_states), due)

    def decisions(self, charge: int) -> list[ChargeDecision]:
        """What was decided about a charge, oldest first."""
        query = (
            sa.select(charge_decisions)
            .where(charge_decisions.c.therapist == self.therapist, charge_decisions.c.charge == charge)
            .order_by(charge_decisions.c.id)
        )
        with self._database.read() as connection:
            return [_decision(row) for row in connection.execute(query)]

    def charge_of_last_decision(self) -> int | None:
        """The charge that was decided on last, and not undone since."""
        query = (
            sa.select(charge_decisions.c.charge)
            .where(charge_decisions.c.therapist == self.therapist, charge_decisions.c.undone_at.is_(None))
            .order_by(charge_decisions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            found: int | None = connection.scalar(query)
        return found


class ChargeWrites(Writes):
    """Changing charges; every method wants the lock `CHARGES_LOCK`."""

    def propose(self, assessments: Iterable[Assessment], at: datetime) -> tuple[int, int]:
        """Bring the proposals in step with what is on record; how many were made, and how many dropped.

        Only proposals move. A contact that has a charge somebody decided on gets no further one, also
        not where that charge was taken back.
        """
        wanted = {
            (each.client_id, each.unit, each.policy_version): each for each in assessments if each.amount
        }
        standing = {
            (each.client_id, each.unit, each.policy_version): each
            for each in _charges(
                self.connection, self.therapist, charges.c.state == ChargeState.PROPOSED.value
            )
        }
        dropped = [each.number for unit, each in standing.items() if unit not in wanted]
        self._end(dropped, ChargeState.DROPPED, at)
        taken = self._taken()
        made = 0
        for unit, assessment in wanted.items():
            if unit in standing:
                self._renew(standing[unit], assessment)
            elif taken.isdisjoint(assessment.contacts):
                self._add_charge(assessment, at)
                made += 1
        return made, len(dropped)

    def _taken(self) -> set[int]:
        """The contacts that have a charge already, or had one that was taken back for good."""
        undone = (
            sa.select(charge_decisions.c.charge)
            .where(charge_decisions.c.kind != DecisionKind.VOID.value)
            .where(charge_decisions.c.undone_at.is_not(None))
        )
        query = (
            sa.select(charge_contacts.c.contact)
            .join(charges, charges.c.number == charge_contacts.c.charge)
            .where(
                charge_contacts.c.therapist == self.therapist,
                sa.or_(
                    charge_contacts.c.live,
                    (charges.c.state == ChargeState.VOID.value) & charges.c.number.not_in(undone),
                ),
            )
        )
        return set(self.connection.scalars(query))

    def _renew(self, standing: ChargeRecord, assessment: Assessment) -> None:
        """Write a proposal anew where it changed."""
        values = _values(assessment)
        before = {name: value for name, value in _row_of(standing).items() if name in values}
        if values == before:
            return
        self._set(standing.number, **values)
        gone = sa.delete(charge_contacts).where(charge_contacts.c.charge == standing.number)
        self.connection.execute(gone)
        self._bind(standing.number, assessment.contacts)

    def _add_charge(self, assessment: Assessment, at: datetime) -> int:
        """A new proposal."""
        unit = (assessment.client_id, assessment.unit, assessment.policy_version)
        return self._insert_charge(
            {
                "client_id": assessment.client_id,
                "unit": assessment.unit,
                "policy_version": assessment.policy_version,
                **_values(assessment),
            },
            ChargeState.PROPOSED,
            self._key(*unit),
            assessment.contacts,
            at,
        )

    def _insert_charge(
        self, values: dict[str, Any], state: ChargeState, key: str, contacts: Sequence[int], at: datetime
    ) -> int:
        """A row with its contacts."""
        row = sa.insert(charges).values(
            therapist=self.therapist,
            state=state.value,
            reason="",
            key=key,
            attempts=0,
            created_at=at,
            **values,
        )
        number = int(self.connection.scalar(row.returning(charges.c.number)) or 0)
        self._bind(number, contacts)
        return number

    def _key(self, client_id: str, unit: str, version: str) -> str:
        """The idempotency key: the same in any store for the same unit, and another one after each void."""
        same = (
            (charges.c.therapist == self.therapist)
            & (charges.c.client_id == client_id)
            & (charges.c.unit == unit)
            & (charges.c.policy_version == version)
        )
        before = self.connection.scalar(sa.select(sa.func.count()).select_from(charges).where(same))
        text = "\0".join((self.therapist, client_id, unit, version, str(before)))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _bind(self, charge: int, contacts: Sequence[int]) -> None:
        """Say which contacts a charge is for; each has at most one live charge."""
        rows = [
            {"charge": charge, "contact": contact, "therapist": self.therapist, "live": True}
            for contact in contacts
        ]
        self.connection.execute(sa.insert(charge_contacts), rows)

    def decide_charge(
        self,
        charge: ChargeRecord,
        kind: DecisionKind,
        to: ChargeState,
        at: datetime,
        *,
        made_by: str,
        reason: str = "",
        **changes: Any,
    ) -> bool:
        """Record a decision and its state; False, and nothing done, where the charge moved meanwhile.

        `changes` may be `seconds`, `net`, `tax` and `steps` (encoded).
        """
        if not self.move_charge(
            charge, to, at, reason=reason, decided_at=at, next_attempt_at=None, **changes
        ):
            return False
        before = {
            "state": charge.state.value,
            "reason": charge.reason,
            "seconds": charge.seconds,
            "net": charge.amount.net,
            "tax": charge.amount.tax,
            "steps": encode_steps(charge.steps),
        }
        self.connection.execute(
            sa.insert(charge_decisions).values(
                therapist=self.therapist,
                charge=charge.number,
                kind=kind.value,
                reason=reason,
                before=json.dumps(before),
                made_by=made_by,
                made_at=at,
            )
        )
        return True

    def move_charge(self, charge: ChargeRecord, to: ChargeState, at: datetime, **values: Any) -> bool:
        """From the state that was seen to another; False where it is another by now."""
        change = sa.update(charges).where(
            charges.c.therapist == self.therapist,
            charges.c.number == charge.number,
            charges.c.state == charge.state.value,
            charges.c.attempts == charge.attempts,
        )
        if to in (ChargeState.ATTEMPTING, ChargeState.ATTEMPTING_VOID):
            values |= {"attempts": charge.attempts + 1, "attempted_at": at}
        if to in (ChargeState.POSTED, ChargeState.VOID, ChargeState.SET_ASIDE):
            values |= {"settled_at": at}
        moved = self.connection.execute(change.values(state=to.value, **values)).rowcount > 0
        if moved and to in (ChargeState.VOID, ChargeState.DROPPED):
            self._release([charge.number])
        return moved

    def last_decision(self, charge: int) -> tuple[ChargeDecision, dict[str, Any]] | None:
        """The latest decision about a charge that was not undone, with what stood there before."""
        query = (
            sa.select(charge_decisions)
            .where(
                charge_decisions.c.therapist == self.therapist,
                charge_decisions.c.charge == charge,
                charge_decisions.c.undone_at.is_(None),
            )
            .order_by(charge_decisions.c.id.desc())
            .limit(1)
        )
        row = self.connection.execute(query).one_or_none()
        return None if row is None else (_decision(row), json.loads(row.before))

    def mark_undone(self, decision: ChargeDecision, at: datetime) -> None:
        """Remember that a decision was undone."""
        change = sa.update(charge_decisions).where(charge_decisions.c.id == decision.id)
        self.connection.execute(change.values(undone_at=at))

    def charge_again(self, charge: ChargeRecord, at: datetime) -> int:
        """A confirmed charge for the same unit as one that was taken back, under a key of its own."""
        values = {name: value for name, value in _row_of(charge).items() if name not in _OF_ITS_OWN}
        key = self._key(charge.client_id, charge.unit, charge.policy_version)
        return self._insert_charge(
            {**values, "decided_at": at}, ChargeState.CONFIRMED, key, charge.contacts, at
        )

    def charge_now(self, number: int) -> ChargeRecord | None:
        """The charge as it is for this transaction."""
        found = _charges(self.connection, self.therapist, charges.c.number == number)
        return found[0] if found else None

    def _end(self, numbers: Sequence[int], state: ChargeState, at: datetime) -> None:
        """End charges, whose contacts are free then."""
        if numbers:
            change = sa.update(charges).where(charges.c.number.in_(numbers))
            self.connection.execute(change.values(state=state.value, settled_at=at))
            self._release(numbers)

    def _release(self, numbers: Sequence[int]) -> None:
        """The contacts of these charges are no longer bound by them."""
        change = sa.update(charge_contacts).where(charge_contacts.c.charge.in_(numbers))
        self.connection.execute(change.values(live=False))

    def _set(self, number: int, **values: Any) -> None:
        """Write columns of a charge."""
        self.connection.execute(sa.update(charges).where(charges.c.number == number).values(**values))


#: What a charge does not hand on to the one that takes its place.
_OF_ITS_OWN = frozenset(
    {
        *("number", "state", "reason", "key", "reference", "attempts", "next_attempt_at"),
        *("created_at", "decided_at", "attempted_at", "settled_at"),
    }
)


def _values(assessment: Assessment) -> dict[str, Any]:
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


def _row_of(charge: ChargeRecord) -> dict[str, Any]:
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


def _charges(
    connection: sa.Connection, therapist: str, *conditions: sa.ColumnElement[bool], limit: int | None = None
) -> list[ChargeRecord]:
    """A therapist's charges under conditions."""
    query = (
        sa.select(charges)
        .where(charges.c.therapist == therapist, *conditions)
        .order_by(charges.c.number)
        .limit(limit)
    )
    return [_record(row) for row in connection.execute(query)]


def _record(row: Any) -> ChargeRecord:
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


def _decision(row: Any) -> ChargeDecision:
    """A decision as a value."""
    return ChargeDecision(
        row.id, row.charge, DecisionKind(row.kind), row.reason, row.made_by, row.made_at, row.undone_at
    )


def explained(steps: tuple[Step, ...], name: str, because: str) -> str:
    """The stored form of an explanation in which one step says something else."""
    return encode_steps(tuple(Step(name, True, because) if step.name == name else step for step in steps))
