"""Requests to one address on the web: over verified TLS, and with no sign-in for any other host.

Over the standard library's `http.client`: a few requests an hour need no pool, and the program's base
has no other library for it. It reads no proxy from the environment and follows nothing by itself.
"""

import contextlib
import http.client
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

from boundary_files.web_settings import WebSettings, web_address
from boundary_files.web_sign_in import SignIn
from boundary_plugins import (
    AuthorizationNeeded,
    ProviderError,
    RateLimited,
    Refused,
    Services,
    Unavailable,
    failure_in_words,
    retry_after,
    verifying_tls,
)

#: No calendar and no page is larger; a host that sends more sends something else.
_LARGEST = 64 * 1024 * 1024
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: It did not do it now, and may later: a slow request, a lock (RFC 4918, section 11.3), a server at its end.
_LATER = frozenset({408, 423, 425, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the host answered: a status that the caller understands, fields in any case, and the content."""

    status: int
    fields: Mapping[str, str]
    content: bytes = b""
    challenges: tuple[str, ...] = ()


class Web:
    """One address. `follows`: whether a host may send on to another address, as those of calendars do."""

    def __init__(self, settings: WebSettings, services: Services, *, follows: bool) -> None:
        """Connect to nothing yet."""
        self._url, self._timeout, self._follows = settings.url or "", settings.timeout, follows
        self._name = services.name or "web"
        self._now = services.now
        self._ca_file = services.path(str(settings.ca_file)) if settings.ca_file is not None else None
        self._tls: ssl.SSLContext | None = None
        self._sign_in = SignIn(settings, services, self._name)
        parts = urlsplit(self._url)
        self.host = parts.hostname or ""
        #: How it is told: the whole address may hold a key that nobody else should know.
        self.place = f"{unquote(parts.path.rpartition('/')[2]) or 'the start page'} on {self.host}"

    def remedy(self, error: ProviderError) -> str:
        """What a person can do about an error of this address."""
        if isinstance(error, AuthorizationNeeded):
            return self._sign_in.remedy
        return "see that the address is right, and that its host can be reached"

    @property
    def folder(self) -> str:
        """The address of the folder that it lies in."""
        return urljoin(self._url, ".")

    def ask(
        self,
        method: str,
        fields: Mapping[str, str] | None = None,
        content: bytes | None = None,
        url: str = "",
    ) -> Answer:
        """Ask once, signing in where the host wants it.

        Raises Unavailable (also where it was not done and may be later), RateLimited,
        AuthorizationNeeded, and Refused for an address that the host sends on to and that is not asked.
        """
        at = url or self._url
        for _ in range(_MOST_REDIRECTS):
            answer = self._signed_in(method, at, fields or {}, content)
            if answer.status not in _REDIRECTS:
                return answer
            at = self._sent_on(at, answer.fields.get("location", ""))
        raise Refused(self._name, f"{self.host} sends on from one address to the next without an end")

    def _signed_in(self, method: str, url: str, fields: Mapping[str, str], content: bytes | None) -> Answer:
        """The answer, once signed in; what no caller can do anything about is raised."""
        answer = self._once(method, url, fields, content)
        if answer.status == http.client.UNAUTHORIZED and self._sign_in.learns(answer.challenges):
            answer = self._once(method, url, fields, content)
        self._check(answer)
        return answer

    def _once(self, method: str, url: str, fields: Mapping[str, str], content: bytes | None) -> Answer:
        """One request over a connection of its own."""
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        headers: dict[str, str | bytes] = {"User-Agent": "Boundary-Plugins", "Connection": "close"}
        headers |= {**fields, **self._sign_in.fields(method, target)}
        try:
            with contextlib.closing(self._connection(url)) as connection:
                connection.request(method, target, body=content, headers=headers)
                response = connection.getresponse()
                body = _content(response)
                known = {name.lower(): value for name, value in response.getheaders()}
                challenges = tuple(response.headers.get_all("WWW-Authenticate") or ())
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from None
        if len(body) > _LARGEST:
            raise Refused(self._name, f"{self.host} sends more than a calendar or a page could be")
        return Answer(response.status, known, body, challenges)

    def _connection(self, url: str) -> http.client.HTTPConnection:
        """A connection to the host of an address."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "http":
            return http.client.HTTPConnection(host, parts.port, timeout=self._timeout)
        # Made once: reading the system's certificates takes longer than a request.
        self._tls = self._tls or verifying_tls(self._ca_file, self._name)
        return http.client.HTTPSConnection(host, parts.port, timeout=self._timeout, context=self._tls)

    def _unreachable(self, error: Exception) -> Unavailable:
        """One sentence about a connection that failed."""
        reason = getattr(error, "verify_message", None)
        if reason:
            return Unavailable(self._name, f"the certificate of {self.host} is not trusted: {reason}")
        return Unavailable(self._name, f"no connection to {self.host} ({failure_in_words(error)})")

    def _sent_on(self, url: str, location: str) -> str:
        """The address that the host sends on to. Raises Refused where it is not asked."""
        try:
            there = web_address(urljoin(url, location)) if location else ""
        except ValueError:
            there = ""
        same = urlsplit(there)[:2] == urlsplit(url)[:2]
        if there and self._follows and (same or not self._sign_in.is_wanted):
            return there
        other = "another address" if same or not there else f"another host, {urlsplit(there).hostname}"
        problem = f"{self.host} sends on to {other}, which is not asked; allowed: that address as url"
        raise Refused(self._name, problem)

    def _check(self, answer: Answer) -> None:
        """Raise what every request means by these."""
        status = answer.status
        if status == http.client.UNAUTHORIZED:
            raise AuthorizationNeeded(self._name, self._sign_in.problem(self.host))
        if status == http.client.FORBIDDEN:
            to = " to this user" if self._sign_in.is_wanted else ""
            raise AuthorizationNeeded(self._name, f"{self.host} does not allow it{to} ({status})")
        retry_at = retry_after(answer.fields.get("retry-after"), self._now())
        if status == http.client.TOO_MANY_REQUESTS:
            raise RateLimited(self._name, f"{self.host} asks for patience ({status})", retry_at=retry_at)
        if status == http.client.LOCKED:
            raise Unavailable(self._name, f"{self.place} is locked by another program", retry_at=retry_at)
        if status in _LATER:
            raise Unavailable(self._name, f"{self.host} answered {status}", retry_at=retry_at)


def _content(response: http.client.HTTPResponse) -> bytes:
    """What comes after the header fields, all of it, or one octet more than is taken. Raises HTTPException."""
    content = response.read(_LARGEST + 1)
    if response.length and len(content) <= _LARGEST:
        # A read of so many octets says nothing of those that never came.
        raise http.client.IncompleteRead(content, response.length)
    return content
