"""Commands that enabled plugins have, looked for where a name is none of the program's own."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boundary_plugins.cli.context import config_path, load_config, load_plugins, now, opened_secrets
from boundary_plugins.errors import BoundaryError, PluginError
from boundary_plugins.host.calls import describe

if TYPE_CHECKING:
    from boundary_plugins.config.schema import Config
    from boundary_plugins.host.manager import PluginHost
    from boundary_plugins.host.providers import PluginCommand
    from boundary_plugins.host.services import CommandServices


def find(arguments: Sequence[str]) -> click.Command | None:
    """The command of an enabled plugin that the arguments begin with; None where there is none.

    Raises ConfigError where the configuration that would name the plugin has errors, and PluginError.
    """
    _take_config_from(arguments)
    if not config_path().exists():
        return None
    config = load_config()
    host = load_plugins(config)
    offered = host.commands.get(arguments[0])
    return None if offered is None else _loaded(offered, _services(config, host, offered.plugin))


def out_of_reach(host: "PluginHost") -> Iterator[str]:
    """A sentence for each command of a plugin that has the name of one of the program's own."""
    from boundary_plugins.cli import COMMANDS

    for each in host.commands.values():
        if each.name in COMMANDS:
            yield f"plugin {each.plugin}: its command {each.name} is out of reach behind the program's own"


def _take_config_from(arguments: Sequence[str]) -> None:
    """Take `--config FILE`, which may stand after the command's name, too, before the command is known."""
    context = click.get_current_context().find_root()
    root = context.ensure_object(dict)
    root["config_path"] = context.params.get("config_path")
    for index, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if option == "--config":
            given = value if equals else next(iter(arguments[index + 1 :]), "")
            root["config_path"] = Path(given) if given else root.get("config_path")


def _loaded(offered: "PluginCommand", services: "CommandServices") -> click.Command:
    """The command itself. Raises PluginError."""
    try:
        command = offered.load(services)
    except BoundaryError:
        raise
    except Exception as error:
        raise PluginError(offered.plugin, describe(error)) from None
    if not isinstance(command, click.Command):
        problem = f"its command {offered.name} is {type(command).__name__} and no command of click's"
        raise PluginError(offered.plugin, problem)
    return command


def _services(config: "Config", host: "PluginHost", plugin: str) -> "CommandServices":
    """What the plugin's command may use. Raises ConfigError where one of its tables has errors."""
    from boundary_plugins.config.load import state_directory
    from boundary_plugins.daemon.log import LateLog
    from boundary_plugins.daemon.opener import Opener
    from boundary_plugins.host.services import CommandServices

    secrets = opened_secrets(config)
    opener = Opener(config, host, secrets, LateLog(), now, state_directory(config))
    return CommandServices(
        secret=secrets.get,
        keep_secret=secrets.keep,
        now=now,
        config_directory=config.path.parent if config.path else Path.cwd(),
        tables=opener.tables_of(plugin),
        own_addresses=config.therapist.addresses,
    )
