"""Promise 4: stop the program at any instruction, start it again, and nothing is lost and nothing happens twice."""

from collections import Counter
from collections.abc import Sequence
from random import Random

import pytest

from sweep.practice import received_outcome
from sweep.sweeping import DAEMON, KILL, Bench, Design, Ran, Table
from sweep.tracing import CALLS, Point, spread
from sweep.wrong_designs import RECORD_THEN_SEND, SEND_THEN_RECORD

pytestmark = pytest.mark.sweep

#: How many points at most; at least so many of them must have fired.
BUDGET, AT_LEAST = 160, 150
BUDGET_OF_A_CONTROL, AT_LEAST_OF_A_CONTROL = 30, 20
DOUBLE_CRASHES, AT_LEAST_DOUBLE = 26, 10
SEED = 20261124

#: The wrong designs look for mail by themselves, which closes what it opened, at no certain number.
_CALLS_OF_A_CONTROL = tuple(call for call in CALLS if call not in ("close", "openat"))


@pytest.fixture(scope="module")
def swept(bench: Bench, points: list[Point]) -> list[Ran]:
    """The daemon, killed at each of the chosen points and started again."""
    return bench.sweep(DAEMON, [(point, KILL) for point in spread(points, BUDGET)])


def test_a_kill_at_any_call_doubles_nothing_and_loses_nothing(swept: list[Ran], table: Table) -> None:
    """Each client got exactly one response, or it was set aside and a person is told (promise 4)."""
    table.add(DAEMON.name, swept)

    assert AT_LEAST <= sum(run.fired for run in swept)
    assert [] == _bad(swept)


def test_the_points_cover_every_kind_of_call(swept: list[Ran]) -> None:
    """What is written, synced, renamed, made, removed, closed and sent was each interrupted."""
    kinds = Counter(run.point.call for run in swept if run.fired)

    covered = {"write", "pwrite64", "fsync", "fdatasync", "ftruncate", "openat", "close", "socket"}
    covered |= {"connect", "sendto", "recvfrom"}
    assert covered <= kinds.keys()
    assert kinds.keys() & {"rename", "renameat", "renameat2"}
    assert kinds.keys() & {"unlink", "unlinkat"}


@pytest.mark.parametrize("design", [SEND_THEN_RECORD, RECORD_THEN_SEND])
def test_the_sweep_finds_out_the_wrong_designs(bench: Bench, design: str, table: Table) -> None:
    """A harness that finds nothing in a design that is known to be wrong would prove nothing."""
    control = Design(
        design,
        design,
        "ready",
        lambda _, receiver: received_outcome(receiver.received),
        calls=_CALLS_OF_A_CONTROL,
    )

    chosen = spread(bench.points(control), BUDGET_OF_A_CONTROL)
    runs = bench.sweep(control, [(point, KILL) for point in chosen])

    table.add(f"control: {design}", runs)
    doubled = sum(bool(run.outcome.doubled) for run in runs if run.fired)
    lost = sum(bool(run.outcome.lost) for run in runs if run.fired)
    assert AT_LEAST_OF_A_CONTROL <= sum(run.fired for run in runs)
    assert (design == SEND_THEN_RECORD, design == RECORD_THEN_SEND) == (doubled > 0, lost > 0)


def test_a_second_kill_during_the_restart_changes_nothing(
    bench: Bench, points: list[Point], swept: list[Ran], table: Table
) -> None:
    """Killed, killed again while it tidies up, and started: sampled by seed."""
    random = Random(SEED)
    unsettled = [run.point for run in swept if run.fired and run.outcome.set_aside]
    first = [random.choice(unsettled if number % 2 else points) for number in range(DOUBLE_CRASHES)]
    second = [Point(point.call, 0, point.number) for point in random.choices(points, k=DOUBLE_CRASHES)]

    runs = bench.sweep_twice(list(zip(first, second, strict=True)))

    twice = [run for run in runs if run.fired_again]
    table.add("the daemon, killed again while it starts", twice)
    assert AT_LEAST_DOUBLE <= len(twice)
    assert [] == _bad(runs)


def _bad(runs: Sequence[Ran]) -> list[str]:
    """The runs in which something is wrong, to read."""
    return [str(run) for run in runs if run.outcome.doubled or run.outcome.lost or run.outcome.wrong]
