"""The plugin host: what the enabled plugins offer, guarded, and an account of each plugin."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from boundary_plugins.core.circumstances import SuppressionRule
from boundary_plugins.errors import BoundaryError, ConfigError, ConfigProblem
from boundary_plugins.host.admission import Candidate, Door, admit
from boundary_plugins.host.calls import Caller, Tracer, trace_to_stderr, tracer_from
from boundary_plugins.host.guarded import (
    OPEN,
    GuardedBiller,
    GuardedCalendar,
    GuardedClientDirectory,
    GuardedMailbox,
    GuardedPublisher,
    guarded_rule,
)
from boundary_plugins.host.loading import Loaded, load_plugin
from boundary_plugins.host.providers import (
    BillerProvider,
    CalendarProvider,
    ClientDirectoryProvider,
    MailboxProvider,
    PluginCommand,
    PublisherProvider,
    TopicRule,
)
from boundary_plugins.host.quarantine import Quarantine
from boundary_plugins.host.services import Services

ProviderT = TypeVar(
    "ProviderT",
    MailboxProvider[Any],
    CalendarProvider[Any],
    PublisherProvider[Any],
    BillerProvider[Any],
    ClientDirectoryProvider[Any],
)
NamedT = TypeVar(
    "NamedT",
    MailboxProvider[Any],
    CalendarProvider[Any],
    PublisherProvider[Any],
    BillerProvider[Any],
    ClientDirectoryProvider[Any],
    PluginCommand,
)


class PluginState(Enum):
    """How a plugin stands."""

    READY = "ready"
    FAILED = "failed"
    REFUSED = "refused"
    NOT_ENABLED = "not enabled"


@dataclass(frozen=True, slots=True)
class PluginReport:
    """One plugin for `boundary plugins`: where it came from, what it offers, how it stands and why.

    `providers` are phrases: "mailbox maildir", "suppression rule quiet:friday", "topic rule paperwork".
    """

    name: str
    door: Door
    distribution: str | None
    version: str | None
    file: str
    hooks: tuple[str, ...]
    providers: tuple[str, ...]
    state: PluginState
    reason: str


class PluginHost:
    """The enabled plugins. Made by `load`; whatever it hands out is behind the plugin's guard."""

    def __init__(self, now: Callable[[], datetime], tracer: Tracer | None) -> None:
        """Begin with no plugin."""
        self._now, self._tracer = now, tracer
        self.quarantine = Quarantine()
        self.plugins: tuple[PluginReport, ...] = ()
        self.problems: tuple[str, ...] = ()
        self.mailboxes: Mapping[str, MailboxProvider[Any]] = {}
        self.calendars: Mapping[str, CalendarProvider[Any]] = {}
        self.publishers: Mapping[str, PublisherProvider[Any]] = {}
        self.billers: Mapping[str, BillerProvider[Any]] = {}
        self.client_directories: Mapping[str, ClientDirectoryProvider[Any]] = {}
        self.suppression_rules: tuple[SuppressionRule, ...] = ()
        self.topic_rules: tuple[TopicRule, ...] = ()
        self.commands: Mapping[str, PluginCommand] = {}
        self._rule_callers: list[Caller] = []

    def close(self) -> None:
        """Let go of the rules' threads; what was opened is closed by whoever opened it."""
        for caller in self._rule_callers:
            caller.stop()

    @classmethod
    def load(
        cls,
        enable: Sequence[str],
        directory: Path | None = None,
        *,
        trace: bool | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        config_file: str = "configuration",
    ) -> "PluginHost":
        """Let in the plugins that the configuration names, each alone.

        `directory` holds one-file plugins. `trace` True or False overrides BOUNDARY_TRACE. A plugin that
        fails is in `plugins` and `problems`, and the others go on. Raises ConfigError for names that no
        plugin has.
        """
        tracer = tracer_from() if trace is None else trace_to_stderr if trace else None
        admission = admit(enable, directory)
        if admission.unknown:
            raise ConfigError(
                tuple(ConfigProblem(config_file, None, "plugins.enable", each) for each in admission.unknown)
            )
        host = cls(now, tracer)
        outcomes = [host._load_one(candidate) for candidate in admission.admitted]
        loaded = tuple(outcome for outcome in outcomes if isinstance(outcome, Loaded))
        reports = [host._report(o) if isinstance(o, Loaded) else o for o in outcomes]
        reports += [_idle(candidate, PluginState.REFUSED, why) for candidate, why in admission.refused]
        host.problems = tuple(f"plugin {report.name}: {report.reason}" for report in reports if report.reason)
        idle = [_idle(candidate, PluginState.NOT_ENABLED, "") for candidate in admission.not_enabled]
        host.plugins = (*reports, *idle)
        host._offer(loaded)
        return host

    def _caller(self, plugin: str, name: str) -> Caller:
        """A guard for one plugin's code."""
        return Caller(plugin, name, quarantine=self.quarantine, now=self._now, tracer=self._tracer)

    def _rule_caller(self, plugin: str, rule: str) -> Caller:
        """A guard for one rule, which lives as long as the host."""
        caller = self._caller(plugin, f"rule {rule}")
        self._rule_callers.append(caller)
        return caller

    def _load_one(self, candidate: Candidate) -> Loaded | PluginReport:
        """Load one plugin; its failure is a report and nothing more."""
        caller = self._caller(candidate.name, "loading")
        try:
            return load_plugin(candidate, caller)
        except BoundaryError as error:
            problem = str(error).removeprefix(f"plugin {candidate.name}: ")
            return _idle(candidate, PluginState.FAILED, problem)
        finally:
            caller.stop()

    def _report(self, loaded: Loaded) -> PluginReport:
        """The account of a plugin that is ready."""
        ready = _idle(loaded.candidate, PluginState.READY, "")
        names = tuple(_phrases(loaded))
        return replace(ready, file=loaded.file, hooks=tuple(loaded.values), providers=names)

    def _offer(self, loaded: Sequence[Loaded]) -> None:
        """Take over what the plugins registered, each value stamped with its plugin and guarded."""
        mailboxes = self._unambiguous("mailbox", _stamped(loaded, "register_mailboxes"))
        calendars = self._unambiguous("calendar", _stamped(loaded, "register_calendars"))
        publishers = self._unambiguous("publisher", _stamped(loaded, "register_publishers"))
        billers = self._unambiguous("biller", _stamped(loaded, "register_billers"))
        self.billers = MappingProxyType({p.name: self._guarded(p, GuardedBiller) for p in billers})
        directories = self._unambiguous("client directory", _stamped(loaded, "register_client_directories"))
        self.mailboxes = MappingProxyType({p.name: self._guarded(p, GuardedMailbox) for p in mailboxes})
        self.calendars = MappingProxyType({p.name: self._guarded(p, GuardedCalendar) for p in calendars})
        self.publishers = MappingProxyType({p.name: self._guarded(p, GuardedPublisher) for p in publishers})
        self.client_directories = MappingProxyType(
            {p.name: self._guarded(p, GuardedClientDirectory) for p in directories}
        )
        commands = self._unambiguous("command", _stamped(loaded, "register_commands"))
        self.commands = MappingProxyType({each.name: each for each in commands})
        self.suppression_rules = tuple(
            guarded_rule(rule, self._rule_caller(one.candidate.name, rule.id))
            for one in loaded
            for rule in one.values.get("register_suppression_rules", ())
        )
        self.topic_rules = tuple(
            rule for one in loaded for rule in one.values.get("register_topic_rules", ())
        )

    def _unambiguous(self, kind: str, offered: Sequence[NamedT]) -> tuple[NamedT, ...]:
        """What has a name that only one plugin offers; a name that two offer is nobody's."""
        by_name: dict[str, list[NamedT]] = {}
        for each in offered:
            by_name.setdefault(each.name, []).append(each)
        for name, found in by_name.items():
            if len(found) > 1:
                plugins = " and ".join(sorted(each.plugin for each in found))
                problem = f"{kind} {name} is offered by plugins {plugins}; enable only one of them"
                self.problems = (*self.problems, problem)
        return tuple(found[0] for found in by_name.values() if len(found) == 1)

    def _guarded(self, provider: ProviderT, guard: Callable[[Any, Caller], Any]) -> ProviderT:
        """The provider, whose `open` gives a port behind its guard."""

        def open_guarded(settings: Any, services: Services) -> Any:
            """Open within the guard."""
            caller = self._caller(provider.plugin, services.name or provider.name)
            try:
                port = caller.call("open", lambda: provider.open(settings, services), timeout=OPEN)
            except BaseException:
                caller.stop()
                raise
            return guard(port, caller)

        return replace(provider, open=open_guarded)


def _stamped(loaded: Sequence[Loaded], hook: str) -> list[Any]:
    """The values of one hook, each with the name of its plugin."""
    return [replace(value, plugin=one.candidate.name) for one in loaded for value in one.values.get(hook, ())]


def _phrases(loaded: Loaded) -> Iterator[str]:
    """What a plugin offers, in words."""
    words = {"register_mailboxes": "mailbox", "register_calendars": "calendar"}
    words |= {"register_publishers": "publisher", "register_billers": "biller"}
    words |= {"register_client_directories": "client directory", "register_commands": "command"}
    for hook, values in loaded.values.items():
        for value in values:
            if isinstance(value, SuppressionRule):
                yield f"suppression rule {loaded.candidate.name}:{value.id}"
            elif isinstance(value, TopicRule):
                yield f"topic rule {value.topic}"
            else:
                yield f"{words[hook]} {value.name}"


def _idle(candidate: Candidate, state: PluginState, reason: str) -> PluginReport:
    """The account of a plugin that offers nothing (yet)."""
    return PluginReport(
        name=candidate.name,
        door=candidate.door,
        distribution=candidate.distribution,
        version=candidate.version,
        file=candidate.file,
        hooks=(),
        providers=(),
        state=state,
        reason=reason,
    )
