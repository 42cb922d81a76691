"""What a disk, a network or an operator can do to the running daemon: nothing doubled, nothing lost, one clear line."""

import pytest

from boundary_plugins.testing.smtp_receiver import Fault, Stage
from sweep.practice import CLIENTS, Outcome, outcome_of
from sweep.sweeping import DAEMON, Bench, Ran, Run, Table
from sweep.tracing import Point, Trace, spread

pytestmark = pytest.mark.sweep

#: Which error comes at which call, and at how many places.
ERRORS = (
    ("pwrite64", "EIO", 2),
    ("pwrite64", "ENOSPC", 2),
    ("fdatasync", "EIO", 1),
    ("fsync", "EIO", 1),
    ("fsync", "ENOSPC", 1),
    ("openat", "ENOSPC", 1),
    ("rename", "EIO", 1),
    # The log itself and the generation file are written so.
    ("write", "ENOSPC", 4),
    ("write", "EINTR", 1),
    ("ftruncate", "EIO", 1),
    ("unlink", "EIO", 1),
    ("close", "EIO", 1),
    ("connect", "EINTR", 1),
    ("sendto", "EIO", 1),
    ("sendto", "EINTR", 1),
    ("recvfrom", "EIO", 1),
    ("recvfrom", "EINTR", 1),
)


def test_an_error_of_disk_or_network_ends_nothing(bench: Bench, points: list[Point], table: Table) -> None:
    """The program goes on or stops in order, says what is wrong in a line, and nothing is doubled or lost."""
    chosen = [
        (point, f"error={error}")
        for call, error, count in ERRORS
        for point in spread([point for point in points if point.call == call], count)
    ]

    runs = bench.sweep(DAEMON, chosen)

    table.add("the daemon, EIO, ENOSPC, EINTR", runs)
    fired = [run for run in runs if run.fired]
    assert len(chosen) * 3 // 4 <= len(fired)
    assert [] == [str(run) for run in fired if _what_is_wrong(run)]


def _what_is_wrong(run: Ran) -> list[str]:
    """What an error may not do."""
    wrong = [*run.outcome.doubled, *run.outcome.lost, *run.outcome.wrong]
    if run.exit_code != 0:
        wrong.append(f"it ended with {run.exit_code}")
    troubles = [line for line in run.log if "[warning" in line or "[error" in line]
    # Of a line that the disk refused only its end may be there.
    if not all(line.startswith("20") for line in filter(str.strip, run.log)):
        wrong.append("something else than a line of the log was written")
    if len(set(troubles)) < len(troubles):
        wrong.append("it said the same thing twice")
    everything = sum("response sent" in line for line in run.log) == len(CLIENTS)
    if not everything and not troubles:
        wrong.append("it did not say what was wrong")
    return wrong


def test_a_network_that_takes_the_message_and_cuts_before_the_answer(bench: Bench, table: Table) -> None:
    """Exactly one came, nobody here can know it: set aside and told, and never sent again."""
    with Run(bench, DAEMON, "cut", {Stage.FINAL_DOT: Fault.DROP}) as run:
        run.begin()
        run.practice.deliver()
        assert run.program.wait_for(lambda program: program.count("was set aside") == len(CLIENTS))
        run.program.ask_to_stop()
        code = run.program.wait()
        run.receiver.faults.clear()
        after = (*run.restart(), *run.restart())
        outcome = outcome_of(run.practice, run.receiver.received)
        log = tuple(run.program.lines)

    table.add(
        "the daemon, cut after the final dot", [Ran(Point("-", 0, 0), "", True, log, code, after, outcome)]
    )
    both = tuple(CLIENTS)
    assert code == 0
    assert Outcome(answered=both, doubled=(), lost=(), set_aside=both, wrong=()) == outcome


def test_sigterm_while_a_response_is_being_sent_lets_it_finish(bench: Bench) -> None:
    """What was begun is finished and recorded before the program ends; the rest waits for its next start."""
    with Run(bench, DAEMON, "drain") as run:
        run.begin()
        plugin = Point("sendto", 1, 4)
        slow = Trace(
            run.program.threads()[plugin.thread],
            run.folder / "trace",
            inject=(plugin, "delay_enter=1000000"),
        )
        run.practice.deliver()
        assert run.receiver.wait_until_reached(Stage.RCPT)

        # The dialogue is held for a second before its DATA.
        run.program.ask_to_stop()
        code = run.program.wait()
        slow.lines()
        log = tuple(run.program.lines)
        received = len(run.receiver.received)
        run.restart()
        outcome = outcome_of(run.practice, run.receiver.received)

    asked = next(number for number, line in enumerate(log) if "asked to stop" in line)
    sent = [number for number, line in enumerate(log) if "response sent" in line]
    assert code == 0
    assert asked < sent[0]
    assert received == len(sent)
    assert Outcome(answered=tuple(CLIENTS), doubled=(), lost=(), set_aside=(), wrong=()) == outcome
