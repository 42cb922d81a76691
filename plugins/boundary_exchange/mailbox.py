"""A mailbox on Exchange Server: what came by its own sync states, responses as drafts that are then sent."""

import threading
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.examination import examined_mailbox
from boundary_exchange.facts import (
    FEW_FIELDS,
    FIELDS,
    header_block,
    message_from,
    message_of_few_fields,
)
from boundary_exchange.listening import Listener
from boundary_exchange.online import WeeklyWarning
from boundary_exchange.problems import Trouble
from boundary_exchange.sending import find_sent, send
from boundary_exchange.settings import MailboxSettings
from boundary_exchange.sync import Cursor, Synced, synced
from boundary_exchange.time_marks import marked_minutes
from boundary_exchange.vocabulary import INBOX, RESPONSE_ID, SENT, Field
from boundary_plugins import (
    SENT_LOOKBACK,
    Changes,
    Examined,
    OutgoingResponse,
    SendReceipt,
    SentMessage,
    SentSearch,
    Services,
    SubjectMessage,
    TimeMark,
)

Xml = Any
T = TypeVar("T")

# So many items are asked for at once.
BATCH = 50
_RECEIVED_FIELDS: tuple[Field, ...] = ("item:DateTimeReceived", "item:Categories")
_SENT_FIELDS: tuple[Field, ...] = ("item:DateTimeSent",)
# An item that Exchange itself cannot put together.
_NO_MIME = (
    "ErrorContentConversionFailed",
    "ErrorCorruptData",
    "ErrorItemCorrupt",
    "ErrorMimeContentConversionFailed",
    "ErrorUnsupportedMimeConversion",
)
# What only a question for single items tells.
_RECIPIENT_FIELDS: tuple[Field, ...] = (
    "item:DateTimeSent",
    "message:ToRecipients",
    "message:CcRecipients",
    "message:BccRecipients",
    RESPONSE_ID,
)


class ExchangeMailbox:
    """The port `Mailbox` over EWS. It writes nothing but drafts of its own, which it sends."""

    def __init__(self, settings: MailboxSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self.settings, self._services = settings, services
        self._connection = Connection(settings, services)
        self._woken = threading.Event()
        self._listener = Listener(settings, services, self._woken.set) if settings.streaming else None
        self._warning = WeeklyWarning(services)

    def changes(self, cursor: str | None) -> Changes:
        """What came since the sync states of the cursor; a state that Exchange lost is a gap."""
        before = Cursor.read(cursor)
        try:
            inbox = synced(self._connection, INBOX, before.inbox, _RECEIVED_FIELDS)
            sent = synced(self._connection, SENT, before.sent, _SENT_FIELDS)
            return Changes(
                received=_received(inbox),
                sent=tuple(self._sent_messages(sent)),
                cursor=Cursor(inbox.state, sent.state).written(),
                gap=inbox.from_start,
                time_marks=self._time_marks(inbox),
            )
        except Trouble as trouble:
            raise self._connection.error(trouble) from None
        finally:
            # By then it is known where the mailbox is, also where Autodiscover was to tell.
            self._warning.say_where_due(self._connection.endpoint)

    def _time_marks(self, inbox: Synced) -> tuple[TimeMark, ...]:
        """The time of each message that bears a mark, or was changed and may have borne one; history has none."""
        if not self.settings.time_marks or inbox.from_start:
            return ()
        found: dict[str, int] = {}
        for change in inbox.changes:
            categories = parse.texts(change.item, "t:Categories/t:String")
            minutes = marked_minutes(categories, self.settings.time_marks)
            if minutes or change.kind == "Update":
                found[change.item_id] = minutes
        return tuple(TimeMark(item_id, minutes) for item_id, minutes in found.items())

    def _sent_messages(self, sent: Synced) -> Iterator[SentMessage]:
        """Whom the therapist, or this program, wrote to in the last 60 days, from old to new."""
        oldest = self._services.now() - SENT_LOOKBACK
        dates = {
            change.item_id: parse.instant(parse.text(change.item, "t:DateTimeSent"))
            for change in sent.changes
            if change.kind == "Create"
        }
        recent = sorted((each for each, at in dates.items() if at >= oldest), key=dates.__getitem__)
        for some in _batches(recent, BATCH):
            for message in self._connection.ask_each("GetItem", payloads.get_items(some, _RECIPIENT_FIELDS)):
                # What was moved away meanwhile tells nothing any more.
                if parse.trouble_in(message) is None:
                    yield from map(_sent_message, parse.items(message))

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message: the header block, else the fields of its MIME form, else a few."""
        try:
            item = self._item(payloads.get_items([provider_id], FIELDS))
            headers = header_block(item) or self._mime_headers(provider_id)
            if headers:
                return message_from(item, headers)
            return message_of_few_fields(self._item(payloads.get_items([provider_id], FEW_FIELDS)))
        except Trouble as trouble:
            raise self._connection.error(trouble) from None

    def _mime_headers(self, provider_id: str) -> bytes:
        """The header block of the MIME form, which a broken message has not. Raises Trouble."""
        try:
            item = self._item(payloads.get_items([provider_id], (), mime=True))
        except Trouble as trouble:
            if trouble.code in _NO_MIME:
                return b""
            raise
        return parse.mime_header_block(item)

    def _item(self, request: Xml) -> Xml:
        """The one item of a question. Raises Trouble."""
        (message,) = self._connection.ask("GetItem", request)
        (item,) = parse.items(message)
        return item

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once; Exchange decides the reverse-path, which is not null."""
        return send(self._connection, response)

    def find_sent(self, response_id: str) -> SentSearch:
        """Whether a response was handed over, by the header of ours."""
        try:
            return find_sent(self._connection, response_id)
        except Trouble as trouble:
            raise self._connection.error(trouble) from None

    def wait(self, seconds: float) -> None:
        """Until Exchange tells that something came, or the time is over."""
        if self._listener is not None:
            self._listener.start()
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Let go of every connection."""
        if self._listener is not None:
            self._listener.close()
        self._connection.close()

    def examine(self) -> tuple[Examined, ...]:
        """Which plugin the mailbox needs, the sign-in, what it may do, and whether Exchange answers by itself."""
        return examined_mailbox(self._connection, self._services.now())


def _received(inbox: Synced) -> tuple[str, ...]:
    """What came, from old to new."""
    came: dict[str, datetime] = {}
    for change in inbox.changes:
        if change.kind == "Create":
            came[change.item_id] = parse.instant(parse.text(change.item, "t:DateTimeReceived"))
    return tuple(sorted(came, key=came.__getitem__))


def _sent_message(item: Xml) -> SentMessage:
    """To whom and when one sent message went."""
    return SentMessage(
        provider_id=parse.id_and_key(item)[0],
        recipients=parse.addresses(item, "ToRecipients", "CcRecipients", "BccRecipients"),
        sent_at=parse.instant(parse.text(item, "t:DateTimeSent")),
        response_id=parse.extended(item, RESPONSE_ID) or None,
    )


def _batches(several: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """So many at a time."""
    for start in range(0, len(several), size):
        yield several[start : start + size]
