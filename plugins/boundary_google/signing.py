"""What Google's library signs calls with, from a sign-in that is kept."""

from typing import Any

from boundary_google.kept_sign_in import KeptSignIn
from boundary_google.settings import GoogleSettings
from boundary_plugins import AuthorizationNeeded


def credentials_of(kept: KeptSignIn, settings: GoogleSettings, provider: str) -> Any:
    """Credentials of a person, or of a service account in somebody's name. Raises AuthorizationNeeded."""
    if not kept.is_service_account:
        from google.oauth2 import credentials

        make: Any = credentials.Credentials
        return make(token=None, **kept.info)
    from google.oauth2 import service_account

    if settings.account is None:
        problem = "a service account acts in somebody's name; say whose with the key account"
        raise AuthorizationNeeded(provider, problem)
    read: Any = service_account.Credentials.from_service_account_info
    try:
        return read(kept.info, scopes=sorted(settings.scopes()), subject=settings.account)
    except ValueError:
        raise AuthorizationNeeded(provider, "the service account's private key cannot be read") from None
