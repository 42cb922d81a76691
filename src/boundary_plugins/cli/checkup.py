"""Everything that `boundary doctor` looks at, in the order in which one thing needs another."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

from boundary_plugins.cli.checkup_hours import hours_examined
from boundary_plugins.cli.checkup_money import money_examined
from boundary_plugins.cli.checkup_providers import plugins_examined, providers_examined
from boundary_plugins.cli.checkup_store import (
    clients_examined,
    daemons_examined,
    folder_examined,
    mode_examined,
    opened_examined,
    store_examined,
)
from boundary_plugins.cli.checkup_texts import crisis_lines_examined, texts_examined
from boundary_plugins.cli.context import load_plugins, now, opened_secrets
from boundary_plugins.config.load import load, state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.log import open_log
from boundary_plugins.daemon.opener import Opener
from boundary_plugins.errors import ConfigError
from boundary_plugins.ports import Condition, Examined


def examined(path: Path, at: datetime) -> Iterator[Examined]:
    """How each part stands, one after the other; nothing is changed by it."""
    try:
        config = load(path)
        host = load_plugins(config)
    except ConfigError as error:
        for problem in error.problems:
            yield Examined(
                "configuration", Condition.BROKEN, str(problem), "the rest is looked at after that"
            )
        return
    yield Examined("configuration", Condition.OK, f"{path} is understood")
    with ExitStack() as stack:
        stack.callback(host.close)
        folder = stack.enter_context(_folder_for_providers(config))
        opener = Opener(config, host, opened_secrets(config), open_log(), now, folder)
        yield from plugins_examined(host)
        yield from providers_examined(opener, at)
        yield from folder_examined(state_directory(config))
        opened = opened_examined(config)
        store = opened.store
        yield opened.examined
        if store is not None:
            stack.enter_context(store)
            yield from store_examined(store, at, config.practice.zone)
            yield from mode_examined(store, config.practice.zone)
            yield from daemons_examined(config, store, at)
            yield from clients_examined(config, store)
            yield from money_examined(opener, store, at)
            yield from hours_examined(config, opener, store, at)
        clients = store.clients() if store else ()
    regions = [client.region for client in clients if client.region]
    yield from crisis_lines_examined(config, regions, at)
    yield from texts_examined(config, [client.language for client in clients if client.language])


@contextmanager
def _folder_for_providers(config: Config) -> Iterator[Path]:
    """The state directory where there is one, else a folder that is gone afterwards."""
    folder = state_directory(config)
    if folder.is_dir():
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="boundary-") as temporary:
        yield Path(temporary)
