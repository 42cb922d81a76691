"""The billing of one configuration, put together: its fee policy kept by version, and its biller opened."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from boundary_plugins.config.fees import fee_policy
from boundary_plugins.config.load import validate_settings
from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import BillerTable, Config
from boundary_plugins.core.fees.tariff import FeePolicy
from boundary_plugins.daemon.billing import Billing, ServedBiller
from boundary_plugins.daemon.holder import holder_of
from boundary_plugins.daemon.ledger import StoreLedger
from boundary_plugins.daemon.notices import Notices
from boundary_plugins.daemon.opening_later import BillerOpenedLater
from boundary_plugins.daemon.proposing import Proposing
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.errors import ConfigError
from boundary_plugins.host.manager import PluginHost
from boundary_plugins.host.services import Log, make_services
from boundary_plugins.ports import SecretStore
from boundary_plugins.store.repository import Store

#: What bills where the configuration names no biller.
_DEFAULT = BillerTable(name="ledger", kind="ledger", settings={})


def billing_for(
    config: Config,
    store: Store,
    host: PluginHost,
    secrets: SecretStore,
    notices: Notices,
    health: ProviderHealth,
    log: Log,
    now: Callable[[], datetime],
    folder: Path,
) -> Billing | None:
    """What proposes and posts charges; None where no fee is configured, and then nothing is.

    Raises ConfigError for a clause that changed under a version in use, or a biller that nobody offers;
    StoreError.
    """
    if fee_policy(config) is None:
        return None
    kept_policies(config, store, now())
    return Billing(
        proposing=Proposing(store, config.practice.zone, now),
        biller=biller_for(config, store, host, secrets, log, now, folder),
        notices=notices,
        health=health,
        log=log,
        lock_path=folder / "billing.lock",
        holder=holder_of(folder),
        lease=config.daemon.lease,
    )


def kept_policies(config: Config, store: Store, at: datetime) -> tuple[FeePolicy, ...]:
    """Every version on record, with the configured one put there where it is new.

    Raises ConfigError where the configured clauses are not those that the version stood for.
    """
    policy = fee_policy(config)
    if policy is not None:
        check_policy(config, store, policy)
        with store.transaction(at, check_clock=False) as transaction:
            transaction.keep_policy(policy, at)
    return store.fee_policies()


def check_policy(config: Config, store: Store, policy: FeePolicy) -> None:
    """Raise ConfigError where other clauses were used under this version: clients agreed to those."""
    used_since = store.policy_is_changed(policy)
    if used_since is not None:
        problem = (
            f'the fees are not those of version "{policy.version}", which is in use since '
            f"{used_since:%Y-%m-%d}; allowed: a new version (clients agree to it anew), or the fees as they were"
        )
        raise ConfigError((problem_at(config.place, ("billing", "version"), problem),))


def biller_for(
    config: Config,
    store: Store,
    host: PluginHost,
    secrets: SecretStore,
    log: Log,
    now: Callable[[], datetime],
    folder: Path,
) -> ServedBiller:
    """The biller that the configuration names, else the ledger. Raises ConfigError."""
    table = config.billers[0] if config.billers else _DEFAULT
    provider = host.billers.get(table.kind)
    if provider is None:
        known = ", ".join(sorted(host.billers)) or 'none; enable a plugin that has one, such as "ledger"'
        problem = f"no enabled plugin offers the biller {table.kind!r}; allowed: {known}"
        place, path = (table.place, ("kind",)) if config.billers else (config.place, ("plugins", "enable"))
        raise ConfigError((problem_at(place, path, problem),))
    settings = validate_settings(provider.settings, table)
    title = f"biller {table.name}"

    def opened() -> object:
        """Open it, with what a plugin is given."""
        services = make_services(
            title,
            secret=secrets.get,
            now=now,
            log=log,
            state_directory=folder,
            config_directory=config.path.parent if config.path else Path.cwd(),
            zone=config.practice.zone,
            keep_secret=secrets.set,
            ledger=StoreLedger(store, now),
        )
        return provider.open(settings, services)

    return ServedBiller(table.name, BillerOpenedLater(opened))
