"""The values that go into the store and come out of it: rows as a reader of the program knows them."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.contact import Contact
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.policy import SubjectForm
from boundary_plugins.core.response import ResponseFacts


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote: the client's id where one is on file, and the canonical address and domain.

    Address and domain are never stored as they are, only as keyed hashes. All None: nobody usable.
    """

    client_id: str | None = None
    address: str | None = None
    domain: str | None = None

    @property
    def lock(self) -> str | None:
        """What `Store.transaction` locks, so that two addresses of one client wait for each other."""
        if self.client_id is not None:
            return f"client {self.client_id}"
        return f"address {self.address}" if self.address is not None else None


class MessageState(Enum):
    """What became of a received message: it was there before us, was judged, or could not be."""

    HISTORY = "history"
    DECIDED = "decided"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One received message and what was decided; instants aware and UTC.

    `message_id` is stored as a keyed hash only, and is None when read back. `would_respond` is the
    core's verdict, also while only watching. `contact_number` is filled when read.
    """

    mailbox: str
    provider_id: str
    message_id: str | None
    arrived_at: datetime | None
    decided_at: datetime
    reason: str
    reasons: tuple[Reason, ...]
    would_respond: bool
    state: MessageState = MessageState.DECIDED
    contact_number: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome of `record_decision`. `new` False: the message was on record, and nothing changed.

    `intent_id` None although an intent was given: a response to this very message is already on
    record (it came into two mailboxes, say), and the message's reason says so.
    """

    new: bool
    contact_number: int | None = None
    intent_id: int | None = None


class IntentState(Enum):
    """The way of a response: intended, attempting, then one of sent, dropped or set aside."""

    INTENDED = "intended"
    ATTEMPTING = "attempting"
    SENT = "sent"
    DROPPED = "dropped"
    SET_ASIDE = "set aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A response that is to be made; it is rendered from `facts` when it is sent.

    `own_address` is the therapist's, the From. `address_id` names the address on file that is answered
    (None: audience everyone; the message is fetched again to learn it). `in_reply_to` and `references`
    are kept until the response is settled. It is attempted from `not_before` (the hold) until, but not
    at, `not_after`.
    """

    response_id: str
    client_id: str | None
    address_id: int | None
    own_address: str
    subject_form: SubjectForm
    in_reply_to: str | None
    references: tuple[str, ...]
    facts: ResponseFacts
    crisis: bool
    window_start: datetime
    window_end: datetime
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IntentRecord(Intent):
    """A response on record. `reason` says why it was dropped, set aside or is tried again.

    `sent_message_id` is the Message-ID that it left with, where the provider replaced ours.
    """

    id: int
    mailbox: str
    provider_id: str
    state: IntentState
    reason: str
    note: str
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    attempted_at: datetime | None
    settled_at: datetime | None
    sent_message_id: str | None = None


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """One contact on record. `seconds` is the therapist's time, where some was logged; `by_hand` as it was
    logged by a command rather than made from a message of `mailbox`."""

    number: int
    contact: Contact
    mailbox: str | None
    provider_id: str | None
    seconds: int | None
    by_hand: bool
    recorded_at: datetime


class Mode(Enum):
    """Whether responses go out: a fresh store watches; `arm` and `pause` are deliberate."""

    WATCHING = "watching"
    ARMED = "armed"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class ModeRecord:
    """The mode, since when, and (armed only) the instant before which no arrival is answered."""

    mode: Mode
    since: datetime | None = None
    armed_at: datetime | None = None

    def may_answer(self, arrived_at: datetime) -> bool:
        """Whether a message that arrived then may be answered: armed, and not for the past."""
        return self.mode is Mode.ARMED and self.armed_at is not None and arrived_at >= self.armed_at


class ChangeKind(Enum):
    """What a one-off command did to availability; `SET` edited the weekly hours of the configuration."""

    OPEN = "open"
    CLOSE = "close"
    SET = "set"


@dataclass(frozen=True, slots=True)
class AvailabilityChange:
    """A change of availability by command.

    `interval` is None for SET, which has `previous_weekly` and `weekly` instead, so that it can be
    undone. `said` is what was typed, understood in `zone`. `id` is None before it is stored.
    """

    kind: ChangeKind
    interval: Interval | None
    said: str
    zone: str
    made_by: str
    made_at: datetime
    previous_weekly: str | None = None
    weekly: str | None = None
    undone_at: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that needs a person, by level: raised while it is so, cleared when it is well again."""

    key: str
    text: str
    raised_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """Who serves a mailbox until when."""

    mailbox: str
    holder: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """What `status` shows, since an instant: numbers of messages, contacts and responses.

    `would_have_sent` counts messages that would have been answered but made no intent, because the
    program only watched or was paused. `intents` has a number for each state.
    """

    messages: int
    contacts: int
    out_of_boundary: int
    would_have_sent: int
    intents: dict[IntentState, int] = field(default_factory=dict)
