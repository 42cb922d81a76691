"""`boundary charge`: what contacts come to, why, and what the therapist decides about it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from boundary_plugins.cli.billing import billing_at_work
from boundary_plugins.cli.context import load_config, now, opened_store, user_name
from boundary_plugins.cli.output import folded, local_text, minutes_text, print_json, print_table
from boundary_plugins.core.fees.price import Money, plain_amount
from boundary_plugins.core.fees.price_grammar import parse_amount
from boundary_plugins.core.fees.steps import Step
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.charge_review import ChargeReview
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.charge_records import ChargeDecision, ChargeRecord, ChargeState

Function = Callable[..., Any]

_STATES = [state.value.replace(" ", "-") for state in ChargeState if state is not ChargeState.DROPPED]
_reason = click.option("--reason", required=True, help="Why; it is kept with the charge.")


@click.group()
def charge() -> None:
    """See what contacts come to, and decide about it. Nothing is charged without your yes."""


@charge.command(name="list")
@click.option("--client", help="Of one client, by the id on file.")
@click.option("--state", type=click.Choice(_STATES), help="In one state; all where none is given.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_charges(client: str | None, state: str | None, as_json: bool) -> None:
    """List charges, oldest first; those that are proposed wait for you."""
    states = (ChargeState(state.replace("-", " ")),) if state else ()
    with _reviewed() as billing:
        found = billing.store.charges(states=states, client_id=client)
    if as_json:
        print_json([_values(each) for each in found])
        return
    heads = ("Number", "Days", "Client", "Channel", "Minutes", "Amount", "State", "Fee")
    empty = "No charge is on record. Log your time with: boundary time log CONTACT MINUTES"
    print_table(heads, [_row(each) for each in found], empty=empty)


@charge.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(number: int, as_json: bool) -> None:
    """Show one charge, and what was decided about it."""
    with _reviewed() as billing:
        found = _found(billing, number)
        decisions = billing.store.decisions(number)
    if as_json:
        print_json({**_values(found), "decisions": decisions})
        return
    zone = billing.zone
    rows = [
        ("Charge", str(found.number)),
        ("Client", found.client_id),
        ("Contacts", ", ".join(map(str, found.contacts))),
        ("Days", _days(found)),
        ("Channels", ", ".join(channel.value for channel in found.channels)),
        ("Minutes", f"{minutes_text(found.seconds)}{' (proposed)' if found.proposed else ''}"),
        ("Fee", f"{found.fee}, policy {found.policy_version}"),
        ("Amount", _amount(found)),
        ("State", _state(found, zone)),
    ]
    rows += [(f"{each.kind.value.capitalize()}", _decided(each, zone)) for each in decisions]
    print_table(("", ""), rows)


@charge.command()
@click.argument("number", type=int)
@click.option("--contact", is_flag=True, help="NUMBER is that of a contact, which may have no charge.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def why(number: int, contact: bool, as_json: bool) -> None:
    """Explain a charge step by step, so that it can be read out to the client."""
    with _reviewed() as billing:
        title, steps = _explained_contact(billing, number) if contact else _explained(billing, number)
    if as_json:
        print_json([{"step": step.name, "passed": step.passed, "because": step.because} for step in steps])
        return
    click.echo(title)
    for step in steps:
        mark = " " if step.passed else "x"
        click.echo(folded(f"{mark} {step.name:<12} {step.because}", 15))


@charge.command()
@click.argument("numbers", type=int, nargs=-1, required=True)
def confirm(numbers: tuple[int, ...]) -> None:
    """Say yes to proposed charges; they go to the biller at once."""
    with _deciding() as (review, billing):
        confirmed = [review.confirm(number) for number in numbers]
        billing.settle()
        for each in confirmed:
            _say(billing, each.number)


@charge.command()
@click.argument("number", type=int)
@click.option("--minutes", type=click.IntRange(min=1), help="So many minutes count, and no more.")
@click.option("--amount", help="This amount, and not what was worked out.")
@_reason
def change(number: int, minutes: int | None, amount: str | None, reason: str) -> None:
    """Confirm a charge with fewer minutes or a lower amount."""
    if (minutes is None) == (amount is None):
        raise UsageProblem("a change needs one of --minutes and --amount")
    with _deciding() as (review, billing):
        digits = _found(billing, number).currency.digits
        minor = _minor(amount, digits) if amount is not None else None
        review.change(number, seconds=None if minutes is None else minutes * 60, minor=minor, reason=reason)
        billing.settle()
        _say(billing, number)


@charge.command()
@click.argument("number", type=int)
@_reason
def waive(number: int, reason: str) -> None:
    """Charge nothing for it."""
    with _deciding() as (review, billing):
        review.waive(number, reason)
        _say(billing, number)


@charge.command()
@click.argument("number", type=int)
@_reason
def void(number: int, reason: str) -> None:
    """Take back a charge that was posted, by a counter-line."""
    with _deciding() as (review, billing):
        review.void(number, reason)
        billing.settle()
        _say(billing, number)


@charge.command()
@click.argument("number", type=int, required=False)
def undo(number: int | None) -> None:
    """Undo the last decision about a charge, or (without NUMBER) the last of all."""
    with _deciding() as (review, billing):
        found, what = review.undo(number)
        billing.settle()
        billing.review()
        click.echo(f"Undone: {what}.")
        _say(billing, found.number)


@contextmanager
def _reviewed() -> Iterator[Billing]:
    """The billing, with proposals in step with what is on record."""
    config = load_config()
    with opened_store(config) as store, billing_at_work(config, store) as billing:
        billing.review()
        yield billing


@contextmanager
def _deciding() -> Iterator[tuple[ChargeReview, Billing]]:
    """The one who decides, and the billing that carries it out."""
    with _reviewed() as billing:
        yield ChargeReview(billing.store, billing.policies, user_name(), now), billing


def _found(billing: Billing, number: int) -> ChargeRecord:
    """The charge. Raises UsageProblem where there is none."""
    found = billing.store.charge(number)
    if found is None or found.state is ChargeState.DROPPED:
        raise UsageProblem(f"there is no charge {number}; see: boundary charge list")
    return found


def _explained(billing: Billing, number: int) -> tuple[str, tuple[Step, ...]]:
    """The steps of a charge."""
    found = _found(billing, number)
    return f"Charge {number} of client {found.client_id}: {_amount(found)}, {found.state.value}.", found.steps


def _explained_contact(billing: Billing, number: int) -> tuple[str, tuple[Step, ...]]:
    """The steps of a contact, also where it has no charge."""
    assessment = billing.assessment_of(number)
    if assessment is None:
        raise UsageProblem(f"there is no contact {number} of a client on file; see: boundary contact list")
    if assessment.amount is None or assessment.currency is None:
        return f"Contact {number} of client {assessment.client_id}: nothing is charged.", assessment.steps
    amount = Money(assessment.amount.gross, assessment.currency)
    return f"Contact {number} of client {assessment.client_id} comes to {amount}.", assessment.steps


def _minor(amount: str, digits: int) -> int:
    """The amount in minor units. Raises UsageProblem."""
    try:
        return parse_amount(amount, digits)
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def _say(billing: Billing, number: int) -> None:
    """One line about how a charge stands now."""
    found = _found(billing, number)
    click.echo(
        f"Charge {number}: client {found.client_id}, {_days(found)}, {minutes_text(found.seconds)} minutes, "
        f"{_amount(found)}, {_state(found, billing.zone)}."
    )


def _state(found: ChargeRecord, zone: str) -> str:
    """The state, with what a person wants to know beside it."""
    if found.state is ChargeState.PROPOSED and found.ends_at is not None:
        return f"proposed (counts until {local_text(found.ends_at, zone)})"
    return f"{found.state.value} ({found.reason})" if found.reason else found.state.value


def _decided(decision: ChargeDecision, zone: str) -> str:
    """A decision in words."""
    told = f"{local_text(decision.made_at, zone)} by {decision.made_by}"
    told += f": {decision.reason}" if decision.reason else ""
    return f"{told} (undone)" if decision.undone_at else told


def _days(found: ChargeRecord) -> str:
    """The days it is for."""
    if found.first_on == found.last_on:
        return found.first_on.isoformat()
    return f"{found.first_on.isoformat()} to {found.last_on.isoformat()}"


def _amount(found: ChargeRecord) -> str:
    """What the client pays."""
    return str(Money(found.amount.gross, found.currency))


def _row(found: ChargeRecord) -> tuple[object, ...]:
    """A charge for the table."""
    channels = ", ".join(channel.value for channel in found.channels)
    minutes = f"{minutes_text(found.seconds)}{'?' if found.proposed else ''}"
    return (
        *(found.number, _days(found), found.client_id, channels, minutes),
        *(_amount(found), found.state.value, found.fee),
    )


def _values(found: ChargeRecord) -> dict[str, Any]:
    """A charge for a program; amounts are decimal texts."""
    digits = found.currency.digits
    return {
        "number": found.number,
        "client": found.client_id,
        "contacts": found.contacts,
        "channels": found.channels,
        "first_on": found.first_on,
        "last_on": found.last_on,
        "seconds": found.seconds,
        "proposed": found.proposed,
        "fee": found.fee,
        "policy_version": found.policy_version,
        "net": plain_amount(found.amount.net, digits),
        "tax": plain_amount(found.amount.tax, digits),
        "gross": plain_amount(found.amount.gross, digits),
        "currency": found.currency.code,
        "state": found.state,
        "reason": found.reason,
        "ends_at": found.ends_at,
        "reference": found.reference,
    }
