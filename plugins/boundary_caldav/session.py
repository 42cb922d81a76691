"""How requests leave this machine: to one server alone, and never with an answer's text in an error or a log."""

import ssl
import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from boundary_caldav.answers import NoDav, problem
from boundary_caldav.parse import is_multistatus
from boundary_plugins import ProviderError, Refused, Unavailable, failure_in_words, verifying_tls

#: In octets and in seconds: what one answer may be, so that no server fills the memory or holds the thread.
MOST_OCTETS = 64 * 1024 * 1024
LONGEST_ANSWER = 120.0
_MOST_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 307, 308})
_ANSWERED_IN_XML = frozenset({"PROPFIND", "PROPPATCH", "REPORT"})
Origin = tuple[str, str, int]


class Session(requests.Session):
    """One server's session: every answer that passes is whole, and is either XML, a calendar or empty.

    `name` is what errors begin with. Nothing is taken from the environment: neither a proxy, nor a password
    from a file in the home folder.
    """

    def __init__(self, url: str, *, name: str, ca_file: Path | None, now: Callable[[], datetime]) -> None:
        """Connect to nothing yet. Raises Unavailable where the file of certificates cannot be used."""
        super().__init__()
        self.trust_env = False
        self._name, self._now = name, now
        self._origin = origin_of(url)
        self._refusal: ProviderError | None = None
        self.mount("https://", _TrustingAdapter(verifying_tls(ca_file, name)))

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Ask, and follow a redirect only to the same server, with the same method.

        Raises ProviderError for every answer but a good one and 401, with which signing in begins.
        """
        if method == "GET" and self._refusal is not None:
            # The library's second try where a first request failed before signing in; what failed is known.
            raise self._refusal
        self._refusal = None
        for _ in range(_MOST_REDIRECTS):
            if origin_of(url) != self._origin:
                raise Refused(self._name, self._elsewhere(url))
            answer = self._ask(method, url, *args, **kwargs)
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return self._passed(method, answer)
            url = urljoin(url, answer.headers["Location"])
        raise Refused(self._name, "the server sends from one address to the next without end")

    def _ask(self, method: str, url: str, *args: Any, **kwargs: Any) -> requests.Response:
        """One request and its whole answer."""
        try:
            answer = super().request(
                method, url, *args, **kwargs | {"allow_redirects": False, "stream": True}
            )
            with answer:
                self._read(answer)
        except requests.exceptions.SSLError:
            raise Unavailable(self._name, f"the certificate of {self._origin[1]} is not trusted") from None
        except (requests.RequestException, OSError) as error:
            raise Unavailable(self._name, f"no answer from {self._origin[1]} ({_kind_of(error)})") from None
        return answer

    def _read(self, answer: requests.Response) -> None:
        """Read the whole answer, within its limits."""
        pieces, size, ends_at = [], 0, time.monotonic() + LONGEST_ANSWER
        for piece in answer.iter_content(64 * 1024):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_OCTETS:
                raise Refused(
                    self._name, f"the server answered more than {MOST_OCTETS // 1024**2} MiB at once"
                )
            if time.monotonic() > ends_at:
                raise Unavailable(self._name, "the server took too long over its answer")
        answer._content = b"".join(pieces)

    def _passed(self, method: str, answer: requests.Response) -> requests.Response:
        """The answer, without what nobody reads; the library would write into a log what is no XML."""
        status, body = answer.status_code, answer.content
        if status != HTTPStatus.UNAUTHORIZED and not 200 <= status < 300:
            wait = answer.headers.get("Retry-After")
            self._refusal = problem(self._name, status, body, method=method, wait=wait, now=self._now())
            raise self._refusal
        if status == HTTPStatus.UNAUTHORIZED or method not in _ANSWERED_IN_XML:
            answer._content = b""
        elif not is_multistatus(body):
            if b"BEGIN:VCALENDAR" not in body[:200]:
                raise NoDav(self._name)
            answer.headers["Content-Type"] = "text/calendar"
        return answer

    def _elsewhere(self, url: str) -> str:
        """One sentence about an address on another server."""
        scheme, host, port = origin_of(url)
        place = host if port == _PORTS.get(scheme) else f"{host}:{port}"
        return (
            f"the server leads to another one, {place}; the password is not taken there, unless url names it"
        )


class _TrustingAdapter(HTTPAdapter):
    """Connections that verify certificates against the given context."""

    def __init__(self, context: ssl.SSLContext) -> None:
        """Use one context for all."""
        self._context = context
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Hand the context to whoever connects."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)


_PORTS = {"http": 80, "https": 443}


def origin_of(url: Any) -> Origin:
    """Scheme, host and port of an address; ports that are not said are the usual ones."""
    parts = urlsplit(str(url))
    return parts.scheme, (parts.hostname or "").rstrip("."), parts.port or _PORTS.get(parts.scheme, 0)


def _kind_of(error: BaseException) -> str:
    """What sort of failure it was, in no words of the server's: by what it began with."""
    first = error
    while (before := first.__cause__ or first.__context__) is not None:
        first = before
    return failure_in_words(first) if isinstance(first, OSError) else "the connection broke"
