"""Versions of the fee policy in the store: kept as they were first seen, and never changed."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import Flat, PerTime, SessionShare, SessionTime, Tax
from boundary_plugins.core.fees.tariff import Boundary, FeePolicy, Match, Tariff, Trigger
from boundary_plugins.store.fee_encoding import decode_policy, encode_policy
from boundary_plugins.store.repository import Store
from builders_money import DAY, NOW, POLICY, kept

_amounts = st.integers(1, 10**9)
_prices = st.one_of(
    st.builds(PerTime, _amounts, st.integers(60, 36_000)),
    st.builds(Flat, _amounts),
    st.just(SessionTime()),
    st.builds(SessionShare, st.integers(1, 99), st.integers(1, 99)),
)
_tariffs = st.builds(
    Tariff,
    name=st.text(min_size=1),
    price=_prices,
    match=st.builds(
        Match, st.frozensets(st.sampled_from(Channel)), st.frozensets(st.text()), st.sampled_from(Boundary)
    ),
    exempt_topics=st.frozensets(st.text()),
    trigger=st.sampled_from(Trigger),
    proposed_seconds=st.integers(0, 36_000),
    meters=st.frozensets(st.sampled_from(Meter)),
    aggregate=st.sampled_from(Period),
    allowance=st.none()
    | st.builds(Allowance, st.integers(60, 36_000), st.sampled_from(Beyond), st.sampled_from(Period)),
    rounding=st.builds(Rounding, st.sampled_from(RoundingMode), st.integers(1, 120)),
    minimum_seconds=st.integers(0, 36_000),
    at_most=st.none() | _amounts,
)
_policies = st.builds(
    replace,
    st.just(POLICY),
    version=st.text(min_size=1),
    tariffs=st.lists(_tariffs, min_size=1, max_size=3, unique_by=lambda clause: clause.name).map(tuple),
    tax=st.none() | st.builds(Tax, st.text(min_size=1), st.integers(1, 99_000), included=st.booleans()),
)


@given(_policies)
def test_every_policy_comes_back_as_it_was(policy: FeePolicy) -> None:
    """And its text, and the hash of that, are the same again."""
    digest, text = encode_policy(policy)

    assert policy == decode_policy(text)
    assert (digest, text) == encode_policy(decode_policy(text))


def test_a_version_is_kept_once(store: Store) -> None:
    """As it was first seen."""
    assert [True, False] == [kept(store), kept(store)]
    assert not kept(store, replace(POLICY, tariffs=()))

    assert (POLICY,) == store.fee_policies()


def test_versions_come_in_the_order_in_which_they_were_seen(store: Store) -> None:
    """Not in that of their days or names."""
    older = replace(POLICY, version="2025-9", effective_at=POLICY.effective_at - DAY)
    kept(store)
    with store.transaction(NOW + DAY) as transaction:
        transaction.keep_policy(older, NOW + DAY)

    assert (POLICY, older) == store.fee_policies()


def test_a_clause_that_changed_under_its_version_is_noticed(store: Store) -> None:
    """With the day since when the version is in use; equal ones and new versions are no change."""
    kept(store)
    dearer = replace(POLICY.tariffs[0], price=PerTime(15001, 3600))

    assert NOW == store.policy_is_changed(replace(POLICY, tariffs=(dearer,)))
    assert None is store.policy_is_changed(POLICY)
    assert None is store.policy_is_changed(replace(POLICY, version="2026-2", tariffs=(dearer,)))
