"""A provider that is away: the therapist hears once, and once when it is well again."""

import re
from collections.abc import Sequence

from boundary_plugins.daemon.notices import Notices, sentence
from boundary_plugins.errors import AuthorizationNeeded, BoundaryError

#: So many entries are named; a broken calendar may have thousands.
_SHOWN = 5
#: How plugins say that a secret was never kept, and what answers mail.
_MISSING_SECRET = re.compile(r"the secret '([\w.-]+)' is not there")
_SENDS = ("mailbox ", "sending from ")


class ProviderHealth:
    """Which providers are failing now; by level, so that repeated failures say nothing new."""

    def __init__(self, notices: Notices) -> None:
        """Tell through `notices`."""
        self._notices = notices
        #: Whether somebody must sign in before all of it works, by what was tried last.
        self.wants_sign_in: set[str] = set()

    def failed(self, provider: str, error: BoundaryError) -> None:
        """Note a failure of `provider` ("mailbox main"); told the first time, or when its kind changes."""
        if isinstance(error, AuthorizationNeeded):
            self.wants_sign_in.add(provider)
            self._notices.clear(f"{provider}: away")
            self._notices.raise_(f"{provider}: sign-in", f"{sentence(error)} {_sign_in(provider, error)}")
        else:
            self._notices.raise_(f"{provider}: away", f"{sentence(error)} It is tried again until it works.")

    def well(self, provider: str) -> None:
        """Note a success of `provider`; told if it was failing."""
        self.wants_sign_in.discard(provider)
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


def _sign_in(provider: str, error: AuthorizationNeeded) -> str:
    """What somebody must do, and what rests until then."""
    missing = _MISSING_SECRET.search(str(error))
    how = f"Put it there: boundary secret set {missing[1]};" if missing else "Sign in again;"
    rests = "nothing is sent" if provider.startswith(_SENDS) else "it is left out"
    return f"{how} {rests} until then."
