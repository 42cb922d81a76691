"""Keyed hashes: rows are matched by them, so that no table but the client directory holds an address."""

from hashlib import sha256

_BLOCK = 64


class KeyedHash:
    """HMAC-SHA-256 over canonical strings, shortened to 128 bits, with a key from the secret store.

    Without the key nobody can try out addresses against the store. Each kind of value has its own
    prefix, so that a domain never matches an address.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        """Take the 32-byte key. Raises ValueError for another length."""
        if len(key) != 32:
            raise ValueError("the key of the keyed hashes has 32 bytes")
        # RFC 2104, section 4: what has taken the key is kept, and copied, for a third of hmac's own time.
        padded = key.ljust(_BLOCK, b"\0")
        self._inner = sha256(bytes(octet ^ 0x36 for octet in padded))
        self._outer = sha256(bytes(octet ^ 0x5C for octet in padded))

    def address(self, canonical: str) -> bytes:
        """The hash of a canonical address (core/address.py makes it canonical)."""
        return self._digest("address", canonical)

    def domain(self, canonical: str) -> bytes:
        """The hash of a canonical domain."""
        return self._digest("domain", canonical)

    def message_id(self, message_id: str) -> bytes:
        """The hash of a Message-ID, as it stands with or without its angle brackets."""
        return self._digest("message", message_id.strip().strip("<>"))

    def _digest(self, kind: str, value: str) -> bytes:
        """The hash of one value of one kind."""
        text = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.digest()[:16]
