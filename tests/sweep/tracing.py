"""strace on one thread of a running program: what it calls, and what happens to its call number K."""

import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sweep.program import SECONDS

#: What changes a file or a socket. A question mark: not every machine has it (strace(1), -e trace).
CALLS = (
    *("write", "writev", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate"),
    *("openat", "close", "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat"),
    *("mkdir", "mkdirat", "flock", "chmod", "fchmod"),
    *("socket", "connect", "sendto", "sendmsg", "recvfrom", "shutdown"),
)
_CALL = re.compile(r"^(?:\d+ +)?(\w+)\(")


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """Call number `number` (from 1) of `call` in the thread that was made as number `thread` (from 0)."""

    call: str
    thread: int
    number: int


class Trace:
    """strace, attached: to one thread, or with `all_threads` to the whole process.

    `inject` says what happens ("signal=KILL", "error=EIO") at which call; None only watches.
    """

    def __init__(
        self,
        thread: int,
        into: Path,
        calls: Iterable[str] = CALLS,
        *,
        inject: tuple[Point, str] | None = None,
        all_threads: bool = False,
    ) -> None:
        """Attach; returns once strace says that it is attached."""
        command = [_strace(), "-p", str(thread), "-o", str(into)]
        if all_threads:
            command.append("-f")
        if inject is None:
            command += ["-e", "trace=" + ",".join(f"?{call}" for call in calls)]
        else:
            point, what = inject
            command += ["-e", f"trace={point.call}", "-e", f"inject={point.call}:{what}:when={point.number}"]
        self.into = into
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stderr is not None
        first = self._process.stderr.readline()
        assert "attached" in first, f"strace did not attach: {first}"
        self._rest = threading.Thread(target=self._process.stderr.read, daemon=True)
        self._rest.start()

    def lines(self) -> list[str]:
        """What was traced; call it when the program is gone, and strace with it."""
        self._process.wait(SECONDS)
        self._rest.join()
        assert self._process.stderr is not None
        self._process.stderr.close()
        return self.into.read_text("utf-8", "replace").splitlines()


def fired(lines: Sequence[str], point: Point, what: str) -> bool:
    """Whether an injection happened: the call was reached, and it was answered as wanted."""
    reached = [line for line in lines if (found := _CALL.match(line)) and found[1] == point.call]
    if what.startswith("signal="):
        return len(reached) >= point.number and "killed by SIGKILL" in lines[-1]
    return any("(INJECTED)" in line for line in lines)


def points_of(lines: Sequence[str], thread: int) -> list[Point]:
    """Every point of one thread; of the opening of files only that which makes or empties one."""
    counts: Counter[str] = Counter()
    found = []
    for line in lines:
        if (match := _CALL.match(line)) is None:
            continue
        counts[match[1]] += 1
        if match[1] != "openat" or "O_CREAT" in line or "O_TRUNC" in line:
            found.append(Point(match[1], thread, counts[match[1]]))
    return found


def spread(points: Sequence[Point], budget: int) -> list[Point]:
    """At most so many points: the rarest kinds whole, the frequent ones evenly, and always the same."""
    kinds: dict[tuple[str, int], list[Point]] = {}
    for point in sorted(points):
        kinds.setdefault((point.call, point.thread), []).append(point)
    chosen: list[Point] = []
    for left, kind in zip(
        range(len(kinds), 0, -1), sorted(kinds.values(), key=lambda kind: (len(kind), kind)), strict=True
    ):
        share = min(len(kind), (budget - len(chosen)) // left)
        chosen += [kind[index * len(kind) // share] for index in range(share)]
    return chosen


def is_there() -> bool:
    """Whether this machine has strace."""
    return shutil.which("strace") is not None


def _strace() -> str:
    """Its path."""
    found = shutil.which("strace")
    assert found is not None
    return found
