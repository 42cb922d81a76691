"""Killed at any call while it sends, an IMAP mailbox never denies what left it, nor claims what did not."""

import os
import queue
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from boundary_plugins.ports import SentSearch
from boundary_plugins.testing.smtp_receiver import SmtpReceiver
from servers.dovecot import Dovecot, dovecot
from sweep.imap_sender import FILE_AFTERWARDS, RIGHT, opened
from sweep.practice import Outcome
from sweep.program import Programs
from sweep.sweeping import KILL, WORKERS, Bench, Table
from sweep.tracing import Point, Trace, fired, points_of, spread

__all__ = ["dovecot"]

pytestmark = pytest.mark.sweep

BUDGET, AT_LEAST = 40, 34
BUDGET_OF_A_CONTROL, AT_LEAST_OF_A_CONTROL = 14, 8
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: whether the kill happened, how many responses left, and what the mailbox said afterwards."""

    point: Point
    fired: bool
    left: int
    found: SentSearch

    @property
    def is_denied(self) -> bool:
        """Whether it left and the mailbox says that it did not, so that it would be sent again."""
        return self.left > 0 and self.found is SentSearch.ABSENT

    @property
    def is_claimed(self) -> bool:
        """Whether it did not leave and the mailbox says that it did, so that it would be lost."""
        return self.left == 0 and self.found is SentSearch.FOUND


class Sender:
    """Runs the program that sends, each time for a fresh user of the server."""

    def __init__(self, server: Dovecot, folder: Path, programs: "queue.SimpleQueue[Programs]") -> None:
        """Know where to run."""
        self._server, self._folder, self._programs = server, folder, programs

    def points(self, design: str) -> list[Point]:
        """Every point of a run in which nothing goes wrong, from the signal to the end."""
        return self._run(design, None)[1]

    def killed_at(self, design: str, points: Sequence[Point]) -> list[Ran]:
        """A run for each point, two at a time."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return [ran for ran, _ in pool.map(lambda point: self._run(design, point), points)]

    def _run(self, design: str, point: Point | None) -> tuple[Ran, list[Point]]:
        """One run, killed at a point or watched, and then asked."""
        folder = self._folder / str(next(_NUMBERS))
        folder.mkdir()
        user, imap = self._server.add_user(), self._server.ports["imap"]
        programs = self._programs.get()
        with SmtpReceiver() as receiver:
            words = (str(imap), str(receiver.port), user.name, str(folder))
            program = programs.start(design, *words)
            assert program.wait_for(lambda program: program.count("ready") > 0), program.lines
            program.wait_until_idle()
            inject = (point, KILL) if point else None
            trace = Trace(program.threads()[0], folder / "trace", inject=inject)
            os.kill(program.pid, signal.SIGUSR1)
            program.wait()
            self._programs.put(programs)
            lines = trace.lines()
            left = len(receiver.received)
            mailbox = opened(imap, receiver.port, user.name, folder)
            found = mailbox.find_sent("r-1")
            mailbox.close()
        hit = point is not None and fired(lines, point, KILL)
        return Ran(point or Point("", 0, 0), hit, left, found), points_of(lines, 0)


@pytest.fixture(scope="module")
def sender(bench: Bench, dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sender]:
    """Where runs are made; the bench sees to it that there is strace."""
    with ExitStack() as stack:
        programs: queue.SimpleQueue[Programs] = queue.SimpleQueue()
        for _ in range(WORKERS):
            programs.put(stack.enter_context(Programs()))
        yield Sender(dovecot, tmp_path_factory.mktemp("imap"), programs)


def test_a_kill_at_any_call_denies_and_claims_nothing(sender: Sender, table: Table) -> None:
    """What left is found or unknown, what did not leave is absent or unknown (promise 4)."""
    ran = sender.killed_at(RIGHT, spread(sender.points(RIGHT), BUDGET))

    table.add_outcomes(RIGHT, [_outcome(run) for run in ran if run.fired])
    assert AT_LEAST <= sum(run.fired for run in ran)
    assert [] == [run for run in ran if run.is_denied or run.is_claimed or run.left > 1]
    assert {SentSearch.ABSENT, SentSearch.FOUND, SentSearch.UNKNOWN} == {
        run.found for run in ran if run.fired
    }


def test_the_sweep_finds_out_the_wrong_design(sender: Sender, table: Table) -> None:
    """A harness that finds nothing in a design that is known to be wrong would prove nothing."""
    ran = sender.killed_at(FILE_AFTERWARDS, spread(sender.points(FILE_AFTERWARDS), BUDGET_OF_A_CONTROL))

    table.add_outcomes(f"control: {FILE_AFTERWARDS}", [_outcome(run) for run in ran if run.fired])
    assert AT_LEAST_OF_A_CONTROL <= sum(run.fired for run in ran)
    assert any(run.is_denied for run in ran)


def _outcome(run: Ran) -> Outcome:
    """What the daemon would make of it."""
    one = ("AB",)
    return Outcome(
        answered=one * (run.left == 1),
        doubled=one * run.is_denied,
        lost=one * run.is_claimed,
        set_aside=one * (run.found is SentSearch.UNKNOWN),
        wrong=(),
    )
