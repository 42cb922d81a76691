"""A plugin's mailbox, calendar, publisher or rule behind its guard, in the shape the shell expects."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from boundary_plugins.core.circumstances import Circumstances, Finding, SuppressionRule
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.errors import BoundaryError, OutcomeUnknown, PluginError
from boundary_plugins.host.calls import Caller
from boundary_plugins.ports import (
    Calendar,
    CalendarContents,
    Changes,
    Examinable,
    Examined,
    Mailbox,
    OutgoingResponse,
    Publication,
    Publisher,
    SendReceipt,
    SentSearch,
)

T = TypeVar("T")

# In seconds. They are not how long a provider should take, but when to stop believing in it.
OPEN, CHANGES, FETCH, SEND, SEARCH, PUBLISH, CLOSE = 60.0, 300.0, 60.0, 300.0, 60.0, 120.0, 10.0
EXAMINE = 120.0
WAIT_BEYOND = 30.0
RULE = 2.0


class _Guarded:
    """What the three ports have in common."""

    def __init__(self, caller: Caller) -> None:
        """Call through `caller`."""
        self._caller = caller

    def _call(self, label: str, work: Callable[[], Any], kind: type[T], timeout: float) -> T:
        """The result of a call, which must be of a kind."""

        def checked() -> T:
            """The result; another kind is the plugin's mistake."""
            result = work()
            if not isinstance(result, kind):
                problem = f"{label} gave {type(result).__name__} and not {kind.__name__}"
                raise PluginError(self._caller.plugin, problem)
            return result

        return cast(T, self._caller.call(label, checked, timeout=timeout))

    def _examined(self, port: object) -> tuple[Examined, ...] | None:
        """How each part of the port stands; None where it offers no examination."""
        if not isinstance(port, Examinable):
            return None

        def examine() -> tuple[Examined, ...]:
            """What it tells; another kind is the plugin's mistake."""
            found = tuple(port.examine())
            if not all(isinstance(each, Examined) for each in found):
                raise PluginError(self._caller.plugin, "examine gave something else than Examined")
            return found

        return self._call("examine", examine, tuple, EXAMINE)

    def _close(self, close: Callable[[], None]) -> None:
        """Close, in the plugin's own thread; an error at the end harms nobody."""
        try:
            self._caller.call("close", close, timeout=CLOSE)
        except BoundaryError:
            pass
        finally:
            self._caller.stop()


class GuardedMailbox(_Guarded):
    """A plugin's mailbox behind its guard."""

    def __init__(self, mailbox: Mailbox, caller: Caller) -> None:
        """Guard `mailbox`."""
        super().__init__(caller)
        self._mailbox = mailbox

    def changes(self, cursor: str | None) -> Changes:
        """What came since `cursor`."""
        return self._call("changes", lambda: self._mailbox.changes(cursor), Changes, CHANGES)

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one received message."""
        return self._call("fetch", lambda: self._mailbox.fetch(provider_id), SubjectMessage, FETCH)

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once. Where the plugin failed or hangs, nobody knows how far it came: OutcomeUnknown."""
        try:
            return self._call("send", lambda: self._mailbox.send(response), SendReceipt, SEND)
        except PluginError as error:
            raise OutcomeUnknown(self._caller.name, f"while sending, {error}") from None

    def find_sent(self, response_id: str) -> SentSearch:
        """Whether a response with this id was sent."""
        return self._call("find_sent", lambda: self._mailbox.find_sent(response_id), SentSearch, SEARCH)

    def wait(self, seconds: float) -> None:
        """Return when mail may have come."""
        self._caller.call("wait", lambda: self._mailbox.wait(seconds), timeout=seconds + WAIT_BEYOND)

    def wake(self) -> None:
        """End a `wait` from another thread."""
        self._caller.call_aside("wake", self._mailbox.wake, timeout=CLOSE)

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._mailbox.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the plugin offers no examination."""
        return self._examined(self._mailbox)


class GuardedCalendar(_Guarded):
    """A plugin's calendar behind its guard."""

    def __init__(self, calendar: Calendar, caller: Caller) -> None:
        """Guard `calendar`."""
        super().__init__(caller)
        self._calendar = calendar

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence that touches the interval."""
        return self._call("contents", lambda: self._calendar.contents(between), CalendarContents, CHANGES)

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._calendar.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the plugin offers no examination."""
        return self._examined(self._calendar)


class GuardedPublisher(_Guarded):
    """A plugin's publisher behind its guard."""

    def __init__(self, publisher: Publisher, caller: Caller) -> None:
        """Guard `publisher`."""
        super().__init__(caller)
        self._publisher = publisher

    def publish(self, publication: Publication) -> bool:
        """Write what differs."""
        return self._call("publish", lambda: self._publisher.publish(publication), bool, PUBLISH)

    def remove(self) -> None:
        """Take away only what this publisher made."""
        self._caller.call("remove", self._publisher.remove, timeout=PUBLISH)

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._publisher.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the plugin offers no examination."""
        return self._examined(self._publisher)


_MISS = Finding(False, "the plugin's rule does not apply")
_UNKNOWN = Finding(None, "the plugin's rule could not tell")


def guarded_rule(rule: SuppressionRule, caller: Caller) -> SuppressionRule:
    """A plugin's rule under its public id `plugin:id`; it may only ever make the program quieter.

    Its `because` is replaced by fixed words: a plugin's sentence might quote a header, and reasons are
    stored. A rule that fails or hangs is *unknown* and hits nothing.
    """

    def asked(circumstances: Circumstances) -> bool | None:
        """What the plugin says; anything but a Finding is its mistake."""
        found = rule.check(circumstances)
        if not isinstance(found, Finding) or found.hit not in (True, False, None):
            raise PluginError(caller.plugin, f"rule {rule.id} gave no Finding")
        return found.hit

    def check(circumstances: Circumstances) -> Finding:
        """Ask the plugin, within its guard."""
        try:
            hit = caller.call(rule.id, lambda: asked(circumstances), timeout=RULE)
        except BoundaryError:
            hit = None
        return {True: Finding(True, rule.refuses_when), False: _MISS}.get(hit, _UNKNOWN)

    return replace(rule, id=f"{caller.plugin}:{rule.id}", check=check)
