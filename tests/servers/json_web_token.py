"""A signed token as an authorization server gives it (RFC 7519), for servers that check it themselves."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping


def json_web_token(secret: bytes, subject: str, lives_for: float) -> str:
    """A token for a subject, signed with HS256; `lives_for` in seconds, below zero for one that is over."""
    now = int(time.time())
    claims = {"sub": subject, "iat": now - 60, "nbf": now - 60, "exp": now + int(lives_for)}
    signed = b".".join((_part({"alg": "HS256", "typ": "JWT"}), _part(claims)))
    signature = hmac.new(secret, signed, hashlib.sha256).digest()
    return b".".join((signed, _base64(signature))).decode("ascii")


def _part(value: Mapping[str, object]) -> bytes:
    """A part of a token."""
    return _base64(json.dumps(value).encode())


def _base64(data: bytes) -> bytes:
    """Base64 for addresses, without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")
