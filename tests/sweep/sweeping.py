"""The sweep: one run for each point, in which the program is killed there and started again; what became of it."""

import queue
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage
from sweep.practice import MESSAGES, Outcome, Practice, copy_of, outcome_of
from sweep.program import Program, Programs
from sweep.tracing import CALLS, Point, Trace, fired, points_of

WORKERS = 2
KILL = "signal=KILL"


@dataclass(frozen=True, slots=True)
class Design:
    """A program that is swept: its name, what it says when it is ready, and how its end is judged."""

    name: str
    program: str
    is_ready: str
    outcome: Callable[[Practice, SmtpReceiver], Outcome]
    words: tuple[str, ...] = ()
    calls: tuple[str, ...] = CALLS


DAEMON = Design(
    "the daemon: intent, attempting, send, done",
    "boundary",
    "first look",
    lambda practice, receiver: outcome_of(practice, receiver.received),
    ("run",),
)


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: whether what was to happen at its point did happen, its log, how it ended, what became of it."""

    point: Point
    what: str
    fired: bool
    log: tuple[str, ...]
    exit_code: int
    log_after: tuple[str, ...]
    outcome: Outcome
    fired_again: bool = False

    def __str__(self) -> str:
        """For whoever looks for the reason."""
        log = "\n    ".join((*self.log, "--- and after the restart", *self.log_after))
        return f"{self.point} {self.what}, exit code {self.exit_code}: {self.outcome}\n    {log}"


@dataclass(slots=True)
class Table:
    """The rows of the summary, in the order of their making."""

    rows: list[tuple[str, ...]] = field(default_factory=list)

    def add(self, name: str, runs: Sequence[Ran]) -> None:
        """A row about the runs in which something happened."""
        self.add_outcomes(name, [run.outcome for run in runs if run.fired])

    def add_outcomes(self, name: str, counted: Sequence[Outcome]) -> None:
        """A row about what became of so many runs."""
        columns = (
            counted,
            [outcome for outcome in counted if outcome.doubled],
            [outcome for outcome in counted if outcome.lost],
            [outcome for outcome in counted if outcome.set_aside],
            [outcome for outcome in counted if outcome.wrong],
        )
        self.rows.append((name, *(str(len(column)) for column in columns)))


@dataclass(frozen=True, slots=True)
class Bench:
    """Where runs are made: the practice to begin with, a folder for copies, and programs for each worker."""

    template: Practice
    folder: Path
    programs: "queue.SimpleQueue[Programs]"

    @classmethod
    def open(cls, stack: ExitStack, template: Practice, folder: Path) -> "Bench":
        """Start what every worker needs."""
        programs: queue.SimpleQueue[Programs] = queue.SimpleQueue()
        for _ in range(WORKERS):
            programs.put(stack.enter_context(Programs()))
        return cls(template, folder, programs)

    def points(self, design: Design) -> list[Point]:
        """Every point of a run in which nothing goes wrong, from the arrival of the mail to the end."""
        with Run(self, design, f"{design.program} watched") as run:
            run.begin()
            traces = {
                number: Trace(thread, run.folder / f"trace-{number}", design.calls)
                for number, thread in enumerate(run.program.threads())
            }
            run.deliver_and_end()
            return [point for number, trace in traces.items() for point in points_of(trace.lines(), number)]

    def sweep(self, design: Design, points: Iterable[tuple[Point, str]]) -> list[Ran]:
        """A run for each point, two at a time."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(lambda one: self.one(design, *one), points))

    def sweep_twice(self, points: Iterable[tuple[Point, Point]]) -> list[Ran]:
        """The daemon, killed at the first point of each pair, and its restart at the second."""
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(lambda pair: self.one(DAEMON, pair[0], KILL, (pair[1], KILL)), points))

    def one(self, design: Design, point: Point, what: str, again: tuple[Point, str] | None = None) -> Ran:
        """A run in which something happens at a point; then a restart, with `again` one that is hit, too."""
        name = "-".join((design.program, point.call, str(point.thread), str(point.number), what))
        with Run(self, design, f"{name}-{again[0] if again else ''}".replace("/", "_")) as run:
            run.begin()
            trace = Trace(run.program.threads()[point.thread], run.folder / "trace", inject=(point, what))
            code = run.deliver_and_end(patience=30.0 if what == KILL else 6.5)
            log, hit, hit_again = tuple(run.program.lines), fired(trace.lines(), point, what), False
            if again is not None:
                hit_again = run.hit_restart(*again)
            run.practice.become_impatient()
            after = run.restart()
            return Ran(
                point, what, hit, log, code, after, design.outcome(run.practice, run.receiver), hit_again
            )


class Run:
    """One run in a folder of its own, with a receiver of its own."""

    def __init__(
        self, bench: Bench, design: Design, name: str, faults: Mapping[Stage, Reply | Fault] | None = None
    ) -> None:
        """Prepare; the block begins it."""
        self._bench, self.design = bench, design
        self.folder = bench.folder / name
        self._started: list[Program] = []
        self.receiver = SmtpReceiver(self.folder / "received")
        self.receiver.faults.update(faults or {})

    def __enter__(self) -> "Run":
        """Take a worker's programs, copy the practice and listen."""
        self._programs = self._bench.programs.get()
        self.receiver.start()
        self.practice = copy_of(self._bench.template, self.folder, self.receiver.port)
        return self

    def __exit__(self, *_: object) -> None:
        """Give everything back; a program that is still there after a failure is ended."""
        for program in self._started:
            program.end()
        self.receiver.close()
        self._bench.programs.put(self._programs)

    @property
    def program(self) -> Program:
        """The program that was started first."""
        return self._started[0]

    def begin(self) -> None:
        """Start the program on an empty mailbox and wait until it waits for mail."""
        self._start(*self.design.words)
        ready = self.design.is_ready
        assert self.program.wait_for(lambda program: program.count(ready) > 0), self.program.lines
        self.program.wait_until_idle()

    def deliver_and_end(self, patience: float = 30.0) -> int:
        """Deliver the mail, and once everything is done or patience ends ask the program to stop; its exit code."""
        self.practice.deliver()
        self.program.wait_for(_has_done_everything, patience)
        self.program.ask_to_stop()
        return self.program.wait()

    def restart(self) -> tuple[str, ...]:
        """Start it once more, as a person would, to its end; its log."""
        again = self._start(*self.design.words, "--once")
        code = again.wait()
        assert code == 0, f"the restart ended with {code}: {again.lines}"
        return tuple(again.lines)

    def hit_restart(self, point: Point, what: str) -> bool:
        """Start it once more, and let something happen to it in whichever thread comes there first."""
        again = self._start(*self.design.words, "--once", waiting=True)
        trace = Trace(again.pid, self.folder / "trace-again", inject=(point, what), all_threads=True)
        again.go()
        again.wait()
        return fired(trace.lines(), Point(point.call, 0, 1), what)

    def _start(self, *words: str, waiting: bool = False) -> Program:
        """Start the program with its configuration."""
        config = ("--config", str(self.practice.config))
        self._started.append(self._programs.start(self.design.program, *config, *words, waiting=waiting))
        return self._started[-1]


def _has_done_everything(program: Program) -> bool:
    """Whether every message is judged and both clients have their response."""
    return program.count("message judged") >= len(MESSAGES) and program.count("response sent") >= 2
