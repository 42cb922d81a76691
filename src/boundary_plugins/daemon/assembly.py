"""Everything that serves one configuration, opened in order: secrets, store, plugins, hours, judge, loops."""

import platform
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import state_directory, validate_settings
from boundary_plugins.config.place import problem_at
from boundary_plugins.config.policy import response_policy
from boundary_plugins.config.schema import ClientDirectoryTable, Config, ProviderTable
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.daemon.classifying import classification_for
from boundary_plugins.daemon.client_directories import ClientDirectories, ServedClientDirectory
from boundary_plugins.daemon.composing import Composer
from boundary_plugins.daemon.inbox import Inbox
from boundary_plugins.daemon.judging import Judge
from boundary_plugins.daemon.mailbox_loop import MailboxLoop
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.opening_later import (
    CalendarOpenedLater,
    ClientDirectoryOpenedLater,
    MailboxOpenedLater,
    PublisherOpenedLater,
)
from boundary_plugins.daemon.outbox import Outbox
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.publishing import Publishing, ServedPublisher
from boundary_plugins.daemon.restoring import Restoration
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.daemon.timetable import Health, ServedCalendar, Timetable
from boundary_plugins.data import platform_domains, public_mail_domains
from boundary_plugins.errors import ConfigError, ConfigProblem
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.providers import Capability
from boundary_plugins.host.services import Log, make_services
from boundary_plugins.ports import (
    Calendar,
    ClientDirectory,
    Mailbox,
    PublishedPractice,
    Publisher,
    SecretStore,
)
from boundary_plugins.rendering import Renderer
from boundary_plugins.rendering.templates import languages
from boundary_plugins.store.repository import Store


@dataclass(frozen=True, slots=True)
class Assembly:
    """What one configuration opened. `close` lets go of all of it."""

    config: Config
    state_directory: Path
    store: Store
    host: PluginHost
    log: Log
    now: Callable[[], datetime]
    notices: Notices
    health: ProviderHealth
    mailboxes: Sequence[ServedMailbox]
    calendars: Sequence[ServedCalendar]
    publishers: Sequence[ServedPublisher]
    client_directories: Sequence[ServedClientDirectory]
    timetable: Timetable
    judge: Judge
    composer: Composer

    def publishing(self) -> Publishing:
        """What publishes availability."""
        practice = self.config.practice
        return Publishing(
            publishers=self.publishers,
            timetable=self.timetable,
            health=self.health,
            log=self.log,
            now=self.now,
            weeks=self.config.daemon.publish_weeks,
            zone=practice.zone,
            own_address=self.config.therapist.addresses[0],
            practice=PublishedPractice(practice.name, practice.language, practice.region),
        )

    def clients_kept_up(self) -> ClientDirectories:
        """What keeps the clients on file up with the configured directories."""
        return ClientDirectories(
            directories=self.client_directories,
            store=self.store,
            own_addresses=self.config.therapist.addresses,
            health=self.health,
            notices=self.notices,
            log=self.log,
            now=self.now,
        )

    def mailbox_loops(self, stop: threading.Event) -> list[MailboxLoop]:
        """One loop for each mailbox, to be run in a thread of its own."""
        names = [mailbox.name for mailbox in self.mailboxes]
        restoration = Restoration(self.store, self.notices, names)
        return [self._loop(mailbox, restoration, stop) for mailbox in self.mailboxes]

    def _loop(self, mailbox: ServedMailbox, restoration: Restoration, stop: threading.Event) -> MailboxLoop:
        """The loop of one mailbox."""
        return MailboxLoop(
            inbox=Inbox(
                mailbox=mailbox,
                store=self.store,
                judge=lambda: self.judge,
                notices=self.notices,
                log=self.log,
                now=self.now,
                hold=self.config.responses.hold,
                zone=self.config.practice.zone,
                stopping=stop.is_set,
            ),
            outbox=Outbox(
                mailbox, self.store, self.composer, self.notices, self.log, self.now, stopping=stop.is_set
            ),
            store=self.store,
            timetable=self.timetable,
            health=self.health,
            notices=self.notices,
            restoration=restoration,
            now=self.now,
            stop=stop,
            poll=self.config.daemon.poll,
            lease=self.config.daemon.lease,
            holder=holder_of(self.state_directory),
            log=self.log,
            zone=self.config.practice.zone,
        )

    def close(self) -> None:
        """Let go of every port and of the store."""
        ports: list[Mailbox | Calendar | Publisher | ClientDirectory] = [
            served.port for served in self.mailboxes
        ]
        ports += [served.port for served in self.calendars]
        ports += [served.port for served in self.publishers]
        ports += [served.port for served in self.client_directories]
        for port in ports:
            port.close()
        self.store.close()


def holder_of(state_directory: Path) -> str:
    """How this daemon names itself in a lease: the same after a restart, so that it need not wait for itself.

    The file lock beside the store keeps a second daemon with the same state directory away.
    """
    text = f"{platform.node()}\0{state_directory}"
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def assemble(
    config: Config,
    store: Store,
    secrets: SecretStore,
    log: Log,
    now: Callable[[], datetime],
    *,
    state: Path | None = None,
) -> Assembly:
    """Open everything that the configuration names.

    With `state` (a dry run) that folder stands in for the state directory, and notices are only logged.
    Raises ConfigError with every problem of every provider table, StoreError.
    """
    host = load_plugins(config, now)
    folder = state or state_directory(config)
    opener = Opener(config, host, secrets, log, now, folder)
    mailboxes, calendars, publishers, directories = opener.opened()
    notices = Notices(None if state else store, log, now)
    for problem in host.problems:
        notices.raise_(f"plugins: {problem.partition(':')[0]}", problem)
    health = ProviderHealth(notices)
    timetable = Timetable(hours_settings(config), calendars, store.availability_changes, health, now)
    judge = judge_for(config, host, timetable)
    return Assembly(
        config=config,
        state_directory=folder,
        store=store,
        host=host,
        log=log,
        now=now,
        notices=notices,
        health=health,
        mailboxes=mailboxes,
        calendars=calendars,
        publishers=publishers,
        client_directories=directories,
        timetable=timetable,
        judge=judge,
        composer=Composer(store, renderer_for(config), judge, notices, now),
    )


def load_plugins(config: Config, now: Callable[[], datetime]) -> PluginHost:
    """The enabled plugins. Raises ConfigError, with its line, for a name that no plugin has."""
    try:
        return PluginHost.load(config.plugins.enable, config.plugins.directory, now=now)
    except ConfigError as error:
        path = ("plugins", "enable")
        raise ConfigError(
            tuple(problem_at(config.place, path, each.problem) for each in error.problems)
        ) from None


def judge_for(config: Config, host: PluginHost, timetable: Timetable) -> Judge:
    """The rules in force."""
    return Judge(
        hours_around=timetable.hours_around,
        policy=policy_for(config),
        classification=classification_for(config, host.suppression_rules, host.topic_rules),
    )


def sees_sent(config: Config, host: PluginHost) -> bool:
    """Whether the first mailbox sees the therapist's own mail; not where it cannot be understood."""
    return any(_sees_sent(table, host) for table in config.mailboxes[:1])


def mailboxes_without_sent(config: Config, host: PluginHost) -> list[str]:
    """The names of the mailboxes from which the therapist's own mail is not seen."""
    return [table.name for table in config.mailboxes if not _sees_sent(table, host)]


def _sees_sent(table: ProviderTable, host: PluginHost) -> bool:
    """Whether a mailbox sees the therapist's own mail."""
    provider = host.mailboxes.get(table.kind)
    if provider is None:
        return False
    try:
        settings = validate_settings(provider.settings, table)
    except ConfigError:
        return False
    return Capability.SEE_SENT in provider.capabilities_with(settings)


def policy_for(config: Config) -> ResponsePolicy:
    """The policy of answering, with what the program's data know of mail providers and platforms."""
    return response_policy(
        config,
        public_mail_domains=public_mail_domains(),
        platforms=platform_domains(),
        languages=languages(),
    )


def renderer_for(config: Config) -> Renderer:
    """What turns facts into texts."""
    return Renderer(
        practice_name=config.practice.name,
        therapist_name=config.therapist.name,
        template_directory=config.responses.template_directory,
    )


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
            if not without_network or Capability.WITHOUT_NETWORK in provider.capabilities
        )

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
                checked.append((table, provider, validate_settings(provider.settings, table)))
            except ConfigError as error:
                problems.extend(error.problems)
        return checked

    def _mailbox(self, table: Any, provider: Any, settings: Any) -> ServedMailbox:
        """A mailbox, opened."""
        return ServedMailbox(
            name=table.name,
            port=MailboxOpenedLater(lambda: self._open("mailbox", table, provider, settings)),
            watches_sent=Capability.SEE_SENT in provider.capabilities_with(settings),
            trusted_received_hop=table.trusted_received_hop,
        )

    def _calendar(self, table: Any, provider: Any, settings: Any) -> ServedCalendar:
        """A calendar, opened."""
        port = CalendarOpenedLater(lambda: self._open("calendar", table, provider, settings))
        return ServedCalendar(table.name, port, table.closes, table.available)

    def _publisher(self, table: Any, provider: Any, settings: Any) -> ServedPublisher:
        """A publisher, opened."""
        port = PublisherOpenedLater(lambda: self._open("publisher", table, provider, settings))
        return ServedPublisher(table.name, port)

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
        )
        return provider.open(settings, services)


class ToOpen(NamedTuple):
    """One provider table: its title ("mailbox main"), what is wrong with it, else how it is opened."""

    title: str
    problems: tuple[ConfigProblem, ...]
    opens: tuple[Callable[[], ServedMailbox | ServedCalendar | ServedPublisher | ServedClientDirectory], ...]


def timetable_for(
    opener: Opener, store: Store, health: Health, *, without_network: bool = False
) -> Timetable:
    """The hours for one command: one-off commands and calendars are read once, and now.

    Raises ConfigError, StoreError. A calendar that fails is told through `health`, and the rest is used.
    """
    calendars = opener.calendars(without_network=without_network)
    timetable = Timetable(
        hours_settings(opener.config), calendars, store.availability_changes, health, opener.now
    )
    timetable.refresh(calendars=True)
    return timetable
