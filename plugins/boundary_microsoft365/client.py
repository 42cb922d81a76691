"""Graph over HTTP: requests, pages and batches, with every failure as one of the program's own errors."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from boundary_microsoft365.connecting import http_client
from boundary_microsoft365.failures import Failure, error_of, is_denied
from boundary_microsoft365.patience import patience_for
from boundary_microsoft365.settings import Microsoft365Settings
from boundary_microsoft365.sign_in import SignIn
from boundary_plugins import Gone, OutcomeUnknown, RateLimited, Refused, Services, Unavailable

Json = dict[str, Any]

#: The most that one batch may hold.
BATCH = 20
_GRAPH, _VERSION = "https://graph.microsoft.com/", "v1.0/"
#: Before a request has left, nothing was done.
_NOT_BEGUN = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


class Graph:
    """Graph for one mailbox. One thread uses one instance."""

    def __init__(self, settings: Microsoft365Settings, services: Services) -> None:
        """Connect to nothing yet."""
        self._services, self.name = services, services.name or "microsoft365"
        self._permissions = settings.permissions()
        self._sign_in = SignIn(settings, self.name, secret=services.secret, keep_secret=services.keep_secret)
        self._endpoint = endpoint = settings.api_endpoint or _GRAPH
        self._owner = f"/users/{quote(settings.account)}" if settings.account else "/me"
        self._client = http_client(settings.timeout, is_here=settings.api_endpoint is not None)
        self._mailbox = patience_for(endpoint, settings.account or settings.sign_in)

    def get(self, path: str, query: Mapping[str, str] | None = None, *, prefer: Iterable[str] = ()) -> Json:
        """What a path below the mailbox holds. Raises ProviderError."""
        return self._json(self.request("GET", path, query, prefer=prefer))

    def pages(
        self, path: str, query: Mapping[str, str] | None = None, *, prefer: Iterable[str] = ()
    ) -> Iterator[Json]:
        """A path and the pages that follow it. Raises ProviderError."""
        page = self.get(path, query, prefer=prefer)
        yield page
        while page.get("@odata.nextLink"):
            page = self.get(self.relative(page["@odata.nextLink"]), prefer=prefer)
            yield page

    def request(
        self,
        verb: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        prefer: Iterable[str] = (),
        content: bytes | None = None,
        content_type: str = "application/json",
        acts: bool = False,
    ) -> httpx2.Response:
        """The answer to a request; with `acts` it may have been done wherever it broke off.

        Raises ProviderError: with `acts` OutcomeUnknown where nobody can tell.
        """
        # A path below the mailbox begins with a slash; that of a link has the version in front.
        beginning = self._endpoint if path.startswith(_VERSION) else f"{self._endpoint}v1.0{self._owner}"
        address = f"{beginning}{_with(path, query)}"
        headers = {"Prefer": ", ".join(prefer)} if prefer else {}
        if content is not None:
            headers["Content-Type"] = content_type
        return self._answered(verb, address, headers, content, acts=acts)

    def batch(
        self, asked: Sequence[tuple[str, Mapping[str, str]]], *, prefer: Iterable[str]
    ) -> list[Json | None]:
        """What several paths hold, in their order, 20 in a request; None where one is not there.

        Raises ProviderError.
        """
        found: list[Json | None] = []
        for first in range(0, len(asked), BATCH):
            found += self._batch(asked[first : first + BATCH], tuple(prefer))
        return found

    def _batch(
        self, asked: Sequence[tuple[str, Mapping[str, str]]], prefer: tuple[str, ...]
    ) -> Iterator[Json | None]:
        """What at most 20 paths hold."""
        headers = {"Prefer": ", ".join(prefer)}
        parts = [
            {"id": str(number), "method": "GET", "url": f"{self._owner}{_with(*each)}", "headers": headers}
            for number, each in enumerate(asked)
        ]
        address, content = f"{self._endpoint}v1.0/$batch", json.dumps({"requests": parts}).encode()
        response = self._answered("POST", address, {"Content-Type": "application/json"}, content)
        answers = {each["id"]: each for each in self._json(response).get("responses", ())}
        for number, (path, query) in enumerate(asked):
            yield self._part(answers.get(str(number), {}), path, query, prefer)

    def _part(
        self, answer: Json, path: str, query: Mapping[str, str], prefer: tuple[str, ...]
    ) -> Json | None:
        """What one part of a batch gave; one that failed, as some do in a crowd, is asked for by itself."""
        status, body = int(answer.get("status", 0)), answer.get("body")
        if status == 404:
            return None
        if status == 200 and isinstance(body, dict):
            return body
        try:
            return self.get(path, query, prefer=prefer)
        except Gone:
            return None

    def relative(self, link: object) -> str:
        """The path of a link, with its version in front. Raises Refused for a link that leads anywhere else."""
        if not isinstance(link, str) or not link.startswith(f"{self._endpoint}{_VERSION}"):
            raise Refused(self.name, "Microsoft named a further page at another place, which is not asked")
        return link.removeprefix(self._endpoint)

    def lacking(self) -> frozenset[str]:
        """The permissions that are surely not granted. Raises AuthorizationNeeded, Unavailable."""
        return self._sign_in.lacking(self._permissions)

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()
        self._sign_in.close()

    def _answered(
        self,
        verb: str,
        address: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        acts: bool = False,
    ) -> httpx2.Response:
        """The answer to one request that was done. Raises ProviderError."""
        response = self._sent(verb, address, headers, content, acts=acts)
        if is_denied(response.status_code):
            # A token may be over before its time; a request that was not let in was not done.
            response = self._sent(verb, address, headers, content, acts=acts, anew=True)
        self._check(response, acts=acts)
        return response

    def _sent(
        self,
        verb: str,
        address: str,
        headers: Mapping[str, str],
        content: bytes | None,
        *,
        acts: bool = False,
        anew: bool = False,
    ) -> httpx2.Response:
        """The answer to one request, whatever its status."""
        self._wait_out()
        token = self._sign_in.token(self._permissions, anew=anew)
        signed = {**headers, "Authorization": f"Bearer {token}"}
        with self._mailbox.turns:
            try:
                return self._client.request(verb, address, headers=signed, content=content)
            except _NOT_BEGUN as error:
                raise Unavailable(
                    self.name, f"Microsoft cannot be reached ({type(error).__name__})"
                ) from None
            except httpx2.HTTPError as error:
                problem = f"the connection to Microsoft broke off ({type(error).__name__})"
                raise (OutcomeUnknown if acts else Unavailable)(self.name, problem) from None

    def _wait_out(self) -> None:
        """Ask nothing while Microsoft asked for patience. Raises RateLimited."""
        until = self._mailbox.quiet_until
        if until is not None and self._services.now() < until:
            raise RateLimited(self.name, "Microsoft asked for patience", retry_at=until)

    def _check(self, response: httpx2.Response, *, acts: bool = False) -> None:
        """Raise what an answer means that is none."""
        if response.is_success:
            return
        now = self._services.now()
        failure = Failure.read(response.status_code, response.headers, response.content, now)
        if failure.retry_at is not None and response.status_code in (429, 503):
            self._mailbox.quiet_until = failure.retry_at
        raise error_of(failure, self.name, acts=acts)

    def _json(self, response: httpx2.Response) -> Json:
        """The object in an answer. Raises Unavailable where there is none."""
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Unavailable(self.name, "Microsoft gave an answer that cannot be read")
        return found


def _with(path: str, query: Mapping[str, str] | None = None) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(query, quote_via=quote)}" if query else path
