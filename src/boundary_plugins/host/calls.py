"""Guarded, timed and traced calls into a plugin: its error or its hang harms only itself."""

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any, NamedTuple

from boundary_plugins.errors import BoundaryError, PluginError, Unavailable
from boundary_plugins.host.quarantine import Quarantine


class TraceLine(NamedTuple):
    """One call as it is traced: never its arguments nor its result."""

    plugin: str
    name: str
    milliseconds: float
    outcome: str


Tracer = Callable[[TraceLine], None]


def tracer_from(environment: Mapping[str, str] = os.environ) -> Tracer | None:
    """The tracer that the environment switches on (`BOUNDARY_TRACE=1`), or None."""
    return trace_to_stderr if environment.get("BOUNDARY_TRACE", "") not in ("", "0") else None


def trace_to_stderr(line: TraceLine) -> None:
    """Write one line: plugin, name, milliseconds, outcome."""
    sys.stderr.write(f"trace {line.plugin} {line.name} {line.milliseconds:.1f} ms {line.outcome}\n")


class TimedOutError(PluginError):
    """A plugin did not come back in time."""


def describe(error: BaseException) -> str:
    """An error's type and the line it came from; never its words, which may quote a message."""
    kind = type(error).__name__
    if isinstance(error, ImportError) and error.name:
        kind = f"{kind} ({error.name})"
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return kind
    file = PurePath(frame.tb_frame.f_code.co_filename).name
    return f"{kind} in {file}, line {frame.tb_lineno}"


class _Job:
    """One piece of work for a worker, and what became of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        """Take the work."""
        self.work = work
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = threading.Event()

    def run(self) -> None:
        """Do the work. SystemExit, too, ends here and not the program."""
        try:
            self.result = self.work()
        except BaseException as error:
            self.error = error
        finally:
            self.done.set()


class _Worker:
    """One daemon thread in which a plugin's instance is always called, so that it need not be thread-safe."""

    def __init__(self, name: str) -> None:
        """Name the thread, which starts with the first job."""
        self._name = name
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    def start(self, job: _Job) -> None:
        """Hand over a job."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        self._jobs.put(job)

    def stop(self) -> None:
        """Let the thread end after its present job; a hanging one is left behind as a daemon thread."""
        self._jobs.put(None)

    def _work(self) -> None:
        """Do job after job."""
        while (job := self._jobs.get()) is not None:
            job.run()


class Caller:
    """Calls the code of one plugin, one call at a time and always in the same thread.

    `name` says what is called in words ("mailbox main"). A BoundaryError passes as it is; any other
    exception becomes PluginError; a call that does not come back within its seconds is abandoned and
    becomes TimedOutError. Both are counted, and what keeps failing is set aside: Unavailable, nothing done.
    """

    def __init__(
        self,
        plugin: str,
        name: str,
        *,
        quarantine: Quarantine,
        now: Callable[[], datetime],
        tracer: Tracer | None = None,
    ) -> None:
        """Serve one plugin."""
        self.plugin, self.name = plugin, name
        self._key = f"{plugin}/{name}"
        self._quarantine, self._now, self._tracer = quarantine, now, tracer
        self._worker = _Worker(f"plugin-{plugin}")
        self._abandoned: _Job | None = None
        self._is_stopped = False
        self._lock = threading.Lock()

    def call(self, label: str, work: Callable[[], Any], *, timeout: float) -> Any:
        """The result of `work()`; `label` names it in the trace; `timeout` in seconds.

        Another thread's call waits until this one is over, for as long as its own `timeout` at most.
        """
        if not self._lock.acquire(timeout=timeout):
            raise Unavailable(self.name, f"plugin {self.plugin} is busy with another call")
        try:
            with self._traced(label):
                self._may_be_called()
                job = _Job(work)
                self._worker.start(job)
                try:
                    return self._outcome(job, timeout)
                finally:
                    self._abandoned = None if job.done.is_set() else job
        finally:
            self._lock.release()

    def call_aside(self, label: str, work: Callable[[], Any], *, timeout: float) -> None:
        """Do what may run beside another call (a wake); nothing of it is told but in the trace."""
        job = _Job(work)
        threading.Thread(target=job.run, name=f"plugin-{self.plugin}-aside", daemon=True).start()
        with contextlib.suppress(BoundaryError), self._traced(label):
            self._outcome(job, timeout)

    def is_idle(self) -> bool:
        """Whether no call is under way, also none that was given up."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            return self._abandoned is None or self._abandoned.done.is_set()
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Let go of the thread; whoever calls afterwards is told that nothing was done."""
        self._is_stopped = True
        self._worker.stop()

    def _may_be_called(self) -> None:
        """Raise Unavailable while the plugin is set aside or still busy with a call that was given up."""
        if self._is_stopped:
            raise Unavailable(self.name, "it is closed")
        held = self._quarantine.set_aside(self._key, self._now())
        if held is not None:
            problem = f"plugin {self.plugin} is set aside: {held.reason}"
            raise Unavailable(self.name, problem, retry_at=held.until)
        if self._abandoned is not None and not self._abandoned.done.is_set():
            raise Unavailable(self.name, f"plugin {self.plugin} has not come back from an earlier call")

    def _outcome(self, job: _Job, timeout: float) -> Any:
        """Wait for a job and count what became of it."""
        error: BaseException | None
        if not job.done.wait(timeout):
            error = TimedOutError(self.plugin, f"no answer within {timeout:g} seconds")
        elif job.error is None or isinstance(job.error, BoundaryError):
            error = job.error
        else:
            error = PluginError(self.plugin, describe(job.error))
        if isinstance(error, PluginError):
            self._quarantine.failed(self._key, str(error), self._now())
        else:
            # What the provider refuses is a proper answer of the plugin.
            self._quarantine.succeeded(self._key)
        if error is not None:
            raise error from None
        return job.result

    @contextlib.contextmanager
    def _traced(self, label: str) -> Iterator[None]:
        """Trace what happens inside."""
        started, outcome = time.perf_counter(), "ok"
        try:
            yield
        except BaseException as error:
            outcome = type(error).__name__
            raise
        finally:
            if self._tracer is not None:
                milliseconds = (time.perf_counter() - started) * 1000
                self._tracer(TraceLine(self.plugin, f"{self.name}.{label}", milliseconds, outcome))
