"""A client of ManageSieve (RFC 5804) that says the few commands a script of ours needs.

Own, because the client at hand (sievelib 1.6) trusts no other certificates than the system's, waits for ever
where a server does not answer the call, reads a script by lines that are not its own, and passes over names
that a server sends as literals.
"""

import base64
import contextlib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from boundary_imap.settings import SieveSettings
from boundary_imap.signing_in import Credentials
from boundary_imap.trouble import ConnectionLost, NotTaken, in_our_words
from boundary_plugins import AuthorizationNeeded, Refused, Unavailable

#: In bytes: no script and no answer that is meant is longer.
_LONGEST = 4 * 1024 * 1024
_TOKEN = re.compile(
    rb'"((?:[^"\\]|\\.)*)"|\{(\d+)\+?\}\r\n|\(((?:[^()"]|"(?:[^"\\]|\\.)*")*)\)|([^\s"(){}]+)|[ \t]+'
)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Word:
    """One part of an answer: a string, a response code in parentheses, or an atom (in capitals)."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a command was answered: the lines before its end, and the end itself (OK, NO)."""

    rows: tuple[tuple[_Word, ...], ...]
    is_ok: bool
    code: str


class SieveServer:
    """A connection that is signed in. Every method may raise ProviderError, among them NotTaken."""

    def __init__(self, sock: socket.socket, name: str, now: Callable[[], datetime]) -> None:
        """Take a socket that is connected, and hear the greeting."""
        self._sock, self._name, self._now = sock, name, now
        self._buffer = b""
        self._capabilities: dict[str, str] = {}

    @property
    def extensions(self) -> frozenset[str]:
        """The Sieve extensions that the server offers."""
        return frozenset(self._capabilities.get("SIEVE", "").lower().split())

    def scripts(self) -> tuple[tuple[str, ...], str | None]:
        """The names of all scripts, and of the active one."""
        rows = [row for row in self._done("LISTSCRIPTS").rows if row and row[0].kind == "string"]
        active = [row[0].text for row in rows if any(_is_atom(word, "ACTIVE") for word in row[1:])]
        return tuple(row[0].text for row in rows), active[0] if active else None

    def script(self, name: str) -> str:
        """The text of a script."""
        rows = self._done(f"GETSCRIPT {_quoted(name)}").rows
        return "".join(word.text for row in rows for word in row[:1])

    def check(self, text: str) -> None:
        """Let the server look at a script, where it does that apart (RFC 5804, section 2.12). Raises Refused."""
        if "VERSION" in self._capabilities:
            self._taken(f"CHECKSCRIPT {_literal(text)}")

    def store(self, name: str, text: str) -> None:
        """Store a script. Raises Refused."""
        self._taken(f"PUTSCRIPT {_quoted(name)} {_literal(text)}")

    def activate(self, name: str) -> None:
        """Make a script the active one, or with "" none."""
        self._done(f"SETACTIVE {_quoted(name)}")

    def delete(self, name: str) -> None:
        """Delete a script, which is not the active one."""
        self._done(f"DELETESCRIPT {_quoted(name)}")

    def close(self) -> None:
        """Say goodbye and let go."""
        with contextlib.suppress(Exception):
            self._sock.sendall(b"LOGOUT\r\n")
        self._sock.close()

    def greet(self, security: str, context: ssl.SSLContext, host: str) -> None:
        """Hear what the server can, and make the way private where that is asked."""
        with in_our_words(self._name, self._now()):
            self._capabilities = _by_name(self._answer())
            if security != "starttls":
                return
            if "STARTTLS" not in self._capabilities:
                raise Unavailable(
                    self._name, "the server does not offer STARTTLS; nothing is said in the clear"
                )
            self._done("STARTTLS")
            if self._buffer:
                # Whoever is in the way could have put something in before TLS began.
                raise ConnectionLost(self._name, "the server spoke before TLS began")
            self._sock = context.wrap_socket(self._sock, server_hostname=host)
            self._capabilities = _by_name(self._answer())

    def sign_in(self, settings: SieveSettings, credentials: Credentials) -> None:
        """Sign in by password or by token. Raises AuthorizationNeeded and Unavailable."""
        offered = self._capabilities.get("SASL", "").upper().split()
        mechanism, initial, empty = _sasl(settings, credentials, offered)
        if mechanism not in offered:
            raise Unavailable(self._name, "the server offers no way to sign in that this program knows")
        with in_our_words(self._name, self._now()):
            self._send(f'AUTHENTICATE "{mechanism}" {_quoted(_base64(initial))}')
            answer = self._answer(challenged=lambda: self._send(_quoted(empty)))
        if not answer.is_ok:
            if answer.code.partition("/")[0] in ("TRYLATER", "ENCRYPT-NEEDED"):
                raise Unavailable(self._name, f"the server takes no sign-in now ({answer.code})")
            credentials.forget_token()
            raise AuthorizationNeeded(self._name, "the server refused the sign-in")
        # What a user may use can differ from what the server greets everybody with.
        self._capabilities = _by_name(self._done("CAPABILITY"))

    def _done(self, command: str) -> _Answer:
        """The answer of a command that is done. Raises NotTaken, ConnectionLost."""
        with in_our_words(self._name, self._now()):
            self._send(command)
            answer = self._answer()
        if not answer.is_ok:
            raise NotTaken(self._name, answer.code)
        return answer

    def _taken(self, command: str) -> None:
        """A script that is taken. Raises Refused where it is not, for good."""
        try:
            self._done(command)
        except NotTaken as error:
            if error.code.startswith("TRYLATER"):
                raise
            problem = "has no room for the script" if error.code.startswith("QUOTA") else "refuses the script"
            raise Refused(self._name, f"the server {problem} ({error.code or 'NO'})") from None

    def _send(self, command: str) -> None:
        """Send a command."""
        self._sock.sendall(command.encode() + b"\r\n")

    def _answer(self, challenged: Callable[[], None] | None = None) -> _Answer:
        """The answer of a command, to its end; `challenged` answers a challenge in a sign-in."""
        rows: list[tuple[_Word, ...]] = []
        while True:
            row = tuple(self._words())
            if row and any(_is_atom(row[0], end) for end in ("OK", "NO", "BYE")):
                code = next((word.text.upper() for word in row[1:2] if word.kind == "code"), "")
                if row[0].text == "BYE":
                    raise ConnectionLost(self._name, "the server ended the connection")
                return _Answer(tuple(rows), row[0].text == "OK", code)
            if challenged is not None:
                challenged()
            rows.append(row)

    def _words(self) -> Iterator[_Word]:
        """The words of one line, in which literals may hold line ends."""
        line = self._line()
        while line and line != b"\r\n":
            found = _TOKEN.match(line)
            if found is None:
                raise ValueError("no word of ManageSieve")
            string, size, code, atom = found.groups()
            line = line[found.end() :]
            if size is not None:
                yield _Word("string", self._bytes(int(size)).decode())
                line = self._line()
            elif string is not None:
                yield _Word("string", _ESCAPED.sub(rb"\1", string).decode())
            elif code is not None:
                yield _Word("code", code.decode())
            elif atom is not None:
                yield _Word("atom", atom.decode().upper())

    def _line(self) -> bytes:
        """One line with its end."""
        while b"\r\n" not in self._buffer:
            self._receive()
        line, end, self._buffer = self._buffer.partition(b"\r\n")
        return line + end

    def _bytes(self, size: int) -> bytes:
        """So many bytes."""
        if size > _LONGEST:
            raise ValueError("too long")
        while len(self._buffer) < size:
            self._receive()
        content, self._buffer = self._buffer[:size], self._buffer[size:]
        return content

    def _receive(self) -> None:
        """Take in what comes."""
        received = self._sock.recv(65536)
        if not received or len(self._buffer) > _LONGEST:
            raise ConnectionLost(self._name, "the connection to the server was lost")
        self._buffer += received


def connect_sieve(
    settings: SieveSettings,
    credentials: Credentials,
    context: ssl.SSLContext,
    *,
    name: str,
    now: Callable[[], datetime],
) -> SieveServer:
    """A connection that is signed in. Raises AuthorizationNeeded and Unavailable."""
    with in_our_words(name, now()):
        sock = socket.create_connection((settings.host, settings.port), settings.timeout)
        if settings.security == "tls":
            sock = context.wrap_socket(sock, server_hostname=settings.host)
    server = SieveServer(sock, name, now)
    try:
        server.greet(settings.security, context, settings.host)
        server.sign_in(settings, credentials)
    except BaseException:
        server.close()
        raise
    return server


def _sasl(settings: SieveSettings, credentials: Credentials, offered: list[str]) -> tuple[str, str, str]:
    """The mechanism, what it begins with, and what a challenge of it is answered with (its refusal)."""
    user = settings.username
    if settings.oauth is None:
        return "PLAIN", f"\0{user}\0{credentials.password()}", ""
    bearer = f"auth=Bearer {credentials.token()}\1\1"
    if "OAUTHBEARER" in offered:
        # RFC 7628, section 3.1; a user name may hold what separates fields there.
        name = user.replace("=", "=3D").replace(",", "=2C")
        return "OAUTHBEARER", f"n,a={name},\1host={settings.host}\1port={settings.port}\1{bearer}", "AQ=="
    return "XOAUTH2", f"user={user}\1{bearer}", ""


def _by_name(answer: _Answer) -> dict[str, str]:
    """What a server can, by name in capitals (RFC 5804, section 1.7)."""
    return {row[0].text.upper(): row[1].text if len(row) > 1 else "" for row in answer.rows if row}


def _is_atom(word: _Word, text: str) -> bool:
    """Whether a word is that atom."""
    return word.kind == "atom" and word.text == text


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _quoted(text: str) -> str:
    """A quoted string; a name has neither line ends nor other controls (RFC 5804, section 1.6)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _literal(text: str) -> str:
    """A literal that needs no leave, with CRLF at the ends of lines."""
    content = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return f"{{{len(content.encode())}+}}\r\n{content}"
