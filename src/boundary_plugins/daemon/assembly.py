"""Everything that serves one configuration, opened in order: secrets, store, plugins, hours, judge, loops."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from boundary_plugins.config.hours import hours_settings
from boundary_plugins.config.load import state_directory
from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.billing_assembly import billing_for
from boundary_plugins.daemon.client_directories import ClientDirectories
from boundary_plugins.daemon.composing import Composer
from boundary_plugins.daemon.holder import holder_of
from boundary_plugins.daemon.inbox import Inbox
from boundary_plugins.daemon.judging import Judge
from boundary_plugins.daemon.mailbox_loop import MailboxLoop
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.opener import Opener
from boundary_plugins.daemon.outbox import Outbox
from boundary_plugins.daemon.programmed import Programmed, raise_left_behind
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.publishing import Publishing
from boundary_plugins.daemon.responders import Responders
from boundary_plugins.daemon.restoring import Restoration
from boundary_plugins.daemon.rules import judge_for, renderer_for
from boundary_plugins.daemon.served import ServedClientDirectory, ServedMailbox, ServedPublisher
from boundary_plugins.daemon.timetable import ServedCalendar, Timetable
from boundary_plugins.errors import ConfigError
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.services import Log
from boundary_plugins.ports import (
    Calendar,
    ClientDirectory,
    Mailbox,
    PublishedPractice,
    Publisher,
    SecretStore,
)
from boundary_plugins.store.records import Mode
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
    responders: Responders
    billing: Billing | None

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
            responders=self.responders,
            programmed=Programmed(self.state_directory),
            policy=self.judge.policy,
            renderer=self.composer.renderer,
            often=self.config.daemon.calendar_poll,
            may_answer=lambda: self.store.mode().mode is Mode.ARMED,
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
                responder_answers=partial(self.responders.answer, mailbox.name),
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
        if self.billing is not None:
            self.billing.biller.port.close()
        self.store.close()


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
    raise_left_behind(folder, [publisher.name for publisher in publishers], notices)
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
        responders=Responders(publishers),
        # A dry run writes nothing, and the versions of a fee policy are kept.
        billing=None
        if state
        else billing_for(config, store, host, secrets, notices, health, log, now, folder),
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
