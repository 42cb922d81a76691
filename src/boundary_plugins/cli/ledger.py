"""`boundary ledger`: what was posted, listed and exported."""

from datetime import date
from typing import Any

import click

from boundary_plugins.cli.context import load_config, opened_store
from boundary_plugins.cli.on_file import check_client
from boundary_plugins.cli.output import minutes_text, print_json, print_table
from boundary_plugins.cli.parameters import day_option
from boundary_plugins.core.fees.price import Money, plain_amount
from boundary_plugins.ports import LedgerEntry


@click.group()
def ledger() -> None:
    """See and export what was posted; nothing in it is ever changed."""


@ledger.command(name="list")
@click.option("--client", help="Of one client, by the id on file.")
@day_option("--from", "since", "The first day.")
@day_option("--until", "until", "The last day.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_entries(client: str | None, since: date | None, until: date | None, as_json: bool) -> None:
    """List the entries, oldest first."""
    found = _entries(client, since, until)
    if as_json:
        print_json([_values(entry) for entry in found])
        return
    heads = ("Entry", "Days", "Client", "Channel", "Minutes", "Amount", "Fee", "Takes back")
    print_table(heads, [_row(entry) for entry in found], empty="Nothing was posted.")


@ledger.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "beancount"]),
    default="csv",
    show_default=True,
    help="As what.",
)
@click.option("--client", help="Of one client, by the id on file.")
@day_option("--from", "since", "The first day.")
@day_option("--until", "until", "The last day.")
def export(form: str, client: str | None, since: date | None, until: date | None) -> None:
    """Write the entries to standard output, for a spreadsheet or for Beancount."""
    found = _entries(client, since, until)
    if form == "csv":
        from boundary_plugins.codecs.ledger_csv import ledger_csv

        click.echo(ledger_csv(found), nl=False)
    else:
        from boundary_plugins.codecs.ledger_beancount import ledger_beancount

        click.echo(ledger_beancount(found, load_config().practice.zone), nl=False)


def _entries(client: str | None, since: date | None, until: date | None) -> list[LedgerEntry]:
    """The entries that are meant."""
    with opened_store(load_config(), read_only=True) as store:
        found = store.ledger_entries(client_id=client, since=since, until=until)
        check_client(store, client, found or store.ledger_entries(client_id=client))
    return found


def _row(entry: LedgerEntry) -> tuple[object, ...]:
    """An entry for the table."""
    line = entry.line
    days = str(line.first_on) if line.first_on == line.last_on else f"{line.first_on} to {line.last_on}"
    return (
        *(entry.number, days, line.client_id, ", ".join(channel.value for channel in line.channels)),
        *(minutes_text(line.seconds), Money(line.amount.gross, line.currency), line.fee, entry.counters),
    )


def _values(entry: LedgerEntry) -> dict[str, Any]:
    """An entry for a program; amounts are decimal texts."""
    line, digits = entry.line, entry.line.currency.digits
    return {
        "entry": entry.number,
        "key": line.key,
        "client": line.client_id,
        "first_on": line.first_on,
        "last_on": line.last_on,
        "channels": line.channels,
        "seconds": line.seconds,
        "fee": line.fee,
        "policy_version": line.policy_version,
        "net": plain_amount(line.amount.net, digits),
        "tax": plain_amount(line.amount.tax, digits),
        "gross": plain_amount(line.amount.gross, digits),
        "currency": line.currency.code,
        "counters": entry.counters,
        "posted_at": entry.posted_at,
    }
