"""Calls of plugins that fail, hang, lie or stop: the program goes on and says which one it was."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from boundary_plugins.errors import Gone, OutcomeUnknown, PluginError, Unavailable
from boundary_plugins.host.calls import Caller, TimedOutError, TraceLine, tracer_from
from boundary_plugins.host.guarded import GuardedClientDirectory, GuardedMailbox
from boundary_plugins.host.quarantine import Quarantine
from boundary_plugins.ports import (
    Changes,
    ClientEntry,
    ClientListing,
    OutgoingResponse,
    RefusedEntry,
    SendReceipt,
)
from boundary_plugins.testing.benches import invented_response
from boundary_plugins.testing.doubles import MemoryClientDirectory, MemoryMailbox

START = datetime(2026, 3, 2, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def traced() -> list[TraceLine]:
    return []


@pytest.fixture
def caller(clock: Clock, traced: list[TraceLine]) -> Iterator[Caller]:
    """A caller of plugin `odd` for mailbox main."""
    caller = Caller("odd", "mailbox main", quarantine=Quarantine(), now=clock, tracer=traced.append)
    yield caller
    caller.stop()


def fail() -> None:
    """Raise with words that quote a message."""
    raise ValueError("client@example.org wrote")


def leave() -> None:
    """Try to end the program."""
    raise SystemExit(1)


class TestAnError:
    """An exception of a plugin is one line, and never its own words."""

    @pytest.mark.parametrize("work, name", [(fail, "ValueError"), (leave, "SystemExit")])
    def test_becomes_a_plugin_error(self, caller: Caller, work: object, name: str) -> None:
        """With type, file and line."""
        with pytest.raises(PluginError) as caught:
            caller.call("x", work, timeout=5)  # type: ignore[arg-type]

        assert str(caught.value).startswith(f"plugin odd: {name} in test_calls.py, line ")
        assert "client@example.org" not in str(caught.value)
        assert caught.value.__suppress_context__

    def test_of_ours_passes_as_it_is(self, caller: Caller) -> None:
        """Gone is an answer."""

        def gone() -> None:
            raise Gone("mailbox main")

        with pytest.raises(Gone):
            caller.call("x", gone, timeout=5)

    def test_that_repeats_sets_the_plugin_aside_until_its_rest_is_over(
        self, caller: Caller, clock: Clock
    ) -> None:
        """Meanwhile nothing is called, and that is told as "nothing was done"."""
        for _ in range(5):
            with pytest.raises(PluginError):
                caller.call("x", fail, timeout=5)
        with pytest.raises(Unavailable) as caught:
            caller.call("x", lambda: 1, timeout=5)
        clock.at = START + timedelta(minutes=5)

        result = caller.call("x", lambda: 1, timeout=5)

        assert "failed 5 times in a row" in str(caught.value)
        assert START + timedelta(minutes=5) == caught.value.retry_at
        assert 1 == result

    def test_of_the_provider_is_not_held_against_the_plugin(self, caller: Caller) -> None:
        """A provider that is away is `provider_health`'s matter."""

        def away() -> None:
            raise Unavailable("mailbox main", "away")

        for _ in range(20):
            with pytest.raises(Unavailable, match=r"away$"):
                caller.call("x", away, timeout=5)


class TestAHang:
    """A call that does not come back is given up."""

    def test_is_given_up_and_nothing_is_asked_meanwhile(self, caller: Caller) -> None:
        """One instance is never called twice at a time; when it comes back it is used again."""
        release = threading.Event()
        with pytest.raises(TimedOutError):
            caller.call("x", lambda: release.wait(30), timeout=0.05)
        with pytest.raises(Unavailable, match="has not come back"):
            caller.call("x", lambda: 1, timeout=5)
        release.set()
        caller.call_aside("settle", lambda: None, timeout=5)

        while True:
            try:
                result = caller.call("x", lambda: 2, timeout=5)
                break
            except Unavailable:
                continue

        assert 2 == result

    def test_of_a_wake_holds_nobody(self, caller: Caller) -> None:
        """It runs beside."""
        release = threading.Event()

        caller.call_aside("wake", lambda: release.wait(30), timeout=0.05)

        assert 1 == caller.call("x", lambda: 1, timeout=5)
        release.set()


def test_an_instance_is_always_called_in_the_same_thread(caller: Caller) -> None:
    """Clients of providers are seldom thread-safe."""
    threads: set[int] = set()

    def ask() -> None:
        caller.call("x", lambda: threads.add(threading.get_ident()), timeout=5)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()

    assert 1 == len(threads)
    assert threading.get_ident() not in threads


def test_a_trace_line_holds_no_content(caller: Caller, traced: list[TraceLine]) -> None:
    """Plugin, name, milliseconds, outcome."""
    with pytest.raises(PluginError):
        caller.call("fetch", fail, timeout=5)

    assert [("odd", "mailbox main.fetch", "PluginError")] == [
        (line.plugin, line.name, line.outcome) for line in traced
    ]


@pytest.mark.parametrize("value, is_on", [("1", True), ("", False), ("0", False)])
def test_the_trace_is_switched_by_the_environment(value: str, is_on: bool) -> None:
    """BOUNDARY_TRACE."""
    assert is_on is (tracer_from({"BOUNDARY_TRACE": value}) is not None)


class BrokenMailbox(MemoryMailbox):
    """A mailbox that answers nonsense, and fails after it has sent."""

    def changes(self, cursor: str | None) -> Changes:
        return ["no changes"]  # type: ignore[return-value]

    def send(self, response: OutgoingResponse) -> SendReceipt:
        super().send(response)
        raise KeyError(response.to)


class TestAGuardedMailbox:
    """What the shell holds in its hands."""

    def test_that_fails_while_sending_may_have_sent(self, caller: Caller) -> None:
        """Never "not sent": it was, here."""
        broken = BrokenMailbox()

        with pytest.raises(OutcomeUnknown) as caught:
            GuardedMailbox(broken, caller).send(invented_response())

        assert 1 == len(broken.sent)
        assert "client@example.org" not in str(caught.value)

    def test_that_hangs_while_sending_may_have_sent(
        self, caller: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The same."""
        monkeypatch.setattr("boundary_plugins.host.guarded.SEND", 0.05)
        release = threading.Event()
        slow = MemoryMailbox()
        monkeypatch.setattr(slow, "send", lambda response: release.wait(30))

        with pytest.raises(OutcomeUnknown):
            GuardedMailbox(slow, caller).send(invented_response())
        release.set()

    def test_that_is_set_aside_has_not_sent(self, caller: Caller) -> None:
        """Nothing was called, hence it may be tried again."""
        broken = BrokenMailbox()
        guarded = GuardedMailbox(broken, caller)
        for _ in range(5):
            with pytest.raises(OutcomeUnknown):
                guarded.send(invented_response())

        with pytest.raises(Unavailable):
            guarded.send(invented_response())

        assert 5 == len(broken.sent)

    def test_that_answers_nonsense_is_told_from_one_that_works(self, caller: Caller) -> None:
        """By type, and it counts as a failure."""
        with pytest.raises(PluginError, match="changes gave list and not Changes"):
            GuardedMailbox(BrokenMailbox(), caller).changes(None)

    def test_a_wake_from_another_thread_ends_its_wait(self, caller: Caller) -> None:
        """The wait runs in the plugin's thread."""
        guarded = GuardedMailbox(MemoryMailbox(), caller)
        waiting = threading.Thread(target=guarded.wait, args=(60,))
        waiting.start()

        guarded.wake()
        waiting.join(10)

        assert not waiting.is_alive()

    def test_can_be_closed_twice(self, caller: Caller) -> None:
        """Whoever calls it afterwards is told so at once."""
        memory = MemoryMailbox()
        guarded = GuardedMailbox(memory, caller)
        guarded.changes(None)

        guarded.close()
        guarded.close()

        assert memory.is_closed
        with pytest.raises(Unavailable, match="it is closed"):
            guarded.send(invented_response())


class TestAGuardedClientDirectory:
    """What it lists is what can be kept."""

    @pytest.mark.parametrize(
        "listing",
        [
            # Another kind; entries of another kind; texts that no store can take; values of another kind.
            None,
            (ClientEntry("1", ("ab@example.org",)),),
            ClientListing(({"address": "ab@example.org"},)),  # type: ignore[arg-type]
            ClientListing((ClientEntry("1", ("ab@example.org\0",)),)),
            ClientListing((ClientEntry("1", ("ab@example.org",), id="\ud800"),)),
            ClientListing((ClientEntry("1", ("ab@example.org",), id=7),)),  # type: ignore[arg-type]
            ClientListing((ClientEntry("1", (), auto_reply="full"),)),  # type: ignore[arg-type]
            ClientListing((ClientEntry("1", (), active="yes"),)),  # type: ignore[arg-type]
            ClientListing((), (RefusedEntry("1", None),)),  # type: ignore[arg-type]
        ],
    )
    def test_that_lists_nonsense_is_told(self, caller: Caller, listing: object) -> None:
        """As the plugin's mistake, without any of it."""
        directory = MemoryClientDirectory()
        directory.listing = lambda: listing  # type: ignore[method-assign, assignment, return-value]

        with pytest.raises(PluginError, match=r"^plugin odd: listing gave [\w ]+$"):
            GuardedClientDirectory(directory, caller).listing()

    def test_that_works_passes_on_what_it_lists(self, caller: Caller) -> None:
        """Its version too, until it is closed."""
        directory = MemoryClientDirectory(ClientEntry("1", ("ab@example.org",), id="17"))
        guarded = GuardedClientDirectory(directory, caller)

        assert directory.listing() == guarded.listing()
        assert directory.version() == guarded.version()
        guarded.close()
        assert directory.is_closed
