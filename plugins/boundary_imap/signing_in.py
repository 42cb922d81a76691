"""What signs in to a server: a password from the secrets, or an access token that is kept fresh."""

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from http.client import HTTPException
from typing import Any

from boundary_imap.settings import OAuthSettings, ServerSettings
from boundary_plugins import AuthorizationNeeded, SecretError, Services, Unavailable, verifying_tls

# In seconds and bytes: an answer with a token is short and quick.
_TIMEOUT, _LONGEST_ANSWER = 30.0, 64 * 1024
#: A token is renewed this long before it is over, and taken to live this long where nobody says.
_BEFORE_IT_ENDS, _USUAL_LIFE = timedelta(minutes=2), timedelta(minutes=30)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A refresh token goes nowhere else."""

    def redirect_request(self, *arguments: Any, **named: Any) -> None:
        """Follow nothing."""


class Credentials:
    """The password or the token of one server."""

    def __init__(self, settings: ServerSettings, services: Services) -> None:
        """Ask for nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self._token, self._token_until = "", services.now()
        self._refresh_token, self._rotated = "", ""

    def password(self) -> str:
        """The password. Raises AuthorizationNeeded where it is not there or cannot be read."""
        return self._secret(self._settings.password_secret)

    def token(self) -> str:
        """An access token that is still good. Raises AuthorizationNeeded and Unavailable."""
        oauth = self._settings.oauth
        if oauth is None:
            raise AuthorizationNeeded(self._name, "no table oauth is configured")
        secret = self._secret(oauth.token_secret)
        if not oauth.token_endpoint:
            return secret
        if secret != self._refresh_token:
            # Somebody signed in anew.
            self._refresh_token, self._rotated, self._token = secret, "", ""
        if not self._token or self._services.now() >= self._token_until - _BEFORE_IT_ENDS:
            self._renew(oauth)
        return self._token

    def forget_token(self) -> bool:
        """The server refused the token, so another is asked for next time; whether there was one to renew."""
        renewable, self._token = bool(self._token), ""
        return renewable

    def _secret(self, name: str) -> str:
        """A secret that must be there."""
        try:
            secret = self._services.secret(name)
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        if not secret:
            raise AuthorizationNeeded(self._name, f"the secret {name!r} is not there")
        return secret

    def _renew(self, oauth: OAuthSettings) -> None:
        """Ask for a new access token (RFC 6749, section 6)."""
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": self._rotated or self._refresh_token,
            "client_id": oauth.client_id,
        }
        if oauth.client_secret:
            fields["client_secret"] = self._secret(oauth.client_secret)
        if oauth.scope:
            fields["scope"] = oauth.scope
        answer = self._asked(oauth.token_endpoint, fields)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Unavailable(self._name, "the token endpoint gave no access token")
        self._token, self._token_until = token, self._services.now() + _life(answer.get("expires_in"))
        # A server that gives a new refresh token for each may not take the old one again; it lives here only.
        self._rotated = str(answer.get("refresh_token") or self._rotated)

    def _asked(self, address: str, fields: Mapping[str, str]) -> Mapping[str, Any]:
        """What the token endpoint answers."""
        request = urllib.request.Request(
            address, urllib.parse.urlencode(fields).encode(), {"Accept": "application/json"}
        )
        context = tls_context(self._settings, self._services)
        opener = urllib.request.build_opener(_NoRedirects, urllib.request.HTTPSHandler(context=context))
        try:
            with opener.open(request, timeout=_TIMEOUT) as response:
                answer = json.loads(response.read(_LONGEST_ANSWER))
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (400, 401, 403):
                raise AuthorizationNeeded(
                    self._name, f"the token endpoint refused ({error.code}); sign in anew"
                ) from None
            raise Unavailable(self._name, f"the token endpoint answered {error.code}") from None
        except (OSError, HTTPException, ValueError) as error:
            problem = f"the token endpoint cannot be asked ({type(error).__name__})"
            raise Unavailable(self._name, problem) from None
        return answer if isinstance(answer, dict) else {}


def _life(seconds: object) -> timedelta:
    """How long a token lives, as the answer says or else usual."""
    return timedelta(seconds=seconds) if isinstance(seconds, int) and 0 < seconds < 1e7 else _USUAL_LIFE


def tls_context(settings: ServerSettings, services: Services) -> ssl.SSLContext:
    """A context that verifies certificate and host name, always. Raises Unavailable."""
    path = services.path(str(settings.ca_file)) if settings.ca_file is not None else None
    return verifying_tls(path, services.name or "mailbox")
