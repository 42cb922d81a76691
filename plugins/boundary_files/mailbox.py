"""A mailbox over a Maildir, delivered to by any mail server or fetcher; responses go by SMTP submission."""

import threading
from datetime import UTC, datetime

from boundary_files.maildir import CLOCK_TICK, Maildir, NoMaildirError, Stamp
from boundary_files.settings import MaildirSettings
from boundary_plugins import (
    SENT_LOOKBACK,
    Changes,
    Condition,
    Examined,
    Gone,
    OutgoingResponse,
    SendingHost,
    SendReceipt,
    SentMessage,
    SentSearch,
    Services,
    SubjectMessage,
    Unavailable,
    read_message,
    read_sent,
)

# The header block and as much of a body as tells its structure; no message is read beyond it.
MOST_BYTES = 512 * 1024
MOST_HEADER_BYTES = 64 * 1024
# In seconds: how often the folders' own times are looked at while waiting.
LOOK_EVERY = 1.0
CURSOR = "maildir"


class MaildirMailbox:
    """The port `Mailbox` over one Maildir. It never moves, renames, flags or deletes anything."""

    def __init__(self, settings: MaildirSettings, services: Services) -> None:
        """Open nothing yet: a Maildir that is not there may come."""
        self._settings, self._services = settings, services
        self._name = services.name or "mailbox"
        self._inbox = Maildir(services.path(settings.path), self._set_aside)
        self._sent = Maildir(services.path(settings.sent), self._set_aside) if settings.sent else None
        self._seen: set[str] = set()
        self._seen_sent: set[str] = set()
        self._stamps: tuple[Stamp, ...] = ()
        self._woken = threading.Event()
        self._host = SendingHost(settings.smtp, self._name, secret=services.secret, path=services.path)

    def changes(self, cursor: str | None) -> Changes:
        """Every message this instance has not named before; all of them at first.

        There is no place in a Maildir to lose, so only a first look without a cursor is a gap. A message
        that vanished and came back is named again.
        """
        try:
            # The times come first: what changes while the names are read shows at the next look.
            self._stamps = tuple(maildir.stamp() for maildir in self._maildirs())
            there = self._inbox.identities()
            sent_there = self._sent.identities() if self._sent else set()
            received = sorted(there - self._seen, key=lambda one: (self._inbox.delivered_at(one), one))
            sent = self._sent_messages(sent_there - self._seen_sent)
        except NoMaildirError as error:
            raise Unavailable(self._name, str(error)) from None
        self._seen, self._seen_sent = there, sent_there
        return Changes(tuple(received), sent, CURSOR, gap=cursor is None)

    def fetch(self, provider_id: str) -> SubjectMessage:
        """The facts of one message, read from its beginning."""
        data, modified = self._read(self._inbox, provider_id, MOST_BYTES)
        return read_message(data, provider_id=provider_id, file_time=_instant(modified))

    def send(self, response: OutgoingResponse) -> SendReceipt:
        """Hand in by SMTP with the null reverse-path (RFC 3834, section 3.3)."""
        return self._host.send(response)

    def find_sent(self, response_id: str) -> SentSearch:  # noqa: ARG002
        """Nobody knows: an SMTP host cannot be asked, and responses are not filed."""
        return SentSearch.UNKNOWN

    def wait(self, seconds: float) -> None:
        """Look at the folders' own times once a second, which costs nothing that one could see."""
        waited = 0.0
        while waited < seconds and not self._may_have_changed():
            step = min(LOOK_EVERY, seconds - waited)
            if self._woken.wait(step):
                break
            waited += step
        self._woken.clear()

    def wake(self) -> None:
        """End a wait."""
        self._woken.set()

    def close(self) -> None:
        """Nothing stays open."""

    def examine(self) -> tuple[Examined, ...]:
        """The folders, by listing them, and the sending host, by greeting it."""
        sent = (
            Examined(
                "sent mail",
                Condition.LOOK,
                "your own mail is not seen, so a client you have just written to may get a response",
                'name the folder of your sent mail with the key "sent"',
            )
            if self._sent is None
            else _examined_folder("sent mail", self._sent)
        )
        return _examined_folder("Maildir", self._inbox), sent, self._host.examined()

    def _maildirs(self) -> tuple[Maildir, ...]:
        """The Maildirs that are looked at."""
        return (self._inbox,) if self._sent is None else (self._inbox, self._sent)

    def _may_have_changed(self) -> bool:
        """Whether names came or went since the last look, or could have within one tick of the clock."""
        try:
            now = tuple(maildir.stamp() for maildir in self._maildirs())
        except NoMaildirError:
            # While it is away there is nothing to notice; the caller's own rhythm tries again.
            return False
        if [stamp.times for stamp in now] != [stamp.times for stamp in self._stamps]:
            return True
        return any(
            before.is_too_fresh() and after.taken_at - before.taken_at > CLOCK_TICK
            for before, after in zip(self._stamps, now, strict=True)
        )

    def _sent_messages(self, identities: set[str]) -> tuple[SentMessage, ...]:
        """What the therapist (or this program's relay) filed, of the last 60 days, from old to new."""
        if self._sent is None:
            return ()
        oldest = self._services.now() - SENT_LOOKBACK
        found = []
        for identity in identities:
            if self._sent.delivered_at(identity) >= oldest.timestamp():
                message = self._sent_message(self._sent, identity)
                if message is not None and message.sent_at >= oldest:
                    found.append(message)
        return tuple(sorted(found, key=lambda message: (message.sent_at, message.provider_id)))

    def _sent_message(self, maildir: Maildir, identity: str) -> SentMessage | None:
        """To whom and when one sent message went; None where it vanished meanwhile."""
        try:
            data, modified = self._read(maildir, identity, MOST_HEADER_BYTES)
        except Gone:
            return None
        return read_sent(data, provider_id=identity, filed_at=_instant(modified))

    def _read(self, maildir: Maildir, identity: str, limit: int) -> tuple[bytes, float]:
        """The beginning of a message and its file's time."""
        try:
            return maildir.read(identity, limit)
        except FileNotFoundError:
            raise Gone(self._name, "the message is no longer in the Maildir") from None
        except NoMaildirError as error:
            raise Unavailable(self._name, str(error)) from None
        except OSError as error:
            raise Unavailable(self._name, f"a message cannot be read ({error.strerror})") from None

    def _set_aside(self, identity: str, reason: str) -> None:
        """Say that something in the Maildir is not read."""
        self._services.log.warning("set aside", mailbox=self._name, file=identity, reason=reason)


def _examined_folder(part: str, maildir: Maildir) -> Examined:
    """Whether a Maildir is there and can be listed, and whether something in it cannot be read."""
    try:
        count, aside = len(maildir.identities()), maildir.set_aside_count
    except NoMaildirError as error:
        remedy = "see that the folder is there and that this user may enter and read it"
        return Examined(part, Condition.BROKEN, str(error), remedy)
    found = f"{maildir.path} is there with {count} message{'s' * (count != 1)}"
    if aside:
        return Examined(
            part,
            Condition.LOOK,
            f"{found}, and {aside} that cannot be read",
            "see that this user may read every file in it",
        )
    return Examined(part, Condition.OK, found)


def _instant(seconds: float) -> datetime:
    """Seconds since 1970 as an aware instant in UTC."""
    return datetime.fromtimestamp(seconds, UTC)
