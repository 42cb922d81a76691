"""A fee policy and what is charged by it, made short for the tests of charges, ledger and invoices."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from boundary_plugins.core.client import Client, Consent
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.fees.charge import Assessment
from boundary_plugins.core.fees.meter import Meter, TimeSpent
from boundary_plugins.core.fees.price import Amount, Currency, PerTime
from boundary_plugins.core.fees.steps import Step
from boundary_plugins.core.fees.tariff import FeePolicy, Tariff
from boundary_plugins.ports import ChargeLine
from boundary_plugins.store.charge_records import ChargeRecord, ChargeState
from boundary_plugins.store.charges import CHARGES_LOCK
from boundary_plugins.store.repository import Store

NOW = datetime(2026, 3, 6, 20, tzinfo=UTC)
DAY = timedelta(days=1)
USD, EUR = Currency("USD"), Currency("EUR")
#: 150.00 an hour, so 2.50 a minute.
POLICY = FeePolicy(
    version="2026-1",
    effective_at=datetime(2026, 1, 1, tzinfo=UTC),
    currency=USD,
    tariffs=(Tariff(name="messages", price=PerTime(15000, 3600)),),
)


def assessment(number: int = 1, minor: int = 3000, **changed: Any) -> Assessment:
    """What a contact of AB comes to: 12 minutes by email."""
    made = Assessment(
        client_id="AB",
        unit=f"messages: contact {number}",
        contacts=(number,),
        first_on=date(2026, 3, 6),
        last_on=date(2026, 3, 6),
        channels=(Channel.EMAIL,),
        policy_version="2026-1",
        fee="messages",
        steps=(Step("meter", True, "12 minutes writing"), Step("approval", True, "the therapist decides")),
        seconds=720,
        amount=Amount(minor, 0),
        currency=USD,
    )
    return replace(made, **changed)


def propose(store: Store, *assessments: Assessment, at: datetime = NOW) -> tuple[int, int]:
    """Bring the proposals in step with these."""
    with store.transaction(at, lock=CHARGES_LOCK, check_clock=False) as transaction:
        return transaction.propose(assessments, at)


def the_charge(store: Store, number: int = 1) -> ChargeRecord:
    """The charge with this number."""
    found = store.charge(number)
    assert found is not None
    return found


def moved(store: Store, number: int, to: ChargeState, **values: Any) -> bool:
    """Move a charge from where it is."""
    with store.transaction(NOW, lock=CHARGES_LOCK, check_clock=False) as transaction:
        return transaction.move_charge(the_charge(store, number), to, NOW, **values)


def line(number: int = 1, minor: int = 3000, **changed: Any) -> ChargeLine:
    """A line of AB for the ledger."""
    made = ChargeLine(
        key=f"{number:032x}",
        client_id="AB",
        fee="messages",
        policy_version="2026-1",
        first_on=date(2026, 3, number),
        last_on=date(2026, 3, number),
        channels=(Channel.EMAIL,),
        seconds=720,
        amount=Amount(minor, 0),
        currency=USD,
    )
    return replace(made, **changed)


def posted(store: Store, *lines: ChargeLine) -> list[int]:
    """Lines put into the ledger; their numbers."""
    with store.transaction(NOW, check_clock=False) as transaction:
        return [transaction.append_entry(each, None, NOW) for each in lines]


def countered(store: Store, entry: int, of: ChargeLine) -> int:
    """An entry taken back; the number of the one that does it."""
    back = replace(of, key=f"{of.key}-void", amount=of.amount.reversed())
    with store.transaction(NOW, check_clock=False) as transaction:
        return transaction.append_entry(back, entry, NOW)


def on_file(store: Store, *ids: str) -> None:
    """Clients on file."""
    with store.transaction(NOW, check_clock=False) as transaction:
        for id in ids:
            address = f"{id.lower()}@example.org"
            transaction.add_client(Client(id, (address,)), [address], NOW)


def agreed(store: Store, client_id: str = "AB", at: datetime = POLICY.effective_at) -> None:
    """The client agrees to the policy."""
    with store.transaction(NOW, check_clock=False) as transaction:
        transaction.add_consent(client_id, Consent("2026-1", at, "signed form"), NOW)


def kept(store: Store, policy: FeePolicy = POLICY) -> bool:
    """The policy on record; whether it is new there."""
    with store.transaction(NOW, check_clock=False) as transaction:
        return transaction.keep_policy(policy, NOW)


def logged(
    store: Store, *minutes: float, client_id: str = "AB", at: datetime = NOW, **changed: Any
) -> list[int]:
    """Contacts out of hours with so much writing on each; their numbers."""
    contact = Contact(client_id, Channel.EMAIL, "unclassified", at, True, at - DAY, at + DAY)
    return list(_logged(store, replace(contact, **changed), minutes))


def _logged(store: Store, contact: Contact, minutes: Iterable[float]) -> Iterable[int]:
    """The contacts one after the other."""
    for each in minutes:
        with store.transaction(NOW, check_clock=False) as transaction:
            number = transaction.log_contact(contact, NOW)
            if each:
                transaction.log_time(number, TimeSpent(Meter.WRITING, int(each * 60)), NOW)
        yield number


def raced(acts: Sequence[Callable[[], object]]) -> None:
    """All of them at once, each in a thread of its own."""
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        together.wait()
        act()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
