"""From contacts to proposed charges: what is charged, what is added up, what is free, and for whom."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from boundary_plugins.core.client import Consent, FeeStanding, FeeTerms
from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.charge import TimedContact
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode, TimeSpent
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import (
    Amount,
    Currency,
    Flat,
    PerTime,
    Price,
    SessionFee,
    SessionShare,
    SessionTime,
    Tax,
)
from boundary_plugins.core.fees.tariff import Boundary, Match, Tariff, Trigger
from builders_fees import CONSENT, EVENING, HOURLY, NEW_YEAR, TERMS, assessed, clause, gross, policy, timed

DAY = timedelta(days=1)
TEN_FREE = Allowance(600, Beyond.DEDUCTIBLE)


def charged(
    minutes: float,
    price: Price = HOURLY,
    *,
    tax: Tax | None = None,
    terms: FeeTerms = TERMS,
    **fields: Any,
) -> int | None:
    """What one contact of so many minutes comes to under one clause."""
    (found,) = assessed([timed(1, minutes)], policy(clause(price, **fields), tax=tax), terms=terms)
    return found.amount.gross if found.amount else None


def refusal(contact: TimedContact, tariff: Tariff | None = None, terms: FeeTerms = TERMS) -> str:
    """The name of the step that refuses a contact; "line" where none does."""
    (found,) = assessed([contact], policy(tariff or clause()), terms=terms)
    return found.steps[-1].name


def agreed(*times: tuple[datetime, datetime | None]) -> FeeTerms:
    """A client whose consent to the first version was given, and revoked, at these times."""
    return replace(TERMS, consents=tuple(Consent("2026-1", given, "by e-mail", end) for given, end in times))


@pytest.mark.parametrize(
    ("minutes", "beyond", "expected"),
    [
        # Ten minutes free, at 150.00 an hour: within them nothing, at either choice.
        (10, Beyond.DEDUCTIBLE, None),
        (10, Beyond.CLIFF, None),
        # Twelve minutes: the two beyond, or all of them.
        (12, Beyond.DEDUCTIBLE, 500),
        (12, Beyond.CLIFF, 3000),
    ],
)
def test_ten_minutes_are_free(minutes: int, beyond: Beyond, expected: int | None) -> None:
    assert expected == charged(minutes, allowance=Allowance(600, beyond))


@pytest.mark.parametrize(
    ("minutes", "fields", "expected"),
    [
        # Without anything else, to the second.
        (12, {}, 3000),
        (0.5, {}, 125),
        # A started quarter of an hour; the nearest; whole ones only.
        (16, {"rounding": Rounding(RoundingMode.UP, 15)}, 7500),
        (22.5, {"rounding": Rounding(RoundingMode.NEAREST, 15)}, 3750),
        (23, {"rounding": Rounding(RoundingMode.NEAREST, 15)}, 7500),
        (29, {"rounding": Rounding(RoundingMode.DOWN, 15)}, 3750),
        (14, {"rounding": Rounding(RoundingMode.DOWN, 15)}, None),
        # At least ten minutes, exact after them; what lies within the free time is still free.
        (3, {"minimum_seconds": 600}, 2500),
        (11, {"minimum_seconds": 600}, 2750),
        (11, {"minimum_seconds": 600, "allowance": TEN_FREE}, 2500),
        (10, {"minimum_seconds": 600, "allowance": TEN_FREE}, None),
        # Rounded down to nothing, yet the least counts.
        (14, {"minimum_seconds": 600, "rounding": Rounding(RoundingMode.DOWN, 15)}, 2500),
        # First the free minutes, then the rounding of what lies beyond.
        (26, {"allowance": TEN_FREE, "rounding": Rounding(RoundingMode.UP, 15)}, 7500),
        # At most 20.00, and exactly that.
        (12, {"at_most": 2000}, 2000),
        (12, {"at_most": 3000}, 3000),
        (12, {"at_most": 3001}, 3000),
    ],
)
def test_time_is_rounded_and_capped(minutes: float, fields: dict[str, Any], expected: int | None) -> None:
    assert expected == charged(minutes, **fields)


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (PerTime(2500, 600), 3000),
        (PerTime(1, 3600), None),
        (Flat(500), 500),
        # Of the client's own 180.00 for 50 minutes: in proportion, and a quarter of it.
        (SessionTime(), 4320),
        (SessionShare(1, 4), 4500),
    ],
)
def test_twelve_minutes_have_a_price(price: Price, expected: int | None) -> None:
    assert expected == charged(12, price)


def test_tax_is_within_the_price_or_on_top_of_it() -> None:
    vat = Tax("VAT", 19_000, included=False)

    contacts = [timed(1, 12)]
    (on_top,) = assessed(contacts, policy(tax=vat))
    (within,) = assessed(contacts, policy(tax=replace(vat, included=True)))

    assert Amount(3000, 570) == on_top.amount
    assert Amount(2521, 479) == within.amount


def test_a_currency_without_a_minor_unit_is_charged_in_whole_units() -> None:
    yen = policy(clause(PerTime(9000, 3600)), currency=Currency("JPY", 0))

    (found,) = assessed([timed(1, 0.35)], yen)

    assert Amount(53, 0) == found.amount
    assert found.steps[-1].because.endswith(": 53 JPY")


@pytest.mark.parametrize(
    ("session", "problem"),
    [
        (None, "none is on file"),
        (SessionFee(18_000, "EUR", 50), "in EUR, and the fee policy in USD"),
        (SessionFee(18_000, "USD", 0), "length of the client's session, and none is on file"),
    ],
)
def test_a_session_fee_that_does_not_fit_makes_no_charge(session: SessionFee | None, problem: str) -> None:
    (found,) = assessed(
        [timed(1, 12)], policy(clause(SessionTime())), terms=replace(TERMS, session_fee=session)
    )

    assert found.amount is None
    assert "price" == found.steps[-1].name
    assert problem in found.steps[-1].because


def test_another_price_does_not_look_at_the_session_fee() -> None:
    euros = replace(TERMS, session_fee=SessionFee(18_000, "EUR", 0))

    assert 3000 == charged(12, terms=euros)


@pytest.mark.parametrize(
    ("contact", "terms", "step"),
    [
        (timed(1, 12), TERMS, "line"),
        (timed(1, 12, at=NEW_YEAR - timedelta(seconds=1)), TERMS, "topic"),
        (timed(1, 12, out_of_boundary=False), TERMS, "topic"),
        (timed(1, 12, client_id=None), TERMS, "eligibility"),
        (timed(1, 12, client_id="CD"), TERMS, "eligibility"),
        (timed(1, 12), replace(TERMS, standing=FeeStanding.SUSPENDED), "eligibility"),
        (timed(1, 12), replace(TERMS, standing=FeeStanding.NEVER), "eligibility"),
        (timed(1, 12, crisis=True), TERMS, "exemption"),
        (timed(1, 12, topic="billing"), TERMS, "exemption"),
        (timed(1), TERMS, "trigger"),
        (timed(1, answered=True), TERMS, "trigger"),
        (timed(1, time=[TimeSpent(Meter.READING, 720)]), TERMS, "meter"),
        (timed(1, time=[TimeSpent(Meter.WRITING, 0)]), TERMS, "meter"),
        (timed(1, 10), TERMS, "allowance"),
        (timed(1, 12), replace(TERMS, consents=()), "consent"),
        (timed(1, 12), replace(TERMS, consents=(replace(CONSENT, policy_version="2025-1"),)), "consent"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_whatever_stands_against_a_charge_is_the_step_that_refuses(
    contact: TimedContact, terms: FeeTerms, step: str
) -> None:
    tariff = clause(
        exempt_topics=frozenset({"billing"}), meters=frozenset({Meter.WRITING}), allowance=TEN_FREE
    )

    assert step == refusal(contact, tariff, terms)


def test_only_the_meters_of_the_clause_count() -> None:
    time = [TimeSpent(Meter.WRITING, 300), TimeSpent(Meter.READING, 600), TimeSpent(Meter.WRITING, 420)]

    (found,) = assessed([timed(1, time=time)], policy(clause(meters=frozenset({Meter.WRITING}))))

    assert [3000] == gross([found])
    assert "12 minutes writing; not charged for: 10 minutes reading" == found.steps[4].because


def test_an_answer_out_of_hours_is_a_proposal_of_the_time_the_clause_names() -> None:
    tariff = clause(trigger=Trigger.ANSWERED, proposed_seconds=600)

    answered, not_answered, logged = assessed(
        [
            timed(1, answered=True),
            timed(2, at=EVENING + DAY),
            timed(3, 4, at=EVENING + 2 * DAY, answered=True),
        ],
        policy(tariff),
    )

    assert [2500, None, 1000] == gross([answered, not_answered, logged])
    assert [True, False, False] == [each.proposed for each in (answered, not_answered, logged)]
    assert "trigger" == not_answered.steps[-1].name


def test_a_price_for_each_answer_needs_no_time() -> None:
    each = policy(clause(Flat(500), trigger=Trigger.ANSWERED, rounding=Rounding(RoundingMode.UP, 15)))

    (found,) = assessed([timed(1, answered=True)], each)

    assert [500] == gross([found])
    assert "2026-01-05, email, Between sessions: 5.00 USD" == found.steps[-1].because


def test_the_least_that_counts_counts_where_anything_does() -> None:
    """An answer for which no time is proposed is no ten minutes."""
    (found,) = assessed(
        [timed(1, answered=True)], policy(clause(trigger=Trigger.ANSWERED, minimum_seconds=600))
    )

    assert "price" == found.steps[-1].name


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        # Monday evening, Monday night, Tuesday, the Sunday after, the Monday after, and the next month.
        (Period.CONTACT, [(1,), (2,), (3,), (4,), (5,), (6,)]),
        (Period.DAY, [(1, 2), (3,), (4,), (5,), (6,)]),
        (Period.WEEK, [(1, 2, 3, 4), (5,), (6,)]),
        (Period.MONTH, [(1, 2, 3, 4, 5), (6,)]),
    ],
)
def test_contacts_are_added_up_by_a_period_of_the_practices_zone(
    aggregate: Period, expected: list[tuple[int, ...]]
) -> None:
    """In New York, where 04:59 UTC is still the evening before."""
    times = [
        EVENING,
        datetime(2026, 1, 6, 4, 59, tzinfo=UTC),
        datetime(2026, 1, 6, 5, tzinfo=UTC),
        datetime(2026, 1, 12, 4, 59, tzinfo=UTC),
        datetime(2026, 1, 12, 5, tzinfo=UTC),
        datetime(2026, 2, 1, 5, tzinfo=UTC),
    ]

    found = assessed(_contacts(times), policy(clause(aggregate=aggregate)))

    assert expected == [each.contacts for each in found]
    assert [250 * len(each.contacts) for each in found] == gross(found)


@pytest.mark.parametrize(
    ("zone", "times", "expected"),
    [
        # New York goes to summer time: the Sunday ends at 04:00 UTC, an hour earlier than the one before.
        (
            "America/New_York",
            ["03-08 04:59", "03-08 05:00", "03-09 03:59", "03-09 04:00"],
            [(1,), (2, 3), (4,)],
        ),
        # And back: the Sunday begins at 04:00 UTC, and lasts for 25 hours.
        (
            "America/New_York",
            ["11-01 03:59", "11-01 04:00", "11-02 04:59", "11-02 05:00"],
            [(1,), (2, 3), (4,)],
        ),
        # Berlin on its own nights.
        ("Europe/Berlin", ["03-28 22:59", "03-28 23:00", "03-29 21:59", "03-29 22:00"], [(1,), (2, 3), (4,)]),
        ("Europe/Berlin", ["10-24 21:59", "10-24 22:00", "10-25 22:59", "10-25 23:00"], [(1,), (2, 3), (4,)]),
    ],
)
def test_a_day_is_a_day_on_both_change_nights(
    zone: str, times: list[str], expected: list[tuple[int, ...]]
) -> None:
    contacts = _contacts([datetime.strptime(f"2026-{at} +0000", "%Y-%m-%d %H:%M %z") for at in times])

    found = assessed(contacts, policy(clause(aggregate=Period.DAY)), zone=zone)

    assert expected == [each.contacts for each in found]
    following = [each.contact.arrived_at for each in contacts if each.number in (2, 4)]
    assert following == [each.ends_at for each in found[:2]]


def _contacts(times: Sequence[datetime]) -> list[TimedContact]:
    """A contact of a minute at each of these times, numbered from 1 on."""
    return [timed(number, 1, at=at.astimezone(UTC)) for number, at in enumerate(times, 1)]


def test_a_unit_says_what_it_holds() -> None:
    first = timed(4, 3, at=EVENING + DAY, channel=Channel.VOICE)
    second = timed(7, 9, at=EVENING)

    (found,) = assessed([first, second], policy(clause(aggregate=Period.WEEK)))

    assert (7, 4) == found.contacts
    assert "Between sessions: 2026-W02" == found.unit
    assert (date(2026, 1, 5), date(2026, 1, 6)) == (found.first_on, found.last_on)
    assert (Channel.EMAIL, Channel.VOICE) == found.channels
    assert (720, Amount(3000, 0), Currency("USD")) == (found.seconds, found.amount, found.currency)
    assert datetime(2026, 1, 12, 5, tzinfo=UTC) == found.ends_at


def test_assessments_are_told_in_the_order_of_arrival_whatever_their_numbers() -> None:
    """A contact that is logged late has a later number than those that came after it."""
    late, early = timed(1, 12, at=EVENING + DAY), timed(2, 12, at=EVENING)

    assert [(2,), (1,)] == [each.contacts for each in assessed([late, early])]


@pytest.mark.parametrize(
    ("per", "minutes", "expected"),
    [
        # Ten free minutes for each contact; for the day; for the week, Monday to Sunday; for the month.
        (Period.CONTACT, [6, 6, 6, 6, 6], [None] * 5),
        (Period.DAY, [6, 6, 6, 6, 6], [None, 500, None, None, None]),
        (Period.WEEK, [6, 6, 6, 6, 6], [None, 500, 1500, None, 500]),
        (Period.MONTH, [6, 6, 6, 6, 6], [None, 500, 1500, 1500, 1500]),
        # To the second, and used up exactly.
        (Period.DAY, [10, 1, 1, 1, 1], [None, 250, None, None, None]),
    ],
)
def test_free_time_is_used_up_in_the_order_of_arrival(
    per: Period, minutes: list[int], expected: list[int | None]
) -> None:
    """Two contacts on Monday, one on Tuesday, one on the Monday after and one on the day after that."""
    days = [0, 0.1, 1, 7, 8]
    contacts = [
        timed(number, spent, at=EVENING + day * DAY)
        for number, (spent, day) in enumerate(zip(minutes, days, strict=True))
    ]

    found = assessed(contacts[::-1], policy(clause(allowance=Allowance(600, Beyond.DEDUCTIBLE, per))))

    assert expected == gross(found)


def test_days_take_from_the_free_time_of_their_week() -> None:
    tariff = clause(aggregate=Period.DAY, allowance=Allowance(900, Beyond.DEDUCTIBLE, Period.WEEK))
    contacts = [timed(number, 6, at=EVENING + number // 2 * DAY) for number in range(4)]

    assert [None, 2250] == gross(assessed(contacts, policy(tariff)))


def test_each_clause_has_free_time_of_its_own() -> None:
    free = Allowance(600, Beyond.DEDUCTIBLE, Period.DAY)
    calls = clause(name="Calls", match=Match(channels=frozenset({Channel.VOICE})), allowance=free)
    contacts = [timed(1, 9, channel=Channel.VOICE), timed(2, 9), timed(3, 9, channel=Channel.VOICE)]

    found = assessed(contacts, policy(calls, clause(allowance=free)))

    assert [None, None, 2000] == gross(found)


def test_a_contact_is_judged_by_the_version_in_force_when_it_came() -> None:
    """At noon of Tuesday a dearer version begins: Tuesday's contacts are two units, each at its own price."""
    noon = datetime(2026, 1, 6, 17, tzinfo=UTC)
    dearer = policy(clause(PerTime(18_000, 3600), aggregate=Period.DAY), version="2026-2", effective_at=noon)
    both = replace(TERMS, consents=(CONSENT, replace(CONSENT, policy_version="2026-2")))
    contacts = [timed(1, 12, at=noon - timedelta(seconds=1)), timed(2, 12, at=noon)]

    found = assessed(contacts, policy(clause(aggregate=Period.DAY)), dearer, terms=both)

    assert [("2026-1", 3000), ("2026-2", 3600)] == [
        (each.policy_version, each.amount and each.amount.gross) for each in found
    ]


def test_a_consent_to_the_version_before_is_none() -> None:
    later = policy(version="2026-2", effective_at=EVENING)

    found = assessed([timed(1, 12, at=EVENING - DAY), timed(2, 12)], policy(), later)

    assert [3000, None] == gross(found)
    assert "no consent of the client to fee policy 2026-2 was in force then" == found[1].steps[-1].because


@pytest.mark.parametrize(
    ("given_at", "revoked_at", "expected"),
    [
        # From the instant it is given on, and until before it is taken back.
        (EVENING, None, 3000),
        (EVENING + timedelta(microseconds=1), None, None),
        (NEW_YEAR, EVENING, None),
        (NEW_YEAR, EVENING + timedelta(microseconds=1), 3000),
    ],
)
def test_a_consent_must_be_in_force_when_the_contact_comes(
    given_at: datetime, revoked_at: datetime | None, expected: int | None
) -> None:
    assert expected == charged(12, terms=agreed((given_at, revoked_at)))


def test_contacts_without_consent_add_to_none_and_use_up_no_free_time() -> None:
    """Of one evening: before the consent, under it, after it was taken back, and under it again."""
    hour = timedelta(hours=1)
    terms = agreed((EVENING + hour, EVENING + 2 * hour), (EVENING + 3 * hour, None))
    contacts = [timed(number, 6, at=EVENING + number * hour) for number in range(4)]
    tariff = clause(aggregate=Period.DAY, allowance=Allowance(600, Beyond.DEDUCTIBLE, Period.DAY))

    without, with_consent = assessed(contacts, policy(tariff), terms=terms)

    assert ((0, 2), None, "consent") == (without.contacts, without.amount, without.steps[-1].name)
    assert ((1, 3), Amount(500, 0)) == (with_consent.contacts, with_consent.amount)
    assert without.unit != with_consent.unit


@pytest.mark.parametrize("boundary", Boundary)
def test_a_crisis_is_not_added_to_the_day_it_came_on(boundary: Boundary) -> None:
    tariff = clause(aggregate=Period.DAY, match=Match(boundary=boundary))
    outside = boundary is not Boundary.IN
    contacts = [timed(1, 12, out_of_boundary=outside), timed(2, 60, out_of_boundary=outside, crisis=True)]

    day, crisis = assessed(contacts, policy(tariff))

    assert [3000, None] == gross([day, crisis])
    assert "it sounded like a crisis, and a crisis is never charged" == crisis.steps[-1].because


def test_nobody_without_contacts_is_charged() -> None:
    assert () == assessed([])
