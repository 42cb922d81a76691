"""What goes wrong on a machine: each is told in one clear line, nothing is lost, nothing goes twice."""

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.daemon import inbox
from boundary_plugins.errors import Unavailable
from boundary_plugins.store.records import IntentState, MessageState
from daemon.practice import AB, CD, DAY, HOUR, MINUTE, MONDAY_OPENING, Practice

MAIN = "mailbox main"


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another process holds the store's write lock."""
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('BEGIN IMMEDIATE')\nprint('held', flush=True)\nsys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.communicate()


def test_a_locked_store_loses_no_message_and_no_mail_of_the_therapist(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.deliver(CD)
    practice.write(CD)
    with locked(practice.database):
        during = [practice.look(), practice.look()]

    practice.look_and_send()

    assert [False, False] == during
    assert ([AB], 2) == (practice.recipients, len(practice.store.contacts()))
    assert 1 == practice.logged("locked by another process")
    assert 1 == practice.logged("store: well again")
    assert [] == practice.told
    practice.assert_nothing_private_was_kept()


def test_a_store_that_locks_between_naming_and_recording_loses_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Also on a machine that is busy, all three are read before the first is decided.
    monkeypatch.setattr(inbox, "AHEAD_SECONDS", 60.0)
    practice.start()
    first = practice.deliver(AB)
    second = practice.deliver(CD)
    third = practice.deliver(CD, "I want to die")
    (loop,) = practice.loops.values()
    now = loop.inbox.now
    taken: list[object] = []

    def lock_at_the_second() -> datetime:
        """The lock is taken between the first message's record and the second's."""
        if loop.inbox._waiting[:1] == [second] and not taken:
            other = sqlite3.connect(practice.database, isolation_level=None, check_same_thread=False)
            other.execute("BEGIN IMMEDIATE")
            taken.append(other)
        return now()

    loop.inbox.now = lock_at_the_second
    during = practice.look()
    told_at_once = practice.logged("sounds like a crisis")
    taken[0].close()  # type: ignore[attr-defined]

    practice.look_and_send()

    assert not during
    # Of a crisis that waits behind the one that could not be recorded the log says so at once.
    assert 1 == told_at_once
    assert {first, second, third} == {message.provider_id for message in practice.store.messages()}
    assert {AB, CD} == set(practice.recipients)


@contextmanager
def no_room(practice: Practice) -> Iterator[None]:
    """No file of the store may grow any more, as on a disk that is full (setrlimit(2), RLIMIT_FSIZE)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = Path(f"{practice.database}-wal").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_loses_nothing_and_is_told_once(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.deliver(CD, "I want to die")
    with no_room(practice):
        during = [practice.look(), practice.look(after=3 * MINUTE)]

    practice.look_and_send()

    assert [False, False] == during
    assert ({AB, CD}, 2) == (set(practice.recipients), len(practice.store.contacts()))
    assert 1 == practice.logged("no room left")
    assert 1 == practice.logged("store: well again")
    assert any("sounds like a crisis" in text for text in practice.told)


def test_a_disk_that_fills_during_the_hold_sends_nothing_before_it_is_on_record(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    with no_room(practice):
        practice.look(after=3 * MINUTE)
        sent = practice.recipients[:]

    practice.look(after=MINUTE)
    practice.look(after=MINUTE)

    assert ([], [AB]) == (sent, practice.recipients)


def test_a_maildir_that_vanishes_and_comes_back_is_not_history(practice: Practice) -> None:
    practice.start()
    away = practice.folder / "away"
    practice.maildir.rename(away)
    gone = [practice.look(after=MINUTE) for _ in range(3)]
    away.rename(practice.maildir)
    name = practice.deliver(AB)

    practice.look_and_send()

    assert [False, False, False] == gone
    assert "out-of-boundary" == practice.reason(name)
    assert [AB] == practice.recipients
    assert (1, 1) == (practice.logged("there is no Maildir at"), practice.logged("away: well again"))
    assert [] == practice.told


def test_a_maildir_that_comes_back_empty_and_then_full_answers_nothing_twice(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    away = practice.folder / "away"
    practice.maildir.rename(away)
    for name in ("new", "cur", ".Sent/new", ".Sent/cur"):
        (practice.maildir / name).mkdir(parents=True)
    practice.look()
    shutil.rmtree(practice.maildir)
    away.rename(practice.maildir)

    practice.look_and_send()

    assert [AB] == practice.recipients


def test_a_message_that_cannot_be_parsed_harms_no_other(practice: Practice) -> None:
    practice.start()
    for number, data in enumerate((b"", b"\0" * 4096, b"no header at all", b"\xff\xfe" * 100)):
        name = f"{int(practice.clock.now.timestamp())}.broken{number}.example"
        (practice.maildir / "new" / name).write_bytes(data)
    (practice.maildir / "new" / "a-folder").mkdir()
    os.mkfifo(practice.maildir / "new" / "a-pipe")
    (practice.maildir / "new" / b"latin-\xe9".decode("utf-8", "surrogateescape")).write_bytes(b"From: x\n\n")
    practice.deliver(AB)

    practice.look_and_send()

    assert [AB] == practice.recipients
    assert "Traceback" not in practice.log_text
    assert practice.look()


def test_a_clock_that_steps_back_sends_nothing_and_is_told_until_it_is_right(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    right = practice.clock.now
    practice.clock.now = right - DAY
    back = [practice.look(after=MINUTE) for _ in range(3)]
    told, sent = practice.told, practice.recipients[:]
    practice.clock.now = right + 3 * MINUTE

    practice.look()

    assert [False, False, False] == back
    assert ([], 1) == (sent, len(told))
    assert "Fri 20 Nov 2026 at 20:00" in told[0]
    assert 1 == practice.logged("The clock went back")
    assert ([AB], []) == (practice.recipients, practice.told)


def test_a_clock_that_was_wrongly_ahead_can_be_accepted(practice: Practice) -> None:
    practice.start()
    right = practice.clock.now
    practice.clock.advance(365 * DAY)
    practice.look()
    practice.clock.now = right
    practice.look()
    practice.store.accept_clock(practice.clock.now)
    practice.arm()
    practice.deliver(AB)

    practice.look_and_send()

    assert [AB] == practice.recipients


def test_a_suspended_machine_sends_nothing_late(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    practice.clock.now = MONDAY_OPENING + MINUTE

    practice.look()

    assert ([IntentState.DROPPED], []) == (practice.states, practice.recipients)


def test_the_lease_of_another_daemon_is_waited_for(practice: Practice) -> None:
    practice.start()
    (loop,) = practice.loops.values()
    loop.let_go()
    with practice.store.transaction(practice.clock.now) as transaction:
        transaction.acquire_lease("main", "another", practice.clock.now, 300)
    practice.deliver(AB)

    during = [practice.look(after=MINUTE) for _ in range(3)]
    told = practice.told
    practice.look(after=3 * MINUTE)
    practice.look_and_send()

    assert [False, False, False] == during
    assert ["mailbox main is served by another daemon; this one waits."] == told
    assert ([AB], []) == (practice.recipients, practice.told)


def test_a_backup_put_back_answers_nothing_again_and_is_told(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    practice.close()
    backup = practice.folder / "backup.sqlite3"
    with sqlite3.connect(practice.database) as source, sqlite3.connect(backup) as target:
        source.backup(target)
    source.close()
    target.close()
    practice.restart()
    practice.look(after=3 * MINUTE)
    since = practice.deliver(CD)
    practice.look_and_send()
    practice.close()
    for suffix in ("", "-wal", "-shm"):
        Path(f"{practice.database}{suffix}").unlink(missing_ok=True)
    backup.rename(practice.database)

    practice.restart()
    for _ in range(3):
        practice.look(after=3 * MINUTE)
    fresh = practice.deliver(CD)
    practice.look_and_send()

    # The response to AB had been sent; nobody can tell by the old store, so it is set aside.
    assert [AB, CD, CD] == practice.recipients
    assert IntentState.SET_ASIDE == practice.intents[0].state
    assert any("a backup was put back" in text for text in practice.told)
    assert "out-of-boundary" == practice.reason(fresh)
    assert MessageState.HISTORY == practice.message(since).state


def test_a_message_in_the_turn_of_the_year_with_a_broken_calendar_is_judged(practice: Practice) -> None:
    calendar = practice.folder / "calendar.ics"
    calendar.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:nonsense\nEND:VEVENT\n")
    practice.configure(more='[[calendars]]\nname = "work"\nkind = "ics"\npaths = ["calendar.ics"]')
    practice.start()
    practice.clock.now = datetime(2027, 1, 1, 5, tzinfo=UTC) + timedelta(hours=1)
    calendar.write_text("BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\nDTSTART:other\nEND:VEVENT\n")
    name = practice.deliver(AB)

    practice.look_and_send()

    assert "out-of-boundary" == practice.reason(name)
    assert [AB] == practice.recipients


def test_what_the_store_could_not_take_is_told_in_status_once_it_can(practice: Practice) -> None:
    practice.start()
    assert practice.assembly is not None
    with locked(practice.database):
        practice.assembly.notices.raise_("look: something", "Something happened.")
    before = practice.told

    practice.deliver(AB)
    practice.look()

    assert [] == before
    assert ["Something happened."] == practice.told
    assert 1 == practice.logged("Something happened.")


def test_a_bug_in_a_pass_is_told_and_ends_nothing(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.start()
    (loop,) = practice.loops.values()
    practice.deliver(AB)
    with monkeypatch.context() as broken:
        broken.setattr(type(loop.timetable), "refresh", _fails)
        failed = [practice.look(), practice.look()]
        told = practice.told

    practice.look_and_send()

    assert [False, False] == failed
    assert (1, []) == (len(told), practice.told)
    assert "secret words" not in practice.log_text + told[0]
    assert [AB] == practice.recipients


def _fails(*_: object, **__: object) -> bool:
    """A bug."""
    raise ZeroDivisionError("secret words")


def test_a_locked_keyring_keeps_the_response_until_it_is_open(practice: Practice) -> None:
    secret = '\nusername = "therapist"\npassword_secret = "smtp"\n'
    text = practice.config_path.read_text("utf-8").replace('security = "none"', f'security = "none"{secret}')
    practice.config_path.write_text(text, "utf-8")
    practice.start()
    practice.deliver(AB)

    practice.look_and_send()
    practice.look(after=HOUR)

    assert [IntentState.INTENDED] == practice.states
    assert 1 == len(practice.told)
    assert "Put it there: boundary secret set smtp" in practice.told[0]


def test_a_message_that_cannot_be_read_now_holds_up_no_other(practice: Practice) -> None:
    practice.start()
    unread = practice.deliver(CD)
    (served,) = practice.assembly.mailboxes if practice.assembly else ()
    fetch = served.port.fetch

    def failing(provider_id: str) -> SubjectMessage:
        """One file on a bad sector."""
        if provider_id == unread:
            raise Unavailable("mailbox main", "a message cannot be read (Input/output error)")
        return fetch(provider_id)

    served.port.fetch = failing  # type: ignore[method-assign]
    answered = []
    for _ in range(4):
        answered.append(practice.deliver(AB))
        practice.look(after=3 * MINUTE)

    assert all(practice.message(name).state is MessageState.DECIDED for name in answered)
    assert (MessageState.SET_ASIDE, "unreadable") == (practice.message(unread).state, practice.reason(unread))
    assert any("one message was set aside" in text for text in practice.told)
    assert [AB] == practice.recipients


def test_a_message_that_cannot_be_read_now_holds_up_no_response_that_waits(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    practice.deliver(CD)
    (served,) = practice.assembly.mailboxes if practice.assembly else ()

    def fails(provider_id: str) -> SubjectMessage:
        """The disk does not give it."""
        raise Unavailable("mailbox main", f"{provider_id} cannot be read (Input/output error)")

    served.port.fetch = fails  # type: ignore[method-assign]
    worked = practice.look(after=3 * MINUTE)

    assert (False, [AB]) == (worked, practice.recipients)
    assert 1 == len(practice.told)
