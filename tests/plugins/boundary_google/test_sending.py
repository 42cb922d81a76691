"""Sending through Gmail exactly once, whatever breaks on the way; the server counts what really left."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from boundary_plugins.errors import OutcomeUnknown, RateLimited, Unavailable
from boundary_plugins.ports import OutgoingResponse, SentSearch
from boundary_plugins.testing.benches import invented_message, invented_response
from builders_google import SEND, GmailBench
from servers.google import Account, Fault, GoogleServer
from servers.google_mailbox import Change

GET, LIST = "gmail.users.messages.get", "gmail.users.messages.list"


@pytest.fixture
def bench(tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[GmailBench]:
    """A mailbox with the least sign-in, and one message of a client's."""
    account.mailbox.send_as.append("therapist@example.com")
    with closing(GmailBench(tmp_path, google, account, timeout=0.5)) as made:
        made.deliver(invented_message(1))
        made.mailbox.changes(None)
        yield made


def answer(bench: GmailBench, subject: str) -> OutgoingResponse:
    """A response to the client's message under a Subject."""
    content = invented_response().content.replace(b"Automatic reply", subject.encode())
    return replace(invented_response(), content=content, answers=bench.account.mailbox.listed()[-1].id)


class TestOnce:
    """A response leaves once, or nobody claims that it did not."""

    @pytest.mark.parametrize("act", ["status", "drop", "stall"])
    def test_what_left_without_an_answer_is_found(self, bench: GmailBench, act: str) -> None:
        """A 500, a broken connection and silence, each after Gmail had sent it; lists do not have it yet."""
        bench.account.mailbox.lags = True
        bench.account.faults.append(Fault(SEND, 500, after=True, act=act))

        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())
        found = bench.mailbox.find_sent("r-1")

        assert SentSearch.FOUND is found
        assert (1, 1) == (len(bench.left()), bench.account.calls[SEND])

    def test_the_librarys_own_transport_would_send_twice(self, bench: GmailBench) -> None:
        """Why responses have a transport of their own: httplib2 repeats what broke off before the answer."""
        bench.account.faults.append(Fault(SEND, after=True, act="drop"))
        client = bench.mailbox._client
        users = client.api("gmail", "v1").users()
        raw = {"raw": "VG86IGFAZXhhbXBsZS5vcmcNCg0KSGVsbG8u"}

        client.read(users.messages().send(userId="me", body=raw))

        assert 2 == len(bench.left())

    @pytest.mark.parametrize("act", ["status", "drop", "stall"])
    def test_what_never_left_is_absent_once_that_is_sure(self, bench: GmailBench, act: str) -> None:
        """Gmail may still be at work; after a while its history is believed."""
        bench.account.faults.append(Fault(SEND, 503, act=act))
        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())

        with pytest.raises(Unavailable, match="will be known in a moment") as early:
            bench.mailbox.find_sent("r-1")
        bench.clock.later = timedelta(minutes=2)

        assert early.value.retry_at is not None
        assert SentSearch.ABSENT is bench.mailbox.find_sent("r-1")
        assert [] == bench.left()

    def test_a_search_that_takes_long_is_judged_by_its_beginning(self, bench: GmailBench) -> None:
        """What left while the history was read is not in it."""
        bench.account.faults.append(Fault(SEND, 503))
        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())

        class ReadSlowly(list[Change]):
            """A history that takes two minutes to read."""

            def __iter__(self) -> Iterator[Change]:
                bench.clock.later = timedelta(minutes=2)
                return super().__iter__()

        bench.account.mailbox.history = ReadSlowly(bench.account.mailbox.history)

        with pytest.raises(Unavailable, match="will be known in a moment"):
            bench.mailbox.find_sent("r-1")
        assert SentSearch.ABSENT is bench.mailbox.find_sent("r-1")

    def test_what_left_late_is_found_all_the_same(self, bench: GmailBench) -> None:
        """Gmail sends it while the program asks."""
        bench.account.faults.append(Fault(SEND, 503))
        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())
        with pytest.raises(Unavailable):
            bench.mailbox.find_sent("r-1")

        bench.account.mailbox.send(invented_response().content, None)

        assert SentSearch.FOUND is bench.mailbox.find_sent("r-1")

    def test_another_program_finds_it_after_a_crash(self, bench: GmailBench) -> None:
        """The note lies on the disk; a confirmed one needs nobody to be asked."""
        bench.account.faults.append(Fault(SEND, 500, after=True))
        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())
        bench.mailbox.send(invented_response("r-2"))
        bench.account.forget_calls()

        found = bench.opened().find_sent("r-2")

        assert (SentSearch.FOUND, {}) == (found, bench.account.calls)
        assert SentSearch.FOUND is bench.opened().find_sent("r-1")

    def test_what_was_never_begun_here_is_absent_where_gmail_does_not_list_it(
        self, bench: GmailBench
    ) -> None:
        """A crash before the note."""
        bench.mailbox.send(invented_response("r-2"))

        assert SentSearch.ABSENT is bench.mailbox.find_sent("r-1")

    def test_without_the_note_gmails_own_list_is_looked_through(
        self, tmp_path: Path, bench: GmailBench
    ) -> None:
        """As after a restored backup, or on another machine."""
        bench.mailbox.send(invented_response())
        bench.folder = tmp_path / "elsewhere"
        bench.folder.mkdir()

        elsewhere = bench.opened()

        assert SentSearch.FOUND is elsewhere.find_sent("r-1")
        assert SentSearch.ABSENT is elsewhere.find_sent("r-3")

    def test_where_the_history_is_gone_the_list_is_looked_through(self, bench: GmailBench) -> None:
        """A week later, say."""
        bench.account.faults.append(Fault(SEND, 500, after=True))
        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())
        bench.account.mailbox.forget_history()

        assert SentSearch.FOUND is bench.mailbox.find_sent("r-1")

    def test_more_than_can_be_looked_through_is_unknown(
        self, bench: GmailBench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Never denied."""
        monkeypatch.setattr("boundary_google.sent_mail.MOST", 25)
        for number in range(60):
            bench.file_sent(f"To: {number}@example.org\r\n\r\nHello.".encode())

        assert SentSearch.UNKNOWN is bench.mailbox.find_sent("r-1")

    def test_a_refusal_leaves_no_note(self, bench: GmailBench) -> None:
        """It surely was not sent, so it may be at once."""
        bench.account.faults.append(Fault(SEND, 429, "rateLimitExceeded"))
        with pytest.raises(RateLimited):
            bench.mailbox.send(invented_response())

        assert SentSearch.ABSENT is bench.mailbox.find_sent("r-1")
        bench.mailbox.send(invented_response())
        assert 1 == len(bench.left())

    def test_a_damaged_note_holds_everything_up_and_says_so(self, bench: GmailBench) -> None:
        """Rather than sending twice."""
        bench.mailbox.send(invented_response())
        (note,) = (bench.folder / "attempts").iterdir()
        note.write_text("{")

        with pytest.raises(Unavailable, match="its note of what was sent cannot be kept"):
            bench.mailbox.find_sent("r-1")

    def test_without_a_place_for_the_note_nothing_is_sent(self, bench: GmailBench) -> None:
        """A full disk, a folder that is none."""
        (bench.folder / "attempts").write_text("in the way")

        with pytest.raises(Unavailable):
            bench.mailbox.send(invented_response())

        assert [] == bench.left()

    def test_a_sign_in_that_ends_before_sending_sends_nothing(self, bench: GmailBench) -> None:
        """And says so as such, not as an unknown outcome."""
        bench.google.sign_in.revoke_all(bench.account.address)

        with pytest.raises(Exception, match="sign in with: boundary google authorize"):
            bench.mailbox.send(invented_response())

        assert [] == bench.left()


class TestForm:
    """What Gmail makes of a response."""

    def test_gmails_own_message_id_is_read_back(self, bench: GmailBench) -> None:
        """It replaces ours."""
        receipt = bench.mailbox.send(invented_response())

        stored = bench.account.mailbox.messages[str(receipt.provider_id)]
        assert stored.parsed()["Message-ID"] == receipt.message_id
        assert str(receipt.message_id).endswith("@mail.gmail.com>")
        assert ("", False) == (receipt.note, receipt.reverse_path_is_null)

    def test_an_address_that_the_account_does_not_have_is_told(self, bench: GmailBench) -> None:
        """Gmail puts the account's own in its place."""
        bench.account.mailbox.send_as.clear()

        receipt = bench.mailbox.send(invented_response())

        assert "Gmail put the account's own address in place" in receipt.note

    def test_a_response_that_cannot_be_read_back_was_sent_all_the_same(self, bench: GmailBench) -> None:
        """Nothing after the act may fail it."""
        bench.account.faults.append(Fault(GET, 500))

        receipt = bench.mailbox.send(invented_response())

        assert (None, 1) == (receipt.message_id, len(bench.left()))

    @pytest.mark.parametrize(
        ("subject", "is_in_thread"), [("Auto: Invented 1", True), ("Automatic reply", False)]
    )
    def test_it_is_in_the_thread_where_the_subject_is_kept(
        self, bench: GmailBench, subject: str, is_in_thread: bool
    ) -> None:
        """Gmail takes it in only then."""
        response = answer(bench, subject)

        receipt = bench.mailbox.send(response)

        messages = bench.account.mailbox.messages
        thread = messages[response.answers].thread_id
        assert is_in_thread is (thread == messages[str(receipt.provider_id)].thread_id)

    def test_a_message_that_is_gone_is_answered_outside_of_a_thread(self, bench: GmailBench) -> None:
        """The therapist deleted it meanwhile."""
        response = answer(bench, "Auto: Invented 1")
        bench.remove(response.answers)

        bench.mailbox.send(response)

        assert 1 == len(bench.left())

    def test_what_was_answered_is_labelled_where_that_is_asked_for(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """One label, made once; nothing else of the message is touched."""
        with closing(GmailBench(tmp_path, google, account, "gmail.modify", label_answered=True)) as bench:
            for number in (1, 2):
                bench.deliver(invented_message(number))
            first, second = bench.mailbox.changes(None).received
            before = {each.id: set(each.labels) for each in account.mailbox.messages.values()}

            bench.mailbox.send(replace(invented_response("r-1"), answers=first))
            bench.mailbox.send(replace(invented_response("r-2"), answers=second))

        assert {"Label_1": "Boundary/Answered"} == account.mailbox.labels
        for each in (first, second):
            assert before[each] | {"Label_1"} == account.mailbox.messages[each].labels
        assert 1 == account.calls["gmail.users.labels.create"]

    def test_a_label_that_cannot_be_put_is_told_and_nothing_more(
        self, tmp_path: Path, google: GoogleServer, account: Account
    ) -> None:
        """The response left."""
        with closing(GmailBench(tmp_path, google, account, "gmail.modify", label_answered=True)) as bench:
            bench.deliver(invented_message(1))
            (first,) = bench.mailbox.changes(None).received
            account.faults.append(Fault("gmail.users.messages.modify", 503))

            receipt = bench.mailbox.send(replace(invented_response(), answers=first))

        assert "the label Boundary/Answered could not be put" in receipt.note
        assert 1 == len(bench.left())
