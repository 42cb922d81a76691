"""One invented account of Microsoft 365: what it holds, what was asked of it, and what is to go wrong."""

import re
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from servers.faults import Fault, taken
from servers.graph_calendar import Calendars
from servers.graph_description import Call, Json
from servers.graph_mailbox import Mailbox
from servers.graph_settings import MailboxSettings

_KEY = re.compile(r"/(mailFolders|calendars)/([^/]+)/")


class GraphError(Exception):
    """An answer that is an error, as Graph writes it."""

    def __init__(self, status: int, code: str, retry_after: int | None = None) -> None:
        """Take the HTTP status and Graph's own word for the reason."""
        super().__init__(f"{status} {code}")
        self.status, self.code, self.retry_after = status, code, retry_after

    def body(self) -> Json:
        """The error object."""
        inner = {"date": "2026-03-02T20:00:00", "request-id": "invented-request"}
        return {"error": {"code": self.code, "message": f"Invented: {self.code}", "innerError": inner}}


@dataclass(slots=True)
class Account:
    """A person's account. `violations` are what was asked or answered that Graph does not know.

    `granted` are the permissions that were consented to; `other_host` gives links to another server;
    `on_premises` has no mailbox in Exchange Online.
    """

    address: str
    mailbox: Mailbox
    calendars: Calendars = field(default_factory=Calendars)
    settings: MailboxSettings = field(default_factory=MailboxSettings)
    granted: frozenset[str] = frozenset()
    faults: list[Fault] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    other_host: bool = False
    on_premises: bool = False
    prefers: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    #: One for each request that came, before it waits for its turn.
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def fault(self, call: str) -> Fault | None:
        """The fault whose turn it is; it is used up."""
        return taken(self.faults, call)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call on its way to its handler; `prefer` are the preferences that the request states, by name."""

    account: Account
    call: Call
    query: Mapping[str, str]
    body: Any
    content: bytes
    headers: Mapping[str, str]
    prefer: Mapping[str, str]
    base: str

    def listed(self, name: str) -> list[str]:
        """A parameter that is a list; empty where it is not there."""
        return [each for each in self.query.get(name, "").split(",") if each]

    @property
    def page(self) -> int:
        """How many entries a page may hold."""
        return int(self.prefer.get("odata.maxpagesize", "10"))

    def link(self, path: str) -> str:
        """An address for a further page, below v1.0."""
        host = "http://127.0.0.2:9/" if self.account.other_host else self.base
        owner = f"/users('{self.call.user}')" if self.call.user else "/me"
        # Graph writes a key in parentheses, whatever was asked.
        return f"{host}v1.0{owner}{_KEY.sub(_in_parentheses, path)}"


def _in_parentheses(found: re.Match[str]) -> str:
    """A segment and its key as OData writes them."""
    return f"/{found[1]}('{found[2]}')/"
