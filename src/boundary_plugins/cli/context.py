"""What commands share: the configuration that is meant, the store, the plugins, the time."""

import getpass
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from boundary_plugins.errors import BoundaryError, ConfigError

if TYPE_CHECKING:
    from boundary_plugins.config.schema import Config
    from boundary_plugins.core.availability import ContactHours
    from boundary_plugins.daemon.past import Past
    from boundary_plugins.daemon.timetable import Timetable
    from boundary_plugins.host.manager import PluginHost
    from boundary_plugins.secrets import SecretChain
    from boundary_plugins.store.repository import Store


def config_path() -> Path:
    """The configuration's file: of `--config`, else the usual place."""
    given = click.get_current_context().find_root().ensure_object(dict).get("config_path")
    if given is not None:
        return Path(given).expanduser().absolute()
    from boundary_plugins.config.load import default_path

    return default_path()


def load_config() -> "Config":
    """The configuration. Raises ConfigError with everything that is wrong with it."""
    from boundary_plugins.config.load import load

    return load(config_path())


def now() -> datetime:
    """The present instant, aware and in UTC."""
    return datetime.now(UTC)


def today(zone: str) -> date:
    """The present day in a zone."""
    return now().astimezone(ZoneInfo(zone)).date()


def load_plugins(config: "Config") -> "PluginHost":
    """The enabled plugins. Raises ConfigError, with its line, for a name that no plugin has."""
    from boundary_plugins.config.place import problem_at
    from boundary_plugins.host.manager import PluginHost

    try:
        return PluginHost.load(config.plugins.enable, config.plugins.directory)
    except ConfigError as error:
        path = ("plugins", "enable")
        problems = (problem_at(config.place, path, problem.problem) for problem in error.problems)
        raise ConfigError(tuple(problems)) from None


def opened_store(config: "Config", *, read_only: bool = False) -> "Store":
    """The practice's store, to be closed (`with` does it); made where it is not there yet.

    With `read_only` nothing is made: where there is no store yet, an empty one is looked at.
    Raises StoreError or SecretError.
    """
    from boundary_plugins.daemon.opening import look_into_store, open_store_of

    return look_into_store(config) if read_only else open_store_of(config)


def opened_secrets(config: "Config") -> "SecretChain":
    """The places where secrets lie."""
    from boundary_plugins.daemon.opening import open_secrets

    return open_secrets(config)


def user_name() -> str:
    """Who gives the command, as this machine knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        # A process without an entry among the users, as in a bare container.
        return "unknown"


def contact_hours(config: "Config", store: "Store", at: datetime) -> "ContactHours":
    """The contact hours around an instant, with calendars and one-off commands.

    A calendar that fails is told on standard error, and the rest is used. Raises ConfigError, StoreError.
    """
    return hours_of(config, store).hours_around(at)


def hours_of(
    config: "Config", past: "Past", host: "PluginHost | None" = None, *, without_network: bool = False
) -> "Timetable":
    """The hours for one command. Raises ConfigError, StoreError."""
    from boundary_plugins.config.load import state_directory
    from boundary_plugins.daemon.log import LateLog
    from boundary_plugins.daemon.opener import Opener, timetable_for

    # Without a calendar no plugin is needed to know the hours.
    plugins = host or (load_plugins(config) if config.calendars else no_plugins())
    opener = Opener(config, plugins, opened_secrets(config), LateLog(), now, state_directory(config))
    return timetable_for(opener, past, _SaidOnce(), without_network=without_network)


def plugin_problems(config: "Config", host: "PluginHost") -> list[str]:
    """What is wrong with the plugins, and with the tables of the configuration that they read."""
    from boundary_plugins.config.load import state_directory
    from boundary_plugins.daemon.log import LateLog
    from boundary_plugins.daemon.opener import Opener

    opener = Opener(config, host, opened_secrets(config), LateLog(), now, state_directory(config))
    told = [str(problem) for one in opener.each() for problem in one.problems]
    return [*host.problems, *told]


def no_plugins() -> "PluginHost":
    """A host without a plugin."""
    from boundary_plugins.host.manager import PluginHost

    return PluginHost.load(())


class _SaidOnce:
    """Says on standard error what is wrong with a calendar, once."""

    def __init__(self) -> None:
        """Nothing is said yet."""
        self._said: set[str] = set()

    def failed(self, provider: str, error: BoundaryError) -> None:  # noqa: ARG002
        """A calendar could not be read."""
        from boundary_plugins.daemon.notices import sentence

        self._say(f"{sentence(error)} The hours are shown without it.")

    def well(self, provider: str) -> None:
        """Nothing to say."""

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """Some of its entries could not be read."""
        for each in set_aside:
            self._say(f"{provider}: set aside: {each}")

    def _say(self, line: str) -> None:
        """Say what was not said yet: a calendar is read again for each year."""
        if line not in self._said:
            self._said.add(line)
            click.echo(line, err=True)
