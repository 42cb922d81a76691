"""What commands ask: contacts, why a message was answered or not, counts; and logging by hand."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.fees.meter import USUAL_METER, TimeSpent
from boundary_plugins.store.encoding import decode_reasons
from boundary_plugins.store.records import (
    ContactRecord,
    Counts,
    IntentState,
    MessageRecord,
    MessageState,
)
from boundary_plugins.store.session import Reads
from boundary_plugins.store.tables import contacts, intents, messages, reason_lists
from boundary_plugins.store.time_entries import TimeWrites, time_on


class QueryReads(Reads):
    """Reading for people."""

    def contacts(
        self,
        *,
        client_id: str | None = None,
        channel: Channel | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        out_of_boundary: bool | None = None,
        crisis: bool | None = None,
        limit: int | None = None,
    ) -> list[ContactRecord]:
        """Contacts that meet every filter given, newest arrival first; `until` is excluded."""
        table = contacts.c
        conditions: list[sa.ColumnElement[bool]] = []
        for column, value in (
            (table.client_id, client_id),
            (table.channel, None if channel is None else channel.value),
            (table.out_of_boundary, out_of_boundary),
            (table.crisis, crisis),
        ):
            if value is not None:
                conditions.append(column == value)
        if since is not None:
            conditions.append(table.arrived_at >= since)
        if until is not None:
            conditions.append(table.arrived_at < until)
        return self._contacts(*conditions, limit=limit)

    def contact(self, number: int) -> ContactRecord | None:
        """The contact with this number."""
        found = self._contacts(contacts.c.number == number)
        return found[0] if found else None

    def _contacts(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[ContactRecord]:
        """This therapist's contacts under conditions."""
        query = (
            sa.select(contacts, time_on(contacts.c.number).label("seconds"))
            .where(contacts.c.therapist == self.therapist, *conditions)
            .order_by(contacts.c.arrived_at.desc(), contacts.c.number.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_contact_record(row) for row in connection.execute(query)]

    def message_by_contact(self, number: int) -> MessageRecord | None:
        """The message that made a contact; None for one logged by hand or long forgotten."""
        found = self._messages(contacts.c.number == number)
        return found[0] if found else None

    def messages_by_message_id(self, message_id: str) -> list[MessageRecord]:
        """The messages with a Message-ID, with or without angle brackets; several where it came twice."""
        return self._messages(messages.c.message_key == self._keys.message_id(message_id))

    def messages_by_provider_id(self, provider_id: str, mailbox: str | None = None) -> list[MessageRecord]:
        """The messages with a provider's id, in every mailbox or one."""
        conditions = [messages.c.provider_id == provider_id]
        if mailbox is not None:
            conditions.append(messages.c.mailbox == mailbox)
        return self._messages(*conditions)

    def messages(
        self, *, since: datetime | None = None, state: MessageState | None = None, limit: int | None = None
    ) -> list[MessageRecord]:
        """Messages that were decided on, newest decision first; without a state, all but history."""
        of_state = messages.c.state != "history" if state is None else messages.c.state == state.value
        decided = [of_state] if since is None else [of_state, messages.c.decided_at >= since]
        return self._messages(*decided, limit=limit)

    def _messages(self, *conditions: sa.ColumnElement[bool], limit: int | None = None) -> list[MessageRecord]:
        """This therapist's messages under conditions, with their reasons and contact."""
        same = [contacts.c[name] == messages.c[name] for name in ("therapist", "mailbox", "provider_id")]
        query = (
            sa.select(messages, reason_lists.c.reasons.label("reasons_text"), contacts.c.number)
            .join(reason_lists, reason_lists.c.digest == messages.c.reasons, isouter=True)
            .join(contacts, sa.and_(*same), isouter=True)
            .where(messages.c.therapist == self.therapist, *conditions)
            .order_by(messages.c.decided_at.desc(), messages.c.mailbox, messages.c.provider_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_message_record(row) for row in connection.execute(query)]

    def counts(self, since: datetime) -> Counts:
        """How many messages were decided on, contacts arrived and responses were made since then."""
        decided = (
            (messages.c.therapist == self.therapist)
            & (messages.c.decided_at >= since)
            & (messages.c.state != "history")
        )
        same = [intents.c[name] == messages.c[name] for name in ("therapist", "mailbox", "provider_id")]
        no_intent = ~sa.exists().where(*same)
        arrived = (contacts.c.therapist == self.therapist) & (contacts.c.arrived_at >= since)
        made = (intents.c.therapist == self.therapist) & (intents.c.created_at >= since)
        by_state = sa.select(intents.c.state, sa.func.count()).where(made).group_by(intents.c.state)
        with self._database.read() as connection:
            return Counts(
                messages=_count(connection, messages, decided),
                contacts=_count(connection, contacts, arrived),
                out_of_boundary=_count(connection, contacts, arrived & contacts.c.out_of_boundary),
                would_have_sent=_count(connection, messages, decided & messages.c.would_respond & no_intent),
                intents={IntentState(state): number for state, number in connection.execute(by_state)},
            )


class QueryWrites(TimeWrites):
    """Logging by hand, and forgetting by age."""

    def log_contact(self, contact: Contact, at: datetime, minutes: int | None = None) -> int:
        """Log a contact by hand, on any channel; its number. `minutes` is the therapist's time."""
        row = sa.insert(contacts).values(
            therapist=self.therapist,
            client_id=contact.client_id,
            channel=contact.channel.value,
            topic=contact.topic,
            arrived_at=contact.arrived_at,
            out_of_boundary=contact.out_of_boundary,
            window_start=contact.window_start,
            window_end=contact.window_end,
            crisis=contact.crisis,
            recorded_at=at,
        )
        number = int(self.connection.scalar(row.returning(contacts.c.number)) or 0)
        if minutes is not None:
            self.log_time(number, TimeSpent(USUAL_METER[contact.channel], minutes * 60), at)
        return number


def _count(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> int:
    """How many rows meet a condition."""
    return connection.scalar(sa.select(sa.func.count()).select_from(table).where(condition)) or 0


def contact_of(row: Any) -> Contact:
    """The contact of a row of contacts, as a value."""
    return Contact(
        client_id=row.client_id,
        channel=Channel(row.channel),
        topic=row.topic,
        arrived_at=row.arrived_at,
        out_of_boundary=row.out_of_boundary,
        window_start=row.window_start,
        window_end=row.window_end,
        crisis=row.crisis,
    )


def _contact_record(row: Any) -> ContactRecord:
    """A contact with what is on record about it."""
    by_hand = row.mailbox is None
    seconds = None if row.seconds is None else int(row.seconds)
    return ContactRecord(
        row.number, contact_of(row), row.mailbox, row.provider_id, seconds, by_hand, row.recorded_at
    )


def _message_record(row: Any) -> MessageRecord:
    """A message as a value, without its Message-ID."""
    return MessageRecord(
        mailbox=row.mailbox,
        provider_id=row.provider_id,
        message_id=None,
        arrived_at=row.arrived_at,
        decided_at=row.decided_at,
        reason=row.reason,
        reasons=decode_reasons(row.reasons_text),
        would_respond=row.would_respond,
        state=MessageState(row.state),
        contact_number=row.number,
    )
