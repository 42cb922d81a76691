"""One message at a time: facts, decision, record, in one transaction; none is lost and none stops the loop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from time import monotonic

from boundary_plugins.codecs.mime import arrival_instant
from boundary_plugins.core.address import canonical, domain_of
from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.circumstances import Reason
from boundary_plugins.core.decision import Appraisal, Decision, conclude
from boundary_plugins.core.fees.meter import MINUTE
from boundary_plugins.core.history import NOT_WATCHED
from boundary_plugins.core.message import SubjectMessage, message_id_of, subject_of
from boundary_plugins.core.policy import Audience
from boundary_plugins.daemon.judging import Judge, correspondent
from boundary_plugins.daemon.notices import LOOK, Notices, in_words
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.errors import BoundaryError, Gone, PluginError, ProviderError, StoreError
from boundary_plugins.host.calls import describe
from boundary_plugins.host.services import Log
from boundary_plugins.ports import Changes, SentMessage
from boundary_plugins.store.clients import ClientDirectory
from boundary_plugins.store.records import Intent, MessageRecord, MessageState, Recorded, Sender
from boundary_plugins.store.repository import Store, Transaction

#: How often a message that a plugin cannot read is tried before it is set aside.
TRIES = 3

_GONE = Reason("gone", True, "it was removed from the mailbox before it could be read", "RFC 3834, section 2")
_UNREADABLE = Reason("unreadable", True, "it could not be read again and again", "promise: nothing lost")
_FAILED = Reason("failed", True, "the program failed on it, which is a bug", "promise: nothing lost")


#: So many messages are read ahead at most, and for so long (in seconds): a crisis among them does not wait.
AHEAD, AHEAD_SECONDS = 16, 0.02


@dataclass(frozen=True, slots=True)
class _Appraised:
    """A message that waits for its decision, by the clients of one version of the directory."""

    message: SubjectMessage
    appraisal: Appraisal
    sender: Sender
    directory_version: int


@dataclass(frozen=True, slots=True)
class _Failed:
    """A message that could not be appraised."""

    message: SubjectMessage
    error: Exception


_Read = _Appraised | _Failed | ProviderError | PluginError | None


@dataclass(slots=True)
class Inbox:
    """What comes into one mailbox; every method belongs to the mailbox's own thread."""

    mailbox: ServedMailbox
    store: Store
    judge: Callable[[], Judge]
    notices: Notices
    log: Log
    now: Callable[[], datetime]
    hold: timedelta
    zone: str
    #: Whether the provider answers, by itself, what arrives at an instant.
    responder_answers: Callable[[datetime], bool] = lambda _: False
    #: Whether the daemon was told to stop: then what waits is left for the next start.
    stopping: Callable[[], bool] = lambda: False
    # A provider names what came once; it waits here until it is on record, whatever fails meanwhile.
    _received: list[str] = field(default_factory=list)
    _sent: list[SentMessage] = field(default_factory=list)
    _marks: dict[str, int] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)
    _warned: set[str] = field(default_factory=set)
    _failures: dict[str, int] = field(default_factory=dict)
    _judged: list[tuple[Decision, Recorded, bool]] = field(default_factory=list)
    #: Whether the latest look came so far that the therapist's own mail is on record.
    knows_sent: bool = field(default=False, init=False)

    def look(self, *, as_history: bool = False) -> None:
        """Read what came, and record a decision on each message. Raises ProviderError, StoreError.

        What is there at the first look, after a gap, or with `as_history` (a restored backup) is history.
        The cursor moves on only after everything before it is on record.
        """
        self.knows_sent = False
        before = self.store.cursor(self.mailbox.name)
        changes = self.mailbox.port.changes(before)
        self._received += changes.received
        self._sent += changes.sent
        self._marks.update((mark.provider_id, mark.minutes) for mark in changes.time_marks)
        unseen = self.store.unseen(self.mailbox.name, self._received)
        known = set(self._waiting)
        self._waiting += [each for each in unseen if each not in known]
        self._received.clear()
        self._record_sent()
        self.knows_sent = True
        if before is None or changes.gap or as_history:
            self._take_as_history(first=before is None)
        else:
            self._take_waiting()
        self._record_marks()
        if not self._waiting:
            self._move_cursor(before, changes)

    def _take_waiting(self) -> None:
        """Judge what waits. What cannot be read now goes to the end, so that it holds up nothing else.

        Raises the first ProviderError at the end; a provider that only fails is not asked for each message.
        """
        first: ProviderError | PluginError | None = None
        unread: list[str] = []
        left, some_were_read = len(self._waiting), False
        while left and not self.stopping() and (some_were_read or len(unread) < TRIES):
            ahead = self._read_ahead(self._waiting[: min(left, AHEAD)])
            try:
                for provider_id, found in ahead:
                    left -= 1
                    if isinstance(found, ProviderError | PluginError):
                        first = first or found
                        unread.append(provider_id)
                        self._waiting.append(self._waiting.pop(0))
                        continue
                    some_were_read = True
                    self._take(provider_id, found)
                    del self._waiting[0]
                    if self.stopping():
                        break
            except StoreError:
                self._warn_of_crises(ahead)
                raise
            finally:
                # Said once a few are on record: it is done twice as fast for several at once.
                self._say_what_was_judged()
        if first is not None:
            self._give_up_on(unread, first, provider_is_well=some_were_read)
            raise first

    def _say_what_was_judged(self) -> None:
        """Say in the log what is on record since the last time."""
        judged, self._judged = self._judged, []
        for decision, recorded, may_answer in judged:
            self._say_judged(decision, recorded, may_answer=may_answer)

    def _read_ahead(self, provider_ids: Sequence[str]) -> list[tuple[str, _Read]]:
        """Read and appraise the next few, as many as take no time, before the first of them is decided.

        Each is decided in a transaction of its own; what needs no transaction is done twice as fast for
        several at once, because nothing is written in between. A provider that fails is not asked further.
        """
        ahead: list[tuple[str, _Read]] = []
        until = monotonic() + AHEAD_SECONDS
        for provider_id in provider_ids:
            found = self._read(provider_id)
            ahead.append((provider_id, found))
            if monotonic() > until or isinstance(found, BoundaryError):
                break
        return ahead

    def _read(self, provider_id: str) -> _Read:
        """What one message is, or why that is not known; None where it is gone."""
        try:
            message = self._with_trusted_arrival(self.mailbox.port.fetch(provider_id))
        except Gone:
            return None
        except (ProviderError, PluginError) as error:
            return error
        try:
            directory = self.store.known_directory()
        except StoreError as error:
            # Told when its turn comes, with a word about a crisis.
            return _Failed(message, error)
        return self._appraised(message, directory)

    def _appraised(self, message: SubjectMessage, directory: ClientDirectory) -> _Appraised | _Failed:
        """The message as it is by this directory; hours may have to be read from a calendar meanwhile."""
        judge = self.judge()
        try:
            who = correspondent(message, directory.client_at, judge.policy)
            appraisal = judge.appraise(message, who.client, self.now())
        except Exception as error:
            return _Failed(message, error)
        plain = canonical(who.address) if who.address else None
        sender = self._sender(who.client.id if who.client else None, plain)
        return _Appraised(message, appraisal, sender, directory.version)

    def _give_up_on(
        self, unread: Sequence[str], error: ProviderError | PluginError, *, provider_is_well: bool
    ) -> None:
        """Set aside what failed often enough while others were read, or made the plugin itself fail."""
        if not (provider_is_well or isinstance(error, PluginError)):
            return
        for provider_id in unread:
            self._failures[provider_id] = self._failures.get(provider_id, 0) + 1
            if self._failures[provider_id] >= TRIES:
                self.log.error(str(error))
                self._set_aside(provider_id, _UNREADABLE, tell=True)
                self._waiting.remove(provider_id)
                del self._failures[provider_id]

    def _move_cursor(self, before: str | None, changes: Changes) -> None:
        """Remember how far the mailbox was read, where that changed."""
        if changes.cursor != before:
            with self.store.transaction(self.now(), check_clock=False) as transaction:
                transaction.set_cursor(self.mailbox.name, changes.cursor)

    def _take_as_history(self, *, first: bool) -> None:
        """Put what waits on record without a decision; after a gap, tell."""
        number, at = len(self._waiting), self.now()
        with self.store.transaction(at, check_clock=False) as transaction:
            transaction.mark_history(self.mailbox.name, self._waiting, at)
            if number and not first:
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}{self.mailbox.title}: gap since {in_words(at, self.zone)}",
                    f"{self.mailbox.title}: {number} messages came while the program could not follow. "
                    "They were not judged or answered; please look through them yourself.",
                    at,
                )
        self._waiting.clear()
        if first:
            self.log.info(
                "first look: mail that is already there is history; please read it yourself",
                mailbox=self.mailbox.name,
                messages=number,
            )

    def _record_sent(self) -> None:
        """Record whom the therapist wrote to; our own responses do not count."""
        own = [message for message in self._sent if message.response_id is None]
        if own:
            self._record_own(own)
        self._sent.clear()

    def _record_own(self, own: Sequence[SentMessage]) -> None:
        """Record the therapist's own messages in one transaction."""
        # Hours may have to be read from a calendar: nobody else waits for the store meanwhile.
        hours = self.judge().hours_around(self.now())
        with self.store.transaction(self.now(), check_clock=False) as transaction:
            for message in own:
                recipients = [sender for sender in map(self._sender_at, message.recipients) if sender]
                transaction.record_sent(
                    self.mailbox.name,
                    message.provider_id,
                    message.sent_at,
                    recipients,
                    out_of_boundary=self._was_closed(hours, message.sent_at),
                )

    def _record_marks(self) -> None:
        """Record the time that messages are marked with; what still waits to be judged keeps its mark."""
        waiting = set(self._waiting)
        marks = {each: minutes for each, minutes in self._marks.items() if each not in waiting}
        if not marks:
            return
        with self.store.transaction(at := self.now(), check_clock=False) as transaction:
            changed = [
                each
                for each, minutes in marks.items()
                if transaction.set_marked_time(self.mailbox.name, each, minutes * MINUTE, at)
            ]
        for each in marks:
            del self._marks[each]
        for each in changed:
            self.log.info(
                "time of a mark recorded", mailbox=self.mailbox.name, message=each, minutes=marks[each]
            )

    def _was_closed(self, hours: ContactHours, sent_at: datetime) -> bool | None:
        """Whether contact hours were closed then; None where nobody can tell: years ago, or still to come."""
        if sent_at > self.now() or sent_at not in hours.covered:
            return None
        return not hours.is_available(sent_at)

    def _sender_at(self, address: str) -> Sender | None:
        """Who is at an address; strangers count only where strangers are answered."""
        plain = canonical(address)
        found = self.store.directory().find(plain)
        everyone = self.judge().policy.audience is Audience.EVERYONE
        return self._sender(found[0].id if found else None, plain) if found or everyone else None

    @staticmethod
    def _sender(client_id: str | None, address: str | None) -> Sender:
        """The value the store matches by."""
        return Sender(client_id, address, domain_of(address) if address else None)

    def _take(self, provider_id: str, read: _Appraised | _Failed | None) -> None:
        """Decide one message and record what was decided. Raises StoreError."""
        if read is None:
            self._set_aside(provider_id, _GONE)
        elif isinstance(read, _Failed):
            self._tell_failure(read)
        else:
            self._decide_and_record(read)

    def _tell_failure(self, failed: _Failed) -> None:
        """What the program itself stumbled over is set aside; what it knows by name is the caller's."""
        if isinstance(failed.error, BoundaryError):
            raise failed.error
        self._failed_on(failed.message, failed.error)

    def _warn_of_crises(self, ahead: Sequence[tuple[str, _Read]]) -> None:
        """Tell of each crisis among what still waits in the log at once, while the store is not there to take it."""
        detects = self.judge().classification.crisis.found_in
        for provider_id, found in ahead:
            if not isinstance(found, _Appraised | _Failed) or provider_id not in self._waiting[:AHEAD]:
                continue
            if provider_id not in self._warned and detects(subject_of(found.message)):
                self._warned.add(provider_id)
                self._say_crisis(provider_id)

    def _say_crisis(self, place: str) -> None:
        """Say in the log which message sounds like a crisis."""
        told = "a message sounds like a crisis; please read it now"
        self.log.warning(told, mailbox=self.mailbox.name, message=place)

    def _with_trusted_arrival(self, message: SubjectMessage) -> SubjectMessage:
        """The message with the arrival that the configured Received field tells."""
        hop = self.mailbox.trusted_received_hop
        if hop == 0 or message.headers is None:
            return message
        return replace(
            message, arrived_at=arrival_instant(message.headers, trusted_hop=hop, fallback=message.arrived_at)
        )

    def _decide_and_record(self, appraised: _Appraised) -> None:
        """Decide by the clients as they are; whether somebody edited them is asked in the transaction."""
        found: _Appraised | _Failed = appraised
        while isinstance(found, _Appraised) and not self._decided(found):
            found = self._appraised(found.message, self.store.directory())
        if isinstance(found, _Failed):
            self._tell_failure(found)

    def _decided(self, appraised: _Appraised) -> bool:
        """The one transaction of the main job: history, decision, contact, reasons, intent.

        False, and nothing done, where the directory is no longer the one in force.
        """
        message, sender = appraised.message, appraised.sender
        failure: Exception | None = None
        recorded: Recorded | None = None
        at = self.now()
        with self.store.transaction(at, lock=sender.lock) as transaction:
            mode, version = transaction.standing()
            if version != appraised.directory_version:
                return False
            may_answer = mode.may_answer(message.arrived_at)
            history_of = transaction.history if may_answer else transaction.history_watching
            mail = None if self.mailbox.watches_sent else NOT_WATCHED
            history = history_of(
                self.mailbox.name,
                sender,
                at,
                therapist_mail=mail,
                provider_responder_has_window=self.responder_answers(min(message.arrived_at, at)),
            )
            try:
                decision = conclude(appraised.appraisal, history, at)
            except Exception as error:
                failure = error
            else:
                recorded = self._record(transaction, message, sender, decision, at, may_answer=may_answer)
        if failure is not None:
            self._failed_on(message, failure)
        elif recorded is not None:
            self._judged.append((decision, recorded, may_answer))
        return True

    def _failed_on(self, message: SubjectMessage, error: Exception) -> None:
        """Set a message aside that the program itself stumbled over, so that it stops nothing else."""
        self.log.error("a message could not be judged, which is a bug", error=describe(error))
        self._set_aside(message.provider_id, _FAILED, tell=True)

    def _record(
        self,
        transaction: Transaction,
        message: SubjectMessage,
        sender: Sender,
        decision: Decision,
        at: datetime,
        *,
        may_answer: bool,
    ) -> Recorded:
        """Put the decision on record, and tell of a crisis in the same transaction."""
        record = MessageRecord(
            mailbox=self.mailbox.name,
            provider_id=message.provider_id,
            message_id=message_id_of(message),
            arrived_at=message.arrived_at,
            decided_at=at,
            reason=decision.reason,
            reasons=decision.reasons,
            would_respond=decision.respond,
        )
        intent = self._intent(decision, sender, at) if may_answer else None
        recorded = transaction.record_decision(record, sender, decision.contact, intent)
        if recorded.new and decision.crisis:
            who = f"client {sender.client_id}" if sender.client_id else "somebody not on file"
            place = f"contact {recorded.contact_number}" if recorded.contact_number else message.provider_id
            transaction.raise_notice(
                f"{LOOK}{self.mailbox.title}: crisis, {place}",
                f"{self.mailbox.title}: a message from {who}, which came on "
                f"{in_words(message.arrived_at, self.zone)}, sounds like a crisis ({place}). Please read it now.",
                at,
            )
            self._say_crisis(place)
        return recorded

    def _say_judged(self, decision: Decision, recorded: Recorded, *, may_answer: bool) -> None:
        """Say in the log what is now on record."""
        self.log.info(
            "message judged",
            mailbox=self.mailbox.name,
            respond=decision.respond if may_answer else "no, only watching" if decision.respond else False,
            reason=decision.reason,
            contact=recorded.contact_number,
        )

    def _intent(self, decision: Decision, sender: Sender, at: datetime) -> Intent | None:
        """The response to record, None where the decision has none."""
        response = decision.response
        if response is None or decision.not_after is None:
            return None
        on_file = self.store.known_directory().find(canonical(response.to)) if sender.client_id else None
        everyone = self.judge().policy.audience is Audience.EVERYONE
        return Intent(
            response_id=response.response_id,
            client_id=sender.client_id,
            address_id=None if everyone or on_file is None else on_file[1],
            own_address=response.sender,
            subject_form=response.subject_form,
            in_reply_to=response.in_reply_to,
            references=response.references,
            facts=response.facts,
            crisis=decision.crisis,
            window_start=decision.window.interval.start,
            window_end=decision.window.interval.end,
            not_before=at + self.hold,
            not_after=decision.not_after,
        )

    def _set_aside(self, provider_id: str, reason: Reason, *, tell: bool = False) -> None:
        """Put a message on record that cannot be judged, with a reason that a person can read."""
        at = self.now()
        record = MessageRecord(
            mailbox=self.mailbox.name,
            provider_id=provider_id,
            message_id=None,
            arrived_at=None,
            decided_at=at,
            reason=reason.rule,
            reasons=(reason,),
            would_respond=False,
            state=MessageState.SET_ASIDE,
        )
        with self.store.transaction(at, check_clock=False) as transaction:
            transaction.record_decision(record, Sender(), None, None)
            if tell:
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}{self.mailbox.title}: set aside {provider_id}",
                    f"{self.mailbox.title}: one message was set aside, because {reason.because}. "
                    "Please read it yourself; `boundary why` names it by its id in the mailbox.",
                    at,
                )
