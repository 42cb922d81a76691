"""A response leaves once, is filed, and is found again; on a real Dovecot and a real SMTP receiver."""

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.errors import AuthorizationNeeded, OutcomeUnknown, Refused, Unavailable, Unsupported
from boundary_plugins.ports import Condition, Examinable, SentSearch
from boundary_plugins.testing.benches import invented_message, invented_response
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage
from builders_imap import ImapBench
from servers.proxy import Proxy
from servers.token_endpoint import TokenEndpoint

DRAFT, SEEN = r"\Draft", r"\Seen"
SECONDS = 20.0


@pytest.fixture
def proxy(bench: ImapBench) -> Iterator[Proxy]:
    """A line to the server that can be broken."""
    with Proxy(bench.dovecot.ports["imap"]) as proxy:
        yield proxy


class TestFiling:
    """A draft before it is handed in, no draft afterwards."""

    def test_what_was_sent_is_filed_and_found(self, bench: ImapBench) -> None:
        """Byte for byte, read, and as nobody's draft; with the null reverse-path (RFC 3834, section 3.3)."""
        receipt = bench.mailbox.send(invented_response())

        assert (receipt.reverse_path_is_null, receipt.note) == (True, "")
        assert [(SEEN,)] == bench.sent_copies()
        assert [""] == [message.reverse_path for message in bench.receiver.received]
        assert SentSearch.FOUND is bench.opened().find_sent("r-1")

    def test_a_relay_that_refuses_the_null_reverse_path_is_told(self, bench: ImapBench) -> None:
        """The own address takes its place."""
        bench.receiver.null_refused_at = Stage.RCPT

        receipt = bench.mailbox.send(invented_response())

        assert not receipt.reverse_path_is_null
        assert "the relay refused the null reverse-path" in receipt.note

    def test_it_is_a_draft_while_nobody_knows(self, bench: ImapBench) -> None:
        """The connection broke before the host confirmed: it may have been sent."""
        bench.fail_next_send(OutcomeUnknown)

        with pytest.raises(OutcomeUnknown):
            bench.mailbox.send(invented_response())

        assert [(DRAFT, SEEN)] == bench.sent_copies()
        assert SentSearch.UNKNOWN is bench.opened().find_sent("r-1")

    def test_nothing_stays_of_what_was_surely_not_sent(self, bench: ImapBench) -> None:
        """So that it may be tried again."""
        bench.fail_next_send(Refused)

        with pytest.raises(Refused):
            bench.mailbox.send(invented_response())

        assert [] == bench.sent_copies()
        assert SentSearch.ABSENT is bench.opened().find_sent("r-1")

    def test_what_was_never_begun_is_absent(self, bench: ImapBench) -> None:
        """Another response is not this one."""
        bench.mailbox.send(invented_response("r-1"))

        assert SentSearch.ABSENT is bench.mailbox.find_sent("r-2")
        assert SentSearch.ABSENT is bench.mailbox.find_sent("r")

    def test_a_copy_that_the_therapist_removed_was_still_begun(self, bench: ImapBench) -> None:
        """A note on this machine says so; it is never sent twice for that."""
        bench.mailbox.send(invented_response())
        bench.dovecot.remove(bench.user, "Sent", 1)

        assert SentSearch.UNKNOWN is bench.opened().find_sent("r-1")

    def test_a_copy_that_waits_to_be_removed_tells_nobody_whether_it_was_sent(self, bench: ImapBench) -> None:
        """It may be one that the server did not take as a draft, before anything was handed in."""
        bench.dovecot.file(bench.user, "Sent", invented_response().content, flags=rf"\Deleted {SEEN}")

        assert SentSearch.UNKNOWN is bench.mailbox.find_sent("r-1")

    def test_a_second_try_leaves_one_copy(self, bench: ImapBench) -> None:
        """The draft of an interrupted one goes with it."""
        bench.dovecot.file(bench.user, "Sent", invented_response().content, flags=rf"{DRAFT} {SEEN}")

        bench.mailbox.send(invented_response())

        assert [(SEEN,)] == bench.sent_copies()

    def test_without_uidplus_a_copy_that_goes_is_only_marked(self, bench: ImapBench) -> None:
        """An EXPUNGE would take others with it. What is marked so counts as none."""
        user = bench.dovecot.add_user(imap_capability="IMAP4rev1")
        other = bench.beside(user)
        other.fail_next_send(Refused)

        with pytest.raises(Refused):
            other.mailbox.send(invented_response())

        assert [(r"\Deleted", DRAFT, SEEN)] == other.sent_copies()
        assert SentSearch.ABSENT is other.mailbox.find_sent("r-1")

    def test_a_server_that_does_not_tell_the_uid_of_a_copy_is_asked(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """Then it is found by its header (without RFC 4315)."""
        proxy.rewrite = (b"[APPENDUID", b"[XPPENDUID")

        receipt = bench.opened(port=proxy.port).send(invented_response())

        assert ("", [(SEEN,)]) == (receipt.note, bench.sent_copies())

    def test_a_server_that_forgets_that_it_is_a_draft_does_not_claim_it(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """A copy that seems to be sent is not left behind before it is."""
        proxy.rewrite = (rb"(\Seen \Draft", rb"(\Seen \Xraft")
        bench.fail_next_send(OutcomeUnknown)
        mailbox = bench.opened(port=proxy.port)
        with pytest.raises(OutcomeUnknown):
            mailbox.send(invented_response())

        assert [] == bench.sent_copies()
        assert SentSearch.UNKNOWN is bench.mailbox.find_sent("r-1")

    def test_a_server_that_files_by_itself_is_left_to_it(self, bench: ImapBench) -> None:
        """Then nobody can say that something is absent."""
        mailbox = bench.opened(server_files_sent=True)

        mailbox.send(invented_response("r-1"))
        bench.file_sent(invented_response("r-2").content)

        assert [(SEEN,)] == bench.sent_copies()
        assert [SentSearch.UNKNOWN, SentSearch.FOUND, SentSearch.UNKNOWN] == [
            mailbox.find_sent(each) for each in ("r-1", "r-2", "r-3")
        ]

    @pytest.mark.parametrize("rights", ["lr", "lrsi"])
    def test_a_folder_that_takes_none_or_no_draft_does_not_stop_a_response(
        self, bench: ImapBench, rights: str
    ) -> None:
        """It is sent, and nobody will deny it."""
        bench.mailbox.changes(None)
        bench.dovecot.allow_only(bench.user, "Sent", rights)

        receipt = bench.opened().send(invented_response())

        copies = bench.sent_copies()
        found = bench.opened().find_sent("r-1")
        assert 1 == len(bench.left())
        if "i" in rights:
            assert ([(SEEN,)], SentSearch.FOUND, "") == (copies, found, receipt.note)
        else:
            missing = "its copy among the sent mail is missing"
            assert ([], SentSearch.UNKNOWN, missing) == (copies, found, receipt.note)

    def test_where_no_draft_is_filed_nobody_denies_what_another_machine_may_have_sent(
        self, bench: ImapBench
    ) -> None:
        """It leaves a copy only once it is over, and its note lies on that machine alone."""
        bench.mailbox.changes(None)
        bench.dovecot.allow_only(bench.user, "Sent", "lrsi")

        assert SentSearch.UNKNOWN is bench.opened().find_sent("r-1")

    def test_without_a_folder_of_sent_mail_nobody_can_tell(self, bench: ImapBench) -> None:
        """Neither before nor after."""
        mailbox = bench.opened(sent="")

        before = mailbox.find_sent("r-1")
        mailbox.send(invented_response())

        assert [SentSearch.UNKNOWN] * 2 == [before, mailbox.find_sent("r-1")]

    def test_without_a_host_is_refused_loudly_and_files_nothing(self, bench: ImapBench) -> None:
        """A mailbox can be watched without one."""
        with pytest.raises(Unsupported):
            bench.opened(smtp=None).send(invented_response())

        assert [] == bench.sent_copies()

    def test_a_server_that_is_away_sends_nothing(self, bench: ImapBench) -> None:
        """What cannot be filed first waits."""
        with pytest.raises(Unavailable):
            bench.opened(port=1).send(invented_response())

        assert [] == bench.left()

    def test_a_line_that_breaks_while_the_host_takes_it_is_mended(
        self, bench: ImapBench, proxy: Proxy
    ) -> None:
        """It was sent, and the folder says so in the end."""
        mailbox = bench.opened(port=proxy.port)
        mailbox.changes(None)
        keep = bench.receiver.keep

        def keep_and_drop(message: object) -> None:
            keep(message)  # type: ignore[arg-type]
            proxy.drop()

        bench.receiver.keep = keep_and_drop  # type: ignore[method-assign]

        receipt = mailbox.send(invented_response())

        assert "" == receipt.note
        assert [(SEEN,)] == bench.sent_copies()


class TestSigningInToSend:
    """With a password of its own, or with the mailbox's token."""

    @pytest.mark.parametrize("token, signed_in", [("token-1", True), ("token-2", False)])
    def test_the_mailboxs_token_signs_in_to_the_host(
        self, bench: ImapBench, token: str, signed_in: bool
    ) -> None:
        """A refusal is told in a challenge; nothing is left behind then."""
        with SmtpReceiver(sign_in=(bench.user.name, "token-1")) as receiver:
            smtp = {"host": "127.0.0.1", "port": receiver.port, "security": "none", "sign_in": "xoauth2"}
            with TokenEndpoint(lambda: bench.dovecot.token(bench.user)) as endpoint:
                mailbox = bench.opened(
                    password_secret=None,
                    oauth={
                        "token_secret": "token",
                        "token_endpoint": endpoint.address,
                        "client_id": "boundary",
                    },
                    smtp={**smtp, "username": bench.user.name, "password_secret": "smtp"},
                    secrets={"token": "refresh-1", "smtp": token},
                )
                if signed_in:
                    mailbox.send(invented_response())
                else:
                    with pytest.raises(AuthorizationNeeded):
                        mailbox.send(invented_response())

            assert [bench.user.name] * signed_in == [each.signed_in_as for each in receiver.received]
            assert [(SEEN,)] * signed_in == bench.sent_copies()

    def test_without_a_secret_of_its_own_the_token_is_the_mailboxs(self, bench: ImapBench) -> None:
        """One sign-in for both."""
        token = bench.dovecot.token(bench.user)
        with SmtpReceiver(sign_in=(bench.user.name, token)) as receiver:
            smtp = {"host": "127.0.0.1", "port": receiver.port, "security": "none", "sign_in": "xoauth2"}
            mailbox = bench.opened(
                password_secret=None,
                oauth={"token_secret": "token"},
                smtp={**smtp, "username": bench.user.name},
                secrets={"token": token},
            )

            mailbox.send(invented_response())

            assert 1 == len(receiver.received)
            assert Condition.OK is mailbox.examine()[-1].condition


class TestMarking:
    """The message that was answered is marked, where that is permitted."""

    def test_as_answered_and_by_whom(self, bench: ImapBench) -> None:
        """And it does not become read by that."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received

        receipt = bench.mailbox.send(replace(invented_response(), answers=provider_id))

        assert "" == receipt.note
        assert [("$BoundaryAnswered", r"\Answered")] == [
            tuple(flag for flag in one.flags if flag != r"\Recent")
            for one in bench.dovecot.stored(bench.user)
        ]

    def test_switched_off_nothing_is_marked(self, bench: ImapBench) -> None:
        """In the settings."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        before = bench.dovecot.stored(bench.user)

        bench.opened(mark_answered=False).send(replace(invented_response(), answers=provider_id))

        assert before == bench.dovecot.stored(bench.user)

    @pytest.mark.parametrize("rights", ["lr", "lrs"])
    def test_a_flag_that_cannot_be_set_is_noted_and_fails_nothing(
        self, bench: ImapBench, rights: str
    ) -> None:
        """Sent is sent."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.dovecot.allow_only(bench.user, "INBOX", rights)

        receipt = bench.opened().send(replace(invented_response(), answers=provider_id))

        assert "the message could not be marked as answered" == receipt.note
        assert 1 == len(bench.left())

    def test_a_message_of_before_another_uidvalidity_is_not_mistaken(self, bench: ImapBench) -> None:
        """Its uid may be somebody else's now."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.dovecot.change_uidvalidity(bench.user)
        before = [one.uid for one in bench.dovecot.stored(bench.user)]

        receipt = bench.mailbox.send(replace(invented_response(), answers=provider_id))

        assert "the message could not be marked as answered" == receipt.note
        assert before == [one.uid for one in bench.dovecot.stored(bench.user)]
        assert not any(r"\Answered" in one.flags for one in bench.dovecot.stored(bench.user))


SEND = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from boundary_imap.mailbox import ImapMailbox
    from boundary_imap.settings import ImapSettings
    from boundary_plugins.testing.benches import invented_response
    from boundary_plugins.testing.doubles import memory_services

    imap, smtp, user, folder = sys.argv[1:]
    settings = ImapSettings(host="127.0.0.1", port=int(imap), security="none", username=user,
        password_secret="imap", smtp={"host": "127.0.0.1", "port": int(smtp), "security": "none"})
    mailbox = ImapMailbox(settings, memory_services(Path(folder), secrets={"imap": "secret"}))
    print(mailbox.find_sent("r-1").value, flush=True)
    mailbox.send(invented_response())
    print("sent", flush=True)
    sys.stdin.read()
    """
)


class TestKilled:
    """A process that is killed anywhere on the way sends once, and says nothing wrong about it afterwards."""

    def _killed(self, bench: ImapBench, port: int, reached: Callable[[], object]) -> SentSearch:
        """Start to send, kill as soon as something was reached, and ask."""
        words = [str(port), str(bench.receiver.port), bench.user.name, str(bench.folder)]
        with subprocess.Popen(
            [sys.executable, "-c", SEND, *words], stdout=subprocess.PIPE, stdin=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert b"absent\n" == process.stdout.readline()
            reached()
            process.kill()
        return bench.mailbox.find_sent("r-1")

    def test_before_the_host_heard_of_it(self, bench: ImapBench) -> None:
        """Filed and not handed in: nobody can tell, so nobody sends it again."""
        bench.receiver.faults[Stage.RCPT] = Fault.STALL

        found = self._killed(
            bench, bench.dovecot.ports["imap"], lambda: bench.receiver.wait_until_reached(Stage.RCPT, SECONDS)
        )

        assert SentSearch.UNKNOWN is found
        assert ([], [(DRAFT, SEEN)]) == (bench.left(), bench.sent_copies())

    def test_after_the_host_took_it_and_before_it_said_so(self, bench: ImapBench) -> None:
        """The moment that nobody can close."""
        bench.receiver.faults[Stage.FINAL_DOT] = Fault.STALL

        found = self._killed(bench, bench.dovecot.ports["imap"], lambda: bench.receiver.wait_for(1, SECONDS))

        assert SentSearch.UNKNOWN is found
        assert (1, [(DRAFT, SEEN)]) == (len(bench.left()), bench.sent_copies())

    def test_after_it_was_sent_and_before_the_folder_says_so(self, bench: ImapBench, proxy: Proxy) -> None:
        """It is still a draft."""
        keep = bench.receiver.keep

        def keep_and_stall(message: object) -> None:
            proxy.stall()
            keep(message)  # type: ignore[arg-type]

        bench.receiver.keep = keep_and_stall  # type: ignore[method-assign]

        found = self._killed(
            bench, proxy.port, lambda: bench.receiver.wait_until_reached(Stage.QUIT, SECONDS)
        )

        assert SentSearch.UNKNOWN is found
        assert 1 == len(bench.left())

    def test_after_the_folder_said_so(self, bench: ImapBench) -> None:
        """Then everybody knows."""

        def filed() -> None:
            assert bench.receiver.wait_for(1, SECONDS)
            while bench.sent_copies() != [(SEEN,)]:
                pass

        found = self._killed(bench, bench.dovecot.ports["imap"], filed)

        assert SentSearch.FOUND is found

    def test_before_it_was_filed(self, bench: ImapBench, proxy: Proxy) -> None:
        """Nothing was begun: it may be sent."""
        found = self._killed(bench, proxy.port, proxy.stall)

        assert found in (SentSearch.ABSENT, SentSearch.UNKNOWN)
        assert [] == bench.left()


class TestExamination:
    """What `boundary doctor` shows."""

    def test_everything_well(self, bench: ImapBench) -> None:
        """Each part, with what the server offers."""
        bench.deliver(invented_message(1))
        bench.mailbox.changes(None)

        assert isinstance(bench.mailbox, Examinable)
        parts = {each.part: each for each in bench.mailbox.examine()}

        assert ["IMAP server", "inbox", "sent mail", "sending host"] == list(parts)
        assert {Condition.OK} == {each.condition for each in parts.values()}
        assert "IDLE, CONDSTORE, SPECIAL-USE, UIDPLUS, QRESYNC" in parts["IMAP server"].found
        assert "INBOX holds 1 message" == parts["inbox"].found
        assert "Sent holds 0 messages" == parts["sent mail"].found

    def test_a_sign_in_that_is_refused(self, bench: ImapBench) -> None:
        """With what to do; the sending host is looked at all the same."""
        server, host = bench.opened(password_secret="wrong").examine()

        assert Condition.BROKEN is server.condition
        assert "the server refused the sign-in" == server.found
        assert "boundary secret set" in server.remedy
        assert Condition.OK is host.condition

    def test_rights_that_are_missing(self, bench: ImapBench) -> None:
        """A look, not a fault: it works without them."""
        bench.mailbox.changes(None)
        for folder in ("INBOX", "Sent"):
            bench.dovecot.allow_only(bench.user, folder, "lr")

        _, inbox, sent, _ = bench.opened().examine()

        assert [Condition.LOOK] * 2 == [inbox.condition, sent.condition]
        assert "no flag can be set" in inbox.found
        assert "responses cannot be filed there" in sent.found

    @pytest.mark.parametrize(
        "settings, part, condition",
        [
            ({"sent": ""}, "sent mail", Condition.LOOK),
            ({"sent": "Nowhere"}, "sent mail", Condition.BROKEN),
            ({"inbox": "Nowhere"}, "inbox", Condition.BROKEN),
            ({"smtp": None}, "sending host", Condition.LOOK),
        ],
    )
    def test_what_the_settings_name_and_is_not_there(
        self, bench: ImapBench, settings: dict[str, Any], part: str, condition: Condition
    ) -> None:
        """Each with what to do."""
        found = next(each for each in bench.opened(**settings).examine() if each.part == part)

        assert condition is found.condition
        assert found.remedy

    def test_a_server_that_offers_little(self, bench: ImapBench) -> None:
        """What is missed without is told."""
        other = bench.beside(bench.dovecot.add_user(imap_capability="IMAP4rev1"))

        server = other.mailbox.examine()[0]

        assert "without IDLE: mail is noticed only at each poll" in server.details


def test_answers_of_a_busy_host_are_tried_again(bench: ImapBench, tmp_path: Path) -> None:
    """Not sent, once more, and then sent once."""
    bench.receiver.faults[Stage.RCPT] = Reply("450 4.2.1 busy")
    with pytest.raises(Unavailable):
        bench.mailbox.send(invented_response())
    bench.receiver.faults.clear()

    bench.mailbox.send(invented_response())

    assert (1, [(SEEN,)]) == (len(bench.left()), bench.sent_copies())
