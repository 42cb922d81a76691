"""The real `boundary run` as a process of its own: signals, locks, kills, and the runs that do not stay."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from boundary_plugins.store.records import IntentState
from boundary_plugins.store.repository import Store
from boundary_plugins.testing.smtp_receiver import Fault, SmtpReceiver, Stage
from daemon.practice import AB, AB_AT_WORK, CD, Clock, Practice

ZONE = ZoneInfo("America/New_York")
SECONDS = 20.0


@pytest.fixture
def practice(tmp_path: Path, receiver: SmtpReceiver) -> Iterator[Practice]:
    """A practice in the present, closed since four hours ago and for hours to come."""
    now = datetime.now(UTC)
    opens, closes = ((now - timedelta(hours=ago)).astimezone(ZONE).strftime("%H:%M") for ago in (10, 4))
    made = Practice(tmp_path / "practice", receiver, Clock(now))
    made.configure(hours=f"mon-sun {opens}-{closes}", responses='hold = "0 seconds"')
    yield made
    made.close()


def command(practice: Practice, *words: str) -> list[str]:
    """A `boundary` command."""
    code = "from boundary_plugins.cli import main; main()"
    return [sys.executable, "-c", code, "--config", str(practice.config_path), *words]


def boundary(practice: Practice, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command(practice, *words),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=practice.folder,
    )


class Daemon:
    """A daemon that runs."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        """Know its process and its log."""
        self.process, self._log = process, log

    @property
    def log(self) -> str:
        """What it said so far."""
        return self._log.read_text("utf-8")

    def stop(self) -> int:
        """Ask it to stop; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(SECONDS)


@contextmanager
def running(practice: Practice, *words: str) -> Iterator[Daemon]:
    """`boundary run`, until the end of the block at the latest."""
    path = practice.folder / f"daemon-{time.monotonic_ns()}.log"
    with path.open("wb") as log:
        process = subprocess.Popen(command(practice, "run", *words), stdin=subprocess.DEVNULL, stderr=log)
        daemon = Daemon(process, path)
        try:
            until(lambda: "ready" in daemon.log or process.poll() is not None)
            yield daemon
        finally:
            if process.poll() is None:
                process.kill()
            process.wait(SECONDS)


def until(happened: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def begun(practice: Practice) -> Store:
    """The store with the clients on file, the first look done, armed."""
    practice.start()
    practice.clock.now = datetime.now(UTC)
    return practice.store


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder, with a digest of its bytes."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
        for path in sorted(folder.rglob("*"))
    }


def test_the_daemon_answers_what_comes_and_stops_when_told(practice: Practice) -> None:
    begun(practice)
    with running(practice) as daemon:
        practice.deliver(AB)
        practice.deliver(AB_AT_WORK)
        practice.deliver(CD)
        assert practice.receiver.wait_for(2, SECONDS)
        until(lambda: len(practice.store.messages()) == 3)

        assert 0 == daemon.stop()

    assert {AB, CD} >= set(practice.recipients) - {AB_AT_WORK}
    assert 2 == len(practice.recipients)
    assert "Traceback" not in daemon.log
    assert not any(private in daemon.log for private in practice.used)
    assert [] == practice.store.leases()


def test_stopping_finishes_what_was_begun(practice: Practice) -> None:
    begun(practice)
    practice.receiver.faults[Stage.FINAL_DOT] = Fault.STALL
    with running(practice) as daemon:
        practice.deliver(AB)
        assert practice.receiver.wait_until_reached(Stage.FINAL_DOT, SECONDS)

        assert 0 == daemon.stop()

    # The host never confirmed: nobody can tell, so it is set aside and told, and not sent again.
    assert [IntentState.SET_ASIDE] == practice.states
    assert 1 == len(practice.told)


def test_stopping_keeps_to_its_limit_whatever_hangs(practice: Practice) -> None:
    practice.configure(smtp_timeout=600, daemon='drain = "1 second"')
    begun(practice)
    practice.receiver.faults[Stage.MAIL] = Fault.STALL
    with running(practice) as daemon:
        practice.deliver(AB)
        assert practice.receiver.wait_until_reached(Stage.MAIL, SECONDS)
        asked_at = time.monotonic()

        code = daemon.stop()

    assert 1 == code
    assert time.monotonic() - asked_at < 8
    assert "did not finish in time" in daemon.log


def test_killed_while_a_response_is_on_its_way_it_is_never_sent_twice(practice: Practice) -> None:
    begun(practice)
    practice.receiver.faults[Stage.FINAL_DOT] = Fault.STALL
    with running(practice) as daemon:
        practice.deliver(AB)
        assert practice.receiver.wait_until_reached(Stage.FINAL_DOT, SECONDS)
        daemon.process.kill()
        daemon.process.wait(SECONDS)
    practice.receiver.faults.clear()

    with running(practice) as again:
        until(lambda: practice.states == [IntentState.SET_ASIDE])
        practice.deliver(CD)
        assert practice.receiver.wait_for(2, SECONDS)
        assert 0 == again.stop()

    assert [AB, CD] == practice.recipients


def test_killed_before_mail_was_judged_nothing_is_lost(practice: Practice) -> None:
    begun(practice)
    with running(practice) as daemon:
        daemon.process.kill()
        daemon.process.wait(SECONDS)
    practice.deliver(AB)

    with running(practice):
        assert practice.receiver.wait_for(1, SECONDS)

    assert [AB] == practice.recipients


def test_a_second_daemon_refuses_and_names_the_first(practice: Practice) -> None:
    begun(practice)
    with running(practice) as first:
        second = boundary(practice, "run")
        once = boundary(practice, "run", "--once")

        assert (1, 1) == (second.returncode, once.returncode)
        assert f"already served by process {first.process.pid}" in second.stderr
        assert "Traceback" not in second.stderr + once.stderr
        assert 0 == first.stop()


def test_a_reload_takes_changed_hours_and_a_broken_configuration_changes_nothing(practice: Practice) -> None:
    begun(practice)
    good = practice.config_path.read_text("utf-8")
    with running(practice) as daemon:
        practice.config_path.write_text(good.replace("[hours]", "[hours]\nweekyl = 7"), "utf-8")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "was not reloaded" in daemon.log)
        practice.deliver(AB)
        assert practice.receiver.wait_for(1, SECONDS)

        practice.config_path.write_text(good, "utf-8")
        practice.configure(hours="mon-sun 00:00-24:00")
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: daemon.log.count("ready") == 2)
        name = practice.deliver(CD)
        until(lambda: bool(practice.store.messages_by_provider_id(name, "main")))

        assert 0 == daemon.stop()

    assert "in-contact-hours" == practice.reason(name)
    assert [AB] == practice.recipients
    assert "weekyl" in daemon.log
    assert "Traceback" not in daemon.log
    assert [] == practice.told


def test_a_reload_in_the_middle_of_a_send_waits_for_its_end_and_sends_nothing_twice(
    practice: Practice,
) -> None:
    practice.configure(daemon='drain = "1 second"', smtp_timeout=8)
    begun(practice)
    practice.receiver.faults[Stage.MAIL] = Fault.STALL
    with running(practice) as daemon:
        practice.deliver(AB)
        assert practice.receiver.wait_until_reached(Stage.MAIL, SECONDS)
        practice.receiver.faults.clear()
        daemon.process.send_signal(signal.SIGHUP)
        until(lambda: "is still busy with what was begun" in daemon.log)
        assert [] == practice.receiver.received
        until(lambda: practice.states != [IntentState.ATTEMPTING])

        assert IntentState.INTENDED in practice.states
        until(lambda: "still busy: well again" in daemon.log)
        assert 0 == daemon.stop()

    assert [IntentState.INTENDED] == practice.states
    assert "Traceback" not in daemon.log


def test_a_lease_is_kept_while_one_send_takes_longer_than_it(practice: Practice) -> None:
    practice.configure(daemon='lease = "1 second"', smtp_timeout=60)
    begun(practice)
    practice.receiver.faults[Stage.MAIL] = Fault.STALL
    with running(practice) as daemon:
        practice.deliver(AB)
        assert practice.receiver.wait_until_reached(Stage.MAIL, SECONDS)
        (first,) = practice.store.leases()
        until(lambda: datetime.now(UTC) > first.expires_at + timedelta(seconds=1))

        (later,) = practice.store.leases()

        assert later.expires_at > datetime.now(UTC)
        with practice.store.transaction(datetime.now(UTC), check_clock=False) as transaction:
            assert not transaction.acquire_lease("main", "another", datetime.now(UTC), 60)
        daemon.process.kill()


def test_a_run_once_does_not_wait_for_holds(practice: Practice) -> None:
    practice.configure(responses='hold = "10 minutes"')
    begun(practice)
    practice.deliver(AB)

    done = boundary(practice, "run", "--once")

    assert 0 == done.returncode, done.stderr
    assert [AB] == practice.recipients


def test_a_dry_run_without_a_store_makes_nothing(practice: Practice) -> None:
    practice.deliver(AB)
    before = tree(practice.folder)

    done = boundary(practice, "run", "--dry-run", "--once")

    assert before == tree(practice.folder)
    assert 0 == done.returncode, done.stderr
    assert "would not answer (stranger)" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_dry_run_beside_a_store_changes_not_a_byte(practice: Practice) -> None:
    (practice.folder / "calendar.ics").write_text("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nEND:VCALENDAR\n")
    practice.configure(
        more='[[calendars]]\nname = "work"\nkind = "ics"\npaths = ["calendar.ics", "missing.ics"]'
    )
    begun(practice)
    practice.close()
    practice.deliver(AB)
    before = tree(practice.folder)

    done = boundary(practice, "run", "--dry-run", "--once")

    assert before == tree(practice.folder)
    assert 0 == done.returncode, done.stderr
    assert "client AB: would answer (out-of-boundary)" in done.stdout
    assert "cannot be written" not in done.stderr
    assert [] == practice.recipients


def test_arm_and_pause_as_commands(practice: Practice) -> None:
    practice.configure(responses='hold = "10 minutes"')
    practice.start(armed=False)
    assert 0 == boundary(practice, "arm").returncode
    practice.clock.now = datetime.now(UTC)
    practice.deliver(AB)
    practice.look()

    paused = boundary(practice, "pause")
    armed = boundary(practice, "arm")
    boundary(practice, "run", "--once")

    assert "One response that waited was dropped." in paused.stdout
    assert 0 == armed.returncode
    assert ([IntentState.DROPPED], []) == (practice.states, practice.recipients)


def test_a_state_directory_that_cannot_be_made_is_one_clear_line(practice: Practice) -> None:
    practice.state.write_text("in the way")

    done = boundary(practice, "run", "--once")

    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    assert 1 == len([line for line in done.stderr.splitlines() if line.strip()])
    assert os.fspath(practice.state) in done.stderr


def test_clients_of_the_practices_records_are_there_from_the_start_and_when_their_file_changes(
    practice: Practice,
) -> None:
    """Without a restart, and nobody else's are touched."""
    table = '[[client_directories]]\nname = "records"\nkind = "csv"\npath = "clients.csv"\n'
    practice.configure(daemon='calendar_poll = "1 second"', more=table)
    records = practice.folder / "clients.csv"
    records.write_text(f"id,email\n17,{AB}\n")
    practice.start(clients=())
    with running(practice):
        at_the_start = ids(practice)
        records.write_text(f"id,email\n17,{AB}\n18,{CD}\n")
        until(lambda: ["17", "18"] == ids(practice))

    assert ["17"] == at_the_start


def ids(practice: Practice) -> list[str]:
    """The clients on file, as another process sees them."""
    return [client.id for client in practice.store.clients()]
