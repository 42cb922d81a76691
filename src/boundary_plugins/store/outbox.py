"""The way of a response in the store: due, attempting, and settled exactly once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.policy import SubjectForm
from boundary_plugins.store.encoding import decode_facts, decode_references
from boundary_plugins.store.records import IntentRecord, IntentState, Mode
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import intents, meta, therapist_sent, therapists

_OUTLIVED = "its closed window, or the greatest age, was over before it could be sent"
_THERAPIST_WROTE = "the therapist wrote to this client in this closed window"


class OutboxReads(Reads):
    """What the outbox asks."""

    def due(self, mailbox: str, at: datetime, *, ignore_hold: bool = False) -> list[IntentRecord]:
        """Intents that may be attempted now, oldest first; `ignore_hold` for a run that does not wait."""
        return self._intents(
            intents.c.mailbox == mailbox,
            intents.c.state == IntentState.INTENDED.value,
            intents.c.not_after > at,
            _may_begin(at, ignore_hold),
        )

    def next_due_at(self, mailbox: str) -> datetime | None:
        """When the next intent of the mailbox may be attempted; None where none is waiting."""
        query = sa.select(sa.func.min(_begins_at)).where(
            intents.c.therapist == self.therapist,
            intents.c.mailbox == mailbox,
            intents.c.state == IntentState.INTENDED.value,
        )
        with self._database.read() as connection:
            found: datetime | None = connection.scalar(query)
        return found

    def open_attempts(self, mailbox: str) -> list[IntentRecord]:
        """Attempts without an end: ask the provider about each before anything else is sent."""
        return self._intents(intents.c.mailbox == mailbox, intents.c.state == IntentState.ATTEMPTING.value)

    def intent(self, intent_id: int) -> IntentRecord | None:
        """One intent by its id."""
        found = self._intents(intents.c.id == intent_id)
        return found[0] if found else None

    def intents(
        self,
        *,
        mailbox: str | None = None,
        provider_id: str | None = None,
        client_id: str | None = None,
        states: Sequence[IntentState] = (),
        since: datetime | None = None,
        limit: int | None = None,
    ) -> list[IntentRecord]:
        """Intents that meet every filter given, oldest first; `since` is when they were made."""
        conditions = [
            column == value
            for column, value in (
                (intents.c.mailbox, mailbox),
                (intents.c.provider_id, provider_id),
                (intents.c.client_id, client_id),
            )
            if value is not None
        ]
        if states:
            conditions.append(intents.c.state.in_([state.value for state in states]))
        if since is not None:
            conditions.append(intents.c.created_at >= since)
        return self._intents(*conditions, limit=limit)

    def _intents(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[IntentRecord]:
        """This therapist's intents under conditions."""
        query = (
            sa.select(intents)
            .where(intents.c.therapist == self.therapist, *conditions)
            .order_by(intents.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_record(row) for row in connection.execute(query)]


class OutboxWrites(Writes):
    """The steps of a response; each says whether it was its turn, and otherwise changes nothing."""

    def begin_attempt(self, intent_id: int, at: datetime, *, ignore_hold: bool = False) -> bool:
        """From intended to attempting, if armed since before it was made, due and not outlived.

        The generation goes up. A response made before the last arming is of the past, and stays unsent.

        Use `Store.begin_attempt`, which also writes the generation file before anybody acts.
        """
        armed = sa.exists().where(
            therapists.c.therapist == self.therapist,
            therapists.c.mode == Mode.ARMED.value,
            therapists.c.armed_at <= intents.c.created_at,
        )
        begun = self._step(
            intent_id,
            IntentState.INTENDED,
            intents.c.not_after > at,
            _may_begin(at, ignore_hold),
            armed,
            state=IntentState.ATTEMPTING.value,
            attempted_at=at,
            attempts=intents.c.attempts + 1,
            next_attempt_at=None,
        )
        if begun:
            self.connection.execute(sa.update(meta).values(generation=meta.c.generation + 1))
        return begun

    def finish_sent(
        self, intent_id: int, at: datetime, note: str = "", message_id: str | None = None
    ) -> bool:
        """The provider took it. `note` tells what is odd (reverse-path not null), and no address.

        `message_id` is the one that it left with, where the provider replaced ours.
        """
        return self._settle(
            intent_id, IntentState.ATTEMPTING, IntentState.SENT, at, note=note, sent_message_id=message_id
        )

    def retry_at(self, intent_id: int, next_at: datetime, reason: str) -> bool:
        """The attempt surely did nothing; try again at `next_at`."""
        return self._step(
            intent_id,
            IntentState.ATTEMPTING,
            state=IntentState.INTENDED.value,
            next_attempt_at=next_at,
            reason=reason,
        )

    def drop(self, intent_id: int, at: datetime, reason: str) -> bool:
        """It will not be sent, and surely was not; it no longer counts as an answer."""
        return self._settle(intent_id, None, IntentState.DROPPED, at, reason=reason)

    def set_aside(self, intent_id: int, at: datetime, reason: str) -> bool:
        """Nobody can tell whether it was sent, or a person must look; it counts as an answer."""
        return self._settle(intent_id, None, IntentState.SET_ASIDE, at, reason=reason)

    def drop_outlived(self, mailbox: str, at: datetime) -> list[int]:
        """Drop what waited too long; the ids."""
        return self._drop_waiting(at, _OUTLIVED, intents.c.mailbox == mailbox, intents.c.not_after <= at)

    def drop_answered_by_therapist(self, mailbox: str, at: datetime) -> list[int]:
        """Drop what the therapist made superfluous by writing since the window's start; the ids.

        Call it after the Sent folder was read again and before `Store.due`.
        """
        by_client = sa.and_(
            therapist_sent.c.client_id == intents.c.client_id,
            intents.c.client_id.is_not(None),
        )
        by_sender = therapist_sent.c.recipient_key == intents.c.sender_key
        wrote = sa.exists().where(
            therapist_sent.c.therapist == intents.c.therapist,
            sa.or_(by_client, by_sender),
            therapist_sent.c.sent_at >= intents.c.window_start,
        )
        return self._drop_waiting(at, _THERAPIST_WROTE, intents.c.mailbox == mailbox, wrote)

    def drop_waiting(self, at: datetime, reason: str) -> list[int]:
        """Drop every response of the therapist that was not attempted yet; the ids."""
        return self._drop_waiting(at, reason)

    def _drop_waiting(self, at: datetime, reason: str, *conditions: sa.ColumnElement[bool]) -> list[int]:
        """Drop intended responses under conditions."""
        change = (
            sa.update(intents)
            .where(
                intents.c.therapist == self.therapist,
                intents.c.state == IntentState.INTENDED.value,
                *conditions,
            )
            .values(**_settled(IntentState.DROPPED, at), reason=reason)
            .returning(intents.c.id)
        )
        return sorted(self.connection.scalars(change))

    def _settle(
        self, intent_id: int, before: IntentState | None, after: IntentState, at: datetime, **more: str | None
    ) -> bool:
        """An end that is final; what was kept for threading goes."""
        return self._step(intent_id, before, **_settled(after, at), **more)

    def _step(
        self,
        intent_id: int,
        before: IntentState | None,
        *conditions: sa.ColumnElement[bool],
        **values: Any,
    ) -> bool:
        """Compare and set: only from `before` (None: from any open state)."""
        open_states = [IntentState.INTENDED, IntentState.ATTEMPTING] if before is None else [before]
        change = sa.update(intents).where(
            intents.c.id == intent_id,
            intents.c.therapist == self.therapist,
            intents.c.state.in_([state.value for state in open_states]),
            *conditions,
        )
        return self.connection.execute(change.values(**values)).rowcount > 0


_begins_at = sa.func.coalesce(intents.c.next_attempt_at, intents.c.not_before)


def _may_begin(at: datetime, ignore_hold: bool) -> sa.ColumnElement[bool]:
    """Whether the hold and the patience between two attempts are over."""
    if ignore_hold:
        return sa.or_(intents.c.next_attempt_at.is_(None), intents.c.next_attempt_at <= at)
    return _begins_at <= at


def _settled(state: IntentState, at: datetime) -> dict[str, Any]:
    """The columns of an intent that has come to its end."""
    return {
        "state": state.value,
        "settled_at": at,
        "next_attempt_at": None,
        "in_reply_to": None,
        "refs": "[]",
    }


def _record(row: sa.Row[Any]) -> IntentRecord:
    """An intent as a value."""
    columns = dict(row._mapping)
    for stored_only in ("therapist", "sender_key", "domain_key", "resources_only"):
        del columns[stored_only]
    columns["references"] = decode_references(columns.pop("refs"))
    columns["facts"] = decode_facts(columns["facts"])
    columns["subject_form"] = SubjectForm(columns["subject_form"])
    columns["state"] = IntentState(columns["state"])
    return IntentRecord(**columns)
