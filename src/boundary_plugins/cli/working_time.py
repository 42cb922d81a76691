"""`boundary time`: your time on contacts, logged afterwards or by a clock; the last thing can be taken back."""

import sys
from datetime import datetime, timedelta
from typing import Any

import click

from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.cli.contact_show import running_values
from boundary_plugins.cli.context import load_config, now, opened_store
from boundary_plugins.cli.on_file import contact_in_words, contact_on_file
from boundary_plugins.cli.output import local_text, minutes_text, print_json, print_table
from boundary_plugins.cli.parameters import WholeNumber, WorkingTime, as_json_option, meter_option
from boundary_plugins.core.durations import format_duration
from boundary_plugins.core.fees.meter import USUAL_METER, Meter, TimeSpent, in_minutes
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import ContactRecord
from boundary_plugins.store.repository import Store
from boundary_plugins.store.time_entries import TimeEntry

# A clock that ran longer was most likely forgotten.
_LONG = timedelta(hours=4)
_DAY = timedelta(days=1)
_UNDO = "To take it back: boundary time undo"


@click.group(invoke_without_command=True)
@as_json_option
@click.pass_context
def working_time(context: click.Context, as_json: bool) -> None:
    """Log your time on contacts. Without a command: the clock that runs.

    CONTACT is a contact's number, or a client's id and means their latest contact.
    """
    if context.invoked_subcommand is not None:
        return
    config, at = load_config(), now()
    with opened_store(config, read_only=True) as store:
        clock = store.running_clock()
    if as_json:
        print_json(running_values(clock))
    else:
        click.echo(
            f"{clock_in_words(clock, at)}. To stop it: boundary time stop" if clock else "No clock runs."
        )


def clock_in_words(clock: TimeEntry, at: datetime) -> str:
    """The clock that runs, and how long it did."""
    span = _measured(clock, at)
    ran = f"for {format_duration(span)}" if span >= timedelta(0) else "since a time that is still to come"
    return f"A clock runs on {_place(clock)}, {clock.meter.value}, {ran}"


def _place(entry: TimeEntry) -> str:
    """On which contact."""
    return f"contact {entry.contact} ({entry.client_id or 'somebody not on file'})"


def _measured(clock: TimeEntry, at: datetime) -> timedelta:
    """How long a clock ran, in whole seconds; negative where the machine's clock went back."""
    return timedelta(seconds=(at - (clock.started_at or at)) // timedelta(seconds=1))


@working_time.command()
@click.argument("contact", metavar="CONTACT")
@click.argument("seconds", metavar="MINUTES", type=WorkingTime())
@meter_option
@as_json_option
def log(contact: str, seconds: int, meter: Meter | None, as_json: bool) -> None:
    """Log MINUTES ("12", "12.5", "1h 5m") on a CONTACT."""
    config, at = load_config(), now()
    with opened_store(config) as store:
        record = contact_on_file(store, contact)
        spent = TimeSpent(_meter_for(record, meter), seconds)
        words = contact_in_words(record, config.practice.zone)
        _say(f"Understood: {in_minutes(seconds)} {spent.meter.value} on {words}", as_json)
        with store.transaction(at, check_clock=False) as tx:
            _known(record, tx.log_time(record.number, spent, at))
        _logged(store, record.number, as_json)


def _meter_for(record: ContactRecord, meter: Meter | None) -> Meter:
    """What the time went into: as was said, else what is usual for the channel."""
    return meter or USUAL_METER[record.contact.channel]


def _known(record: ContactRecord, entry: int | None) -> None:
    """Raise UsageProblem where the contact was forgotten a moment ago."""
    if entry is None:
        raise UsageProblem(f"contact {record.number} is no longer on record; nothing was logged")


def _logged(store: Store, number: int, as_json: bool, **more: Any) -> None:
    """Say what came on record last, and what the contact has in all."""
    if as_json:
        print_json(_values(store.latest_time(1)[0]) | more)
        return
    record = store.contact(number)
    total = in_minutes(record.seconds) if record and record.seconds is not None else "no time"
    click.echo(f"Logged. Contact {number} has {total} in all. {_UNDO}")


@working_time.command()
@click.argument("contact", metavar="CONTACT")
@meter_option
@as_json_option
def start(contact: str, meter: Meter | None, as_json: bool) -> None:
    """Let a clock run on a CONTACT; one runs at a time."""
    config, at = load_config(), now()
    with opened_store(config) as store:
        record = contact_on_file(store, contact)
        running = store.running_clock()
        if running is not None:
            raise UsageProblem(f"{_lower(clock_in_words(running, at))}; first stop it: boundary time stop")
        used = _meter_for(record, meter)
        _say(f"Understood: {used.value} on {contact_in_words(record, config.practice.zone)}", as_json)
        with store.transaction(at, check_clock=False) as tx:
            _known(record, tx.start_clock(record.number, used, at))
        clock = store.running_clock()
    if as_json:
        print_json(running_values(clock))
    else:
        click.echo(
            f"The clock runs since {local_text(at, config.practice.zone)}. To stop it: boundary time stop"
        )


def _lower(sentence: str) -> str:
    """The sentence within another one."""
    return sentence[:1].lower() + sentence[1:]


@working_time.command()
@click.option("--minutes", "seconds", type=WorkingTime(), help="Log this time, whatever the clock says.")
@as_json_option
def stop(seconds: int | None, as_json: bool) -> None:
    """Stop the clock, and log what it measured.

    Of a clock that ran for more than 4 hours, or over midnight, you are asked; elsewhere than on a terminal
    --minutes must say how long it was.
    """
    config, at = load_config(), now()
    with opened_store(config) as store:
        clock = store.running_clock()
        if clock is None:
            raise UsageProblem("no clock runs; start one with: boundary time start CONTACT")
        measured = _measured(clock, at)
        said = f"{clock_in_words(clock, at)}."
        _say(said, as_json)
        if seconds is None:
            _check_measured(clock, at, config.practice.zone, as_json)
        spent = measured // timedelta(seconds=1) if seconds is None else seconds
        with store.transaction(at, check_clock=False) as tx:
            if not (tx.stop_clock(clock.id, spent, at) if spent else tx.forget_time(clock.id)):
                raise UsageProblem("the clock was stopped by another command; nothing was changed")
        if spent:
            _say(f"Understood: {in_minutes(spent)} {clock.meter.value} on {_place(clock)}", as_json)
            _logged(store, clock.contact, as_json, measured_seconds=measured)
        else:
            _stopped_at_once(as_json)


def _stopped_at_once(as_json: bool) -> None:
    """Say that nothing was logged."""
    if as_json:
        print_json(None)
    else:
        click.echo("That is less than a second, so nothing was logged.")


def _check_measured(clock: TimeEntry, at: datetime, zone: str, as_json: bool) -> None:
    """Ask about a time that may not be meant. Raises UsageProblem where nobody can say that it is."""
    started_at, span = clock.started_at or at, _measured(clock, at)
    otherwise = (
        "say how long it was: boundary time stop --minutes MINUTES, or log nothing: boundary time undo"
    )
    if span < timedelta(0):
        raise UsageProblem(f"the clock of this machine went back meanwhile; {otherwise}")
    over_midnight = wall_clock(started_at, zone).date() != wall_clock(at, zone).date()
    if span <= _LONG and not over_midnight:
        return
    why = "more than 4 hours" if span > _LONG else "over midnight"
    asks = span <= _DAY and sys.stdin.isatty()
    if not (asks and click.confirm(f"It ran {why}. Is {format_duration(span)} what you mean?", err=as_json)):
        raise UsageProblem(f"it ran {why}; {otherwise}")


@working_time.command(name="list")
@click.argument("contact", metavar="[CONTACT]", required=False)
@click.option("--limit", type=WholeNumber(), default=50, show_default=True, help="So many at most.")
@as_json_option
def list_time(contact: str | None, limit: int, as_json: bool) -> None:
    """List what was logged, the latest first, on every contact or on one."""
    config = load_config()
    zone = config.practice.zone
    with opened_store(config, read_only=True) as store:
        if contact is None:
            found = store.latest_time(limit + 1)
        else:
            record = contact_on_file(store, contact)
            found = store.time_entries(record.number)[::-1]
            _say(f"Understood: {contact_in_words(record, zone)}", True)
    shown = found[:limit]
    if as_json:
        print_json([_values(entry) for entry in shown])
    else:
        heads = (f"Logged ({zone})", "Contact", "Client", "Meter", "Minutes")
        print_table(heads, [_row(entry, zone) for entry in shown], empty="No time is on record.")
    if len(found) > limit:
        click.echo(f"There are more; to see them: --limit {limit * 2}", err=True)


def _row(entry: TimeEntry, zone: str) -> tuple[object, ...]:
    """An entry for the table."""
    minutes = minutes_text(entry.seconds) or "running"
    meter = f"{entry.meter.value}, by a mark" if entry.of_mark else entry.meter.value
    return local_text(entry.logged_at, zone), entry.contact, entry.client_id, meter, minutes


def _values(entry: TimeEntry) -> dict[str, Any]:
    """An entry for a program; of the clock that runs `seconds` is null."""
    return {
        "entry": entry.id,
        "contact": entry.contact,
        "client": entry.client_id,
        "meter": entry.meter,
        "seconds": entry.seconds,
        "started_at": entry.started_at,
        "logged_at": entry.logged_at,
        "of_mark": entry.of_mark,
    }


@working_time.command()
@as_json_option
def undo(as_json: bool) -> None:
    """Take away what you logged last, or the clock that was started last.

    Time that a mark on a message says goes with the mark, in your mail program.
    """
    config, at = load_config(), now()
    with opened_store(config) as store:
        latest = store.latest_time(1, by_hand=True)
        if not latest:
            raise UsageProblem("no time is on record, so there is nothing to take back")
        entry = latest[0]
        _say(f"Understood: take back {_what(entry, at, config.practice.zone)}", as_json)
        with store.transaction(at, check_clock=False) as tx:
            tx.forget_time(entry.id)
    if as_json:
        print_json(_values(entry))
    else:
        click.echo(f"Taken back.{_again(entry)}")


def _what(entry: TimeEntry, at: datetime, zone: str) -> str:
    """An entry, or the clock that runs, said back."""
    if entry.seconds is None:
        return _lower(clock_in_words(entry, at)).replace("a clock runs", "the clock that runs")
    time = f"{in_minutes(entry.seconds)} {entry.meter.value}"
    return f"{time} on {_place(entry)}, logged {local_text(entry.logged_at, zone)}"


def _again(entry: TimeEntry) -> str:
    """How to log it again."""
    if not entry.seconds:
        return ""
    minutes = f'"{format_duration(timedelta(seconds=entry.seconds))}"'
    return f" To log it again: boundary time log {entry.contact} {minutes} --meter {entry.meter.value}"


def _say(sentence: str, as_json: bool) -> None:
    """What comes before the change; on standard error where standard output is for a program."""
    click.echo(sentence, err=as_json)
