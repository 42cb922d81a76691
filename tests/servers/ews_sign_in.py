"""Who signs in to our Exchange: passwords by Basic and by NTLM, tokens of a sign-in of our own, and rights."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import spnego
from spnego.exceptions import SpnegoError


class SignIn:
    """The users with their passwords, who may use whose mailbox, and the tokens that are good."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "ntlm-users"
        self.passwords: dict[str, str] = {}
        #: Who may use the mailboxes of others as a delegate, and who may impersonate anybody.
        self.delegates: set[tuple[str, str]] = set()
        self.impersonators: set[str] = set()
        self.tokens: dict[str, str] = {}
        self.refresh_tokens: dict[str, str] = {}
        self.clients: dict[str, str] = {}
        self.asked_for_tokens = 0
        #: What becomes of a code, question after question: an error, then perhaps the one who entered it.
        self.enters: list[str] = []
        #: In seconds: how long the next tokens last, by their own words.
        self.lifetime = 3600

    def add(self, user: str, password: str) -> None:
        """A user with a password."""
        self.passwords[user] = password
        # The form of the file that Heimdal's and Samba's NTLM reads, and pyspnego with them.
        lines = [f":{each}:{secret}" for each, secret in self.passwords.items()]
        self._file.write_text("\n".join(lines) + "\n")

    def basic(self, header: str) -> str | None:
        """The user of a header of Basic; None where the password is wrong."""
        user, _, password = base64.b64decode(header.partition(" ")[2]).decode().partition(":")
        known = self.passwords.get(user)
        return user if known is not None and secrets.compare_digest(known, password) else None

    def bearer(self, header: str) -> str | None:
        """The user of a token; None where it is not good any more."""
        return self.tokens.get(header.partition(" ")[2])

    def may_use(self, user: str, address: str) -> bool:
        """Whether somebody may use a mailbox as an owner or a delegate."""
        return user == address or (user, address) in self.delegates

    def token_answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """What the token address answers: client credentials, and refresh tokens that change with each use."""
        self.asked_for_tokens += 1
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        client = form.get("client_id", "")
        if self.clients.get(client, "") != form.get("client_secret", ""):
            return 401, {"error": "invalid_client"}
        if form.get("grant_type", "").endswith(":device_code"):
            return self._device_answer(form.get("device_code", ""))
        if form.get("grant_type") == "client_credentials":
            return 200, self._token(client, None)
        user = self.refresh_tokens.pop(form.get("refresh_token", ""), None)
        if user is None:
            return 400, {"error": "invalid_grant"}
        fresh = secrets.token_hex(8)
        self.refresh_tokens[fresh] = user
        return 200, self._token(user, fresh)

    def device_answer(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """What the address for a code answers: a code, which somebody enters or does not."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("client_id", "") not in self.clients:
            return 400, {"error": "unauthorized_client"}
        place = "https://microsoft.com/devicelogin"
        return 200, {"device_code": "d-1", "user_code": "ABCD", "verification_uri": place, "interval": 0}

    def _device_answer(self, code: str) -> tuple[int, dict[str, Any]]:
        """A token for a code, as soon as it was entered: what `enters` tells, one question after the other."""
        del code
        user = self.enters.pop(0) if self.enters else "expired_token"
        if "@" not in user:
            return 400, {"error": user}
        fresh = secrets.token_hex(8)
        self.refresh_tokens[fresh] = user
        return 200, self._token(user, fresh)

    def _token(self, user: str, refresh: str | None) -> dict[str, Any]:
        """A new token."""
        token = secrets.token_hex(8)
        self.tokens[token] = user
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lifetime}
        return answer | ({"refresh_token": refresh} if refresh else {})

    def ntlm(self) -> "NtlmExchange":
        """One connection's exchange of NTLM."""
        os.environ["NTLM_USER_FILE"] = str(self._file)
        return NtlmExchange()


class NtlmExchange:
    """The three messages of NTLM on one connection; pyspnego's acceptor proves the password."""

    def __init__(self) -> None:
        self._context = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)

    def step(self, header: str) -> tuple[str | None, str]:
        """The user, once proven, and the challenge to answer with until then; both empty where it failed."""
        try:
            token = self._context.step(base64.b64decode(header.partition(" ")[2]))
        except SpnegoError:
            return None, ""
        if self._context.complete:
            return str(self._context.client_principal).rpartition("\\")[2], ""
        return None, base64.b64encode(token or b"").decode()


def as_json(answer: dict[str, Any]) -> bytes:
    """An answer of the token address."""
    return json.dumps(answer).encode()
