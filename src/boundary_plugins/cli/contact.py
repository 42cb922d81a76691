"""`boundary contact`: lists and shows contacts of every channel, and logs those that no mailbox sees."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import click

from boundary_plugins.cli.contact_show import contact_values, show
from boundary_plugins.cli.context import contact_hours, load_config, load_plugins, now, opened_store
from boundary_plugins.cli.on_file import allowed, client_on_file
from boundary_plugins.cli.output import local_text, minutes_text, print_json, print_table
from boundary_plugins.cli.parameters import WholeNumber, WorkingTime, meter_option
from boundary_plugins.cli.spoken import moment_text, understood_moment, understood_since
from boundary_plugins.config.schema import Config
from boundary_plugins.core.contact import Channel, Contact, Topic
from boundary_plugins.core.durations import format_duration
from boundary_plugins.core.fees.meter import USUAL_METER, Meter, TimeSpent, in_minutes
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import ContactRecord
from boundary_plugins.store.repository import Store

Function = Callable[..., Any]


def _channel(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Channel | None:
    return None if given is None else Channel(given.replace("-", " "))


def _channel_option(*, required: bool) -> Callable[[Function], Function]:
    """The channel by its name; "in person" is typed with a hyphen."""
    names = [channel.value.replace(" ", "-") for channel in Channel]
    return click.option(
        "--channel",
        type=click.Choice(names, case_sensitive=False),
        callback=_channel,
        required=required,
        help="How it came.",
    )


@click.group()
def contact() -> None:
    """List and show contacts, and log those of other channels: calls, letters, homing pigeons (other)."""


contact.add_command(show)


@contact.command(name="list")
@click.option("--client", help="Of one client, by the id on file.")
@_channel_option(required=False)
@click.option("--since", metavar="WHEN", help='"7 days", "monday", "2026-11-01": none before that.')
@click.option("--out-of-boundary", is_flag=True, help="Only those outside contact hours.")
@click.option("--crisis", is_flag=True, help="Only those that sounded like a crisis.")
@click.option("--limit", type=WholeNumber(), default=50, show_default=True, help="So many at most.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_contacts(
    client: str | None,
    channel: Channel | None,
    since: str | None,
    out_of_boundary: bool,
    crisis: bool,
    limit: int,
    as_json: bool,
) -> None:
    """List contacts, the latest first."""
    config, at = load_config(), now()
    zone = config.practice.zone
    with opened_store(config, read_only=True) as store:
        found = store.contacts(
            client_id=client_on_file(store, client) if client else None,
            channel=channel,
            since=understood_since(since, at, zone) if since else None,
            out_of_boundary=out_of_boundary or None,
            crisis=crisis or None,
            limit=limit + 1,
        )
    shown = found[:limit]
    if as_json:
        print_json([contact_values(record) for record in shown])
    else:
        heads = ("Number", f"When ({zone})", "Client", "Channel", "Topic", "Boundary", "Minutes", "Crisis")
        print_table(heads, [_row(record, zone) for record in shown], empty="No contact is on record.")
    if len(found) > limit:
        click.echo(f"There are more; to see them: --limit {limit * 2}", err=True)


def _row(record: ContactRecord, zone: str) -> tuple[object, ...]:
    """A contact for the table."""
    contact = record.contact
    return (
        record.number,
        local_text(contact.arrived_at, zone),
        contact.client_id,
        contact.channel.value,
        contact.topic,
        "out" if contact.out_of_boundary else "in",
        minutes_text(record.seconds),
        "crisis" if contact.crisis else None,
    )


@contact.command()
@click.argument("client")
@_channel_option(required=True)
@click.option("--at", "said", metavar="WHEN", default="now", show_default=True, help='Or "yesterday 17:00".')
@click.option("--topic", default=Topic.UNCLASSIFIED.value, show_default=True, help="What it was about.")
@click.option("--minutes", "seconds", type=WorkingTime(0), help='Your time for it: "12", "12.5", "1h 5m".')
@meter_option
@click.option("--crisis", is_flag=True, help="It sounded like a crisis.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def log(
    client: str,
    channel: Channel,
    said: str,
    topic: str,
    seconds: int | None,
    meter: Meter | None,
    crisis: bool,
    as_json: bool,
) -> None:
    """Log a contact of a CLIENT on file, by whatever way it came."""
    config, at = load_config(), now()
    zone = config.practice.zone
    if meter is not None and seconds is None:
        raise UsageProblem("--meter says what your time went into; say how long with --minutes")
    spent = None if seconds is None else TimeSpent(meter or USUAL_METER[channel], seconds)
    arrived_at = understood_moment(said, at, zone)
    _check_topic(config, topic)
    with opened_store(config) as store:
        contact = _contact(config, store, client_on_file(store, client), channel, topic, arrived_at, crisis)
        click.echo(f"Understood: {_in_words(contact, spent, zone)}", err=as_json)
        if at - arrived_at > config.retention.contacts:
            kept = format_duration(config.retention.contacts)
            click.echo(f"Contacts are kept for {kept}, so this one will be forgotten soon.", err=True)
        with store.transaction(at, check_clock=False) as tx:
            number = tx.log_contact(contact, at)
            if spent is not None:
                tx.log_time(number, spent, at)
        record = store.contact(number)
    if as_json:
        print_json(contact_values(record) if record else None)
    else:
        click.echo(f"Logged as contact {number}.")


def _contact(
    config: Config,
    store: Store,
    client: str,
    channel: Channel,
    topic: str,
    arrived_at: datetime,
    crisis: bool,
) -> Contact:
    """The contact in the window of contact hours that held then."""
    window = contact_hours(config, store, arrived_at).window_at(arrived_at)
    return Contact(
        client_id=client,
        channel=channel,
        topic=topic,
        arrived_at=arrived_at,
        out_of_boundary=not window.is_open,
        window_start=window.interval.start,
        window_end=window.interval.end,
        crisis=crisis,
    )


def _in_words(contact: Contact, spent: TimeSpent | None, zone: str) -> str:
    """A contact said back."""
    where = "outside" if contact.out_of_boundary else "within"
    facts = [
        f"{contact.channel.value} from {contact.client_id}",
        moment_text(contact.arrived_at, zone),
        f"{where} contact hours",
        f"topic {contact.topic}",
    ]
    facts += [f"{in_minutes(spent.seconds)} {spent.meter.value}"] if spent is not None else []
    facts += ["crisis"] if contact.crisis else []
    return ", ".join(facts)


def _check_topic(config: Config, topic: str) -> None:
    """Raise UsageProblem for a topic that nobody defined: a free text would tell what was said."""
    known = [each.value for each in Topic] + [table.topic for table in config.topics]
    if topic in known:
        return
    known += [rule.topic for rule in load_plugins(config).topic_rules]
    if topic not in known:
        raise UsageProblem(f'there is no topic "{topic}"; {allowed(topic, list(dict.fromkeys(known)))}')
