"""`boundary availability`: shows and changes when one can be reached; every change can be undone."""

from pathlib import Path
from zoneinfo import ZoneInfo

import click

from boundary_plugins.cli.context import load_config, now, opened_store, user_name
from boundary_plugins.cli.output import local_text, print_json, print_table
from boundary_plugins.config.edit import set_weekly_hours
from boundary_plugins.config.schema import Config
from boundary_plugins.core.hours_grammar import format_weekly, parse_weekly
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import AvailabilityChange, ChangeKind

WEEKLY = ("hours", "weekly")


@click.group()
def availability() -> None:
    """Show and change when you can be reached."""


@availability.command(name="set")
@click.argument("weekly")
def set_weekly(weekly: str) -> None:
    """Change the ordinary week, in the configuration: "mon-thu 9-12:30, 13:30-17"."""
    config = load_config()
    try:
        text = format_weekly(parse_weekly(weekly))
    except ValueError as error:
        raise UsageProblem(f"the hours {error}; nothing was changed") from None
    click.echo(f"Understood: {text} ({config.practice.zone}), every week")
    if text == config.hours.weekly:
        click.echo("Nothing to change: these are the hours already.")
        return
    at = now()
    change = AvailabilityChange(
        kind=ChangeKind.SET,
        interval=None,
        said=weekly,
        zone=config.practice.zone,
        made_by=user_name(),
        made_at=at,
        previous_weekly=config.hours.weekly,
        weekly=text,
    )
    with opened_store(config) as store, store.transaction(at, check_clock=False) as tx:
        tx.add_availability_change(change)
        # Last in the transaction: where the file cannot be written, the change is not recorded either.
        set_weekly_hours(Path(config.place.file), text)
    click.echo(f"Changed. Before: {config.hours.weekly}\nTo take it back: boundary availability undo")


@availability.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also what is over or was undone.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_changes(everything: bool, as_json: bool) -> None:
    """List the changes by command: what, when, by whom."""
    config = load_config()
    with opened_store(config) as store:
        changes = store.availability_changes(include_undone=everything)
    at = now()
    if not everything:
        changes = [change for change in changes if change.interval is None or change.interval.end > at]
    if as_json:
        print_json(changes)
        return
    heads = ("Number", "Change", "Said", "Made", "By", "Undone")
    zone = config.practice.zone
    print_table(heads, [_row(change, zone) for change in changes], empty="No change by command.")


def _row(change: AvailabilityChange, zone: str) -> tuple[object, ...]:
    what = change.weekly if change.interval is None else interval_text(change.interval, zone)
    undone = local_text(change.undone_at, zone) if change.undone_at else None
    made = local_text(change.made_at, zone)
    return change.id, f"{change.kind.value} {what}", change.said, made, change.made_by, undone


@availability.command()
@click.argument("number", type=int, required=False)
def undo(number: int | None) -> None:
    """Take back a change by its number, or the last one."""
    config = load_config()
    at = now()
    with opened_store(config) as store, store.transaction(at, check_clock=False) as tx:
        change = tx.undo_availability_change(at, number)
        if change is None:
            raise UsageProblem("there is no such change; see: boundary availability list")
        if change.interval is None:
            _restore_week(config, change)
    zone = config.practice.zone
    what = change.weekly if change.interval is None else interval_text(change.interval, zone)
    click.echo(f"Taken back: {change.kind.value} {what} ({zone}).")


def _restore_week(config: Config, change: AvailabilityChange) -> None:
    """Put the previous week back. Raises UsageProblem where the week was changed since."""
    if config.hours.weekly != change.weekly:
        raise UsageProblem(
            f"the weekly hours in {config.place.file} were changed since (line {config.place.line(WEEKLY)}), "
            "so they stay as they are; nothing was undone"
        )
    set_weekly_hours(Path(config.place.file), change.previous_weekly or "")
    click.echo(f"The week is again: {change.previous_weekly} ({config.practice.zone})")


def interval_text(interval: Interval, zone: str) -> str:
    """An interval in a zone: "Sat 28 Nov 2026, 10:00–12:00", with the day of its end where it is another."""
    start, end = (at.astimezone(ZoneInfo(zone)) for at in (interval.start, interval.end))
    last = f"{end:%H:%M}" if start.date() == end.date() else f" {local_text(interval.end, zone)}"
    return f"{local_text(interval.start, zone)}–{last}"
