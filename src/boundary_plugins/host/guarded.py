"""A plugin's mailbox, calendar, publisher, client directory or rule behind its guard, in the shape the shell expects."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar, cast

from boundary_plugins.core.circumstances import Circumstances, Finding, SuppressionRule
from boundary_plugins.core.client import AutoReply
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.errors import (
    AuthorizationNeeded,
    BoundaryError,
    OutcomeUnknown,
    PluginError,
    ProviderError,
    SecretError,
)
from boundary_plugins.host.calls import Caller
from boundary_plugins.ports import (
    GREATEST_MARK,
    Biller,
    Calendar,
    CalendarContents,
    Changes,
    ChargeLine,
    ClientDirectory,
    ClientEntry,
    ClientListing,
    Examinable,
    Examined,
    Mailbox,
    OutgoingResponse,
    Publication,
    Publisher,
    RefusedEntry,
    Responder,
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
    """What the ports have in common."""

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

        try:
            return cast(T, self._caller.call(label, checked, timeout=timeout))
        except (ProviderError, PluginError):
            raise
        except SecretError as error:
            raise AuthorizationNeeded(self._caller.name, str(error)) from None
        except BoundaryError as error:
            # Only the program itself may say that its store or its configuration failed.
            raise PluginError(self._caller.plugin, f"{label} raised {type(error).__name__}") from None

    def _act(self, label: str, work: Callable[[], Any], kind: type[T]) -> T:
        """The result of an act on the world. Raises OutcomeUnknown where the plugin failed or hangs."""

        def acted() -> Any:
            """A secret may be asked for before or after the act, so its absence tells nothing."""
            try:
                return work()
            except SecretError as error:
                raise PluginError(self._caller.plugin, str(error)) from None

        try:
            return self._call(label, acted, kind, SEND)
        except PluginError as error:
            raise OutcomeUnknown(self._caller.name, f"during {label}, {error}") from None

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

    def is_idle(self) -> bool:
        """Whether the plugin is busy with no call, also none that was given up."""
        return self._caller.is_idle()

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
        # What the mailbox named and nobody has had yet: it names it once, also where it comes too late.
        self._named: list[Changes] = []

    def changes(self, cursor: str | None) -> Changes:
        """What came since `cursor`, with what an earlier call named after it was given up."""

        def named() -> Changes:
            """Keep what is named, in the plugin's own thread, before anybody waits in vain for it."""
            changes = self._mailbox.changes(cursor)
            self._check(changes)
            self._named.append(changes)
            return changes

        self._call("changes", named, Changes, CHANGES)
        every, self._named = self._named, []
        return Changes(
            received=tuple(each for changes in every for each in changes.received),
            sent=tuple(each for changes in every for each in changes.sent),
            cursor=every[-1].cursor,
            gap=any(changes.gap for changes in every),
            time_marks=tuple(each for changes in every for each in changes.time_marks),
        )

    def _check(self, changes: Changes) -> None:
        """Raise PluginError for what no store can take: ids that are no text, instants without a zone, odd times."""
        if not isinstance(changes, Changes):
            return
        sent = (each.provider_id for each in changes.sent)
        marked = (each.provider_id for each in changes.time_marks)
        ids = (*changes.received, *sent, *marked, changes.cursor)
        aware = all(each.sent_at.utcoffset() is not None for each in changes.sent)
        timed = all(_is_time(each.minutes) for each in changes.time_marks)
        if not (all(map(_is_storable, ids)) and aware and timed):
            raise PluginError(self._caller.plugin, "changes gave ids, instants or times that cannot be kept")

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one received message."""

        def fetched() -> SubjectMessage:
            """The message that was asked for, with an arrival that is an instant."""
            message = self._mailbox.fetch(provider_id)
            if isinstance(message, SubjectMessage) and (
                message.provider_id != provider_id or message.arrived_at.utcoffset() is None
            ):
                raise PluginError(self._caller.plugin, "fetch gave another message, or no instant of arrival")
            return message

        return self._call("fetch", fetched, SubjectMessage, FETCH)

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once. Where the plugin failed or hangs, nobody knows how far it came: OutcomeUnknown."""
        return self._act("send", lambda: self._mailbox.send(response), SendReceipt)

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


def _is_time(minutes: object) -> bool:
    """Whether it can be a time in minutes: a day at most, since a slip of the finger makes an invoice."""
    return isinstance(minutes, int) and not isinstance(minutes, bool) and 0 <= minutes <= GREATEST_MARK


def _is_storable(text: object) -> bool:
    """Whether both databases can keep it: text without lone surrogates and NUL."""
    if not isinstance(text, str) or "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


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

    def answers_during(self, between: Interval) -> tuple[Interval, ...] | Unknown | None:
        """When the provider answers by itself; None where the plugin is no responder."""
        publisher = self._publisher
        if not isinstance(publisher, Responder):
            return None

        def asked() -> tuple[Interval, ...] | Unknown:
            """What it tells; another kind is the plugin's mistake."""
            found = publisher.answers_during(between)
            if found is UNKNOWN:
                return found
            intervals = tuple(found)
            if not all(isinstance(each, Interval) for each in intervals):
                raise PluginError(self._caller.plugin, "answers_during gave something else than Interval")
            return intervals

        found: tuple[Interval, ...] | Unknown = self._call("answers_during", asked, object, PUBLISH)  # type: ignore[assignment]
        return found

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._publisher.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the plugin offers no examination."""
        return self._examined(self._publisher)


class GuardedBiller(_Guarded):
    """A plugin's biller behind its guard."""

    def __init__(self, biller: Biller, caller: Caller) -> None:
        """Guard `biller`."""
        super().__init__(caller)
        self._biller = biller

    def post(self, line: ChargeLine) -> str:
        """Post once; where the guard had to give up on it, nobody knows whether it was posted."""
        return self._act("post", lambda: self._biller.post(line), str)

    def find(self, key: str) -> str | None | Unknown:
        """The reference of what was posted under a key."""
        # A tuple of one, because a reference has three kinds.
        (found,) = self._call("find", lambda: (self._biller.find(key),), tuple, SEARCH)
        if found is None or isinstance(found, str | Unknown):
            return found
        raise PluginError(self._caller.plugin, "find gave something else than a reference")

    def void(self, reference: str, line: ChargeLine) -> str:
        """Take back what was posted, once."""
        return self._act("void", lambda: self._biller.void(reference, line), str)

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._biller.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part of it stands; None where the plugin tells nothing."""
        return self._examined(self._biller)


class GuardedClientDirectory(_Guarded):
    """A plugin's client directory behind its guard."""

    def __init__(self, directory: ClientDirectory, caller: Caller) -> None:
        """Guard `directory`."""
        super().__init__(caller)
        self._directory = directory

    def listing(self) -> ClientListing:
        """Every client."""

        def listed() -> ClientListing:
            """What it lists; what no store can take is the plugin's mistake."""
            listing = self._directory.listing()
            if isinstance(listing, ClientListing) and not _can_be_kept(listing):
                raise PluginError(self._caller.plugin, "listing gave entries that cannot be kept")
            return listing

        return self._call("listing", listed, ClientListing, CHANGES)

    def version(self) -> str:
        """What tells that the listing may have changed."""
        return self._call("version", self._directory.version, str, SEARCH)

    def close(self) -> None:
        """Let go of every connection and file."""
        self._close(self._directory.close)

    def examine(self) -> tuple[Examined, ...] | None:
        """How each part stands; None where the plugin offers no examination."""
        return self._examined(self._directory)


def _can_be_kept(listing: ClientListing) -> bool:
    """Whether everything in it is of its kind, and text that both databases can keep."""
    refused = all(
        isinstance(each, RefusedEntry) and _is_storable(each.place) and _is_storable(each.problem)
        for each in listing.refused
    )
    return refused and all(isinstance(each, ClientEntry) and _is_whole(each) for each in listing.entries)


def _is_whole(entry: ClientEntry) -> bool:
    """Whether each field of an entry is of its kind."""
    texts = (entry.place, entry.initials, *entry.addresses)
    perhaps = (entry.id, entry.zone, entry.language, entry.region)
    return (
        all(map(_is_storable, texts))
        and all(text is None or _is_storable(text) for text in perhaps)
        and (entry.auto_reply is None or isinstance(entry.auto_reply, AutoReply))
        and entry.active in (True, False, None)
    )


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
