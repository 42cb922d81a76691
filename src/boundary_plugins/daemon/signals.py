"""Signals become requests that the loop reads: stop (SIGTERM, SIGINT) and reload (SIGHUP)."""

import signal
import time
from enum import Enum
from queue import Empty, SimpleQueue
from types import FrameType

#: In seconds: so late at most is a request noticed whose signal reached another thread.
_LONGEST_WAIT = 1.0


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
        """The next request, or None after so many seconds without one.

        A handler runs only when the main thread does. The system may hand a signal to any thread, and then
        nothing ends a wait of the main one, so no single wait is long.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            try:
                return self._asked.get(timeout=min(max(left, 0.0), _LONGEST_WAIT))
            except Empty:
                if left <= _LONGEST_WAIT:
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
