"""A web server on this machine that keeps files with their versions, and fails as it is told to."""

import hashlib
import ssl
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

_LOCK = threading.RLock()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is answered in the place of the next request: a status, or nothing at all.

    `drops` closes the connection without an answer; `cuts_off` sends half of the content; `stalls` waits
    until the server ends. With `after_work` a request is carried out before.
    """

    status: int = 500
    fields: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    drops: bool = False
    cuts_off: bool = False
    stalls: bool = False
    after_work: bool = False


class WebServer:
    """GET, PUT, DELETE and PROPFIND with ETag and conditions (RFC 9110, section 13), by path.

    `faults` are those of the next requests (None: none). `requests` are the methods and paths that came,
    with their header fields. `etags`: "strong", "weak" or "" (none). `before_write` runs before a PUT or
    DELETE is looked at, as another writer would.
    """

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        """Listen at a port that the system chooses."""
        self.files: dict[str, bytes] = {}
        self.faults: deque[Fault | None] = deque()
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.etags = "strong"
        self.before_write: Callable[[], None] | None = None
        self.ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._scheme = "https" if context else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Its address, with a "/" at the end."""
        return f"{self._scheme}://127.0.0.1:{self._server.server_address[1]}/"

    def methods(self) -> list[str]:
        """The methods of the requests that came."""
        return [method for method, _, _ in self.requests]

    def __enter__(self) -> "WebServer":
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Answer nobody any more."""
        self.ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(web: WebServer) -> type[BaseHTTPRequestHandler]:
    """What answers the requests to one server."""

    class Handler(BaseHTTPRequestHandler):
        """One connection."""

        def handle_one_request(self) -> None:
            """Whatever breaks off on the other side is no error here."""
            try:
                super().handle_one_request()
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            """Carry a request out, or fail."""
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with _LOCK:
                web.requests.append((self.command, self.path, dict(self.headers.items())))
                fault = web.faults.popleft() if web.faults else None
                if fault is None or fault.after_work:
                    answer = _carried_out(web, self.command, self.path, self.headers, content)
            if fault is None:
                self._send(*answer)
            elif fault.stalls:
                web.ended.wait(30)
            elif not fault.drops:
                self._send(fault.status, fault.fields, fault.content, cuts_off=fault.cuts_off)

        def _send(
            self, status: int, fields: Mapping[str, str], content: bytes, *, cuts_off: bool = False
        ) -> None:
            """Send an answer."""
            self.send_response(status)
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cuts_off else content)

        do_GET = do_PUT = do_DELETE = do_PROPFIND = _answer

    return Handler


def _etag(web: WebServer, content: bytes) -> dict[str, str]:
    """The field that names a version."""
    if not web.etags:
        return {}
    return {"ETag": ("W/" if web.etags == "weak" else "") + f'"{hashlib.sha256(content).hexdigest()[:16]}"'}


def _carried_out(
    web: WebServer, method: str, path: str, fields: Any, content: bytes
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, header fields and content of an answer."""
    if method == "PROPFIND":
        return 207, {}, b"<multistatus/>"
    if method != "GET" and web.before_write is not None:
        web.before_write()
    there = web.files.get(path)
    version = _etag(web, there) if there is not None else {}
    if method == "GET":
        if there is None:
            return 404, {}, b""
        same = fields.get("If-None-Match") == version.get("ETag", "none")
        return (304, version, b"") if same else (200, version, there)
    if fields.get("If-None-Match") == "*" and there is not None:
        return 412, {}, b""
    # A weak one names several versions, so that If-Match never holds for it.
    if "If-Match" in fields and (web.etags == "weak" or fields["If-Match"] != version.get("ETag")):
        return 412, {}, b""
    if method == "DELETE":
        return (204 if web.files.pop(path, None) is not None else 404), {}, b""
    web.files[path] = content
    return (201 if there is None else 204), _etag(web, content), b""
