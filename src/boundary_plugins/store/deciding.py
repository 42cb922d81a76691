"""The hot path: what was seen before, the history of a sender, and recording one decision.

Its statements are plain text in both drivers' spelling, because compiling them costs more than
running them.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.contact import Contact
from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.history import History, NotWatched, PastResponse
from boundary_plugins.core.response import Wording
from boundary_plugins.store.encoding import encode_facts, encode_reasons, encode_references
from boundary_plugins.store.records import Intent, MessageRecord, Recorded, Sender
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.statement import Statement
from boundary_plugins.store.tables import cursors, from_stored, to_stored

_MICROSECOND = timedelta(microseconds=1)
REMEMBERED = timedelta(days=60) // _MICROSECOND
_A_DAY = timedelta(hours=24) // _MICROSECOND
AN_HOUR = timedelta(hours=1) // _MICROSECOND
_CHUNK = 5_000

_SEEN_SQLITE = (
    "SELECT m.provider_id FROM json_each(?) j CROSS JOIN messages m"
    " ON m.therapist = ? AND m.mailbox = ? AND m.provider_id = j.value"
)
_SEEN_POSTGRESQL = (
    "SELECT provider_id FROM messages WHERE provider_id = ANY(%s) AND therapist = %s AND mailbox = %s"
)


class DecidingReads(Reads):
    """What the inbox asks before it decides."""

    def unseen(self, mailbox: str, provider_ids: Sequence[str]) -> list[str]:
        """Those ids that are not on record yet, each once, in the order given; 50,000 at once are fine."""
        ids = list(dict.fromkeys(provider_ids))
        seen: set[str] = set()
        with self._database.read() as connection:
            for start in range(0, len(ids), _CHUNK):
                seen.update(self._seen(connection, mailbox, ids[start : start + _CHUNK]))
        return [provider_id for provider_id in ids if provider_id not in seen]

    def _seen(self, connection: sa.Connection, mailbox: str, ids: list[str]) -> Iterable[str]:
        """Those of one chunk that are on record."""
        if self._database.is_sqlite:
            rows = connection.exec_driver_sql(_SEEN_SQLITE, (json.dumps(ids), self.therapist, mailbox))
        else:
            rows = connection.exec_driver_sql(_SEEN_POSTGRESQL, (ids, self.therapist, mailbox))
        return rows.scalars()

    def cursor(self, mailbox: str) -> str | None:
        """The cursor of the mailbox; None before the first look."""
        query = sa.select(cursors.c.cursor).where(
            cursors.c.therapist == self.therapist, cursors.c.mailbox == mailbox
        )
        with self._database.read() as connection:
            found: str | None = connection.scalar(query)
        return found


# Every branch names a kind: 0 a response, 1 the therapist's own mail, 2 to 4 the counts.
_HISTORY = (
    "SELECT 0, created_at, window_end, resources_only FROM intents"
    " WHERE therapist = ? AND {intents} = ? AND created_at >= ?{made} AND state <> 'dropped'"
    " UNION ALL SELECT 1, sent_at, NULL, NULL FROM therapist_sent"
    " WHERE therapist = ? AND {sent} = ? AND sent_at >= ?{wrote}"
    " UNION ALL SELECT 2, COUNT(*), NULL, NULL FROM intents"
    " WHERE therapist = ? AND sender_key = ? AND created_at > ?{made} AND state <> 'dropped'"
    " UNION ALL SELECT 3, COUNT(*), NULL, NULL FROM intents"
    " WHERE therapist = ? AND domain_key = ? AND created_at > ?{made} AND state <> 'dropped'"
    " UNION ALL SELECT 4, COUNT(*), NULL, NULL FROM intents"
    " WHERE therapist = ? AND mailbox = ? AND created_at > ?{made} AND state <> 'dropped'"
)
_OF_CLIENT = {"intents": "client_id", "sent": "client_id"}
_OF_SENDER = {"intents": "sender_key", "sent": "recipient_key"}
_ALL = {"made": "", "wrote": ""}
_BEFORE = {"made": " AND created_at < ?", "wrote": " AND sent_at < ?"}
# By whether the client is known, and whether only what was before the instant counts.
_HISTORIES = {
    (True, False): Statement(_HISTORY.format(**_OF_CLIENT, **_ALL)),
    (True, True): Statement(_HISTORY.format(**_OF_CLIENT, **_BEFORE)),
    (False, False): Statement(_HISTORY.format(**_OF_SENDER, **_ALL)),
    (False, True): Statement(_HISTORY.format(**_OF_SENDER, **_BEFORE)),
}

_ADD_REASONS = Statement("INSERT INTO reason_lists (digest, reasons) VALUES (?, ?) ON CONFLICT DO NOTHING")
_ADD_MESSAGE = Statement(
    "INSERT INTO messages (therapist, mailbox, provider_id, message_key, arrived_at, decided_at, state,"
    " reason, reasons, would_respond) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_ADD_CONTACT = Statement(
    "INSERT INTO contacts (therapist, mailbox, provider_id, client_id, channel, topic, arrived_at,"
    " out_of_boundary, window_start, window_end, crisis, recorded_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING number"
)
_ADD_INTENT = Statement(
    "INSERT INTO intents (therapist, mailbox, provider_id, response_id, client_id, sender_key, domain_key,"
    " address_id, own_address, subject_form, in_reply_to, refs, facts, resources_only, crisis,"
    " window_start, window_end, not_before, not_after, created_at,"
    " state, reason, note, attempts)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended', '', '', 0)"
    " ON CONFLICT DO NOTHING RETURNING id"
)
_CHANGE_REASON = Statement(
    "UPDATE messages SET reason = ?, reasons = ?, would_respond = ?"
    " WHERE therapist = ? AND mailbox = ? AND provider_id = ?"
)
_ADD_SENT = Statement(
    "INSERT INTO therapist_sent (therapist, mailbox, provider_id, client_id, recipient_key, sent_at,"
    " out_of_boundary) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
)
_SET_CURSOR = Statement(
    "INSERT INTO cursors (therapist, mailbox, cursor) VALUES (?, ?, ?)"
    " ON CONFLICT (therapist, mailbox) DO UPDATE SET cursor = excluded.cursor"
)

_ANSWERED_ELSEWHERE = Reason(
    "already-answered", True, "a response to this very message is already on record", "RFC 3834, section 2"
)


class DecidingWrites(Writes):
    """What the inbox records, in the transaction in which it decides."""

    def history(
        self,
        mailbox: str,
        sender: Sender,
        at: datetime,
        *,
        therapist_mail: NotWatched | Unknown | None = None,
        provider_responder_has_window: bool | Unknown = False,
        only_before: bool = False,
    ) -> History:
        """What bears on a decision made at `at`: of all the client's addresses, else of the sender.

        Responses that are intended, attempted, sent or set aside count, dropped ones do not. Pass
        `therapist_mail` as NOT_WATCHED where no Sent folder is looked at, or UNKNOWN where it could not
        be read just now; None takes what `record_sent` recorded. `only_before` leaves out what came at
        `at` or later, as for a message of the past; a decision of the present looks at all there is,
        because another machine's clock may be a little ahead.
        """
        counts = [0, 0, 0]
        responses, wrote = [], []
        for kind, number, window_end, resources_only in self._history_rows(
            mailbox, sender, at, only_before=only_before
        ):
            if kind > 1:
                counts[kind - 2] = number
            elif kind == 1:
                wrote.append(number)
            else:
                responses.append((number, window_end, resources_only))
        return History(
            responses=tuple(
                PastResponse(from_stored(made_at), from_stored(window_end), bool(resources_only))
                for made_at, window_end, resources_only in sorted(responses)
            ),
            therapist_wrote_at=tuple(map(from_stored, sorted(wrote)))
            if therapist_mail is None
            else therapist_mail,
            responses_to_sender=counts[0],
            responses_to_domain=counts[1],
            responses_from_mailbox=counts[2],
            provider_responder_has_window=provider_responder_has_window,
        )

    def _history_rows(
        self, mailbox: str, sender: Sender, at: datetime, *, only_before: bool
    ) -> list[tuple[Any, ...]]:
        """One round trip for all of it, in any order."""
        sender_key, domain_key = self._sender_keys(sender)
        by_client = sender.client_id is not None
        who = sender.client_id if by_client else sender_key
        now = to_stored(at)
        since, a_day_ago, an_hour_ago = now - REMEMBERED, now - _A_DAY, now - AN_HOUR
        t = self.therapist
        end = (now,) if only_before else ()
        parameters = (
            *(t, who, since, *end),
            *(t, who, since, *end),
            *(t, sender_key, a_day_ago, *end),
            *(t, domain_key, a_day_ago, *end),
            *(t, mailbox, an_hour_ago, *end),
        )
        statement = _HISTORIES[by_client, only_before]
        rows: list[tuple[Any, ...]] = statement.run(self.driver, parameters).fetchall()
        return rows

    def _sender_keys(self, sender: Sender) -> tuple[bytes | None, bytes | None]:
        """The keyed hashes of the sender's address and domain; one transaction asks twice for them."""
        if self._keyed is None or self._keyed[0] is not sender:
            address = None if sender.address is None else self._keys.address(sender.address)
            domain = None if sender.domain is None else self._keys.domain(sender.domain)
            self._keyed = (sender, address, domain)
        return self._keyed[1:]

    def record_decision(
        self,
        message: MessageRecord,
        sender: Sender | None = None,
        contact: Contact | None = None,
        intent: Intent | None = None,
    ) -> Recorded:
        """Record a message with its reasons, its contact and the response that is to be made.

        Idempotent: of a message that is on record nothing changes, and the outcome says so. `sender`
        must be the one whose history was asked.
        """
        digest = self._reasons(message.reasons)
        if not self._add_message(message, digest):
            return Recorded(new=False)
        number = None if contact is None else self._add_contact(message, contact)
        made = None if intent is None else self._add_intent(message, sender or Sender(), intent)
        if intent is not None and made is None:
            self._answered_elsewhere(message)
        return Recorded(True, number, made)

    def _reasons(self, reasons: tuple[Reason, ...]) -> bytes | None:
        """See that the list of reasons is stored; its digest."""
        if not reasons:
            return None
        digest, text = encode_reasons(reasons)
        if digest not in self._known_reasons and digest not in self.new_reasons:
            _ADD_REASONS.run(self.driver, (digest, text))
            self.new_reasons.add(digest)
        return digest

    def _add_message(self, message: MessageRecord, digest: bytes | None) -> bool:
        """Whether the message is new."""
        message_id, arrived_at = message.message_id, message.arrived_at
        added = _ADD_MESSAGE.run(
            self.driver,
            (
                self.therapist,
                message.mailbox,
                message.provider_id,
                None if message_id is None else self._keys.message_id(message_id),
                None if arrived_at is None else to_stored(arrived_at),
                to_stored(message.decided_at),
                message.state.value,
                message.reason,
                digest,
                message.would_respond,
            ),
        )
        return bool(added.rowcount > 0)

    def _add_contact(self, message: MessageRecord, contact: Contact) -> int:
        """The number of the new contact."""
        added = _ADD_CONTACT.run(
            self.driver,
            (
                self.therapist,
                message.mailbox,
                message.provider_id,
                *contact_row(contact),
                to_stored(message.decided_at),
            ),
        )
        return int(added.fetchone()[0])

    def _add_intent(self, message: MessageRecord, sender: Sender, intent: Intent) -> int | None:
        """The id of the new intent; None where this response is on record."""
        sender_key, domain_key = self._sender_keys(sender)
        added = _ADD_INTENT.run(
            self.driver,
            (
                self.therapist,
                message.mailbox,
                message.provider_id,
                intent.response_id,
                intent.client_id,
                sender_key,
                domain_key,
                intent.address_id,
                intent.own_address,
                intent.subject_form.value,
                intent.in_reply_to,
                encode_references(intent.references),
                encode_facts(intent.facts),
                intent.facts.wording is Wording.RESOURCES_ONLY,
                intent.crisis,
                to_stored(intent.window_start),
                to_stored(intent.window_end),
                to_stored(intent.not_before),
                to_stored(intent.not_after),
                to_stored(message.decided_at),
            ),
        ).fetchone()
        return None if added is None else int(added[0])

    def _answered_elsewhere(self, message: MessageRecord) -> None:
        """Say of the message why no response was made after all."""
        digest = self._reasons((*message.reasons, _ANSWERED_ELSEWHERE))
        where = (self.therapist, message.mailbox, message.provider_id)
        _CHANGE_REASON.run(self.driver, (_ANSWERED_ELSEWHERE.rule, digest, False, *where))

    def mark_history(self, mailbox: str, provider_ids: Iterable[str], at: datetime) -> None:
        """Put messages on record that were there before us: no decision, no contact, no response."""
        now = to_stored(at)
        rows = [
            (self.therapist, mailbox, provider_id, None, None, now, "history", "history", None, False)
            for provider_id in provider_ids
        ]
        if rows:
            _ADD_MESSAGE.run_many(self.driver, rows)

    def set_cursor(self, mailbox: str, cursor: str) -> None:
        """Remember how far the mailbox was read."""
        _SET_CURSOR.run(self.driver, (self.therapist, mailbox, cursor))

    def record_sent(
        self,
        mailbox: str,
        provider_id: str,
        sent_at: datetime,
        recipients: Iterable[Sender],
        *,
        out_of_boundary: bool | None = None,
    ) -> None:
        """Record that the therapist wrote to these people; again is harmless.

        `out_of_boundary` tells whether contact hours were closed then (None: nobody knows). Pass clients on file;
        others only where the audience is everyone. Each needs its address.
        """
        at = to_stored(sent_at)
        rows = [
            (
                *(self.therapist, mailbox, provider_id, who.client_id),
                *(self._keys.address(who.address), at, out_of_boundary),
            )
            for who in recipients
            if who.address is not None
        ]
        if rows:
            _ADD_SENT.run_many(self.driver, rows)


def contact_row(contact: Contact) -> tuple[str | None, str, str, int, bool, int, int, bool]:
    """The columns of a contact that do not depend on where it came from."""
    return (
        contact.client_id,
        contact.channel.value,
        contact.topic,
        to_stored(contact.arrived_at),
        contact.out_of_boundary,
        to_stored(contact.window_start),
        to_stored(contact.window_end),
        contact.crisis,
    )
