"""The end of the demonstration: from a contact to an invoice, by the commands as a person types them."""

import shlex
from datetime import datetime, timedelta

import click

from boundary_plugins.config.schema import Config
from boundary_plugins.core.client import Consent
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.repository import Store, Transaction

#: Who agreed to the fees, and whose contact gets an invoice.
_CLIENT = "AB"
_MINUTES = "12"


def agree_to_fees(transaction: Transaction, config: Config, at: datetime) -> None:
    """Put the client's consent to the fee policy on record, as of a month ago."""
    if config.billing is not None:
        consent = Consent(config.billing.version, at - timedelta(days=30), "signed form")
        transaction.add_consent(_CLIENT, consent, at)


def show_billing(config: Config, store: Store) -> None:
    """Log time on a contact, look at what it comes to, confirm it, and make the invoice."""
    contact = max(
        record.number for record in store.contacts(client_id=_CLIENT) if record.contact.out_of_boundary
    )
    click.echo(f"\nAnd now the way to an invoice: you spent {_MINUTES} minutes on contact {contact}.")
    _type(config, "time", "log", str(contact), _MINUTES)
    _type(config, "charge", "list")
    charge = next(iter(store.charges()), None)
    if charge is None:
        raise UsageProblem("the contact came to no charge, although the demo was meant to show one")
    _type(config, "charge", "why", str(charge.number))
    _type(config, "charge", "confirm", str(charge.number))
    _type(config, "invoice", "draft", _CLIENT)
    draft = store.invoices(client_id=_CLIENT)[-1]
    _type(config, "invoice", "issue", str(draft.id))


def _type(config: Config, *words: str) -> None:
    """Show a command and run it. Raises UsageProblem where it fails."""
    from boundary_plugins.cli import execute

    click.echo(click.style(f"\n$ boundary {shlex.join(words)}", bold=True))
    code = execute(["--config", str(config.path), *words])
    if code != 0:
        raise UsageProblem(f"boundary {shlex.join(words)} ended with {code}")
