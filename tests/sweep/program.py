"""A run of the real program in a process of its own: its log line by line, its threads, its end."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

SECONDS = 30.0
_TESTS = Path(__file__).parents[1]
_LOOK_EVERY = 0.04
_LOOKS_ALIKE = 3


class Programs:
    """Starts programs, one after the other; each worker of a sweep has its own."""

    def __enter__(self) -> "Programs":
        """Start the process that forks the others."""
        here, there = socket.socketpair()
        environment = {**os.environ, "PYTHONPATH": str(_TESTS), "NO_COLOR": "1"}
        # The secrets of an invented practice stay out of the keyring of whoever runs the tests.
        environment["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
        self._socket = here
        self._server = subprocess.Popen(
            [sys.executable, "-m", "sweep.fork_server", str(there.fileno())],
            pass_fds=(there.fileno(),),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        there.close()
        self._answers = here.makefile("r", encoding="ascii")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """End it."""
        self._socket.shutdown(socket.SHUT_RDWR)
        self._answers.close()
        self._socket.close()
        self._server.wait(SECONDS)

    def start(self, *words: str, waiting: bool = False) -> "Program":
        """Start a program by its name and arguments; a `waiting` one begins with `Program.go`."""
        errors_out, errors_in = os.pipe()
        go_out, go_in = os.pipe()
        socket.send_fds(self._socket, [json.dumps(words).encode()], [errors_in, go_out])
        os.close(errors_in)
        os.close(go_out)
        process = int(self._answers.readline())
        program = Program(process, errors_out, go_in, lambda: int(self._answers.readline()))
        if not waiting:
            program.go()
        return program


class Program:
    """One run. It must have come to its end (`wait`) before the next is started."""

    def __init__(self, pid: int, errors: int, go: int, exit_code: Callable[[], int]) -> None:
        """Read its standard error in a thread, from now to its end."""
        self.pid = pid
        self.lines: list[str] = []
        self.code: int | None = None
        self._go, self._exit_code = go, exit_code
        self._changed = threading.Condition()
        self._is_over = False
        self._reader = threading.Thread(target=self._read, args=(errors,), daemon=True)
        self._reader.start()

    def go(self) -> None:
        """Let a waiting program begin."""
        os.write(self._go, b"\n")
        os.close(self._go)

    def _read(self, errors: int) -> None:
        """Keep each line; the end of the stream is the end of the process."""
        with open(errors, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                with self._changed:
                    self.lines.append(line.rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def count(self, *words: str) -> int:
        """How many lines of the log hold one of the words."""
        return sum(any(word in line for word in words) for line in self.lines)

    def wait_for(self, happened: Callable[["Program"], bool], seconds: float = SECONDS) -> bool:
        """Wait until something is so, or the program is gone, or the time is up; whether it is so."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_over or happened(self), seconds)
            return happened(self)

    def wait_until_idle(self) -> None:
        """Wait until every thread sleeps and nothing moves any more."""
        deadline, seen, alike = time.monotonic() + SECONDS, _activity(self.pid), 0
        while alike < _LOOKS_ALIKE:
            assert time.monotonic() < deadline, f"the program did not come to rest: {self.lines}"
            time.sleep(_LOOK_EVERY)
            now = _activity(self.pid)
            rests = now == seen and all(state in "St" for state, _ in now.values())
            seen, alike = now, alike + 1 if rests else 0

    def threads(self) -> list[int]:
        """The ids of its threads, in the order in which they were made."""
        return sorted(_activity(self.pid))

    def ask_to_stop(self) -> None:
        """Send SIGTERM, where it is still there: its id stays its own until `wait` has been called."""
        with self._changed:
            if not self._is_over:
                os.kill(self.pid, signal.SIGTERM)

    def wait(self) -> int:
        """Wait for the end; the exit code, or minus the number of the signal that ended it."""
        with self._changed:
            ended = self._changed.wait_for(lambda: self._is_over, SECONDS)
        if not ended:
            os.kill(self.pid, signal.SIGKILL)
        self.code = self._exit_code()
        self._reader.join()
        assert ended, f"the program did not end: {self.lines}"
        return self.code

    def end(self) -> None:
        """Kill it, where nobody has waited for its end."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()


def _activity(pid: int) -> dict[int, tuple[str, Sequence[str]]]:
    """Of each thread its state and how often it was switched (proc(5), status)."""
    found: dict[int, tuple[str, Sequence[str]]] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text("ascii", "replace").splitlines()
        state = next(line.split()[1] for line in lines if line.startswith("State:"))
        found[int(task.name)] = (state, tuple(line for line in lines if "ctxt_switches" in line))
    return found
