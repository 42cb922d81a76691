"""The mailbox, the calendar and both publishers keep the contracts of their ports."""

import pytest

from boundary_plugins.testing.contracts import (
    CalendarContract,
    MailboxContract,
    PublisherContract,
    ResponderContract,
)
from builders_exchange import (
    EntriesBench,
    ExchangeCalendarBench,
    ExchangeMailboxBench,
    RepliesBench,
    Site,
)


class TestMailbox(MailboxContract):
    """A mailbox over EWS."""

    @pytest.fixture
    def bench(self, exchange: Site) -> ExchangeMailboxBench:
        return ExchangeMailboxBench(exchange)


class TestCalendar(CalendarContract):
    """A calendar over EWS."""

    @pytest.fixture
    def bench(self, exchange: Site) -> ExchangeCalendarBench:
        return ExchangeCalendarBench(exchange)


class TestEntries(PublisherContract):
    """Availability as entries in a calendar."""

    @pytest.fixture
    def bench(self, exchange: Site) -> EntriesBench:
        return EntriesBench(exchange)


class TestReplies(ResponderContract):
    """Exchange's automatic replies."""

    @pytest.fixture
    def bench(self, exchange: Site) -> RepliesBench:
        return RepliesBench(exchange)
