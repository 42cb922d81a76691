"""A group of commands that imports a command's module only when that command is called."""

import difflib
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click


class Command(NamedTuple):
    """Where a command lives ("module:object" in this package), and what its one line of help says."""

    home: str
    help: str
    takes_config: bool = True


class LazyGroup(click.Group):
    """A click group over a table of commands, in the table's order."""

    def __init__(self, *args: Any, commands_table: dict[str, Command], **kwargs: Any) -> None:
        """Take the table by command name."""
        super().__init__(*args, **kwargs)
        self._table = commands_table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in order of use."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command; None where there is none of that name."""
        if cmd_name not in self._table:
            return None
        home = self._table[cmd_name]
        module, _, name = home.home.partition(":")
        with _without_collecting():
            command: click.Command = getattr(import_module(f"boundary_plugins.cli.{module}"), name)
        if home.takes_config:
            _take_config(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a near miss where the name is not known."""
        if args and not args[0].startswith("-") and args[0] not in self._table:
            near = difflib.get_close_matches(args[0], self._table, n=1)
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'There is no command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table, without importing any of it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self._table.items()])


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let no garbage be looked for while modules are imported, nor among what they made afterwards.

    Hundreds of thousands of objects come that stay for as long as the process: each search among them takes
    long and finds nothing.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _take_config(command: click.Command) -> None:
    """Let `--config FILE` stand after the command's name too, where people also put it."""
    if any(parameter.name == "config_path" for parameter in command.params):
        return
    command.params.append(
        click.Option(
            ["--config", "config_path"],
            type=click.Path(path_type=Path, dir_okay=True),
            metavar="FILE",
            help="The configuration, where it is not in the usual place.",
            expose_value=False,
            callback=_remember_config,
        )
    )
    for inner in getattr(command, "commands", {}).values():
        _take_config(inner)


def _remember_config(context: click.Context, _: click.Parameter, path: Path | None) -> None:
    if path is not None:
        context.find_root().ensure_object(dict)["config_path"] = path
