"""The daemon on an Exchange of our own: it answers, keeps still when it should, and is killed on the way."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.config.load import load
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.opening import open_secrets
from boundary_plugins.store.records import IntentState
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from daemon.practice import AB, AB_AT_WORK, CD, HOUR, MINUTE, OWN, STRANGER, Clock, Practice
from daemon.test_process import SECONDS, ZONE, running, until
from servers.ews import EwsServer, Fault
from servers.ews_calendar import entry
from servers.ews_schema import schemas

MAILBOX = """\
kind = "exchange"
{site}"""
SITE = """\
address = "therapist@example.com"
server = "{url}"
sign_in = "basic"
password_secret = "exchange"
ca_file = "{ca_file}"
timeout = 20
"""
SERVER_SIDE = """
[[publishers]]
name = "server"
kind = "exchange-replies"
{site}
[[publishers]]
name = "entries"
kind = "exchange-calendar"
absences = "all weeks"
{site}
[[calendars]]
name = "work"
kind = "exchange"
{site}"""


class ExchangePractice(Practice):
    """A practice whose mailbox is on Exchange, closed since four hours ago and for hours to come."""

    def __init__(self, folder: Path, receiver: SmtpReceiver, server: EwsServer) -> None:
        """Make the mailbox and the configuration."""
        now = datetime.now(UTC)
        super().__init__(folder, receiver, Clock(now))
        self.server, self.mailbox = server, server.add_mailbox(OWN)
        self.site = SITE.format(url=server.url, ca_file=server.ca_file)
        opens, closes = ((now - timedelta(hours=ago)).astimezone(ZONE).strftime("%H:%M") for ago in (10, 4))
        self.configure(
            hours=f"mon-sun {opens}-{closes}",
            responses='hold = "0 seconds"',
            plugins='"exchange"',
            mailbox=MAILBOX.format(site=self.site),
        )
        open_secrets(load(self.config_path)).set("exchange", "correct horse")

    def configure(self, *, hours: str | None = None, **settings: Any) -> Config:
        """Write the configuration, without the host for SMTP that this mailbox does not know."""
        super().configure(hours=hours, **settings)
        text = self.config_path.read_text("utf-8")
        self.config_path.write_text(re.sub(r"\[mailboxes\.smtp\]\n(?:\S.*\n)*", "", text), "utf-8")
        return load(self.config_path)

    def receive(self, sender: str = AB) -> str:
        """A message of a client comes in; its id on the server."""
        return self.mailbox.deliver(self._written(sender, OWN), at=self.clock.now).item_id

    def answer(self, to: str = AB) -> None:
        """The therapist answers in Outlook."""
        self.mailbox.file_sent(self._written(OWN, to))

    def _written(self, sender: str, to: str) -> bytes:
        """A message as a mail program writes it."""
        mail = EmailMessage(policy=SMTP)
        mail["From"], mail["To"], mail["Subject"] = sender, to, "A question"
        mail["Message-ID"] = f"<m{next(self._numbers)}@mail.example.net>"
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail.set_content("Hello.")
        return mail.as_bytes()

    @property
    def answered(self) -> list[str]:
        """To whom responses left."""
        return [parseaddr(str(message_from_bytes(each)["To"]))[1] for each in self.mailbox.left]


@pytest.fixture(scope="module")
def ews(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EwsServer]:
    """The server, where Microsoft's schemas are there to hold it to."""
    if schemas() is None:
        pytest.skip("Microsoft's schemas of EWS are not on this machine")
    with EwsServer(tmp_path_factory.mktemp("ews")) as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, receiver: SmtpReceiver, ews: EwsServer) -> Iterator[ExchangePractice]:
    """A practice that is not started yet."""
    made = ExchangePractice(tmp_path / "practice", receiver, ews)
    yield made
    made.close()
    found, ews.violations = ews.violations, []
    assert [] == found


def test_a_client_is_answered_once_in_a_window_whatever_address_they_use(office: ExchangePractice) -> None:
    """The second one is recorded and not answered; nothing is marked."""
    office.start()
    office.receive(AB)
    office.look()
    office.receive(AB_AT_WORK)
    office.look()

    assert [AB] == office.answered
    assert [IntentState.SENT] == office.states
    assert ["inbox", "inbox", "sentitems"] == sorted(item.folder for item in office.mailbox.items.values())


def test_the_therapists_own_answer_stops_it(office: ExchangePractice) -> None:
    """Sent Items are read again before anything is sent."""
    office.configure(responses='hold = "2 minutes"')
    office.start()
    office.receive(AB)
    office.receive(CD)
    office.look()
    office.answer(AB)

    office.look(after=3 * MINUTE)

    assert [CD] == office.answered
    assert {IntentState.DROPPED, IntentState.SENT} == set(office.states)


@pytest.mark.parametrize(
    "fault, sent_at_once",
    [
        # A 500 after the message was really sent.
        (Fault("SendItem", status=500, after=True), True),
        (Fault("SendItem", drop=True, after=True), True),
        (Fault("SendItem", status=500), False),
        (Fault("CreateItem", drop=True, after=True), False),
        (Fault("SendItem", code="ErrorServerBusy", soap=True, wait=30), False),
    ],
    ids=repr,
)
def test_whatever_breaks_while_sending_one_response_goes(
    office: ExchangePractice, fault: Fault, sent_at_once: bool
) -> None:
    """Not two, and not none."""
    office.start()
    office.receive(AB)
    office.server.fail_next(OWN, fault)

    office.look()
    at_once = len(office.answered)
    office.look(after=2 * MINUTE)
    office.look(after=10 * MINUTE)

    assert ([AB], [IntentState.SENT]) == (office.answered, office.states)
    assert sent_at_once is (at_once == 1)


def test_nothing_private_is_kept_of_it(office: ExchangePractice) -> None:
    """Neither in the log nor in the store."""
    office.used |= {AB, "A question"}
    office.start()
    office.receive(AB)
    office.look()

    assert [AB] == office.answered
    office.assert_nothing_private_was_kept()


def test_a_category_logs_the_time_of_a_contact(office: ExchangePractice) -> None:
    """And its change, and its end."""
    office.start()
    item_id = office.receive(AB)
    office.look()
    logged = []
    for category in ("Boundary/12 min", "Boundary/20 min", "Red category"):
        office.mailbox.items[item_id].categories = (category,)
        office.mailbox.changed(item_id)
        office.look()
        logged.append([each.seconds for each in office.store.latest_time(10)])

    assert [[720], [1200], []] == logged


def test_a_message_with_a_broken_mime_form_is_recorded_and_never_stops_the_mailbox(
    office: ExchangePractice,
) -> None:
    """Of it so little is known that it cannot be told from a machine's."""
    office.start()
    broken = office.mailbox.items[office.receive(CD)]
    broken.extended.clear()
    broken.mime_is_broken = True
    office.receive(AB)

    office.look()

    assert AB in office.answered
    assert 2 == len(office.store.messages())


def test_a_lost_sync_state_makes_history_and_is_told(office: ExchangePractice) -> None:
    """No burst of late answers."""
    office.start()
    office.receive(AB)
    office.mailbox.epoch += 1

    office.look()

    assert [] == office.answered
    assert any("1 messages came while" in text for text in office.told)


def test_where_exchange_answers_by_itself_the_program_keeps_quiet_and_afterwards_not(
    office: ExchangePractice,
) -> None:
    """One of the two, never both and never neither; an absence shows to colleagues."""
    office.configure(
        responses='hold = "0 seconds"\naudience = "everyone"', more=SERVER_SIDE.format(site=office.site)
    )
    start = office.clock.now + 30 * HOUR
    office.mailbox.add("calendar", "CalendarItem", fields=entry(start, start + timedelta(days=3), "OOF"))
    office.start()
    assert office.assembly is not None
    office.assembly.publishing().publish()
    scheduled = (
        office.mailbox.oof.state,
        office.mailbox.oof.start < office.clock.now < office.mailbox.oof.end,
    )
    office.receive(STRANGER)
    office.look()
    by_exchange = list(office.answered)
    for publisher in office.assembly.publishers:
        publisher.port.remove()
        if publisher.answers_for is not None:
            office.assembly.responders.ask(publisher, office.assembly.timetable.hours().covered)
    office.receive(AB)
    office.look()

    assert ("Scheduled", True) == scheduled
    assert ([], [AB]) == (by_exchange, office.answered)
    assert "Disabled" == office.mailbox.oof.state


def test_the_daemon_answers_at_once_and_loses_nothing_when_stream_and_server_go_away(
    office: ExchangePractice,
) -> None:
    """It hears of the first message by the stream, says once that it was deaf, and stops when told."""
    office.configure(daemon='calendar_poll = "5 minutes"')
    office.start()
    with running(office) as daemon:
        until(lambda: office.server.has_stream(OWN))
        office.receive(AB)
        until(lambda: office.states == [IntentState.SENT])
        office.server.drop_streams(OWN)
        office.server.stop()
        office.receive(CD)
        until(lambda: "cannot be reached" in daemon.log)
        office.server.start()
        until(lambda: office.states == [IntentState.SENT] * 2)

        assert 0 == daemon.stop()

    assert [AB, CD] == office.answered
    assert 1 == daemon.log.count("cannot be reached")
    assert "Traceback" not in daemon.log


def test_killed_while_exchange_sends_it_is_found_and_not_sent_twice(office: ExchangePractice) -> None:
    """The answer never arrives; after the start Exchange is asked."""
    office.start()
    office.server.fail_next(OWN, Fault("SendItem", stall=True, after=True))
    with running(office) as daemon:
        office.receive(AB)
        until(lambda: bool(office.answered))
        daemon.process.kill()
        daemon.process.wait(SECONDS)

    office.restart()
    for _ in range(2):
        office.look(after=10 * MINUTE)

    assert ([AB], [IntentState.SENT]) == (office.answered, office.states)
    assert [] == [text for text in office.told if "set aside" in text]


def test_killed_before_exchange_sends_the_draft_goes_after_the_start(office: ExchangePractice) -> None:
    """The very draft, and no second one."""
    office.start()
    office.server.fail_next(OWN, Fault("SendItem", stall=True))
    with running(office) as daemon:
        office.receive(AB)
        until(lambda: any(item.folder == "drafts" for item in office.mailbox.items.values()))
        until(lambda: not office.server.faults[OWN])
        daemon.process.kill()
        daemon.process.wait(SECONDS)

    office.restart()
    for _ in range(3):
        office.look(after=10 * MINUTE)

    assert ([AB], [IntentState.SENT]) == (office.answered, office.states)
    assert ["inbox", "sentitems"] == sorted(item.folder for item in office.mailbox.items.values())
