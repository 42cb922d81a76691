"""Digest (RFC 7616): showing a host that one knows the password, without telling it.

Own, because the standard library's knows neither SHA-256 nor a password beyond ASCII.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from urllib.request import parse_http_list, parse_keqv_list

_HASHES: dict[str, Callable[[bytes], str]] = {
    # What most hosts know; the password cannot be read from it, and the way is encrypted besides.
    "MD5": lambda data: hashlib.md5(data, usedforsecurity=False).hexdigest(),
    "SHA-256": lambda data: hashlib.sha256(data).hexdigest(),
}


class Digest:
    """A host's challenge, which can be answered for any number of requests."""

    def __init__(self, challenge: Mapping[str, str]) -> None:
        """Take a challenge that `read_challenge` read."""
        self.challenge = dict(challenge)
        self._count = 0

    def answer(
        self, username: str, password: str, method: str, target: str, *, client_nonce: str = ""
    ) -> str:
        """The parameters of an Authorization field (section 3.4) for one request."""
        given, nonce = self.challenge, self.challenge["nonce"]
        algorithm = given.get("algorithm", "MD5")
        of_bytes = _HASHES[algorithm.upper()]

        def hashed(text: str) -> str:
            """The hash of a text."""
            return of_bytes(text.encode())

        self._count += 1
        cnonce, count = client_nonce or secrets.token_urlsafe(16), f"{self._count:08x}"
        user = hashed(f"{username}:{given['realm']}:{password}")
        request = hashed(f"{method}:{target}")
        has_qop = "qop" in given
        between = f"{nonce}:{count}:{cnonce}:auth" if has_qop else nonce
        said = {"username": username, "realm": given["realm"], "uri": target, "nonce": nonce}
        said |= {"response": hashed(f"{user}:{between}:{request}"), "cnonce": cnonce}
        if "opaque" in given:
            said["opaque"] = given["opaque"]
        plain = f", algorithm={algorithm}" + (f", qop=auth, nc={count}" if has_qop else "")
        return ", ".join(f'{name}="{value}"' for name, value in said.items()) + plain


def read_challenge(parameters: str) -> dict[str, str] | None:
    """The parameters of a host's challenge (section 3.3); None where it is of a kind that nobody here knows."""
    found = parse_keqv_list([each for each in parse_http_list(parameters) if "=" in each])
    known = {name.lower(): value for name, value in found.items()}
    kinds = {kind.strip().lower() for kind in known.get("qop", "auth").split(",")}
    if not {"realm", "nonce"} <= set(known) or "auth" not in kinds:
        return None
    return known if known.get("algorithm", "MD5").upper() in _HASHES else None
