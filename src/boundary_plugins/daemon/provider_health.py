"""A provider that is away: the therapist hears once, and once when it is well again."""

from collections.abc import Callable
from datetime import datetime

from boundary_plugins.daemon.notices import Notices
from boundary_plugins.errors import AuthorizationNeeded, BoundaryError


class ProviderHealth:
    """Which providers are failing now; by level, so that repeated failures say nothing new."""

    def __init__(self, notices: Notices, now: Callable[[], datetime]) -> None:
        """Tell through `notices`."""
        self._notices = notices
        self._now = now

    def failed(self, provider: str, error: BoundaryError) -> None:
        """Note a failure of `provider` ("mailbox main"); told the first time, or when its kind changes."""
        if isinstance(error, AuthorizationNeeded):
            self._notices.clear(f"{provider}: away")
            self._notices.raise_(f"{provider}: sign-in", f"{error} Sign in again; nothing is sent until then.")
        else:
            self._notices.raise_(f"{provider}: away", f"{error} It is tried again until it works.")

    def well(self, provider: str) -> None:
        """Note a success of `provider`; told if it was failing."""
        for trouble in ("away", "sign-in"):
            self._notices.clear(f"{provider}: {trouble}")
