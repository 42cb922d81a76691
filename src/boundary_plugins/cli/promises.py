"""`boundary promises`: the answers that responses promised, what is due and what is late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from boundary_plugins.cli.context import load_config, load_plugins, now, opened_store
from boundary_plugins.cli.on_file import numbered_contact
from boundary_plugins.cli.output import local_text, print_json, print_table
from boundary_plugins.cli.parameters import as_json_option
from boundary_plugins.config.schema import Config
from boundary_plugins.core.response_promise import Promise, PromiseState
from boundary_plugins.daemon.rules import mailboxes_without_sent
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.repository import Store


@click.group(invoke_without_command=True)
@as_json_option
@click.pass_context
def promises(context: click.Context, as_json: bool) -> None:
    """Show the answers that responses promised to clients and that are still owed, what is due first.

    An answer is given once you write to the client, or log a later contact with them and your time for it.
    """
    if context.invoked_subcommand is not None:
        return
    config, at = load_config(), now()
    with opened_store(config, read_only=True) as store:
        owed = store.promises()
    host = load_plugins(config)
    unwatched = mailboxes_without_sent(config, host)
    host.close()
    if as_json:
        print_json({"promises": [_values(promise, at) for promise in owed], "sent_not_watched": unwatched})
    else:
        _show(owed, unwatched, config, at)


def _show(owed: Sequence[Promise], unwatched: Sequence[str], config: Config, at: datetime) -> None:
    """A table, and what the program cannot see."""
    zone = config.practice.zone
    heads = ("State", "Contact", "Client", f"Came ({zone})", "Answer promised")
    print_table(heads, [_row(promise, at, zone) for promise in owed], empty="No answer is owed.")
    if owed and unwatched:
        click.echo(f"\n{not_seen(unwatched)} Say of an answer that was given: boundary promises keep CONTACT")


def not_seen(unwatched: Sequence[str]) -> str:
    """That answers are not seen, and where."""
    names = " and ".join(f"mailbox {name}" for name in unwatched)
    return f"No Sent folder of {names} is watched, so what you wrote from there is not seen."


def late(owed: Sequence[Promise], at: datetime) -> int:
    """How many answers are late."""
    return sum(promise.state_at(at) is PromiseState.LATE for promise in owed)


def _row(promise: Promise, at: datetime, zone: str) -> tuple[object, ...]:
    """A promise for the table."""
    state = promise.state_at(at).value
    came = local_text(promise.came_at, zone)
    by = f"by {promise.due_by:%a %d %b %Y}" if promise.names_day else f"at {local_text(promise.due_at, zone)}"
    return state, promise.contact, promise.client_id, came, by


def _values(promise: Promise, at: datetime) -> dict[str, Any]:
    """A promise for a program."""
    return {
        "contact": promise.contact,
        "client": promise.client_id,
        "state": promise.state_at(at),
        "came_at": promise.came_at,
        "promised_at": promise.promised_at,
        "due_at": promise.due_at,
        "due_by": promise.due_by,
    }


@promises.command()
@click.argument("contact", metavar="CONTACT")
@click.option("--undo", is_flag=True, help="Take it back: the answer is still owed.")
@as_json_option
def keep(contact: str, undo: bool, as_json: bool) -> None:
    """Say that the answer to a CONTACT was given.

    For what no mailbox sees. CONTACT is its number, or a client's id and means every answer that is owed to them.
    """
    config, at = load_config(), now()
    with opened_store(config) as store:
        numbers = [_kept_before(store, contact)] if undo else _owed(store, contact)
        with store.transaction(at, check_clock=False) as tx:
            for number in numbers:
                if not undo:
                    tx.keep_promise(number, at)
                elif not tx.owe_again(number):
                    raise UsageProblem(f"of contact {number} it was not said that the answer was given")
    if as_json:
        print_json({"contacts": numbers, "kept": not undo})
        return
    for number in numbers:
        back = "is no longer taken as given" if undo else "was given"
        click.echo(f"Understood: the answer to contact {number} {back}.")


def _owed(store: Store, said: str) -> list[int]:
    """The contacts that are meant, among those that an answer is owed to. Raises UsageProblem."""
    owed = store.promises()
    numbers = [promise.contact for promise in owed if str(promise.contact) == said]
    numbers = numbers or [promise.contact for promise in owed if promise.client_id == said]
    if not numbers:
        raise UsageProblem(f"no answer is owed to {said}; see: boundary promises")
    return numbers


def _kept_before(store: Store, said: str) -> int:
    """The number of a contact on record. Raises UsageProblem."""
    record = numbered_contact(store, said)
    if record is None:
        raise UsageProblem(f"there is no contact {said}; see: boundary contact list")
    return record.number
