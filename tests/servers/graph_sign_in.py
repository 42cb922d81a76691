"""Microsoft's sign-in: device codes, tokens and their end, and applications with a secret of their own."""

import base64
import json
import secrets
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from servers.graph_description import Json
from servers.loopback_http import Answer, Request

CLIENT_ID = "11111111-2222-3333-4444-555555555555"
TENANT = "99999999-8888-7777-6666-555555555555"
CLIENT_SECRET = "invented-application-secret"
_AUTHORITY = "https://login.microsoftonline.com"
_OWN = frozenset({"openid", "profile", "offline_access"})


@dataclass(slots=True)
class Grant:
    """What a token is good for; `account` is None for an application, which acts for every mailbox."""

    account: str | None
    permissions: frozenset[str]
    is_over: bool = False


@dataclass(slots=True)
class SignIn:
    """All tokens of the server. `consenting` is who types the code in, after `pending` vain questions.

    `roles` are what an administrator let the application do; `denies` says no to a code; `down` answers
    nothing but 503; `problem` is an error that every token request meets.
    """

    consenting: str = ""
    pending: int = 0
    denies: bool = False
    down: bool = False
    problem: tuple[str, str] | None = None
    roles: frozenset[str] = frozenset()
    asked: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, frozenset[str]] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, Grant] = field(default_factory=dict)

    def granted(self, access_token: str) -> Grant | None:
        """What an access token is good for; None where it is not."""
        grant = self._access.get(access_token)
        return None if grant is None or grant.is_over else grant

    def expire_access(self) -> None:
        """Every access token is over; new ones can be had."""
        self._access.clear()

    def revoke(self) -> None:
        """Nobody's consent holds any more."""
        for grant in (*self._access.values(), *self._refresh.values()):
            grant.is_over = True

    def cache(self, account: str, *permissions: str) -> str:
        """What a finished sign-in leaves with msal, as text."""
        token = self._refresh_token(Grant(account, frozenset(permissions)))
        home = f"{account}.{TENANT}"
        return json.dumps(
            {
                "Account": {
                    f"{home}-login.microsoftonline.com-{TENANT}": {
                        "home_account_id": home,
                        "environment": "login.microsoftonline.com",
                        "realm": TENANT,
                        "local_account_id": account,
                        "username": account,
                        "authority_type": "MSSTS",
                    }
                },
                "RefreshToken": {
                    f"{home}-login.microsoftonline.com-refreshtoken-{CLIENT_ID}--": {
                        "credential_type": "RefreshToken",
                        "secret": token,
                        "home_account_id": home,
                        "environment": "login.microsoftonline.com",
                        "client_id": CLIENT_ID,
                        "target": " ".join(permissions),
                    }
                },
            }
        )

    def answer(self, request: Request) -> Answer | None:
        """The answer of the sign-in's own paths; None for any other."""
        path = urlsplit(request.path).path
        if not path.startswith("/login/"):
            return None
        if self.down:
            return _json(503, {"error": "temporarily_unavailable"})
        if path.endswith("/.well-known/openid-configuration"):
            return _json(200, _configuration(path.split("/")[2]))
        form = dict(parse_qsl(request.body.decode()))
        self.asked.append(form)
        if path.endswith("/devicecode"):
            return _json(200, self._code(form))
        if path.endswith("/token"):
            return self._token(form)
        return _json(404, {"error": "invalid_request"})

    def _code(self, form: Json) -> Json:
        """A code that a person types in somewhere else."""
        code = secrets.token_urlsafe(8)
        self._codes[code] = frozenset(form["scope"].split())
        return {
            "device_code": code,
            "user_code": "INVENTED",
            "verification_uri": "https://login.example.com/device",
            "expires_in": 900,
            "interval": 0,
            "message": "To sign in, open https://login.example.com/device and enter the code INVENTED.",
        }

    def _token(self, form: Json) -> Answer:
        """An access token for whatever is offered."""
        if self.problem is not None:
            error, description = self.problem
            return _json(400, {"error": error, "error_description": description})
        if form.get("client_id") != CLIENT_ID:
            return _refused("unauthorized_client", "AADSTS700016: no such application")
        kind = form.get("grant_type", "")
        if kind == "client_credentials":
            return self._for_application(form)
        if kind == "refresh_token":
            return self._refreshed(form)
        return self._for_code(form)

    def _for_application(self, form: Json) -> Answer:
        """A token for the application itself."""
        if form.get("client_secret") != CLIENT_SECRET:
            return _refused("invalid_client", "AADSTS7000215: Invalid client secret provided.")
        return _json(200, self._issued(Grant(None, self.roles)))

    def _refreshed(self, form: Json) -> Answer:
        """A token for a person who signed in before."""
        grant = self._refresh.get(form.get("refresh_token", ""))
        if grant is None or grant.is_over:
            return _refused("invalid_grant", "AADSTS700082: The refresh token has expired.")
        wanted = frozenset(form.get("scope", "").split()) - _OWN
        if not wanted <= grant.permissions:
            return _refused(
                "invalid_grant", "AADSTS65001: The user has not consented to use the application."
            )
        return _json(200, self._of_person(grant))

    def _for_code(self, form: Json) -> Answer:
        """A token for a device code, once the person typed it in."""
        wanted = self._codes.get(form.get("device_code", ""))
        if wanted is None:
            return _refused("invalid_grant", "AADSTS70008: The code has expired.")
        if self.denies:
            return _refused("authorization_declined", "AADSTS90014: declined")
        if self.pending:
            self.pending -= 1
            return _refused("authorization_pending", "AADSTS70016: pending")
        return _json(200, self._of_person(Grant(self.consenting, wanted - _OWN)))

    def _of_person(self, grant: Grant) -> Json:
        """What a person's token comes with."""
        claims = {
            "aud": CLIENT_ID,
            "iss": f"{_AUTHORITY}/{TENANT}/v2.0",
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            "sub": "invented",
            "oid": grant.account,
            "tid": TENANT,
            "preferred_username": grant.account,
        }
        client = {"uid": grant.account, "utid": TENANT}
        return {
            **self._issued(grant),
            "scope": " ".join(sorted(grant.permissions)),
            "refresh_token": self._refresh_token(grant),
            "id_token": f"{_encoded({'alg': 'none'})}.{_encoded(claims)}.",
            "client_info": _encoded(client),
        }

    def _issued(self, grant: Grant) -> Json:
        """An access token."""
        # As Microsoft's own, a token of an application tells its roles to whoever looks.
        claims = {"roles": sorted(grant.permissions)} if grant.account is None else {}
        token = f"{_encoded({'alg': 'none'})}.{_encoded(claims)}.{secrets.token_urlsafe(16)}"
        self._access[token] = grant
        return {"token_type": "Bearer", "expires_in": 3599, "access_token": token}

    def _refresh_token(self, grant: Grant) -> str:
        """A token for later tokens."""
        token = secrets.token_urlsafe(16)
        self._refresh[token] = grant
        return token


def _configuration(tenant: str) -> Json:
    """Where a tenant signs in (OpenID Connect Discovery)."""
    base = f"{_AUTHORITY}/{tenant}"
    return {
        "issuer": f"{_AUTHORITY}/{TENANT}/v2.0",
        "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
        "token_endpoint": f"{base}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
    }


def _encoded(value: Json) -> str:
    """JSON as base64 for addresses, without its end."""
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _refused(error: str, description: str) -> Answer:
    """An error of the token endpoint (RFC 6749, section 5.2)."""
    return _json(400, {"error": error, "error_description": description})


def _json(status: int, body: object) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=utf-8"})
