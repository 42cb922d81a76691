"""DAV servers of our own on loopback: one that stands before a real server and fails on request, and its base."""

import contextlib
import http.client
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

#: What belongs to one connection alone (RFC 9110, section 7.6.1), and what the base writes itself.
_NOT_PASSED_ON = frozenset(
    {"connection", "content-length", "date", "host", "keep-alive", "server", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered; with `breaks_off` the connection ends in the middle of it."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    breaks_off: bool = False


class LoopbackDav(ABC):
    """A server at `url`; `asked` are the methods and paths so far."""

    def __init__(self) -> None:
        """Listen, and answer in threads of its own."""
        self.asked: list[Request] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            """One connection."""

            protocol_version = "HTTP/1.1"
            # An answer in one piece: two small ones would wait for each other's acknowledgement.
            wbufsize = -1

            def handle_one_request(self) -> None:
                """One request and its answer, whatever the method; an impatient client harms nobody."""
                with contextlib.suppress(ConnectionError):
                    self.raw_requestline = self.rfile.readline(65537)
                    if self.raw_requestline and self.parse_request():
                        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                        request = Request(self.command, self.path, dict(self.headers.items()), body)
                        outer.asked.append(request)
                        self._write(outer.answer(request))
                        return
                self.close_connection = True

            def _write(self, answer: Answer) -> None:
                """Write an answer, or half of it."""
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body[: len(answer.body) // 2] if answer.breaks_off else answer.body)
                self.wfile.flush()
                self.close_connection = answer.breaks_off

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @abstractmethod
    def answer(self, request: Request) -> Answer:
        """What is answered."""

    def count(self, method: str = "", text: bytes = b"") -> int:
        """How often was asked by a method (empty: any) with a text in the request."""
        return sum(method in ("", one.method) and text in one.body for one in self.asked)

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


Fault = Callable[[Request], Answer | None]
Change = Callable[[Request, Answer], Answer]


class DavProxy(LoopbackDav):
    """A server that hands everything on to a real one.

    `faults` may answer in its place, each until it answers None; `changes` alter what it answers;
    `rewrites` are paths that the real server has elsewhere.
    """

    def __init__(self, upstream: str) -> None:
        """Stand before the server at an address."""
        self._upstream = urlsplit(upstream).netloc
        self.faults: list[Fault] = []
        self.changes: list[Change] = []
        self.rewrites: dict[str, str] = {}
        super().__init__()

    def answer(self, request: Request) -> Answer:
        """The real server's answer, unless a fault gives another."""
        for fault in self.faults:
            if (given := fault(request)) is not None:
                return given
        answer = self._asked_upstream(request)
        for change in self.changes:
            answer = change(request, answer)
        return answer

    def _asked_upstream(self, request: Request) -> Answer:
        """What the real server answers."""
        connection = http.client.HTTPConnection(self._upstream, timeout=300)
        # Radicale takes the address that it is asked by for its own.
        headers = {
            name: value for name, value in request.headers.items() if name.lower() not in _NOT_PASSED_ON
        }
        headers.pop("Accept-Encoding", None)
        with contextlib.closing(connection):
            path = self.rewrites.get(request.path, request.path)
            connection.request(request.method, path, request.body, headers)
            got = connection.getresponse()
            kept = {name: value for name, value in got.getheaders() if name.lower() not in _NOT_PASSED_ON}
            return Answer(got.status, kept, got.read())


def once(method: str, answer: Answer, *, text: bytes = b"", after: bool = False) -> Fault:
    """A fault that answers the first request by a method with a text in it, and none after.

    With `after` it waits for the second one.
    """
    left = [2 if after else 1]

    def fault(request: Request) -> Answer | None:
        """The answer, once."""
        if request.method != method or text not in request.body or not left[0]:
            return None
        left[0] -= 1
        return answer if not left[0] else None

    return fault


def without_history(proxy: DavProxy) -> None:
    """Take from the real server all that tells what changed (RFC 6578)."""

    def refused(request: Request) -> Answer | None:
        """No sync-collection."""
        if b"sync-collection" in request.body:
            body = b'<error xmlns="DAV:"><supported-report/></error>'
            return Answer(403, {"Content-Type": "application/xml"}, body)
        return None

    def hidden(request: Request, answer: Answer) -> Answer:
        """Nor a word of it."""
        body = answer.body.replace(b"sync-collection", b"no-such-report").replace(
            b"sync-token", b"no-such-token"
        )
        return replace(answer, body=body) if request.method == "PROPFIND" else answer

    proxy.faults.append(refused)
    proxy.changes.append(hidden)


@contextlib.contextmanager
def before(upstream: str) -> Iterator[DavProxy]:
    """A proxy before a server, until the end of the block."""
    proxy = DavProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()
