"""What of msal's tokens is kept among the secrets, and what a token tells of itself."""

import json
from base64 import urlsafe_b64decode


def lasting(cache: str) -> str:
    """What of a cache lasts: whose account it is, and the refresh token."""
    whole = json.loads(cache)
    return json.dumps(
        {name: whole[name] for name in ("Account", "RefreshToken", "AppMetadata") if name in whole}
    )


def roles_in(token: str) -> frozenset[str] | None:
    """What an application's token allows; None where it does not tell. Only to say it: Microsoft decides."""
    try:
        part = token.split(".")[1]
        claims = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        return frozenset(map(str, claims.get("roles", ())))
    except (IndexError, ValueError, AttributeError, TypeError):
        return None


def with_access(kept: str, cache: str) -> str:
    """What is kept, with the access tokens that are known. Raises ValueError where it is no sign-in."""
    whole = json.loads(kept)
    if not isinstance(whole, dict):
        raise ValueError("a sign-in is an object")
    known = json.loads(cache).get("AccessToken")
    return json.dumps({**whole, "AccessToken": known}) if known else kept
