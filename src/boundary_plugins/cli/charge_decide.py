"""`boundary charge confirm`, `change`, `waive`, `void` and `undo`: what the therapist decides about charges."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from boundary_plugins.cli.billing import billing_at_work
from boundary_plugins.cli.charge_words import amount_text, charge_on, days_text, state_text
from boundary_plugins.cli.context import now, user_name
from boundary_plugins.cli.output import minutes_text
from boundary_plugins.cli.parameters import NUMBER, WholeNumber
from boundary_plugins.core.fees.price_grammar import parse_amount
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.charge_review import ChargeReview
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.charge_records import ChargeState

_reason = click.option("--reason", required=True, help="Why; it is kept with the charge.")


@click.command()
@click.argument("numbers", type=NUMBER, nargs=-1, required=True)
def confirm(numbers: tuple[int, ...]) -> None:
    """Say yes to proposed charges; they go to the biller at once."""
    with _deciding() as (review, billing):
        confirmed: list[int] = []
        try:
            for number in dict.fromkeys(numbers):
                review.confirm(number)
                confirmed += [number]
        finally:
            # Where one of them cannot be, it is told after what was done about those before it.
            billing.settle()
            for number in confirmed:
                _say(billing, number)


@click.command()
@click.argument("number", type=NUMBER)
@click.option("--minutes", type=WholeNumber(), help="So many minutes count, and no more.")
@click.option("--amount", help="This amount, and not what was worked out.")
@_reason
def change(number: int, minutes: int | None, amount: str | None, reason: str) -> None:
    """Confirm a charge with fewer minutes or a lower amount."""
    if (minutes is None) == (amount is None):
        raise UsageProblem("a change needs one of --minutes and --amount")
    with _deciding() as (review, billing):
        digits = charge_on(billing.store, number).currency.digits
        minor = _minor(amount, digits) if amount is not None else None
        review.change(number, seconds=None if minutes is None else minutes * 60, minor=minor, reason=reason)
        billing.settle()
        _say(billing, number)


@click.command()
@click.argument("number", type=NUMBER)
@_reason
def waive(number: int, reason: str) -> None:
    """Charge nothing for it."""
    with _deciding() as (review, billing):
        review.waive(number, reason)
        _say(billing, number)


@click.command()
@click.argument("number", type=NUMBER)
@_reason
def void(number: int, reason: str) -> None:
    """Take back a charge that was posted, by a counter-line."""
    with _deciding() as (review, billing):
        review.void(number, reason)
        billing.settle()
        _say(billing, number)


@click.command()
@click.argument("number", type=NUMBER, required=False)
def undo(number: int | None) -> None:
    """Undo the last decision about a charge, or (without NUMBER) the last of all."""
    with _deciding() as (review, billing):
        found, what = review.undo(number)
        billing.settle()
        billing.review()
        click.echo(f"Undone: {what}.")
        _say(billing, found.number)
        for anew in billing.store.charges(states=(ChargeState.PROPOSED,), contact=found.contacts[0]):
            if anew.number != found.number:
                _say(billing, anew.number)


@contextmanager
def _deciding() -> Iterator[tuple[ChargeReview, Billing]]:
    """The one who decides, and the billing that carries it out."""
    with billing_at_work() as billing:
        yield ChargeReview(billing.store, user_name(), billing.proposing.zone, now), billing


def _minor(amount: str, digits: int) -> int:
    """The amount in minor units. Raises UsageProblem."""
    try:
        return parse_amount(amount, digits)
    except ValueError as error:
        raise UsageProblem(str(error)) from None


def _say(billing: Billing, number: int) -> None:
    """One line about how a charge stands now."""
    found = billing.store.charge(number)
    if found is None:
        return
    click.echo(
        f"Charge {number}: client {found.client_id}, {days_text(found)}, {minutes_text(found.seconds)} minutes, "
        f"{amount_text(found)}, {state_text(found, billing.proposing.zone)}."
    )
