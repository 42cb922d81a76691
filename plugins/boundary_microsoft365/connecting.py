"""HTTP as this plugin speaks it: one store of certificates for all connections of the process."""

from functools import lru_cache
from ssl import SSLContext

import httpx2

from boundary_plugins import verifying_tls


def http_client(timeout: float, *, is_here: bool) -> httpx2.Client:
    """A client for one thread; where the server is on this machine (`is_here`) no proxy is asked."""
    return httpx2.Client(timeout=timeout, trust_env=not is_here, verify=_certificates())


@lru_cache(maxsize=1)
def _certificates() -> SSLContext:
    """Whom to trust. Reading it takes long, and a practice has many mailboxes."""
    return verifying_tls(None, "microsoft365")
