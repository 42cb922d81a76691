"""A request to stop is heard, whichever thread the system hands its signal to."""

import signal
import sys
import threading
import time

import pytest

from boundary_plugins.daemon.signals import Request, Requests, listen


@pytest.mark.skipif(sys.platform == "win32", reason="signals to one thread need POSIX")
def test_a_signal_that_reaches_another_thread_is_heard_soon() -> None:
    """The kernel may choose any thread of the process (signal(7), "Process-directed and thread-directed")."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    requests, is_over = Requests(), threading.Event()
    listen(requests)
    another = threading.Thread(target=is_over.wait)
    another.start()
    assert another.ident is not None
    # Once the main thread waits; a signal before that would be seen on the way into the wait.
    later = threading.Timer(0.2, signal.pthread_kill, (another.ident, signal.SIGTERM))
    later.start()

    began_at = time.monotonic()
    found = requests.next(10.0)
    took = time.monotonic() - began_at

    is_over.set()
    another.join()
    later.join()
    for number, handler in handlers.items():
        signal.signal(number, handler)
    assert Request.STOP is found
    assert took < 5.0


def test_without_a_request_the_wait_ends() -> None:
    """None, after the time that was given."""
    assert None is Requests().next(0.01)
