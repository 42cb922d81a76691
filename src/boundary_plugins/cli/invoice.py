"""`boundary invoice`: drafts from the ledger, issued with a number, taken back by counter-lines; as text and PDF."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import click

from boundary_plugins.cli.context import load_config, now, opened_store, today
from boundary_plugins.cli.on_file import check_client
from boundary_plugins.cli.output import print_json, print_table
from boundary_plugins.cli.parameters import day_option
from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.core.fees.price import Money, plain_amount
from boundary_plugins.daemon.invoicing import Invoicing
from boundary_plugins.errors import BoundaryError, MissingExtra
from boundary_plugins.store.invoice_records import InvoiceRecord


class NotWritten(BoundaryError):
    """The invoice could not be written."""


@click.group()
def invoice() -> None:
    """Draft, issue and take back invoices of what was posted."""


@invoice.command()
@click.argument("client")
@day_option("--from", "first_on", "The first day; not given, that of the month.")
@day_option("--until", "last_on", "The last day; not given, today.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def draft(client: str, first_on: date | None, last_on: date | None, as_json: bool) -> None:
    """Draft a client's invoice of what is posted and not yet invoiced."""
    config = load_config()
    last_on = last_on or today(config.practice.zone)
    first_on = first_on or last_on.replace(day=1)
    with opened_store(config) as store:
        invoicing = Invoicing(config, store, now)
        drafts = invoicing.draft(client, first_on, last_on)
        if as_json:
            print_json([_values(each) for each in drafts])
            return
        if not drafts:
            click.echo(f"Nothing of client {client} is open from {first_on} to {last_on}.")
        for each in drafts:
            _show(config, invoicing, each)
            click.echo(f"\nTo issue it: boundary invoice issue {each.id}")


@invoice.command(name="list")
@click.option("--client", help="Of one client, by the id on file.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_invoices(client: str | None, as_json: bool) -> None:
    """List invoices and drafts, oldest first."""
    with opened_store(load_config(), read_only=True) as store:
        found = store.invoices(client_id=client)
        check_client(store, client, found)
    if as_json:
        print_json([_values(each) for each in found])
        return
    heads = ("Invoice", "Client", "Period", "Total", "State", "Issued", "Takes back")
    print_table(heads, [_row(each) for each in found], empty="No invoice is on record.")


@invoice.command()
@click.argument("draft")
def issue(draft: str) -> None:
    """Give a DRAFT its number, for good, and write it as PDF and text."""
    config = load_config()
    with opened_store(config) as store:
        invoicing = Invoicing(config, store, now)
        issued = invoicing.issue(draft)
        click.echo(f"Issued: invoice {issued.number}, client {issued.client_id}, {_total(issued)}.")
        _write(config, invoicing, issued)


@invoice.command()
@click.argument("number")
@click.option("--pdf", "is_pdf", is_flag=True, help="Write the PDF (again), and name its file.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(number: str, is_pdf: bool, as_json: bool) -> None:
    """Show an invoice, or a draft by its id."""
    config = load_config()
    with opened_store(config, read_only=True) as store:
        invoicing = Invoicing(config, store, now)
        record = invoicing.record(number)
        if as_json:
            print_json(_values(record))
        elif is_pdf:
            _write(config, invoicing, record)
        else:
            _show(config, invoicing, record)


@invoice.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why; it is kept with the invoice.")
def void(number: str, reason: str) -> None:
    """Take an issued invoice back by another one with counter-lines; a draft is discarded."""
    config = load_config()
    with opened_store(config) as store:
        invoicing = Invoicing(config, store, now)
        counter = invoicing.void(number, reason)
        if counter is None:
            click.echo(f"Draft {number} is discarded.")
            return
        click.echo(f"Taken back: invoice {counter.cancels}, by invoice {counter.number}.")
        _write(config, invoicing, counter)


def _show(config: Config, invoicing: Invoicing, record: InvoiceRecord) -> None:
    """The invoice as text."""
    from boundary_plugins.rendering.invoice_text import invoice_text

    click.echo(invoice_text(invoicing.document(record), record.language, _region(config)), nl=False)


def _write(config: Config, invoicing: Invoicing, record: InvoiceRecord) -> None:
    """Write text and PDF, readable by their owner alone, and name them. Raises NotWritten."""
    from boundary_plugins.rendering.invoice_pdf import invoice_pdf
    from boundary_plugins.rendering.invoice_text import invoice_text

    folder = _folder(config)
    name = (record.number or f"draft-{record.id}").replace("/", "-")
    document = invoicing.document(record)
    again = f"write it with: boundary invoice show {record.number or record.id} --pdf"
    text = invoice_text(document, record.language, _region(config))
    _put(folder / f"{name}.txt", text.encode("utf-8"), again)
    try:
        content = invoice_pdf(document, record.language, _region(config))
    except MissingExtra as error:
        raise NotWritten(f"{error}; afterwards {again}") from None
    _put(folder / f"{name}.pdf", content, again)


def _region(config: Config) -> str:
    """The country whose paper and forms are used."""
    return (config.practice.region or "").partition("-")[0]


def _put(path: Path, content: bytes, again: str) -> None:
    """Write a file as a whole, and name it. Raises NotWritten."""
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise NotWritten(f"{path} cannot be written ({error.strerror}); {again}") from None
    click.echo(f"  {path}")


def _folder(config: Config) -> Path:
    """Where invoices are written."""
    given = config.billing.invoices.folder if config.billing else None
    return given or state_directory(config) / "invoices"


def _total(record: InvoiceRecord) -> Money:
    """What the client pays in all."""
    gross = sum(entry.line.amount.gross for entry in record.entries)
    return Money(-gross if record.cancels else gross, record.currency)


def _row(record: InvoiceRecord) -> tuple[object, ...]:
    """An invoice for the table."""
    return (
        record.number or f"draft {record.id}",
        record.client_id,
        f"{record.first_on} to {record.last_on}",
        _total(record),
        record.state.value,
        record.issued_on,
        record.cancels,
    )


def _values(record: InvoiceRecord) -> dict[str, Any]:
    """An invoice for a program; amounts are decimal texts."""
    digits = record.currency.digits
    sign = -1 if record.cancels else 1
    return {
        "id": record.id,
        "number": record.number,
        "client": record.client_id,
        "state": record.state,
        "first_on": record.first_on,
        "last_on": record.last_on,
        "issued_on": record.issued_on,
        "cancels": record.cancels,
        "reason": record.reason,
        "currency": record.currency.code,
        "total": plain_amount(_total(record).minor, digits),
        "lines": [
            {
                "entry": entry.number,
                "first_on": entry.line.first_on,
                "last_on": entry.line.last_on,
                "channels": entry.line.channels,
                "seconds": entry.line.seconds,
                "fee": entry.line.fee,
                "gross": plain_amount(sign * entry.line.amount.gross, digits),
            }
            for entry in record.entries
        ],
    }
