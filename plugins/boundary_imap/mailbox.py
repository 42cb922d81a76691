"""The port `Mailbox` on an IMAP server; nothing in it is read, moved or flagged but what was asked for."""

import contextlib
from collections import deque
from dataclasses import replace
from datetime import UTC
from itertools import islice
from time import monotonic

from boundary_imap.attempts import Attempts
from boundary_imap.connection import Connection, Fetched, Selected, flags_of
from boundary_imap.examination import examined
from boundary_imap.link import Bell, Link
from boundary_imap.parse import holds_calendar, is_spam
from boundary_imap.position import Cursor, MessageName, Position, read_cursor, read_name
from boundary_imap.sent import Copy, SentFolder
from boundary_imap.settings import ImapSettings
from boundary_imap.time_marks import TimeMarks
from boundary_imap.trouble import ConnectionLost, NotTaken
from boundary_plugins import (
    UNKNOWN,
    Changes,
    Examined,
    Gone,
    OutcomeUnknown,
    OutgoingResponse,
    ProviderError,
    SendingHost,
    SendReceipt,
    SentSearch,
    Services,
    SubjectMessage,
    Unavailable,
    read_message,
)

#: As much of a header block as anybody reads; a message's body is never asked for.
_HEADER = "BODY.PEEK[HEADER]<0.65536>"
_STRUCTURE = "BODYSTRUCTURE"
_ITEMS = [_HEADER, _STRUCTURE, "FLAGS", "INTERNALDATE"]
#: So many of the messages that were named are fetched together.
_TOGETHER = 16
ANSWERED, ANSWERED_BY_US = r"\Answered", "$BoundaryAnswered"


class ImapMailbox:
    """One mailbox, on one connection that is made again when it is lost."""

    def __init__(self, settings: ImapSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self._link, self._bell = Link(settings, services), Bell()
        self._sent = SentFolder(settings, services)
        self._marks = TimeMarks(settings.time_marks)
        self._attempts = Attempts(services.state_directory / "attempts")
        self._host = SendingHost(
            settings.smtp,
            self._name,
            secret=services.secret,
            path=services.path,
            token=self._link.credentials.token if settings.oauth else None,
        )
        self._place: Position | None = None
        self._named: deque[MessageName] = deque()
        self._fetched: dict[str, SubjectMessage] = {}

    def changes(self, cursor: str | None) -> Changes:
        """What came since `cursor`, in the order of arrival; a gap where the uids no longer hold."""
        before = read_cursor(cursor)
        return self._link.use(lambda connection: self._changes(connection, before))

    def _changes(self, connection: Connection, before: Cursor | None) -> Changes:
        """The inbox comes last, so that it is the folder that is open while waiting."""
        sent_place, sent = self._sent.since(connection, before.sent if before else None)
        opened = self._opened(connection, self._settings.inbox)
        place = before.inbox if before else None
        if place is None or not place.holds_for(opened.folder, opened.uid_validity, opened.uid_next):
            place = None
        uids = connection.uids_from(place.uid_next) if place else connection.all_uids()
        marks = self._marks.since(connection, opened, place)
        uid_next = max([opened.uid_next, place.uid_next if place else 1, *(uid + 1 for uid in uids[-1:])])
        self._place = Position(opened.folder, opened.uid_validity, uid_next, opened.modseq)
        names = [MessageName(opened.uid_validity, uid, opened.folder) for uid in uids]
        self._named, self._fetched = deque(names), {}
        received = tuple(map(str, names))
        return Changes(received, sent, str(Cursor(self._place, sent_place)), place is None, marks)

    def _opened(self, connection: Connection, folder: str) -> Selected:
        """A folder, opened so that nothing in it changes."""
        try:
            return connection.select(folder)
        except NotTaken as error:
            problem = f"the folder {folder} cannot be opened ({error.code or 'NO'})"
            raise Unavailable(self._name, problem) from None

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message: its header block, its structure and its flags, never a body."""
        if (found := self._fetched.pop(provider_id, None)) is not None:
            return found
        name = read_name(provider_id)
        if name is None:
            raise Gone(self._name, "the message has no such id here")
        return self._link.use(lambda connection: self._fetch(connection, name))

    def _fetch(self, connection: Connection, name: MessageName) -> SubjectMessage:
        """One message, and the next few that were named with it, which are kept until they are asked for."""
        opened = connection.selected
        if opened is None or opened.folder != name.folder:
            opened = self._opened(connection, name.folder)
        else:
            # What was removed since is told only where we ask; else the server gives it from its memory.
            connection.check()
        if opened.uid_validity != name.uid_validity:
            raise Gone(self._name, "the folder is another one now")
        self._fetched = _messages(connection, name, [name.uid, *self._next_after(name)])
        message = self._fetched.pop(str(name), None)
        if message is None:
            raise Gone(self._name, "the message is no longer in the folder")
        return message

    def _next_after(self, name: MessageName) -> list[int]:
        """The uids that were named right after one."""
        while self._named and self._named[0].uid <= name.uid:
            self._named.popleft()
        return [each.uid for each in islice(self._named, _TOGETHER - 1) if each.folder == name.folder]

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """File as a draft, hand in with the null reverse-path, then say in the folder that it was sent."""
        self._host.ready()
        copy = self._filed(response)
        try:
            self._attempts.note(response.response_id, self._services.now())
        except OSError as error:
            self._undo(copy, response)
            raise Unavailable(self._name, f"no note can be written ({error.strerror})") from None
        try:
            receipt = self._host.send(response)
        except OutcomeUnknown:
            raise
        except ProviderError:
            self._undo(copy, response)
            raise
        notes = (receipt.note, self._finished(copy, response), self._marked(response.answers))
        return replace(receipt, note="; ".join(filter(None, notes)))

    def _filed(self, response: OutgoingResponse) -> Copy | None:
        """The copy in the folder of sent mail. Raises Unavailable: nothing is sent then."""
        with contextlib.suppress(ConnectionLost):
            # What was open long may be gone without a word, and filing twice leaves a draft behind.
            if self._link.connection is not None:
                self._link.use(lambda connection: connection.check(), again=False)
        return self._link.use(lambda connection: self._sent.file_draft(connection, response), again=False)

    def _undo(self, copy: Copy | None, response: OutgoingResponse) -> None:
        """Nothing was sent: take back what says that it may have been."""
        with contextlib.suppress(OSError):
            self._attempts.take_back(response.response_id)
        if copy is not None:
            with contextlib.suppress(ProviderError):
                self._link.use(lambda connection: self._sent.discard(connection, copy))

    def _finished(self, copy: Copy | None, response: OutgoingResponse) -> str:
        """Say in the folder that it was sent; a note where that fails, for sent it is."""
        try:
            if copy is None:
                self._link.use(lambda connection: self._sent.file_sent(connection, response), again=False)
            else:
                self._link.use(lambda connection: self._sent.finish(connection, copy))
        except ProviderError:
            return "its copy among the sent mail is missing" if copy is None else "its copy is still a draft"
        return ""

    def _marked(self, answers: str) -> str:
        """Mark the message that was answered; a note where that fails."""
        name = read_name(answers)
        if name is None or not self._settings.mark_answered:
            return ""
        try:
            return self._link.use(lambda connection: self._mark(connection, name))
        except ProviderError:
            return "the message could not be marked as answered"

    def _mark(self, connection: Connection, name: MessageName) -> str:
        """Set what may be set."""
        opened = connection.select(name.folder, writable=True)
        any_keyword = {r"\*", ANSWERED_BY_US.lower()} & opened.permanent
        wanted = [ANSWERED] if ANSWERED.lower() in opened.permanent else []
        wanted += [ANSWERED_BY_US] if any_keyword else []
        if not wanted or opened.uid_validity != name.uid_validity:
            return "the message could not be marked as answered"
        connection.add_flags([name.uid], wanted)
        return ""

    def find_sent(self, response_id: str) -> SentSearch:
        """Found without the flag `\\Draft`; absent only where neither a copy nor a note is there."""
        found = self._link.use(lambda connection: self._sent.find(connection, response_id))
        if found is SentSearch.ABSENT and self._attempts.is_noted(response_id):
            return SentSearch.UNKNOWN
        return found

    def wait(self, seconds: float) -> None:
        """Wait in IDLE; without it, or without a connection, for the bell alone."""
        until = monotonic() + seconds
        if self._bell.was_rung():
            return
        connection = self._link.connection
        if connection is None or not self._settings.idle or not connection.offers_idle:
            pause = self._link.pause_left()
            self._bell.wait(min(seconds, pause) if pause else seconds)
            return
        try:
            self._idle(connection, until)
        except NotTaken:
            if connection.offers_idle:
                raise
            self._bell.wait(until - monotonic())
        except ConnectionLost:
            # The next look makes a fresh one, and tells if it cannot.
            self._link.drop(politely=False)

    def _idle(self, connection: Connection, until: float) -> None:
        """Hear until something is told, the bell rings or the time is over; the IDLE goes on beyond."""
        if connection.idle_since is None and not self._is_listening(connection):
            return
        while (left := until - monotonic()) > 0:
            over = self._settings.idle_minutes * 60 - (monotonic() - (connection.idle_since or 0.0))
            if connection.hears(self._bell.heard, min(left, over)) or self._bell.was_rung():
                return
            if over <= left and (connection.end_idle() or not self._is_listening(connection)):
                return

    def _is_listening(self, connection: Connection) -> bool:
        """Begin to listen; False where something came since the last look, which nobody would tell again."""
        opened = connection.select(self._settings.inbox)
        if self._place is None or self._place.has_news(opened.uid_validity, opened.uid_next, opened.modseq):
            return False
        connection.begin_idle()
        return True

    def wake(self) -> None:
        """End a wait."""
        self._bell.ring()

    def close(self) -> None:
        """Say goodbye, and let go of the connection."""
        self._link.drop()
        self._bell.close()

    def examine(self) -> tuple[Examined, ...]:
        """The server, the folders and the flags, and the host that sends."""
        return (*examined(self._link, self._sent, self._settings, self._name), self._host.examined())


def _messages(connection: Connection, name: MessageName, uids: list[int]) -> dict[str, SubjectMessage]:
    """The messages that are there, by provider id; the structure of one that nobody can parse is unknown."""
    try:
        found = list(connection.fetch(uids, _ITEMS))
    except NotTaken:
        if len(uids) > 1:
            return _messages(connection, name, [name.uid])
        found = list(connection.fetch(uids, [item for item in _ITEMS if item != _STRUCTURE]))
    names = ((replace(name, uid=uid), fetched) for uid, fetched in found)
    return {str(each): _message(each, fetched) for each, fetched in names}


def _message(name: MessageName, fetched: Fetched) -> SubjectMessage:
    """The facts of one message."""
    header = next((value for item, value in fetched.items() if item.startswith(b"BODY[HEADER]")), b"")
    arrived = fetched.get(b"INTERNALDATE")
    flags = flags_of(fetched)
    message = read_message(
        header if isinstance(header, bytes) else b"",
        provider_id=str(name),
        file_time=arrived.astimezone(UTC) if arrived else None,
        spam=is_spam(flags),
    )
    if message.calendar_method is True:
        return message
    structure = fetched.get(_STRUCTURE.encode())
    return replace(message, calendar_method=holds_calendar(structure) if structure else UNKNOWN)
