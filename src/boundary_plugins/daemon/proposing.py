"""What contacts come to, and the proposed charges that are kept in step with it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from boundary_plugins.core.fees.charge import Assessment, TimedContact, assess
from boundary_plugins.store.charges import CHARGES_LOCK
from boundary_plugins.store.repository import Store


@dataclass(frozen=True, slots=True)
class Proposing:
    """The proposals of one practice, by every version of its fee policy on record; `zone` says where days begin."""

    store: Store
    zone: str
    now: Callable[[], datetime]

    def review(self) -> tuple[int, int]:
        """Bring the proposals in step with contacts, time, consents and policies; how many came and went.

        Raises StoreError.
        """
        assessments = self._assessments(self.store.timed_contacts(with_cause=True))
        at = self.now()
        with self.store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
            return transaction.propose(assessments, at)

    def assessment_of(self, contact: int) -> Assessment | None:
        """What a contact comes to, also where that is nothing; None where it is no client's on file."""
        found = self.store.contact(contact)
        if found is None or found.contact.client_id is None:
            return None
        timed = self.store.timed_contacts(client_id=found.contact.client_id)
        return next((each for each in self._assessments(timed) if contact in each.contacts), None)

    def _assessments(self, contacts: Iterable[TimedContact]) -> list[Assessment]:
        """What the contacts of clients on file come to."""
        terms, policies = self.store.fee_terms(), self.store.fee_policies()
        by_client: dict[str, list[TimedContact]] = {}
        for timed in contacts:
            client_id = timed.contact.client_id
            if client_id is not None and client_id in terms:
                by_client.setdefault(client_id, []).append(timed)
        return [
            assessment
            for client_id, theirs in by_client.items()
            for assessment in assess(theirs, terms[client_id], policies, self.zone)
        ]
