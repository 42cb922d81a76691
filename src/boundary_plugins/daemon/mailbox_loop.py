"""The thread of one mailbox: look, settle, send, wait; level-triggered, so that any pass may be the first."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from boundary_plugins.daemon.inbox import Inbox
from boundary_plugins.daemon.notices import Notices, in_words, sentence
from boundary_plugins.daemon.outbox import Outbox
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.restoring import Restoration
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.errors import ClockWentBack, PluginError, ProviderError, StoreError
from boundary_plugins.host.calls import describe
from boundary_plugins.host.services import Log
from boundary_plugins.store.repository import Store

#: A sleep is never longer, so that a clock that is set or a machine that slept is noticed.
LONGEST_SLEEP = 60.0
#: After something failed, in seconds; a full disk or a lost network is not mended in less.
_AWAY_WAIT = 5.0
#: In seconds: a pass that failed is at least so long ago when the next begins, whatever the mailbox has to tell.
_LEAST_WAIT = 1.0
_AWAY = (ProviderError, PluginError)


@dataclass(slots=True)
class MailboxLoop:
    """Serves one mailbox until `stop` is set. `holder` names this daemon in the mailbox's lease."""

    inbox: Inbox
    outbox: Outbox
    store: Store
    timetable: Timetable
    health: ProviderHealth
    notices: Notices
    restoration: Restoration
    now: Callable[[], datetime]
    stop: threading.Event
    poll: timedelta
    lease: timedelta
    holder: str
    log: Log
    zone: str
    #: Whether a pass is under way: then the lease must not run out.
    is_in_pass: bool = field(default=False, init=False)
    _failed: bool = field(default=False)

    @property
    def name(self) -> str:
        """The mailbox's name."""
        return self.inbox.mailbox.name

    def run(self) -> None:
        """Pass after pass, until asked to stop; what was begun is finished first."""
        while not self.stop.is_set():
            self.one_pass()
            if not self.stop.is_set():
                self._wait()
        self.let_go()

    def one_pass(self, *, ignore_hold: bool = False) -> bool:
        """Do everything that can be done now; whether all of it worked. Nothing escapes but bugs."""
        self.is_in_pass = True
        try:
            worked = self._served() and self._pass(ignore_hold)
            self.notices.write()
        except ClockWentBack as error:
            self.notices.raise_("clock", self._clock_text(error))
            worked = False
        except StoreError as error:
            self.notices.raise_("store", f"{sentence(error)} It is tried again until it works.")
            worked = False
        except Exception as error:
            # A dead thread would be a deaf daemon; so it goes on, and says so.
            self.notices.raise_(
                f"{self.inbox.mailbox.title}: bug",
                f"{self.inbox.mailbox.title}: the program failed, which is a bug ({describe(error)}). "
                "It is tried again until it works.",
            )
            worked = False
        else:
            for trouble in ("clock", "store", f"{self.inbox.mailbox.title}: bug"):
                self.notices.clear(trouble)
        finally:
            self.is_in_pass = False
        self._failed = not worked
        return worked

    def _clock_text(self, error: ClockWentBack) -> str:
        """What the therapist should know of a clock that went back."""
        last = f" ({in_words(error.last, self.zone)})" if error.last else ""
        return (
            f"The clock went back: it shows an earlier time than the last thing on record{last}. Nothing is "
            "judged or sent until it is right. If it is right now, say so: boundary status --seen"
        )

    def _served(self) -> bool:
        """Whether the mailbox is ours: its lease taken or renewed."""
        at = self.now()
        with self.store.transaction(at) as transaction:
            ours = transaction.acquire_lease(self.name, self.holder, at, self.lease.total_seconds())
        key = f"{self.inbox.mailbox.title}: served elsewhere"
        if ours:
            self.notices.clear(key)
        else:
            self.notices.raise_(
                key, f"{self.inbox.mailbox.title} is served by another daemon; this one waits."
            )
        return ours

    def _pass(self, ignore_hold: bool) -> bool:
        """Read first, then send: the therapist may have answered meanwhile."""
        title = self.inbox.mailbox.title
        restored = self.restoration.is_pending(self.name)
        try:
            self.timetable.refresh(calendars=False)
            self.inbox.look(as_history=restored)
            if restored:
                self.outbox.settle_after_restore()
                self.restoration.done(self.name, self.now())
        except _AWAY as error:
            self.health.failed(title, error)
            if self.inbox.knows_sent:
                # A message that cannot be read now holds up no response that was decided before.
                self._send(ignore_hold)
            return False
        self.health.well(title)
        return self._send(ignore_hold)

    def _send(self, ignore_hold: bool) -> bool:
        """Send what is due; sending has a health of its own, for mail may come in while none goes out."""
        sending = f"sending from {self.name}"
        if self.restoration.any_pending() or self.stop.is_set():
            return True
        try:
            self.outbox.settle_open_attempts()
            sent = self.outbox.send_due(ignore_hold=ignore_hold)
        except _AWAY as error:
            self.health.failed(sending, error)
            return False
        if sent:
            self.health.well(sending)
        return True

    def _wait(self) -> None:
        """Wait for mail, or until the next response is due; a provider that fails is not asked too often."""
        seconds = self.seconds_until_next()
        # What a failed pass did not take in is still news, with which a wait for mail ends at once.
        if self._failed and self.stop.wait(min(seconds, _LEAST_WAIT)):
            return
        try:
            self.inbox.mailbox.port.wait(seconds)
        except _AWAY:
            # The next pass will tell of it.
            self.stop.wait(min(self.poll.total_seconds(), _AWAY_WAIT))

    def seconds_until_next(self) -> float:
        """How long there is nothing to do, in seconds."""
        longest = min(self.poll.total_seconds(), LONGEST_SLEEP)
        patience = min(longest, _AWAY_WAIT)
        try:
            due_at = self.store.next_due_at(self.name)
        except StoreError:
            return patience
        if due_at is None:
            return patience if self._failed else longest
        ahead = (due_at - self.now()).total_seconds()
        # What is due and did not go just now needs patience, not another pass at once.
        return patience if self._failed or ahead <= 0 else min(ahead, longest)

    def let_go(self) -> None:
        """Give the lease back, so that another daemon need not wait for it."""
        try:
            with self.store.transaction(self.now(), check_clock=False) as transaction:
                transaction.release_lease(self.name, self.holder)
        except StoreError as error:
            self.notices.raise_("store", str(error))
