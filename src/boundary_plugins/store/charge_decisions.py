"""Decisions about charges, and every further step of one, each only from the state that was seen."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.store.charge_binding import BindingWrites
from boundary_plugins.store.charge_records import (
    ChargeDecision,
    ChargeRecord,
    ChargeState,
    DecisionKind,
)
from boundary_plugins.store.charge_rows import charges_on, columns_of, decision_of
from boundary_plugins.store.fee_encoding import encode_steps
from boundary_plugins.store.tables import charge_contacts, charge_decisions, charges

_ENDED = (ChargeState.VOID.value, ChargeState.DROPPED.value)


class DecisionWrites(BindingWrites):
    """Deciding on charges and moving them; every method wants the lock `CHARGES_LOCK`."""

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
        self._keep_decision(charge, kind, at, made_by=made_by, reason=reason)
        return True

    def _keep_decision(
        self, charge: ChargeRecord, kind: DecisionKind, at: datetime, *, made_by: str, reason: str
    ) -> None:
        """Put a decision on record, with the charge as it stood before."""
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

    def move_charge(self, charge: ChargeRecord, to: ChargeState, at: datetime, **values: Any) -> bool:
        """From the state that was seen to another; False where it, or what it comes to, is another by now."""
        change = sa.update(charges).where(
            charges.c.therapist == self.therapist,
            charges.c.number == charge.number,
            charges.c.state == charge.state.value,
            charges.c.attempts == charge.attempts,
            # A proposal may be written anew between the look at it and the yes to it.
            charges.c.contacts == json.dumps(charge.contacts),
            charges.c.seconds == charge.seconds,
            charges.c.net == charge.amount.net,
            charges.c.tax == charge.amount.tax,
        )
        if to in (ChargeState.ATTEMPTING, ChargeState.ATTEMPTING_VOID):
            values |= {"attempts": charge.attempts + 1, "attempted_at": at}
        if to in (ChargeState.POSTED, ChargeState.VOID, ChargeState.SET_ASIDE):
            values |= {"settled_at": at}
        moved = self.connection.execute(change.values(state=to.value, **values)).rowcount > 0
        if moved and to in (ChargeState.VOID, ChargeState.DROPPED):
            self.release_contacts([charge.number])
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
        return None if row is None else (decision_of(row), json.loads(row.before))

    def mark_undone(self, decision: ChargeDecision, at: datetime) -> None:
        """Remember that a decision was undone."""
        change = sa.update(charge_decisions).where(charge_decisions.c.id == decision.id)
        self.connection.execute(change.values(undone_at=at))

    def charge_again(self, charge: ChargeRecord, at: datetime, *, made_by: str) -> int | None:
        """A confirmed charge for the same unit as one that was taken back, under a key of its own.

        Its confirmation is a decision that can be undone. None where the unit or one of its contacts has
        another charge by now.
        """
        if self._has_another(charge):
            return None
        values = {name: value for name, value in columns_of(charge).items() if name != "number"}
        [key] = self.charge_keys([(charge.client_id, charge.unit, charge.policy_version)])
        row = sa.insert(charges).values(
            **values,
            therapist=self.therapist,
            state=ChargeState.CONFIRMED.value,
            reason="",
            key=key,
            attempts=0,
            created_at=at,
            decided_at=at,
        )
        number = int(self.connection.scalar(row.returning(charges.c.number)) or 0)
        self.bind_contacts({number: charge.contacts})
        proposal = replace(charge, number=number, state=ChargeState.PROPOSED, reason="")
        self._keep_decision(proposal, DecisionKind.CONFIRM, at, made_by=made_by, reason="")
        return number

    def _has_another(self, charge: ChargeRecord) -> bool:
        """Whether something else is charged for the same unit, or for a contact of it."""
        of_unit = sa.select(charges.c.number).where(
            charges.c.therapist == self.therapist,
            charges.c.client_id == charge.client_id,
            charges.c.unit == charge.unit,
            charges.c.policy_version == charge.policy_version,
            charges.c.state.not_in(_ENDED),
        )
        of_contacts = sa.select(charge_contacts.c.charge).where(
            charge_contacts.c.therapist == self.therapist,
            charge_contacts.c.contact.in_(charge.contacts),
            charge_contacts.c.live,
        )
        return self.connection.scalar(sa.union_all(of_unit, of_contacts).limit(1)) is not None

    def charge_now(self, number: int) -> ChargeRecord | None:
        """The charge as it is for this transaction."""
        found = charges_on(self.connection, self.therapist, charges.c.number == number)
        return found[0] if found else None
