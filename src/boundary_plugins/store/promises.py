"""Promised answers that are still owed: responses that went, after which the client heard nothing."""

from datetime import datetime

import sqlalchemy as sa

from boundary_plugins.core.response_promise import Promise, promise_of
from boundary_plugins.store.encoding import decode_facts
from boundary_plugins.store.records import IntentState
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import contacts, intents, kept_promises, therapist_sent, time_entries


class PromiseReads(Reads):
    """Reading promises."""

    def promises(self) -> list[Promise]:
        """What was promised to clients and not kept yet, what was due first before the rest.

        Kept is a promise once the therapist wrote to the client after the contact, logged a later contact
        with them by hand and time on it, or said so. People who are not on file have no contact to name.
        """
        same = [contacts.c[name] == intents.c[name] for name in ("therapist", "mailbox", "provider_id")]
        query = (
            sa.select(
                intents.c.facts,
                intents.c.settled_at,
                contacts.c.number,
                contacts.c.client_id,
                contacts.c.arrived_at,
            )
            .join(contacts, sa.and_(*same))
            .where(
                intents.c.therapist == self.therapist,
                intents.c.state == IntentState.SENT.value,
                ~intents.c.crisis,
                contacts.c.client_id.is_not(None),
                ~sa.or_(_wrote(), _spoke(), _said_so()),
            )
        )
        with self._database.read() as connection:
            found = [
                promise_of(decode_facts(facts), client_id, number, came_at, promised_at)
                for facts, promised_at, number, client_id, came_at in connection.execute(query)
            ]
        return sorted(filter(None, found), key=_in_order)


class PromiseWrites(Writes):
    """Saying that promises were kept."""

    def keep_promise(self, contact: int, at: datetime) -> None:
        """The answer was given, in a way that no mailbox sees; `contact` is one of this therapist's."""
        self.owe_again(contact)
        row = sa.insert(kept_promises).values(contact=contact, therapist=self.therapist, kept_at=at)
        self.connection.execute(row)

    def owe_again(self, contact: int) -> bool:
        """Take that back; False where it was not said."""
        gone = sa.delete(kept_promises).where(
            kept_promises.c.therapist == self.therapist, kept_promises.c.contact == contact
        )
        return self.connection.execute(gone).rowcount > 0


def _wrote() -> sa.ColumnElement[bool]:
    """Whether the therapist wrote to the client after the contact, from any mailbox."""
    return sa.exists().where(
        therapist_sent.c.therapist == contacts.c.therapist,
        therapist_sent.c.client_id == contacts.c.client_id,
        therapist_sent.c.sent_at > contacts.c.arrived_at,
    )


def _spoke() -> sa.ColumnElement[bool]:
    """Whether a later contact with the client was logged by hand, and time on it."""
    later = contacts.alias("later")
    return sa.exists().where(
        later.c.therapist == contacts.c.therapist,
        later.c.client_id == contacts.c.client_id,
        later.c.arrived_at > contacts.c.arrived_at,
        later.c.mailbox.is_(None),
        sa.exists().where(time_entries.c.contact == later.c.number, time_entries.c.seconds > 0),
    )


def _said_so() -> sa.ColumnElement[bool]:
    """Whether the therapist said that the answer was given."""
    return sa.exists().where(kept_promises.c.contact == contacts.c.number)


def _in_order(promise: Promise) -> tuple[datetime, datetime, int]:
    """By when it became due, then by when the contact came."""
    return promise.due_at, promise.came_at, promise.contact
