"""The sign-in through msal: tokens by a person's code or by the application itself, kept among the secrets."""

import json
import re
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

import httpx2
import msal
from msal.exceptions import MsalError

from boundary_microsoft365.elsewhere import AUTHORITY, Elsewhere
from boundary_microsoft365.kept_tokens import lasting, roles_in, with_access
from boundary_microsoft365.settings import Microsoft365Settings
from boundary_plugins import AuthorizationNeeded, SecretError, Unavailable

_EVERYTHING = "https://graph.microsoft.com/.default"
_CODE = re.compile(r"AADSTS\d+")
#: By Microsoft's number of an error, what to do about it.
_REMEDIES = {
    "AADSTS65001": "the sign-in does not cover what the configuration uses; run: boundary microsoft365 authorize",
    "AADSTS7000215": "the application's secret is wrong; make a new one and keep it with: boundary secret set",
    "AADSTS7000222": "the application's secret is over; make a new one and keep it with: boundary secret set",
    "AADSTS700016": "the tenant has no application with this client_id; see the two keys in the configuration",
    "AADSTS90002": "there is no such tenant; see the key tenant in the configuration",
    "AADSTS50020": "the account belongs to another tenant; see the key tenant in the configuration",
    "AADSTS700082": "nobody used the sign-in for too long; run: boundary microsoft365 authorize",
    "AADSTS50173": "the password was changed; run: boundary microsoft365 authorize",
    "AADSTS53003": "the organisation's rules forbid this sign-in (Conditional Access); ask an administrator",
    "AADSTS65004": "the consent was declined; run: boundary microsoft365 authorize",
}
_AGAIN = "run: boundary microsoft365 authorize"
#: In seconds: a token is renewed so long before its end.
_EARLIER = 300
#: Errors of the token endpoint that time may mend (RFC 6749, section 4.1.2.1).
_PASSING = frozenset({"temporarily_unavailable", "server_error"})


class SignIn:
    """One instance for one thread. `token` gives an access token; msal keeps it as long as it is good."""

    def __init__(
        self,
        settings: Microsoft365Settings,
        name: str,
        *,
        secret: Callable[[str], str | None],
        keep_secret: Callable[[str, str], object],
    ) -> None:
        """Ask nobody yet; errors begin with `name`."""
        self._settings, self._name = settings, name
        self._secret, self._keep_secret = secret, keep_secret
        self._cache = msal.SerializableTokenCache()
        self._loaded: str | None = None
        self._application: Any = None
        self._known, self._good_until = "", 0.0
        endpoint = settings.api_endpoint
        self._elsewhere = Elsewhere(endpoint, settings.timeout) if endpoint else None

    def token(self, permissions: Iterable[str], *, anew: bool = False) -> str:
        """An access token; with `anew` not the one that is known. Raises AuthorizationNeeded, Unavailable."""
        if not anew and monotonic() < self._good_until:
            return self._known
        if self._settings.client_secret is not None:
            found = self._asked(lambda: self._for_application(anew=anew))
        else:
            self._load()
            found = self._asked(lambda: self._for_person(sorted(permissions), anew=anew))
            self._keep()
        self._known = self._accepted(found)
        self._good_until = monotonic() + int(found.get("expires_in") or 0) - _EARLIER
        return self._known

    def lacking(self, permissions: frozenset[str]) -> frozenset[str]:
        """The permissions that an administrator did not grant an application, as far as its token tells.

        A person's token is given for all that was asked, or not at all. Raises AuthorizationNeeded, Unavailable.
        """
        token = self.token(permissions)
        granted = roles_in(token) if self._settings.client_secret is not None else None
        return frozenset() if granted is None else permissions - granted

    def by_code(self, permissions: Iterable[str], show: Callable[[str], None]) -> str:
        """Sign a person in: `show` the sentence with the code, wait for them; whose account it is.

        Raises AuthorizationNeeded, Unavailable.
        """
        flow = self._asked(lambda: self._opened().initiate_device_flow(scopes=sorted(permissions)))
        if "user_code" not in flow:
            self._accepted(flow)
        show(str(flow["message"]))
        found = self._asked(lambda: self._opened().acquire_token_by_device_flow(flow))
        self._accepted(found)
        self._keep()
        claims: dict[str, Any] = found.get("id_token_claims") or {}
        return str(claims.get("preferred_username") or "the account")

    def close(self) -> None:
        """Let go of every connection."""
        if self._application is not None:
            self._application.http_client.close()
            self._application = None
        if self._elsewhere is not None:
            self._elsewhere.close()

    def _for_application(self, *, anew: bool) -> Any:
        """What msal answers for the application itself."""
        application = self._opened()
        if anew:
            application.remove_tokens_for_client()
        return application.acquire_token_for_client(scopes=[_EVERYTHING])

    def _for_person(self, permissions: list[str], *, anew: bool) -> Any:
        """What msal answers for the person who signed in once."""
        application = self._opened()
        accounts = application.get_accounts()
        if not accounts:
            return None
        return application.acquire_token_silent_with_error(permissions, accounts[0], force_refresh=anew)

    def _opened(self) -> Any:
        """Msal's application; made once, because it asks where the tenant signs in."""
        if self._application is None:
            self._application = self._made()
        return self._application

    def _made(self) -> Any:
        """Msal's application for these settings."""
        settings = self._settings
        client = self._elsewhere
        common: dict[str, Any] = {
            "authority": f"{AUTHORITY}/{settings.tenant}",
            "http_client": client,
            "instance_discovery": False,
        }
        if client is None:
            common["timeout"] = settings.timeout
        if settings.client_secret is None:
            return msal.PublicClientApplication(settings.client_id, token_cache=self._cache, **common)
        secret = self._secret(settings.client_secret)
        if secret is None:
            raise AuthorizationNeeded(
                self._name,
                f"there is no secret {settings.client_secret}; "
                f"keep it with: boundary secret set {settings.client_secret}",
            )
        return msal.ConfidentialClientApplication(settings.client_id, client_credential=secret, **common)

    def _asked(self, question: Callable[[], Any]) -> Any:
        """The answer to a question of msal's. Raises AuthorizationNeeded where a secret cannot be read, Unavailable."""
        try:
            return question()
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        except (OSError, httpx2.HTTPError, MsalError) as error:
            # The exceptions of `requests`, which msal uses, are OSErrors.
            problem = f"Microsoft's sign-in cannot be reached ({type(error).__name__})"
            raise Unavailable(self._name, problem) from None
        except ValueError:
            raise Unavailable(self._name, "Microsoft's sign-in gave an answer that cannot be read") from None

    def _accepted(self, found: Any) -> str:
        """The access token in an answer. Raises AuthorizationNeeded, Unavailable."""
        if not found:
            raise AuthorizationNeeded(self._name, f"nobody signed in yet; {_AGAIN}")
        if "access_token" in found:
            return str(found["access_token"])
        error = str(found.get("error", ""))
        if error in _PASSING:
            raise Unavailable(self._name, "Microsoft's sign-in is not available")
        # A description names the account, so only its number is said.
        number = _CODE.search(str(found.get("error_description", "")))
        code = number[0] if number else error or "no reason given"
        remedy = _REMEDIES.get(code, f"see what it says, or {_AGAIN}")
        raise AuthorizationNeeded(self._name, f"Microsoft refused the sign-in ({code}): {remedy}")

    def _load(self) -> None:
        """Take what is kept, where another thread or the command kept something newer. Raises AuthorizationNeeded."""
        try:
            kept = self._secret(self._settings.sign_in)
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        if kept and kept != self._loaded:
            try:
                self._cache.deserialize(with_access(kept, self._cache.serialize()))
            except ValueError:
                problem = f"the secret {self._settings.sign_in} holds no sign-in; {_AGAIN}"
                raise AuthorizationNeeded(self._name, problem) from None
            self._loaded = kept

    def _keep(self) -> None:
        """Keep what was renewed. An hour's access token is not worth it, so only the rest is kept."""
        if not self._cache.has_state_changed:
            return
        made = lasting(self._cache.serialize())
        self._cache.has_state_changed = False
        if self._loaded is not None and json.loads(made) == json.loads(self._loaded):
            return
        try:
            self._keep_secret(self._settings.sign_in, made)
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        self._loaded = made
