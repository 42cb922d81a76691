"""`boundary client import`: clients from an address book or a practice's own system, shown before they are kept."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from boundary_plugins.cli.context import load_config, load_plugins, now, opened_secrets, opened_store
from boundary_plugins.cli.output import folded, number_of, print_json, print_table
from boundary_plugins.core.client import looks_like_a_name
from boundary_plugins.core.client_merge import ClientMerge, EntryOutcome, Outcome
from boundary_plugins.errors import ConfigError, ProviderError, UsageProblem

if TYPE_CHECKING:
    from boundary_plugins.config.schema import ClientDirectoryTable, Config
    from boundary_plugins.daemon.client_import import ImportPlan
    from boundary_plugins.daemon.opener import Opener
    from boundary_plugins.daemon.served import ServedClientDirectory
    from boundary_plugins.errors import ConfigProblem
    from boundary_plugins.host.manager import PluginHost
    from boundary_plugins.ports import ClientListing

#: So many entries of one kind are shown; all of them where somebody asks for JSON.
_SHOWN = 50
#: How a table names what is read here: no file of the configuration does.
_NAME = "import"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command was asked for."""

    is_dry: bool
    yes: bool
    skip_refused: bool
    as_json: bool


@click.command(name="import")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--from", "directory", metavar="NAME", help="Read a [[client_directories]] table instead.")
@click.option("--kind", help="What the files are, where their names do not tell: csv, vcard.")
@click.option(
    "--map", "mapped", metavar="FIELD=COLUMN", multiple=True,
    help="The column of a field (email, id, name, zone ...); repeat it. An empty COLUMN: none.",
)  # fmt: skip
@click.option("--dry-run", "is_dry", is_flag=True, help="Show what would be done, and change nothing.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@click.option("--skip-refused", is_flag=True, help="Leave out what is refused, and take the rest.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every entry.")
def import_clients(
    files: tuple[Path, ...], directory: str | None, kind: str | None, mapped: tuple[str, ...], **how: bool
) -> int:
    """Take clients over from files (CSV, vCard), by their addresses.

    A client on file gets further addresses, and what is not on file yet; nothing on file is replaced.
    Without an id of your own the id is made of the initials; the name is not kept. Either everything is
    taken over or nothing.
    """
    if bool(files) == (directory is not None):
        raise UsageProblem("name files to import, or a directory of the configuration with --from NAME")
    if directory is not None and (mapped or kind):
        raise UsageProblem("with --from the configuration says the kind and the columns")
    config = load_config()
    host = load_plugins(config)
    try:
        if directory is not None:
            listing = _listed(config, host, [_configured(config, directory)])
        else:
            listing = _listed(config, host, _tables(host, files, kind, _columns(mapped)))
    finally:
        host.close()
    return _import(config, listing, _Asked(**how))


def _columns(mapped: Sequence[str]) -> dict[str, list[str]]:
    """The columns by field."""
    columns: dict[str, list[str]] = {}
    for each in mapped:
        field, equals, column = each.partition("=")
        if not equals:
            raise UsageProblem(f'"{each}" maps nothing; allowed: FIELD=COLUMN, such as email="E-mail 1"')
        columns.setdefault(field.strip(), []).append(column.strip())
    return columns


def _configured(config: "Config", name: str) -> "ClientDirectoryTable":
    """The table of that name."""
    for table in config.client_directories:
        if table.name == name:
            return table
    known = ", ".join(table.name for table in config.client_directories) or "none is configured"
    raise UsageProblem(f"there is no client directory {name}; allowed: {known}")


def _tables(
    host: "PluginHost", files: Sequence[Path], kind: str | None, columns: dict[str, list[str]]
) -> "Iterator[ClientDirectoryTable]":
    """A table for each file, as the configuration would have it."""
    from boundary_plugins.config.schema import ClientDirectoryTable

    for file in files:
        path = file.expanduser().absolute()
        settings: dict[str, Any] = {"path": path}
        if columns:
            settings["columns"] = columns
        yield ClientDirectoryTable(name=_NAME, kind=kind or _kind_of(host, path), settings=settings)


def _kind_of(host: "PluginHost", path: Path) -> str:
    """The kind that reads files of such a name."""
    readers = {suffix: name for name, one in host.client_directories.items() for suffix in one.suffixes}
    found = readers.get(path.suffix.lower())
    if found is None:
        allowed = ", ".join(sorted(readers)) or 'none; enable a plugin that reads clients, such as "files"'
        raise UsageProblem(
            f"{path.name}: its name does not tell what it is; allowed: {allowed}; or say it with --kind"
        )
    return found


def _listed(
    config: "Config", host: "PluginHost", tables: "Sequence[ClientDirectoryTable] | Iterator[Any]"
) -> "ClientListing":
    """What all the tables list. Raises what opening and reading raises, in the file's own words."""
    from boundary_plugins.config.load import state_directory
    from boundary_plugins.daemon.log import LateLog
    from boundary_plugins.daemon.opener import Opener
    from boundary_plugins.ports import ClientListing

    listings = []
    with TemporaryDirectory(prefix="boundary-") as spare:
        for table in tables:
            # A file needs no folder of its own in the state directory, and a dry run makes none.
            folder = Path(spare) if table.name == _NAME else state_directory(config)
            opener = Opener(config, host, opened_secrets(config), LateLog(), now, folder)
            listings.append(_listing(_opened(opener, table)))
    return ClientListing(
        tuple(entry for listing in listings for entry in listing.entries),
        tuple(refused for listing in listings for refused in listing.refused),
    )


def _opened(opener: "Opener", table: "ClientDirectoryTable") -> "ServedClientDirectory":
    """The directory, opened; what is wrong with the command's own words is told as that."""
    try:
        return opener.client_directory(table)
    except ConfigError as error:
        if table.name == _NAME:
            raise UsageProblem("\n".join(map(_as_typed, error.problems))) from None
        raise


def _as_typed(problem: "ConfigProblem") -> str:
    """What is wrong with a setting that an option gave: "--map emial: is not a known key"."""
    table, _, field = problem.key.partition(".")
    option = f"--map {field}" if table == "columns" and field else problem.key
    return f"{option}: {problem.problem}"


def _listing(directory: "ServedClientDirectory") -> "ClientListing":
    """What one directory lists; a file is told by its own name alone."""
    try:
        listing: ClientListing = directory.port.listing()
    except ProviderError as error:
        if directory.name == _NAME:
            raise UsageProblem(str(error).removeprefix(f"{error.provider}: ")) from None
        raise
    finally:
        directory.port.close()
    return listing


def _import(config: "Config", listing: "ClientListing", asked: _Asked) -> int:
    """Show what would be done, ask where a person is there, and do it; the exit code."""
    from boundary_plugins.daemon.client_import import plan_import, write_import

    with opened_store(config, read_only=asked.is_dry) as store:
        plan = plan_import(store, listing, config.therapist.addresses)
        stops = bool(plan.merge.refused) and not asked.skip_refused
        writes = plan.changes_something and not (asked.is_dry or stops)
        if not asked.as_json:
            _show(plan.merge)
        if writes and not asked.yes and sys.stdin.isatty():
            click.echo(_counted(plan.merge, "would be "), err=asked.as_json)
            if not click.confirm("Put these on file?", err=asked.as_json):
                raise UsageProblem("nothing was changed")
        if writes:
            write_import(store, plan, now())
    if asked.as_json:
        print_json(_as_json(plan, writes))
    else:
        click.echo(folded(_ending(plan, asked, writes=writes, stops=stops), 0))
    return 1 if stops else 0


def _show(merge: ClientMerge) -> None:
    """The entries, those that need a look last, and what else is to be known."""
    by_outcome = {
        outcome: [each for each in merge.outcomes if each.outcome is outcome] for outcome in Outcome
    }
    rows = []
    for outcome, entries in by_outcome.items():
        if outcome is not Outcome.REFUSED:
            rows += [_row(each) for each in entries[:_SHOWN]]
            if len(entries) > _SHOWN:
                rows.append(("…", "…", outcome.value, f"and {len(entries) - _SHOWN} more (--json has all)"))
    if rows:
        print_table(("Where", "Client", "Outcome", "What"), rows)
    for difference in merge.differences:
        click.echo(folded(f"Kept: {difference}", 2))
    for each in by_outcome[Outcome.REFUSED]:
        click.echo(folded(f"Refused: {each.place}: {each.says}", 2), err=True)
    names = sum(looks_like_a_name(client.id) for client in merge.added)
    if names:
        click.echo(
            f"{number_of(names, 'id')} would look like a full name; initials or a number say less to others.",
            err=True,
        )


def _row(each: EntryOutcome) -> tuple[object, ...]:
    return (each.place, each.client_id, each.outcome.value, each.says)


def _counted(merge: ClientMerge, verb: str) -> str:
    """How many entries become what: "2 would be added, 1 merged"."""
    counts = Counter(each.outcome for each in merge.outcomes)
    words = [f"{counts[outcome]} {outcome.value}" for outcome in Outcome if counts[outcome]]
    return (", ".join(words).replace(" ", f" {verb}", 1) or "Nobody is in it") + "."


def _ending(plan: "ImportPlan", asked: _Asked, *, writes: bool, stops: bool) -> str:
    """The last word."""
    if writes:
        return f"On file: {_counted(plan.merge, '')}"
    counted = _counted(plan.merge, "would be ")
    if stops:
        return f"{counted} Nothing was changed: put the refused ones right, or leave them out with --skip-refused."
    if not plan.changes_something:
        return f"{_counted(plan.merge, '')} There is nothing to change."
    return f"{counted} Nothing was changed{' (a dry run)' if asked.is_dry else ''}."


def _as_json(plan: "ImportPlan", written: bool) -> dict[str, Any]:
    """Everything for a program."""
    return {
        "written": written,
        "entries": plan.merge.outcomes,
        "added": plan.merge.added,
        "edited": plan.merge.edited,
        "differences": plan.merge.differences,
    }
