"""What the commands about money share: the billing of the configuration, at work for one command."""

from collections.abc import Iterator
from contextlib import contextmanager

from boundary_plugins.cli.context import load_plugins, now, opened_secrets
from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.billing_assembly import billing_for
from boundary_plugins.daemon.log import QuietLog
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.errors import UsageProblem
from boundary_plugins.store.repository import Store


@contextmanager
def billing_at_work(config: Config, store: Store) -> Iterator[Billing]:
    """The billing. Raises UsageProblem where no fee is configured, ConfigError, StoreError."""
    log = QuietLog()
    notices = Notices(store, log, now)
    billing = billing_for(
        config,
        store,
        load_plugins(config),
        opened_secrets(config),
        notices,
        ProviderHealth(notices),
        log,
        now,
        state_directory(config),
    )
    if billing is None:
        raise UsageProblem(
            f"no fee is configured; add [billing] and [[fees]] to {config.path} (docs/configuration.md shows how)"
        )
    try:
        yield billing
    finally:
        billing.biller.port.close()
