"""What commands share: which configuration is meant, and what time it is."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from boundary_plugins.errors import ConfigError

if TYPE_CHECKING:
    from boundary_plugins.config.schema import Config
    from boundary_plugins.host.manager import PluginHost


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
