"""Who signs in to Exchange, and how: exchangelib's credentials of our settings and secrets."""

from collections.abc import Mapping
from time import time
from typing import Any

from exchangelib import Credentials, OAuth2AuthorizationCodeCredentials
from exchangelib.transport import BASIC, NTLM, OAUTH2
from oauthlib.oauth2 import InvalidGrantError

from boundary_exchange.settings import BY_PASSWORD, ExchangeSettings
from boundary_plugins import AuthorizationNeeded, SecretError, Services

#: exchangelib's name of each way.
AUTH_TYPES = {"ntlm": NTLM, "basic": BASIC, "application": OAUTH2, "delegated": OAUTH2}

#: What an administrator granted the application for Exchange, all of it and nothing else.
_EVERYTHING_GRANTED = "https://outlook.office365.com/.default"
#: The same of a person, and a refresh token with it.
SCOPES = f"{_EVERYTHING_GRANTED} offline_access"
#: In seconds: for an answer with a token, and how long one lasts at least.
_PATIENCE, _LEAST = 20.0, 60.0


def credentials(settings: ExchangeSettings, services: Services, sessions: Any) -> Any:
    """What signs in; `sessions` makes those that ask for tokens.

    Raises AuthorizationNeeded where a secret is not there or cannot be read.
    """
    made = _made(settings, services, sessions)
    # exchangelib shares connections between equal credentials of one process. Each of our threads needs its own.
    made.instance = object()
    return made


def _made(settings: ExchangeSettings, services: Services, sessions: Any) -> Any:
    """Credentials of the way that the settings name."""
    if settings.sign_in in BY_PASSWORD:
        password = _secret(settings.password_secret, services)
        return Credentials(settings.username or settings.address, password)
    form = {"client_id": settings.client_id or ""}
    if settings.client_secret:
        form["client_secret"] = _secret(settings.client_secret, services)
    if settings.sign_in == "application":
        form |= {"grant_type": "client_credentials", "scope": _EVERYTHING_GRANTED}
    else:
        form |= {"grant_type": "refresh_token", "scope": SCOPES}
    return _Tokens(_Asking(token_url(settings), form, sessions, _Kept(settings.token_secret, services)))


def token_url(settings: ExchangeSettings) -> str:
    """Where tokens are given: where the settings say, else at Microsoft."""
    tenant = settings.tenant or "organizations"
    return settings.token_url or f"https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"


def _secret(name: str | None, services: Services) -> str:
    """A secret's text. Raises AuthorizationNeeded."""
    try:
        secret = services.secret(name or "")
    except SecretError as error:
        raise AuthorizationNeeded(services.name, str(error)) from None
    if secret is None:
        raise AuthorizationNeeded(services.name, f"there is no secret {name!r}: boundary secret set {name}")
    return secret


class _Kept:
    """The refresh token as it is kept; several parts of one program may use it, and each may renew it."""

    def __init__(self, name: str | None, services: Services) -> None:
        """Read nothing yet; an application has none (None)."""
        self._name, self._services = name, services
        self._read = self._token = ""

    def token(self) -> str | None:
        """The latest one: what another part has kept meanwhile, else our own. Raises AuthorizationNeeded."""
        if self._name is None:
            return None
        read = _secret(self._name, self._services)
        if read != self._read:
            self._read = self._token = read
        return self._token

    def renewed(self, token: str) -> None:
        """Keep the one that replaces it; say it where that cannot be, for then it is gone at the next start."""
        self._token = token
        try:
            self._services.keep_secret(self._name or "", token)
        except SecretError as error:
            self._services.log.warning("a new token cannot be kept", because=str(error))


class _Asking:
    """What asks for a token: an address, a form, and the refresh token that goes with it."""

    def __init__(self, url: str, form: Mapping[str, str], sessions: Any, kept: _Kept) -> None:
        """Ask nothing yet."""
        self.client_id = form["client_id"]
        self._url, self._form, self._sessions, self._kept = url, dict(form), sessions, kept

    def token(self) -> dict[str, Any]:
        """A token. Raises OAuth2Error where a person must sign in, RequestException."""
        before = self._kept.token()
        form = self._form if before is None else {**self._form, "refresh_token": before}
        with self._sessions(self._url) as asking:
            asking.headers["Content-Type"] = "application/x-www-form-urlencoded"
            response = asking.post(self._url, data=form, timeout=_PATIENCE, allow_redirects=False)
            if response.status_code in (400, 401, 403):
                raise InvalidGrantError
            response.raise_for_status()
            answer = response.json()
        token, refresh = answer.get("access_token"), answer.get("refresh_token")
        if not isinstance(token, str):
            raise InvalidGrantError
        if isinstance(refresh, str) and before is not None and refresh != before:
            self._kept.renewed(refresh)
        # One that has run out when it comes would be asked for without an end.
        lasts = max(float(answer.get("expires_in") or 0), _LEAST)
        return {"access_token": token, "token_type": "Bearer", "expires_at": time() + lasts}


class _Tokens(OAuth2AuthorizationCodeCredentials):  # type: ignore[misc]
    """What signs in by tokens, each of which is asked for when the one before has run out.

    requests-oauthlib's own way of asking anew sends the token that has run out along, and turns for ever.
    """

    def __init__(self, asking: _Asking) -> None:
        """Begin with a token that has run out, so that the first request asks."""
        ran_out = {"access_token": "none", "token_type": "Bearer", "expires_at": 1.0}
        super().__init__(client_id=asking.client_id, access_token=ran_out)
        self._asking = asking

    def refresh(self, session: Any) -> None:
        """Ask for the next token. Raises OAuth2Error, RequestException."""
        del session
        self.access_token = self._asking.token()

    def session_params(self) -> dict[str, Any]:
        """Nothing but the token: what asks for the next one is here."""
        return {"token": self.access_token}
