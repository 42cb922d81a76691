"""Which contacts a charge is for, and the biller's key of each: no contact ever has two live charges."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

import sqlalchemy as sa

from boundary_plugins.store.session import Writes
from boundary_plugins.store.tables import charge_contacts, charges

#: What tells the units of a therapist apart: client, unit, policy version.
Unit = tuple[str, str, str]


class BindingWrites(Writes):
    """Binding contacts and making keys; every method wants the lock `CHARGES_LOCK`."""

    def bind_contacts(self, contacts: Mapping[int, Sequence[int]]) -> None:
        """Say for each charge which contacts it is for, in place of what was said before."""
        if not contacts:
            return
        gone = sa.delete(charge_contacts).where(charge_contacts.c.charge == sa.bindparam("number"))
        self.connection.execute(gone, [{"number": charge} for charge in contacts])
        rows = [
            {"charge": charge, "contact": contact, "therapist": self.therapist, "live": True}
            for charge, bound in contacts.items()
            for contact in bound
        ]
        self.connection.execute(sa.insert(charge_contacts), rows)

    def release_contacts(self, numbers: Sequence[int]) -> None:
        """The contacts of these charges are no longer bound by them."""
        change = sa.update(charge_contacts).where(charge_contacts.c.charge == sa.bindparam("number"))
        self.connection.execute(change.values(live=False), [{"number": number} for number in numbers])

    def charge_keys(self, units: Sequence[Unit]) -> list[str]:
        """Idempotency keys: the same in any store for the same unit, and another one after each that ended."""
        named = (charges.c.client_id, charges.c.unit, charges.c.policy_version)
        query = (
            sa.select(*named, sa.func.count())
            .where(charges.c.therapist == self.therapist)
            .where(charges.c.client_id.in_({client_id for client_id, _, _ in units}))
            .group_by(*named)
        )
        before = {(row[0], row[1], row[2]): row[3] for row in self.connection.execute(query)}
        return [self._charge_key(unit, before.get(unit, 0)) for unit in units]

    def _charge_key(self, unit: Unit, before: int) -> str:
        """The key of a unit that had so many charges before."""
        text = "\0".join((self.therapist, *unit, str(before)))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
