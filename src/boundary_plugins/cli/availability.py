"""`boundary availability`: shows and changes when one can be reached; every change can be undone."""

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from boundary_plugins.cli.context import contact_hours, load_config, now, opened_store, user_name
from boundary_plugins.cli.output import coloured, local_text, print_json, print_table
from boundary_plugins.cli.spoken import interval_text, understood
from boundary_plugins.cli.week import week_rows
from boundary_plugins.config.edit import set_weekly_hours
from boundary_plugins.config.schema import Config
from boundary_plugins.core import hours_grammar
from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import AvailabilityChange, ChangeKind

WEEKLY = ("hours", "weekly")
_LONG = timedelta(days=31)
_FAR = timedelta(days=366)


@click.group()
def availability() -> None:
    """Show and change when you can be reached."""


@availability.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(as_json: bool) -> None:
    """Show whether contact hours are open, the next seven days, and the next opening."""
    config = load_config()
    at = now()
    with opened_store(config) as store:
        hours = contact_hours(config, store, at)
    if as_json:
        _show_json(config, hours, at)
    else:
        _show_words(config, hours, at)


def _show_json(config: Config, hours: ContactHours, at: datetime) -> None:
    week = Interval(at, at + timedelta(days=7))
    windows = [window for window in hours.windows if window.interval.end > week.start]
    print_json(
        {
            "at": at,
            "zone": config.practice.zone,
            "open": hours.is_available(at),
            "next_opening": hours.next_opening(at),
            "windows": [window for window in windows if window.interval.start < week.end],
        }
    )


def _show_words(config: Config, hours: ContactHours, at: datetime) -> None:
    zone = config.practice.zone
    window = hours.window_at(at)
    if window.is_open:
        click.echo(f"{coloured('Open', 'green')} until {local_text(window.interval.end, zone)} ({zone}).")
    else:
        opening = hours.next_opening(at)
        when = f"opens {local_text(opening, zone)}" if opening else "no opening is in sight"
        why = f", because of: {', '.join(window.sources)}" if window.sources else ""
        click.echo(f"{coloured('Closed', 'yellow')}{why}; {when} ({zone}).")
    click.echo()
    print_table(("Day", "Hours", ""), week_rows(hours, at, zone))


@availability.command(name="set")
@click.argument("weekly")
def set_weekly(weekly: str) -> None:
    """Change the ordinary week, in the configuration: "mon-thu 9-12:30, 13:30-17"."""
    config = load_config()
    text = hours_grammar.format_weekly(hours_grammar.parse_weekly(weekly))
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


@availability.command(name="open")
@click.argument("when", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
def open_hours(when: tuple[str, ...], yes: bool) -> None:
    """Open contact hours once: "saturday 10-12"."""
    _change_once(ChangeKind.OPEN, " ".join(when), yes)


@availability.command(name="close")
@click.argument("when", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Ask nothing.")
def close_hours(when: tuple[str, ...], yes: bool) -> None:
    """Close contact hours once: "tomorrow afternoon"."""
    _change_once(ChangeKind.CLOSE, " ".join(when), yes)


def _change_once(kind: ChangeKind, said: str, yes: bool) -> None:
    """Understand, say what was understood, ask where it is surprising, and record."""
    config = load_config()
    zone = config.practice.zone
    at = now()
    interval = understood(said, at, zone)
    click.echo(f"Understood: {kind.value} {interval_text(interval, zone)} ({zone})")
    if interval.end <= at:
        raise UsageProblem("that is over already; nothing was changed")
    with opened_store(config) as store:
        hours = contact_hours(config, store, at)
        for surprise in _surprises(kind, interval, hours, at):
            click.echo(surprise)
            _confirm(yes)
        change = AvailabilityChange(
            kind=kind, interval=interval, said=said, zone=zone, made_by=user_name(), made_at=at
        )
        with store.transaction(at, check_clock=False) as tx:
            number = tx.add_availability_change(change)
    click.echo(f"Changed (number {number}). To take it back: boundary availability undo")


def _surprises(kind: ChangeKind, interval: Interval, hours: ContactHours, at: datetime) -> Iterator[str]:
    """Sentences about what a person may not have meant."""
    if interval.start < at:
        yield "It has begun already; what came before now stays as it was judged."
    if interval.duration > _LONG:
        yield f"It is {interval.duration.days} days long."
    if interval.start - at > _FAR:
        yield "It is more than a year away."
    within = hours.windows_between(interval) if interval.end < hours.covered.end else ()
    if within and all(window.is_open is (kind is ChangeKind.OPEN) for window in within):
        state = "open" if kind is ChangeKind.OPEN else "closed"
        yield f"Contact hours are {state} then in any case."


def _confirm(yes: bool) -> None:
    """Ask on a terminal; elsewhere the sentence was said, and that must do."""
    if not yes and sys.stdin.isatty() and not click.confirm("Is that what you mean?"):
        raise UsageProblem("nothing was changed")


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
