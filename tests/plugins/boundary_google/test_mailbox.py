"""The Gmail mailbox over real HTTP, at a server that is held to Google's own description."""

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from boundary_plugins.ports import Condition, TimeMark
from boundary_plugins.testing.benches import invented_message, own_message
from boundary_plugins.testing.contracts import MailboxContract
from builders_google import LEAST, GmailBench
from servers.google import Account, Fault, GoogleServer

HISTORY, GET, LIST = "gmail.users.history.list", "gmail.users.messages.get", "gmail.users.messages.list"


class TestGmailMailbox(MailboxContract):
    """The contract of every mailbox, with the least sign-in."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
        with closing(GmailBench(tmp_path, google, account)) as made:
            yield made


class TestGmailMailboxWithStructure(MailboxContract):
    """The contract, with a sign-in that also shows how messages are put together, and labels them."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
        settings = {"read": "structure", "label_answered": True}
        with closing(GmailBench(tmp_path, google, account, "gmail.modify", **settings)) as made:
            yield made


@pytest.fixture
def bench(tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
    """A mailbox with the least sign-in."""
    with closing(GmailBench(tmp_path, google, account)) as made:
        yield made


class TestHistory:
    """The place in Gmail's history, which is followed and may be lost."""

    def test_a_cursor_is_a_text_that_needs_no_64_bits(self, bench: GmailBench) -> None:
        """Gmail says nothing of its size."""
        cursor = bench.mailbox.changes(None).cursor

        assert int(cursor) > 2**64

    def test_a_history_that_was_forgotten_is_a_gap(self, bench: GmailBench) -> None:
        """A 404: what is there is named as history, and followed from then on."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        bench.account.mailbox.forget_history()

        gap = bench.mailbox.changes(cursor)
        bench.deliver(invented_message(2))
        later = bench.mailbox.changes(gap.cursor)

        assert (True, 1) == (gap.gap, len(gap.received))
        assert (False, 1) == (later.gap, len(later.received))

    def test_a_look_anew_is_bounded_and_reads_nothing_that_came(self, bench: GmailBench) -> None:
        """The newest 500 are named, in one call, and none of them is opened."""
        for number in range(600):
            bench.account.mailbox.deliver(invented_message(number), at=1_000_000 + number)

        received = bench.mailbox.changes(None).received

        newest = bench.account.mailbox.listed()[:500]
        assert [each.id for each in reversed(newest)] == list(received)
        assert 0 == bench.account.calls[GET]
        assert {"INBOX": 1, "SENT": 1} == {
            asked["labelIds"][0]: 1 for call, asked in bench.account.asked if call == LIST
        }

    def test_many_pages_of_history_are_read_to_their_end(self, bench: GmailBench) -> None:
        """501 messages and as many marks of having been read."""
        cursor = bench.mailbox.changes(None).cursor
        for number in range(501):
            stored = bench.account.mailbox.deliver(invented_message(number))
            bench.account.mailbox.relabel(stored.id, remove=["UNREAD"], add=["STARRED"])

        changes = bench.mailbox.changes(cursor)

        assert 501 == len(changes.received)
        assert 4 == bench.account.calls[HISTORY]
        assert () == bench.mailbox.changes(changes.cursor).received

    @pytest.mark.parametrize(
        ("labels", "is_named"),
        [
            (("INBOX",), True),
            # A filter of the therapist's own took it out of the inbox: it came all the same.
            (("Label_7",), True),
            (("SPAM",), True),
            (("DRAFT",), False),
            (("TRASH",), False),
            (("CHAT",), False),
        ],
    )
    def test_what_came_from_somebody_is_named(
        self, bench: GmailBench, labels: tuple[str, ...], is_named: bool
    ) -> None:
        """Wherever it lies; a draft, a chat and what was thrown away did not."""
        cursor = bench.mailbox.changes(None).cursor
        bench.account.mailbox.deliver(invented_message(1), *labels)

        assert is_named is bool(bench.mailbox.changes(cursor).received)

    def test_what_the_therapist_wrote_long_ago_is_left_out(self, bench: GmailBench) -> None:
        """No decision looks further back than 60 days."""
        bench.file_sent(own_message(b"To: one@example.org\r\n"))
        old = bench.account.mailbox.file_sent(own_message(b"To: two@example.org\r\n"))
        old.internal_ms -= 61 * 24 * 3600 * 1000

        sent = bench.mailbox.changes(None).sent

        assert [("one@example.org",)] == [each.recipients for each in sent]


class TestReading:
    """Batches of header fields, and what is known of a message by them."""

    def test_a_hundred_messages_are_read_in_one_list_and_four_batches(self, bench: GmailBench) -> None:
        """Only the fields that a decision asks for, and never a text."""
        cursor = bench.mailbox.changes(None).cursor
        for number in range(100):
            bench.deliver(invented_message(number))
        bench.account.forget_calls()

        received = bench.mailbox.changes(cursor).received
        found = [bench.mailbox.fetch(each) for each in received]

        asked = [parameters for call, parameters in bench.account.asked if call == GET]
        assert (100, 1, 4) == (len(found), bench.account.calls[HISTORY], bench.account.calls["batch"])
        assert {"metadata"} == {each["format"] for each in asked}
        assert "Subject" in asked[0]["metadataHeaders"]
        assert "X-Secret" not in asked[0]["metadataHeaders"]

    def test_a_field_that_was_not_asked_for_is_unknown(self, bench: GmailBench) -> None:
        """Absent is what was asked for and is not there."""
        bench.deliver(b"X-Secret: 1\r\n" + invented_message(1))

        headers = bench.mailbox.fetch(bench.mailbox.changes(None).received[0]).headers

        assert headers is not None
        assert UNKNOWN is headers.all("x-secret")
        assert () == headers.all("auto-submitted")

    @pytest.mark.parametrize(
        ("labels", "spam", "bulk"),
        [
            (("INBOX", "CATEGORY_PERSONAL"), False, False),
            (("SPAM",), True, False),
            (("INBOX", "CATEGORY_PROMOTIONS"), False, True),
            (("INBOX", "CATEGORY_SOCIAL"), False, True),
            (("INBOX", "CATEGORY_FORUMS"), False, True),
            # A practice's portal lands there.
            (("INBOX", "CATEGORY_UPDATES"), False, False),
        ],
    )
    def test_gmails_own_sorting_is_a_fact(
        self, bench: GmailBench, labels: tuple[str, ...], spam: bool, bulk: bool
    ) -> None:
        """Its verdict on spam, and its categories."""
        cursor = bench.mailbox.changes(None).cursor
        bench.account.mailbox.deliver(invented_message(1), *labels)

        message = bench.mailbox.fetch(bench.mailbox.changes(cursor).received[0])

        assert (spam, bulk) == (message.spam, message.bulk)

    def test_the_arrival_is_when_gmail_took_it(self, bench: GmailBench) -> None:
        """Not what the sender's Date says."""
        bench.account.mailbox.deliver(invented_message(1), at=1_795_000_000)

        message = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        assert datetime.fromtimestamp(1_795_000_000, UTC) == message.arrived_at

    def test_one_part_of_a_batch_that_fails_is_read_again(self, bench: GmailBench) -> None:
        """The rest is not read twice."""
        for number in range(10):
            bench.deliver(invented_message(number))
        cursor = str(bench.account.mailbox.oldest_history)
        received = bench.mailbox.changes(cursor).received
        bench.account.faults.append(Fault(GET, 429, "rateLimitExceeded", skip=4))

        found = [bench.mailbox.fetch(each).provider_id for each in received]

        assert list(received) == found
        assert (11, 2) == (bench.account.calls[GET], bench.account.calls["batch"])

    def test_the_part_that_was_asked_for_tells_why_it_failed(self, bench: GmailBench) -> None:
        """And when to come again."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.account.faults.append(Fault(GET, 429, "rateLimitExceeded", retry_after=60))

        with pytest.raises(RateLimited) as caught:
            bench.mailbox.fetch(provider_id)

        assert caught.value.retry_at is not None
        assert timedelta(seconds=50) < caught.value.retry_at - bench.clock.now() < timedelta(seconds=61)
        assert provider_id == bench.mailbox.fetch(provider_id).provider_id

    def test_a_whole_batch_that_fails_is_read_again(self, bench: GmailBench) -> None:
        """Nothing is lost by it."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.account.faults.append(Fault("batch", 503))

        with pytest.raises(Unavailable):
            bench.mailbox.fetch(provider_id)

        assert provider_id == bench.mailbox.fetch(provider_id).provider_id

    def test_a_message_that_vanished_from_a_batch_is_gone_alone(self, bench: GmailBench) -> None:
        """The others of its batch are there."""
        for number in range(3):
            bench.deliver(invented_message(number))
        first, second, third = bench.mailbox.changes(str(bench.account.mailbox.oldest_history)).received
        bench.remove(second)

        assert first == bench.mailbox.fetch(first).provider_id
        with pytest.raises(Gone):
            bench.mailbox.fetch(second)
        assert third == bench.mailbox.fetch(third).provider_id

    @pytest.mark.parametrize(
        ("parts", "expected"),
        [
            ("Content-Type: text/plain\r\n\r\nHello.\r\n", False),
            ('Content-Type: text/calendar; method="REQUEST"\r\n\r\nBEGIN:VCALENDAR\r\n', True),
            # Its method may stand in its text, which is not read.
            ("Content-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n", UNKNOWN),
            ("Content-Type: message/rfc822\r\n\r\nSubject: Forwarded\r\n\r\n", False),
        ],
    )
    def test_the_structure_tells_a_calendars_mail(
        self, tmp_path: Path, google: GoogleServer, account: Account, parts: str, expected: object
    ) -> None:
        """Where the sign-in shows it; its parts' texts stay at Google."""
        head = b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n"
        message = head + invented_message(1).partition(b"\r\n\r\n")[0]
        account.mailbox.deliver(message + f"\r\n\r\n--b\r\n{parts}\r\n--b--\r\n".encode())
        with closing(
            GmailBench(tmp_path, google, account, "gmail.readonly", "gmail.send", read="structure")
        ) as bench:
            found = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        mask = next(asked["fields"] for call, asked in account.asked if call == GET)
        assert expected is found.calendar_method
        assert "body" not in mask
        assert "snippet" not in mask

    def test_header_fields_alone_leave_the_structure_unknown(self, bench: GmailBench) -> None:
        """Unless the message is no container at all."""
        head = b"Content-Type: multipart/mixed; boundary=b\r\n"
        bench.deliver(head + invented_message(1))
        bench.deliver(invented_message(2))
        container, plain = bench.mailbox.changes(str(bench.account.mailbox.oldest_history)).received

        assert UNKNOWN is bench.mailbox.fetch(container).calendar_method
        assert False is bench.mailbox.fetch(plain).calendar_method


class TestTrouble:
    """What Google refuses, and what breaks on the way."""

    @pytest.mark.parametrize(
        ("fault", "kind"),
        [
            (Fault(HISTORY, 429, "rateLimitExceeded", times=9), RateLimited),
            (Fault(HISTORY, 403, "userRateLimitExceeded", times=9), RateLimited),
            (Fault(HISTORY, 403, "dailyLimitExceeded", times=9), RateLimited),
            (Fault(HISTORY, 403, "insufficientPermissions", times=9), AuthorizationNeeded),
            (Fault(HISTORY, 403, "accessNotConfigured", times=9), AuthorizationNeeded),
            (Fault(HISTORY, 403, "domainPolicy", times=9), AuthorizationNeeded),
            (Fault(HISTORY, 401, "authError", times=9), AuthorizationNeeded),
            (Fault(HISTORY, 400, "failedPrecondition", times=9), Refused),
            (Fault(HISTORY, 500, times=9), Unavailable),
            (Fault(HISTORY, 503, times=9), Unavailable),
            (Fault(HISTORY, act="drop", times=9), Unavailable),
        ],
        ids=lambda each: each.reason if isinstance(each, Fault) else each.__name__,
    )
    def test_each_refusal_is_told_as_what_it_is(
        self, bench: GmailBench, fault: Fault, kind: type[ProviderError]
    ) -> None:
        """Wait, ask a person, or refused; and the next look is as if nothing had been."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        bench.account.faults.append(fault)

        with pytest.raises(ProviderError) as caught:
            bench.mailbox.changes(cursor)

        bench.account.faults.clear()
        assert kind is type(caught.value)
        assert str(caught.value).startswith("mailbox main: ")
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_a_burst_of_refusals_loses_nothing(self, bench: GmailBench) -> None:
        """Five times 429, then it goes on where it was."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        bench.account.faults.append(Fault(HISTORY, 429, "rateLimitExceeded", retry_after=1, times=5))

        refused = 0
        for _ in range(5):
            with pytest.raises(RateLimited):
                bench.mailbox.changes(cursor)
            refused += 1

        assert (5, 1) == (refused, len(bench.mailbox.changes(cursor).received))

    def test_a_server_that_stalls_is_given_up(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """After the configured seconds."""
        with closing(GmailBench(tmp_path, google, account, timeout=0.2)) as bench:
            cursor = bench.mailbox.changes(None).cursor
            account.faults.append(Fault(HISTORY, act="stall"))

            with pytest.raises(Unavailable, match="the connection to Google broke"):
                bench.mailbox.changes(cursor)

    def test_google_may_not_be_there_at_all(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """Nothing listens: Unavailable, in a sentence."""
        with closing(GmailBench(tmp_path, google, account)) as bench:
            bench.mailbox.changes(None)
            bench.settings = bench.settings.model_copy(update={"api_endpoint": "http://127.0.0.1:9/"})

            with pytest.raises(Unavailable, match="mailbox main: Google cannot be reached"):
                bench.opened().changes(None)

    def test_an_access_token_that_ended_is_renewed_in_silence(self, bench: GmailBench) -> None:
        """As happens each hour; also for a batch."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        bench.google.sign_in.expire_access(bench.account.address)
        (provider_id,) = bench.mailbox.changes(cursor).received
        bench.google.sign_in.expire_access(bench.account.address)

        assert provider_id == bench.mailbox.fetch(provider_id).provider_id

    def test_a_sign_in_that_was_revoked_needs_a_person_and_no_restart(self, bench: GmailBench) -> None:
        """The same instance goes on with the new sign-in."""
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        bench.google.sign_in.revoke_all(bench.account.address)

        with pytest.raises(AuthorizationNeeded, match="sign in with: boundary google authorize"):
            bench.mailbox.changes(cursor)

        bench.secrets["google"] = json.dumps(bench.google.token(bench.account, *LEAST))
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_a_sign_in_that_ended_after_a_week_says_why(self, bench: GmailBench) -> None:
        """A Cloud project in "Testing" is the usual reason."""
        kept = json.loads(bench.secrets["google"])
        kept["signed_in_at"] = (datetime.now(UTC) - timedelta(days=7, hours=1)).isoformat()
        bench.secrets["google"] = json.dumps(kept)
        bench.google.sign_in.revoke_all(bench.account.address)

        with pytest.raises(AuthorizationNeeded, match='the Cloud project is in "Testing"; publish it there'):
            bench.mailbox.changes(None)

    @pytest.mark.parametrize(
        ("secret", "problem"),
        [
            (None, "there is no sign-in google; sign in with: boundary google authorize"),
            ("", "there is no sign-in google"),
            ("{", "the secret google is no sign-in"),
            ('{"type": "authorized_user"}', "client_id is missing"),
        ],
    )
    def test_without_a_sign_in_somebody_must_sign_in(
        self, bench: GmailBench, secret: str | None, problem: str
    ) -> None:
        """In a sentence, and nothing was asked of Google."""
        if secret is None:
            del bench.secrets["google"]
        else:
            bench.secrets["google"] = secret

        with pytest.raises(AuthorizationNeeded, match=problem):
            bench.mailbox.changes(None)

        assert {} == bench.account.calls

    def test_a_sign_in_for_less_than_is_needed_says_what_is_missing(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """Before anything is tried."""
        with (
            closing(GmailBench(tmp_path, google, account, *LEAST, label_answered=True)) as bench,
            pytest.raises(AuthorizationNeeded, match=r"the sign-in does not allow gmail\.modify"),
        ):
            bench.mailbox.changes(None)

        assert {} == account.calls

    def test_a_sign_in_that_is_limited_to_header_fields_shows_no_structure(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """gmail.metadata limits a sign-in even where a wider scope stands beside it."""
        scopes = (*LEAST, "gmail.readonly")
        with (
            closing(GmailBench(tmp_path, google, account, *scopes, read="structure")) as bench,
            pytest.raises(AuthorizationNeeded, match=r"the sign-in is limited by gmail\.metadata"),
        ):
            bench.mailbox.changes(None)

    def test_no_error_carries_an_address_or_a_subject(self, bench: GmailBench) -> None:
        """Whatever Google writes into its own."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.account.faults.append(Fault(GET, 400, "client@example.org wrote: Invented 1"))

        with pytest.raises(Refused) as caught:
            bench.mailbox.fetch(provider_id)

        assert "mailbox main: Google answered 400" == str(caught.value)


class TestServiceAccount:
    """A practice's own: it acts in the name of each therapist."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
        google.sign_in.delegated = frozenset(f"https://www.googleapis.com/auth/{each}" for each in LEAST)
        with closing(GmailBench(tmp_path, google, account, account=account.address)) as made:
            made.secrets["google"] = json.dumps(google.sign_in.service_account())
            yield made
        google.sign_in.delegated = frozenset()

    def test_reads_the_mailbox_that_is_named(self, bench: GmailBench) -> None:
        """With no person at a browser."""
        bench.deliver(invented_message(1))

        assert 1 == len(bench.mailbox.changes(None).received)

    def test_without_delegation_says_whom_to_ask(self, bench: GmailBench) -> None:
        """The Workspace's administrator."""
        bench.google.sign_in.delegated = frozenset()

        with pytest.raises(AuthorizationNeeded, match="no domain-wide delegation"):
            bench.mailbox.changes(None)

    def test_without_a_name_says_which_key_is_missing(self, bench: GmailBench) -> None:
        """It has no mailbox of its own."""
        bench.settings = bench.settings.model_copy(update={"account": None})

        with pytest.raises(AuthorizationNeeded, match="say whose with the key account"):
            bench.opened().changes(None)


class TestTimeMarks:
    """Labels that log time."""

    def labelled(self, bench: GmailBench, cursor: str) -> tuple[str, tuple[TimeMark, ...]]:
        """The next place, and the marks since this one."""
        changes = bench.mailbox.changes(cursor)
        return changes.cursor, changes.time_marks

    def test_a_label_is_the_minutes_of_its_message(self, bench: GmailBench) -> None:
        """All labels together; taken off again, none."""
        cursor = bench.mailbox.changes(None).cursor
        mailbox = bench.account.mailbox
        stored = mailbox.deliver(invented_message(1))
        twelve, five = mailbox.label("Boundary/12 min"), mailbox.label("Boundary/5 min")

        mailbox.relabel(stored.id, add=[twelve])
        cursor, first = self.labelled(bench, cursor)
        mailbox.relabel(stored.id, add=[five])
        cursor, second = self.labelled(bench, cursor)
        mailbox.relabel(stored.id, remove=[five, twelve])
        cursor, third = self.labelled(bench, cursor)

        assert (TimeMark(stored.id, 12),) == first
        assert (TimeMark(stored.id, 17),) == second
        assert (TimeMark(stored.id, 0),) == third

    def test_a_conversation_that_is_labelled_is_logged_once(self, bench: GmailBench) -> None:
        """Gmail labels each of its messages, the therapist's own too: the newest one of the client's has it."""
        cursor = bench.mailbox.changes(None).cursor
        mailbox = bench.account.mailbox
        first = mailbox.deliver(invented_message(1))
        reply = invented_message(2).replace(b"Invented 2", b"Re: Invented 1")
        second = mailbox.deliver(b"In-Reply-To: <1@example.org>\r\n" + reply)
        own = mailbox.file_sent(
            b"References: <1@example.org>\r\nSubject: Re: Invented 1\r\nTo: a@example.org\r\n"
        )
        label = mailbox.label("Boundary/12 min")
        for each in (first, second, own):
            mailbox.relabel(each.id, add=[label])

        _, marks = self.labelled(bench, cursor)

        assert {first.thread_id} == {second.thread_id, own.thread_id}
        assert (TimeMark(second.id, 12),) == marks

    def test_a_later_label_leaves_what_was_logged_before(self, bench: GmailBench) -> None:
        """The conversation goes on: each of its contacts keeps its own time."""
        cursor = bench.mailbox.changes(None).cursor
        mailbox = bench.account.mailbox
        twelve, five = mailbox.label("Boundary/12 min"), mailbox.label("Boundary/5 min")
        first = mailbox.deliver(invented_message(1))
        mailbox.relabel(first.id, add=[twelve])
        cursor, before = self.labelled(bench, cursor)
        reply = invented_message(2).replace(b"Invented 2", b"Re: Invented 1")
        second = mailbox.deliver(b"In-Reply-To: <1@example.org>\r\n" + reply)
        for each in (first, second):
            mailbox.relabel(each.id, add=[five])

        cursor, after = self.labelled(bench, cursor)
        mailbox.relabel(first.id, remove=[twelve])
        _, taken_back = self.labelled(bench, cursor)

        assert ((TimeMark(first.id, 12),), (TimeMark(second.id, 5),)) == (before, after)
        assert (TimeMark(first.id, 0),) == taken_back

    def test_other_labels_mark_nothing(self, bench: GmailBench) -> None:
        """Nor do Gmail's own."""
        cursor = bench.mailbox.changes(None).cursor
        mailbox = bench.account.mailbox
        stored = mailbox.deliver(invented_message(1))
        for name in ("Clients", "Boundary/Answered", "Boundary/soon", "12 min"):
            mailbox.relabel(stored.id, add=[mailbox.label(name)])
        mailbox.relabel(stored.id, add=["STARRED"], remove=["UNREAD"])

        assert () == self.labelled(bench, cursor)[1]

    def test_a_message_that_was_deleted_has_no_mark(self, bench: GmailBench) -> None:
        """A conversation may go between two looks."""
        cursor = bench.mailbox.changes(None).cursor
        mailbox = bench.account.mailbox
        stored = mailbox.deliver(invented_message(1))
        mailbox.relabel(stored.id, add=[mailbox.label("Boundary/12 min")])
        mailbox.delete(stored.id)

        assert () == self.labelled(bench, cursor)[1]


class TestExamination:
    """What `boundary doctor` tells."""

    def told(self, bench: GmailBench) -> dict[str, tuple[Condition, str]]:
        """By part."""
        return {each.part: (each.condition, each.found) for each in bench.mailbox.examine()}

    def test_the_least_sign_in_says_what_it_cannot_see(self, bench: GmailBench) -> None:
        """Whether Gmail answers, too."""
        told = self.told(bench)

        assert (Condition.OK, "it allows gmail.metadata, gmail.send") == told["sign-in"]
        assert Condition.OK is told["Gmail"][0]
        assert (Condition.LOOK, True) == (
            told["Gmail's own responder"][0],
            "cannot be seen with this sign-in" in told["Gmail's own responder"][1],
        )

    @pytest.mark.parametrize(("is_on", "condition"), [(True, Condition.LOOK), (False, Condition.OK)])
    def test_a_wider_one_sees_gmails_own_responder_and_addresses(
        self, tmp_path: Path, google: GoogleServer, account: Account, is_on: bool, condition: Condition
    ) -> None:
        """Two answers would be one too many."""
        account.mailbox.vacation["enableAutoReply"] = is_on
        account.mailbox.send_as.append("office@example.com")
        with closing(
            GmailBench(tmp_path, google, account, "gmail.readonly", "gmail.send", read="structure")
        ) as bench:
            told = self.told(bench)

        assert condition is told["Gmail's own responder"][0]
        assert told["addresses"][1].startswith("the account sends from 2 addresses")

    @pytest.mark.parametrize(("days", "condition"), [(6, Condition.LOOK), (1, Condition.BROKEN)])
    def test_a_project_in_testing_is_told_before_it_ends(
        self, bench: GmailBench, days: int, condition: Condition
    ) -> None:
        """With what to do."""
        kept = json.loads(bench.secrets["google"])
        kept["ends_at"] = (datetime.now(UTC) + timedelta(days=days, minutes=5)).isoformat()
        bench.secrets["google"] = json.dumps(kept)

        told = self.told(bench)["sign-in"]

        assert (condition, f"it ends in {days} days") == (told[0], told[1].partition(",")[0])

    def test_without_a_sign_in_it_says_how_to_get_one(self, bench: GmailBench) -> None:
        """And asks Google nothing."""
        bench.secrets.clear()

        (found,) = bench.mailbox.examine()

        assert (Condition.BROKEN, "run: boundary google authorize") == (found.condition, found.remedy)
        assert {} == bench.account.calls

    def test_a_mailbox_that_does_not_answer_is_told(self, bench: GmailBench) -> None:
        """As a value, not an error."""
        bench.account.faults.append(Fault("gmail.users.getProfile", 503, times=9))

        assert (Condition.BROKEN, "Google answered 503 (backendError)") == self.told(bench)["Gmail"]


class TestWaiting:
    """Gmail is asked now and then while nothing happens."""

    def test_news_ends_a_wait(self, bench: GmailBench, monkeypatch: pytest.MonkeyPatch) -> None:
        """Long before its seconds are over."""
        monkeypatch.setattr("boundary_google.pace.FASTEST", 0.05)
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        cursor = bench.mailbox.changes(cursor).cursor
        waiting = threading.Thread(target=bench.mailbox.wait, args=(30,), daemon=True)
        waiting.start()

        bench.deliver(invented_message(2))
        waiting.join(10)

        assert not waiting.is_alive()
        assert 1 == len(bench.mailbox.changes(cursor).received)
