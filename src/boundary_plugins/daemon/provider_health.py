"""A provider that is away: the therapist hears once, and once when it is well again."""

from collections.abc import Sequence

from boundary_plugins.daemon.notices import Notices, sentence
from boundary_plugins.errors import AuthorizationNeeded, BoundaryError

#: So many entries are named; a broken calendar may have thousands.
_SHOWN = 5


class ProviderHealth:
    """Which providers are failing now; by level, so that repeated failures say nothing new."""

    def __init__(self, notices: Notices) -> None:
        """Tell through `notices`."""
        self._notices = notices

    def failed(self, provider: str, error: BoundaryError) -> None:
        """Note a failure of `provider` ("mailbox main"); told the first time, or when its kind changes."""
        if isinstance(error, AuthorizationNeeded):
            self._notices.clear(f"{provider}: away")
            self._notices.raise_(
                f"{provider}: sign-in", f"{sentence(error)} Sign in again; nothing is sent until then."
            )
        else:
            self._notices.raise_(f"{provider}: away", f"{sentence(error)} It is tried again until it works.")

    def well(self, provider: str) -> None:
        """Note a success of `provider`; told if it was failing."""
        for trouble in ("away", "sign-in"):
            self._notices.clear(f"{provider}: {trouble}")

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """Note what a provider could not read of what it has; told once for each set of reasons."""
        key = f"{provider}: set aside"
        if set_aside:
            shown = "; ".join(set_aside[:_SHOWN])
            more = f"; and {len(set_aside) - _SHOWN} more" if len(set_aside) > _SHOWN else ""
            self._notices.raise_(
                key, f"{provider}: some entries were set aside, the rest is used: {shown}{more}"
            )
        else:
            self._notices.clear(key)
