"""`boundary doctor`: checks that everything is in place, and tells what to do where it is not."""

import sys
from collections.abc import Iterable

import click

from boundary_plugins.cli.checkup import examined
from boundary_plugins.cli.context import config_path, load_config, now, opened_store
from boundary_plugins.cli.output import coloured, folded, local_text, print_json, without_controls
from boundary_plugins.ports import Condition, Examined

_COLOURS = {Condition.OK: "green", Condition.LOOK: "yellow", Condition.BROKEN: "red"}


@click.command()
@click.option(
    "--accept-clock", is_flag=True, help="Take the present time as right, although later is on record."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def doctor(accept_clock: bool, as_json: bool) -> int:
    """Check that everything is in place; nothing is changed and nothing is sent.

    Each line begins with ok, look (worth a look) or broken. Ends with 0 where nothing is broken, else 1.
    """
    if accept_clock:
        _accept_clock(as_json)
    found = list(_told(examined(config_path(), now()), as_json))
    if as_json:
        print_json(found)
    else:
        click.echo(f"\n{_summary(found)}")
    return 1 if any(each.condition is Condition.BROKEN for each in found) else 0


def _accept_clock(as_json: bool) -> None:
    """Take the present instant for the present, whatever is on record."""
    config, at = load_config(), now()
    with opened_store(config) as store:
        store.accept_clock(at)
    zone = config.practice.zone
    click.echo(f"Understood: it is now {local_text(at, zone)} ({zone}).\n", err=as_json)


def _told(found: Iterable[Examined], as_json: bool) -> Iterable[Examined]:
    """Say each as it is found, since a host that does not answer takes its time."""
    for each in found:
        if not as_json:
            for line in _lines(each):
                click.echo(line)
            sys.stdout.flush()
        yield each


def _lines(each: Examined) -> list[str]:
    """One line, and below it what to read with it."""
    mark = coloured(f"{each.condition.value:<7}", _COLOURS[each.condition])
    # Without a full stop at the end, so that a command or a path can be copied with the line.
    remedy = f". {each.remedy[0].upper()}{each.remedy[1:]}" if each.remedy else ""
    said = without_controls(f"{each.part}: {each.found.rstrip('.')}{remedy}")
    return [
        folded(f"{mark} {said}", 8),
        *(f"          {without_controls(detail)}" for detail in each.details),
    ]


def _summary(found: list[Examined]) -> str:
    """How it stands altogether."""
    broken = sum(each.condition is Condition.BROKEN for each in found)
    look = sum(each.condition is Condition.LOOK for each in found)
    if broken:
        return coloured(f"{broken} broken, {look} worth a look.", "red")
    if look:
        return coloured(f"Nothing is broken; {look} worth a look.", "yellow")
    return coloured("Everything is in place.", "green")
