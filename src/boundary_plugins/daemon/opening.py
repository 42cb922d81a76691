"""The store and the secrets of a configuration, opened; read-only opening never makes anything.

What reads a store takes long to import, so it is imported where one is opened.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from boundary_plugins.config.load import state_directory
from boundary_plugins.config.schema import Config
from boundary_plugins.errors import StoreError
from boundary_plugins.secrets import SecretChain
from boundary_plugins.store.keyed_hash import KeyedHash

if TYPE_CHECKING:
    from boundary_plugins.store.repository import Store


def open_secrets(config: Config) -> SecretChain:
    """The chain of places where secrets lie."""
    return SecretChain(state_directory(config))


def open_store_of(config: Config) -> "Store":
    """The practice's store, made where it is not there yet. Raises StoreError or SecretError."""
    folder = state_directory(config)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder {folder} cannot be made ({error.strerror})") from None
    return _open(config, folder, KeyedHash(open_secrets(config).hash_key()), read_only=False)


def look_into_store(config: Config) -> "Store":
    """The store to read from; where there is none yet an empty one that leaves nothing behind.

    Raises StoreError or SecretError.
    """
    folder = state_directory(config)
    if store_exists(config):
        return _open(config, folder, KeyedHash(open_secrets(config).hash_key()), read_only=True)
    from boundary_plugins.store.repository import open_empty_store

    keys = KeyedHash(os.urandom(32))
    return open_empty_store(_spare_folder(), keys, config.therapist.id)


def copy_of_store(config: Config) -> "Store":
    """The store as it is now, to read from for as long as one likes without leaving a trace beside it.

    SQLite makes files beside a store at rest even to read from it, so a copy is read, which goes at the
    end; one that somebody is writing to has those files already. Raises StoreError or SecretError.
    """
    folder = state_directory(config)
    file = _sqlite_file(config, folder)
    if file is None or not file.exists() or Path(f"{file}-wal").exists():
        return look_into_store(config)
    from boundary_plugins.store.repository import open_store

    spare = _spare_folder()
    try:
        shutil.copyfile(file, spare / "boundary.sqlite3")
    except OSError as error:
        raise StoreError(f"the store {file} cannot be copied to look into it ({error.strerror})") from None
    keys = KeyedHash(open_secrets(config).hash_key())
    return open_store("", state_directory=spare, keys=keys, therapist=config.therapist.id, read_only=True)


def _spare_folder() -> Path:
    """A folder for this process alone, which goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="boundary-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def store_exists(config: Config) -> bool:
    """Whether a store was made before; one on a server is."""
    file = _sqlite_file(config, state_directory(config))
    return file is None or file.exists()


def _sqlite_file(config: Config, folder: Path) -> Path | None:
    """The file of the store; None where it is on a server."""
    url = config.store.url
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    return None if url else folder / "boundary.sqlite3"


def _open(config: Config, folder: Path, keys: KeyedHash, *, read_only: bool) -> "Store":
    """Open the store that the configuration names."""
    from boundary_plugins.store.repository import open_store

    return open_store(
        config.store.url,
        state_directory=folder,
        keys=keys,
        therapist=config.therapist.id,
        read_only=read_only,
    )
