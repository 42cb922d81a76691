"""What the commands about money share: proposals in step with what is on record, and the billing at work."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from boundary_plugins.cli.context import load_config, load_plugins, now, opened_secrets, opened_store
from boundary_plugins.config.fees import fee_policy
from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.billing_assembly import billing_for, kept_policies
from boundary_plugins.daemon.log import QuietLog
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.proposing import Proposing
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.repository import Store


@contextmanager
def charges_in_step() -> Iterator[Proposing]:
    """The charges, in step with what is on record; as they are where no fee is configured any more.

    Raises UsageProblem where none ever was, ConfigError, StoreError.
    """
    config = load_config()
    has_fees = fee_policy(config) is not None
    with opened_store(config, read_only=not has_fees) as store:
        proposing = Proposing(store, config.practice.zone, now)
        if has_fees:
            kept_policies(config, store, now())
            proposing.review()
        elif not store.fee_policies():
            raise _no_fees(config)
        yield proposing


@contextmanager
def billing_at_work() -> Iterator[Billing]:
    """The billing, with proposals in step. Raises UsageProblem where no fee is configured, ConfigError, StoreError."""
    config = load_config()
    with ExitStack() as stack:
        store = stack.enter_context(opened_store(config))
        billing = _billing(config, store, stack)
        billing.review()
        yield billing


def _billing(config: Config, store: Store, stack: ExitStack) -> Billing:
    """The billing, closed at the end."""
    host, log = load_plugins(config), QuietLog()
    stack.callback(host.close)
    notices = Notices(store, log, now)
    health, folder = ProviderHealth(notices), state_directory(config)
    secrets = opened_secrets(config)
    billing = billing_for(config, store, host, secrets, notices, health, log, now, folder)
    if billing is None:
        raise _no_fees(config)
    stack.callback(billing.biller.port.close)
    return billing


def _no_fees(config: Config) -> UsageProblem:
    """Where nothing can be charged."""
    return UsageProblem(
        f"no fee is configured; add [billing] and [[fees]] to {config.path} (docs/configuration.md shows how)"
    )
