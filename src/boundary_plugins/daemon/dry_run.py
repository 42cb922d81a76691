"""`run --dry-run`: judges what comes as the daemon would, and writes and sends nothing."""

from collections.abc import Callable

from boundary_plugins.core.address import canonical, domain_of
from boundary_plugins.core.decision import Decision
from boundary_plugins.core.history import NOT_WATCHED
from boundary_plugins.daemon.assembly import Assembly
from boundary_plugins.daemon.judging import correspondent
from boundary_plugins.daemon.mailbox_loop import LONGEST_SLEEP
from boundary_plugins.daemon.served import ServedMailbox
from boundary_plugins.daemon.signals import Request, Requests
from boundary_plugins.errors import Gone, PluginError, ProviderError
from boundary_plugins.store.records import Sender

Say = Callable[[str], object]


def dry_run(assembly: Assembly, requests: Requests, *, once: bool, say: Say) -> int:
    """Judge what is not on record yet, once or until told to stop; the exit code.

    In a store that has seen nothing, everything that lies in the mailbox is judged: that shows most.
    """
    assembly.timetable.refresh(calendars=True)
    seen: dict[str, set[str]] = {mailbox.name: set() for mailbox in assembly.mailboxes}
    worked = True
    poll = min(assembly.config.daemon.poll.total_seconds(), LONGEST_SLEEP)
    while True:
        for mailbox in assembly.mailboxes:
            worked = _look(assembly, mailbox, seen[mailbox.name], say) and worked
        if once or requests.next(poll) is Request.STOP:
            break
    assembly.close()
    return 0 if worked else 1


def _look(assembly: Assembly, mailbox: ServedMailbox, seen: set[str], say: Say) -> bool:
    """Judge what is new in one mailbox."""
    try:
        received = mailbox.port.changes(assembly.store.cursor(mailbox.name)).received
    except (ProviderError, PluginError) as error:
        say(str(error))
        return False
    new = [each for each in assembly.store.unseen(mailbox.name, received) if each not in seen]
    for provider_id in new:
        seen.add(provider_id)
        try:
            say(_line(mailbox, provider_id, _judged(assembly, mailbox, provider_id)))
        except Gone:
            continue
        except (ProviderError, PluginError) as error:
            say(str(error))
    return True


def _judged(assembly: Assembly, mailbox: ServedMailbox, provider_id: str) -> Decision:
    """What would be decided about a message, with the history that is on record."""
    message = mailbox.port.fetch(provider_id)
    directory = assembly.store.directory()
    who = correspondent(message, directory.client_at, assembly.judge.policy)
    plain = canonical(who.address) if who.address else None
    sender = Sender(who.client.id if who.client else None, plain, domain_of(plain) if plain else None)
    at = max(assembly.now(), message.arrived_at)
    history = assembly.store.history(
        mailbox.name, sender, at, therapist_mail=None if mailbox.watches_sent else NOT_WATCHED
    )
    return assembly.judge.decide(message, who.client, history, at)


def _line(mailbox: ServedMailbox, provider_id: str, decision: Decision) -> str:
    """What would be done, in one line without any content."""
    verb = "would answer" if decision.respond else "would not answer"
    client = decision.contact.client_id if decision.contact else None
    who = f"client {client}" if client else "nobody on file"
    told = "; would tell you of a crisis" if decision.crisis else ""
    return f"{mailbox.name}  {provider_id}  {who}: {verb} ({decision.reason}){told}"
