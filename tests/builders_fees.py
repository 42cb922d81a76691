"""Contacts, clauses, policies and consents for tests of fees, made short; and all kinds of them by lot."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from boundary_plugins.core.client import Consent, FeeStanding, FeeTerms
from boundary_plugins.core.contact import Channel, Contact, Topic
from boundary_plugins.core.fees.allowance import Allowance, Beyond, allowance_problem
from boundary_plugins.core.fees.charge import Assessment, TimedContact, assess
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode, TimeSpent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import (
    TAX_PARTS,
    Currency,
    Flat,
    PerTime,
    Price,
    SessionFee,
    SessionShare,
    SessionTime,
    Tax,
)
from boundary_plugins.core.fees.tariff import EVERY_METER, Boundary, FeePolicy, Match, Tariff, Trigger

USD = Currency("USD")
ZONE = "America/New_York"
#: Monday 5 January 2026, 23:00 UTC: an evening in New York, in the first whole week of the year.
EVENING = datetime(2026, 1, 5, 23, tzinfo=UTC)
#: Friday 6 March 2026, two nights before New York changes to summer time.
FIRST_NIGHT = datetime(2026, 3, 6, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HOURLY = PerTime(15_000, 3600)
SESSION = SessionFee(18_000, "USD", 50)
CONSENT = Consent("2026-1", NEW_YEAR, "signed form")
TERMS = FeeTerms("AB", session_fee=SESSION, consents=(CONSENT,))


def timed(
    number: int = 1,
    minutes: float = 0,
    *,
    at: datetime = EVENING,
    time: Iterable[TimeSpent] = (),
    answered: bool = False,
    **contact: Any,
) -> TimedContact:
    """A contact out of boundary with so many minutes of writing, or with the given time."""
    fields: dict[str, Any] = {
        "client_id": "AB",
        "channel": Channel.EMAIL,
        "topic": Topic.UNCLASSIFIED.value,
        "out_of_boundary": True,
        "window_start": at - timedelta(hours=1),
        "window_end": at + timedelta(hours=12),
    }
    spent = tuple(time) or ((TimeSpent(Meter.WRITING, int(minutes * 60)),) if minutes else ())
    return TimedContact(number, Contact(arrived_at=at, **(fields | contact)), spent, answered)


def clause(price: Price = HOURLY, **fields: Any) -> Tariff:
    """A clause for any contact out of boundary, at 150.00 an hour."""
    return Tariff(**({"name": "Between sessions", "price": price} | fields))


def policy(*clauses: Tariff, **fields: Any) -> FeePolicy:
    """A policy in US dollars that is in force from New Year on; of one plain clause where none is given."""
    usual: dict[str, Any] = {"version": "2026-1", "effective_at": NEW_YEAR, "currency": USD}
    return FeePolicy(**(usual | {"tariffs": clauses or (clause(),)} | fields))


def assessed(
    contacts: Iterable[TimedContact], *policies: FeePolicy, terms: FeeTerms = TERMS, zone: str = ZONE
) -> tuple[Assessment, ...]:
    """What the contacts of a client come to."""
    return assess(contacts, terms, policies or (policy(),), zone)


def gross(assessments: Iterable[Assessment]) -> list[int | None]:
    """What each assessment comes to; None where it refuses."""
    return [each.amount.gross if each.amount else None for each in assessments]


def total_gross(assessments: Iterable[Assessment]) -> int:
    """What all of them come to."""
    return sum(each or 0 for each in gross(assessments))


_TOPICS = [topic.value for topic in Topic]
_SECONDS = st.integers(0, 3000) | st.integers(0, 40).map(lambda minutes: minutes * 60)
_METER = st.sampled_from([Meter.WRITING, *Meter])
TIMES = st.lists(st.builds(TimeSpent, _METER, _SECONDS), min_size=1, max_size=2).map(tuple) | st.just(())

PRICES = st.one_of(
    st.builds(PerTime, st.integers(1, 30_000), st.sampled_from([120, 600, 2700, 3600])),
    st.builds(Flat, st.integers(1, 9_000)),
    st.just(SessionTime()),
    st.builds(SessionShare, st.integers(1, 5), st.integers(1, 7)),
)
_ALLOWANCES = st.builds(
    Allowance, st.sampled_from([60, 300, 600, 610]), st.sampled_from(Beyond), st.sampled_from(Period)
)


_ANY = Match(boundary=Boundary.ANY)
_MATCHES = [
    _ANY,
    _ANY,
    Match(),
    Match(boundary=Boundary.IN),
    Match(channels=frozenset({Channel.VOICE})),
    Match(topics=frozenset(_TOPICS[1:]), boundary=Boundary.ANY),
]
_METERS = [EVERY_METER, EVERY_METER, frozenset({Meter.LIVE, Meter.WRITING})]


@st.composite
def clauses(draw: st.DrawFn, name: str = "Between sessions") -> Tariff:
    """Any clause that a configuration can have."""
    aggregate = draw(st.sampled_from([Period.CONTACT, Period.DAY, Period.DAY, Period.WEEK, Period.MONTH]))
    allowance = draw(st.none() | _ALLOWANCES.filter(lambda each: allowance_problem(each, aggregate) is None))
    return Tariff(
        name=name,
        price=draw(PRICES),
        match=draw(st.sampled_from(_MATCHES)),
        exempt_topics=draw(st.sampled_from([frozenset(), frozenset(), frozenset(_TOPICS[:1])])),
        trigger=draw(st.sampled_from(Trigger)),
        proposed_seconds=draw(st.sampled_from([0, 300])),
        meters=draw(st.sampled_from(_METERS)),
        aggregate=aggregate,
        allowance=allowance,
        rounding=Rounding(draw(st.sampled_from(RoundingMode)), draw(st.sampled_from([1, 5, 15]))),
        minimum_seconds=draw(st.sampled_from([0, 0, 600])),
        at_most=draw(st.none() | st.integers(1, 20_000)),
    )


#: Of 50 % the half of an odd amount is exactly half a unit.
_RATES = st.just(TAX_PARTS // 2) | st.integers(1, TAX_PARTS)
TAXES = st.none() | st.builds(Tax, st.just("VAT"), _RATES, st.booleans())


_NAMES = st.sampled_from([("Between sessions",), ("Between sessions", "Anything else")])


@st.composite
def policies(draw: st.DrawFn, currency: Currency = USD) -> tuple[FeePolicy, ...]:
    """One version or two, of one clause or two, the second in force from 8 March 2026 on."""
    return tuple(
        FeePolicy(
            version=f"2026-{number}",
            effective_at=NEW_YEAR + timedelta(days=66 * (number - 1)),
            currency=currency,
            tariffs=tuple(draw(clauses(name)) for name in draw(_NAMES)),
            tax=draw(TAXES),
        )
        for number in range(1, draw(st.integers(1, 2)) + 1)
    )


def contacts_of(number: int, **fixed: Any) -> st.SearchStrategy[TimedContact]:
    """A contact on a night or a day around the change to summer time in New York, 8 March 2026."""
    usual: dict[str, st.SearchStrategy[Any]] = {
        "at": st.integers(0, 100).map(lambda hours: FIRST_NIGHT + timedelta(hours=hours)),
        "time": TIMES,
        "answered": st.booleans(),
        "channel": st.sampled_from([Channel.EMAIL, Channel.VOICE]),
        "topic": st.sampled_from(_TOPICS),
        "out_of_boundary": st.sampled_from([True, True, False]),
        "crisis": st.sampled_from([False] * 7 + [True]),
    }
    drawn: dict[str, Any] = {name: values for name, values in usual.items() if name not in fixed}
    return st.fixed_dictionaries(drawn).map(lambda fields: timed(number, **fields, **fixed))


def weeks(**fixed: Any) -> st.SearchStrategy[list[TimedContact]]:
    """Up to six contacts of a client, numbered in no order of their arrival; `fixed` fields are the same."""
    return st.integers(0, 6).flatmap(
        lambda many: st.tuples(*(contacts_of(number, **fixed) for number in range(1, many + 1))).map(list)
    )


@st.composite
def consents(draw: st.DrawFn) -> Consent:
    """A consent to either version, given at New Year or in the week of the contacts, often revoked."""
    given_at = draw(
        st.just(NEW_YEAR) | st.integers(0, 168).map(lambda hour: FIRST_NIGHT + timedelta(hours=hour))
    )
    revoked_at = draw(st.none() | st.integers(1, 120).map(lambda hours: given_at + timedelta(hours=hours)))
    return Consent(draw(st.sampled_from(["2026-1", "2026-2"])), given_at, "by e-mail", revoked_at)


#: Both versions agreed to from New Year on, and a session fee on file.
AGREED = FeeTerms(
    "AB", session_fee=SESSION, consents=tuple(Consent(f"2026-{n}", NEW_YEAR, "signed form") for n in (1, 2))
)
TERMS_OF_ANY_KIND = st.just(AGREED) | st.builds(
    FeeTerms,
    st.just("AB"),
    st.sampled_from([FeeStanding.AS_AGREED, *FeeStanding]),
    st.none() | st.builds(SessionFee, st.integers(1, 30_000), st.sampled_from(["USD", "EUR"]), st.just(50)),
    st.lists(consents(), max_size=4).map(tuple),
)
#: Partly agreed to, and nothing else against a charge.
PARTLY_AGREED = st.lists(consents(), min_size=1, max_size=4).map(
    lambda several: FeeTerms("AB", session_fee=SESSION, consents=tuple(several))
)
