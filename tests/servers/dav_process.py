"""A DAV server that nobody here wrote, as a process of its own on loopback."""

import contextlib
import http.client
import socket
import ssl
import subprocess
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

# In seconds: for a server to begin, on a machine that is busy.
PATIENCE = 30.0
NOTHING: Mapping[str, str] = MappingProxyType({})
MAKE_CALENDAR = """\
<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>
<D:displayname>{name}</D:displayname></D:prop></D:set></C:mkcalendar>"""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextlib.contextmanager
def running(command: Sequence[str], port: int, log: Path) -> Iterator[None]:
    """Let a server run until the end of the block; it has begun when it can be connected to."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=log.parent)
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait until a server listens."""
    ends_at = time.monotonic() + PATIENCE
    while time.monotonic() < ends_at and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server did not begin: {log.read_text(errors='replace')[-2000:]}")


@contextlib.contextmanager
def in_memory() -> Iterator[Path]:
    """A folder for a server's data, in memory where the system has such a place: both write to the disk each time."""
    memory = Path("/dev/shm")
    place = memory if memory.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place, prefix="dav-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


class DavServer:
    """A running server, as a program beside ours would use it. `calendars` is the path above calendars."""

    def __init__(self, url: str, *, calendars: str, user: str = "", password: str = "") -> None:
        """Name where it listens, and who signs in."""
        self.url, self.calendars, self.user, self.password = url, calendars, user, password

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = NOTHING
    ) -> tuple[int, bytes]:
        """One request: its status and what was answered."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.netloc, timeout=PATIENCE)
        if where.scheme == "https":
            # Whether a certificate is looked at is what our own program is tested for.
            context = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(where.netloc, timeout=PATIENCE, context=context)
        signed = {"Authorization": f"Basic {b64encode(f'{self.user}:{self.password}'.encode()).decode()}"}
        with contextlib.closing(connection):
            connection.request(method, path, body, {**(signed if self.user else {}), **headers})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def make_calendar(self, name: str, shown: str = "") -> str:
        """A new calendar, under a name or under another one; its path."""
        path = f"{self.calendars}{name}/"
        status, _ = self.ask(
            "MKCALENDAR",
            path,
            MAKE_CALENDAR.format(name=shown or name).encode(),
            {"Content-Type": "application/xml"},
        )
        assert status == 201, status
        return path

    def put(self, path: str, content: bytes) -> None:
        """Somebody writes an entry."""
        status, _ = self.ask("PUT", path, content, {"Content-Type": "text/calendar; charset=utf-8"})
        assert status in (200, 201, 204), status

    def get(self, path: str) -> bytes | None:
        """The text of an entry; None where there is none."""
        status, body = self.ask("GET", path)
        return body if status == 200 else None

    def delete(self, path: str) -> None:
        """Somebody deletes an entry."""
        status, _ = self.ask("DELETE", path)
        assert status in (200, 204), status

    def entries(self, path: str) -> dict[str, bytes]:
        """The texts of a calendar, by the last part of their paths."""
        query = (
            '<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/>'
            '</D:prop><C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>'
        )
        headers = {"Depth": "1", "Content-Type": "application/xml"}
        return _texts(self.ask("REPORT", path, query.encode(), headers)[1])


def _texts(answer: bytes) -> dict[str, bytes]:
    """The texts in an answer."""
    # The answer of a server that the test itself started.
    from xml.etree import ElementTree

    found: dict[str, bytes] = {}
    for response in ElementTree.fromstring(answer).iter("{DAV:}response"):
        data = response.find(".//{urn:ietf:params:xml:ns:caldav}calendar-data")
        if data is not None and data.text:
            found[(response.findtext("{DAV:}href") or "").rsplit("/", 1)[-1]] = data.text.encode()
    return found
