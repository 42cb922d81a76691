"""Promise 4 for money: stop the program at any instruction, start it again, and each charge is posted once."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from sweep.bookkeeping import Billed, BillingBench, make_practice
from sweep.practice import Outcome
from sweep.sweeping import WORKERS, Bench, Table
from sweep.tracing import spread
from sweep.wrong_designs import POST_THEN_RECORD, RECORD_THEN_POST

pytestmark = pytest.mark.sweep

BUDGET, AT_LEAST = 40, 32
BUDGET_OF_A_CONTROL, AT_LEAST_OF_A_CONTROL = 16, 10
_CONFIRM = ("charge", "confirm", "1", "2", "3")


def _bench(bench: Bench, kind: str, program: str, words: tuple[str, ...]) -> BillingBench:
    """A bench over a practice of its own, whose charges are proposed."""
    name = f"{program}-{kind}".replace(" ", "-").replace(",", "")
    practice = make_practice(bench.folder / f"template-{name}", kind)
    billing = BillingBench(practice, bench.folder, bench.programs, program, words, ("run", "--once"))
    programs = bench.programs.get()
    try:
        proposing = programs.start("boundary", "--config", str(practice.config), "charge", "list")
        assert proposing.wait() == 0, proposing.lines
    finally:
        bench.programs.put(programs)
    return billing


def _swept(billing: BillingBench, budget: int) -> list[Billed]:
    """A run for each of the chosen points, two at a time."""
    points = spread(billing.points(), budget)
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(billing.killed_at, points))


@pytest.mark.parametrize("kind", ["ledger", "books"])
def test_a_kill_at_any_call_posts_each_charge_once(bench: Bench, table: Table, kind: str) -> None:
    """Whether the books are the program's own ledger or somebody else's who can be asked."""
    runs = _swept(_bench(bench, kind, "boundary", _CONFIRM), BUDGET)

    table.add_outcomes(f"charges to {kind}: intent, attempting, post, done", _outcomes(runs))
    assert AT_LEAST <= sum(run.fired for run in runs)
    assert [] == _bad(runs)
    kinds = Counter(run.point.call for run in runs if run.fired)
    assert {"write", "pwrite64", "fdatasync", "openat", "close"} <= kinds.keys()


@pytest.mark.parametrize("design", [POST_THEN_RECORD, RECORD_THEN_POST])
def test_the_sweep_finds_out_the_wrong_designs_of_billing(bench: Bench, table: Table, design: str) -> None:
    """A harness that finds nothing in a design that is known to be wrong would prove nothing."""
    runs = _swept(_bench(bench, "books", design, ()), BUDGET_OF_A_CONTROL)

    table.add_outcomes(f"control: {design}", _outcomes(runs))
    doubled = sum(bool(run.outcome.doubled) for run in runs if run.fired)
    lost = sum(bool(run.outcome.lost) for run in runs if run.fired)
    assert AT_LEAST_OF_A_CONTROL <= sum(run.fired for run in runs)
    assert (design == POST_THEN_RECORD, design == RECORD_THEN_POST) == (doubled > 0, lost > 0)


def _outcomes(runs: Sequence[Billed]) -> list[Outcome]:
    """What became of the runs in which the kill happened."""
    return [run.outcome for run in runs if run.fired]


def _bad(runs: Sequence[Billed]) -> list[str]:
    """The runs in which something is wrong, to read."""
    return [str(run) for run in runs if run.outcome.doubled or run.outcome.lost or run.outcome.wrong]
