"""One connection to an IMAP server, signed in: the only module that knows IMAPClient."""

import contextlib
import imaplib
import logging
import re
import select
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from imapclient import IMAPClient
from imapclient.imapclient import join_message_ids, seq_to_parenstr_upper
from imapclient.response_parser import parse_fetch_response

from boundary_imap.settings import ImapSettings
from boundary_imap.signing_in import Credentials
from boundary_imap.trouble import NotTaken, in_our_words, sign_in_refused
from boundary_plugins import AuthorizationNeeded, Unavailable

# imaplib reads no line beyond a million letters, and one uid takes eleven at most.
_UIDS_AT_ONCE = 50_000
#: So many messages are named in one FETCH or STORE.
_MESSAGES_AT_ONCE = 200
_UID_ITEM = re.compile(rb"[ (]UID \d", re.IGNORECASE)
_APPENDUID = re.compile(rb"\[APPENDUID (\d+) (\d+)\]")
# In seconds: a peer that is gone is noticed within about two minutes, also where nothing is asked.
_KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))

#: What a FETCH gives for one message, by the item's name.
Fetched = Mapping[bytes, Any]


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder as it was when it was opened. `modseq` 0: nobody counts changes; `uid_next` 0: not told.

    `keywords` are those in use; `permanent` the flags that can be set for good, lower-case, "\\*" for any.
    """

    folder: str
    uid_validity: int
    uid_next: int
    exists: int
    modseq: int
    keywords: tuple[str, ...]
    permanent: frozenset[str]


class Connection:
    """A connection that is signed in. Every method may raise ProviderError, among them NotTaken."""

    def __init__(self, client: IMAPClient, name: str, now: Callable[[], datetime]) -> None:
        """Take a client that is signed in."""
        self._client, self._name, self._now = client, name, now
        self.selected: Selected | None = None
        self.idle_since: float | None = None
        self._refuses_idle = False
        with self._told():
            found = client.capabilities()
        self.capabilities = frozenset(_text(each).upper() for each in found)

    def _told(self) -> contextlib.AbstractContextManager[None]:
        """Whatever happens inside is told in our words."""
        return in_our_words(self._name, self._now())

    def select(self, folder: str, *, writable: bool = False) -> Selected:
        """Open a folder, by default so that nothing in it changes (EXAMINE); NotTaken where it cannot be."""
        self.selected = None
        with self._told():
            found = self._client.select_folder(folder, readonly=not writable)
        self.selected = Selected(
            folder,
            int(found.get(b"UIDVALIDITY", 0)),
            int(found.get(b"UIDNEXT", 0)),
            int(found.get(b"EXISTS", 0)),
            int(found.get(b"HIGHESTMODSEQ", 0)),
            tuple(map(_text, found.get(b"FLAGS", ()))),
            frozenset(_text(flag).lower() for flag in found.get(b"PERMANENTFLAGS", ())),
        )
        return self.selected

    def status(self, folder: str) -> tuple[int, int]:
        """The UIDVALIDITY and the UIDNEXT of a folder that is not open; 0 where the server does not say."""
        with self._told():
            found = self._client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        return int(found.get(b"UIDVALIDITY", 0)), int(found.get(b"UIDNEXT", 0))

    def folders(self) -> list[tuple[frozenset[str], str]]:
        """The attributes (lower-case) and the name of each folder."""
        with self._told():
            found = self._client.list_folders()
        return [(frozenset(_text(each).lower() for each in flags), _text(name)) for flags, _, name in found]

    def rights(self, folder: str) -> str | None:
        """What we may do in a folder (RFC 4314), None where the server does not tell."""
        if "ACL" not in self.capabilities:
            return None
        with self._told():
            raw = self._client._imap.myrights(self._client._normalise_folder(folder))[1]
        return _text(raw[-1]).rsplit(" ", 1)[-1] if raw and raw[-1] else None

    def all_uids(self) -> list[int]:
        """The uid of every message in the open folder; nothing else of it is read."""
        exists = self.selected.exists if self.selected else 0
        steps = range(1, exists + 1, _UIDS_AT_ONCE)
        return [
            uid for first in steps for uid in self.search(f"{first}:{min(first + _UIDS_AT_ONCE - 1, exists)}")
        ]

    def uids_from(self, uid: int) -> list[int]:
        """The uids from one on; `n:*` names the last message even where it is before n (RFC 3501, 9)."""
        return sorted(found for found in self.search("UID", f"{uid}:*") if found >= uid)

    def search(self, *criteria: object) -> list[int]:
        """The uids of the messages in the open folder that are so."""
        with self._told():
            return [int(uid) for uid in self._client.search(list(criteria))]

    def fetch(self, uids: Sequence[int], items: Sequence[str]) -> Iterator[tuple[int, Fetched]]:
        """What is asked of each message that is there."""
        for some in _in_parts(uids):
            with self._told():
                found = self._fetched(some, items)
            yield from found.items()

    def _fetched(self, uids: Sequence[int], items: Sequence[str]) -> Mapping[int, Fetched]:
        """As the library's `fetch`, which takes the number in the folder for the uid where none is said.

        Without QRESYNC a server tells of a changed flag by that number alone (RFC 3501, section 7.4.2).
        """
        client, imap = self._client, self._client._imap
        tag = imap._command("UID", "FETCH", join_message_ids(uids), seq_to_parenstr_upper(items))
        kind, told = imap._command_complete("FETCH", tag)
        client._checkok("fetch", kind, told)
        raw = imap._untagged_response(kind, told, "FETCH")[1]
        found = parse_fetch_response(_with_uid(raw), client.normalise_times, uid_is_key=True)
        return {uid: found[uid] for uid in uids if uid in found}

    def flags(self, uids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        """The flags of the messages that are there."""
        return {uid: flags_of(found) for uid, found in self.fetch(uids, ["FLAGS"])}

    def add_flags(self, uids: Sequence[int], flags: Iterable[str]) -> None:
        """Set flags; the folder is open for writing."""
        for some in _in_parts(uids):
            with self._told():
                self._client.add_flags(some, [flag.encode() for flag in flags], silent=True)

    def remove_flags(self, uids: Sequence[int], flags: Iterable[str]) -> None:
        """Take flags away."""
        for some in _in_parts(uids):
            with self._told():
                self._client.remove_flags(some, [flag.encode() for flag in flags], silent=True)

    def append(self, folder: str, content: bytes, flags: Iterable[str]) -> tuple[int, int] | None:
        """Put a message into a folder; its UIDVALIDITY and uid where the server tells (RFC 4315)."""
        with self._told():
            answer = self._client.append(folder, content, [flag.encode() for flag in flags], self._now())
        found = _APPENDUID.search(answer if isinstance(answer, bytes) else str(answer).encode())
        return (int(found[1]), int(found[2])) if found else None

    def expunge(self, uids: Sequence[int]) -> None:
        """Remove these messages and no others: without UIDPLUS they are only flagged, and stay."""
        self.add_flags(uids, (r"\Deleted",))
        if uids and "UIDPLUS" in self.capabilities:
            with self._told():
                self._client.uid_expunge(list(uids))

    def check(self) -> None:
        """Hear from the server, so that a connection that is gone is noticed before it matters."""
        with self._told():
            self._client.noop()

    @property
    def offers_idle(self) -> bool:
        """Whether it says that it can tell what comes, and did not refuse to on this connection."""
        return "IDLE" in self.capabilities and not self._refuses_idle

    def begin_idle(self) -> None:
        """Let the server tell what comes (RFC 2177)."""
        with self._told():
            imap = self._client._imap
            self._client._idle_tag = tag = imap._command("IDLE")
            # Some servers tell of news before they say that they are ready for it.
            while imap._get_response() is not None:
                if imap.tagged_commands.get(tag):
                    self._refuses_idle = True
                    raise NotTaken(self._name, "IDLE")
        self.idle_since = monotonic()

    def end_idle(self) -> bool:
        """End an IDLE, if there is one; whether the server told anything in it."""
        if self.idle_since is None:
            return False
        self.idle_since = None
        with self._told():
            told = self._client.idle_done()[1]
        return any(isinstance(each, tuple) and each and each[0] != b"OK" for each in told)

    def hears(self, bell: socket.socket, seconds: float) -> bool:
        """Wait in IDLE; whether the server says something. `bell` ends it, too."""
        with self._told():
            if self._has_read_ahead():
                return True
            sock = self._client.socket()
            ready = select.select([sock, bell], [], [], max(0.0, seconds))[0]
        return sock in ready

    def _has_read_ahead(self) -> bool:
        """Whether something is here already, where a wait for the socket would miss it."""
        sock, imap = self._client.socket(), self._client._imap
        if isinstance(sock, ssl.SSLSocket) and sock.pending():
            return True
        if (read_ahead := getattr(imap, "_readbuf", None)) is not None:
            return any(read_ahead)
        file = getattr(imap, "_file", None) or imap.file
        timeout = sock.gettimeout()
        sock.settimeout(0)
        try:
            return bool(file.peek(1))
        except (BlockingIOError, ssl.SSLWantReadError):
            return False
        finally:
            sock.settimeout(timeout)

    def close(self, *, politely: bool = True) -> None:
        """Say goodbye where somebody may hear it, and let go."""
        with contextlib.suppress(Exception):
            if politely:
                self.end_idle()
                self._client.logout()
        with contextlib.suppress(Exception):
            self._client.shutdown()


def connect(
    settings: ImapSettings,
    credentials: Credentials,
    context: ssl.SSLContext,
    *,
    name: str,
    now: Callable[[], datetime],
) -> Connection:
    """A connection that is signed in. Raises AuthorizationNeeded, Unavailable and RateLimited."""
    # Its lines hold passwords and mail, so they are written at no level.
    logging.getLogger("imapclient").setLevel(logging.WARNING)
    secret = credentials.password() if settings.oauth is None else credentials.token()
    with in_our_words(name, now()):
        client = IMAPClient(
            settings.host,
            settings.any_port,
            ssl=settings.security == "tls",
            ssl_context=context if settings.security == "tls" else None,
            timeout=settings.timeout,
        )
    try:
        with in_our_words(name, now()):
            _make_ready(client, settings, context, name)
            _sign_in(client, settings, secret, name, now())
            # From then on each change that is told names its uid, so that none is taken for another message's.
            if client.has_capability("ENABLE") and client.has_capability("QRESYNC"):
                client.enable("QRESYNC")
        return Connection(client, name, now)
    except BaseException:
        with contextlib.suppress(Exception):
            client.shutdown()
        raise


def _make_ready(client: IMAPClient, settings: ImapSettings, context: ssl.SSLContext, name: str) -> None:
    """Keep the connection alive and private."""
    # imaplib would remember the latest lines, passwords among them.
    client._imap.debug = 0
    client.normalise_times = False
    _keep_alive(client.socket())
    if settings.security == "starttls":
        if not client.has_capability("STARTTLS"):
            raise Unavailable(name, "the server does not offer STARTTLS; nothing is said in the clear")
        client.starttls(context)


def _sign_in(client: IMAPClient, settings: ImapSettings, secret: str, name: str, now: datetime) -> None:
    """Sign in by token or password."""
    user = settings.username
    try:
        if settings.oauth is not None:
            answer = f"user={user}\1auth=Bearer {secret}\1\1"
            # A refusal is told in a challenge, which wants an empty answer.
            client.sasl_login("XOAUTH2", lambda challenge: "" if challenge else answer)
        elif client.has_capability("AUTH=PLAIN"):
            client.plain_login(user, secret)
        elif client.has_capability("LOGINDISABLED"):
            raise Unavailable(name, "the server offers no way to sign in that this program knows")
        elif not (user + secret).isascii():
            problem = "the user name or the password holds letters beyond ASCII, which the server cannot take"
            raise AuthorizationNeeded(name, f"{problem} (it does not offer AUTH=PLAIN)")
        else:
            client.login(user, secret)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise error.__context__ from None
        raise sign_in_refused(name, now, error) from None


def _keep_alive(sock: socket.socket) -> None:
    """Ask the system to notice a peer that is gone."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in _KEEPALIVE:
        if hasattr(socket, option):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def flags_of(found: Fetched) -> tuple[str, ...]:
    """The flags that were fetched of one message."""
    return tuple(map(_text, found.get(b"FLAGS", ())))


def _with_uid(raw: Sequence[Any]) -> list[Any]:
    """The answers to a FETCH that name their message by its uid; [None] where there are none."""
    answers: list[list[Any]] = []
    begun = False
    for piece in raw:
        if not begun:
            answers.append([])
        answers[-1].append(piece)
        # A piece that a literal follows is a pair, and the answer goes on behind it.
        begun = isinstance(piece, tuple)
    kept = [piece for answer in answers if any(map(_names_uid, answer)) for piece in answer]
    return kept or [None]


def _names_uid(piece: object) -> bool:
    """Whether a piece of an answer holds the item UID, outside of its literal."""
    line = piece[0] if isinstance(piece, tuple) else piece
    return isinstance(line, bytes) and _UID_ITEM.search(line) is not None


def _in_parts(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many as go into one command."""
    for first in range(0, len(uids), _MESSAGES_AT_ONCE):
        yield uids[first : first + _MESSAGES_AT_ONCE]


def _text(value: object) -> str:
    """Text of what may be bytes."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
