"""`boundary contact show`: everything on record about one contact, and never what it said."""

from collections.abc import Iterator, Sequence
from typing import Any

import click

from boundary_plugins.cli.context import load_config, opened_store
from boundary_plugins.cli.on_file import contact_on_file
from boundary_plugins.cli.output import aligned, folded, local_text, print_json
from boundary_plugins.cli.why import outcome_of, response_in_words, response_values
from boundary_plugins.core.contact import Contact
from boundary_plugins.core.fees.meter import in_minutes
from boundary_plugins.store.records import ContactRecord, IntentRecord, MessageRecord
from boundary_plugins.store.repository import Store
from boundary_plugins.store.time_entries import TimeEntry


@click.command()
@click.argument("contact", metavar="CONTACT")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(contact: str, as_json: bool) -> None:
    """Show everything about a CONTACT, by its number, or about a client's latest one."""
    config = load_config()
    with opened_store(config, read_only=True) as store:
        record = contact_on_file(store, contact)
        message = store.message_by_contact(record.number)
        responses = _responses(store, message)
        time = store.time_entries(record.number)
    if as_json:
        print_json(_values(record, message, responses, time))
        return
    rows = list(_rows(record, message, responses, time, config.practice.zone))
    for line in aligned([list(row) for row in rows]):
        click.echo(folded(line, len(max((head for head, _ in rows), key=len)) + 2))
    click.echo(f"\n{_next_steps(record, message)}")


def _responses(store: Store, message: MessageRecord | None) -> list[IntentRecord]:
    """The responses to the message that made a contact."""
    if message is None:
        return []
    return store.intents(mailbox=message.mailbox, provider_id=message.provider_id)


def _by_meter(time: Sequence[TimeEntry]) -> dict[str, int]:
    """The finished seconds on each meter, in the order in which they were first used."""
    seconds: dict[str, int] = {}
    for entry in time:
        if entry.seconds is not None:
            seconds[entry.meter.value] = seconds.get(entry.meter.value, 0) + entry.seconds
    return seconds


def _running(time: Sequence[TimeEntry]) -> TimeEntry | None:
    """The clock that runs on the contact."""
    return next((entry for entry in time if entry.seconds is None), None)


def _values(
    record: ContactRecord,
    message: MessageRecord | None,
    responses: Sequence[IntentRecord],
    time: Sequence[TimeEntry],
) -> dict[str, Any]:
    """All of it, for a program."""
    return {
        **contact_values(record),
        "seconds_by_meter": _by_meter(time),
        "running": running_values(_running(time)),
        "reason": message.reason if message else None,
        "would_respond": message.would_respond if message else None,
        "responses": [response_values(intent) for intent in responses],
    }


def contact_values(record: ContactRecord) -> dict[str, Any]:
    """A contact for a program, without a level of its own for what it is made of."""
    contact = record.contact
    return {
        "number": record.number,
        "client": contact.client_id,
        "channel": contact.channel,
        "topic": contact.topic,
        "arrived_at": contact.arrived_at,
        "out_of_boundary": contact.out_of_boundary,
        "window_start": contact.window_start,
        "window_end": contact.window_end,
        "crisis": contact.crisis,
        "seconds": record.seconds,
        "by_hand": record.by_hand,
        "mailbox": record.mailbox,
        "recorded_at": record.recorded_at,
    }


def running_values(clock: TimeEntry | None) -> dict[str, Any] | None:
    """The clock that runs, for a program."""
    if clock is None:
        return None
    return {
        "contact": clock.contact,
        "client": clock.client_id,
        "meter": clock.meter,
        "started_at": clock.started_at,
    }


def _rows(
    record: ContactRecord,
    message: MessageRecord | None,
    responses: Sequence[IntentRecord],
    time: Sequence[TimeEntry],
    zone: str,
) -> Iterator[tuple[str, str]]:
    """All of it, for a person, a line each."""
    contact = record.contact
    yield (
        f"Contact {record.number}",
        f"{contact.channel.value} from {contact.client_id or 'somebody not on file'}",
    )
    yield "When", f"{local_text(contact.arrived_at, zone)} ({zone})"
    yield "Topic", contact.topic
    yield "Boundary", _boundary(contact, zone)
    yield "Crisis", "it sounded like a crisis" if contact.crisis else "no"
    yield "Time", _time_in_words(time, zone)
    if message is not None:
        yield "Decided", outcome_of(message, responses)
    for intent in responses:
        yield "Response", response_in_words(intent, zone)
    source = "logged by hand" if record.by_hand else f"mailbox {record.mailbox}"
    yield "Recorded", f"{local_text(record.recorded_at, zone)}, {source}"


def _boundary(contact: Contact, zone: str) -> str:
    """In which window of contact hours it came."""
    where, state = ("outside", "closed") if contact.out_of_boundary else ("within", "open")
    start, end = local_text(contact.window_start, zone), local_text(contact.window_end, zone)
    return f"{where} contact hours, which were {state} from {start} until {end}"


def _time_in_words(time: Sequence[TimeEntry], zone: str) -> str:
    """The therapist's time by meter."""
    words = [f"{in_minutes(seconds)} {meter}" for meter, seconds in _by_meter(time).items()]
    if clock := _running(time):
        since = f" since {local_text(clock.started_at, zone)}" if clock.started_at else ""
        words.append(f"a clock runs ({clock.meter.value}){since}")
    return ", ".join(words) or "none logged"


def _next_steps(record: ContactRecord, message: MessageRecord | None) -> str:
    """Where the reasons are told."""
    steps = [f"every reason: boundary why {record.number}"] if message else []
    steps.append(f"what it comes to: boundary charge why --contact {record.number}")
    return f"Next: {'; '.join(steps)}"
