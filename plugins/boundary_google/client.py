"""One client of Google's for one thread: signed in from the secrets, its errors turned into this program's."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from boundary_google.failures import SIGN_IN_AGAIN
from boundary_google.kept_sign_in import KeptSignIn, NotASignInError, kept_sign_in
from boundary_google.raised import understood
from boundary_google.settings import GoogleSettings
from boundary_google.signing import credentials_of
from boundary_plugins import (
    AuthorizationNeeded,
    Gone,
    ProviderError,
    Refused,
    SecretError,
    Services,
    Unavailable,
)

#: So many calls go in one batch; above 50 Google itself advises against it.
BATCH = 25
_LONGEST_ADDRESS = 2000


class GoogleClient:
    """Calls of Google's APIs. Nothing is read or asked before the first one.

    A *read* may be asked again by the transport; an *act* is asked once, and where nobody knows whether
    Google did it, that is an OutcomeUnknown.
    """

    def __init__(self, settings: GoogleSettings, services: Services) -> None:
        """Take the settings."""
        self._settings, self._services = settings, services
        self.name = services.name or "google"
        self._credentials: Any = None
        self._http: Any = None
        self._apis: dict[str, Any] = {}
        self._resources: dict[tuple[str, ...], Any] = {}

    def resource(self, api: str, version: str, *names: str) -> Any:
        """A resource of an API ("gmail", "v1", "users", "messages"), which Google's client takes long to make."""
        service = self.api(api, version)
        found = self._resources.get((api, *names))
        if found is None:
            found = service
            for name in names:
                found = getattr(found, name)()
            self._resources[(api, *names)] = found
        return found

    def api(self, name: str, version: str) -> Any:
        """An API of Google's ("gmail", "v1"), from the description that its client carries."""
        if name not in self._apis:
            with self._errors(acting=False):
                self._sign_in()
                self._apis[name] = self._built(name, version)
        return self._apis[name]

    def read(self, request: Any) -> Any:
        """The answer of a call that changes nothing. Raises ProviderError, and never OutcomeUnknown."""
        with self._errors(acting=False):
            return request.execute(http=self._http)

    def act(self, request: Any) -> Any:
        """The answer of a call that changes something, which is asked once. Raises ProviderError."""
        import google_auth_httplib2

        from boundary_google.transport import HttpOnce

        with self._errors(acting=False):
            self._refresh()
        http_once = google_auth_httplib2.AuthorizedHttp(
            self._credentials, http=HttpOnce(timeout=self._settings.timeout)
        )
        with self._errors(acting=True):
            return request.execute(http=http_once)

    def read_all(self, api: str, requests: Sequence[Any]) -> list[Any]:
        """The answers of many calls of one API that change nothing, in batches; a ProviderError where one failed.

        Raises ProviderError where a whole batch failed.
        """
        if len(requests) == 1 and len(requests[0].uri) < _LONGEST_ADDRESS:
            # Quicker than a batch of one; what is longer the library would ask by another method.
            try:
                return [self.read(requests[0])]
            except (Gone, Refused) as error:
                return [error]
        answers: list[Any] = []
        for start in range(0, len(requests), BATCH):
            answers += self._batch(api, requests[start : start + BATCH])
        return answers

    def kept(self) -> KeptSignIn:
        """The sign-in that lies among the secrets. Raises AuthorizationNeeded."""
        try:
            text = self._services.secret(self._settings.sign_in)
        except SecretError as error:
            raise AuthorizationNeeded(self.name, str(error)) from None
        if not text:
            problem = f"there is no sign-in {self._settings.sign_in}; {SIGN_IN_AGAIN}"
            raise AuthorizationNeeded(self.name, problem)
        try:
            return kept_sign_in(text)
        except NotASignInError as error:
            problem = f"the secret {self._settings.sign_in} is no sign-in ({error}); {SIGN_IN_AGAIN}"
            raise AuthorizationNeeded(self.name, problem) from None

    def has_scope(self, *scopes: str) -> bool:
        """Whether one of the scopes was granted; of a service account, whether the settings ask for it."""
        kept = self.kept()
        there = self._settings.scopes() if kept.is_service_account else kept.scopes
        return not there.isdisjoint(scopes)

    def close(self) -> None:
        """Let go of every connection."""
        for api in self._apis.values():
            api.close()
        if self._http is not None:
            self._http.http.close()
        self._apis, self._resources, self._http, self._credentials = {}, {}, None, None

    def _sign_in(self) -> None:
        """Credentials and a transport for them, where there are none yet."""
        if self._http is not None:
            return
        import google_auth_httplib2
        import httplib2

        kept = self.kept()
        problem = kept.problem(self._settings.scopes(), self._settings.unwanted_scopes())
        if problem:
            raise AuthorizationNeeded(self.name, f"{problem}; {SIGN_IN_AGAIN}")
        self._credentials = credentials_of(kept, self._settings, self.name)
        plain = httplib2.Http(timeout=self._settings.timeout)
        self._http = google_auth_httplib2.AuthorizedHttp(self._credentials, http=plain)

    def _built(self, name: str, version: str) -> Any:
        """The API, at Google's own address or at that of the settings."""
        from googleapiclient.discovery import build

        endpoint = self._settings.api_endpoint
        if endpoint and name == "calendar":
            endpoint = f"{endpoint}calendar/v3/"
        options = {"api_endpoint": endpoint} if endpoint else None
        return build(
            name,
            version,
            http=self._http,
            client_options=options,
            cache_discovery=False,
            static_discovery=True,
        )

    def _refresh(self) -> None:
        """Have an access token that holds a while. Raises what Google's library raises."""
        self._sign_in()
        if not self._credentials.valid:
            import google_auth_httplib2

            self._credentials.refresh(google_auth_httplib2.Request(self._http.http))

    def _batch(self, api: str, requests: Sequence[Any]) -> list[Any]:
        """The answers of one batch, in the order of the requests."""
        from googleapiclient.http import BatchHttpRequest

        answers: dict[str, Any] = {}

        def take(request_id: str, answer: Any, error: Exception | None) -> None:
            """Keep one part's answer."""
            answers[request_id] = answer if error is None else self._as_ours(error, acting=False)

        endpoint = self._settings.api_endpoint
        with self._errors(acting=False):
            self._refresh()
            if endpoint:
                batch = BatchHttpRequest(callback=take, batch_uri=f"{endpoint}batch/{api}")
            else:
                batch = self._apis[api].new_batch_http_request(callback=take)
            for index, request in enumerate(requests):
                # The batch is signed as a whole; parts with a sign-in of their own would be renewed one by one.
                request.http = None
                batch.add(request, request_id=str(index))
            batch.execute(http=self._http)
        missing = Unavailable(self.name, "Google left out a part of a batch")
        return [answers.get(str(index), missing) for index in range(len(requests))]

    @contextmanager
    def _errors(self, *, acting: bool) -> Iterator[None]:
        """Turn whatever goes wrong inside into this program's errors."""
        try:
            yield
        except ProviderError:
            raise
        except ImportError as error:
            problem = f"{error.name} is not installed: pip install --constraint constraints.txt '.[google]'"
            raise Unavailable(self.name, problem) from None
        except Exception as error:
            ours = self._as_ours(error, acting=acting)
            if ours is None:
                raise
            raise ours from None

    def _as_ours(self, error: Exception, *, acting: bool) -> ProviderError | None:
        """The error that the program understands; None for a bug."""
        ours = understood(error, self.name, self._services.now(), self.kept, acting=acting)
        if isinstance(ours, AuthorizationNeeded):
            # The next call reads the secret anew: somebody may have signed in again meanwhile.
            self.close()
        return ours
