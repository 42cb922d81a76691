"""What comes in: names that last, facts of a message, the therapist's own mail; on a real Dovecot."""

import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient.imap_utf7 import encode

from boundary_plugins import UNKNOWN
from boundary_plugins.core.message import addressed_own, content_languages_of, reverse_path_of
from boundary_plugins.errors import Gone, Unavailable
from boundary_plugins.testing.benches import invented_message, own_message
from builders_imap import ImapBench
from servers.dovecot import Dovecot

INVITATION = (
    b"From: client@example.org\r\nTo: therapist@example.com\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain\r\n\r\nSee you.\r\n"
    b"--b\r\nContent-Type: text/calendar; method=REQUEST\r\n\r\nBEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n--b--\r\n"
)


class TestIdentity:
    """A message is its uid, under the UIDVALIDITY of its folder."""

    def test_a_new_instance_goes_on_where_the_last_one_stopped(self, bench: ImapBench) -> None:
        """As after a restart: no gap, and only what is new."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        bench.deliver(invented_message(2))

        again = bench.opened().changes(first.cursor)

        assert not again.gap
        assert 1 == len(again.received)
        assert first.received != again.received
        assert first.received[0] == bench.opened().fetch(first.received[0]).provider_id

    def test_nothing_new_keeps_the_cursor(self, bench: ImapBench) -> None:
        """So that nobody writes it down each minute."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)

        assert first.cursor == bench.mailbox.changes(first.cursor).cursor

    def test_another_uidvalidity_is_a_gap(self, bench: ImapBench) -> None:
        """What is there is named anew, as history; the old names mean nothing, and never another message."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)
        bench.dovecot.change_uidvalidity(bench.user)

        later = bench.mailbox.changes(first.cursor)

        assert later.gap
        assert 1 == len(later.received)
        assert first.received != later.received
        with pytest.raises(Gone):
            bench.mailbox.fetch(first.received[0])
        bench.deliver(invented_message(2))
        assert not bench.mailbox.changes(later.cursor).gap

    def test_a_cursor_that_is_none_of_ours_is_a_gap(self, bench: ImapBench) -> None:
        """As where the mailbox was a Maildir before."""
        assert bench.mailbox.changes("maildir").gap

    def test_another_inbox_is_a_gap(self, bench: ImapBench) -> None:
        """Its uids are other ones."""
        cursor = bench.mailbox.changes(None).cursor
        bench.dovecot.file(bench.user, "Practice", invented_message(1))

        changes = bench.opened(inbox="Practice").changes(cursor)

        assert (changes.gap, len(changes.received)) == (True, 1)

    def test_a_folder_that_is_not_there_is_one_clear_sentence(self, bench: ImapBench) -> None:
        """It may come."""
        with pytest.raises(Unavailable) as caught:
            bench.opened(inbox="Nowhere").changes(None)

        assert str(caught.value).startswith("mailbox main: the folder Nowhere cannot be opened (")

    @pytest.mark.parametrize("provider_id", ["", "nobody", "1/1/INBOX", "1700000000.x.mx"])
    def test_an_id_that_names_no_message_is_gone(self, bench: ImapBench, provider_id: str) -> None:
        """And harms nothing."""
        with pytest.raises(Gone):
            bench.mailbox.fetch(provider_id)


class TestFacts:
    """Everything that the core asks for, and no body."""

    def test_the_envelope_comes_through_lmtp(self, bench: ImapBench) -> None:
        """Return-Path and the plus-address that it was delivered to."""
        plus = bench.user.name.replace("@", "+portal@")
        message = invented_message(1).replace(b"To: therapist@example.com\r\n", b"")
        bench.dovecot.deliver(bench.user, message, sender="client@example.org", to=plus)

        found = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        assert "client@example.org" == reverse_path_of(found)
        assert bench.user.name == addressed_own(found, (bench.user.name,))

    def test_an_alias_that_a_relay_noted_is_seen(self, bench: ImapBench) -> None:
        """X-Original-To, as Postfix writes it."""
        message = b"X-Original-To: office@example.com\r\nContent-Language: de\r\n" + invented_message(1)
        bench.deliver(message.replace(b"To: therapist@example.com\r\n", b""))

        found = bench.mailbox.fetch(bench.mailbox.changes(None).received[0])

        assert "office@example.com" == addressed_own(found, ("office@example.com",))
        assert ("de",) == content_languages_of(found)

    def test_an_invitation_is_seen_without_its_text(self, bench: ImapBench) -> None:
        """By its structure."""
        bench.deliver(INVITATION)
        bench.deliver(invented_message(1))

        first, second = map(bench.mailbox.fetch, bench.mailbox.changes(None).received)

        assert (first.calendar_method, second.calendar_method) == (True, False)

    def test_a_keyword_tells_that_it_is_spam(self, bench: ImapBench) -> None:
        """Without one nobody knows."""
        bench.dovecot.file(bench.user, "INBOX", invented_message(1), flags="$Junk")
        bench.dovecot.file(bench.user, "INBOX", invented_message(2))

        first, second = map(bench.mailbox.fetch, bench.mailbox.changes(None).received)

        assert (first.spam, second.spam) == (True, UNKNOWN)

    def test_a_message_without_any_date_arrived_when_it_was_filed(self, bench: ImapBench) -> None:
        """The server's own date (INTERNALDATE) is the last resort."""
        at = datetime(2026, 3, 2, 20, 30, tzinfo=UTC)
        bench.dovecot.file(bench.user, "INBOX", b"From: client@example.org\r\n\r\nHello.\r\n", at=at)

        assert at == bench.mailbox.fetch(bench.mailbox.changes(None).received[0]).arrived_at

    def test_a_message_of_one_endless_header_is_read_to_a_limit(self, bench: ImapBench) -> None:
        """It is told as what it is, and the rest goes on."""
        bench.deliver(
            b"From: client@example.org\r\n" + b"X-Filler: 0123456789\r\n" * 20_000 + b"\r\nHello.\r\n"
        )
        bench.deliver(invented_message(2))

        first, second = map(bench.mailbox.fetch, bench.mailbox.changes(None).received)

        assert first.headers is not None
        assert second.headers is not None
        assert ("<2@example.org>",) == second.headers.all("message-id")

    def test_many_that_were_named_together_are_fetched_in_order(self, bench: ImapBench) -> None:
        """More than one request holds, one of them gone meanwhile."""
        for number in range(40):
            bench.dovecot.file(bench.user, "INBOX", invented_message(number))
        received = bench.mailbox.changes(None).received
        bench.remove(received[20])

        for number, provider_id in enumerate(received):
            if number == 20:
                with pytest.raises(Gone):
                    bench.mailbox.fetch(provider_id)
            else:
                headers = bench.mailbox.fetch(provider_id).headers
                assert headers is not None
                assert (f"<{number}@example.org>",) == headers.all("message-id")


class TestTheTherapistsOwnMail:
    """Read from the header block of what lies in the Sent folder."""

    def test_a_first_look_reads_sixty_days(self, bench: ImapBench) -> None:
        """Nothing older matters to any decision."""
        now = datetime.now(UTC)
        for days in (1, 70):
            at = now - timedelta(days=days)
            message = own_message(b"To: a@example.org\r\n")
            bench.dovecot.file(bench.user, "Sent", message, at=at)

        assert 1 == len(bench.mailbox.changes(None).sent)

    def test_is_named_once(self, bench: ImapBench) -> None:
        """By each cursor."""
        bench.file_sent(own_message(b"To: a@example.org\r\n"))
        first = bench.mailbox.changes(None)
        bench.file_sent(own_message(b"To: b@example.org\r\n"))

        later = bench.mailbox.changes(first.cursor)

        assert [("a@example.org",), ("b@example.org",)] == [
            message.recipients for message in (*first.sent, *later.sent)
        ]
        assert () == bench.mailbox.changes(later.cursor).sent

    def test_a_draft_was_not_sent(self, bench: ImapBench) -> None:
        """Wherever a mail program keeps it."""
        bench.dovecot.file(bench.user, "Sent", own_message(b"To: a@example.org\r\n"), flags=r"\Draft")

        assert () == bench.mailbox.changes(None).sent

    def test_after_another_uidvalidity_it_is_read_again_and_is_no_gap(self, bench: ImapBench) -> None:
        """The inbox is well."""
        bench.file_sent(own_message(b"To: a@example.org\r\n"))
        first = bench.mailbox.changes(None)
        bench.dovecot.change_uidvalidity(bench.user, "Sent")

        later = bench.mailbox.changes(first.cursor)

        assert (False, 1) == (later.gap, len(later.sent))

    def test_a_folder_that_the_server_marks_is_found(self, bench: ImapBench) -> None:
        """SPECIAL-USE goes before any name."""
        user = bench.dovecot.add_user(
            namespace__inbox__mailbox__Sent__name="Ausgang", namespace__inbox__mailbox__Sent__auto="create"
        )
        other = bench.beside(user)
        bench.dovecot.file(user, "Ausgang", own_message(b"To: a@example.org\r\n"))

        sent = other.mailbox.changes(None).sent

        assert 1 == len(sent)

    @pytest.mark.parametrize("folder", ["Sent Items", "Gesendete Objekte", "Éléments envoyés"])
    def test_a_folder_that_is_only_called_so_is_found(self, bench: ImapBench, folder: str) -> None:
        """As on servers without SPECIAL-USE."""
        user = bench.dovecot.add_user(
            namespace__inbox__mailbox__Sent__special_use="\\Archive",
            namespace__inbox__mailbox__Sent__name="Old",
        )
        other = bench.beside(user)
        bench.dovecot.file(user, _utf7(folder), own_message(b"To: a@example.org\r\n"))

        sent = other.mailbox.changes(None).sent

        assert 1 == len(sent)

    def test_a_folder_that_is_named_and_is_not_there_stops_the_look(self, bench: ImapBench) -> None:
        """Whether the therapist has written is not known then, so nothing may be decided."""
        with pytest.raises(Unavailable) as caught:
            bench.opened(sent="Nowhere").changes(None)

        assert "see the key sent" in str(caught.value)

    def test_an_empty_name_is_not_looked_at(self, bench: ImapBench) -> None:
        """The capability says so, too."""
        bench.file_sent(own_message(b"To: a@example.org\r\n"))

        assert () == bench.opened(sent="").changes(None).sent


class TestTimeMarks:
    """Keywords on messages log time."""

    def test_a_keyword_is_told_once_and_its_end(self, bench: ImapBench) -> None:
        """Where the server counts changes, across a restart."""
        bench.deliver(invented_message(1))
        first = bench.mailbox.changes(None)

        _store(bench, "+FLAGS", "Boundary-12-min")
        marked = bench.opened().changes(first.cursor)
        _store(bench, "+FLAGS", "boundary_3_min")
        more = bench.opened().changes(marked.cursor)
        _store(bench, "-FLAGS", "Boundary-12-min boundary_3_min")
        cleared = bench.opened().changes(more.cursor)

        assert [(12,), (15,), (0,)] == [
            tuple(mark.minutes for mark in changes.time_marks) for changes in (marked, more, cleared)
        ]
        assert first.received == tuple(mark.provider_id for mark in marked.time_marks)
        assert () == bench.opened().changes(cleared.cursor).time_marks

    def test_without_condstore_marks_are_compared_with_the_last_look(self, bench: ImapBench) -> None:
        """All that is marked is told again after a restart."""
        bench.deliver(invented_message(1))
        mailbox = bench.opened()
        first = mailbox.changes(None)
        uid_validity = first.received[0].partition("/")[0]
        cursor = f'[1,["INBOX",{uid_validity},2,0],null]'
        _store(bench, "+FLAGS", "Boundary-12-min")

        marked = mailbox.changes(cursor).time_marks
        again = mailbox.changes(cursor).time_marks
        _store(bench, "-FLAGS", "Boundary-12-min")
        cleared = mailbox.changes(cursor).time_marks

        assert [[12], [], [0]] == [[mark.minutes for mark in marks] for marks in (marked, again, cleared)]

    def test_at_a_first_look_marks_are_history(self, bench: ImapBench) -> None:
        """Like the messages that carry them."""
        bench.dovecot.file(bench.user, "INBOX", invented_message(1), flags="Boundary-12-min")

        assert () == bench.mailbox.changes(None).time_marks

    def test_switched_off_nothing_is_read(self, bench: ImapBench) -> None:
        """With an empty word."""
        bench.deliver(invented_message(1))
        cursor = bench.mailbox.changes(None).cursor
        _store(bench, "+FLAGS", "Boundary-12-min")

        assert () == bench.opened(time_marks="").changes(cursor).time_marks


MANY = 50_000
LOOK = r"""
import re, sys, time
from pathlib import Path
from boundary_imap.mailbox import ImapMailbox
from boundary_imap.settings import ImapSettings
from boundary_plugins.testing.doubles import memory_services

settings = ImapSettings(host="127.0.0.1", port=int(sys.argv[1]), security="none", username=sys.argv[2],
    password_secret="imap", timeout=60)
mailbox = ImapMailbox(settings, memory_services(Path(sys.argv[3]), secrets={"imap": "secret"}))
started = time.monotonic()
first = mailbox.changes(None)
later = mailbox.changes(first.cursor)
mailbox.close()
# The peak of this program alone: what getrusage tells begins with what its parent had.
peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1]
print(len(first.received), len(later.received), peak, time.monotonic() - started)
"""


class TestManyMessages:
    """Fifty thousand messages are an ordinary mailbox."""

    @pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
    def test_a_first_look_reads_only_their_uids(self, dovecot: Dovecot, tmp_path: Path) -> None:
        """Below 150 MB, in seconds, and without a header or a body."""
        user = dovecot.add_user(mail="mbox:~/mail:INBOX=~/inbox")
        fill_mbox(user.home / "inbox", MANY)
        # The server's own first look at a new file is not what is measured.
        dovecot.doveadm("mailbox", "status", "-u", user.name, "messages", "INBOX")

        done = subprocess.run(
            [sys.executable, "-c", LOOK, str(dovecot.ports["imap"]), user.name, str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

        assert "" == done.stderr
        first, later, peak, seconds = map(float, done.stdout.split())
        assert (MANY, 0) == (first, later)
        assert peak < 150 * 1024
        assert seconds < 20
        (line,) = [
            line for line in until_logged_out(dovecot, user.name) if "body_count=0 body_bytes=0" in line
        ]
        assert "hdr_count=0" in line


def fill_mbox(path: Path, count: int) -> None:
    """A file of so many messages."""
    date = "Mon Mar  2 20:00:00 2026"
    with path.open("wb") as file:
        for number in range(count):
            file.write(f"From client@example.org {date}\n".encode())
            file.write(invented_message(number).replace(b"\r\n", b"\n") + b"\n")
    path.chmod(0o666)
    path.parent.chmod(0o777)


def until_logged_out(dovecot: Dovecot, name: str) -> list[str]:
    """What Dovecot says of sessions that are over, with its count of what was read."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        lines = [line for line in dovecot.log().splitlines() if name in line and "hdr_count" in line]
        if lines:
            return lines
        time.sleep(0.02)
    return []


def test_a_wait_where_nothing_happens_costs_no_processor_time(bench: ImapBench) -> None:
    """The server tells; nobody asks."""
    bench.mailbox.changes(None)
    before = resource.getrusage(resource.RUSAGE_SELF)

    bench.mailbox.wait(1.5)

    after = resource.getrusage(resource.RUSAGE_SELF)
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 0.1


def _store(bench: ImapBench, how: str, flags: str) -> None:
    """The therapist marks the first message."""
    with bench.dovecot.signed_in(bench.user) as client:
        client.select("INBOX")
        client.store("1", how, f"({flags})")


def _utf7(name: str) -> str:
    """A folder's name as IMAP writes it (RFC 3501, section 5.1.3)."""
    return str(encode(name), "ascii")
