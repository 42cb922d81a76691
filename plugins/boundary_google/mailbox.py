"""A mailbox of Gmail: its history is followed, header fields are read in batches, responses are sent once."""

import threading
import time
from datetime import datetime
from itertools import islice

from boundary_google.changes import news_of
from boundary_google.client import BATCH, GoogleClient
from boundary_google.examination import mailbox_examined
from boundary_google.gmail import Gmail
from boundary_google.pace import Pace
from boundary_google.parse import RECEIVED_FIELDS, sent_message, subject_message
from boundary_google.sending import Sender
from boundary_google.sent_mail import read_sent, sent_lately
from boundary_google.settings import GmailSettings
from boundary_google.time_marks import TimeMarks
from boundary_google.watch import Watch
from boundary_plugins import (
    Changes,
    Examined,
    Gone,
    OutgoingResponse,
    ProviderError,
    SendReceipt,
    SentSearch,
    Services,
    SubjectMessage,
    Unavailable,
)

#: So many of the newest messages are named where the place in the history was lost; they are not read.
NAMED_ANEW = 500
#: In seconds: how soon Gmail is asked all the same while a watch tells what comes.
WATCHED_LOOK = 30.0


class GmailMailbox:
    """The port `Mailbox` over a Gmail account. It changes nothing but by sending, and labels if asked to."""

    def __init__(self, settings: GmailSettings, services: Services) -> None:
        """Connect to nothing yet."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self._client = GoogleClient(settings, services)
        self._gmail = Gmail(self._client)
        self._sender = Sender(self._gmail, services, labels_answered=settings.label_answered)
        self._marks = TimeMarks(self._gmail)
        self._pace = Pace()
        self._cursor: str | None = None
        self._unread: dict[str, None] = {}
        self._read: dict[str, SubjectMessage] = {}
        self._woken = threading.Event()
        self._watch = Watch(settings, services, self._woken.set) if settings.watch_topic else None

    def changes(self, cursor: str | None) -> Changes:
        """What came since a place in the history; where Gmail does not reach back so far, a gap.

        After a gap the newest messages are named, as history, and 60 days of the therapist's own are read.
        """
        if cursor is None:
            return self._looked_anew()
        try:
            news = news_of(self._gmail.history(cursor), cursor)
        except Gone:
            return self._looked_anew()
        sent = tuple(sent_message(each) for each in read_sent(self._gmail, tuple(news.sent)))
        marks = tuple(self._marks.of(news.relabelled))
        # What was named before is asked for one by one, should it still be wanted.
        self._unread, self._read = dict(news.received), {}
        if news.received or sent:
            self._pace.happened(time.monotonic())
        self._cursor = news.history_id
        return Changes(tuple(news.received), sent, news.history_id, time_marks=marks)

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message, read together with those that were named with it."""
        if provider_id not in self._read:
            self._read_batch(provider_id)
        return self._read.pop(provider_id)

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Send once, with a note on the disk before; in the thread where the Subject is kept."""
        receipt = self._sender.send(response, self._cursor)
        self._pace.happened(time.monotonic())
        return receipt

    def find_sent(self, response_id: str) -> SentSearch:
        """By our own note and our header in what Gmail sent."""
        return self._sender.find(response_id)

    def wait(self, seconds: float) -> None:
        """Ask for the history now and then, and return when there is some, or when the watch tells."""
        ends_at = time.monotonic() + seconds
        if self._watch is not None:
            self._watch.start()
        while (left := ends_at - time.monotonic()) > 0:
            step = self._step()
            if self._woken.wait(min(step, left)):
                break
            if step < left and self._has_changed():
                if self._watch is not None:
                    self._watch.was_silent()
                break
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Let go of every connection."""
        if self._watch is not None:
            self._watch.close()
        self._client.close()

    def examine(self) -> tuple[Examined, ...]:
        """The sign-in, the mailbox, and what this sign-in cannot see."""
        return mailbox_examined(self._client, self._gmail, self._settings, self._now())

    def _now(self) -> datetime:
        """The present instant."""
        return self._services.now()

    def _step(self) -> float:
        """How long to wait before Gmail is asked, in seconds."""
        if self._watch is not None and self._watch.is_well():
            return WATCHED_LOOK
        return self._pace.next(time.monotonic())

    def _has_changed(self) -> bool:
        """Whether anything came since the last look; a lost place is for the next look to tell."""
        if self._cursor is None:
            return True
        try:
            return self._gmail.has_changed(self._cursor)
        except Gone:
            return True

    def _looked_anew(self) -> Changes:
        """The newest messages, from old to new, and the therapist's own; the place comes first."""
        self._cursor = str(self._gmail.profile()["historyId"])
        named = tuple(islice(self._gmail.listed("INBOX"), NAMED_ANEW))[::-1]
        sent, _ = sent_lately(self._gmail, self._now())
        return Changes(named, tuple(reversed(sent)), self._cursor, gap=True)

    def _read_batch(self, provider_id: str) -> None:
        """Read a message and the next ones that were named; one that fails is read again when it is asked for.

        Raises the ProviderError of the message that was asked for.
        """
        self._unread.pop(provider_id, None)
        ids = (provider_id, *islice(self._unread, BATCH - 1))
        if self._settings.read == "structure":
            answers, known = self._gmail.structures(ids), None
        else:
            answers, known = self._gmail.headers(ids), frozenset(RECEIVED_FIELDS)
        for each, answer in zip(ids, answers, strict=True):
            if not isinstance(answer, ProviderError):
                self._read[each] = subject_message(answer, known)
                self._unread.pop(each, None)
        asked_for = answers[0]
        if isinstance(asked_for, Gone):
            raise Gone(self._name, "the message is no longer in the mailbox")
        if isinstance(asked_for, ProviderError):
            raise asked_for
        if provider_id not in self._read:
            raise Unavailable(self._name, "Google answered for another message")
