"""What bears on a client's fees: standing, session fee and consents, all in the client directory."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.client import Consent, FeeStanding, FeeTerms
from boundary_plugins.core.fees.price import SessionFee
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import clients, consents


class FeeTermsReads(Reads):
    """Reading clients' fee terms."""

    def fee_terms(self, client_id: str | None = None) -> Mapping[str, FeeTerms]:
        """The terms of every client on file, or of one, by id."""
        of_clients = sa.select(clients).where(clients.c.therapist == self.therapist)
        of_consents = (
            sa.select(consents)
            .where(consents.c.therapist == self.therapist)
            .order_by(consents.c.given_at, consents.c.id)
        )
        if client_id is not None:
            of_clients = of_clients.where(clients.c.id == client_id)
            of_consents = of_consents.where(consents.c.client_id == client_id)
        with self._database.read() as connection:
            given: dict[str, list[Consent]] = defaultdict(list)
            for row in connection.execute(of_consents):
                given[row.client_id].append(
                    Consent(row.policy_version, row.given_at, row.how, row.revoked_at)
                )
            return {
                row.id: FeeTerms(
                    row.id, FeeStanding(row.fee_standing), _session_fee(row), tuple(given[row.id])
                )
                for row in connection.execute(of_clients)
            }

    def invoice_recipient(self, client_id: str) -> str | None:
        """What stands on this client's invoices as the recipient; None where nothing is on file."""
        query = sa.select(clients.c.invoice_to).where(
            clients.c.therapist == self.therapist, clients.c.id == client_id
        )
        with self._database.read() as connection:
            found: str | None = connection.scalar(query)
        return found


class FeeTermsWrites(Writes):
    """Changing clients' fee terms."""

    def set_fee_terms(self, client_id: str, at: datetime, **values: Any) -> bool:
        """Set `standing` (FeeStanding), `session_fee` (SessionFee or None) or `invoice_to`; False: no such client."""
        columns: dict[str, Any] = {}
        if "standing" in values:
            columns["fee_standing"] = values["standing"].value
        if "session_fee" in values:
            fee: SessionFee | None = values["session_fee"]
            columns["session_fee"] = fee.minor if fee else None
            columns["session_currency"] = fee.currency if fee else None
            columns["session_minutes"] = fee.minutes if fee else None
        if "invoice_to" in values:
            columns["invoice_to"] = values["invoice_to"]
        change = sa.update(clients).where(clients.c.therapist == self.therapist, clients.c.id == client_id)
        return self.connection.execute(change.values(edited_at=at, **columns)).rowcount > 0

    def add_consent(self, client_id: str, consent: Consent, at: datetime) -> bool:
        """Record a consent; False where this very one is on record."""
        row = self._insert(consents).values(
            therapist=self.therapist,
            client_id=client_id,
            policy_version=consent.policy_version,
            given_at=consent.given_at,
            how=consent.how,
            revoked_at=consent.revoked_at,
            recorded_at=at,
        )
        added = row.on_conflict_do_nothing().returning(consents.c.id)
        return self.connection.scalar(added) is not None

    def revoke_consent(self, client_id: str, policy_version: str, revoked_at: datetime) -> int:
        """End every consent to a version that is in force then; how many there were."""
        change = sa.update(consents).where(
            consents.c.therapist == self.therapist,
            consents.c.client_id == client_id,
            consents.c.policy_version == policy_version,
            sa.or_(consents.c.revoked_at.is_(None), consents.c.revoked_at > revoked_at),
        )
        return self.connection.execute(change.values(revoked_at=revoked_at)).rowcount


def _session_fee(row: Any) -> SessionFee | None:
    """The session fee on file."""
    if row.session_fee is None:
        return None
    return SessionFee(row.session_fee, row.session_currency, row.session_minutes)
