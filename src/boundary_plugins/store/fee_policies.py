"""Versions of the fee policy as they were when they were first seen; none of them ever changes."""

from datetime import datetime

import sqlalchemy as sa

from boundary_plugins.core.fees.tariff import FeePolicy
from boundary_plugins.store.fee_encoding import decode_policy, encode_policy
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import fee_policies


class PolicyReads(Reads):
    """Reading versions of the fee policy."""

    def fee_policies(self) -> tuple[FeePolicy, ...]:
        """Every version on record, in the order in which they were first seen."""
        query = (
            sa.select(fee_policies.c.policy)
            .where(fee_policies.c.therapist == self.therapist)
            .order_by(fee_policies.c.first_seen_at, fee_policies.c.version)
        )
        with self._database.read() as connection:
            return tuple(decode_policy(text) for text in connection.scalars(query))

    def policy_is_changed(self, policy: FeePolicy) -> datetime | None:
        """When another policy was first seen under this one's version; None where there is none."""
        query = sa.select(fee_policies.c.digest, fee_policies.c.first_seen_at).where(
            fee_policies.c.therapist == self.therapist, fee_policies.c.version == policy.version
        )
        digest, _ = encode_policy(policy)
        with self._database.read() as connection:
            found = connection.execute(query).one_or_none()
        return None if found is None or found.digest == digest else found.first_seen_at


class PolicyWrites(Writes):
    """Recording a version."""

    def keep_policy(self, policy: FeePolicy, at: datetime) -> bool:
        """Put a version on record; True where it is new. One that is there stays as it is."""
        digest, text = encode_policy(policy)
        row = self._insert(fee_policies).values(
            therapist=self.therapist,
            version=policy.version,
            digest=digest,
            policy=text,
            effective_at=policy.effective_at,
            first_seen_at=at,
        )
        added = row.on_conflict_do_nothing().returning(fee_policies.c.version)
        return self.connection.scalar(added) is not None
