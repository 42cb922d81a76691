"""What Google's library raises, as this program's errors; the library is imported only once something was raised."""

import http.client
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any

from boundary_google.failures import SIGN_IN_AGAIN, error_of, failure_of
from boundary_google.kept_sign_in import KeptSignIn
from boundary_plugins import AuthorizationNeeded, OutcomeUnknown, ProviderError, Unavailable


def understood(
    error: Exception,
    provider: str,
    at: datetime,
    kept: Callable[[], KeptSignIn],
    *,
    acting: bool,
) -> ProviderError | None:
    """The error that the program understands; None for a bug. `kept` gives the sign-in that was used.

    With `acting` something was to be done, and not only read.
    """
    from google.auth.exceptions import RefreshError, TransportError
    from googleapiclient.errors import BatchError, HttpError

    if isinstance(error, HttpError):
        found = failure_of(int(error.resp.status), error.resp, error.content, at)
        return error_of(found, provider, at, acting=acting)
    if isinstance(error, RefreshError):
        return _refused_sign_in(error, provider, at, kept)
    if isinstance(error, TransportError):
        return Unavailable(provider, "Google's sign-in cannot be reached")
    if isinstance(error, BatchError):
        return Unavailable(provider, "Google's answer to a batch cannot be read")
    return _broken_connection(error, provider, acting=acting)


def _broken_connection(error: Exception, provider: str, *, acting: bool) -> ProviderError | None:
    """What a connection that failed means; None where it was none."""
    import httplib2

    from boundary_google.transport import NotConnectedError

    if isinstance(error, NotConnectedError | httplib2.error.ServerNotFoundError | ConnectionRefusedError):
        return Unavailable(provider, "Google cannot be reached")
    if isinstance(error, OSError | ssl.SSLError | http.client.HTTPException | httplib2.HttpLib2Error):
        kind: Callable[[str, str], ProviderError] = OutcomeUnknown if acting else Unavailable
        return kind(provider, f"the connection to Google broke ({type(error).__name__})")
    return None


def _refused_sign_in(
    error: Any, provider: str, at: datetime, kept: Callable[[], KeptSignIn]
) -> ProviderError:
    """What it means that no access token was given."""
    said = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], dict) else {}
    code = str(said.get("error", ""))
    if getattr(error, "retryable", False) or code in ("temporarily_unavailable", "internal_failure"):
        return Unavailable(provider, "Google's sign-in is not well")
    if code == "invalid_grant" and kept().looks_like_testing(at):
        problem = (
            'the sign-in ended after 7 days, because the Cloud project is in "Testing"; publish it there '
            f"(OAuth consent screen: In production), then {SIGN_IN_AGAIN}"
        )
    elif code == "unauthorized_client":
        problem = "the service account has no domain-wide delegation for the scopes that are needed"
    else:
        shown = f" ({code})" if code.isascii() and code.replace("_", "").isalnum() else ""
        problem = f"Google does not take the sign-in any more{shown}; {SIGN_IN_AGAIN}"
    return AuthorizationNeeded(provider, problem)
