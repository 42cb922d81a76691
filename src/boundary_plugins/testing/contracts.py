"""What every mailbox, calendar, publisher and client directory must do: test classes that a plugin's own tests inherit.

A stranger's test of a mailbox is a class of about twenty lines: it inherits `MailboxContract` and gives
the fixture `bench`, which puts messages into the provider and looks at what left it.
"""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from boundary_plugins.ports import (
    AbsenceKind,
    CalendarPeriod,
    ClientEntry,
    Examinable,
    Examined,
    Publication,
    Responder,
    SendReceipt,
    SentSearch,
)
from boundary_plugins.testing.benches import (
    CalendarBench,
    ClientDirectoryBench,
    MailboxBench,
    PublisherBench,
    ResponderBench,
    at,
    hours,
    invented_message,
    invented_publication,
    invented_response,
    invented_responses,
    own_message,
)

__all__ = [
    "CalendarBench",
    "CalendarContract",
    "ClientDirectoryBench",
    "ClientDirectoryContract",
    "MailboxBench",
    "MailboxContract",
    "PublisherBench",
    "PublisherContract",
    "ResponderBench",
    "ResponderContract",
]

# In seconds: for what ought to happen at once, on a machine that is busy.
PATIENCE = 10.0


class MailboxContract(ABC):
    """The contract of the port `Mailbox`."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> MailboxBench:
        """An empty mailbox."""

    def test_a_first_look_is_a_gap_and_holds_what_is_there(self, bench: MailboxBench) -> None:
        """What was there before is history."""
        bench.deliver(invented_message(1))

        changes = bench.mailbox.changes(None)

        assert changes.gap
        assert 1 == len(changes.received)
        assert isinstance(changes.cursor, str)

    def test_what_comes_later_is_named_from_old_to_new(self, bench: MailboxBench) -> None:
        """It is news: no gap."""
        first = bench.mailbox.changes(None)
        for number in (1, 2, 3):
            bench.deliver(invented_message(number))

        later = bench.mailbox.changes(first.cursor)

        assert not later.gap
        assert [
            "Invented 1",
            "Invented 2",
            "Invented 3",
        ] == [_subject(bench, provider_id) for provider_id in dict.fromkeys(later.received)]

    def test_nothing_is_lost_from_look_to_look(self, bench: MailboxBench) -> None:
        """An id may be named again; none may be left out."""
        seen: set[str] = set()
        cursor = bench.mailbox.changes(None).cursor
        for number in range(5):
            bench.deliver(invented_message(number))
            changes = bench.mailbox.changes(cursor)
            seen.update(changes.received)
            cursor = changes.cursor

        assert 5 == len(seen)

    def test_an_id_means_one_message_for_ever(self, bench: MailboxBench) -> None:
        """The same id at each look."""
        bench.deliver(invented_message(1))

        ids = {bench.mailbox.changes(None).received for _ in range(2)}
        fetched = {bench.mailbox.fetch(one).provider_id for received in ids for one in received}

        assert fetched == {one for received in ids for one in received}
        assert 1 == len(fetched)

    def test_fetching_gives_the_facts(self, bench: MailboxBench) -> None:
        """The header fields by lower-case name, and an instant in UTC."""
        bench.deliver(invented_message(7))

        message = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        assert message.headers is not None
        assert ("<7@example.org>",) == message.headers.all("message-id")
        assert "client@example.org" in str(message.headers.first("from"))
        assert timedelta(0) == message.arrived_at.utcoffset()

    def test_a_field_that_is_not_there_is_absent_or_unknown(self, bench: MailboxBench) -> None:
        """Never invented."""
        bench.deliver(invented_message(1))

        message = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        assert message.headers is not None
        assert message.headers.all("auto-submitted") in ((), UNKNOWN)

    def test_a_message_that_was_deleted_is_gone(self, bench: MailboxBench) -> None:
        """The rest goes on."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.remove(provider_id)

        with pytest.raises(Gone):
            bench.mailbox.fetch(provider_id)

    def test_looking_and_fetching_change_nothing(self, bench: MailboxBench) -> None:
        """Not read, not moved, not flagged."""
        bench.deliver(invented_message(1))
        before = bench.state()

        for provider_id in bench.mailbox.changes(None).received:
            bench.mailbox.fetch(provider_id)
        bench.mailbox.find_sent("r-1")

        assert before == bench.state()

    def test_the_therapists_own_mail_is_noticed(self, bench: MailboxBench) -> None:
        """All recipients, in To, Cc and Bcc; a provider that cannot see it names nothing."""
        cursor = bench.mailbox.changes(None).cursor
        bench.file_sent(own_message(b"To: A <one@example.org>, two@example.org\r\nCc: three@example.org\r\n"))

        sent = bench.mailbox.changes(cursor).sent

        expected = [{"one@example.org", "two@example.org", "three@example.org"}] if bench.sees_sent else []
        assert expected == [set(message.recipients) for message in sent]
        assert all(timedelta(0) == message.sent_at.utcoffset() for message in sent)
        assert all(message.response_id is None for message in sent)

    def test_a_response_of_ours_among_the_sent_ones_is_told_apart(self, bench: MailboxBench) -> None:
        """By our own header."""
        cursor = bench.mailbox.changes(None).cursor
        bench.file_sent(own_message(b"To: one@example.org\r\nX-Boundary-Response: r-9\r\n"))

        sent = bench.mailbox.changes(cursor).sent

        assert (["r-9"] if bench.sees_sent else []) == [message.response_id for message in sent]

    def test_a_mark_that_logs_time_is_named_as_it_stands(self, bench: MailboxBench) -> None:
        """Set, changed and taken off again, where marks are read."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        (provider_id,) = first.received
        cursor, named = first.cursor, []
        for minutes in (12, 5, 0):
            is_read = bench.mark_time(provider_id, minutes)
            changes = bench.mailbox.changes(cursor)
            cursor = changes.cursor
            named += [{(mark.provider_id, mark.minutes) for mark in changes.time_marks}]

        expected = [{(provider_id, minutes)} for minutes in (12, 5, 0)]
        assert (expected if is_read else [set()] * 3) == named

    def test_sending_hands_over_the_message_as_it_is(self, bench: MailboxBench) -> None:
        """Our header arrives with it."""
        receipt = bench.mailbox.send(invented_response())

        assert isinstance(receipt, SendReceipt)
        assert [b"r-1"] == [_field(content, b"X-Boundary-Response") for content in bench.left()]

    def test_a_search_never_denies_what_was_sent(self, bench: MailboxBench) -> None:
        """Found where the provider can be asked, else unknown, never absent."""
        bench.mailbox.send(invented_response("r-2"))

        found = bench.mailbox.find_sent("r-2")

        assert (SentSearch.FOUND if bench.can_search_sent else SentSearch.UNKNOWN) is found

    @pytest.mark.parametrize("kind", [Unavailable, RateLimited, AuthorizationNeeded, Refused, OutcomeUnknown])
    def test_a_failed_send_says_whether_it_was_sent(
        self, bench: MailboxBench, kind: type[ProviderError]
    ) -> None:
        """Only OutcomeUnknown may have been sent; where the provider never fails so, it sends."""
        if not bench.fail_next_send(kind):
            bench.mailbox.send(invented_response())
            assert 1 == len(bench.left())
            return

        with pytest.raises(ProviderError) as caught:
            bench.mailbox.send(invented_response())

        assert kind is type(caught.value)
        assert kind is OutcomeUnknown or bench.left() == []

    def test_an_examination_changes_and_sends_nothing(self, bench: MailboxBench) -> None:
        """Where the mailbox offers one."""
        bench.deliver(invented_message(1))
        before = bench.state()

        found = bench.mailbox.examine() if isinstance(bench.mailbox, Examinable) else ()

        assert before == bench.state()
        assert [] == bench.left()
        assert all(isinstance(each, Examined) for each in found)

    def test_a_wait_ends_by_itself(self, bench: MailboxBench) -> None:
        """After its seconds at the latest."""
        bench.mailbox.changes(None)

        assert _ends(lambda: bench.mailbox.wait(0.05))

    def test_a_wake_ends_a_wait(self, bench: MailboxBench) -> None:
        """From another thread, and also when it comes a moment before."""
        bench.mailbox.changes(None)
        bench.mailbox.wake()

        assert _ends(lambda: bench.mailbox.wait(600))

    def test_new_mail_ends_a_wait_or_its_seconds_do(self, bench: MailboxBench) -> None:
        """And then it is named."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))

        bench.mailbox.wait(0.05)

        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_closing_twice_is_no_error(self, bench: MailboxBench) -> None:
        """As a daemon that drains may do."""
        bench.mailbox.close()
        bench.mailbox.close()


class CalendarContract(ABC):
    """The contract of the port `Calendar`."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> CalendarBench:
        """An empty calendar."""

    def test_an_empty_calendar_has_no_periods(self, bench: CalendarBench) -> None:
        """And nothing that was set aside."""
        contents = bench.calendar.contents(hours(0, 24))

        assert () == contents.periods
        assert () == contents.set_aside

    @pytest.mark.parametrize("kind", list(AbsenceKind))
    def test_a_period_is_seen_as_what_it_is(self, bench: CalendarBench, kind: AbsenceKind) -> None:
        """Its interval to the second, and what it means."""
        bench.enter(CalendarPeriod(hours(10, 11), kind))

        (period,) = bench.calendar.contents(hours(0, 24)).periods

        assert (hours(10, 11), kind) == (period.interval, period.kind)

    def test_intervals_are_half_open(self, bench: CalendarBench) -> None:
        """What ends when the question begins does not touch it."""
        bench.enter(CalendarPeriod(hours(10, 11), AbsenceKind.BUSY))

        before, within, after = (
            bench.calendar.contents(hours(*span)).periods for span in ((8, 10), (10, 11), (11, 12))
        )

        assert (len(before), len(within), len(after)) == (0, 1, 0)

    def test_a_period_entered_later_is_seen(self, bench: CalendarBench) -> None:
        """Without opening anew."""
        bench.calendar.contents(hours(0, 24))
        bench.enter(CalendarPeriod(hours(10, 11), AbsenceKind.BUSY))

        assert 1 == len(bench.calendar.contents(hours(0, 24)).periods)

    def test_closing_twice_is_no_error(self, bench: CalendarBench) -> None:
        """As a daemon that drains may do."""
        bench.calendar.close()
        bench.calendar.close()


class PublisherContract(ABC):
    """The contract of the port `Publisher`."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> PublisherBench:
        """A publisher that has published nothing yet."""

    def test_publishing_writes_once(self, bench: PublisherBench) -> None:
        """The same again, made a minute later, writes nothing."""
        first = bench.publisher.publish(invented_publication())
        seen = bench.seen()
        again = bench.publisher.publish(invented_publication(as_of=at(0) + timedelta(minutes=1)))

        assert (first, again) == (True, False)
        assert seen == bench.seen()

    def test_what_differs_is_written(self, bench: PublisherBench) -> None:
        """Other contact hours show."""
        bench.publisher.publish(invented_publication())
        seen = bench.seen()

        assert bench.publisher.publish(invented_publication(opens=10))
        assert seen != bench.seen()

    def test_an_examination_writes_nothing(self, bench: PublisherBench) -> None:
        """Where the publisher offers one."""
        found = bench.publisher.examine() if isinstance(bench.publisher, Examinable) else ()

        assert bench.seen() is None
        assert all(isinstance(each, Examined) for each in found)

    def test_removing_takes_away_what_was_published(self, bench: PublisherBench) -> None:
        """And may be asked for twice."""
        bench.publisher.publish(invented_publication())

        bench.publisher.remove()
        bench.publisher.remove()

        assert bench.seen() is None

    def test_closing_twice_is_no_error(self, bench: PublisherBench) -> None:
        """As a daemon that drains may do."""
        bench.publisher.close()
        bench.publisher.close()


class ResponderContract(ABC):
    """The contract of the port `Responder`, for a publisher whose provider answers by itself."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> ResponderBench:
        """A responder that is programmed with nothing yet."""

    def test_it_is_a_responder(self, bench: ResponderBench) -> None:
        """So that the program knows when to keep quiet."""
        assert isinstance(bench.publisher, Responder)

    def test_nothing_is_answered_before_it_is_programmed(self, bench: ResponderBench) -> None:
        """The program answers then."""
        assert () == self._answered(bench)

    def test_the_coming_window_is_answered_and_no_open_hour(self, bench: ResponderBench) -> None:
        """As read back from the provider; a later window may be, where it can hold more than one."""
        first, second = invented_responses()
        bench.publisher.publish(_night())
        if not bench.can_read_back:
            assert UNKNOWN is self._answered(bench)
            return

        answered = self._answered(bench)

        assert answered is not UNKNOWN
        a_second = timedelta(seconds=1)
        for inside in (first.interval.start, first.interval.start + a_second, first.interval.end - a_second):
            assert any(inside in each for each in answered), inside
        for outside in (at(9), at(12), first.interval.end, first.window.end, second.window.end):
            assert not any(outside in each for each in answered), outside

    def test_programming_the_same_again_writes_nothing(self, bench: ResponderBench) -> None:
        """An edit may make a provider forget whom it answered."""
        first = bench.publisher.publish(_night())
        seen = bench.seen()
        again = bench.publisher.publish(replace(_night(), as_of=at(0) + timedelta(minutes=1)))

        assert (first, again) == (True, False)
        assert seen == bench.seen()

    def test_what_differs_is_programmed(self, bench: ResponderBench) -> None:
        """Other hours, and the text that names them."""
        bench.publisher.publish(_night())
        seen = bench.seen()

        assert bench.publisher.publish(_night(opens=10))
        assert seen != bench.seen()

    def test_what_somebody_else_switched_on_is_not_overwritten_and_not_taken_for_ours(
        self, bench: ResponderBench
    ) -> None:
        """It is refused in words, and the program keeps quiet, because that one answers."""
        if not bench.switch_on_otherwise():
            # Then whatever answers there is ours.
            assert bench.seen() is None
            return
        seen = bench.seen()

        with pytest.raises(Refused):
            bench.publisher.publish(_night())
        bench.publisher.remove()

        assert seen == bench.seen()
        answered = self._answered(bench)
        assert answered is UNKNOWN or any(at(20) in each for each in answered)

    def test_nothing_is_answered_after_removing(self, bench: ResponderBench) -> None:
        """And it may be asked for twice."""
        bench.publisher.publish(_night())

        bench.publisher.remove()
        bench.publisher.remove()

        assert bench.seen() is None
        assert () == self._answered(bench)

    @staticmethod
    def _answered(bench: ResponderBench) -> tuple[Interval, ...] | Unknown:
        """When it answers, within three days."""
        publisher = bench.publisher
        assert isinstance(publisher, Responder)
        return publisher.answers_during(hours(0, 72))


def _night(opens: int = 9) -> Publication:
    """The invented day with what is answered in its night."""
    return replace(invented_publication(opens=opens), responses=invented_responses(opens))


class ClientDirectoryContract(ABC):
    """The contract of the port `ClientDirectory`."""

    @pytest.fixture
    @abstractmethod
    def bench(self) -> ClientDirectoryBench:
        """A client directory with one client, number 1 with the address one@example.org."""

    def test_every_client_is_listed_in_order_with_all_addresses(self, bench: ClientDirectoryBench) -> None:
        """The first address is the one to answer."""
        bench.enter(2, "two@example.org", "two@example.net")

        listing = bench.directory.listing()

        assert [("one@example.org",), ("two@example.org", "two@example.net")] == [
            entry.addresses for entry in listing.entries
        ]
        assert () == listing.refused

    def test_a_name_never_leaves_the_plugin(self, bench: ClientDirectoryBench) -> None:
        """Initials, or the system's own id, stand for it."""
        (entry,) = bench.directory.listing().entries

        assert "invented" not in repr(entry).lower()
        assert entry.id is not None or "IC" == entry.initials

    def test_each_entry_says_where_it_stands(self, bench: ClientDirectoryBench) -> None:
        """So that a person finds it there."""
        bench.enter(2, "two@example.org")

        places = [entry.place for entry in bench.directory.listing().entries]

        assert 2 == len(set(places))
        assert all(place and place.isprintable() for place in places)

    def test_a_client_without_an_address_is_told_or_left_out(self, bench: ClientDirectoryBench) -> None:
        """The rest is listed."""
        bench.enter(2)
        bench.enter(3, "three@example.org")

        listed = [entry.addresses for entry in bench.directory.listing().entries]

        assert [("one@example.org",), ("three@example.org",)] == [each for each in listed if each]

    def test_the_version_changes_with_the_clients_and_only_then(self, bench: ClientDirectoryBench) -> None:
        """Where the system can tell; else it is always empty."""
        before = (bench.directory.version(), bench.directory.version())
        bench.enter(2, "two@example.org")

        after = bench.directory.version()

        assert before[0] == before[1]
        assert bench.tells_version == (after != before[0])
        assert bench.tells_version == bool(after)

    def test_listing_changes_nothing(self, bench: ClientDirectoryBench) -> None:
        """And gives the same again."""
        before = bench.state()

        listings = [bench.directory.listing() for _ in range(2)]

        assert listings[0] == listings[1]
        assert before == bench.state()
        assert all(isinstance(each, ClientEntry) for each in listings[0].entries)

    def test_closing_twice_is_no_error(self, bench: ClientDirectoryBench) -> None:
        """As a daemon that drains may do."""
        bench.directory.close()
        bench.directory.close()


def _field(content: bytes, name: bytes) -> bytes | None:
    """The value of a field of a message."""
    for line in content.splitlines():
        if line.lower().startswith(name.lower() + b":"):
            return line.partition(b":")[2].strip()
    return None


def _subject(bench: MailboxBench, provider_id: str) -> str:
    """The Subject of a message."""
    headers = bench.mailbox.fetch(provider_id).headers
    return str(headers.first("subject")) if headers else ""


def _ends(work: Callable[[], None]) -> bool:
    """Whether some work ends within a test's patience."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return not thread.is_alive()
