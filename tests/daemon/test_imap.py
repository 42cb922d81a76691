"""The daemon on a real IMAP server: it answers, keeps still when it should, and is killed on the way."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest

from boundary_plugins.config.load import load
from boundary_plugins.core.fees.meter import Meter
from boundary_plugins.daemon.opening import open_secrets
from boundary_plugins.store.records import IntentState
from boundary_plugins.testing.smtp_receiver import Fault, SmtpReceiver, Stage
from daemon.practice import AB, AB_AT_WORK, CD, MINUTE, OWN, Clock, Practice
from daemon.test_process import SECONDS, ZONE, running, until
from servers.dovecot import Dovecot, dovecot
from servers.proxy import Proxy

__all__ = ["dovecot"]

MAILBOX = """\
kind = "imap"
host = "127.0.0.1"
port = {port}
security = "none"
username = "{user}"
password_secret = "imap"
timeout = 5
"""


class ImapPractice(Practice):
    """A practice whose mailbox is on a server, closed since four hours ago and for hours to come."""

    def __init__(self, folder: Path, receiver: SmtpReceiver, server: Dovecot) -> None:
        """Make the user and the configuration."""
        now = datetime.now(UTC)
        super().__init__(folder, receiver, Clock(now))
        self.server, self.user, self.line = server, server.add_user(), Proxy(server.ports["imap"])
        opens, closes = ((now - timedelta(hours=ago)).astimezone(ZONE).strftime("%H:%M") for ago in (10, 4))
        self.configure(
            hours=f"mon-sun {opens}-{closes}",
            responses='hold = "0 seconds"',
            plugins='"imap"',
            mailbox=MAILBOX.format(port=self.line.port, user=self.user.name),
        )
        open_secrets(load(self.config_path)).set("imap", self.user.password)

    def receive(self, sender: str = AB) -> None:
        """A message of a client comes in, by LMTP."""
        self.server.deliver(self.user, self._written(sender, OWN), sender=sender)

    def answer(self, to: str = AB) -> None:
        """The therapist answers, and the mail program files it."""
        self.server.file(self.user, "Sent", self._written(OWN, to), flags=r"\Seen")

    def _written(self, sender: str, to: str) -> bytes:
        """A message as a mail program writes it."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, "A question"
        mail["Message-ID"] = f"<m{next(self._numbers)}@mail.example.net>"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail.set_content("Hello.")
        return mail.as_bytes()

    @property
    def copies(self) -> list[tuple[str, ...]]:
        """The flags of what lies in Sent."""
        return [
            tuple(flag for flag in one.flags if flag != r"\Recent")
            for one in self.server.stored(self.user, "Sent")
        ]

    def close(self) -> None:
        """Let go of everything, the line last."""
        super().close()
        self.line.__exit__(None, None, None)


@pytest.fixture
def office(tmp_path: Path, receiver: SmtpReceiver, dovecot: Dovecot) -> Iterator[ImapPractice]:
    """A practice that is not started yet."""
    made = ImapPractice(tmp_path / "practice", receiver, dovecot)
    yield made
    made.close()


def test_a_client_is_answered_once_in_a_window_whatever_address_they_use(office: ImapPractice) -> None:
    """The response is filed and the message marked; the second one is recorded and not answered."""
    office.start()
    office.receive(AB)
    office.look()
    office.receive(AB_AT_WORK)
    office.look()

    assert [AB] == office.recipients
    assert [IntentState.SENT] == office.states
    assert [(r"\Seen",)] == office.copies
    first, second = office.server.stored(office.user)
    assert {r"\Answered", "$BoundaryAnswered"} <= set(first.flags)
    assert {r"\Recent"} >= set(second.flags)


def test_the_therapists_own_answer_stops_it(office: ImapPractice) -> None:
    """Sent is read again before anything is sent."""
    office.configure(responses='hold = "2 minutes"')
    office.start()
    office.receive(AB)
    office.receive(CD)
    office.look()
    office.answer(AB)

    office.look(after=3 * MINUTE)

    assert [CD] == office.recipients
    assert {IntentState.DROPPED, IntentState.SENT} == set(office.states)


def test_a_keyword_on_a_message_logs_time_for_its_client(office: ImapPractice) -> None:
    """As a tag in a mail program does; the daemon's own mark on it takes nothing away."""
    office.start()
    office.receive(AB)
    office.look()
    with office.server.signed_in(office.user) as client:
        client.select("INBOX")
        client.store("1", "+FLAGS", "(Boundary-12-min)")

    office.look()
    office.look()

    assert [(Meter.WRITING, 720, True)] == [
        (entry.meter, entry.seconds, entry.of_mark) for entry in office.store.latest_time(10)
    ]


def test_nothing_private_is_kept_of_it(office: ImapPractice) -> None:
    """Neither in the log nor in the store, folder names and uids aside."""
    office.used |= {AB, "A question"}
    office.start()
    office.receive(AB)
    office.look()

    assert [AB] == office.recipients
    office.assert_nothing_private_was_kept()


def test_the_daemon_answers_at_once_and_stops_at_once(office: ImapPractice) -> None:
    """It hears of the message in IDLE, and of the signal too."""
    office.configure(daemon='calendar_poll = "5 minutes"')
    office.start()
    with running(office) as daemon:
        office.receive(AB)
        assert office.receiver.wait_for(1, SECONDS)
        until(lambda: office.states == [IntentState.SENT])
        asked_at = monotonic()

        assert 0 == daemon.stop()

    assert monotonic() - asked_at < 5
    assert "Traceback" not in daemon.log
    assert [(r"\Seen",)] == office.copies


def test_a_server_that_goes_away_and_comes_back_loses_nothing(office: ImapPractice) -> None:
    """What came meanwhile is answered."""
    office.start()
    with running(office) as daemon:
        office.line.stall()
        office.line.drop()
        office.receive(AB)
        office.line.flow()
        assert office.receiver.wait_for(1, SECONDS)
        until(lambda: office.states == [IntentState.SENT])

        assert 0 == daemon.stop()

    assert [AB] == office.recipients


@pytest.mark.parametrize("stage, taken", [(Stage.RCPT, 0), (Stage.FINAL_DOT, 1)])
def test_killed_while_the_host_has_it_nothing_is_sent_twice(
    office: ImapPractice, stage: Stage, taken: int
) -> None:
    """Filed as a draft, so nobody can tell: it is set aside and told, and others are answered."""
    office.start()
    office.receiver.faults[stage] = Fault.STALL
    with running(office) as daemon:
        office.receive(AB)
        assert office.receiver.wait_until_reached(stage, SECONDS)
        daemon.process.kill()
        daemon.process.wait(SECONDS)
    office.receiver.faults.clear()

    with running(office) as again:
        until(lambda: office.states == [IntentState.SET_ASIDE])
        office.receive(CD)
        assert office.receiver.wait_for(taken + 1, SECONDS)
        assert 0 == again.stop()

    assert [AB, CD][1 - taken :] == office.recipients
    assert any("set aside" in text for text in office.told)


def test_killed_after_it_was_sent_and_before_that_is_on_record_it_is_found(office: ImapPractice) -> None:
    """The folder of sent mail tells, so nobody has to look."""
    office.start()
    office.receive(AB)
    office.receiver.faults[Stage.QUIT] = Fault.STALL
    with running(office) as daemon:
        assert office.receiver.wait_until_reached(Stage.QUIT, SECONDS)
        daemon.process.kill()
        daemon.process.wait(SECONDS)
    office.receiver.faults.clear()
    # What the next instruction would have done.
    with office.server.signed_in(office.user) as client:
        client.select("Sent")
        client.store("1", "-FLAGS", r"(\Draft)")

    with running(office) as again:
        until(lambda: office.states == [IntentState.SENT])
        assert 0 == again.stop()

    assert [AB] == office.recipients
    assert [] == office.told


def test_killed_in_the_middle_of_a_fetch_the_message_is_answered_once(office: ImapPractice) -> None:
    """The place is remembered only after what was named is on record."""
    office.start()
    with running(office) as daemon:
        until(lambda: "ready" in daemon.log)
        office.line.cut_after = 40
        office.line.drop()
        office.receive(AB)
        until(lambda: office.line.connections > 2)
        daemon.process.kill()
        daemon.process.wait(SECONDS)
    office.line.cut_after = None

    with running(office) as again:
        assert office.receiver.wait_for(1, SECONDS)
        until(lambda: office.states == [IntentState.SENT])
        assert 0 == again.stop()

    assert [AB] == office.recipients
