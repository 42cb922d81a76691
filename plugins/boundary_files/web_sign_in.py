"""Signing in to a host on the web as it asks for it: Digest (RFC 7616) or Basic (RFC 7617)."""

import base64
from collections.abc import Sequence

from boundary_files.web_digest import Digest, read_challenge
from boundary_files.web_settings import WebSettings
from boundary_plugins import AuthorizationNeeded, SecretError, Services


class SignIn:
    """A user name and a secret, which is read once a host asks for it."""

    def __init__(self, settings: WebSettings, services: Services, name: str) -> None:
        """Without a user name nothing is ever told to a host."""
        self._username, self._secret, self._name = settings.username, settings.password_secret, name
        self._services = services
        self._password: str | None = None
        self._digest: Digest | None = None
        self._is_understood = False

    @property
    def is_wanted(self) -> bool:
        """Whether there is anything to sign in with."""
        return bool(self._username)

    def learns(self, challenges: Sequence[str]) -> bool:
        """Take in the challenges of a 401, best first; whether asking again may help.

        Raises AuthorizationNeeded where the secret is not there.
        """
        if not self._username:
            return False
        before = self._state()
        schemes = [(scheme.lower(), rest) for scheme, _, rest in (one.partition(" ") for one in challenges)]
        digests = (read_challenge(rest) for scheme, rest in schemes if scheme == "digest")
        challenge = next((one for one in digests if one), None)
        self._is_understood = challenge is not None or "basic" in dict(schemes)
        if self._is_understood:
            self._digest = Digest(challenge) if challenge else None
            self._password = self._kept()
        # A Digest that is too old is asked for anew with another nonce; a wrong Basic sign-in is not.
        return self._is_understood and before != self._state()

    def fields(self, method: str, target: str) -> dict[str, bytes]:
        """The field that signs a request in; none before the host asked for it."""
        if self._password is None:
            return {}
        if self._digest is not None:
            answer = self._digest.answer(self._username, self._password, method, target)
            return {"Authorization": f"Digest {answer}".encode()}
        token = base64.b64encode(f"{self._username}:{self._password}".encode())
        return {"Authorization": b"Basic " + token}

    def _kept(self) -> str:
        """The password, as it is kept now."""
        try:
            password = self._services.secret(self._secret)
        except SecretError as error:
            raise AuthorizationNeeded(self._name, str(error)) from None
        if password is None:
            raise AuthorizationNeeded(self._name, f"the secret {self._secret!r} is not there")
        return password

    @property
    def remedy(self) -> str:
        """What to do where the host refuses."""
        if not self._username:
            return "give username and password_secret, if this host wants a sign-in"
        return (
            f"see that this user may write there; a password is kept with: boundary secret set {self._secret}"
        )

    def problem(self, host: str) -> str:
        """One sentence about a 401."""
        if not self._username:
            return f"{host} wants a sign-in; give username and password_secret"
        if not self._is_understood:
            return f"{host} wants a sign-in of a kind that this program does not know"
        return f"{host} refused the user name or the password"

    def _state(self) -> tuple[object, ...]:
        """What a request would be signed in with."""
        return self._password, self._digest.challenge if self._digest else None
