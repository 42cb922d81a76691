"""Contacts of a year assessed by a fee policy of several clauses: what `charge list` works out anew."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from time import process_time

from bench.figures import Figure
from boundary_plugins.core.client import Consent, FeeTerms
from boundary_plugins.core.contact import Channel, Contact, Topic
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.charge import TimedContact, assess
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode, TimeSpent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import TAX_PARTS, Currency, Flat, PerTime, SessionFee, SessionTime, Tax
from boundary_plugins.core.fees.tariff import Boundary, FeePolicy, Match, Tariff, Trigger

CONTACTS = 100_000
CLIENTS = 400
MOST_SECONDS = 10.0
_ZONE = "America/New_York"
_NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_CHANNELS = tuple(Channel)
_TOPICS = tuple(topic.value for topic in Topic)
_METERS = tuple(Meter)

_TARIFFS = (
    Tariff(
        name="Telephone",
        match=Match(channels=frozenset({Channel.VOICE, Channel.VOICEMAIL}), boundary=Boundary.ANY),
        price=SessionTime(),
        allowance=Allowance(600, Beyond.CLIFF),
        rounding=Rounding(RoundingMode.NEAREST, 15),
    ),
    Tariff(
        name="Scheduling",
        match=Match(topics=frozenset({Topic.SCHEDULING.value})),
        price=Flat(500),
        trigger=Trigger.ANSWERED,
        allowance=Allowance(900, Beyond.DEDUCTIBLE, Period.MONTH),
    ),
    Tariff(
        name="Written contact",
        match=Match(boundary=Boundary.ANY),
        price=PerTime(15_000, 3600),
        exempt_topics=frozenset({Topic.BILLING.value}),
        trigger=Trigger.ANSWERED,
        proposed_seconds=300,
        meters=frozenset({Meter.READING, Meter.WRITING, Meter.LIVE}),
        aggregate=Period.DAY,
        allowance=Allowance(1200, Beyond.DEDUCTIBLE, Period.WEEK),
        rounding=Rounding(RoundingMode.UP, 5),
        at_most=12_000,
    ),
)
_POLICIES = tuple(
    FeePolicy(
        version=f"2026-{month:02}",
        effective_at=datetime(2026, month, 1, tzinfo=UTC),
        currency=Currency("USD"),
        tariffs=_TARIFFS,
        tax=Tax("Sales tax", 8_875 * TAX_PARTS // 100_000, included=False),
    )
    for month in (1, 7)
)


def assessing_figures() -> Iterator[Figure]:
    """All the contacts of each client, client by client, as they are assessed for a review.

    In the processor's time, so that it is the same beside whatever else the machine does.
    """
    drawn = random.Random(6)
    clients = [(_terms(client), _contacts(client, drawn)) for client in range(CLIENTS)]
    began = process_time()
    lines = sum(
        assessment.amount is not None
        for terms, contacts in clients
        for assessment in assess(contacts, terms, _POLICIES, _ZONE)
    )
    yield Figure("100,000 contacts assessed", process_time() - began, "s", most=MOST_SECONDS)
    yield Figure("lines proposed from them", lines, "")


def _terms(client: int) -> FeeTerms:
    """What a client agreed to: most of them to the first version, half of these to the second."""
    versions = [policy.version for policy in _POLICIES][: 2 - client % 2]
    consents = tuple(Consent(version, _NEW_YEAR, "signed form") for version in versions)
    return FeeTerms(f"C{client}", session_fee=SessionFee(18_000, "USD", 50), consents=consents)


def _contacts(client: int, drawn: random.Random) -> list[TimedContact]:
    """A client's share of the contacts, over the year."""
    each = CONTACTS // CLIENTS
    return [_contact(client, client * each + number, drawn) for number in range(each)]


def _contact(client: int, number: int, drawn: random.Random) -> TimedContact:
    """A contact at any minute of the year, with time for three of four."""
    at = _NEW_YEAR + timedelta(minutes=drawn.randrange(365 * 24 * 60))
    contact = Contact(
        client_id=f"C{client}",
        channel=drawn.choice(_CHANNELS),
        topic=drawn.choice(_TOPICS),
        arrived_at=at,
        out_of_boundary=drawn.random() < 0.7,
        window_start=at,
        window_end=at + timedelta(hours=12),
        crisis=drawn.random() < 0.01,
    )
    entries = drawn.choice((0, 1, 1, 2))
    time = tuple(TimeSpent(drawn.choice(_METERS), drawn.randrange(30, 1800)) for _ in range(entries))
    return TimedContact(number, contact, time, answered_out_of_boundary=drawn.random() < 0.5)
