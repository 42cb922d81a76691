"""The Maildir mailbox over real files and a real SMTP receiver."""

import mailbox
import os
import re
import resource
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_files.mailbox import MaildirMailbox
from boundary_files.settings import MaildirSettings
from boundary_plugins.errors import (
    AuthorizationNeeded,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from boundary_plugins.testing.benches import invented_message, invented_response
from boundary_plugins.testing.contracts import MailboxBench, MailboxContract
from boundary_plugins.testing.doubles import MemoryLog, memory_services
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage

FAULTS: dict[type[ProviderError], tuple[Stage, Reply | Fault]] = {
    Unavailable: (Stage.RCPT, Reply("450 4.2.1 busy")),
    AuthorizationNeeded: (Stage.MAIL, Reply("530 5.7.0 sign in first")),
    Refused: (Stage.RCPT, Reply("550 5.1.1 unknown")),
    OutcomeUnknown: (Stage.FINAL_DOT, Fault.DROP),
}


def make_maildir(path: Path) -> Path:
    """An empty Maildir."""
    for folder in ("new", "cur", "tmp"):
        (path / folder).mkdir(parents=True)
    return path


class MaildirBench(MailboxBench):
    """A Maildir that the standard library's own Maildir delivers to, and a receiver that takes responses."""

    can_search_sent = False

    def __init__(self, folder: Path, receiver: SmtpReceiver) -> None:
        self.path, self.receiver = make_maildir(folder / "Maildir"), receiver
        self.sent_path = make_maildir(self.path / ".Sent")
        self.log = MemoryLog()
        self.inbox = mailbox.Maildir(self.path)
        self.mailbox = self.opened(folder)

    def opened(self, folder: Path) -> MaildirMailbox:
        """Another instance over the same Maildir."""
        settings = MaildirSettings.model_validate(
            {
                "path": "Maildir",
                "sent": "Maildir/.Sent",
                "smtp": {"host": "127.0.0.1", "port": self.receiver.port, "security": "none", "timeout": 5},
            }
        )
        return MaildirMailbox(settings, memory_services(folder, log=self.log, name="mailbox main"))

    def deliver(self, message: bytes) -> None:
        self.inbox.add(message)

    def remove(self, provider_id: str) -> None:
        next(self.path.glob(f"*/{provider_id}*")).unlink()

    def file_sent(self, message: bytes) -> None:
        mailbox.Maildir(self.sent_path).add(message)

    def fail_next_send(self, kind: type[ProviderError]) -> bool:
        if kind not in FAULTS:
            return False
        stage, fault = FAULTS[kind]
        self.receiver.faults[stage] = fault
        return True

    def state(self) -> object:
        return sorted(
            (str(path), path.stat().st_mtime_ns, path.stat().st_mode) for path in self.path.rglob("*")
        )

    def left(self) -> list[bytes]:
        return [message.content for message in self.receiver.received]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[MaildirBench]:
    """An empty Maildir and a receiver."""
    with SmtpReceiver() as receiver:
        yield MaildirBench(tmp_path, receiver)


class TestMaildirMailbox(MailboxContract):
    """The contract of every mailbox."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> Iterator[MailboxBench]:
        with SmtpReceiver() as receiver:
            yield MaildirBench(tmp_path, receiver)


class TestIdentity:
    """A message is its file's name before the flags, wherever mail programs move it."""

    def test_a_message_that_is_read_by_a_mail_program_is_not_news(self, bench: MaildirBench) -> None:
        """Moved from new to cur, and flagged."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        _move_to_cur(bench.path, first.received[0])

        assert () == bench.mailbox.changes(first.cursor).received

    def test_a_message_that_moves_between_look_and_fetch_is_found(self, bench: MaildirBench) -> None:
        """Its name changes under our hands."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        _move_to_cur(bench.path, provider_id)

        assert provider_id == bench.mailbox.fetch(provider_id).provider_id

    def test_a_new_instance_fetches_an_id_of_the_last_one(self, bench: MaildirBench, tmp_path: Path) -> None:
        """As after a restart."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received

        assert provider_id == bench.opened(tmp_path).fetch(provider_id).provider_id

    def test_after_a_restart_everything_is_named_again_and_is_no_gap(
        self, bench: MaildirBench, tmp_path: Path
    ) -> None:
        """The shell knows what it has seen."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        bench.deliver(invented_message(2))

        again = bench.opened(tmp_path).changes(first.cursor)

        assert not again.gap
        assert 2 == len(again.received)

    @pytest.mark.parametrize("provider_id", ["../cur/x", "nobody", "", ".", "a/b"])
    def test_an_id_that_names_no_message_is_gone(self, bench: MaildirBench, provider_id: str) -> None:
        """Nothing outside of the Maildir is read."""
        with pytest.raises(Gone):
            bench.mailbox.fetch(provider_id)

    def test_the_order_is_that_of_delivery(self, bench: MaildirBench) -> None:
        """By the seconds that begin a name, else by the file's time."""
        for name, modified in (("1700000300.c", 0), ("200.b", 0), ("no-number", 1_700_000_100)):
            file = bench.path / "new" / name
            file.write_bytes(invented_message(1))
            os.utime(file, (modified, modified))

        assert ("200.b", "no-number", "1700000300.c") == bench.mailbox.changes(None).received


class TestWhatIsNoMessage:
    """Set aside with a reason, once, and the rest goes on."""

    def test_links_folders_and_hidden_files(self, bench: MaildirBench, tmp_path: Path) -> None:
        """A link could lead anywhere."""
        bench.deliver(invented_message(1))
        (tmp_path / "elsewhere").write_bytes(invented_message(2))
        (bench.path / "new" / "100.link").symlink_to(tmp_path / "elsewhere")
        (bench.path / "cur" / "100.folder").mkdir()
        (bench.path / "new" / ".hidden").write_bytes(b"")
        os.mkfifo(bench.path / "new" / "100.pipe")

        received = [bench.mailbox.changes(None).received, bench.mailbox.changes("maildir").received]

        assert [1, 0] == [len(each) for each in received]
        assert {
            ("100.link", "it is a symbolic link"),
            ("100.folder", "it is no regular file"),
            ("100.pipe", "it is no regular file"),
        } == {(str(facts["file"]), str(facts["reason"])) for _, _, facts in bench.log.lines}
        assert 3 == len(bench.log.lines)

    def test_what_is_being_delivered_is_not_looked_at(self, bench: MaildirBench) -> None:
        """tmp is the deliverer's."""
        (bench.path / "tmp" / "100.half").write_bytes(b"From: x")

        assert () == bench.mailbox.changes(None).received

    def test_a_file_without_a_header_block_is_fetched_all_the_same(self, bench: MaildirBench) -> None:
        """What it is, the core says (`unparsable`)."""
        (bench.path / "new" / "100.empty").write_bytes(b"")

        message = bench.mailbox.fetch("100.empty")

        assert "100.empty" == message.provider_id


class TestAwayAndBack:
    """A Maildir that vanishes is told in one line, and nothing is lost when it is back."""

    def test_what_came_meanwhile_is_news_when_it_is_back(self, bench: MaildirBench, tmp_path: Path) -> None:
        """As on a disk that was unmounted: no gap, no history."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        away = bench.path.rename(tmp_path / "away")
        for _ in range(2):
            with pytest.raises(Unavailable) as caught:
                bench.mailbox.changes(first.cursor)
        away.rename(bench.path)
        bench.deliver(invented_message(2))

        back = bench.mailbox.changes(first.cursor)

        assert f"mailbox main: there is no Maildir at {bench.path} (it needs the folders new and cur)" == str(
            caught.value
        )
        assert (len(back.received), back.gap) == (1, False)

    def test_an_empty_mount_point_is_no_empty_maildir(self, bench: MaildirBench, tmp_path: Path) -> None:
        """Else everything would seem deleted."""
        bench.path.rename(tmp_path / "away")
        bench.path.mkdir()

        with pytest.raises(Unavailable):
            bench.mailbox.changes(None)

    def test_a_message_of_a_maildir_that_is_away_is_not_gone(
        self, bench: MaildirBench, tmp_path: Path
    ) -> None:
        """It is away, too."""
        bench.deliver(invented_message(1))
        (provider_id,) = bench.mailbox.changes(None).received
        bench.path.rename(tmp_path / "away")

        with pytest.raises(Unavailable):
            bench.mailbox.fetch(provider_id)

    def test_without_the_sent_folder_nothing_is_said_about_new_mail(self, bench: MaildirBench) -> None:
        """Whether the therapist has written is not known then, so nothing may be decided."""
        bench.sent_path.rename(bench.path / ".Away")

        with pytest.raises(Unavailable) as caught:
            bench.mailbox.changes(None)

        assert str(bench.sent_path) in str(caught.value)


class TestWaiting:
    """New mail is noticed at once, and at no cost."""

    def test_a_delivery_ends_a_wait(self, bench: MaildirBench) -> None:
        """Also one in the very tick of the last look."""
        cursor = bench.mailbox.changes(None).cursor
        waiting = threading.Thread(target=bench.mailbox.wait, args=(30,))
        waiting.start()
        bench.deliver(invented_message(1))
        waiting.join(10)

        assert not waiting.is_alive()
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_a_delivery_under_the_same_time_as_the_last_look_ends_a_wait(self, bench: MaildirBench) -> None:
        """The file system's clock may tick as seldom as every two seconds."""
        bench.mailbox.changes(None)
        now = time.time_ns()
        for folder in ("new", "cur"):
            os.utime(bench.path / folder, ns=(now, now))
        cursor = bench.mailbox.changes(None).cursor
        bench.deliver(invented_message(1))
        os.utime(bench.path / "new", ns=(now, now))

        started = time.monotonic()
        bench.mailbox.wait(30)

        assert time.monotonic() - started < 10
        assert 1 == len(bench.mailbox.changes(cursor).received)

    def test_a_wait_where_nothing_happens_costs_no_processor_time(self, bench: MaildirBench) -> None:
        """A look at the folders' times once a second."""
        for path in (bench.path, bench.sent_path):
            for folder in ("new", "cur"):
                os.utime(path / folder, (1, 1))
        bench.mailbox.changes(None)
        before = resource.getrusage(resource.RUSAGE_SELF)

        bench.mailbox.wait(2)

        after = resource.getrusage(resource.RUSAGE_SELF)
        assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.2


class TestManyMessages:
    """Fifty thousand messages are an ordinary mailbox."""

    def test_are_listed_without_being_opened(self, bench: MaildirBench) -> None:
        """Only names are read; each look takes a moment."""
        for number in range(50_000):
            os.close(os.open(bench.path / "cur" / f"{number + 1_600_000_000}.x:2,S", os.O_CREAT, 0o600))

        started = time.process_time()
        first = bench.mailbox.changes(None)
        later = bench.mailbox.changes(first.cursor)

        assert (len(first.received), len(later.received)) == (50_000, 0)
        assert time.process_time() - started < 5


class TestTheTherapistsOwnMail:
    """Read from the header block of what lies in the Sent folder."""

    def test_only_what_can_still_matter_is_read(self, bench: MaildirBench) -> None:
        """Nothing older than sixty days, by name or by Date."""
        now = datetime.now(UTC)
        old = (now - timedelta(days=70)).timestamp()
        (bench.sent_path / "cur" / f"{int(old)}.old:2,S").write_bytes(b"To: a@example.org\r\n\r\n")
        dated = "Date: Mon, 02 Mar 2020 20:00:00 +0000\r\nTo: b@example.org\r\n\r\n"
        (bench.sent_path / "cur" / f"{int(now.timestamp())}.x:2,S").write_text(dated)

        assert () == bench.mailbox.changes(None).sent

    def test_is_named_once(self, bench: MaildirBench) -> None:
        """Also when its flags change."""
        bench.file_sent(b"To: a@example.org\r\n\r\nHello.")
        first = bench.mailbox.changes(None)
        (one,) = first.sent
        _move_to_cur(bench.sent_path, one.provider_id)

        assert () == bench.mailbox.changes(first.cursor).sent

    def test_without_a_sent_folder_it_is_not_seen(self, bench: MaildirBench, tmp_path: Path) -> None:
        """The capability says so, too."""
        quiet = MaildirMailbox(MaildirSettings(path="Maildir"), memory_services(tmp_path))
        bench.file_sent(b"To: a@example.org\r\n\r\nHello.")

        assert () == quiet.changes(None).sent


class TestSending:
    """By SMTP submission, with the settings of the mailbox."""

    def test_uses_the_null_reverse_path(self, bench: MaildirBench) -> None:
        """RFC 3834, section 3.3."""
        receipt = bench.mailbox.send(invented_response())

        assert receipt.reverse_path_is_null
        assert [""] == [message.reverse_path for message in bench.receiver.received]

    def test_files_nothing(self, bench: MaildirBench) -> None:
        """Responses are not the therapist's own mail."""
        before = bench.state()

        bench.mailbox.send(invented_response())

        assert before == bench.state()

    def test_without_a_host_is_refused_loudly(self, tmp_path: Path) -> None:
        """A mailbox can be watched without one."""
        watching = MaildirMailbox(MaildirSettings(path="Maildir"), memory_services(tmp_path))

        with pytest.raises(Unsupported):
            watching.send(invented_response())

    def test_takes_its_password_from_the_secrets(self, tmp_path: Path) -> None:
        """By the name in the configuration."""
        with SmtpReceiver(sign_in=("me", "right")) as receiver:
            smtp = {"host": "127.0.0.1", "port": receiver.port, "security": "none"}
            settings = MaildirSettings.model_validate(
                {"path": "Maildir", "smtp": {**smtp, "username": "me", "password_secret": "smtp"}}
            )

            MaildirMailbox(settings, memory_services(tmp_path, secrets={"smtp": "right"})).send(
                invented_response()
            )

            assert "me" == receiver.received[0].signed_in_as


def _move_to_cur(path: Path, provider_id: str) -> None:
    """What a mail program does when it shows a message."""
    found = next(path.glob(f"*/{provider_id}*"))
    found.rename(path / "cur" / f"{re.sub(':.*', '', found.name)}:2,RS")
