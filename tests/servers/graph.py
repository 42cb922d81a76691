"""A small Microsoft 365 on this machine: real HTTP and real state, held to Graph's published description.

Whatever a request asks or an answer says that the description does not know is a violation of its
account, and `checked` fails the test. Each account is a world of its own, so one server serves many tests.
Without the description (`validates` False) it works all the same.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from servers import graph_calendar_calls, graph_mail_calls
from servers.faults import Fault
from servers.graph_account import Account, Exchange, GraphError
from servers.graph_description import Call, Description, Json
from servers.graph_mailbox import Mailbox
from servers.graph_sign_in import Grant, SignIn
from servers.loopback_http import Answer, LoopbackHttp, Request

__all__ = ["Account", "Fault", "GraphServer"]

HANDLERS: dict[str, Callable[[Exchange], Json | bytes | None]] = {
    **graph_mail_calls.HANDLERS,
    **graph_calendar_calls.HANDLERS,
}
PERMISSIONS = {**graph_mail_calls.PERMISSIONS, **graph_calendar_calls.PERMISSIONS}
#: What a call answers where it is not 200, or 204 without a body.
STATUSES = {"POST /sendMail": 202, "POST /events": 201, "POST /calendars/{calendar-id}/events": 201}
#: The most that one batch may hold.
MOST = 20
_VERSION = "/v1.0"
#: How OData writes a key: `mailFolders('inbox')`.
_IN_PARENTHESES = re.compile(r"\('([^']*)'\)")


class GraphServer:
    """Graph and its sign-in at one address, in threads of its own; used as a context manager."""

    def __init__(self, description: Description | None) -> None:
        """Listen, with no account yet."""
        self.accounts: dict[str, Account] = {}
        self.unknown: list[str] = []
        self.sign_in = SignIn()
        self._lock = threading.Lock()
        self._description = description
        self._http = LoopbackHttp(self._answer)

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
        """An account for one test, which fails for whatever Graph would not know."""
        account = self.account(address)
        yield account
        unknown, self.unknown = self.unknown, []
        assert [] == account.violations
        assert [] == unknown

    def _answer(self, request: Request) -> Answer:
        """Whatever comes."""
        signed_in = self.sign_in.answer(request)
        if signed_in is not None:
            return signed_in
        if request.path == f"{_VERSION}/$batch" and request.verb == "POST":
            return self._batch(request)
        return self._call(request)

    def _batch(self, request: Request) -> Answer:
        """Many calls at once, each with a status of its own."""
        owner = self._owner(request, None)
        if owner is not None:
            with owner.lock:
                owner.calls["batch"] += 1
                fault = owner.fault("batch")
            if fault is not None:
                return fault.cut() or _error(GraphError(fault.status, fault.code, fault.retry_after))
        asked = json.loads(request.body)["requests"]
        if len(asked) > MOST:
            return _error(GraphError(400, "BadRequest"))
        return _json(200, {"responses": [self._part(each, request) for each in asked]})

    def _part(self, asked: Json, outer: Request) -> Json:
        """The answer to one call of a batch."""
        headers = {name.lower(): value for name, value in asked.get("headers", {}).items()}
        headers["authorization"] = outer.headers.get("authorization", "")
        made = self._call(Request(asked["method"], f"{_VERSION}{asked['url']}", headers, b""))
        part = {"id": asked["id"], "status": made.status, "headers": dict(made.headers)}
        if made.body and "json" in made.headers.get("Content-Type", ""):
            part["body"] = json.loads(made.body)
        return part

    def _call(self, request: Request) -> Answer:
        """One call: known, signed in, valid, allowed, done, and answered as the description says."""
        parts = urlsplit(request.path)
        call = self._called(request.verb, parts.path)
        if call is None:
            self.unknown.append(f"{request.verb} {parts.path}")
            return _error(GraphError(404, "ResourceNotFound"))
        grant = self._grant(request)
        if grant is None:
            return _error(GraphError(401, "InvalidAuthenticationToken"))
        account = self._owner(request, call.user)
        if account is None:
            status, code = (400, "BadRequest") if call.user is None else (404, "ErrorInvalidUser")
            return _error(GraphError(status, code))
        account.arrived.release()
        with account.lock:
            return self._served(call, account, grant, request)

    def _called(self, verb: str, path: str) -> Call | None:
        """The operation that is meant, by the description, or by what is done here where there is none."""
        path = _IN_PARENTHESES.sub(r"/\1", path.removeprefix(_VERSION))
        if self._description is not None:
            return self._description.call(verb, path)
        return _without_description(verb, path)

    def _grant(self, request: Request) -> Grant | None:
        """What the request's token is good for."""
        return self.sign_in.granted(request.headers.get("authorization", "").removeprefix("Bearer "))

    def _owner(self, request: Request, user: str | None) -> Account | None:
        """Whose things are meant: the person's own, or those of the mailbox that an application names."""
        grant = self._grant(request)
        if grant is None:
            return None
        name = user if grant.account is None else grant.account
        return None if name is None or (user and user != name) else self.accounts.get(name)

    def _served(self, call: Call, account: Account, grant: Grant, request: Request) -> Answer:
        """A call for a known account."""
        exchange = self._exchange(call, account, request)
        account.calls[call.name] += 1
        account.prefers.append(request.headers.get("prefer", ""))
        problems = self._problems(exchange)
        if problems:
            account.violations += [f"{call.name}: {each}" for each in problems]
            return _error(GraphError(400, "BadRequest"))
        fault = account.fault(call.name)
        if fault is not None and not fault.after:
            return fault.cut() or _error(GraphError(fault.status, fault.code, fault.retry_after))
        answer = self._handled(exchange, grant)
        if fault is None:
            return answer
        return fault.cut() or _error(GraphError(fault.status, fault.code, fault.retry_after))

    def _exchange(self, call: Call, account: Account, request: Request) -> Exchange:
        """The call with all that was asked."""
        query = parse_qsl(urlsplit(request.path).query, keep_blank_values=True)
        is_json = request.headers.get("content-type", "").startswith("application/json")
        body = json.loads(request.body) if request.body and is_json else None
        account.violations += self._query_problems(call, query)
        prefer = _preferences(request.headers.get("prefer", ""))
        return Exchange(account, call, dict(query), body, request.body, request.headers, prefer, self.url)

    def _query_problems(self, call: Call, query: list[tuple[str, str]]) -> list[str]:
        """What the description does not know of a query."""
        if self._description is None:
            return []
        return [f"{call.name}: {each}" for each in self._description.query_problems(call, query)]

    def _problems(self, exchange: Exchange) -> list[str]:
        """What the description does not know of a body; MIME is not in it."""
        if self._description is None or (exchange.content and exchange.body is None):
            return []
        return list(self._description.body_problems(exchange.call, exchange.body))

    def _handled(self, exchange: Exchange, grant: Grant) -> Answer:
        """The answer of the call's handler, looked through."""
        call, account = exchange.call, exchange.account
        try:
            if account.on_premises:
                raise GraphError(404, "MailboxNotEnabledForRESTAPI")
            if not PERMISSIONS[call.name] & grant.permissions:
                raise GraphError(403, "ErrorAccessDenied")
            made = HANDLERS[call.name](exchange)
        except GraphError as error:
            self._check(exchange, error.status, error.body())
            return _error(error)
        except Exception as error:
            account.violations.append(f"{call.name}: {type(error).__name__}: {error}")
            return _error(GraphError(500, "internalServerError"))
        if isinstance(made, bytes):
            return Answer(200, made, {"Content-Type": "text/plain"})
        status = STATUSES.get(call.name, 204 if made is None else 200)
        self._check(exchange, status, made)
        return Answer(status) if made is None else _json(status, made)

    def _check(self, exchange: Exchange, status: int, made: Json | None) -> None:
        """Hold an answer to the description."""
        if self._description is not None:
            problems = self._description.answer_problems(exchange.call, status, made)
            exchange.account.violations += [f"{exchange.call.name}: {each}" for each in problems]


def _without_description(verb: str, path: str) -> Call | None:
    """The operation of a request, among those that are done here."""
    owner, _, rest = path.lstrip("/").partition("/")
    user = None
    if owner == "users":
        user, _, rest = rest.partition("/")
    for name in sorted(HANDLERS, key=lambda each: each.count("{")):
        has_verb, _, template = name.partition(" ")
        names = re.findall(r"\{([^}]+)\}", template)
        found = re.fullmatch(re.sub(r"\{[^}]+\}", "([^/]+)", template.replace("$", r"\$")), f"/{rest}")
        if found and verb == has_verb:
            return Call(name, user, {}, dict(zip(names, found.groups(), strict=True)))
    return None


def _preferences(value: str) -> dict[str, str]:
    """What a Prefer field states (RFC 7240), by name."""
    found = (each.strip().partition("=") for each in value.split(",") if each.strip())
    return {name.strip().lower(): text.strip().strip('"') for name, _, text in found}


def _error(error: GraphError) -> Answer:
    """An error as an answer."""
    answer = _json(error.status, error.body())
    headers = {**answer.headers, "request-id": "invented-request"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    return Answer(answer.status, answer.body, headers)


def _json(status: int, body: object) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json; charset=utf-8"})
