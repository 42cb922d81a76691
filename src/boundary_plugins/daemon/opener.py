"""The providers that a configuration names, opened with their settings, and the hours that come of them.

Apart from what serves them (daemon/assembly.py), so that a command that only asks begins sooner.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import validate_settings
from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import ClientDirectoryTable, Config, ProviderTable
from boundary_plugins.daemon.opening_later import (
    CalendarOpenedLater,
    ClientDirectoryOpenedLater,
    MailboxOpenedLater,
    PublisherOpenedLater,
)
from boundary_plugins.daemon.past import Past
from boundary_plugins.daemon.responder_config import answered_mailbox, responder_problems
from boundary_plugins.daemon.served import ServedClientDirectory, ServedMailbox, ServedPublisher
from boundary_plugins.daemon.timetable import Health, ServedCalendar, Timetable
from boundary_plugins.errors import ConfigError, ConfigProblem
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.providers import Capability
from boundary_plugins.host.services import ConfiguredTable, Log, make_services
from boundary_plugins.ports import SecretStore


@dataclass(frozen=True, slots=True)
class Opener:
    """Opens the providers that the configuration names; every problem of their settings is told at once."""

    config: Config
    host: PluginHost
    secrets: SecretStore
    log: Log
    now: Callable[[], datetime]
    state_directory: Path

    def opened(
        self,
    ) -> tuple[
        Sequence[ServedMailbox],
        Sequence[ServedCalendar],
        Sequence[ServedPublisher],
        Sequence[ServedClientDirectory],
    ]:
        """Everything, opened; what cannot be opened yet is tried again when it is used. Raises ConfigError."""
        problems: list[ConfigProblem] = []
        mailboxes = self._checked("mailbox", self.config.mailboxes, self.host.mailboxes, problems)
        calendars = self._checked("calendar", self.config.calendars, self.host.calendars, problems)
        publishers = self._checked("publisher", self.config.publishers, self.host.publishers, problems)
        directories = self._checked(
            "client directory", self.config.client_directories, self.host.client_directories, problems
        )
        if problems:
            raise ConfigError(tuple(problems))
        return (
            tuple(self._mailbox(*checked) for checked in mailboxes),
            tuple(self._calendar(*checked) for checked in calendars),
            tuple(self._publisher(*checked) for checked in publishers),
            tuple(self._client_directory(*checked) for checked in directories),
        )

    def client_directory(self, table: ClientDirectoryTable) -> ServedClientDirectory:
        """One client directory, opened. Raises ConfigError."""
        problems: list[ConfigProblem] = []
        checked = self._checked("client directory", [table], self.host.client_directories, problems)
        if problems:
            raise ConfigError(tuple(problems))
        return self._client_directory(*checked[0])

    def calendars(self, *, without_network: bool = False) -> tuple[ServedCalendar, ...]:
        """The calendars alone, opened; with `without_network` only those that lie on this machine."""
        problems: list[ConfigProblem] = []
        checked = self._checked("calendar", self.config.calendars, self.host.calendars, problems)
        if problems:
            raise ConfigError(tuple(problems))
        return tuple(
            self._calendar(table, provider, settings)
            for table, provider, settings in checked
            if not without_network or Capability.WITHOUT_NETWORK in provider.capabilities_with(settings)
        )

    def tables_of(self, plugin: str) -> tuple[ConfiguredTable, ...]:
        """The tables of the kinds that one plugin offers, with their settings. Raises ConfigError."""
        config, host = self.config, self.host
        problems: list[ConfigProblem] = []
        found = []
        for what, tables, providers in (
            ("mailbox", config.mailboxes, host.mailboxes),
            ("calendar", config.calendars, host.calendars),
            ("publisher", config.publishers, host.publishers),
            ("client directory", config.client_directories, host.client_directories),
            ("biller", config.billers, host.billers),
        ):
            offered: Any = {name: each for name, each in providers.items() if each.plugin == plugin}
            own = [table for table in tables if table.kind in offered]
            for table, _, settings in self._checked(what, own, offered, problems):
                found.append(ConfiguredTable(what, table.name, table.kind, settings))
        if problems:
            raise ConfigError(tuple(problems))
        return tuple(found)

    def each(self) -> Iterator["ToOpen"]:
        """Every provider table by itself, so that one with problems keeps no other from opening."""
        for what, tables, providers, opening in (
            ("mailbox", self.config.mailboxes, self.host.mailboxes, self._mailbox),
            ("calendar", self.config.calendars, self.host.calendars, self._calendar),
            ("publisher", self.config.publishers, self.host.publishers, self._publisher),
            (
                "client directory",
                self.config.client_directories,
                self.host.client_directories,
                self._client_directory,
            ),
        ):
            for table in tables:
                problems: list[ConfigProblem] = []
                checked = self._checked(what, [table], providers, problems)
                title = f"{what} {table.name}"
                yield ToOpen(title, tuple(problems), tuple(partial(opening, *one) for one in checked))

    def _checked(
        self, what: str, tables: Sequence[Any], providers: Any, problems: list[ConfigProblem]
    ) -> list[tuple[Any, Any, Any]]:
        """Each table with its provider and its settings; what is wrong goes to `problems`."""
        checked = []
        for table in tables:
            provider = providers.get(table.kind)
            if provider is None:
                known = ", ".join(sorted(providers)) or "none; enable a plugin that has one"
                problem = f"no enabled plugin offers the {what} {table.kind!r}; allowed: {known}"
                problems.append(problem_at(table.place, ("kind",), problem))
                continue
            try:
                settings = validate_settings(provider.settings, table)
            except ConfigError as error:
                problems.extend(error.problems)
                continue
            found = responder_problems(table, provider, self.config) if what == "publisher" else []
            problems.extend(found)
            if not found:
                checked.append((table, provider, settings))
        return checked

    def _mailbox(self, table: Any, provider: Any, settings: Any) -> ServedMailbox:
        """A mailbox, opened."""
        port = MailboxOpenedLater(lambda: self._open("mailbox", table, provider, settings))
        return ServedMailbox(
            name=table.name,
            port=port,
            watches_sent=Capability.SEE_SENT in provider.capabilities_with(settings),
            trusted_received_hop=table.trusted_received_hop,
            is_idle=port.is_idle,
        )

    def _calendar(self, table: Any, provider: Any, settings: Any) -> ServedCalendar:
        """A calendar, opened."""
        port = CalendarOpenedLater(lambda: self._open("calendar", table, provider, settings))
        return ServedCalendar(table.name, port, table.closes, table.available)

    def _publisher(self, table: Any, provider: Any, settings: Any) -> ServedPublisher:
        """A publisher, opened."""
        port = PublisherOpenedLater(lambda: self._open("publisher", table, provider, settings))
        answers = Capability.ANSWER_EVERYONE in provider.capabilities
        return ServedPublisher(
            table.name,
            port,
            is_remote=Capability.WITHOUT_NETWORK not in provider.capabilities,
            answers_for=answered_mailbox(table, self.config) if answers else None,
            answers_during=port.answers_during if answers else None,
        )

    def _client_directory(self, table: Any, provider: Any, settings: Any) -> ServedClientDirectory:
        """A client directory, opened."""
        port = ClientDirectoryOpenedLater(lambda: self._open("client directory", table, provider, settings))
        return ServedClientDirectory(table.name, port)

    def _open(self, what: str, table: ProviderTable, provider: Any, settings: Any) -> Any:
        """A provider's port, opened with what a plugin is given."""
        services = make_services(
            f"{what} {table.name}",
            secret=self.secrets.get,
            now=self.now,
            log=self.log,
            state_directory=self.state_directory,
            config_directory=self.config.path.parent if self.config.path else Path.cwd(),
            zone=self.config.practice.zone,
            keep_secret=self.secrets.set,
        )
        return provider.open(settings, services)


class ToOpen(NamedTuple):
    """One provider table: its title ("mailbox main"), what is wrong with it, else how it is opened."""

    title: str
    problems: tuple[ConfigProblem, ...]
    opens: tuple[Callable[[], ServedMailbox | ServedCalendar | ServedPublisher | ServedClientDirectory], ...]


def timetable_for(opener: Opener, past: Past, health: Health, *, without_network: bool = False) -> Timetable:
    """The hours for one command: one-off commands and calendars are read once, and now.

    Raises ConfigError, StoreError. A calendar that fails is told through `health`, and the rest is used.
    """
    calendars = opener.calendars(without_network=without_network)
    timetable = Timetable(
        hours_settings(opener.config), calendars, past.availability_changes, health, opener.now
    )
    timetable.refresh(calendars=True)
    return timetable
