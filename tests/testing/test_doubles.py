"""The doubles in memory fulfil the same contracts as every provider."""

from datetime import UTC, datetime

import pytest

from boundary_plugins.core.message import Headers, SubjectMessage
from boundary_plugins.errors import ProviderError
from boundary_plugins.ports import CalendarPeriod, ClientEntry, SentMessage
from boundary_plugins.testing.biller_contract import BillerBench, BillerContract, invented_line
from boundary_plugins.testing.contracts import (
    CalendarBench,
    CalendarContract,
    ClientDirectoryBench,
    ClientDirectoryContract,
    MailboxBench,
    MailboxContract,
    PublisherBench,
    PublisherContract,
    ResponderBench,
    ResponderContract,
)
from boundary_plugins.testing.doubles import (
    MemoryBiller,
    MemoryCalendar,
    MemoryClientDirectory,
    MemoryLedger,
    MemoryMailbox,
    MemoryPublisher,
    MemoryResponder,
)


def fields_of(message: bytes) -> dict[str, str]:
    """The header fields of an invented message, none of which is folded or repeated."""
    lines = message.decode().partition("\r\n\r\n")[0].splitlines()
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


class MemoryMailboxBench(MailboxBench):
    """The memory mailbox, whose provider is the test itself."""

    def __init__(self) -> None:
        self.memory = self.mailbox = MemoryMailbox()

    def deliver(self, message: bytes) -> None:
        headers = Headers({name: (value,) for name, value in fields_of(message).items()})
        number = f"m-{len(self.memory.messages) + 1}"
        self.memory.deliver(SubjectMessage(number, datetime(2026, 3, 2, tzinfo=UTC), headers))

    def remove(self, provider_id: str) -> None:
        self.memory.remove(provider_id)

    def file_sent(self, message: bytes) -> None:
        fields = fields_of(message)
        named = f"{fields['to']}, {fields.get('cc', '')}".replace("A <", "").replace(">", "")
        recipients = tuple(one.strip() for one in named.split(",") if one.strip())
        response_id = fields.get("x-boundary-response")
        self.memory.file_sent(SentMessage("s-1", recipients, datetime(2026, 3, 2, tzinfo=UTC), response_id))

    def mark_time(self, provider_id: str, minutes: int) -> bool:
        self.memory.mark(provider_id, minutes)
        return True

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        self.memory.fail_next_send = kind("mailbox memory")
        return True

    def state(self) -> object:
        return dict(self.memory.messages)

    def left(self) -> list[bytes]:
        return [response.content for response in self.memory.sent]


class TestMemoryMailbox(MailboxContract):
    """The memory mailbox."""

    @pytest.fixture
    def bench(self) -> MailboxBench:
        return MemoryMailboxBench()

    def test_an_expired_cursor_is_a_gap(self) -> None:
        """As where a provider forgot our place."""
        mailbox = MemoryMailbox()
        cursor = mailbox.changes(None).cursor
        mailbox.expire()

        assert mailbox.changes(cursor).gap


class MemoryCalendarBench(CalendarBench):
    """The memory calendar."""

    def __init__(self) -> None:
        self.memory = self.calendar = MemoryCalendar()

    def enter(self, period: CalendarPeriod) -> None:
        self.memory.periods.append(period)


class TestMemoryCalendar(CalendarContract):
    """The memory calendar."""

    @pytest.fixture
    def bench(self) -> CalendarBench:
        return MemoryCalendarBench()


class MemoryPublisherBench(PublisherBench):
    """The memory publisher."""

    def __init__(self) -> None:
        self.memory = self.publisher = MemoryPublisher()

    def seen(self) -> bytes | None:
        published = self.memory.published
        return None if published is None else repr((published.windows, published.busy)).encode()


class TestMemoryPublisher(PublisherContract):
    """The memory publisher."""

    @pytest.fixture
    def bench(self) -> PublisherBench:
        return MemoryPublisherBench()


class MemoryResponderBench(ResponderBench):
    """The memory responder."""

    def __init__(self) -> None:
        self.memory = self.publisher = MemoryResponder()

    def seen(self) -> bytes | None:
        published = self.memory.published
        return None if published is None else repr(published.responses).encode()

    def switch_on_otherwise(self) -> bool:
        self.memory.foreign = True
        return True


class TestMemoryResponder(ResponderContract):
    """The memory responder."""

    @pytest.fixture
    def bench(self) -> ResponderBench:
        return MemoryResponderBench()


class MemoryClientDirectoryBench(ClientDirectoryBench):
    """The memory client directory."""

    def __init__(self) -> None:
        self.memory = self.directory = MemoryClientDirectory()
        self.enter(1, "one@example.org")

    def enter(self, number: int, *addresses: str) -> None:
        self.memory.entries.append(ClientEntry(f"client {number}", addresses, initials="IC"))

    def state(self) -> object:
        return tuple(self.memory.entries)


class TestMemoryClientDirectory(ClientDirectoryContract):
    """The memory client directory."""

    @pytest.fixture
    def bench(self) -> ClientDirectoryBench:
        return MemoryClientDirectoryBench()


class MemoryBillerBench(BillerBench):
    """The memory biller, whose books are its own."""

    def __init__(self) -> None:
        self.memory = self.biller = MemoryBiller()

    def balance(self, client_id: str) -> int:
        lines = [*self.memory.posted.values(), *self.memory.countered.values()]
        return sum(line.amount.gross for line in lines if line.client_id == client_id)

    def lines(self) -> int:
        return len(self.memory.posted) + len(self.memory.countered)

    def fail_next(self, kind: type[ProviderError]) -> bool:
        self.memory.failure = kind("biller memory")
        return True


class TestMemoryBiller(BillerContract):
    """The contract of the port `Biller`."""

    @pytest.fixture
    def bench(self) -> MemoryBillerBench:
        return MemoryBillerBench()


def test_the_memory_ledger_has_each_key_once() -> None:
    """And numbers its entries from 1."""
    ledger = MemoryLedger()

    numbers = [ledger.append(invented_line(number)) for number in (1, 2, 1)]

    assert [1, 2, 1] == numbers
    assert (2, None) == (ledger.find(invented_line(2).key), ledger.find("another"))
