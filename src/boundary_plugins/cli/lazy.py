"""A group of commands that imports a command's module only when that command is called."""

import difflib
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import click

from boundary_plugins.errors import BoundaryError


class Command(NamedTuple):
    """Where a command lives ("module:object" in this package), and what its one line of help says."""

    home: str
    help: str
    takes_config: bool = True


class LazyGroup(click.Group):
    """A click group over a table of commands, in the table's order.

    A name that is not in it is looked for by `further` ("module:function" in this package), which is given
    the arguments from that name on and imported only then.
    """

    def __init__(
        self, *args: Any, commands_table: dict[str, Command], further: str | None = None, **kwargs: Any
    ) -> None:
        """Take the table by command name."""
        super().__init__(*args, **kwargs)
        self._table, self._further = commands_table, further

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in order of use."""
        return list(self._table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command; None where there is none of that name."""
        if cmd_name not in self._table:
            return None
        home = self._table[cmd_name]
        with _without_collecting():
            command: click.Command = _imported(home.home)
        if home.takes_config:
            _take_config(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, with a near miss where nobody knows the name."""
        if args and not args[0].startswith("-") and args[0] not in self._table:
            near = difflib.get_close_matches(args[0], self._table, n=1)
            command = self._found_further(args, is_near=bool(near))
            if command is not None:
                return args[0], command, args[1:]
            hint = f' Did you mean "{near[0]}"?' if near else ""
            ctx.fail(f'There is no command "{args[0]}".{hint}')
        return super().resolve_command(ctx, args)

    def _found_further(self, args: list[str], *, is_near: bool) -> click.Command | None:
        """A command that stands in no table. Raises BoundaryError, but not where a name was mistyped."""
        if self._further is None:
            return None
        try:
            command: click.Command | None = _imported(self._further)(args)
        except BoundaryError:
            if is_near:
                return None
            raise
        if command is not None:
            _take_config(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the table, without importing any of it."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in self._table.items()])


def _imported(home: str) -> Any:
    """What "module:object" means."""
    module, _, name = home.partition(":")
    return getattr(import_module(f"boundary_plugins.cli.{module}"), name)


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
