"""Gmail's watch over Pub/Sub: it wakes the mailbox, is renewed, and is noticed where it fails or falls silent."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from boundary_google.settings import GmailSettings
from boundary_plugins.ports import Condition
from boundary_plugins.testing.benches import invented_message
from builders_google import LEAST, GmailBench
from servers.google import Account, Fault, GoogleServer
from servers.google_pubsub import PULL

WATCH = "gmail.users.watch"
SETTINGS = {
    "watch_topic": "projects/invented/topics/gmail",
    "watch_subscription": "projects/invented/subscriptions/boundary",
}
PATIENCE = 10.0


@pytest.fixture
def bench(
    tmp_path: Path, google: GoogleServer, account: Account, monkeypatch: pytest.MonkeyPatch
) -> Iterator[GmailBench]:
    """A mailbox that is watched, and asks by itself hardly ever."""
    monkeypatch.setattr("boundary_google.pace.SLOWEST", PATIENCE * 3)
    with closing(GmailBench(tmp_path, google, account, *LEAST, "pubsub", **SETTINGS)) as made:
        yield made


def waiting(bench: GmailBench, seconds: float = PATIENCE * 3) -> threading.Thread:
    """The mailbox waits, in a thread of its own."""
    made = threading.Thread(target=bench.mailbox.wait, args=(seconds,), daemon=True)
    made.start()
    return made


def reach(bench: GmailBench, call: str, times: int) -> None:
    """Let the watch's thread come so far."""
    reached = threading.Event()
    for _ in range(int(PATIENCE / 0.02)):
        if bench.account.calls[call] >= times:
            return
        reached.wait(0.02)
    raise AssertionError(f"{call} was not called {times} times")


def test_a_message_is_told_at_once(bench: GmailBench) -> None:
    """Long before the mailbox would have asked; what is told once is acknowledged."""
    cursor = bench.mailbox.changes(None).cursor
    thread = waiting(bench)
    reach(bench, PULL, 2)

    bench.deliver(invented_message(1))
    thread.join(PATIENCE)

    assert not thread.is_alive()
    assert 1 == len(bench.mailbox.changes(cursor).received)
    reach(bench, "pubsub.projects.subscriptions.acknowledge", 1)


def test_it_is_renewed_each_day(bench: GmailBench) -> None:
    """Gmail's own would end after seven."""
    bench.mailbox.changes(None)
    thread = waiting(bench)
    reach(bench, PULL, 1)

    bench.clock.later = timedelta(hours=25)
    reach(bench, WATCH, 2)

    bench.mailbox.wake()
    thread.join(PATIENCE)
    assert {"topic": SETTINGS["watch_topic"]} == {"topic": (bench.account.mailbox.watch or {})["topic"]}


def test_one_that_fell_silent_is_noticed_and_set_anew(
    bench: GmailBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mailbox asks now and then all the same."""
    monkeypatch.setattr("boundary_google.mailbox.WATCHED_LOOK", 0.1)
    cursor = bench.mailbox.changes(None).cursor
    first = waiting(bench)
    reach(bench, PULL, 2)
    bench.mailbox.wake()
    first.join(PATIENCE)
    bench.account.mailbox.is_mute = True
    thread = waiting(bench)

    bench.deliver(invented_message(1))
    thread.join(PATIENCE)

    reach(bench, WATCH, 2)
    assert not thread.is_alive()
    assert 1 == len(bench.mailbox.changes(cursor).received)
    assert "the watch was silent although mail came; it is set anew" in [line[1] for line in bench.log.lines]


def test_one_that_is_refused_leaves_the_mailbox_asking(
    bench: GmailBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told once in the log, and nothing is lost."""
    monkeypatch.setattr("boundary_google.pace.SLOWEST", 0.1)
    monkeypatch.setattr("boundary_google.pace.FASTEST", 0.1)
    monkeypatch.setattr("boundary_google.watch._REST", 0.05)
    bench.account.faults.append(Fault(WATCH, 403, "forbidden", times=99))
    cursor = bench.mailbox.changes(None).cursor
    bench.deliver(invented_message(1))
    cursor = bench.mailbox.changes(cursor).cursor
    thread = waiting(bench)
    reach(bench, WATCH, 3)

    bench.deliver(invented_message(2))
    thread.join(PATIENCE)

    assert not thread.is_alive()
    told = [line for line in bench.log.lines if line[1].startswith("the watch failed")]
    assert 1 == len(told)


@pytest.mark.parametrize("lacking", list(SETTINGS))
def test_topic_and_subscription_belong_together(lacking: str) -> None:
    """One alone is a forgotten line."""
    given = {name: value for name, value in SETTINGS.items() if name != lacking}

    with pytest.raises(ValidationError, match="belong together"):
        GmailSettings.model_validate(given)


def test_a_wake_ends_a_wait_that_is_watched(bench: GmailBench) -> None:
    """As without a watch."""
    bench.mailbox.changes(None)
    thread = waiting(bench)
    reach(bench, PULL, 1)

    bench.mailbox.wake()
    thread.join(PATIENCE)

    assert not thread.is_alive()


@pytest.mark.parametrize(("topic", "condition"), [("gmail", Condition.OK), ("other", Condition.BROKEN)])
def test_an_examination_tells_whether_its_subscription_fits(
    tmp_path: Path, google: GoogleServer, account: Account, topic: str, condition: Condition
) -> None:
    """Nothing is watched by it."""
    settings = SETTINGS | {"watch_topic": f"projects/invented/topics/{topic}"}
    with closing(GmailBench(tmp_path, google, account, *LEAST, "pubsub", **settings)) as bench:
        told = {each.part: each.condition for each in bench.mailbox.examine()}

    assert condition is told["watch"]
    assert 0 == account.calls[WATCH]
