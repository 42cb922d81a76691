"""`boundary client`: the clients on file, who alone are answered by default."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import click

from boundary_plugins.cli.client_import import import_clients
from boundary_plugins.cli.context import load_config, now, opened_store
from boundary_plugins.cli.output import print_json, print_table
from boundary_plugins.cli.parameters import checked
from boundary_plugins.config.fields import address_problem, text_language_problem, zone_problem
from boundary_plugins.config.regions import region_problem
from boundary_plugins.core.address import canonical, is_own
from boundary_plugins.core.client import AutoReply, Client, id_problem, looks_like_a_name
from boundary_plugins.errors import UsageProblem

Function = Callable[..., Any]


def _client_region_problem(code: str) -> str | None:
    return region_problem(code, subdivision_is_allowed=True)


def _common_options(function: Function) -> Function:
    """What can be said of a client, when adding and when editing."""
    for option in (
        click.option(
            "--region", callback=checked(_client_region_problem), help="Where they are, such as US."
        ),
        click.option(
            "--language", callback=checked(text_language_problem), help="The language of responses."
        ),
        click.option("--zone", callback=checked(zone_problem), help="Their time zone."),
        click.option(
            "--auto-reply",
            type=click.Choice([choice.value for choice in AutoReply]),
            help="full names the practice, discreet (the default) neither it nor therapy, never: none.",
        ),
    ):
        function = option(function)
    return function


@click.group()
def client() -> None:
    """Keep the clients on file. Use an id or initials, not a name."""


client.add_command(import_clients)


@client.command()
@click.argument("id")
@click.option(
    "--address", "addresses", multiple=True, required=True, callback=checked(address_problem),
    help="An address they write from; the first is answered by preference. Repeat it for more.",
)  # fmt: skip
@_common_options
@click.option("--inactive", is_flag=True, help="On file, but never answered.")
def add(id: str, addresses: tuple[str, ...], inactive: bool, **given: str | None) -> None:
    """Put a client on file."""
    _check_id(id)
    auto_reply = AutoReply(given.pop("auto_reply") or AutoReply.DISCREET.value)
    new = Client(id, addresses, auto_reply=auto_reply, active=not inactive, **given)
    config = load_config()
    forms = _canonical(addresses, config.therapist.addresses)
    with opened_store(config) as store, store.transaction(now(), check_clock=False) as tx:
        tx.add_client(new, forms, now())
    click.echo(f"On file: {_in_words(new)}")


@client.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_clients(as_json: bool) -> None:
    """List the clients, without their addresses (JSON has them)."""
    with opened_store(load_config(), read_only=True) as store:
        clients = store.clients()
    if as_json:
        print_json(clients)
        return
    heads = ("Client", "Addresses", "Zone", "Language", "Region", "Automatic reply", "Active")
    rows = [
        (one.id, len(one.addresses), one.zone, one.language, one.region, one.auto_reply.value, one.active)
        for one in clients
    ]
    print_table(heads, rows, empty="No client is on file; add one with: boundary client add ID --address …")


@client.command()
@click.argument("id")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def show(id: str, as_json: bool) -> None:
    """Show one client; what is — is the practice's own."""
    with opened_store(load_config(), read_only=True) as store:
        found = _found(store.client(id), id)
    if as_json:
        print_json(found)
        return
    rows = [("Client", found.id), *(("Address", address) for address in found.addresses)]
    rows += [
        ("Zone", found.zone or "—"),
        ("Language", found.language or "—"),
        ("Region", found.region or "—"),
    ]
    rows += [("Automatic reply", found.auto_reply.value), ("Active", "yes" if found.active else "no")]
    print_table(("", ""), rows)


@client.command()
@click.argument("id")
@click.option(
    "--address", "addresses", multiple=True, callback=checked(address_problem), help="Replaces all."
)
@click.option("--add-address", multiple=True, callback=checked(address_problem), help="One more address.")
@click.option("--remove-address", multiple=True, help="One address less.")
@_common_options
@click.option("--active/--inactive", default=None, help="Whether they may be answered.")
def edit(
    id: str,
    addresses: tuple[str, ...],
    add_address: tuple[str, ...],
    remove_address: tuple[str, ...],
    active: bool | None,
    **given: str | None,
) -> None:
    """Change what is on file; an empty value ("") gives a key back to the practice."""
    config = load_config()
    with opened_store(config) as store:
        before = _found(store.client(id), id)
        wanted = _changed_addresses(addresses or before.addresses, add_address, remove_address)
        after = replace(before, addresses=wanted, **_changes(given, active))
        if after == before:
            click.echo(f"Nothing to change: {_in_words(before)}")
            return
        forms = _canonical(after.addresses, config.therapist.addresses)
        with store.transaction(now(), check_clock=False) as tx:
            tx.edit_client(after, forms, now())
    click.echo(f"Before: {_in_words(before)}\nNow:    {_in_words(after)}")


def _changes(given: dict[str, str | None], active: bool | None) -> dict[str, Any]:
    """The fields that flags name, as Client has them."""
    auto_reply = given.pop("auto_reply")
    changes: dict[str, Any] = {name: value or None for name, value in given.items() if value is not None}
    if auto_reply is not None:
        changes["auto_reply"] = AutoReply(auto_reply)
    if active is not None:
        changes["active"] = active
    return changes


def _changed_addresses(
    present: Sequence[str], added: Sequence[str], removed: Sequence[str]
) -> tuple[str, ...]:
    gone = {canonical(address) for address in removed}
    unknown = gone - {canonical(address) for address in present}
    if unknown:
        raise UsageProblem("an address to remove is not on file of this client; nothing was changed")
    return tuple(a for a in (*present, *added) if canonical(a) not in gone)


def _canonical(addresses: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """The canonical forms. Raises UsageProblem for none, a doubled one and one of the therapist's own."""
    if not addresses:
        raise UsageProblem("a client needs at least one address; to stop answering use: --inactive")
    forms = tuple(canonical(address) for address in addresses)
    if len(set(forms)) < len(forms):
        raise UsageProblem("an address is given twice; nothing was changed")
    if any(is_own(address, tuple(own)) for address in addresses):
        raise UsageProblem("an address is one of your own, which is never answered; nothing was changed")
    return forms


def _check_id(id: str) -> None:
    if problem := id_problem(id):
        raise UsageProblem(problem)
    if looks_like_a_name(id):
        click.echo("This looks like a full name; initials or a number say less to others.", err=True)


def _found(client: Client | None, id: str) -> Client:
    if client is None:
        raise UsageProblem(f"no client {id} is on file; see: boundary client list")
    return client


def _in_words(client: Client) -> str:
    """One line about a client, without addresses."""
    count = len(client.addresses)
    facts = [f"{count} address{'es' if count != 1 else ''}", f"automatic reply {client.auto_reply.value}"]
    facts += [value for value in (client.zone, client.language, client.region) if value]
    facts += [] if client.active else ["inactive"]
    return f"{client.id}: {', '.join(facts)}"
