"""The ledger as Beancount text: accounts opened first, then one balanced transaction an entry."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import sha256
from zoneinfo import ZoneInfo

from boundary_plugins.core.fees.price import plain_amount
from boundary_plugins.ports import LedgerEntry

_RECEIVABLE, _FEES, _TAX = "Assets:Receivable", "Income:Fees", "Liabilities:Tax"
_LEGAL = re.compile(r"[A-Z0-9][A-Za-z0-9-]*")
_ILLEGAL = re.compile(r"[^A-Za-z0-9]+")
#: As much of a name as an account needs to be recognised by.
_LONGEST = 40
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}


def ledger_beancount(entries: Iterable[LedgerEntry], zone: str = "UTC") -> str:
    """The entries as a Beancount file. `zone` (an IANA name) says on which day an entry was posted.

    What a client owes is in `Assets:Receivable:…`, fees are in `Income:Fees:…`, tax in
    `Liabilities:Tax:…`. An entry that takes another back has its amounts reversed, as it was posted.
    """
    where = ZoneInfo(zone)
    dated = [(entry.posted_at.astimezone(where).date(), entry) for entry in entries]
    blocks = ["; Fees, as posted to the ledger of Boundary Plugins."]
    blocks += ["\n".join(_opened(dated))] if dated else []
    blocks += ["\n".join(_transaction(day, entry)) for day, entry in dated]
    return "\n\n".join(blocks) + "\n"


def _opened(dated: Iterable[tuple[date, LedgerEntry]]) -> Iterator[str]:
    """Each account, opened on the first day that it is used."""
    opened: dict[str, date] = {}
    for day, entry in dated:
        for account, _ in _postings(entry):
            opened[account] = min(day, opened.get(account, day))
    for account, day in sorted(opened.items()):
        yield f"{day.isoformat()} open {account}"


def _transaction(day: date, entry: LedgerEntry) -> Iterator[str]:
    """One entry: its client and clause, what can be traced of it, and its postings."""
    line = entry.line
    yield f"{day.isoformat()} * {_string(line.client_id)} {_string(line.fee)}"
    yield f"  entry: {entry.number}"
    if entry.counters is not None:
        yield f"  counters: {entry.counters}"
    yield f"  key: {_string(line.key)}"
    yield f"  policy: {_string(line.policy_version)}"
    yield f"  first: {line.first_on.isoformat()}"
    yield f"  last: {line.last_on.isoformat()}"
    yield f"  channels: {_string(', '.join(channel.value for channel in line.channels))}"
    yield f"  seconds: {line.seconds}"
    for account, minor in _postings(entry):
        yield f"  {account}  {plain_amount(minor, line.currency.digits)} {line.currency.code}"


def _postings(entry: LedgerEntry) -> Iterator[tuple[str, int]]:
    """The accounts of an entry, each with its amount in minor units; together they are nothing."""
    line = entry.line
    yield f"{_RECEIVABLE}:{account_name(line.client_id)}", line.amount.gross
    yield f"{_FEES}:{account_name(line.fee)}", -line.amount.net
    if line.tax is not None:
        yield f"{_TAX}:{account_name(line.tax.name)}", -line.amount.tax


def account_name(name: str) -> str:
    """A name as a part of an account's: itself where Beancount allows it, else what it allows of it.

    Such a name ends with a few digits of its hash, so that no two names become one account.
    """
    if _LEGAL.fullmatch(name):
        return name
    digest = sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    legal = _ILLEGAL.sub("-", name).strip("-")[:_LONGEST].strip("-")
    return f"{legal[:1].upper()}{legal[1:]}-{digest}" if legal else f"X-{digest}"


def _string(text: str) -> str:
    """A string of Beancount; what cannot be printed becomes a space."""
    return f'"{"".join(_ESCAPES.get(each, each if each.isprintable() else " ") for each in text)}"'
