"""A stream wakes the mailbox, its end and its gaps lose nothing, and without one it is polled."""

import threading
import time
from collections.abc import Callable

import pytest

from boundary_plugins.testing.benches import invented_message
from builders_exchange import Site
from servers.ews import Fault

# In seconds: for what ought to happen at once, on a machine that is busy.
PATIENCE = 15.0


def until(happened: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def waited(mailbox: object, seconds: float = PATIENCE) -> float:
    """How long a wait took, in seconds."""
    began = time.monotonic()
    mailbox.wait(seconds)  # type: ignore[attr-defined]
    return time.monotonic() - began


def test_new_mail_ends_a_wait_at_once(exchange: Site) -> None:
    """The server tells; nothing is asked meanwhile."""
    mailbox = exchange.open_mailbox(streaming=True)
    cursor = mailbox.changes(None).cursor
    # The subscription itself wakes once.
    waited(mailbox)
    until(lambda: "GetStreamingEvents" in exchange.asked())
    threading.Timer(0.1, exchange.mailbox.deliver, [invented_message(1)]).start()

    took = waited(mailbox)

    assert took < PATIENCE / 2
    assert 1 == len(mailbox.changes(cursor).received)


def test_what_comes_before_the_stream_begins_is_not_missed(exchange: Site) -> None:
    """Between the look and the subscription: the subscription wakes, and the sync state has it."""
    mailbox = exchange.open_mailbox(streaming=True)
    cursor = mailbox.changes(None).cursor
    exchange.mailbox.deliver(invented_message(1))

    took = waited(mailbox)

    assert took < PATIENCE / 2
    assert 1 == len(mailbox.changes(cursor).received)


def test_a_stream_that_drops_is_made_again_and_what_came_in_the_gap_is_read(exchange: Site) -> None:
    """As after half an hour: events in between are lost, mail is not."""
    mailbox = exchange.open_mailbox(streaming=True)
    cursor = mailbox.changes(None).cursor
    waited(mailbox)
    until(lambda: "GetStreamingEvents" in exchange.asked())
    exchange.fail_next(Fault("Subscribe", code="ErrorServerBusy", wait=1))
    exchange.server.drop_streams(exchange.address)
    exchange.mailbox.deliver(invented_message(1))

    took = waited(mailbox)

    assert took < PATIENCE
    assert 1 == len(mailbox.changes(cursor).received)
    assert exchange.server.has_stream(exchange.address)


def test_a_stream_that_ends_orderly_is_made_again_at_once(exchange: Site) -> None:
    """Its half hour is over."""
    mailbox = exchange.open_mailbox(streaming=True)
    mailbox.changes(None)
    waited(mailbox)
    until(lambda: "GetStreamingEvents" in exchange.asked())

    exchange.server.drop_streams(exchange.address)

    until(lambda: 2 == exchange.asked().count("Subscribe"))
    assert waited(mailbox) < PATIENCE / 2


def test_without_a_stream_a_wait_ends_by_its_seconds(exchange: Site) -> None:
    """Polling goes on; nothing is told, for the next look tells where something is wrong."""
    exchange.fail_next(Fault("Subscribe", code="ErrorSubscriptionAccessDenied"))
    mailbox = exchange.open_mailbox(streaming=True)
    cursor = mailbox.changes(None).cursor
    exchange.mailbox.deliver(invented_message(1))

    waited(mailbox, 0.2)

    assert 1 == len(mailbox.changes(cursor).received)
    assert [] == [line for line in exchange.log.lines if line[0] != "debug"]


def test_closing_ends_the_stream_and_its_thread(exchange: Site) -> None:
    """Within moments, though nothing comes on it."""
    mailbox = exchange.open_mailbox(streaming=True)
    mailbox.changes(None)
    waited(mailbox)
    until(lambda: "GetStreamingEvents" in exchange.asked())
    time.sleep(0.1)
    began = time.monotonic()

    mailbox.close()

    assert time.monotonic() - began < 2
    until(lambda: not any(thread.name == "exchange-stream" for thread in threading.enumerate()))


@pytest.mark.parametrize("streaming", [True, False])
def test_a_wake_from_another_thread_ends_a_wait(exchange: Site, streaming: bool) -> None:
    """With a stream and without."""
    mailbox = exchange.open_mailbox(streaming=streaming)
    mailbox.changes(None)
    threading.Timer(0.1, mailbox.wake).start()

    assert waited(mailbox) < PATIENCE / 2
