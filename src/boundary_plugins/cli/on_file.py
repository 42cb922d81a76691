"""Clients and contacts as they are named at a terminal, and how they are said back."""

import difflib
from collections.abc import Sequence

from boundary_plugins.cli.output import local_text
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.records import ContactRecord
from boundary_plugins.store.repository import Store

# So many names still make a sentence.
_NAMED = 12
# No number of the store has more digits.
_DIGITS = 18


def client_on_file(store: Store, client: str) -> str:
    """The id as it is on file. Raises UsageProblem, with those that are, for any other."""
    known = [each.id for each in store.clients()]
    if client in known:
        return client
    if not known:
        raise UsageProblem("no client is on file; add one with: boundary client add")
    raise UsageProblem(f'no client "{client}" is on file; {allowed(client, known)}')


def check_client(store: Store, client: str | None, found: Sequence[object]) -> None:
    """Raise UsageProblem where nothing was found of a client who is not on file either.

    What is on record may be of a client who is not on file any more.
    """
    if client and not found:
        client_on_file(store, client)


def numbered_contact(store: Store, said: str) -> ContactRecord | None:
    """The contact with this number; None for what is no number, or that of no contact."""
    return store.contact(int(said)) if said.isdecimal() and len(said) <= _DIGITS else None


def contact_on_file(store: Store, said: str) -> ContactRecord:
    """The contact that is meant: by its number, or a client's latest one. Raises UsageProblem."""
    found = numbered_contact(store, said)
    if found is not None:
        return found
    if said.isdecimal() and store.client(said) is None:
        raise UsageProblem(f"no contact {said} is on record; see: boundary contact list")
    client = client_on_file(store, said)
    latest = store.contacts(client_id=client, limit=1)
    if not latest:
        raise UsageProblem(
            f"no contact of {client} is on record; log one with: boundary contact log {client} --channel CHANNEL"
        )
    return latest[0]


def contact_in_words(record: ContactRecord, zone: str) -> str:
    """A contact said back: "contact 41 (email from AB, Sat 21 Nov 2026, 10:12)"."""
    contact = record.contact
    sender = contact.client_id or "somebody not on file"
    return f"contact {record.number} ({contact.channel.value} from {sender}, {local_text(contact.arrived_at, zone)})"


def allowed(given: str, known: Sequence[str]) -> str:
    """What is allowed, the nearest first where they are many."""
    folded = {each.casefold(): each for each in known}
    near = [folded[each] for each in difflib.get_close_matches(given.casefold(), folded, n=3)]
    shown = list(dict.fromkeys([*near, *known]))
    more = f" and {len(shown) - _NAMED} more" if len(shown) > _NAMED else ""
    return f"allowed: {', '.join(shown[:_NAMED])}{more}"
