"""`boundary client consent` and `client fees`: what a client agreed to pay, since when, and how they said so."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import click

from boundary_plugins.cli.context import load_config, now, opened_store
from boundary_plugins.cli.output import local_text, plain, print_json, print_table
from boundary_plugins.cli.parameters import WholeNumber
from boundary_plugins.cli.spoken import past_day, understood_moment
from boundary_plugins.config.fees import currency_of
from boundary_plugins.config.schema import Config
from boundary_plugins.core.client import Consent, FeeStanding, FeeTerms
from boundary_plugins.core.fees.price import Currency, Money, SessionFee
from boundary_plugins.core.fees.price_grammar import parse_amount
from boundary_plugins.core.wall_clock_time import day_start
from boundary_plugins.daemon.billing_assembly import kept_policies
from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.repository import Store


@click.command()
@click.argument("id")
@click.option("--version", help="Of the fee policy; not given, the one that is configured.")
@click.option(
    "--on",
    "said",
    metavar="WHEN",
    default="now",
    show_default=True,
    help='Or "yesterday", "2026-01-15 14:00".',
)
@click.option("--how", help='How it was given, such as "signed form".')
@click.option("--revoke", is_flag=True, help="The client takes it back, from then on.")
@click.option("--json", "as_json", is_flag=True, help="As JSON; without --how and --revoke, only shows.")
def consent(id: str, version: str | None, said: str, how: str | None, revoke: bool, as_json: bool) -> None:
    """Record that a client agreed to the fee policy, or show what they agreed to.

    A consent counts for contacts that come after it. A day without a time counts from its end on when
    it is given, and from its beginning on when it is taken back, so that no contact of that day costs.
    """
    config = load_config()
    zone = config.practice.zone
    with opened_store(config) as store:
        _terms(store, id)
        if how or revoke:
            given_at = _moment(said, zone, ends=not revoke)
            wanted = _version(config, store, version)
            _record(store, id, wanted, given_at, how, revoke=revoke)
        terms = _terms(store, id)
    if as_json:
        print_json(_values(terms))
        return
    heads = ("Policy", f"In force from ({zone})", "How", "Taken back from")
    rows = [
        (
            *(each.policy_version, local_text(each.given_at, zone), each.how),
            local_text(each.revoked_at, zone) if each.revoked_at else None,
        )
        for each in terms.consents
    ]
    print_table(heads, rows, empty=f"{id} agreed to no fee policy; nothing is charged.")


@click.command()
@click.argument("id")
@click.option("--session-fee", help='What they pay for a session, such as "150.00"; "" takes it away.')
@click.option("--session-minutes", type=WholeNumber(1, 600), help="How long their session lasts.")
@click.option(
    "--standing",
    type=click.Choice([standing.value.replace(" ", "-") for standing in FeeStanding]),
    help="as-agreed, suspended for now, or never (a payer's contract may forbid it).",
)
@click.option("--invoice-to", help="Name and address on their invoices; \\n begins a new line.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def fees(
    id: str,
    session_fee: str | None,
    session_minutes: int | None,
    standing: str | None,
    invoice_to: str | None,
    as_json: bool,
) -> None:
    """Show or change what bears on a client's fees."""
    config = load_config()
    with opened_store(config) as store:
        terms = _terms(store, id)
        changes: dict[str, Any] = {}
        if standing is not None:
            changes["standing"] = FeeStanding(standing.replace("-", " "))
        if session_fee is not None or session_minutes is not None:
            changes["session_fee"] = _session_fee(config, terms, session_fee, session_minutes)
        if invoice_to is not None:
            changes["invoice_to"] = invoice_to.replace("\\n", "\n").strip() or None
        if changes:
            with store.transaction(now(), check_clock=False) as transaction:
                transaction.set_fee_terms(id, now(), **changes)
            terms = _terms(store, id)
        recipient = store.invoice_recipient(id)
    if as_json:
        print_json({**_values(terms), "invoice_to": recipient})
        return
    print_table(
        ("", ""),
        [
            ("Client", id),
            ("Fees", terms.standing.value),
            ("Session fee", _session_in_words(terms.session_fee)),
            ("Consents", ", ".join(map(_consent_in_words, terms.consents)) or "none"),
            ("Invoices to", (recipient or f"{id} (the id on file)").replace("\n", ", ")),
        ],
    )


def _terms(store: Store, id: str) -> FeeTerms:
    """The terms of a client on file. Raises UsageProblem."""
    found = store.fee_terms(id).get(id)
    if found is None:
        raise UsageProblem(f"no client {id} is on file; see: boundary client list")
    return found


def _moment(said: str, zone: str, *, ends: bool) -> datetime:
    """The instant that was meant; of a day without a time its end, or its beginning."""
    at = now()
    day = past_day(said, at, zone)
    if day is None:
        return understood_moment(said, at, zone)
    try:
        begins, over = day_start(day, zone), day_start(day + timedelta(days=1), zone)
    except OverflowError:
        raise UsageProblem(f'there is no day "{said}" in the calendar') from None
    if begins > at:
        raise UsageProblem(f'"{said}" is still to come; allowed: a day that has begun, or a past moment')
    # Its last instant is still of that day; and what was agreed to today holds from now on.
    return min(over - timedelta(microseconds=1), at) if ends else begins


def _version(config: Config, store: Store, version: str | None) -> str:
    """A version on record. Raises UsageProblem, with those that are, for any other."""
    known = [policy.version for policy in kept_policies(config, store, now())]
    if version is None and config.billing is not None:
        version = config.billing.version
    if version not in known:
        allowed = ", ".join(known) or "none; configure [billing] and [[fees]] first"
        raise UsageProblem(f'there is no fee policy "{version or ""}"; allowed: {allowed}')
    return version


def _record(store: Store, id: str, version: str, at: datetime, how: str | None, *, revoke: bool) -> None:
    """Put the consent, or its end, on record, and say so."""
    with store.transaction(now(), check_clock=False) as transaction:
        if revoke:
            ended = transaction.revoke_consent(id, version, at)
            if not ended:
                raise UsageProblem(
                    f"{id} has no consent to fee policy {version} that is in force then; "
                    f"see: boundary client consent {id}"
                )
            click.echo(f"Taken back: {id} no longer agrees to fee policy {version}.", err=True)
        else:
            given = Consent(version, at, without_addresses(how or ""))
            if not transaction.add_consent(id, given, now()):
                _refuse_taken_back(_terms(store, id), given)
            click.echo(f"On record: {id} agreed to fee policy {version} ({given.how}).", err=True)


def _refuse_taken_back(terms: FeeTerms, given: Consent) -> None:
    """A consent of that very moment which was taken back does not come into force again."""
    before = next(
        each
        for each in terms.consents
        if (each.policy_version, each.given_at) == (given.policy_version, given.given_at)
    )
    if before.revoked_at is not None:
        raise UsageProblem(
            f"the consent of {terms.client_id} of that moment was taken back; allowed: the moment at which they "
            'agreed anew, such as --on "2026-01-15 14:00"'
        )


def _session_fee(
    config: Config, terms: FeeTerms, amount: str | None, minutes: int | None
) -> SessionFee | None:
    """The session fee after a change. Raises UsageProblem."""
    if config.billing is None:
        raise UsageProblem("a session fee needs a currency; configure [billing] first")
    before = terms.session_fee
    if amount == "":
        return None
    if (amount is None and before is None) or (minutes is None and before is None):
        raise UsageProblem("a session fee needs --session-fee and --session-minutes")
    if before is not None and amount is None:
        return replace(before, minutes=minutes or before.minutes)
    currency = currency_of(config.billing.currency)
    try:
        minor = parse_amount(amount or "", currency.digits)
    except ValueError as error:
        raise UsageProblem(str(error)) from None
    return SessionFee(minor, currency.code, minutes or (before.minutes if before else 0))


def _consent_in_words(given: Consent) -> str:
    """The version, and whether the client took it back."""
    return f"{given.policy_version} (taken back)" if given.revoked_at else given.policy_version


def _session_in_words(fee: SessionFee | None) -> str:
    """The session fee as one says it."""
    if fee is None:
        return "none on file"
    digits = currency_of(fee.currency).digits
    return f"{Money(fee.minor, Currency(fee.currency, digits))} for {fee.minutes} minutes"


def _values(terms: FeeTerms) -> dict[str, Any]:
    """The terms for a program."""
    values: dict[str, Any] = plain(terms)
    return values
