"""The mailbox over Graph: what Graph does that no contract knows, and every way in which it fails."""

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_microsoft365.mailbox import LOOKBACK, Microsoft365Mailbox
from boundary_microsoft365.sent_items import SETTLING
from boundary_microsoft365.settings import MailboxSettings
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    RateLimited,
    Refused,
    Unavailable,
)
from boundary_plugins.ports import Condition, SentSearch
from boundary_plugins.testing.benches import invented_message, invented_response, own_message
from builders_microsoft365 import SignedIn
from servers.graph import Fault

SEND, DELTA = "POST /sendMail", "GET /mailFolders/{mailFolder-id}/messages/delta"
MESSAGE = "GET /messages/{message-id}"
INVITATION = (
    b"From: client@example.org\r\nTo: therapist@example.com\r\nSubject: Invented\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
)
BROKEN = b"From: client@example.org\r\nContent-Type: multipart/mixed\r\nSubject: =?utf-8?B?!!?=\r\n\r\n--x\r\n\xff\xfe"


@pytest.fixture
def mailbox(signed_in: SignedIn) -> Microsoft365Mailbox:
    """The mailbox of the account."""
    signed_in.account.mailbox.aliases.append("therapist@example.com")
    return signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")


def at(signed_in: SignedIn, moment: datetime) -> Microsoft365Mailbox:
    """Another instance over the same mailbox, as after a restart, at an instant."""
    made = Microsoft365Mailbox(
        signed_in.settings(MailboxSettings), signed_in.services("mailbox main", moment)
    )
    signed_in.opened.append(made)
    return made


def _asked(mailbox: Microsoft365Mailbox) -> SentSearch | None:
    """What is known of a response; None while it is too early."""
    try:
        return mailbox.find_sent("r-9")
    except Unavailable:
        return None


class TestFollowing:
    """By deltas on two folders."""

    def test_an_id_outlives_a_move(self, mailbox: Microsoft365Mailbox, signed_in: SignedIn) -> None:
        """Immutable ids are asked for."""
        stored = signed_in.account.mailbox.deliver(invented_message(1))
        (provider_id,) = mailbox.changes(None).received
        signed_in.account.mailbox.move(stored.number, "junkemail")

        message = mailbox.fetch(provider_id)

        assert provider_id == message.provider_id
        assert message.spam is True

    def test_what_lies_in_the_inbox_is_no_spam(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Exchange has judged it."""
        signed_in.account.mailbox.deliver(invented_message(1))

        message = mailbox.fetch(mailbox.changes(None).received[0])

        assert message.spam is False
        assert message.calendar_method is False

    def test_what_was_thrown_away_is_gone(self, mailbox: Microsoft365Mailbox, signed_in: SignedIn) -> None:
        """Deleted items are not answered."""
        stored = signed_in.account.mailbox.deliver(invented_message(1))
        (provider_id,) = mailbox.changes(None).received
        signed_in.account.mailbox.move(stored.number, "deleteditems")

        with pytest.raises(Gone):
            mailbox.fetch(provider_id)

    def test_many_pages_are_one_look(self, mailbox: Microsoft365Mailbox, signed_in: SignedIn) -> None:
        """From old to new, though Graph tells the newest first."""
        now = datetime.now(UTC)
        for number in range(230):
            signed_in.account.mailbox.deliver(
                invented_message(number), at=(now - timedelta(minutes=300 - number)).timestamp()
            )

        received = mailbox.changes(None).received

        assert 230 == len(set(received))
        assert 3 == signed_in.account.calls[DELTA] - 1
        first, last = (mailbox.fetch(received[index]).arrived_at for index in (0, -1))
        assert first < last

    def test_old_mail_is_not_looked_through(self, mailbox: Microsoft365Mailbox, signed_in: SignedIn) -> None:
        """A first look is bounded."""
        long_ago = (datetime.now(UTC) - LOOKBACK - timedelta(hours=1)).timestamp()
        signed_in.account.mailbox.deliver(invented_message(1), at=long_ago)

        assert () == mailbox.changes(None).received

    def test_headers_come_with_the_delta(self, mailbox: Microsoft365Mailbox, signed_in: SignedIn) -> None:
        """No message costs a request of its own."""
        cursor = mailbox.changes(None).cursor
        for number in range(5):
            signed_in.account.mailbox.deliver(invented_message(number))
        for provider_id in mailbox.changes(cursor).received:
            mailbox.fetch(provider_id)

        assert 0 == signed_in.account.calls[MESSAGE]
        assert 0 == signed_in.account.calls["batch"]

    def test_where_they_do_not_twenty_are_read_at_once(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """In a batch."""
        signed_in.account.mailbox.headers_in_delta = False
        cursor = mailbox.changes(None).cursor
        for number in range(45):
            signed_in.account.mailbox.deliver(invented_message(number))

        fetched = [mailbox.fetch(each) for each in mailbox.changes(cursor).received]

        assert all(message.headers is not None for message in fetched)
        assert 3 == signed_in.account.calls["batch"]

    def test_a_part_of_a_batch_that_fails_is_asked_for_by_itself(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """The others are not read again."""
        signed_in.account.mailbox.headers_in_delta = False
        cursor = mailbox.changes(None).cursor
        for number in range(3):
            signed_in.account.mailbox.deliver(invented_message(number))
        signed_in.account.faults.append(Fault(MESSAGE, 429, "TooManyRequests", skip=1))

        fetched = [mailbox.fetch(each) for each in mailbox.changes(cursor).received]

        assert 3 == len(fetched)
        assert 4 == signed_in.account.calls[MESSAGE]

    def test_nor_is_a_response_of_ours_taken_for_the_therapists(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Its part is asked for again, too."""
        cursor = mailbox.changes(None).cursor
        mailbox.send(invented_response("r-8"))
        signed_in.account.faults.append(Fault(MESSAGE, 429, "ApplicationThrottled"))

        assert ["r-8"] == [message.response_id for message in mailbox.changes(cursor).sent]

    def test_no_more_than_four_ask_at_once(self, signed_in: SignedIn) -> None:
        """The fifth waits its turn; Microsoft would refuse it."""
        ports = [
            signed_in.open(Microsoft365Mailbox, MailboxSettings, f"mailbox {number}") for number in range(6)
        ]
        ports[0].changes(None)
        account = signed_in.account
        threads = [threading.Thread(target=port.changes, args=(None,), daemon=True) for port in ports]
        while account.arrived.acquire(blocking=False):
            pass

        with account.lock:
            for thread in threads:
                thread.start()
            at_once = [account.arrived.acquire(timeout=5 if number < 4 else 0.3) for number in range(5)]
        for thread in threads:
            thread.join(20)

        assert [True, True, True, True, False] == at_once
        assert not any(thread.is_alive() for thread in threads)

    def test_a_look_at_what_changed_only_in_being_read_tells_no_mark(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Graph then tells three fields of it."""
        stored = signed_in.account.mailbox.deliver(invented_message(1))
        signed_in.account.mailbox.categorise(stored.number, ["Boundary/12 min"])
        cursor = mailbox.changes(None).cursor
        signed_in.account.mailbox.read(stored.number)

        changes = mailbox.changes(cursor)

        assert () == changes.time_marks
        assert not changes.gap

    def test_a_meeting_request_is_known_by_its_kind(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Exchange keeps it as an eventMessage."""
        signed_in.account.mailbox.deliver(INVITATION)

        assert mailbox.fetch(mailbox.changes(None).received[0]).calendar_method is True

    def test_a_file_that_hangs_on_a_message_may_be_anything(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Whether it is an invitation is unknown, and a broken MIME is still a message."""
        signed_in.account.mailbox.deliver(BROKEN)

        message = mailbox.fetch(mailbox.changes(None).received[0])

        assert message.calendar_method is UNKNOWN
        assert message.headers is not None
        assert ("client@example.org",) == message.headers.all("from")

    @pytest.mark.parametrize("code", ["syncStateNotFound", "resyncRequired"])
    def test_a_place_that_graph_forgot_is_a_gap(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn, code: str
    ) -> None:
        """What is there then is history."""
        cursor = mailbox.changes(None).cursor
        signed_in.account.mailbox.deliver(invented_message(1))
        signed_in.account.mailbox.forget_deltas(code)

        changes = mailbox.changes(cursor)

        assert changes.gap
        assert 1 == len(changes.received)
        assert not mailbox.changes(changes.cursor).gap

    def test_a_place_that_was_lost_among_sent_messages_alone_is_no_gap(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """New mail stays news."""
        cursor = mailbox.changes(None).cursor
        links = json.loads(cursor)
        links["sent"] = links["sent"].partition("=")[0] + "=gone"
        signed_in.account.mailbox.deliver(own_message(b"To: one@example.org\r\n"), "sentitems")

        changes = mailbox.changes(json.dumps(links))

        assert not changes.gap
        assert 1 == len(changes.sent)

    @pytest.mark.parametrize("cursor", ["", "[]", "no cursor", '{"inbox": 7}'])
    def test_a_cursor_that_is_none_is_a_gap(self, mailbox: Microsoft365Mailbox, cursor: str) -> None:
        """As of an earlier program."""
        assert mailbox.changes(cursor).gap

    def test_a_link_to_another_host_is_not_followed(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """The token would go there."""
        signed_in.account.other_host = True

        with pytest.raises(Refused, match="another place"):
            mailbox.changes(None)

    def test_new_mail_ends_a_wait(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Seen by one small request at a time."""
        monkeypatch.setattr("boundary_microsoft365.mailbox.LOOK_EVERY", 0.02)
        mailbox.changes(None)
        signed_in.account.mailbox.deliver(invented_message(1))
        waiting = threading.Thread(target=mailbox.wait, args=(60.0,), daemon=True)

        waiting.start()
        waiting.join(10)

        assert not waiting.is_alive()


class TestSending:
    """In MIME form, with what Exchange makes of it."""

    def test_the_receipt_says_that_there_is_no_null_reverse_path(self, mailbox: Microsoft365Mailbox) -> None:
        """Bounces of it come back."""
        receipt = mailbox.send(invented_response())

        assert not receipt.reverse_path_is_null
        assert "null reverse-path" in receipt.note

    def test_our_own_copy_is_told_apart_by_its_property_without_reading_it(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Of a sent message Graph gives no header fields."""
        cursor = mailbox.changes(None).cursor
        mailbox.send(invented_response("r-3"))

        assert ["r-3"] == [message.response_id for message in mailbox.changes(cursor).sent]
        assert 0 == signed_in.account.calls["GET /messages/{message-id}/$value"]

    def test_a_copy_without_the_property_is_told_apart_by_its_mime(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """And found, too."""
        signed_in.account.mailbox.keeps_properties = False
        cursor = mailbox.changes(None).cursor
        mailbox.send(invented_response("r-3"))

        assert ["r-3"] == [message.response_id for message in mailbox.changes(cursor).sent]
        assert SentSearch.FOUND is mailbox.find_sent("r-3")

    def test_what_was_written_hours_away_from_any_attempt_is_not_read(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """The therapist's own mail is nobody's business."""
        cursor = mailbox.changes(None).cursor
        signed_in.account.mailbox.deliver(own_message(b"To: one@example.org\r\n"), "sentitems")

        mailbox.changes(cursor)

        assert 0 == signed_in.account.calls["GET /messages/{message-id}/$value"]

    @pytest.mark.parametrize(
        "fault",
        [
            Fault(SEND, 500, after=True),
            Fault(SEND, 503, after=True),
            Fault(SEND, 504, after=True),
            Fault(SEND, act="drop", after=True),
            Fault(SEND, act="stall", after=True),
        ],
        ids=lambda fault: f"{fault.act} {fault.status}",
    )
    def test_a_failure_after_it_was_sent_is_settled_by_asking(
        self, signed_in: SignedIn, fault: Fault
    ) -> None:
        """It is never sent again."""
        signed_in.account.mailbox.aliases.append("therapist@example.com")
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main", timeout=0.5)
        signed_in.account.faults.append(fault)

        with pytest.raises(OutcomeUnknown):
            mailbox.send(invented_response("r-4"))

        assert SentSearch.FOUND is mailbox.find_sent("r-4")
        assert 1 == len(signed_in.account.mailbox.left)

    @pytest.mark.parametrize("lags", [False, True])
    @pytest.mark.parametrize("keeps_properties", [True, False])
    @pytest.mark.parametrize("after", [False, True])
    def test_wherever_it_is_cut_a_response_leaves_once(
        self,
        mailbox: Microsoft365Mailbox,
        signed_in: SignedIn,
        lags: bool,
        keeps_properties: bool,
        after: bool,
    ) -> None:
        """Asked after a restart, as the program does, and sent again only where its absence is certain."""
        kept = signed_in.account.mailbox
        kept.lags, kept.keeps_properties = lags, keeps_properties
        signed_in.account.faults.append(Fault(SEND, act="drop", after=after))
        with pytest.raises(OutcomeUnknown):
            mailbox.send(invented_response("r-9"))

        soon = _asked(at(signed_in, datetime.now(UTC)))
        kept.catch_up()
        later = at(signed_in, datetime.now(UTC) + SETTLING)
        if _asked(later) is SentSearch.ABSENT:
            later.send(invented_response("r-9"))

        assert 1 == len(kept.left)
        assert soon is (SentSearch.FOUND if after and not lags else None)

    def test_a_copy_that_is_late_is_waited_for_and_then_found(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """It is too early to say that it is not there."""
        signed_in.account.mailbox.lags = True
        signed_in.account.faults.append(Fault(SEND, 500, after=True))
        with pytest.raises(OutcomeUnknown):
            mailbox.send(invented_response("r-5"))

        with pytest.raises(Unavailable) as caught:
            mailbox.find_sent("r-5")
        signed_in.account.mailbox.catch_up()

        assert caught.value.retry_at is not None
        assert SentSearch.FOUND is mailbox.find_sent("r-5")

    def test_only_after_a_while_is_its_absence_certain(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Then it was not sent; also after a restart the instant of the attempt is known."""
        signed_in.account.faults.append(Fault(SEND, 500))
        with pytest.raises(OutcomeUnknown):
            mailbox.send(invented_response("r-6"))
        now = datetime.now(UTC)

        with pytest.raises(Unavailable):
            at(signed_in, now + SETTLING - timedelta(seconds=30)).find_sent("r-6")

        assert SentSearch.ABSENT is at(signed_in, now + SETTLING + timedelta(seconds=1)).find_sent("r-6")

    def test_a_response_that_was_never_begun_is_absent_at_once(self, mailbox: Microsoft365Mailbox) -> None:
        """An attempt is written down before anything leaves."""
        assert SentSearch.ABSENT is mailbox.find_sent("r-7")

    def test_nothing_leaves_that_cannot_be_written_down(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """A broken note is told, with its file."""
        (signed_in.folder / "attempts.json").write_text("no JSON")

        with pytest.raises(Unavailable, match=r"attempts\.json is broken; please delete it"):
            mailbox.send(invented_response())

        assert [] == signed_in.account.mailbox.left

    def test_an_address_that_is_not_the_mailboxs_own_is_refused(self, signed_in: SignedIn) -> None:
        """For good."""
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")

        with pytest.raises(Refused, match="ErrorSendAsDenied"):
            mailbox.send(invented_response())


class TestTrouble:
    """Each failure as what it means."""

    def test_a_token_that_is_over_is_renewed_once(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Nobody hears of it."""
        cursor = mailbox.changes(None).cursor
        signed_in.server.sign_in.expire_access()

        assert not mailbox.changes(cursor).gap

    def test_a_consent_that_was_taken_back_needs_a_person(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Exit code 77, and the command to run."""
        mailbox.changes(None)
        signed_in.server.sign_in.revoke()

        with pytest.raises(AuthorizationNeeded, match="boundary microsoft365 authorize"):
            mailbox.changes(None)

    def test_patience_is_kept_by_everything_that_asks_for_the_same_mailbox(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Nothing is asked before Retry-After is over."""
        signed_in.account.faults.append(Fault(DELTA, 429, "TooManyRequests", retry_after=120))
        before = datetime.now(UTC)

        with pytest.raises(RateLimited) as caught:
            mailbox.changes(None)
        asked = signed_in.account.calls.total()
        with pytest.raises(RateLimited):
            at(signed_in, before + timedelta(seconds=100)).send(invented_response())

        assert caught.value.retry_at is not None
        assert timedelta(seconds=119) < caught.value.retry_at - before < timedelta(seconds=125)
        assert asked == signed_in.account.calls.total()
        assert at(signed_in, before + timedelta(seconds=130)).changes(None).gap

    @pytest.mark.parametrize(
        "fault, error",
        [
            (Fault(DELTA, 503, "serviceNotAvailable"), Unavailable),
            (Fault(DELTA, 504, "gatewayTimeout"), Unavailable),
            (Fault(DELTA, act="drop"), Unavailable),
            (Fault(DELTA, 403, "ErrorAccessDenied"), AuthorizationNeeded),
            (Fault(DELTA, 400, "ErrorInvalidRequest"), Refused),
        ],
    )
    def test_a_failed_look_is_told_as_what_it_is(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn, fault: Fault, error: type[Exception]
    ) -> None:
        """And the next one works."""
        signed_in.account.faults.append(fault)

        with pytest.raises(error):
            mailbox.changes(None)

        assert mailbox.changes(None).gap

    def test_no_word_of_an_answer_stands_in_an_error(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """But for its code and the request's id."""
        signed_in.account.faults.append(Fault(DELTA, 400, "Whose mail is a.b@example.org"))

        with pytest.raises(Refused) as caught:
            mailbox.changes(None)

        assert "mailbox main: Microsoft refused it (400, request invented-request)" == str(caught.value)

    def test_a_server_that_is_not_there_is_unavailable(self, signed_in: SignedIn, tmp_path: Path) -> None:
        """As a laptop without a network."""
        mailbox = signed_in.open(
            Microsoft365Mailbox, MailboxSettings, "mailbox main", api_endpoint="http://127.0.0.1:9/"
        )

        with pytest.raises(Unavailable, match="cannot be reached"):
            mailbox.changes(None)


class TestExamination:
    """What `boundary doctor` tells."""

    def test_says_that_this_is_the_right_plugin(self, mailbox: Microsoft365Mailbox) -> None:
        """And what an administrator has to allow."""
        found = mailbox.examine()

        assert ["inbox", "sent mail", "sending"] == [each.part for each in found]
        assert "Exchange Online" in found[0].found
        assert all(each.condition is Condition.OK for each in found)
        assert any("null" in line for line in found[2].details)

    def test_sends_a_mailbox_on_premises_to_the_other_plugin(
        self, mailbox: Microsoft365Mailbox, signed_in: SignedIn
    ) -> None:
        """Graph does not serve it."""
        signed_in.account.on_premises = True

        (found,) = mailbox.examine()

        assert "Exchange Server" in found.found
        assert '"exchange"' in found.remedy

    def test_names_the_permission_that_lacks(self, signed_in: SignedIn) -> None:
        """With the place where it is granted."""
        signed_in.secrets[signed_in.sign_in] = signed_in.server.sign_in.cache(
            signed_in.account.address, "Mail.Send"
        )
        mailbox = signed_in.open(Microsoft365Mailbox, MailboxSettings, "mailbox main")

        (found,) = mailbox.examine()

        assert "AADSTS65001" in found.found
        assert "Mail.Read" in found.remedy
