"""Sending through Gmail exactly once: noted before it is begun, sent once, and looked for before it is sent again."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from email import policy
from email.parser import BytesHeaderParser
from email.utils import parseaddr

from boundary_google.attempts import Attempt, Attempts
from boundary_google.gmail import Gmail
from boundary_google.parse import RESPONSE_FIELD, Json, field_of, response_id_of
from boundary_google.sent_mail import read_sent, sent_lately
from boundary_plugins import (
    Gone,
    OutcomeUnknown,
    OutgoingResponse,
    ProviderError,
    SendReceipt,
    SentSearch,
    Services,
    Unavailable,
)

#: Until then a request whose answer was lost may still be at work within Gmail.
SETTLED_AFTER = timedelta(seconds=90)
ANSWERED = "Boundary/Answered"


class Sender:
    """Sends for one mailbox. `labels_answered` marks what was answered."""

    def __init__(self, gmail: Gmail, services: Services, *, labels_answered: bool) -> None:
        """Take the calls, and the folder for the attempts."""
        self._gmail, self._services = gmail, services
        self._name = services.name or "mailbox"
        self._attempts = Attempts(services.state_directory / "attempts")
        self._labels_answered = labels_answered
        self._label_id: str | None = None

    def send(self, response: OutgoingResponse, history_id: str | None) -> SendReceipt:
        """Send once. `history_id` is a place in the history before it, where one is known."""
        begun_at = self._services.now()
        thread_id = self._thread_of(response)
        attempt = Attempt(begun_at, history_id or self._gmail.profile()["historyId"])
        self._note(response.response_id, attempt)
        try:
            sent_id = self._gmail.send(response.content, thread_id)
        except OutcomeUnknown:
            raise
        except Gone:
            # The thread went meanwhile; nothing was sent, and without it the next attempt will be.
            self._forget(response.response_id)
            raise Unavailable(self._name, "the thread to answer in is gone") from None
        except ProviderError:
            self._forget(response.response_id)
            raise
        return self._sent(response, attempt, sent_id)

    def find(self, response_id: str) -> SentSearch:
        """Whether it was sent: by our own note, else by our header in what Gmail sent since.

        Lists lag behind in Gmail, its history does not; and what was never begun from here needs no proof
        but that Gmail's own list does not have it. Raises Unavailable while it is too early to tell.
        """
        attempt = self._attempt_of(response_id)
        if attempt is not None and attempt.sent_id:
            return SentSearch.FOUND
        since = None if attempt is None else attempt.history_id
        # What leaves while the history is read is not in it, so that the beginning of the search counts.
        asked_at = self._services.now()
        found, is_whole = self._looked_for(response_id, since)
        if found:
            return SentSearch.FOUND
        if not is_whole:
            return SentSearch.UNKNOWN
        if attempt is not None:
            self._settled(attempt, asked_at)
            self._forget(response_id)
        return SentSearch.ABSENT

    def _settled(self, attempt: Attempt, asked_at: datetime) -> None:
        """Raise Unavailable where a message could still leave when the search began."""
        settles_at = attempt.begun_at + SETTLED_AFTER
        if asked_at < settles_at:
            problem = "whether a response left will be known in a moment; until then none is sent"
            raise Unavailable(self._name, problem, retry_at=settles_at)

    def _looked_for(self, response_id: str, since: str | None) -> tuple[bool, bool]:
        """Whether it is among what was sent, and whether all that could hold it was looked through."""
        if since is not None:
            try:
                return response_id in self._response_ids(self._sent_since(since)), True
            except Gone:
                # The history does not reach back so far any more.
                pass
        sent, is_whole = sent_lately(self._gmail, self._services.now())
        return any(each.response_id == response_id for each in sent), is_whole

    def _sent_since(self, history_id: str) -> Iterable[str]:
        """The ids of what was sent since a place in the history. Raises Gone."""
        return dict.fromkeys(
            added["message"]["id"]
            for page in self._gmail.history(history_id)
            for change in page.get("history", ())
            for added in change.get("messagesAdded", ())
            if "SENT" in added["message"].get("labelIds", ())
        )

    def _response_ids(self, ids: Iterable[str]) -> set[str | None]:
        """Our response ids in these messages."""
        return {response_id_of(each) for each in read_sent(self._gmail, tuple(ids), (RESPONSE_FIELD,))}

    def _thread_of(self, response: OutgoingResponse) -> str | None:
        """The thread to answer in: Gmail takes a message into one only where it keeps the Subject."""
        fields = BytesHeaderParser(policy=policy.default).parsebytes(response.content)
        if not response.answers or not str(fields["Subject"] or "").startswith("Auto: "):
            return None
        (answered,) = self._gmail.headers((response.answers,), ("subject",))
        if isinstance(answered, Gone):
            return None
        if isinstance(answered, ProviderError):
            raise answered
        return str(answered["threadId"])

    def _sent(self, response: OutgoingResponse, attempt: Attempt, sent_id: str) -> SendReceipt:
        """What is known of what was sent. From here on nothing may fail, for it left."""
        notes = []
        try:
            self._attempts.confirm(response.response_id, attempt, sent_id)
        except OSError as error:
            notes.append(f"that it left could not be written down ({error.strerror})")
        back = self._read_back(sent_id)
        if back and parseaddr(field_of(back, "from"))[1].lower() != response.sender.lower():
            notes.append("Gmail put the account's own address in place of the one that was written to")
        if self._labels_answered and response.answers and not self._labelled(response.answers):
            notes.append(f"the label {ANSWERED} could not be put on the message")
        message_id = field_of(back, "message-id") or None
        return SendReceipt(sent_id, reverse_path_is_null=False, note="; ".join(notes), message_id=message_id)

    def _read_back(self, sent_id: str) -> Json:
        """What Gmail made of it: it writes a Message-ID of its own, and From an address that the account has."""
        try:
            (back,) = self._gmail.headers((sent_id,), ("from", "message-id"))
        except ProviderError as error:
            back = error
        if isinstance(back, ProviderError):
            self._services.log.warning("a response that left could not be read back", because=str(back))
            return {}
        found: Json = back
        return found

    def _labelled(self, message_id: str) -> bool:
        """Whether the answered message now has the label, which is made where it is not there."""
        try:
            if self._label_id is None:
                known = {name: label_id for label_id, name in self._gmail.labels().items()}
                self._label_id = known.get(ANSWERED) or self._gmail.create_label(ANSWERED)
            self._gmail.add_label(message_id, self._label_id)
        except ProviderError as error:
            # The label may have been deleted meanwhile.
            self._label_id = None
            self._services.log.warning("label not set", because=str(error))
            return False
        return True

    def _attempt_of(self, response_id: str) -> Attempt | None:
        """What was noted of a response. Raises Unavailable where the note cannot be read."""
        try:
            return self._attempts.of(response_id)
        except OSError as error:
            raise self._unreadable(error) from None

    def _note(self, response_id: str, attempt: Attempt) -> None:
        """Note that it is begun. Raises Unavailable: without the note nothing is sent."""
        try:
            self._attempts.note(response_id, attempt)
        except OSError as error:
            raise self._unreadable(error) from None

    def _forget(self, response_id: str) -> None:
        """Take the note back: it surely was not sent. Where that fails it is looked for once more."""
        with suppress(OSError):
            self._attempts.take_back(response_id)

    def _unreadable(self, error: OSError) -> Unavailable:
        """One sentence about the disk."""
        return Unavailable(self._name, f"its note of what was sent cannot be kept ({error.strerror})")
