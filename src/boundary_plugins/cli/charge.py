"""`boundary charge`: what contacts come to, and why; the decisions are in modules of their own."""

import click

from boundary_plugins.cli.billing import charges_in_step
from boundary_plugins.cli.charge_decide import change, confirm, undo, void, waive
from boundary_plugins.cli.charge_words import (
    amount_text,
    charge_on,
    charge_values,
    days_text,
    decided_text,
    row_of,
    state_text,
)
from boundary_plugins.cli.on_file import check_client
from boundary_plugins.cli.output import folded, minutes_text, print_json, print_table
from boundary_plugins.cli.parameters import NUMBER
from boundary_plugins.core.fees.price import Money
from boundary_plugins.core.fees.steps import Step
from boundary_plugins.daemon.proposing import Proposing
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.charge_records import ChargeState

_STATES = [state.value.replace(" ", "-") for state in ChargeState if state is not ChargeState.DROPPED]


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
    with charges_in_step() as charges:
        found = charges.store.charges(states=states, client_id=client)
        check_client(charges.store, client, found or charges.store.charges(client_id=client))
    if as_json:
        print_json([charge_values(each) for each in found])
        return
    heads = ("Number", "Days", "Client", "Channel", "Minutes", "Amount", "State", "Fee")
    empty = (
        "No charge is on record. It takes your time (boundary time log CONTACT MINUTES) and a consent that was "
        "in force when the contact came (boundary client consent ID); what one comes to, and why nothing: "
        "boundary charge why --contact NUMBER"
    )
    if client or state:
        empty = "No such charge is on record."
    print_table(heads, [row_of(each) for each in found], empty=empty)


@charge.command()
@click.argument("number", type=NUMBER)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(number: int, as_json: bool) -> None:
    """Show one charge, and what was decided about it."""
    with charges_in_step() as charges:
        found = charge_on(charges.store, number)
        decisions = charges.store.decisions(number)
    if as_json:
        print_json({**charge_values(found), "decisions": decisions})
        return
    zone = charges.zone
    rows = [
        ("Charge", str(found.number)),
        ("Client", found.client_id),
        ("Contacts", ", ".join(map(str, found.contacts))),
        ("Days", days_text(found)),
        ("Channels", ", ".join(channel.value for channel in found.channels)),
        ("Minutes", f"{minutes_text(found.seconds)}{' (proposed)' if found.proposed else ''}"),
        ("Fee", f"{found.fee}, policy {found.policy_version}"),
        ("Amount", amount_text(found)),
        ("State", state_text(found, zone)),
    ]
    rows += [(f"{each.kind.value.capitalize()}", decided_text(each, zone)) for each in decisions]
    print_table(("", ""), rows)


@charge.command()
@click.argument("number", type=NUMBER)
@click.option("--contact", is_flag=True, help="NUMBER is that of a contact, which may have no charge.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def why(number: int, contact: bool, as_json: bool) -> None:
    """Explain a charge step by step, so that it can be read out to the client."""
    with charges_in_step() as charges:
        title, steps = _explained_contact(charges, number) if contact else _explained(charges, number)
    if as_json:
        print_json([{"step": step.name, "passed": step.passed, "because": step.because} for step in steps])
        return
    click.echo(title)
    for step in steps:
        mark = " " if step.passed else "x"
        click.echo(folded(f"{mark} {step.name:<12} {step.because}", 15))


for _decision in (confirm, change, waive, void, undo):
    charge.add_command(_decision)


def _explained(charges: Proposing, number: int) -> tuple[str, tuple[Step, ...]]:
    """The steps of a charge."""
    found = charge_on(charges.store, number)
    return (
        f"Charge {number} of client {found.client_id}: {amount_text(found)}, {found.state.value}.",
        found.steps,
    )


def _explained_contact(charges: Proposing, number: int) -> tuple[str, tuple[Step, ...]]:
    """The steps of a contact, also where it has no charge."""
    assessment = charges.assessment_of(number)
    if assessment is None:
        raise UsageProblem(f"there is no contact {number} of a client on file; see: boundary contact list")
    if assessment.amount is None or assessment.currency is None:
        return f"Contact {number} of client {assessment.client_id}: nothing is charged.", assessment.steps
    amount = Money(assessment.amount.gross, assessment.currency)
    return f"Contact {number} of client {assessment.client_id} comes to {amount}.", assessment.steps
