"""What a plugin can be: the protocols that the shell calls, and the values that pass through them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Protocol, runtime_checkable

from boundary_plugins.core.availability import Availability, BusyType, Window
from boundary_plugins.core.client_entry import ClientEntry
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.fees.price import Amount, Currency, Tax
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.core.time_mark import GREATEST_MARK


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message found among the therapist's sent ones. `response_id` is ours where we sent it.

    `recipients` are plain addresses of To, Cc and Bcc; `sent_at` aware, UTC.
    """

    provider_id: str
    recipients: tuple[str, ...]
    sent_at: datetime
    response_id: str | None = None


@dataclass(frozen=True, slots=True)
class TimeMark:
    """The time that the therapist marked a received message with: a keyword, a label, a category, a folder.

    `minutes` is what the message carries now, all marks together, from 0 (it carries none any more) to
    `GREATEST_MARK`.
    """

    provider_id: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What came since a cursor: ids of received messages (oldest first), sent messages, a new cursor.

    A mailbox may name a received id or a time mark again; the shell knows what it has seen. `gap` is true
    where the provider lost our place (first call, cursor expired): what is there then is history, not news.
    """

    received: tuple[str, ...]
    sent: tuple[SentMessage, ...]
    cursor: str
    gap: bool = False
    time_marks: tuple[TimeMark, ...] = ()


@dataclass(frozen=True, slots=True)
class OutgoingResponse:
    """A response ready to go: plain addresses and the whole MIME message (RFC 5322, CRLF line ends).

    `answers` is the provider's id of the message that it answers, for a mailbox that marks or threads it.
    """

    response_id: str
    sender: str
    to: str
    content: bytes
    answers: str = ""


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """The provider took the response. `provider_id` where it gave one; `reverse_path_is_null` as used.

    `message_id` is the Message-ID that it left with, where the provider replaced ours.
    """

    provider_id: str | None
    reverse_path_is_null: bool
    note: str = ""
    message_id: str | None = None


class SentSearch(Enum):
    """The answer of `find_sent`: unknown where there is no place to look."""

    FOUND = "found"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Mailbox(Protocol):
    """One mailbox of one therapist. One thread uses one instance. Every method may raise ProviderError."""

    def changes(self, cursor: str | None) -> Changes:
        """What came since `cursor`, or (None) a first look, with `gap` true."""
        ...

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one received message. Raises Gone where it is no longer there."""
        ...

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once. Unavailable, RateLimited, Refused: not sent. OutcomeUnknown: maybe sent."""
        ...

    def find_sent(self, response_id: str) -> SentSearch:
        """Whether a response with this id was sent, by asking the provider."""
        ...

    def wait(self, seconds: float) -> None:
        """Return when mail may have come, after `seconds` at the latest, or when `wake` is called."""
        ...

    def wake(self) -> None:
        """End a `wait` from another thread."""
        ...

    def close(self) -> None:
        """Let go of every connection and file."""
        ...


class AbsenceKind(Enum):
    """What a calendar entry means for the hours."""

    BUSY = "busy"
    OUT_OF_OFFICE = "out of office"


@dataclass(frozen=True, slots=True)
class CalendarPeriod:
    """One occurrence in a calendar; nothing of its text leaves the plugin but what it means."""

    interval: Interval
    kind: AbsenceKind
    busy_type: BusyType = BusyType.BUSY
    all_day: bool = False


@dataclass(frozen=True, slots=True)
class CalendarContents:
    """What a calendar holds between two instants.

    `availabilities` are VAVAILABILITY layers (RFC 7953) found in it. `set_aside` names what could not be
    read ("practice.ics: event 3: …"), without any of its text; the rest is used.
    """

    periods: tuple[CalendarPeriod, ...]
    availabilities: tuple[Availability, ...] = ()
    set_aside: tuple[str, ...] = ()


class Calendar(Protocol):
    """A calendar that is read."""

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval."""
        ...

    def close(self) -> None:
        """Let go of every connection and file."""
        ...


@dataclass(frozen=True, slots=True)
class PublicHoliday:
    """A day on which a public holiday closes; `names` are pairs of a language ("de") and the name in it."""

    day: date
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PublishedPractice:
    """Whose availability it is: its name, its language (BCP 47), its region (ISO 3166, None: not known)."""

    name: str
    language: str = "en"
    region: str | None = None


@dataclass(frozen=True, slots=True)
class WindowResponse:
    """The neutral text for one closed window, for a provider that answers everyone by itself.

    `window` is the closed window; `interval` the part of it in which an answer goes out: not shortly before
    contact hours open. The text names the opening, and neither therapy nor practice.
    """

    window: Interval
    interval: Interval
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class WeeklyResponse:
    """The neutral text for one closed window of the ordinary week, by the clock on the wall.

    `starts` and `ends` are seconds since Monday 00:00, below 604,800: from `starts` until `ends` (excluded)
    an answer goes out, over the end of the week where `ends` is not after `starts`. The text names the
    weekday of the opening and no date.
    """

    starts: int
    ends: int
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class OrdinaryWeek:
    """What a provider answers with after `Publication.between`, once it hears no more of this program.

    `responses` hold each week but `except_during`: a holiday, a season, a night on which the clocks change, as
    far ahead as they are known. There `dated` say everything.
    """

    responses: tuple[WeeklyResponse, ...] = ()
    except_during: tuple[Interval, ...] = ()
    dated: tuple[WindowResponse, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """What may be published: free or busy, never why.

    `windows` cover `between` without a gap; `absences` are the out-of-office times a reader may see as
    plain busy; `busy` the merged busy times of the calendars; `zone` an IANA name; `as_of` the instant
    of making. `usual` are the windows as they would be without the absences, for a publisher that does
    not show an absence; where they are unknown, empty. `holidays` are the public holidays in `between` on
    which the practice is closed by its configuration: to be named only where the therapist says so.
    `own_addresses` are all of them, the first is `own_address`; where they are not given, that one alone.
    `week` is for a provider that answers by itself, also long after it was programmed.
    """

    between: Interval
    windows: tuple[Window, ...]
    absences: tuple[Interval, ...]
    busy: tuple[Interval, ...]
    zone: str
    as_of: datetime
    own_address: str
    usual: tuple[Window, ...] = ()
    holidays: tuple[PublicHoliday, ...] = ()
    practice: PublishedPractice = PublishedPractice("")
    responses: tuple[WindowResponse, ...] = ()
    own_addresses: tuple[str, ...] = ()
    week: OrdinaryWeek = OrdinaryWeek()


class Publisher(Protocol):
    """A place where availability is published."""

    def publish(self, publication: Publication) -> bool:
        """Write what differs; True where something was written."""
        ...

    def remove(self) -> None:
        """Take away only what this publisher made."""
        ...

    def close(self) -> None:
        """Let go of every connection and file."""
        ...


@runtime_checkable
class Responder(Protocol):
    """What a publisher offers besides where its provider answers mail by itself (`Capability.ANSWER_EVERYONE`).

    Such a publisher programs `Publication.responses` and nothing else.
    """

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown:
        """When the provider answers by itself, as read back from it; UNKNOWN where it cannot be read back.

        In the order of time, and also where somebody else switched it on: one of the two answers, never
        both. Raises ProviderError.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """One line for a bill: days, channels, time and clause, and never a word of content.

    `key` is the idempotency key: a biller posts the same key once. `first_on` and `last_on` are days in
    the practice's zone; `seconds` the time that counts; `tax` how `amount` was taxed (None: untaxed).
    """

    key: str
    client_id: str
    fee: str
    policy_version: str
    first_on: date
    last_on: date
    channels: tuple[Channel, ...]
    seconds: int
    amount: Amount
    currency: Currency
    tax: Tax | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One entry of the ledger, which is only ever added to; numbers go up with each.

    `counters` is the number of the one that it takes back, with its amounts reversed. `posted_at` is
    aware, UTC.
    """

    number: int
    line: ChargeLine
    counters: int | None
    posted_at: datetime


class Ledger(Protocol):
    """The program's own ledger, which a biller may keep its lines in. Every method may raise StoreError."""

    def append(self, line: ChargeLine, counters: int | None = None) -> int:
        """Add an entry once for each key; its number, also where it is there already."""
        ...

    def find(self, key: str) -> int | None:
        """The number of the entry under a key; None where there is none."""
        ...


class Biller(Protocol):
    """Where confirmed charges go. One thread uses one instance. Every method may raise ProviderError."""

    def post(self, line: ChargeLine) -> str:
        """Post once, whatever was asked before with the same key; the biller's own reference.

        Unavailable, RateLimited, Refused: not posted. OutcomeUnknown: maybe posted.
        """
        ...

    def find(self, key: str) -> str | None | Unknown:
        """The reference of what was posted under a key; None where nothing was, UNKNOWN where nobody can tell."""
        ...

    def void(self, reference: str, line: ChargeLine) -> str:
        """Take back what was posted, by a counter-line under a key of its own; its reference.

        `line` has the amounts of the counter-line. Once, whatever was asked before with the same key.
        """
        ...

    def close(self) -> None:
        """Let go of every connection and file."""
        ...


@dataclass(frozen=True, slots=True)
class RefusedEntry:
    """An entry that cannot be read: where it stands, what is wrong and what is allowed, without its text."""

    place: str
    problem: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.place}: {self.problem}"


@dataclass(frozen=True, slots=True)
class ClientListing:
    """The clients that another system has, in its order, and the entries that cannot be read."""

    entries: tuple[ClientEntry, ...]
    refused: tuple[RefusedEntry, ...] = ()


class ClientDirectory(Protocol):
    """Another system's clients, which are read and never written. Every method may raise ProviderError."""

    def listing(self) -> ClientListing:
        """Every client, also those that are on file already."""
        ...

    def version(self) -> str:
        """What tells, at little cost, that the listing may have changed; "" where that cannot be told."""
        ...

    def close(self) -> None:
        """Let go of every connection and file."""
        ...


class Condition(Enum):
    """How something stands: well, worth a look, or broken."""

    OK = "ok"
    LOOK = "look"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Examined:
    """How one part stands, as `boundary doctor` tells it: "sending host", what was found, what to do.

    `found` and `remedy` are sentences for a person, without a full stop at their end and without an
    address or a word of any message; `details` are lines to read with it.
    """

    part: str
    condition: Condition
    found: str
    remedy: str = ""
    details: tuple[str, ...] = ()


@runtime_checkable
class Examinable(Protocol):
    """What a mailbox, calendar and the like may offer besides: to be tried without changing anything."""

    def examine(self) -> tuple[Examined, ...]:
        """How each part stands, reached as in real use, but with nothing sent, written or marked.

        What is found wrong is a value, not an error.
        """
        ...


class SecretStore(Protocol):
    """Where secrets lie: a systemd credential, the keyring, or an encrypted file."""

    def get(self, name: str) -> str | None:
        """The secret, or None where there is none. Raises SecretError."""
        ...

    def set(self, name: str, value: str) -> None:
        """Keep a secret. Raises SecretError."""
        ...


__all__ = [
    "GREATEST_MARK",
    "AbsenceKind",
    "Biller",
    "Calendar",
    "CalendarContents",
    "CalendarPeriod",
    "Changes",
    "ChargeLine",
    "ClientDirectory",
    "ClientEntry",
    "ClientListing",
    "Condition",
    "Examinable",
    "Examined",
    "Ledger",
    "LedgerEntry",
    "Mailbox",
    "OrdinaryWeek",
    "OutgoingResponse",
    "PublicHoliday",
    "Publication",
    "PublishedPractice",
    "Publisher",
    "RefusedEntry",
    "Responder",
    "SecretStore",
    "SendReceipt",
    "SentMessage",
    "SentSearch",
    "TimeMark",
    "WeeklyResponse",
    "WindowResponse",
]
