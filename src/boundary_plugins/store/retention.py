"""Forgetting by age: what is no longer needed goes, and what keeps mail from being new again stays."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from boundary_plugins.store.records import IntentState, MessageState
from boundary_plugins.store.session import Writes
from boundary_plugins.store.tables import (
    availability_changes,
    contacts,
    intents,
    messages,
    notices,
    therapist_sent,
)

#: The history that a decision looks at is never forgotten.
NEEDED = timedelta(days=61)


class RetentionWrites(Writes):
    """Forgetting."""

    def forget_older(
        self,
        at: datetime,
        *,
        decisions_before: datetime,
        contacts_before: datetime | None = None,
        overrides_before: datetime | None = None,
    ) -> int:
        """Forget decisions, settled responses and what belongs to them; how many messages were forgotten.

        Of a message only its provider's id stays, as history, so that it is not judged anew. Nothing
        younger than 61 days goes. Contacts go only where `contacts_before` is given; one-off openings and
        closings that ended before `overrides_before`, else before `decisions_before`.
        """
        before = min(decisions_before, at - NEEDED)
        self._forget_rows(before, min(overrides_before or before, at - NEEDED))
        if contacts_before is not None:
            self.connection.execute(
                sa.delete(contacts).where(
                    contacts.c.therapist == self.therapist, contacts.c.arrived_at < contacts_before
                )
            )
        forgotten = sa.update(messages).where(
            messages.c.therapist == self.therapist,
            messages.c.decided_at < before,
            messages.c.state != MessageState.HISTORY.value,
        )
        nothing = {"message_key": None, "arrived_at": None, "reasons": None, "would_respond": False}
        as_history = {"state": MessageState.HISTORY.value, "reason": "history"}
        return self.connection.execute(forgotten.values(**nothing, **as_history)).rowcount

    def _forget_rows(self, before: datetime, overrides_before: datetime) -> None:
        """Delete what is settled, sent, undone or cleared, and old."""
        settled = [IntentState.SENT.value, IntentState.DROPPED.value, IntentState.SET_ASIDE.value]
        for table, old in (
            (intents, (intents.c.created_at < before) & intents.c.state.in_(settled)),
            (therapist_sent, therapist_sent.c.sent_at < before),
            (notices, notices.c.cleared_at < before),
            (availability_changes, availability_changes.c.ends_at < overrides_before),
        ):
            self.connection.execute(sa.delete(table).where(table.c.therapist == self.therapist, old))
