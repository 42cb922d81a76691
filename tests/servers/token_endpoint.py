"""An authorization server's token endpoint on this machine (RFC 6749, section 6), with its faults."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qs


class TokenEndpoint:
    """Gives an access token for a refresh token; used as a context manager.

    `token` makes an access token; `asked` are the forms that came. `status` other than 200 refuses;
    `rotates` gives a new refresh token for each and takes the old one no more.
    """

    def __init__(
        self, token: Callable[[], str], *, refresh_token: str = "refresh-1", rotates: bool = False
    ) -> None:
        """Listen at once, on any free port of 127.0.0.1."""
        self.token, self.refresh_token, self.rotates = token, refresh_token, rotates
        self.status = 200
        self.lives_for = 3600
        self.asked: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.address = f"http://127.0.0.1:{self._server.server_port}/token"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def __enter__(self) -> "TokenEndpoint":
        """It listens already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        """The status and the body for a form."""
        self.asked.append(form)
        if self.status != 200:
            return self.status, {"error": "temporarily_unavailable"}
        if form.get("grant_type") != "refresh_token" or form.get("refresh_token") != self.refresh_token:
            return 400, {"error": "invalid_grant"}
        answer: dict[str, object] = {"access_token": self.token(), "expires_in": self.lives_for}
        if self.rotates:
            self.refresh_token = f"refresh-{len(self.asked) + 1}"
            answer["refresh_token"] = self.refresh_token
        return 200, answer


def _handler(endpoint: TokenEndpoint) -> type[BaseHTTPRequestHandler]:
    """Passes each form on to an endpoint."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Answer a form."""
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = endpoint.answer({name: values[0] for name, values in parse_qs(text).items()})
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    return Handler
