"""How a daemon names itself in a lease, which tells those of several machines apart."""

import platform
from hashlib import sha256
from pathlib import Path


def holder_of(state_directory: Path) -> str:
    """How this daemon names itself in a lease: the same after a restart, so that it need not wait for itself.

    The file lock beside the store keeps a second daemon with the same state directory away.
    """
    text = f"{platform.node()}\0{state_directory}"
    return sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
