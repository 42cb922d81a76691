"""Keyed hashes: rows are matched by them, so that no table but the client directory holds an address."""

import hmac


class KeyedHash:
    """HMAC-SHA-256 over canonical strings, shortened to 128 bits, with a key from the secret store.

    Without the key nobody can try out addresses against the store. Each kind of value has its own
    prefix, so that a domain never matches an address.
    """

    __slots__ = ("_keyed",)

    def __init__(self, key: bytes) -> None:
        """Take the 32-byte key. Raises ValueError for another length."""
        if len(key) != 32:
            raise ValueError("the key of the keyed hashes has 32 bytes")
        # Copying what has taken the key already costs a third of beginning anew.
        self._keyed = hmac.new(key, digestmod="sha256")

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
        keyed = self._keyed.copy()
        keyed.update(text)
        return keyed.digest()[:16]
