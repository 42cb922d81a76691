"""`boundary availability`: shows and changes when one can be reached; every change can be undone."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import click

from boundary_plugins.availability_sources.local_time import interval_in_words, wall_clock
from boundary_plugins.cli.context import contact_hours, hours_of, load_config, now, opened_store, user_name
from boundary_plugins.cli.export import export
from boundary_plugins.cli.output import coloured, local_text, print_json, print_table
from boundary_plugins.cli.parameters import WholeNumber, as_json_option
from boundary_plugins.cli.running import ask_to_reload
from boundary_plugins.cli.spoken import understood
from boundary_plugins.cli.week import week_rows
from boundary_plugins.cli.weekly_change import change_week, parsed_week, put_week_back, surprises_of_week
from boundary_plugins.cli.windows import windows
from boundary_plugins.config.schema import Config
from boundary_plugins.core import hours_grammar
from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.interval import Interval
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import AvailabilityChange, ChangeKind

_LONG = timedelta(days=31)
_FAR = timedelta(days=366)
_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
_UNDO = "To take it back: boundary availability undo"

yes_option = click.option("--yes", is_flag=True, help="Ask nothing.")


@click.group()
def availability() -> None:
    """Show and change when you can be reached."""


availability.add_command(windows)
availability.add_command(export)


@availability.command()
@as_json_option
def show(as_json: bool) -> None:
    """Show whether contact hours are open, the next seven days, and the next opening."""
    config, at = load_config(), now()
    with opened_store(config, read_only=True) as store:
        timetable = hours_of(config, store)
    if as_json:
        _show_json(config, timetable.hours_around(at), at)
    else:
        _show_words(config, timetable, at)


def _show_json(config: Config, hours: ContactHours, at: datetime) -> None:
    """The present state and the windows of a week."""
    week = Interval(at, at + 7 * _DAY)
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


def _show_words(config: Config, timetable: Timetable, at: datetime) -> None:
    """The present state in a sentence, and a week as a table."""
    zone = config.practice.zone
    hours = timetable.hours_around(at)
    window = hours.window_at(at)
    if window.is_open:
        click.echo(f"{coloured('Open', 'green')} until {local_text(window.interval.end, zone)} ({zone}).")
    else:
        opening = hours.next_opening(at)
        when = f"opens {local_text(opening, zone)}" if opening else "no opening is in sight"
        sources = timetable.because(Interval(at, at + timedelta(seconds=1)))
        why = f", because of: {', '.join(sources)}" if sources else ""
        click.echo(f"{coloured('Closed', 'yellow')}{why}; {when} ({zone}).")
    click.echo()
    print_table(("Day", "Hours", ""), week_rows(hours, at, zone, because=timetable.because))


@availability.command(name="set")
@click.argument("weekly", nargs=-1, required=True)
@yes_option
@as_json_option
def set_weekly(weekly: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Change the ordinary week, in the configuration: "mon-thu 9-12:30, 13:30-17"."""
    config, at, said = load_config(), now(), " ".join(weekly)
    week = parsed_week(said)
    text = hours_grammar.format_weekly(week)
    zone = config.practice.zone
    _say(f"Understood: {text} ({zone}), every week", as_json)
    if week == hours_grammar.parse_weekly(config.hours.weekly):
        _done(as_json, "Nothing to change: these are the hours already.", number=None, weekly=text)
        return
    warnings = list(surprises_of_week(week))
    _confirm(warnings, yes, as_json)
    change = AvailabilityChange(
        kind=ChangeKind.SET,
        interval=None,
        said=said,
        zone=zone,
        made_by=user_name(),
        made_at=at,
        previous_weekly=config.hours.weekly,
        weekly=text,
    )
    with opened_store(config) as store:
        number = change_week(config, store, change)
    _done(
        as_json,
        f"Changed (number {number}). Before: {config.hours.weekly}",
        ask_to_reload(config),
        _UNDO,
        number=number,
        weekly=text,
        previous_weekly=config.hours.weekly,
        zone=zone,
        warnings=warnings,
    )


@availability.command(name="open")
@click.argument("when", nargs=-1, required=True)
@yes_option
@as_json_option
def open_hours(when: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Open contact hours once: "saturday 10-12"."""
    _change_once(ChangeKind.OPEN, " ".join(when), yes, as_json)


@availability.command(name="close")
@click.argument("when", nargs=-1, required=True)
@yes_option
@as_json_option
def close_hours(when: tuple[str, ...], yes: bool, as_json: bool) -> None:
    """Close contact hours once: "tomorrow afternoon"."""
    _change_once(ChangeKind.CLOSE, " ".join(when), yes, as_json)


def _change_once(kind: ChangeKind, said: str, yes: bool, as_json: bool) -> None:
    """Understand, say what was understood, ask where it is surprising, and record."""
    config, at = load_config(), now()
    zone = config.practice.zone
    interval = understood(said, at, zone)
    words = interval_in_words(interval, zone)
    _say(f"Understood: {kind.value} {words}", as_json)
    with opened_store(config) as store:
        warnings = list(_surprises(kind, interval, contact_hours(config, store, at), at, zone))
        _confirm(warnings, yes, as_json)
        change = AvailabilityChange(
            kind=kind, interval=interval, said=said, zone=zone, made_by=user_name(), made_at=at
        )
        with store.transaction(at, check_clock=False) as tx:
            number = tx.add_availability_change(change)
    _done(
        as_json,
        f"Changed (number {number}). {_UNDO}",
        number=number,
        kind=kind,
        understood=words,
        interval=interval,
        zone=zone,
        warnings=warnings,
    )


def _surprises(
    kind: ChangeKind, interval: Interval, hours: ContactHours, at: datetime, zone: str
) -> Iterator[str]:
    """Sentences about what a person may not have meant."""
    first = wall_clock(interval.start, zone)
    # What begins with the present minute is meant to begin now.
    if interval.start < at - timedelta(minutes=1):
        yield "It has begun already; what came before now stays as it was judged."
    if interval.duration < _DAY and wall_clock(interval.end - _MOMENT, zone).date() != first.date():
        yield f"It goes over midnight, until {wall_clock(interval.end, zone):%H:%M}."
    if interval.duration > _LONG:
        yield f"It is {interval.duration.days} days long."
    if interval.start - at > _FAR:
        yield "It is more than a year away."
    within = hours.windows_between(interval) if interval.end < hours.covered.end else ()
    if within and all(window.is_open is (kind is ChangeKind.OPEN) for window in within):
        state = "open" if kind is ChangeKind.OPEN else "closed"
        yield f"Contact hours are {state} then in any case."


def _confirm(warnings: Sequence[str], yes: bool, as_json: bool) -> None:
    """Say what is surprising and ask on a terminal; elsewhere the sentence was said, and that must do."""
    for warning in warnings:
        _say(warning, as_json)
    asks = warnings and not yes and sys.stdin.isatty()
    if asks and not click.confirm("Is that what you mean?", err=as_json):
        raise UsageProblem("nothing was changed")


def _say(sentence: str, as_json: bool) -> None:
    """What comes before the change; on standard error where standard output is for a program."""
    click.echo(sentence, err=as_json)


def _done(as_json: bool, *sentences: str | None, **facts: Any) -> None:
    """What was done, in words or as JSON."""
    if as_json:
        print_json(facts)
        return
    for sentence in filter(None, sentences):
        click.echo(sentence)


@availability.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Also what is over or was undone.")
@as_json_option
def list_changes(everything: bool, as_json: bool) -> None:
    """List the changes by command: what, when, by whom."""
    config, at = load_config(), now()
    with opened_store(config, read_only=True) as store:
        changes = store.availability_changes(include_undone=everything)
    if not everything:
        changes = [change for change in changes if not _is_over(change, at)]
    if as_json:
        print_json(changes)
        return
    heads = ("Number", "Change", "Said", "Made", "By", "Undone")
    zone = config.practice.zone
    print_table(heads, [_row(change, zone) for change in changes], empty="No change by command.")


def _row(change: AvailabilityChange, zone: str) -> tuple[object, ...]:
    """A change for the table."""
    undone = local_text(change.undone_at, zone) if change.undone_at else None
    made = local_text(change.made_at, zone)
    return change.id, _in_words(change, zone), change.said, made, change.made_by, undone


def _in_words(change: AvailabilityChange, zone: str) -> str:
    """What a change did."""
    if change.interval is None:
        return f"set {change.weekly} ({change.zone})"
    return f"{change.kind.value} {interval_in_words(change.interval, zone)}"


def _is_over(change: AvailabilityChange, at: datetime) -> bool:
    return change.interval is not None and change.interval.end <= at


@availability.command()
@click.argument("number", type=WholeNumber(), required=False)
@as_json_option
def undo(number: int | None, as_json: bool) -> None:
    """Take back a change by its number, or the last one that is not over."""
    config, at = load_config(), now()
    zone = config.practice.zone
    with opened_store(config) as store:
        change = _to_undo(store.availability_changes(include_undone=True), number, at, zone)
        _say(f"Understood: take back number {change.id}, {_in_words(change, zone)}", as_json)
        if change.kind is ChangeKind.SET:
            put_week_back(config, store, change, at)
        else:
            with store.transaction(at, check_clock=False) as tx:
                tx.undo_availability_change(at, change.id)
    is_week = change.kind is ChangeKind.SET
    _done(
        as_json,
        f"The week is again: {change.previous_weekly} ({zone})" if is_week else "Taken back.",
        ask_to_reload(config) if is_week else None,
        number=change.id,
        kind=change.kind,
        interval=change.interval,
        weekly=change.previous_weekly,
        zone=zone,
    )


def _to_undo(
    changes: Sequence[AvailabilityChange], number: int | None, at: datetime, zone: str
) -> AvailabilityChange:
    """The change that is meant. Raises UsageProblem where there is none, or nothing is left to take back."""
    if number is None:
        standing = [change for change in changes if change.undone_at is None and not _is_over(change, at)]
        if not standing:
            raise UsageProblem("there is no change to take back; see: boundary availability list --all")
        return standing[-1]
    change = next((change for change in changes if change.id == number), None)
    if change is None:
        raise UsageProblem(f"there is no change number {number}; see: boundary availability list")
    if change.undone_at is not None:
        raise UsageProblem(f"number {number} was taken back already, {local_text(change.undone_at, zone)}")
    if _is_over(change, at):
        raise UsageProblem(f"number {number} is over ({_in_words(change, zone)}); what was judged then stays")
    return change
