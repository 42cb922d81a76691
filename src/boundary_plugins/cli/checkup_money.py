"""Whether fees are in order: the policy on record, the biller, and what clients agreed to."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.util import find_spec

from boundary_plugins.cli.output import number_of
from boundary_plugins.config.fees import fee_policy
from boundary_plugins.config.schema import Config
from boundary_plugins.core.client import FeeTerms
from boundary_plugins.core.contact import Topic
from boundary_plugins.core.fees.period import local_day
from boundary_plugins.core.fees.price import needs_session_fee
from boundary_plugins.core.fees.tariff import FeePolicy, policy_at
from boundary_plugins.daemon.billing_assembly import biller_for, check_policy
from boundary_plugins.daemon.opener import Opener
from boundary_plugins.errors import BoundaryError, ConfigError
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.ports import Condition, Examinable, Examined
from boundary_plugins.store.charges import ON_THE_WAY
from boundary_plugins.store.repository import Store


def money_examined(opener: Opener, store: Store, at: datetime) -> Iterator[Examined]:
    """Fees, where any are configured, or any charge is still on its way."""
    config, policy = opener.config, fee_policy(opener.config)
    if policy is None:
        yield from _left_behind(store)
        return
    yield _policy(config, store, policy, at)
    yield from _topics(config, opener.host)
    yield from _biller(opener, store)
    terms = store.fee_terms()
    theirs = [terms[client.id] for client in store.clients() if client.active and client.id in terms]
    yield from _clients(policy, theirs, at)
    if find_spec("typst") is None:
        remedy = "for PDFs: pip install --constraint constraints.txt '.[invoice]'"
        yield Examined("invoices", Condition.LOOK, "they are written as text only", remedy)


def _left_behind(store: Store) -> Iterator[Examined]:
    """Charges that wait for a biller although no fee is configured any more."""
    waiting = len(store.charges(states=ON_THE_WAY))
    if waiting:
        found = f"{number_of(waiting, 'charge')} did not reach the biller, and no fee is configured"
        yield Examined("fees", Condition.LOOK, found, "configure the fees as they were, and run the program")


def _policy(config: Config, store: Store, policy: FeePolicy, at: datetime) -> Examined:
    """The version that is configured, and the one in force."""
    part = "fee policy"
    try:
        check_policy(config, store, policy)
    except ConfigError as error:
        return Examined(part, Condition.BROKEN, str(error))
    on_record = [each for each in store.fee_policies() if each.version != policy.version]
    in_force = policy_at((*on_record, policy), at)
    day = local_day(policy.effective_at, config.practice.zone)
    if in_force is policy:
        return Examined(part, Condition.OK, f"version {policy.version} is in force since {day}")
    if policy.effective_at > at:
        return Examined(part, Condition.OK, f"version {policy.version} will be in force from {day}")
    found = f"version {in_force.version if in_force else ''} is in force, and {policy.version} is configured"
    return Examined(part, Condition.LOOK, found, "give the fees a new version with a later effective_on")


def _topics(config: Config, host: PluginHost) -> Iterator[Examined]:
    """Topics that a clause names and nothing ever gives, such as a misspelt one that should be free."""
    known = {topic.value for topic in Topic} | {table.topic for table in config.topics}
    known |= {rule.topic for rule in host.topic_rules}
    for fee in config.fees:
        for topic in dict.fromkeys((*fee.topics, *fee.exempt_topics)):
            if topic not in known:
                found = f'it names the topic "{topic}", which no contact ever has'
                yield Examined(
                    f"fee {fee.name}", Condition.LOOK, found, f"allowed: {', '.join(sorted(known))}"
                )


def _biller(opener: Opener, store: Store) -> Iterator[Examined]:
    """The biller, opened and closed."""
    try:
        served = biller_for(
            *(opener.config, store, opener.host, opener.secrets),
            *(opener.log, opener.now, opener.state_directory),
        )
    except ConfigError as error:
        yield Examined("biller", Condition.BROKEN, str(error))
        return
    try:
        found = served.port.examine() if isinstance(served.port, Examinable) else None
        yield from found or (Examined(served.title, Condition.OK, "it opens"),)
    except BoundaryError as error:
        said = str(error).removeprefix(f"{served.title}: ")
        yield Examined(served.title, Condition.BROKEN, said, "charges wait until it works")
    finally:
        served.port.close()


def _clients(policy: FeePolicy, terms: Sequence[FeeTerms], at: datetime) -> Iterator[Examined]:
    """How many clients agreed, and who has no session fee although a price rests on it."""
    agreed = sum(each.consent_at(policy.version, at) is not None for each in terms)
    of = f"{agreed} of {number_of(len(terms), 'client')} agreed to fee policy {policy.version}"
    if agreed == len(terms):
        yield Examined("consents", Condition.OK, of)
    else:
        remedy = "record a consent with: boundary client consent"
        condition = Condition.OK if agreed else Condition.LOOK
        yield Examined("consents", condition, f"{of}; the others are charged nothing", remedy)
    without = sum(each.session_fee is None for each in terms)
    if without and any(needs_session_fee(tariff.price) for tariff in policy.tariffs):
        found = f"{number_of(without, 'client')} without one, and a price rests on it"
        yield Examined("session fees", Condition.LOOK, found, "set it with: boundary client fees")
