"""The folder of sent mail: the therapist's own messages are read there, and responses are filed and found.

A response is filed *before* it is handed in, with the flag `\\Draft`, which goes when the host has taken it.
So a copy without the flag was sent, and nobody can tell of one with it; where there is no copy at all,
nothing was begun, unless a note on this machine says otherwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from boundary_imap.connection import Connection, Fetched, flags_of
from boundary_imap.position import MessageName, Position
from boundary_imap.settings import ImapSettings
from boundary_imap.trouble import NotTaken
from boundary_plugins import (
    RESPONSE_HEADER,
    SENT_LOOKBACK,
    OutgoingResponse,
    SentMessage,
    SentSearch,
    Services,
    Unavailable,
    read_sent,
)

DRAFT, SEEN, DELETED = r"\Draft", r"\Seen", r"\Deleted"
#: How providers call it that do not mark it (RFC 6154), in the order of preference, in lower case.
WELL_KNOWN = (
    "sent",
    "sent messages",
    "sent items",
    "sent mail",
    "gesendet",
    "gesendete objekte",
    "gesendete elemente",
    "enviados",
    "elementos enviados",
    "envoyés",
    "éléments envoyés",
    "messages envoyés",
)
_FIELDS = f"BODY.PEEK[HEADER.FIELDS (TO CC BCC DATE {RESPONSE_HEADER.upper()})]"
#: What is looked at one by one, and how old the draft of an interrupted try may be at the next one.
_LAG, _LATEST = timedelta(days=1), 500
_INTERRUPTED_FOR = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Copy:
    """A response in the folder, filed as a draft; the uid holds under this UIDVALIDITY alone."""

    response_id: str
    folder: str
    uid_validity: int
    uid: int


class SentFolder:
    """The folder of one mailbox's sent mail, found out once for each connection."""

    def __init__(self, settings: ImapSettings, services: Services) -> None:
        """Look for nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self._found: tuple[Connection, str] | None = None

    def folder(self, connection: Connection) -> str | None:
        """Its name: as configured, as the server marks it, or as it is often called; None where there is none."""
        if self._settings.sent is not None:
            return self._settings.sent or None
        if self._found is None or self._found[0] is not connection:
            found = _sent_among(connection.folders())
            # While there is none it may come: many mail programs make it with the first message.
            self._found = (connection, found) if found else None
        return self._found[1] if self._found else None

    def since(
        self, connection: Connection, place: Position | None
    ) -> tuple[Position | None, tuple[SentMessage, ...]]:
        """The therapist's messages since a place, or (None) of the last sixty days, and the new place."""
        folder = self.folder(connection)
        if folder is None:
            return None, ()
        try:
            uid_validity, uid_next = connection.status(folder)
            if (
                place is not None
                and place.holds_for(folder, uid_validity, uid_next)
                and uid_next == place.uid_next
            ):
                return place, ()
            return self._read(connection, folder, place)
        except NotTaken as error:
            problem = f"the folder of sent mail cannot be read ({error.code or 'NO'}); see the key sent"
            raise Unavailable(self._name, problem) from None

    def _read(
        self, connection: Connection, folder: str, place: Position | None
    ) -> tuple[Position, tuple[SentMessage, ...]]:
        """What is new in the folder, of the last sixty days."""
        opened = connection.select(folder)
        oldest = self._services.now() - SENT_LOOKBACK
        if place is not None and place.holds_for(folder, opened.uid_validity, opened.uid_next):
            uids = connection.uids_from(place.uid_next)
        else:
            uids = connection.search("SINCE", oldest.date())
        uid_next = max([opened.uid_next, *(uid + 1 for uid in uids)])
        found = [
            _sent_message(MessageName(opened.uid_validity, uid, folder), fetched)
            for uid, fetched in connection.fetch(uids, [_FIELDS, "INTERNALDATE", "FLAGS"])
            if not _is_draft(fetched)
        ]
        recent = (message for message in found if message.sent_at >= oldest)
        ordered = sorted(recent, key=lambda message: (message.sent_at, message.provider_id))
        return Position(folder, opened.uid_validity, uid_next), tuple(ordered)

    def file_draft(self, connection: Connection, response: OutgoingResponse) -> Copy | None:
        """File a response that is yet to be sent; None where the folder does not take it or not as a draft."""
        folder = self.folder(connection)
        if folder is None or self._settings.server_files_sent:
            return None
        try:
            opened = connection.select(folder, writable=True)
            if DRAFT.lower() not in opened.permanent:
                return None
            placed = connection.append(folder, response.content, (SEEN, DRAFT))
        except NotTaken:
            return None
        uid = placed[1] if placed else max(self._copies(connection, response.response_id), default=0)
        if not uid or DRAFT not in connection.flags([uid]).get(uid, ()):
            # It does not say that it is a draft, and would seem to be sent.
            connection.expunge([uid] if uid else [])
            return None
        return Copy(response.response_id, folder, opened.uid_validity, uid)

    def finish(self, connection: Connection, copy: Copy) -> None:
        """It was sent: its copy is no draft any more, and what an interrupted try left behind goes."""
        uid = self._again(connection, copy)
        if uid is not None:
            connection.remove_flags([uid], (DRAFT,))
            copies = self._named(connection, copy.response_id, since=_INTERRUPTED_FOR)
            connection.expunge([other for other, draft in copies.items() if draft and other != uid])

    def discard(self, connection: Connection, copy: Copy) -> None:
        """It was surely not sent: its copy goes."""
        uid = self._again(connection, copy)
        if uid is not None:
            connection.expunge([uid])

    def _again(self, connection: Connection, copy: Copy) -> int | None:
        """The uid of the copy in the folder, opened for writing; None where it is no longer there."""
        opened = connection.select(copy.folder, writable=True)
        if opened.uid_validity == copy.uid_validity:
            return copy.uid
        return max(self._copies(connection, copy.response_id), default=None)

    def file_sent(self, connection: Connection, response: OutgoingResponse) -> None:
        """File a response that was sent, where it could not be filed before."""
        folder = self.folder(connection)
        if folder is not None and not self._settings.server_files_sent:
            connection.append(folder, response.content, (SEEN,))

    def find(self, connection: Connection, response_id: str) -> SentSearch:
        """Whether a response is there; without a place to look, and of a draft, nobody can tell.

        Nor where no drafts are filed: it may be on its way from another machine, whose notes are not here.
        """
        folder = self.folder(connection)
        if folder is None:
            return SentSearch.UNKNOWN
        try:
            opened = connection.select(folder, writable=True)
            drafts = self._copies(connection, response_id).values()
        except NotTaken:
            return SentSearch.UNKNOWN
        if not all(drafts):
            return SentSearch.FOUND
        files_drafts = DRAFT.lower() in opened.permanent and not self._settings.server_files_sent
        return SentSearch.ABSENT if files_drafts and not drafts else SentSearch.UNKNOWN

    def _copies(self, connection: Connection, response_id: str) -> dict[int, bool]:
        """The copies of a response in the open folder by uid, and whether each is a draft.

        The latest messages are looked at one by one, too: a server may search an index that lags behind.
        """
        found = self._named(connection, response_id, since=SENT_LOOKBACK)
        recent = connection.search("SINCE", (self._services.now() - _LAG).date())[-_LATEST:]
        unseen = sorted({*recent} - {*found})
        return found | _drafts_by_uid(connection, unseen, response_id)

    def _named(self, connection: Connection, response_id: str, *, since: timedelta) -> dict[int, bool]:
        """Those that the server finds by their header, filed within some time; their headers are read again."""
        oldest = (self._services.now() - since).date()
        uids = connection.search("SINCE", oldest, "HEADER", RESPONSE_HEADER, response_id)
        return _drafts_by_uid(connection, uids, response_id)


def _drafts_by_uid(connection: Connection, uids: Sequence[int], response_id: str) -> dict[int, bool]:
    """Whether each message that is a copy of a response is a draft, or as little known to be sent.

    A draft that waits to be removed counts as none, and what is no draft and waits so tells nobody anything:
    it may be one that the server did not take as a draft.
    """
    field = f"BODY.PEEK[HEADER.FIELDS ({RESPONSE_HEADER.upper()})]"
    found: dict[int, bool] = {}
    for uid, fetched in connection.fetch(uids, [field, "FLAGS"]):
        message = read_sent(_header(fetched), provider_id="", filed_at=datetime.now(UTC))
        is_draft, is_dropped = _is_draft(fetched), DELETED in flags_of(fetched)
        if message.response_id == response_id and not (is_draft and is_dropped):
            found[uid] = is_draft or is_dropped
    return found


def _sent_among(folders: Sequence[tuple[frozenset[str], str]]) -> str | None:
    """The folder that is marked as that of sent mail, else the one that is called so."""
    open_ones = [(flags, name) for flags, name in folders if r"\noselect" not in flags]
    for flags, name in open_ones:
        if r"\sent" in flags:
            return name
    by_name = {name.lower().removeprefix("inbox.").removeprefix("inbox/"): name for _, name in open_ones}
    return next((by_name[known] for known in WELL_KNOWN if known in by_name), None)


def _sent_message(name: MessageName, fetched: Fetched) -> SentMessage:
    """To whom and when one sent message went."""
    filed_at = fetched.get(b"INTERNALDATE") or datetime.now(UTC)
    return read_sent(_header(fetched), provider_id=str(name), filed_at=filed_at.astimezone(UTC))


def _header(fetched: Fetched) -> bytes:
    """The header fields that were fetched, whatever the server calls what it gives."""
    for item, value in fetched.items():
        if item.startswith(b"BODY[HEADER") and isinstance(value, bytes):
            return value
    return b""


def _is_draft(fetched: Fetched) -> bool:
    """Whether a message is flagged as a draft."""
    return DRAFT in flags_of(fetched)
