"""The whole daemon: a thread for each mailbox, one for hours and publishing; it drains when told to stop."""

import gc
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from boundary_plugins.daemon.assembly import Assembly
from boundary_plugins.daemon.billing import Billing
from boundary_plugins.daemon.forgetting import forget_when_due
from boundary_plugins.daemon.lease_keeping import leases_kept
from boundary_plugins.daemon.mailbox_loop import LONGEST_SLEEP, MailboxLoop
from boundary_plugins.daemon.notices import sentence
from boundary_plugins.daemon.publishing import Publishing
from boundary_plugins.daemon.signals import Request, Requests
from boundary_plugins.errors import BoundaryError, StoreError
from boundary_plugins.host.calls import describe
from boundary_plugins.store.file_lock import locked_file

Assemble = Callable[[], Assembly]
#: In seconds: so often it is looked whether what was begun before a reload has come back.
_COME_BACK = 0.5


def run_until_stopped(assembly: Assembly, assemble: Assemble, requests: Requests) -> bool:
    """Serve until a request to stop; a request to reload assembles everything anew. Whether it drained.

    A configuration that does not load is told, and the old one stays in force.
    """
    leave_what_is_loaded()
    before: _Running | None = None
    while True:
        with _served_alone(assembly):
            running = _Running(assembly, before)
            running.start()
            following = _await_request(assembly, assemble, requests)
            drained = running.stop(assembly.config.daemon.drain)
        if drained:
            # What hangs may still come back to its ports and to the store, so they are left to it.
            assembly.close()
        if following is None:
            return drained
        assembly, before = following, running if running.may_still_act() else None


def leave_what_is_loaded() -> None:
    """Let the collector of garbage look no more at what is loaded by now, which stays until the end anyway."""
    gc.collect()
    gc.freeze()


def run_once(assembly: Assembly) -> bool:
    """One pass over everything, without waiting for holds; whether all of it worked."""
    try:
        with _served_alone(assembly):
            worked = assembly.clients_kept_up().refresh()
            worked = _refresh(assembly, publishing := assembly.publishing(), calendars=True) and worked
            loops = assembly.mailbox_loops(threading.Event())
            with _leases_kept(assembly, loops):
                for loop in loops:
                    worked = loop.one_pass(ignore_hold=True) and worked
                    loop.let_go()
            worked = publishing.publish() and worked
            if assembly.billing is not None:
                worked = _billed(assembly, assembly.billing) and worked
    finally:
        assembly.close()
    return worked


def _billed(assembly: Assembly, billing: Billing) -> bool:
    """Keep proposals in step with what is on record, and do what the biller has to do; whether it worked."""
    try:
        worked = billing.work()
    except StoreError as error:
        assembly.notices.raise_("billing", f"{sentence(error)} It is tried again until it works.")
        return False
    except Exception as error:
        # As with the hours: what else there is to do goes on, and this is said.
        assembly.notices.raise_("billing", f"Billing failed, which is a bug ({describe(error)}).")
        return False
    assembly.notices.clear("billing")
    return worked


def _leases_kept(assembly: Assembly, loops: Sequence[MailboxLoop]) -> AbstractContextManager[None]:
    """Keep the leases of these loops."""
    lease = assembly.config.daemon.lease
    return leases_kept(loops, assembly.store, assembly.now, lease, assembly.log)


def _served_alone(assembly: Assembly) -> ExitStack:
    """Hold a lock for each mailbox. Raises StoreError naming the process that has it."""
    stack = ExitStack()
    try:
        for mailbox in assembly.mailboxes:
            lock = assembly.state_directory / f"{mailbox.name}.lock"
            stack.enter_context(locked_file(lock, what=mailbox.title))
    except BaseException:
        stack.close()
        raise
    return stack


def _await_request(assembly: Assembly, assemble: Assemble, requests: Requests) -> Assembly | None:
    """Wait for a request; the assembly to go on with, None to stop."""
    while True:
        request = requests.next(LONGEST_SLEEP)
        if request is Request.STOP:
            assembly.log.info("asked to stop; finishing what was begun")
            return None
        if request is Request.RELOAD:
            try:
                following = assemble()
            except BoundaryError as error:
                assembly.notices.raise_("configuration", f"The configuration was not reloaded: {error}")
                continue
            except Exception as error:
                # What a reload stumbles over must not end what runs well.
                problem = f"The configuration was not reloaded, which is a bug ({describe(error)})."
                assembly.notices.raise_("configuration", problem)
                continue
            assembly.notices.clear("configuration")
            assembly.log.info("configuration reloaded")
            return following


class _Running:
    """The threads of one assembly."""

    def __init__(self, assembly: Assembly, before: "_Running | None" = None) -> None:
        """Prepare; `start` begins. `before` is what ran until the configuration was reloaded."""
        self._assembly, self._before = assembly, before
        self._leases = ExitStack()
        self._stop = threading.Event()
        self._loops: Sequence[MailboxLoop] = assembly.mailbox_loops(self._stop)
        self._threads = [
            threading.Thread(target=partial(self._serve, loop), name=_thread_of(loop.name), daemon=True)
            for loop in self._loops
        ]
        self._threads.append(threading.Thread(target=self._keep_hours, name="hours", daemon=True))
        self._clients = assembly.clients_kept_up()
        self._publishing = assembly.publishing()
        if assembly.client_directories:
            self._threads.append(threading.Thread(target=self._keep_clients, name="clients", daemon=True))
        if assembly.billing is not None:
            keep = partial(self._keep_billing, assembly.billing)
            self._threads.append(threading.Thread(target=keep, name="billing", daemon=True))

    def _has_responders(self) -> bool:
        """Whether the provider of some mailbox answers by itself."""
        return any(publisher.answers_for is not None for publisher in self._assembly.publishers)

    def start(self) -> None:
        """Read clients and hours once, so that the first decision has them, and begin."""
        self._clients.refresh()
        # Whether a provider answers by itself must be known before the first message is judged.
        _refresh(self._assembly, self._publishing if self._has_responders() else None, calendars=True)
        self._leases.enter_context(_leases_kept(self._assembly, self._loops))
        for thread in self._threads:
            thread.start()
        self._assembly.log.info(
            "ready",
            mailboxes=", ".join(mailbox.name for mailbox in self._assembly.mailboxes) or "none",
            mode=self._assembly.store.mode().mode.value,
        )

    def stop(self, within: timedelta) -> bool:
        """Wake everything and wait until it has finished; whether it did in time."""
        deadline = monotonic() + within.total_seconds()
        self._stop.set()
        for mailbox in self._assembly.mailboxes:
            # A plugin that hangs in its wake keeps no other from waking.
            threading.Thread(target=mailbox.port.wake, name=f"wake-{mailbox.name}", daemon=True).start()
        for thread in self._threads:
            thread.join(max(deadline - monotonic(), 0))
        hanging = [thread.name for thread in self._threads if thread.is_alive()]
        if hanging:
            self._assembly.log.error("did not finish in time", threads=", ".join(hanging))
        else:
            self._leases.close()
        return not hanging

    def _serve(self, loop: MailboxLoop) -> None:
        """Serve one mailbox, once what served it before has come back.

        Until then a response may still be on its way, and whoever asked the provider about it would hear
        that it was not sent.
        """
        notices, key = self._assembly.notices, f"{loop.inbox.mailbox.title}: still busy"
        while self._before is not None and not self._before.has_let_go(loop.name):
            notices.raise_(
                key,
                f"{loop.inbox.mailbox.title} is still busy with what was begun before the configuration was "
                "reloaded; it is served again once that has come back. To wait no longer, end the program "
                "and start it again.",
            )
            if self._stop.wait(_COME_BACK):
                return
        notices.clear(key)
        loop.run()

    def may_still_act(self) -> bool:
        """Whether something of these threads, or of those before them, still has a mailbox in hand."""
        return not all(self.has_let_go(mailbox.name) for mailbox in self._assembly.mailboxes)

    def has_let_go(self, mailbox: str) -> bool:
        """Whether nothing of these threads can still act on a mailbox, also none that served it before them."""
        if self._before is not None and not self._before.has_let_go(mailbox):
            return False
        at_work = any(thread.is_alive() for thread in self._threads if thread.name == _thread_of(mailbox))
        ports = [served for served in self._assembly.mailboxes if served.name == mailbox]
        return not at_work and all(served.is_idle() for served in ports)

    def _keep_hours(self) -> None:
        """Notice one-off commands at each turn and calendars now and then, and publish."""
        every = self._assembly.config.daemon.calendar_poll
        calendars_read_at = self._assembly.now()
        forgotten_at: datetime | None = None
        while not self._stop.is_set():
            due = self._assembly.now() - calendars_read_at >= every
            if due:
                calendars_read_at = self._assembly.now()
            try:
                _refresh(self._assembly, self._publishing, calendars=due)
                forgotten_at = forget_when_due(self._assembly, forgotten_at)
            except Exception as error:
                # A dead thread would be a deaf daemon; so it goes on, and says so.
                self._assembly.notices.raise_(
                    "hours", f"The hours failed, which is a bug ({describe(error)})."
                )
            else:
                self._assembly.notices.clear("hours")
            self._stop.wait(min(every.total_seconds(), LONGEST_SLEEP))

    def _keep_billing(self, billing: Billing) -> None:
        """Bill now and then."""
        every = min(self._assembly.config.daemon.poll.total_seconds(), LONGEST_SLEEP)
        while True:
            _billed(self._assembly, billing)
            if self._stop.wait(every):
                return

    def _keep_clients(self) -> None:
        """Read the client directories again where they changed, and otherwise once an hour."""
        every = min(self._assembly.config.daemon.calendar_poll.total_seconds(), LONGEST_SLEEP)
        while not self._stop.wait(every):
            try:
                self._clients.refresh()
            except Exception as error:
                # As with the hours: it goes on, and says so.
                self._assembly.notices.raise_(
                    "clients",
                    f"The client directories failed, which is a bug ({describe(error)}).",
                )
            else:
                self._assembly.notices.clear("clients")


def _thread_of(mailbox: str) -> str:
    """The name of a mailbox's thread."""
    return f"mailbox-{mailbox}"


def _refresh(assembly: Assembly, publishing: Publishing | None, *, calendars: bool) -> bool:
    """Bring the hours up to date, and publish where that is asked; whether it worked."""
    try:
        assembly.timetable.refresh(calendars=calendars)
    except StoreError as error:
        assembly.notices.raise_("store", f"{sentence(error)} It is tried again until it works.")
        return False
    return publishing.publish() if publishing is not None else True
