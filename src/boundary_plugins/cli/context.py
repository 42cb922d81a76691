"""What commands share: which configuration is meant, and what time it is."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from boundary_plugins.config.schema import Config


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
