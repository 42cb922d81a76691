"""`boundary why`: tells why a message was answered, or was not, with every reason."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from boundary_plugins.cli.context import load_config, opened_store
from boundary_plugins.cli.output import folded, local_text, print_json
from boundary_plugins.codecs.mime import read_message
from boundary_plugins.core.message import message_id_of
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import IntentRecord, IntentState, MessageRecord, MessageState
from boundary_plugins.store.repository import Store

#: Such a response will not go, or nobody knows that it did.
_NOT_SENT = (IntentState.DROPPED, IntentState.SET_ASIDE)
_MARKS = {True: "yes", False: "no", None: "unknown"}


@click.command()
@click.argument("message", metavar="MESSAGE")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def why(message: str, as_json: bool) -> None:
    """Tell why a message was answered, or was not.

    MESSAGE is a contact's number, a Message-ID, the message's id in its mailbox, or the path of its file.
    """
    config = load_config()
    with opened_store(config, read_only=True) as store:
        found = _found(store, message)
        intents = {
            record: store.intents(mailbox=record.mailbox, provider_id=record.provider_id) for record in found
        }
    if not found:
        raise UsageProblem(
            f"nothing is on record about {message}; allowed: a contact's number, a Message-ID, an id in the "
            "mailbox, or a path. For a message the program has not seen: boundary explain PATH"
        )
    if as_json:
        print_json([_as_values(record, intents[record]) for record in found])
        return
    for record in found:
        for line in _lines(record, intents[record], config.practice.zone):
            click.echo(line)


def _found(store: Store, message: str) -> list[MessageRecord]:
    """What is on record, by whatever the message was named by."""
    if message.isdecimal():
        by_number = store.message_by_contact(int(message))
        if by_number is not None:
            return [by_number]
    for look in (store.messages_by_message_id, store.messages_by_provider_id):
        if records := look(message):
            return records
    return _by_file(store, Path(message)) if Path(message).is_file() else []


def _by_file(store: Store, path: Path) -> list[MessageRecord]:
    """By what the name of a file in a Maildir tells, else by the Message-ID in it."""
    unique, _, _flags = path.name.partition(":2,")
    if records := store.messages_by_provider_id(unique):
        return records
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{path} cannot be read ({error.strerror})") from None
    message_id = message_id_of(read_message(data, provider_id=unique))
    return store.messages_by_message_id(message_id) if message_id else []


def _as_values(record: MessageRecord, intents: list[IntentRecord]) -> dict[str, Any]:
    """A record for a program; the response without what only sending needs."""
    return {
        "mailbox": record.mailbox,
        "provider_id": record.provider_id,
        "state": record.state,
        "arrived_at": record.arrived_at,
        "decided_at": record.decided_at,
        "contact": record.contact_number,
        "would_respond": record.would_respond,
        "reason": record.reason,
        "reasons": record.reasons,
        "responses": [response_values(intent) for intent in intents],
    }


def response_values(intent: IntentRecord) -> dict[str, Any]:
    """A response for a program."""
    return {
        "response": intent.id,
        "state": intent.state,
        "reason": intent.reason,
        "note": intent.note,
        "wording": intent.facts.wording,
        "attempts": intent.attempts,
        "not_before": intent.not_before,
        "not_after": intent.not_after,
        "settled_at": intent.settled_at,
        "sent_message_id": intent.sent_message_id,
    }


def _lines(record: MessageRecord, intents: list[IntentRecord], zone: str) -> list[str]:
    """A record for a person: the outcome first, then every rule in order."""
    arrived = f", arrived {local_text(record.arrived_at, zone)} ({zone})" if record.arrived_at else ""
    contact = f" (contact {record.contact_number})" if record.contact_number else ""
    lines = [f"Message {record.provider_id} in mailbox {record.mailbox}{arrived}{contact}"]
    if record.state is MessageState.HISTORY:
        return [*lines, "It was there before the program looked, so it was neither judged nor answered."]
    lines.append(outcome_of(record, intents))
    lines += [f"  Response {intent.id}: {response_in_words(intent, zone)}" for intent in intents]
    lines.append("")
    for reason in record.reasons:
        mark = _MARKS[reason.hit]
        lines.append(folded(f"  {mark:<8} {reason.rule:<22} {reason.because}  [{reason.clause}]", 34))
    return lines


def outcome_of(record: MessageRecord, intents: Sequence[IntentRecord]) -> str:
    """What became of it, in a sentence."""
    because = next((reason.because for reason in record.reasons if reason.rule == record.reason), "")
    if intents and all(intent.state in _NOT_SENT for intent in intents):
        return "It was to get an automatic response, which did not go:"
    if intents and record.reason != "out-of-boundary":
        return f"It gets an automatic response ({record.reason}): {because}."
    if intents:
        return "It gets an automatic response, because it came outside contact hours and nothing speaks against it."
    if record.would_respond:
        return "It would have got an automatic response, but sending was not armed when it arrived."
    return f"It gets no automatic response ({record.reason}): {because}."


def response_in_words(intent: IntentRecord, zone: str) -> str:
    """How a response stands."""
    when = f", {local_text(intent.settled_at, zone)}" if intent.settled_at else ""
    why_so = (
        f" ({'; '.join(filter(None, (intent.reason, intent.note)))})" if intent.reason or intent.note else ""
    )
    return f"{intent.state.value}, wording {intent.facts.wording.value}{when}{why_so}"
