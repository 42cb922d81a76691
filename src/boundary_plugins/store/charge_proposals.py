"""Proposed charges, kept in step with what is on record; nothing that somebody decided on is touched."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.fees.charge import Assessment
from boundary_plugins.store.charge_binding import BindingWrites, Unit
from boundary_plugins.store.charge_records import ChargeState, DecisionKind
from boundary_plugins.store.charge_rows import assessed_columns
from boundary_plugins.store.tables import charge_contacts, charge_decisions, charges

_ENDED = (ChargeState.VOID.value, ChargeState.DROPPED.value)


class ProposalWrites(BindingWrites):
    """Changing proposals; every method wants the lock `CHARGES_LOCK`."""

    def propose(self, assessments: Iterable[Assessment], at: datetime) -> tuple[int, int]:
        """Bring the proposals in step with what is on record; how many were made, and how many dropped.

        Only proposals move. A contact that has a charge somebody decided on gets no further one, also
        not where that charge was taken back.
        """
        taken, decided = self._taken(), self._decided_units()
        wanted = {
            _unit(each): each
            for each in assessments
            if each.amount and _unit(each) not in decided and taken.isdisjoint(each.contacts)
        }
        standing = self._standing()
        dropped = [row.number for unit, row in standing.items() if unit not in wanted]
        self._drop_proposals(dropped, at)
        self._renew_proposals([(row, wanted[unit]) for unit, row in standing.items() if unit in wanted])
        new = [assessment for unit, assessment in wanted.items() if unit not in standing]
        made = sorted(new, key=lambda each: (each.first_on, each.contacts))
        self._add_proposals(made, at)
        return len(made), len(dropped)

    def _taken(self) -> set[int]:
        """The contacts that have a charge somebody decided on, or had one that was taken back for good."""
        # Else a charge is void because its confirmation was undone, and then it is proposed anew.
        for_good = sa.select(charge_decisions.c.charge).where(
            charge_decisions.c.therapist == self.therapist,
            charge_decisions.c.kind == DecisionKind.VOID.value,
            charge_decisions.c.undone_at.is_(None),
        )
        query = (
            sa.select(charge_contacts.c.contact)
            .join(charges, charges.c.number == charge_contacts.c.charge)
            .where(
                charge_contacts.c.therapist == self.therapist,
                sa.or_(
                    charge_contacts.c.live & (charges.c.state != ChargeState.PROPOSED.value),
                    (charges.c.state == ChargeState.VOID.value) & charges.c.number.in_(for_good),
                ),
            )
        )
        return set(self.connection.scalars(query))

    def _decided_units(self) -> set[Unit]:
        """The units that have a live charge which somebody decided on, whatever its contacts are by now."""
        query = sa.select(charges.c.client_id, charges.c.unit, charges.c.policy_version).where(
            charges.c.therapist == self.therapist,
            charges.c.state.not_in((*_ENDED, ChargeState.PROPOSED.value)),
        )
        return {(row.client_id, row.unit, row.policy_version) for row in self.connection.execute(query)}

    def _drop_proposals(self, numbers: Sequence[int], at: datetime) -> None:
        """End proposals, whose contacts are free then."""
        if numbers:
            change = sa.update(charges).where(charges.c.number == sa.bindparam("dropped"))
            ended = change.values(state=ChargeState.DROPPED.value, settled_at=at)
            self.connection.execute(ended, [{"dropped": number} for number in numbers])
            self.release_contacts(numbers)

    def _standing(self) -> dict[Unit, Any]:
        """The rows of the proposals that stand, by unit; as rows, because most are only compared."""
        query = sa.select(charges).where(
            charges.c.therapist == self.therapist, charges.c.state == ChargeState.PROPOSED.value
        )
        rows = self.connection.execute(query)
        return {(row.client_id, row.unit, row.policy_version): row for row in rows}

    def _renew_proposals(self, proposals: Iterable[tuple[Any, Assessment]]) -> None:
        """Write proposals anew where they changed."""
        moved: dict[int, Sequence[int]] = {}
        for row, assessment in proposals:
            values = assessed_columns(assessment)
            if all(row._mapping[name] == value for name, value in values.items()):
                continue
            change = sa.update(charges).where(charges.c.number == row.number)
            self.connection.execute(change.values(**values))
            moved[row.number] = assessment.contacts
        # All at once, because a contact may go from one to another.
        self.bind_contacts(moved)

    def _add_proposals(self, assessments: Sequence[Assessment], at: datetime) -> None:
        """New proposals."""
        if not assessments:
            return
        keys = self.charge_keys([_unit(each) for each in assessments])
        ours = {"therapist": self.therapist, "state": ChargeState.PROPOSED.value, "reason": "", "attempts": 0}
        rows = [
            {
                **ours,
                "client_id": each.client_id,
                "unit": each.unit,
                "policy_version": each.policy_version,
                "key": key,
                "created_at": at,
                **assessed_columns(each),
            }
            for each, key in zip(assessments, keys, strict=True)
        ]
        added = sa.insert(charges).returning(charges.c.number, sort_by_parameter_order=True)
        numbers = self.connection.scalars(added, rows).all()
        self.bind_contacts({number: each.contacts for number, each in zip(numbers, assessments, strict=True)})


def _unit(assessment: Assessment) -> Unit:
    """What the charge of an assessment is unique by."""
    return assessment.client_id, assessment.unit, assessment.policy_version
