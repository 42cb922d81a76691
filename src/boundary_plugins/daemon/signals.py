"""Signals become requests that the loop reads: stop (SIGTERM, SIGINT) and reload (SIGHUP)."""

import signal
from enum import Enum
from queue import Empty, SimpleQueue
from types import FrameType


class Request(Enum):
    """What can be asked of the running daemon."""

    STOP = "stop"
    RELOAD = "reload"


class Requests:
    """What was asked and not yet read.

    A SimpleQueue, because its `put` may be called from a signal handler while the same thread waits in
    `get` (Python library reference, queue); an Event may deadlock there.
    """

    def __init__(self) -> None:
        """Begin with nothing asked."""
        self._asked: SimpleQueue[Request] = SimpleQueue()

    def ask(self, request: Request) -> None:
        """Ask; returns at once."""
        self._asked.put(request)

    def next(self, seconds: float) -> Request | None:
        """The next request, or None after so many seconds without one."""
        try:
            return self._asked.get(timeout=seconds)
        except Empty:
            return None


def listen(requests: Requests) -> None:
    """Translate signals from here on; call it from the main thread only."""

    def on_stop(_number: int, _frame: FrameType | None) -> None:
        requests.ask(Request.STOP)

    def on_reload(_number: int, _frame: FrameType | None) -> None:
        requests.ask(Request.RELOAD)

    signal.signal(signal.SIGTERM, on_stop)
    signal.signal(signal.SIGINT, on_stop)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, on_reload)


def ignore_reload() -> None:
    """Let a request to reload pass by, as for a run of one pass; call it from the main thread only."""
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
