"""Google's sign-in: consent in a browser, tokens, their end, and service accounts with delegation."""

import json
import secrets
import time
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from servers.discovery import Json
from servers.loopback_http import Answer, Request

CLIENT_ID, CLIENT_SECRET = "invented.apps.googleusercontent.com", "invented-client"
_HOUR = 3599
_WEEK = 7 * 24 * 3600 - 1


class SignInError(Exception):
    """An answer of the token endpoint that is an error (RFC 6749, section 5.2)."""

    def __init__(self, error: str, description: str = "", status: int = 400) -> None:
        """Take the error's code."""
        super().__init__(error)
        self.body = {"error": error, "error_description": description or error}
        self.status = status


@dataclass(slots=True)
class Grant:
    """What somebody consented to: for which account, which scopes; `is_over` once it was revoked."""

    account: str
    scopes: frozenset[str]
    is_over: bool = False


@dataclass(slots=True)
class SignIn:
    """All tokens of the server. `consenting` is the account that consents when a browser comes.

    `unticked` are scopes that the person takes the tick off; `denies` refuses everything; `testing` is a
    project in "Testing", whose sign-ins end after a week; `delegated` the scopes of the service account.
    """

    url: str
    consenting: str = ""
    unticked: frozenset[str] = frozenset()
    denies: bool = False
    testing: bool = False
    delegated: frozenset[str] = frozenset()
    down: bool = False
    asked: list[Json] = field(default_factory=list)
    _codes: dict[str, tuple[Grant, Json]] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)
    _access: dict[str, Grant] = field(default_factory=dict)
    _key: rsa.RSAPrivateKey | None = None

    def client(self) -> Json:
        """The file that a person downloads for their desktop client."""
        return {
            "installed": {
                "client_id": CLIENT_ID,
                "client_secret": CLIENT_SECRET,
                "auth_uri": f"{self.url}auth",
                "token_uri": f"{self.url}token",
                "redirect_uris": ["http://localhost"],
            }
        }

    def service_account(self) -> Json:
        """The key file of a service account."""
        if self._key is None:
            self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = self._key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {
            "type": "service_account",
            "project_id": "invented",
            "private_key_id": "1",
            "private_key": pem.decode(),
            "client_email": "boundary@invented.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{self.url}token",
        }

    def refresh_token(self, account: str, *scopes: str) -> str:
        """A refresh token, as if somebody had signed in."""
        token = f"1//{secrets.token_urlsafe(16)}"
        self._refresh[token] = Grant(account, frozenset(scopes))
        return token

    def granted(self, access_token: str) -> Grant | None:
        """What an access token is good for; None where it is not."""
        grant = self._access.get(access_token)
        return None if grant is None or grant.is_over else grant

    def revoke_all(self, account: str) -> None:
        """The person takes the program's access away in their account."""
        for grant in (*self._refresh.values(), *self._access.values()):
            if grant.account == account:
                grant.is_over = True

    def expire_access(self, account: str) -> None:
        """The access tokens so far are over; new ones can be had."""
        self._access = {token: each for token, each in self._access.items() if each.account != account}

    def answer(self, request: Request) -> Answer | None:
        """The answer of /auth, /token and /revoke; None for any other path."""
        path = urlsplit(request.path).path
        if self.down and path in ("/auth", "/token", "/revoke"):
            return _json(503, {"error": "temporarily_unavailable"})
        try:
            if path == "/auth":
                return self._consent(dict(parse_qsl(urlsplit(request.path).query)))
            if path == "/token":
                form = basic_client(request) | dict(parse_qsl(request.body.decode()))
                self.asked.append({"grant_type": form.get("grant_type", "")})
                return _json(200, self._token(form))
            if path == "/revoke":
                return self._revoke(request)
        except SignInError as error:
            return _json(error.status, error.body)
        return None

    def _consent(self, asked: Json) -> Answer:
        """Send the browser back with a code."""
        self.asked.append(asked)
        back = {"state": asked.get("state", "")}
        if asked.get("code_challenge_method") != "S256" or asked.get("client_id") != CLIENT_ID:
            raise SignInError("invalid_request", "PKCE with S256 and a known client are needed")
        if self.denies:
            return _redirect(asked["redirect_uri"], back | {"error": "access_denied"})
        scopes = frozenset(asked["scope"].split()) - self.unticked
        code = secrets.token_urlsafe(8)
        self._codes[code] = (Grant(self.consenting, scopes), asked)
        return _redirect(asked["redirect_uri"], back | {"code": code, "scope": " ".join(sorted(scopes))})

    def _token(self, form: Json) -> Json:
        """An access token for whatever is offered."""
        kind = form.get("grant_type")
        if kind == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            return self._access_for(self._asserted(form["assertion"]))
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise SignInError("invalid_client", status=401)
        if kind == "refresh_token":
            grant = self._refresh.get(form.get("refresh_token", ""))
            if grant is None or grant.is_over:
                raise SignInError("invalid_grant", "Token has been expired or revoked.")
            return self._access_for(grant)
        if kind == "authorization_code":
            return self._exchanged(form)
        raise SignInError("unsupported_grant_type")

    def _exchanged(self, form: Json) -> Json:
        """Tokens for a code, once."""
        grant, asked = self._codes.pop(form.get("code", ""), (None, {}))
        digest = sha256(form.get("code_verifier", "").encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if grant is None or challenge != asked["code_challenge"]:
            raise SignInError("invalid_grant", "Bad code or verifier")
        token = f"1//{secrets.token_urlsafe(16)}"
        self._refresh[token] = grant
        week: Json = {"refresh_token_expires_in": _WEEK} if self.testing else {}
        return self._access_for(grant) | {"refresh_token": token} | week

    def _access_for(self, grant: Grant) -> Json:
        """A new access token."""
        token = f"ya29.{secrets.token_urlsafe(16)}"
        self._access[token] = grant
        scope = " ".join(sorted(grant.scopes))
        return {"access_token": token, "expires_in": _HOUR, "scope": scope, "token_type": "Bearer"}

    def _asserted(self, assertion: str) -> Grant:
        """What a service account may do in somebody's name (RFC 7523)."""
        head, claims_text, signature = assertion.split(".")
        assert self._key is not None
        try:
            self._key.public_key().verify(
                _decoded(signature), f"{head}.{claims_text}".encode(), padding.PKCS1v15(), hashes.SHA256()
            )
        except InvalidSignature:
            raise SignInError("invalid_grant", "Invalid JWT Signature.") from None
        claims = json.loads(_decoded(claims_text))
        # Google's library names Google here, wherever it asks.
        audiences = (f"{self.url}token", "https://oauth2.googleapis.com/token")
        if claims["aud"] not in audiences or not claims["iat"] - 60 <= time.time() <= claims["exp"]:
            raise SignInError("invalid_grant", "Invalid JWT")
        scopes = frozenset(claims["scope"].split())
        if not scopes <= self.delegated:
            raise SignInError("unauthorized_client", "Client is unauthorized to retrieve access tokens", 401)
        return Grant(claims["sub"], scopes)

    def _revoke(self, request: Request) -> Answer:
        """End a token and everything that came of the same consent."""
        asked = parse_qs(urlsplit(request.path).query) | parse_qs(request.body.decode())
        token = asked.get("token", [""])[0]
        grant = self._refresh.get(token) or self._access.get(token)
        if grant is None or grant.is_over:
            raise SignInError("invalid_token")
        grant.is_over = True
        return _json(200, {})


def basic_client(request: Request) -> Json:
    """The client's id and secret where they stand in a field of the request (RFC 6749, section 2.3.1)."""
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind != "Basic":
        return {}
    client_id, _, secret = b64decode(text).decode().partition(":")
    return {"client_id": client_id, "client_secret": secret}


def _json(status: int, body: Json) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _redirect(to: str, query: Json) -> Answer:
    """Send the browser on."""
    return Answer(302, b"", {"Location": f"{to}?{urlencode(query)}"})


def _decoded(text: str) -> bytes:
    """base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
