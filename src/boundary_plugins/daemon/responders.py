"""Providers that answer by themselves: what they answer with, and when, so that the program keeps quiet then."""

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from boundary_plugins.core.availability import ContactHours, Window
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.core.response import neutral_facts
from boundary_plugins.core.response_promise import promised_by
from boundary_plugins.daemon.served import ServedPublisher
from boundary_plugins.ports import WindowResponse
from boundary_plugins.rendering import Renderer

_A_SECOND = timedelta(seconds=1)


class Responders:
    """When each mailbox is answered by its provider, as it was last read back; any thread may ask.

    What a provider did not tell yet, or cannot tell, counts as answered by it: the configuration says that
    it does, and two answers are worse than a late one. While it is programmed, what arrives counts so, too; what
    came in the same stretch before it was told is answered by nobody else than this program.
    """

    def __init__(self, publishers: Sequence[ServedPublisher]) -> None:
        """Know the publishers whose provider answers a mailbox."""
        self._names: dict[str, list[str]] = {}
        for publisher in publishers:
            if publisher.answers_for is not None:
                self._names.setdefault(publisher.answers_for, []).append(publisher.name)
        self._told: dict[str, tuple[Interval, ...] | None] = {}
        # Since when each is being programmed, until it is read back.
        self._begun: dict[str, datetime] = {}
        # The part of a stretch that was over when the provider began to answer in it.
        self._before: dict[str, Interval] = {}
        self._lock = threading.Lock()

    def begin(self, publisher: ServedPublisher, at: datetime) -> bool:
        """It is told to answer from `at` on, as from now nobody knows; whether that was not so before."""
        with self._lock:
            is_first = publisher.name not in self._begun
            # Mail is dated in whole seconds.
            self._begun.setdefault(publisher.name, at.replace(microsecond=0))
        return is_first

    def give_up(self, publisher: ServedPublisher) -> None:
        """It was told nothing new, and what was read back last holds."""
        with self._lock:
            self._begun.pop(publisher.name, None)

    def ask(self, publisher: ServedPublisher, between: Interval) -> None:
        """Read back when a provider answers by itself. Raises ProviderError, PluginError; then nothing changes."""
        if publisher.answers_during is None:
            return
        told = publisher.answers_during(between)
        with self._lock:
            self._take(publisher.name, None if told is UNKNOWN else told or ())

    def _take(self, name: str, told: tuple[Interval, ...] | None) -> None:
        """Keep what was read back, and what came before it was so; of the very first nobody knows that."""
        known, begun = self._told.get(name), self._begun.pop(name, None)
        if begun is not None and known is not None and not _covers(known, begun):
            began = (each for each in told or () if begun in each and each.start < begun)
            self._before.update((name, Interval(each.start, begun)) for each in began)
        self._told[name] = told

    def answer(self, mailbox: str, at: datetime) -> bool:
        """Whether the provider of a mailbox answers, by itself, what arrives at an instant."""
        with self._lock:
            return any(self._answers(name, at) for name in self._names.get(mailbox, ()))

    def _answers(self, name: str, at: datetime) -> bool:
        """Whether one provider answers what arrives at an instant, or may."""
        told, begun, before = self._told.get(name), self._begun.get(name), self._before.get(name)
        if told is None or (begun is not None and at >= begun):
            return True
        return _covers(told, at) and not (before is not None and at in before)


def _covers(intervals: Sequence[Interval], at: datetime) -> bool:
    """Whether an instant is in one of them."""
    return any(at in each for each in intervals)


def window_responses(
    hours: ContactHours, until: datetime, at: datetime, policy: ResponsePolicy, renderer: Renderer
) -> tuple[WindowResponse, ...]:
    """What a provider answers with in each closed window that is not over at `at` and begins before `until`.

    The neutral text, which is the same for clients and strangers. Not while contact hours open soon: a lunch
    break is no absence.
    """
    covered = Interval(hours.window_at(at).interval.start, until)
    closed = [window for window in hours.windows if not window.is_open and window.interval.start in covered]
    return tuple(
        response_in(hours, window, interval, policy, renderer)
        for window in closed
        if (interval := answered_in(hours, window, until, policy)) is not None and interval.end > at
    )


def answered_in(
    hours: ContactHours, window: Window, until: datetime, policy: ResponsePolicy
) -> Interval | None:
    """The part of a closed window in which an answer goes out; until `until` where no opening is known."""
    start, opening = window.interval.start, hours.next_opening(window.interval.start)
    # What arrives exactly so long before the opening is still answered (core/response_limits.py), and mail
    # is dated in whole seconds.
    last = until if opening is None else opening - policy.opens_soon + _A_SECOND
    end = min(last, window.interval.end)
    return Interval(start, end) if start < end else None


def response_in(
    hours: ContactHours, window: Window, interval: Interval, policy: ResponsePolicy, renderer: Renderer
) -> WindowResponse:
    """What is answered in a part of a closed window."""
    opening = hours.next_opening(window.interval.start)
    facts = neutral_facts(policy, opening, promised_by(hours, opening, policy))
    text = renderer.render(facts, as_of=window.interval.start)
    return WindowResponse(window.interval, interval, text.subject, text.plain)
