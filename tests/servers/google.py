"""A small Google on this machine: real HTTP and real state, held to the descriptions of Google's own client.

Whatever a request asks or an answer says that the description does not know is a violation of its
account, and `checked` fails the test. Each account is a world of its own, so one server serves many tests.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from servers import google_batch, google_calendar, google_mail, google_pubsub
from servers.discovery import Call, Description, Json, description
from servers.google_account import Account, ApiError, Exchange, Fault
from servers.google_mailbox import Mailbox
from servers.google_sign_in import Grant, SignIn
from servers.loopback_http import Answer, LoopbackHttp, Request

__all__ = ["Account", "Fault", "GoogleServer"]

#: The APIs, each with the handlers of its calls.
APIS = ("gmail.v1", "calendar.v3", "pubsub.v1")
HANDLERS: dict[str, Callable[[Exchange], Json | None]] = {
    **google_calendar.HANDLERS,
    **google_mail.HANDLERS,
    **google_pubsub.HANDLERS,
}
UNITS = {**google_mail.UNITS}


class GoogleServer:
    """Gmail, its sign-in and its batches at one address, in threads of its own; used as a context manager."""

    def __init__(self) -> None:
        """Listen, with no account yet."""
        self.accounts: dict[str, Account] = {}
        self.unknown: list[str] = []
        self._lock = threading.Lock()
        self._descriptions: tuple[Description, ...] = tuple(description(name) for name in APIS)
        self._http = LoopbackHttp(self._answer)
        self.sign_in = SignIn(self.url)

    @property
    def url(self) -> str:
        """What a client takes for its endpoint."""
        return self._http.url

    def __enter__(self) -> Self:
        """It is listening already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Close."""
        self._http.close()

    def account(self, address: str = "") -> Account:
        """A new account; with a number in its address where none is given."""
        with self._lock:
            named = address or f"therapist{len(self.accounts) + 1}@example.com"
            self.accounts[named] = Account(named, Mailbox(named))
            self.sign_in.consenting = named
            return self.accounts[named]

    @contextmanager
    def checked(self, address: str = "") -> Iterator[Account]:
        """An account for one test, which fails for whatever Google would not know."""
        account = self.account(address)
        yield account
        assert [] == account.violations
        assert [] == self.unknown

    def token(self, account: Account, *scopes: str) -> Json:
        """What a sign-in leaves behind ("authorized_user"), for these scopes by their short names."""
        full = [f"https://www.googleapis.com/auth/{scope}" for scope in scopes]
        installed = self.sign_in.client()["installed"]
        return {
            "type": "authorized_user",
            "client_id": installed["client_id"],
            "client_secret": installed["client_secret"],
            "token_uri": installed["token_uri"],
            "refresh_token": self.sign_in.refresh_token(account.address, *full),
            "scopes": full,
        }

    def _answer(self, request: Request) -> Answer:
        """Whatever comes."""
        signed_in = self.sign_in.answer(request)
        if signed_in is not None:
            return signed_in
        if re.match(r"/batch(/|$|\?)", request.path):
            return self._batch(request)
        return self._call(request)

    def _batch(self, request: Request) -> Answer:
        """Many calls at once."""
        account = self._account_of(request)
        if account is None and "authorization" in request.headers:
            return _error(ApiError(401, "authError", "Invalid Credentials"))
        if account is not None:
            with account.lock:
                account.calls["batch"] += 1
                fault = account.fault("batch")
            if fault is not None:
                return _failed(fault)
        return google_batch.answered(request, self._call)

    def _account_of(self, request: Request) -> Account | None:
        """Whose token it is."""
        grant = self._grant(request)
        return self.accounts.get(grant.account) if grant else None

    def _grant(self, request: Request) -> Grant | None:
        """What the request's token is good for."""
        return self.sign_in.granted(request.headers.get("authorization", "").removeprefix("Bearer "))

    def _call(self, request: Request) -> Answer:
        """One call: known, signed in, valid, allowed, done, and answered as the description says."""
        parts = urlsplit(request.path)
        query = parse_qsl(parts.query, keep_blank_values=True)
        api, call = self._called(request.verb, parts.path)
        if api is None or call is None:
            self.unknown.append(f"{request.verb} {parts.path}")
            return _error(ApiError(404, "notFound", "there is no such method"))
        account, grant = self._account_of(request), self._grant(request)
        if account is None or grant is None:
            return _error(ApiError(401, "authError", "Invalid Credentials"))
        if call.id == google_pubsub.PULL:
            google_pubsub.hold(account)
        with account.lock:
            return self._served(api, call, account, grant, query, request)

    def _called(self, verb: str, path: str) -> tuple[Description | None, Call | None]:
        """The method that is meant, and the description that it stands in."""
        for api in self._descriptions:
            call = api.call(verb, path)
            if call is not None:
                return api, call
        return None, None

    def _served(
        self,
        api: Description,
        call: Call,
        account: Account,
        grant: Grant,
        query: list[tuple[str, str]],
        request: Request,
    ) -> Answer:
        """A call of a known account."""
        body = json.loads(request.body) if request.body else None
        account.calls[call.id] += 1
        account.asked.append((call.id, api.parameters(call, query)))
        account.units += UNITS.get(call.id, 1)
        problems = api.problems_of_request(call, query, body)
        if problems:
            account.violations += [f"{call.id}: {each}" for each in problems]
            return _error(ApiError(400, "invalidArgument", problems[0]))
        fault = account.fault(call.id)
        if fault is not None and not fault.after:
            return _failed(fault)
        parameters = api.parameters(call, query)
        exchange = Exchange(account, call, parameters, body or {}, grant.scopes, request.headers)
        answer = self._handled(api, exchange)
        return answer if fault is None else _failed(fault)

    def _handled(self, api: Description, exchange: Exchange) -> Answer:
        """The answer of the call's handler, looked through."""
        call = exchange.call
        try:
            if not call.scopes & exchange.scopes:
                raise ApiError(
                    403, "insufficientPermissions", "Request had insufficient authentication scopes."
                )
            made = HANDLERS[call.id](exchange)
        except ApiError as error:
            return _error(error)
        except Exception as error:
            exchange.account.violations.append(f"{call.id}: {type(error).__name__}: {error}")
            return _error(ApiError(500, "backendError"))
        problems = api.problems_of_response(call, made)
        exchange.account.violations += [f"{call.id}: {each}" for each in problems]
        if made is None:
            return Answer(204)
        mask = exchange.parameters.get("fields")
        return _json(200, masked(made, mask) if mask else made)


def masked(value: object, mask: str) -> object:
    """The fields that a mask names: `id,payload(headers,parts(mimeType))`, `messages/id`."""
    if isinstance(value, list):
        return [masked(each, mask) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, inner in _mask_parts(mask):
        if name == "*":
            return value
        if name in value:
            kept[name] = masked(value[name], inner) if inner else value[name]
    return kept


def _mask_parts(mask: str) -> Iterator[tuple[str, str]]:
    """The names at the top of a mask, each with the mask below it."""
    depth, start = 0, 0
    for index, character in enumerate(f"{mask},"):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            name, slash, rest = mask[start:index].partition("/")
            if "(" in name or not slash:
                name, _, rest = mask[start:index].partition("(")
                rest = rest[:-1]
            yield name, rest
            start = index + 1


def _failed(fault: Fault) -> Answer:
    """The answer that a fault gives."""
    if fault.act != "status":
        return Answer(stall=fault.act == "stall", drop=fault.act == "drop")
    return _error(ApiError(fault.status, fault.reason, retry_after=fault.retry_after))


def _error(error: ApiError) -> Answer:
    """An error as an answer."""
    answer = _json(error.status, error.body())
    if error.retry_after is None:
        return answer
    return Answer(answer.status, answer.body, {**answer.headers, "Retry-After": str(error.retry_after)})


def _json(status: int, body: object) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=UTF-8"})
