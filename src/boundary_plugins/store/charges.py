"""Charges in the store, as they are read: by number, state, client or contact, and what the biller has to do."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from boundary_plugins.store.charge_records import ChargeDecision, ChargeRecord, ChargeState, DecisionKind
from boundary_plugins.store.charge_rows import charges_on, decision_of
from boundary_plugins.store.session import Reads
from boundary_plugins.store.tables import charge_contacts, charge_decisions, charges

#: Whoever changes charges takes this lock, so that two on PostgreSQL never propose one contact twice.
CHARGES_LOCK = "charges"
#: The states in which a charge is on its way to the biller.
ON_THE_WAY = (
    ChargeState.CONFIRMED,
    ChargeState.ATTEMPTING,
    ChargeState.VOIDING,
    ChargeState.ATTEMPTING_VOID,
)


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
            return charges_on(connection, self.therapist, *conditions, limit=limit)

    def charge(self, number: int) -> ChargeRecord | None:
        """The charge with this number."""
        with self._database.read() as connection:
            found = charges_on(connection, self.therapist, charges.c.number == number)
        return found[0] if found else None

    def charges_to_settle(self, at: datetime) -> list[ChargeRecord]:
        """What the biller has to do now, or may have done already: oldest first."""
        due = sa.or_(charges.c.next_attempt_at.is_(None), charges.c.next_attempt_at <= at)
        on_the_way = [state.value for state in ON_THE_WAY]
        with self._database.read() as connection:
            return charges_on(connection, self.therapist, charges.c.state.in_(on_the_way), due)

    def decisions(self, charge: int) -> list[ChargeDecision]:
        """What was decided about a charge, oldest first."""
        query = (
            sa.select(charge_decisions)
            .where(charge_decisions.c.therapist == self.therapist, charge_decisions.c.charge == charge)
            .order_by(charge_decisions.c.id)
        )
        with self._database.read() as connection:
            return [decision_of(row) for row in connection.execute(query)]

    def charge_of_last_decision(self) -> int | None:
        """The charge that was decided on last, and not undone since.

        Of one that is taken back, only the taking back can be undone.
        """
        query = (
            sa.select(charge_decisions.c.charge)
            .join(charges, charges.c.number == charge_decisions.c.charge)
            .where(
                charge_decisions.c.therapist == self.therapist,
                charge_decisions.c.undone_at.is_(None),
                sa.or_(
                    charge_decisions.c.kind == DecisionKind.VOID.value,
                    charges.c.state != ChargeState.VOID.value,
                ),
            )
            .order_by(charge_decisions.c.id.desc())
            .limit(1)
        )
        with self._database.read() as connection:
            found: int | None = connection.scalar(query)
        return found

    def charges_to_decide(self, at: datetime) -> int:
        """How many proposals are over and wait for the therapist."""
        over = sa.or_(charges.c.ends_at.is_(None), charges.c.ends_at <= at)
        query = (
            sa.select(sa.func.count())
            .select_from(charges)
            .where(
                charges.c.therapist == self.therapist,
                charges.c.state == ChargeState.PROPOSED.value,
                over,
            )
        )
        with self._database.read() as connection:
            return connection.scalar(query) or 0
