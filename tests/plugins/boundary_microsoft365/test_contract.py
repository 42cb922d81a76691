"""The contracts of mailboxes, calendars, publishers and responders over Graph."""

from collections.abc import Iterator

import pytest

from boundary_microsoft365.calendar import Microsoft365Calendar
from boundary_microsoft365.mailbox import Microsoft365Mailbox
from boundary_microsoft365.replies import RepliesPublisher
from boundary_microsoft365.settings import (
    CalendarSettings,
    MailboxSettings,
    RepliesSettings,
    WorkingHoursSettings,
)
from boundary_microsoft365.working_hours import WorkingHoursPublisher
from boundary_plugins.errors import (
    AuthorizationNeeded,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.contracts import (
    CalendarBench,
    CalendarContract,
    MailboxBench,
    MailboxContract,
    PublisherBench,
    PublisherContract,
    ResponderBench,
    ResponderContract,
)
from builders_microsoft365 import SignedIn
from servers.graph import Fault

SEND = "POST /sendMail"


class GraphMailboxBench(MailboxBench):
    """A mailbox of Exchange Online."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.signed_in, self.account = signed_in, signed_in.account
        self.account.mailbox.aliases.append("therapist@example.com")
        self.mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")

    def deliver(self, message: bytes) -> None:
        self.account.mailbox.deliver(message)

    def remove(self, provider_id: str) -> None:
        found = self.account.mailbox.find(provider_id)
        assert found is not None
        self.account.mailbox.remove(found.number)

    def file_sent(self, message: bytes) -> None:
        self.account.mailbox.deliver(message, "sentitems")

    def mark_time(self, provider_id: str, minutes: int) -> bool:
        found = self.account.mailbox.find(provider_id)
        assert found is not None
        self.account.mailbox.categorise(found.number, [f"Boundary/{minutes} min"] if minutes else [])
        return True

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        if kind is Unavailable:
            # Its sign-in is away; once Graph was asked to send, nobody can tell.
            self.signed_in.server.sign_in.down = True
            return True
        faults = {
            RateLimited: Fault(SEND, 429, "ErrorExceededMessageLimit", retry_after=1),
            AuthorizationNeeded: Fault(SEND, 401, "InvalidAuthenticationToken", times=2),
            Refused: Fault(SEND, 403, "ErrorSendAsDenied"),
            OutcomeUnknown: Fault(SEND, 500, after=True),
        }
        self.account.faults.append(faults[kind])
        return True

    def state(self) -> object:
        return [
            (each.number, each.folder, each.is_read, tuple(each.categories))
            for each in self.account.mailbox.messages.values()
        ]

    def left(self) -> list[bytes]:
        return self.account.mailbox.left


class TestMailbox(MailboxContract):
    """The contract of every mailbox."""

    @pytest.fixture
    def bench(self, signed_in: SignedIn) -> Iterator[MailboxBench]:
        yield GraphMailboxBench(signed_in)
        signed_in.server.sign_in.down = False


class GraphCalendarBench(CalendarBench):
    """A calendar of Exchange Online."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.account = signed_in.account
        self.calendar = signed_in.open(Microsoft365Calendar, CalendarSettings, "calendar own")

    def enter(self, period: CalendarPeriod) -> None:
        shown = "oof" if period.kind is AbsenceKind.OUT_OF_OFFICE else "busy"
        self.account.calendars.add(period.interval.start, period.interval.end, showAs=shown)


class TestCalendar(CalendarContract):
    """The contract of every calendar."""

    @pytest.fixture
    def bench(self, signed_in: SignedIn) -> CalendarBench:
        return GraphCalendarBench(signed_in)


class RepliesBench(ResponderBench):
    """The automatic replies of a mailbox."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.account = signed_in.account
        self.publisher = signed_in.open(RepliesPublisher, RepliesSettings, "publisher replies")

    def seen(self) -> bytes | None:
        replies = self.account.settings.replies
        return None if replies["status"] == "disabled" else repr(sorted(replies.items())).encode()

    def switch_on_otherwise(self) -> bool:
        self.account.settings.change(
            {"automaticRepliesSetting": {"status": "alwaysEnabled", "externalReplyMessage": "I am away."}}
        )
        return True


class TestReplies(ResponderContract):
    """The contract of every responder."""

    @pytest.fixture
    def bench(self, signed_in: SignedIn) -> ResponderBench:
        return RepliesBench(signed_in)


class WorkingHoursBench(PublisherBench):
    """The working hours of a mailbox, which are there before anything is published."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.account = signed_in.account
        self._before = repr(self.account.settings.hours)
        self.publisher = signed_in.open(WorkingHoursPublisher, WorkingHoursSettings, "publisher hours")

    def seen(self) -> bytes | None:
        now = repr(self.account.settings.hours)
        return None if now == self._before else now.encode()


class TestWorkingHours(PublisherContract):
    """The contract of every publisher."""

    @pytest.fixture
    def bench(self, signed_in: SignedIn) -> PublisherBench:
        return WorkingHoursBench(signed_in)
