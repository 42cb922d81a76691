"""Loading one plugin, alone: import it, register its hooks, ask each of them once."""

import difflib
import importlib.util
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.machinery import SourceFileLoader
from itertools import chain, islice
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import pluggy

from boundary_plugins.core.circumstances import SuppressionRule
from boundary_plugins.errors import PluginError
from boundary_plugins.host import hookspecs
from boundary_plugins.host.admission import Candidate
from boundary_plugins.host.calls import Caller
from boundary_plugins.host.providers import (
    BillerProvider,
    CalendarProvider,
    ClientDirectoryProvider,
    MailboxProvider,
    PluginCommand,
    PublisherProvider,
    TopicRule,
)

IMPORT_SECONDS = 60.0
HOOK_SECONDS = 30.0
# A plugin that offers more of one kind is broken: a generator without end, say.
MOST_VALUES = 1000

_PROVIDERS = (
    MailboxProvider,
    CalendarProvider,
    PublisherProvider,
    BillerProvider,
    ClientDirectoryProvider,
)
_Provider = (
    MailboxProvider[Any]
    | CalendarProvider[Any]
    | PublisherProvider[Any]
    | BillerProvider[Any]
    | ClientDirectoryProvider[Any]
)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KINDS: dict[str, type] = {
    "register_mailboxes": MailboxProvider,
    "register_calendars": CalendarProvider,
    "register_publishers": PublisherProvider,
    "register_billers": BillerProvider,
    "register_client_directories": ClientDirectoryProvider,
    "register_suppression_rules": SuppressionRule,
    "register_topic_rules": TopicRule,
    "register_commands": PluginCommand,
}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one plugin registered, by hook; every value was checked."""

    candidate: Candidate
    file: str
    values: dict[str, tuple[Any, ...]] = field(default_factory=dict)


def load_plugin(candidate: Candidate, caller: Caller) -> Loaded:
    """Import a plugin that was admitted and ask its hooks. Raises PluginError, which harms only itself."""
    plugin = caller.call("import", lambda: _import(candidate), timeout=IMPORT_SECONDS)
    manager = caller.call("register", lambda: _registered(plugin, candidate.name), timeout=HOOK_SECONDS)
    values = {
        hook: caller.call(hook, _asking(manager, hook, candidate.name), timeout=HOOK_SECONDS)
        for hook in _KINDS
        if getattr(manager.hook, hook).get_hookimpls()
    }
    if not values:
        raise PluginError(candidate.name, "registers nothing; is @hookimpl missing?")
    return Loaded(candidate, str(getattr(plugin, "__file__", None) or candidate.file), values)


def _import(candidate: Candidate) -> object:
    """The plugin's module, or what its entry point names."""
    if candidate.entry_point is not None:
        return candidate.entry_point.load()
    return _import_file(Path(candidate.file))


class _UncachedLoader(SourceFileLoader):
    """Runs a file as it is: a compilation cached beside it could be another program."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file itself."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _import_file(file: Path) -> ModuleType:
    """Run a one-file plugin as a module of its own."""
    name = f"boundary_plugin_file_{re.sub(r'[^a-zA-Z0-9]', '_', file.stem)}"
    loader = _UncachedLoader(name, str(file))
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    # Dataclasses look their module up while it is being run.
    sys.modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def _registered(plugin: object, name: str) -> pluggy.PluginManager:
    """A manager that holds this plugin alone, so that nothing of it reaches another's hooks."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name)
        _refuse_misspelt_hooks(manager, name)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        problem = str(error.args[-1] if error.args else error).strip().splitlines()[0]
        raise PluginError(name, f"a hook does not fit its specification: {problem}") from None
    for caller in manager.get_hookcallers(plugin) or ():
        if any(found.wrapper or found.hookwrapper for found in caller.get_hookimpls()):
            raise PluginError(name, f"{caller.name} is a wrapper; a plugin may not wrap others' results")
    return manager


def _refuse_misspelt_hooks(manager: pluggy.PluginManager, name: str) -> None:
    """pluggy takes a misspelt hook in silence until it is asked for pending ones."""
    for hook in vars(manager.hook):
        caller = getattr(manager.hook, hook)
        if isinstance(caller, pluggy.HookCaller) and not caller.has_spec():
            near = difflib.get_close_matches(hook, _KINDS, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise PluginError(name, f"there is no hook {hook}{hint}")


def _asking(manager: pluggy.PluginManager, hook: str, plugin: str) -> Callable[[], tuple[Any, ...]]:
    """Ask one hook and take out every value inside the guard: a generator fails only while it is read."""

    def ask() -> tuple[Any, ...]:
        """The checked values."""
        answers = chain.from_iterable(getattr(manager.hook, hook)())
        found = tuple(islice(answers, MOST_VALUES + 1))
        if len(found) > MOST_VALUES:
            raise PluginError(plugin, f"{hook} gives more than {MOST_VALUES} values")
        for value in found:
            if problem := _what_is_wrong(value, _KINDS[hook]):
                raise PluginError(plugin, f"{hook}: {problem}")
        return found

    return ask


def _what_is_wrong(value: object, kind: type) -> str | None:
    """Why a registered value cannot be used; None where it can."""
    if not isinstance(value, kind):
        return f"gave {type(value).__name__} and not {kind.__name__}"
    if isinstance(value, TopicRule):
        named = _is_line(value.topic) and bool(value.words) and all(_is_line(word) for word in value.words)
        return None if named else "a topic rule needs a topic and words"
    if isinstance(value, SuppressionRule):
        told = _is_name(value.id) and _is_line(value.clause) and _is_line(value.refuses_when)
        return (
            None if told and callable(value.check) else "a rule needs an id, a clause, a sentence and a check"
        )
    if isinstance(value, PluginCommand):
        told = _is_name(value.name) and _is_line(value.summary) and callable(value.load)
        return None if told else "a command needs a name of a-z, 0-9, - and _, a summary and a load"
    assert isinstance(value, _PROVIDERS)
    return _what_is_wrong_with_provider(value)


def _what_is_wrong_with_provider(value: "_Provider") -> str | None:
    """Why a provider cannot be used; None where it can."""
    # A plugin with a provider has loaded pydantic already.
    from pydantic import BaseModel

    if not _is_name(value.name):
        return "a provider's name is of a-z, 0-9, - and _"
    if not (isinstance(value.settings, type) and issubclass(value.settings, BaseModel)):
        return f"the settings of {value.name} are not a pydantic model"
    return None if callable(value.open) else f"{value.name} cannot be opened"


def _is_name(text: object) -> bool:
    """Whether it is a name that a configuration can say."""
    return isinstance(text, str) and _NAME.fullmatch(text) is not None


def _is_line(text: object) -> bool:
    """Whether it is one short line of text."""
    return isinstance(text, str) and 0 < len(text.strip()) <= 200 and text.isprintable()
