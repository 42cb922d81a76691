"""A mailbox, a calendar, a publisher and a client directory in memory, for tests of plugins and the program."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.interval import Interval, intersection
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.errors import Gone, OutcomeUnknown, ProviderError, Refused
from boundary_plugins.host.services import Log, Services
from boundary_plugins.ports import (
    CalendarContents,
    CalendarPeriod,
    Changes,
    ChargeLine,
    ClientEntry,
    ClientListing,
    Ledger,
    OutgoingResponse,
    Publication,
    RefusedEntry,
    SendReceipt,
    SentMessage,
    SentSearch,
    TimeMark,
)


class MemorySettings(BaseModel):
    """What lives in memory has no settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MemoryMailbox:
    """The port `Mailbox` in memory: put messages in with `deliver` and `file_sent`, look at `sent`.

    `fail_next_send` makes the next `send` raise that error; with an OutcomeUnknown the response is sent
    all the same. `expire` loses every cursor, as a provider does that was away for too long.
    """

    def __init__(self, name: str = "mailbox memory") -> None:
        """Begin empty."""
        self.name = name
        self.messages: dict[str, SubjectMessage] = {}
        self.sent: list[OutgoingResponse] = []
        self.fail_next_send: ProviderError | None = None
        self.is_closed = False
        self._received: list[str] = []
        self._filed: list[SentMessage] = []
        self._marks: list[TimeMark] = []
        self._generation = 0
        self._woken = threading.Event()

    def deliver(self, message: SubjectMessage) -> str:
        """A message arrives; its id."""
        self.messages[message.provider_id] = message
        self._received.append(message.provider_id)
        self._woken.set()
        return message.provider_id

    def remove(self, provider_id: str) -> None:
        """A message is deleted by its owner."""
        del self.messages[provider_id]

    def file_sent(self, message: SentMessage) -> None:
        """The therapist writes to somebody."""
        self._filed.append(message)
        self._woken.set()

    def mark(self, provider_id: str, minutes: int) -> None:
        """The therapist marks a message with a time, or (0) takes the mark off."""
        self._marks.append(TimeMark(provider_id, minutes))
        self._woken.set()

    def expire(self) -> None:
        """Forget every cursor that was given."""
        self._generation += 1

    def changes(self, cursor: str | None) -> Changes:
        """What came since the cursor, which is a place in each list."""
        received, filed, marks, gap = self._place_of(cursor)
        now = f"{self._generation}:{len(self._received)}:{len(self._filed)}:{len(self._marks)}"
        return Changes(
            tuple(self._received[received:]),
            tuple(self._filed[filed:]),
            now,
            gap,
            tuple(self._marks[marks:]),
        )

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The message as it was delivered."""
        try:
            return self.messages[provider_id]
        except KeyError:
            raise Gone(self.name) from None

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Keep the response in `sent`, unless it is to fail."""
        error, self.fail_next_send = self.fail_next_send, None
        if error is None or isinstance(error, OutcomeUnknown):
            self.sent.append(response)
        if error is not None:
            raise error
        return SendReceipt(provider_id=f"sent-{len(self.sent)}", reverse_path_is_null=True)

    def find_sent(self, response_id: str) -> SentSearch:
        """Look in `sent`."""
        found = any(response.response_id == response_id for response in self.sent)
        return SentSearch.FOUND if found else SentSearch.ABSENT

    def wait(self, seconds: float) -> None:
        """Wait for a delivery or a wake."""
        self._woken.wait(seconds)
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True

    def _place_of(self, cursor: str | None) -> tuple[int, int, int, bool]:
        """The places in the lists, and whether the cursor was lost."""
        generation, _, places = (cursor or "").partition(":")
        if generation != str(self._generation):
            return 0, 0, 0, True
        received, filed, marks = map(int, places.split(":"))
        return received, filed, marks, False


class MemoryCalendar:
    """The port `Calendar` in memory: its contents are what `periods` and the others hold."""

    def __init__(self, *periods: CalendarPeriod) -> None:
        """Hold some periods."""
        self.periods = list(periods)
        self.set_aside: tuple[str, ...] = ()
        self.failure: ProviderError | None = None
        self.is_closed = False

    def contents(self, between: Interval) -> CalendarContents:
        """Every period that touches the interval, or the failure."""
        if self.failure is not None:
            raise self.failure
        touching = (
            period
            for period in self.periods
            if period.interval.start < between.end and between.start < period.interval.end
        )
        return CalendarContents(tuple(touching), (), self.set_aside)

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


class MemoryPublisher:
    """The port `Publisher` in memory: `published` is what a reader would see."""

    def __init__(self) -> None:
        """Begin with nothing published."""
        self.published: Publication | None = None
        self.failure: ProviderError | None = None
        self.is_closed = False

    def publish(self, publication: Publication) -> bool:
        """Take over what differs but for the instant of making."""
        if self.failure is not None:
            raise self.failure
        before, self.published = self.published, publication
        return before is None or replace(before, as_of=publication.as_of) != publication

    def remove(self) -> None:
        """Take it away."""
        self.published = None

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


class MemoryResponder(MemoryPublisher):
    """The port `Responder` in memory: a provider that answers in the intervals it was programmed with.

    `foreign` True: somebody switched a responder of their own on.
    """

    foreign = False

    def publish(self, publication: Publication) -> bool:
        """Program the responses. Raises Refused where somebody else's responder is on."""
        if self.foreign:
            raise Refused("publisher memory", "somebody else's responder is on")
        return super().publish(publication)

    def answers_during(self, between: Interval) -> tuple[Interval, ...]:
        """The programmed intervals that touch `between`, or all of it where somebody else's is on."""
        if self.foreign:
            return (between,)
        responses = self.published.responses if self.published is not None else ()
        return tuple(each.interval for each in responses if intersection([each.interval], [between]))


class MemoryClientDirectory:
    """The port `ClientDirectory` in memory: it lists what `entries` and `refused` hold."""

    def __init__(self, *entries: ClientEntry) -> None:
        """Hold some entries."""
        self.entries = list(entries)
        self.refused: list[RefusedEntry] = []
        self.failure: ProviderError | None = None
        self.is_closed = False

    def listing(self) -> ClientListing:
        """Every entry, or the failure."""
        if self.failure is not None:
            raise self.failure
        return ClientListing(tuple(self.entries), tuple(self.refused))

    def version(self) -> str:
        """A number for what it holds, or the failure."""
        return str(hash(self.listing()))

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True


class MemoryBiller:
    """The port `Biller` in memory: `posted` and `countered` by key, and one failure if it is asked for."""

    def __init__(self) -> None:
        """Begin with empty books."""
        self.posted: dict[str, ChargeLine] = {}
        self.countered: dict[str, ChargeLine] = {}
        self.failure: ProviderError | None = None
        self.is_closed = False

    def post(self, line: ChargeLine) -> str:
        """Post once for each key, or fail once."""
        self._fail()
        self.posted.setdefault(line.key, line)
        return f"line {line.key}"

    def find(self, key: str) -> str | None | Unknown:
        """The reference of what was posted under a key."""
        return f"line {key}" if key in self.posted or key in self.countered else None

    def void(self, reference: str, line: ChargeLine) -> str:  # noqa: ARG002
        """Counter once for each key, or fail once."""
        self._fail()
        self.countered.setdefault(line.key, line)
        return f"line {line.key}"

    def close(self) -> None:
        """Note that it was closed."""
        self.is_closed = True

    def _fail(self) -> None:
        """Raise the failure that was asked for, once."""
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure


class MemoryLedger:
    """The port `Ledger` in memory."""

    def __init__(self) -> None:
        """Begin with an empty one."""
        self.entries: dict[str, tuple[int, ChargeLine, int | None]] = {}

    def append(self, line: ChargeLine, counters: int | None = None) -> int:
        """Add an entry once for each key."""
        entry = (len(self.entries) + 1, line, counters)
        return self.entries.setdefault(line.key, entry)[0]

    def find(self, key: str) -> int | None:
        """The number of the entry under a key."""
        found = self.entries.get(key)
        return None if found is None else found[0]


Line = tuple[str, str, dict[str, object]]


class MemoryLog:
    """A log that keeps its lines, as (level, event, facts)."""

    def __init__(self, lines: list[Line] | None = None, **bound: object) -> None:
        """Share the lines with the logger this one was bound from."""
        self.lines: list[Line] = [] if lines is None else lines
        self._bound = bound

    def bind(self, **facts: object) -> Log:
        """A logger that adds these facts."""
        return MemoryLog(self.lines, **(self._bound | facts))

    def debug(self, event: str, **facts: object) -> None:
        """Keep a line."""
        self.lines.append(("debug", event, self._bound | facts))

    def info(self, event: str, **facts: object) -> None:
        """Keep a line."""
        self.lines.append(("info", event, self._bound | facts))

    def warning(self, event: str, **facts: object) -> None:
        """Keep a line."""
        self.lines.append(("warning", event, self._bound | facts))

    def error(self, event: str, **facts: object) -> None:
        """Keep a line."""
        self.lines.append(("error", event, self._bound | facts))


def memory_services(
    folder: Path,
    *,
    secrets: dict[str, str] | None = None,
    at: datetime | None = None,
    log: Log | None = None,
    name: str = "mailbox test",
    ledger: Ledger | None = None,
) -> Services:
    """Services for a test: secrets from a dictionary, the time given or the real one, one folder for all."""
    known = secrets or {}
    return Services(
        secret=known.get,
        now=lambda: at or datetime.now(UTC),
        log=log or MemoryLog(),
        state_directory=folder,
        config_directory=folder,
        name=name,
        ledger=ledger,
    )
