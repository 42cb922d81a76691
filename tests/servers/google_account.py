"""One invented Google account: what it holds, what was asked of it, and what is to go wrong."""

import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from servers.discovery import Call, Json
from servers.google_mailbox import Mailbox

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    410: "GONE",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class ApiError(Exception):
    """An answer that is an error, as Google writes it."""

    def __init__(self, status: int, reason: str, message: str = "", retry_after: int | None = None) -> None:
        """Take the HTTP status and Google's own word for the reason."""
        super().__init__(f"{status} {reason}")
        self.status, self.reason, self.retry_after = status, reason, retry_after
        self.message = message or reason

    def body(self) -> Json:
        """The error object (google.rpc.Status with the older `errors` beside it)."""
        one = {"message": self.message, "domain": "global", "reason": self.reason}
        status = _STATUSES.get(self.status, "UNKNOWN")
        return {"error": {"code": self.status, "message": self.message, "errors": [one], "status": status}}


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next `times` calls of a method, after `skip` of them went well.

    `call` is a method ("gmail.users.messages.send"), or "batch" for a whole batch. With `after` the work
    is done first. `act` is "status", "stall" or "drop".
    """

    call: str
    status: int = 500
    reason: str = "backendError"
    retry_after: int | None = None
    times: int = 1
    skip: int = 0
    after: bool = False
    act: str = "status"


@dataclass(slots=True)
class Account:
    """A person's account. `violations` are what was asked or answered that Google does not know."""

    address: str
    mailbox: Mailbox
    faults: list[Fault] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    asked: list[tuple[str, Json]] = field(default_factory=list)
    units: int = 0
    # What a further service (a calendar) keeps for this account, by its name.
    parts: dict[str, object] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fault(self, call: str) -> Fault | None:
        """The fault whose turn it is; it is used up."""
        for fault in self.faults:
            if fault.call != call:
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault
        return None

    def forget_calls(self) -> None:
        """Begin to count anew."""
        self.calls.clear()
        self.asked.clear()
        self.units = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call on its way to its handler."""

    account: Account
    call: Call
    parameters: Json
    body: Json
    scopes: frozenset[str]
    headers: Mapping[str, str] = field(default_factory=dict)

    def has_scope(self, name: str) -> bool:
        """Whether the token has a scope, by its short name."""
        return f"https://www.googleapis.com/auth/{name}" in self.scopes
