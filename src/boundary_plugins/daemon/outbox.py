"""Responses on their way: intent, *attempting*, act, done; an attempt without an end is settled by asking.

Nothing is sent twice: before a second act the provider is asked, and where it cannot tell (plain SMTP
has nobody to ask) the response is set aside for a person. Nothing is lost: what was surely not sent is
tried again until its window ends.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from boundary_plugins.core.headers import message_ids
from boundary_plugins.core.retry import next_attempt
from boundary_plugins.daemon.composing import Composer, NotComposable
from boundary_plugins.daemon.log import without_addresses
from boundary_plugins.daemon.notices import LOOK, Notices
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.errors import (
    NEVER_DONE,
    SURELY_NOT_DONE,
    OutcomeUnknown,
    PluginError,
    ProviderError,
    Unsupported,
)
from boundary_plugins.host.services import Log
from boundary_plugins.ports import OutgoingResponse, SendReceipt, SentSearch
from boundary_plugins.store.records import IntentRecord, IntentState
from boundary_plugins.store.repository import Store, Transaction

_NOBODY_CAN_TELL = (
    "it was being sent when the program or the connection stopped, and nobody can tell whether it was"
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The responses of one mailbox; every method belongs to the mailbox's own thread."""

    mailbox: ServedMailbox
    store: Store
    composer: Composer
    notices: Notices
    log: Log
    now: Callable[[], datetime]
    #: Whether the daemon was told to stop: then no further response is begun.
    stopping: Callable[[], bool] = lambda: False

    def settle_open_attempts(self) -> None:
        """Ask the provider about each attempt without an end. Raises ProviderError, StoreError."""
        for intent in self.store.open_attempts(self.mailbox.name):
            self._settle(intent)

    def settle_after_restore(self) -> None:
        """After a restored backup every response that waits may have been sent since: ask about each."""
        self.settle_open_attempts()
        for intent in self.store.intents(mailbox=self.mailbox.name, states=(IntentState.INTENDED,)):
            found = self._find_sent(intent)
            if found is SentSearch.FOUND:
                self._set_aside(intent, "it had been sent before the backup was put back", tell=False)
            elif found is SentSearch.UNKNOWN:
                self._set_aside(intent, "a backup was put back, and nobody can tell whether it had been sent")

    def send_due(self, *, ignore_hold: bool = False) -> int:
        """Send what is due; how many went. Call it after the Sent folder was read.

        Raises ProviderError where the provider is away (what is left stays due), StoreError.
        """
        at = self.now()
        with self.store.transaction(at=at) as transaction:
            outlived = transaction.drop_outlived(self.mailbox.name, at)
            superfluous = transaction.drop_answered_by_therapist(self.mailbox.name, at)
            self._tell_outlived(transaction, outlived, at)
        self._told_dropped(outlived, "its closed window is over")
        self._told_dropped(superfluous, "the therapist wrote first")
        sent, problem = 0, None
        for intent in self.store.due(self.mailbox.name, at, ignore_hold=ignore_hold):
            if self.stopping():
                break
            try:
                outgoing = self._composed(intent)
            except (ProviderError, PluginError) as error:
                # One message that cannot be read again holds up no other response.
                problem = problem or error
                continue
            sent += outgoing is not None and self._send(intent, outgoing, ignore_hold)
        if problem is not None:
            raise problem
        return sent

    def _tell_outlived(self, transaction: Transaction, intents: list[int], at: datetime) -> None:
        """Tell of what was tried in vain and will not be sent any more, as somebody got no answer."""
        for number in intents:
            intent = self.store.intent(number)
            if intent is not None and intent.attempts:
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}response {number} dropped",
                    f"A response to {_who(intent)} could not be sent before its closed window ended, so it "
                    "was dropped. Please look whether they need an answer.",
                    at,
                )

    def _told_dropped(self, intents: list[int], why: str) -> None:
        """Say in the log what will not be sent."""
        for number in intents:
            self.log.info("response dropped", response=number, because=why)

    def _composed(self, intent: IntentRecord) -> OutgoingResponse | None:
        """The message; None where none may go any more. Raises ProviderError to try again, StoreError."""
        try:
            return self.composer.compose(intent, self.mailbox)
        except NotComposable as problem:
            self._drop(intent, str(problem))
            return None

    def _send(self, intent: IntentRecord, outgoing: OutgoingResponse, ignore_hold: bool) -> bool:
        """Attempt one response; whether it went. Raises ProviderError where the provider is away, StoreError."""
        if not self.store.begin_attempt(intent.id, self.now(), ignore_hold=ignore_hold):
            return False
        try:
            receipt = self.mailbox.port.send(outgoing)
        except SURELY_NOT_DONE as error:
            self._try_again(intent, error)
            raise
        except NEVER_DONE as error:
            self._set_aside(intent, f"the provider refused it: {error}")
        except (OutcomeUnknown, ProviderError) as error:
            self.log.warning("response interrupted", response=intent.id, because=str(error))
            self._settle(intent)
        else:
            self._sent(intent, _note(receipt), _message_id(receipt))
            return True
        return False

    def _settle(self, intent: IntentRecord) -> None:
        """Ask the provider whether it was sent, and record what it says."""
        found = self._find_sent(intent)
        if found is SentSearch.FOUND:
            self._sent(intent, "the provider had it already")
        elif found is SentSearch.ABSENT:
            self._try_again(intent, None)
        else:
            self._set_aside(intent, _NOBODY_CAN_TELL)

    def _find_sent(self, intent: IntentRecord) -> SentSearch:
        """What the provider says. Raises ProviderError where it is away: ask again later."""
        try:
            found = self.mailbox.port.find_sent(intent.response_id)
        except Unsupported:
            return SentSearch.UNKNOWN
        return found

    def _sent(self, intent: IntentRecord, note: str, message_id: str | None = None) -> None:
        """Record that it was sent."""
        at = self.now()
        with self.store.transaction(at=at, check_clock=False) as transaction:
            transaction.finish_sent(intent.id, at, note, message_id)
        self.log.info("response sent", response=intent.id, client=intent.client_id or "not on file")

    def _try_again(self, intent: IntentRecord, error: ProviderError | None) -> None:
        """Record that it was surely not sent, and when it is tried again."""
        at = self.now()
        again = next_attempt(intent.attempts + 1, at, error.retry_at if error else None)
        with self.store.transaction(at=at, check_clock=False) as transaction:
            transaction.retry_at(intent.id, again, "the provider was away")

    def _drop(self, intent: IntentRecord, why: str) -> None:
        """Record that it will not be sent."""
        at = self.now()
        with self.store.transaction(at=at) as transaction:
            transaction.drop(intent.id, at, why)
        self._told_dropped([intent.id], why)

    def _set_aside(self, intent: IntentRecord, why: str, *, tell: bool = True) -> None:
        """Record that it will not be attempted again, and tell the person who must look."""
        # A provider's own words may hold an address, which is never stored.
        at, why = self.now(), without_addresses(why)
        with self.store.transaction(at=at, check_clock=False) as transaction:
            is_new = transaction.set_aside(intent.id, at, why)
            if is_new and tell:
                self.notices.raise_within(
                    transaction,
                    f"{LOOK}response {intent.id} set aside",
                    f"A response to {_who(intent)} was set aside: {why}. "
                    "It will not be tried again; please look.",
                    at,
                )


def _who(intent: IntentRecord) -> str:
    """Whom a response is for, without an address."""
    return f"client {intent.client_id}" if intent.client_id else "somebody not on file"


def _message_id(receipt: SendReceipt) -> str | None:
    """The Message-ID that it left with, where the provider says one: what is none is not kept."""
    found = message_ids(receipt.message_id) if isinstance(receipt.message_id, str) else ()
    return found[0] if found and found[0].isprintable() else None


def _note(receipt: SendReceipt) -> str:
    """What was odd about the sending, without an address."""
    note = without_addresses(receipt.note)
    if receipt.reverse_path_is_null:
        return note
    return "; ".join(filter(None, ("sent with the own address as reverse-path", note)))
