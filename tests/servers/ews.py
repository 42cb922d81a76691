"""An Exchange of our own on this machine: EWS over real HTTPS, with real state, held to Microsoft's schemas.

Whatever a request asks or an answer says that the schemas do not know is a violation. Each address has a
mailbox of its own, so one server serves many tests. It knows nothing of our plugins.
"""

import base64
import contextlib
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self

from lxml import etree

from boundary_plugins.testing.certificates import make_certificate
from servers.ews_items import Event, Mailbox, stamp
from servers.ews_operations import EwsError, answered, error_message
from servers.ews_schema import ERRORS, NAMESPACES, SOAP, TYPES, load_schemas, violations
from servers.ews_shape import m, t
from servers.ews_sign_in import SignIn, as_json

Xml = Any
PATH = "/EWS/Exchange.asmx"
AUTODISCOVER = "/autodiscover/autodiscover.svc"
TOKEN, DEVICE = "/oauth2/token", "/oauth2/devicecode"
#: In seconds: how often a stream says that it is still there.
HEARTBEAT = 15.0


@dataclass(slots=True)
class Fault:
    """What goes wrong with the next request of an operation ("" for any).

    `code` is an error of EWS's message, or of SOAP with `soap`; `status` one of HTTP; `drop` cuts the
    connection; `stall` answers never; `after` does the work first; `wait` is what a busy server asks for,
    in seconds.
    """

    operation: str = ""
    code: str = ""
    soap: bool = False
    status: int = 0
    drop: bool = False
    stall: bool = False
    after: bool = False
    wait: float | None = None


class EwsServer:
    """The server, in threads of its own; used as a context manager."""

    def __init__(self, folder: Path) -> None:
        load_schemas()
        self.mailboxes: dict[str, Mailbox] = {}
        self.sign_in = SignIn(folder)
        self.faults: dict[str, list[Fault]] = {}
        self.violations: list[str] = []
        #: Of each request: who asked, for which mailbox, what.
        self.requests: list[tuple[str, str, str]] = []
        self.accepts = {"Basic", "NTLM", "Bearer"}
        #: What was asked for, also where nobody signed in.
        self.paths: list[str] = []
        #: How often a password or a token was refused.
        self.refused = 0
        self.knows_redirect: str | None = None
        self.ca_file, context = make_certificate(folder)
        self._count = 0
        self._lock = threading.Lock()
        self._context = context
        self._http: _Http | None = None
        self._port = 0
        self.start()

    @property
    def base(self) -> str:
        """Where the server is."""
        return f"https://127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        """Where EWS is."""
        return f"{self.base}{PATH}"

    def start(self) -> None:
        """Listen, at the same port as before."""
        self._http = _Http(("127.0.0.1", self._port), _Handler)
        self._http.owner, self._http.context = self, self._context
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no longer, and cut every connection."""
        http, self._http = self._http, None
        if http is not None:
            http.shutdown()
            http.server_close()
            http.cut()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.stop()

    def add_mailbox(self, address: str = "", password: str = "correct horse") -> Mailbox:
        """A mailbox and its owner; with a number in the address where none is given."""
        with self._lock:
            self._count += 1
            address = address or f"therapist{self._count}@example.com"
            mailbox = self.mailboxes[address] = Mailbox(address)
            self.sign_in.add(address, password)
            return mailbox

    def fail_next(self, address: str, fault: Fault) -> None:
        """Let something go wrong, once, with a mailbox."""
        self.faults.setdefault(address, []).append(fault)

    def fault_for(self, address: str, operation: str) -> Fault | None:
        """The fault that waits for a request, which is then over."""
        waiting = self.faults.get(address, [])
        for fault in waiting:
            if fault.operation in ("", operation):
                waiting.remove(fault)
                return fault
        return None

    def drop_streams(self, address: str) -> None:
        """End every stream of a mailbox, as Exchange does after half an hour."""
        mailbox = self.mailboxes[address]
        with mailbox.lock:
            for _, queue in mailbox.subscriptions.values():
                queue.put(None)
            mailbox.subscriptions.clear()

    def has_stream(self, address: str) -> bool:
        """Whether somebody listens to a mailbox."""
        return bool(self.mailboxes[address].subscriptions)


class _Http(ThreadingHTTPServer):
    """The listening socket; TLS begins in each connection's own thread."""

    daemon_threads = True
    block_on_close = False
    owner: EwsServer
    context: ssl.SSLContext

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._connections: list[Any] = []

    def get_request(self) -> tuple[Any, Any]:
        """A new connection, whose handshake is made when it is read."""
        connection, address = super().get_request()
        wrapped = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._connections.append(wrapped)
        return wrapped, address

    def cut(self) -> None:
        """End every connection."""
        for connection in self._connections:
            with contextlib.suppress(OSError):
                connection.shutdown(2)
            connection.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or did not trust our certificate, is no error of ours."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: _Http
    timeout = 120
    # An answer in two packets would wait for the acknowledgement of the first one.
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self._ntlm: Any = None
        self._ntlm_user: str | None = None

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """A request of EWS, of Autodiscover, or for a token."""
        owner = self.server.owner
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        owner.paths.append(self.path)
        if self.path in (TOKEN, DEVICE):
            ask = owner.sign_in.token_answer if self.path == TOKEN else owner.sign_in.device_answer
            status, answer = ask(body)
            return self._reply(status, as_json(answer), "application/json")
        user = self._user()
        if user is None:
            return None
        if self.path == AUTODISCOVER:
            return self._reply(200, _autodiscovered(owner))
        if self.path != PATH:
            return self._reply(404, b"")
        return self._ews(user, body)

    def _user(self) -> str | None:
        """Who signs in; where nobody does, the answer is given already."""
        owner, header = self.server.owner, str(self.headers.get("Authorization") or "")
        kind = header.partition(" ")[0]
        if kind not in owner.accepts:
            kind = ""
        if kind == "NTLM":
            return self._ntlm_step(header)
        if self._ntlm_user is not None:
            # NTLM signs a connection in, not a request.
            return self._ntlm_user
        user = {"Basic": owner.sign_in.basic, "Bearer": owner.sign_in.bearer}.get(kind, lambda _: None)(
            header
        )
        if user is None:
            owner.refused += bool(kind)
            self._refuse(owner.accepts)
        return user

    def _ntlm_step(self, header: str) -> str | None:
        """The next message of NTLM."""
        if self._ntlm is None:
            self._ntlm = self.server.owner.sign_in.ntlm()
        user, challenge = self._ntlm.step(header)
        if user is not None:
            self._ntlm_user, self._ntlm = user, None
            return str(user)
        self._ntlm = self._ntlm if challenge else None
        self._refuse({f"NTLM {challenge}".strip()})
        return None

    def _refuse(self, kinds: set[str]) -> None:
        """Ask for a sign-in."""
        self.send_response(401)
        for kind in sorted(kinds):
            self.send_header("WWW-Authenticate", 'Basic realm="ews"' if kind == "Basic" else kind)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _ews(self, user: str, body: bytes) -> None:
        """One operation, or what goes wrong with it."""
        owner = self.server.owner
        owner.violations += [f"request {each}" for each in violations(body)]
        envelope = etree.fromstring(body)
        (request,) = envelope.find("s:Body", NAMESPACES)
        operation = etree.QName(request).localname.removesuffix("Request")
        address = _address(request)
        owner.requests.append((user, address, operation))
        fault = owner.fault_for(address, operation) or Fault()
        if (fault.drop or fault.stall) and not fault.after:
            return self._cut() if fault.drop else self._stall()
        if fault.status and not fault.after:
            return self._plain(fault)
        if fault.soap:
            return self._soap_fault(fault)
        error = _forbidden(owner, user, address, envelope)
        if fault.code:
            values = {} if fault.wait is None else {"BackOffMilliseconds": str(int(fault.wait * 1000))}
            error = EwsError(fault.code, **values)
        if operation == "GetStreamingEvents":
            return self._stream(request)
        answer = answered(owner.mailboxes.get(address) or Mailbox(address), operation, request, error)
        if fault.drop or fault.stall:
            return self._cut() if fault.drop else self._stall()
        if fault.status:
            return self._plain(fault)
        return self._reply(200, self._envelope(answer))

    def _stall(self) -> None:
        """Answer never, until the other end goes away."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.recv(1)

    def _cut(self) -> None:
        """Close the connection without an answer."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)

    def _plain(self, fault: Fault) -> None:
        """An answer that is none of EWS, as a load balancer gives."""
        self.send_response(fault.status)
        if fault.wait is not None:
            self.send_header("Retry-After", str(int(fault.wait)))
        content = b"<!DOCTYPE html><p>therapist@example.com has a problem</p>"
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _soap_fault(self, fault: Fault) -> None:
        """A fault of SOAP, in the form that Exchange gives it."""
        wait = f'<t:Value Name="BackOffMilliseconds">{int((fault.wait or 0) * 1000)}</t:Value>'
        xml = (
            f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode xmlns:a="{TYPES}">a:{fault.code}</faultcode>'
            '<faultstring xml:lang="en-US">The server cannot service this request right now.</faultstring>'
            f'<detail><e:ResponseCode xmlns:e="{ERRORS}">{fault.code}</e:ResponseCode>'
            f'<e:Message xmlns:e="{ERRORS}">Try again later, therapist@example.com.</e:Message>'
            f'<t:MessageXml xmlns:t="{TYPES}">{wait}</t:MessageXml></detail></s:Fault></s:Body></s:Envelope>'
        )
        self._reply(500, xml.encode())

    def _envelope(self, answer: Xml) -> bytes:
        """An answer in its envelope, checked."""
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP})
        header = etree.SubElement(envelope, f"{{{SOAP}}}Header")
        version = {
            "MajorVersion": "15",
            "MinorVersion": "2",
            "MajorBuildNumber": "2562",
            "MinorBuildNumber": "17",
        }
        header.append(t("ServerVersionInfo", **version, Version="V2017_07_11"))
        etree.SubElement(envelope, f"{{{SOAP}}}Body").append(answer)
        content: bytes = etree.tostring(envelope, xml_declaration=True, encoding="utf-8")
        self.server.owner.violations += [f"answer {each}" for each in violations(content)]
        return content

    def _reply(self, status: int, content: bytes, kind: str = "text/xml; charset=utf-8") -> None:
        """An answer as a whole."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, request: Xml) -> None:
        """Tell of events until the subscription is dropped; each answer is an envelope of its own."""
        name = request.findtext("m:SubscriptionIds/t:SubscriptionId", "", NAMESPACES)
        mailbox, queue = _subscription(self.server.owner, name)
        self.send_response(200)
        self.send_header("Content-Type", "text/xml; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if mailbox is None:
            error = error_message("GetStreamingEventsResponseMessage", EwsError("ErrorSubscriptionNotFound"))
            return self._last_chunk(error)
        self._chunk(_streaming("OK"))
        for event in _events(queue):
            if event is None:
                return self._last_chunk(_streaming("Closed"))
            try:
                self._chunk(_streaming("OK", _notification(mailbox, name, event)))
            except OSError:
                break
        return None

    def _chunk(self, message: Xml) -> None:
        """One envelope of a stream."""
        content = self._envelope(m("GetStreamingEventsResponse", m("ResponseMessages", message)))
        self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
        self.wfile.flush()

    def _last_chunk(self, message: Xml) -> None:
        """The last envelope of a stream."""
        self._chunk(message)
        self.wfile.write(b"0\r\n\r\n")


def _address(request: Xml) -> str:
    """The mailbox that a request is about; of an item it stands in the id."""
    for path in (".//t:Mailbox/t:EmailAddress", ".//t:Mailbox/t:Address", ".//t:Email/t:Address"):
        found = request.findtext(path, None, NAMESPACES)
        if found:
            return str(found)
    ids = [each.get("Id") for each in request.iterfind(".//t:ItemId", NAMESPACES)]
    ids += [each.text for each in request.iterfind(".//t:SubscriptionId", NAMESPACES)]
    for each in ids:
        with contextlib.suppress(ValueError):
            return base64.b64decode(each).decode().partition("/")[0]
    return ""


def _forbidden(owner: EwsServer, user: str, address: str, envelope: Xml) -> EwsError | None:
    """Why somebody may not use a mailbox; None where they may."""
    path = "s:Header/t:ExchangeImpersonation/t:ConnectingSID/t:PrimarySmtpAddress"
    owned = envelope.findtext(path, None, NAMESPACES)
    if owned is not None:
        if user not in owner.sign_in.impersonators:
            return EwsError("ErrorImpersonateUserDenied")
        user = str(owned)
    if address not in owner.mailboxes:
        return EwsError("ErrorNonExistentMailbox")
    return None if owner.sign_in.may_use(user, address) else EwsError("ErrorAccessDenied")


def _subscription(owner: EwsServer, name: str) -> tuple[Mailbox | None, Queue[Event | None]]:
    """The mailbox and the events of a subscription."""
    for mailbox in owner.mailboxes.values():
        if name in mailbox.subscriptions:
            return mailbox, mailbox.subscriptions[name][1]
    return None, Queue()


def _events(queue: Queue[Event | None]) -> Iterator[Event | None]:
    """The events as they come."""
    until = time.monotonic() + 1800
    while time.monotonic() < until:
        with contextlib.suppress(Empty):
            yield queue.get(timeout=HEARTBEAT)


def _streaming(status: str, *notifications: Xml) -> Xml:
    """One message of a stream."""
    message = m("GetStreamingEventsResponseMessage", m("ResponseCode", "NoError"), ResponseClass="Success")
    if notifications:
        message.append(m("Notifications", *notifications))
    message.append(m("ConnectionStatus", status))
    return message


def _notification(mailbox: Mailbox, name: str, event: Event) -> Xml:
    """What tells of one event."""
    kind = {"Create": "NewMailEvent", "Update": "ModifiedEvent", "Delete": "DeletedEvent"}[event.kind]
    told = t(
        kind,
        t("TimeStamp", stamp(datetime.now(UTC))),
        t("ItemId", Id=event.item_id),
        t("ParentFolderId", Id=f"{mailbox.address}/inbox"),
    )
    return t("Notification", t("SubscriptionId", name), told)


def _autodiscovered(owner: EwsServer) -> bytes:
    """Where EWS is, or where else to ask."""
    space = "http://schemas.microsoft.com/exchange/2010/Autodiscover"
    if owner.knows_redirect:
        inner = f"<ErrorCode>RedirectUrl</ErrorCode><RedirectTarget>{owner.knows_redirect}</RedirectTarget>"
        settings = ""
    else:
        inner = "<ErrorCode>NoError</ErrorCode>"
        settings = (
            '<UserSetting i:type="StringSetting" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
            f"<Name>ExternalEwsUrl</Name><Value>{owner.url}</Value></UserSetting>"
        )
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Header><a:ServerVersionInfo xmlns:a="{space}"><a:MajorVersion>15'
        "</a:MajorVersion><a:MinorVersion>2</a:MinorVersion><a:MajorBuildNumber>2562</a:MajorBuildNumber>"
        "<a:MinorBuildNumber>17</a:MinorBuildNumber><a:Version>Exchange2016</a:Version></a:ServerVersionInfo>"
        f'</s:Header><s:Body><GetUserSettingsResponseMessage xmlns="{space}"><Response>'
        "<ErrorCode>NoError</ErrorCode><ErrorMessage/><UserResponses><UserResponse>"
        f"{inner}<ErrorMessage/><UserSettingErrors/><UserSettings>{settings}</UserSettings>"
        "</UserResponse></UserResponses></Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    ).encode()
