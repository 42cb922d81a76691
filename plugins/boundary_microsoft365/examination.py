"""How a mailbox, a calendar or a publisher of Microsoft 365 stands, as `boundary doctor` tells it."""

from collections.abc import Iterator

from boundary_microsoft365.client import Graph
from boundary_microsoft365.failures import NOT_ONLINE
from boundary_plugins import AuthorizationNeeded, Condition, Examined, ProviderError

_ONLINE = (
    "the mailbox is in Exchange Online, for which this plugin is the right one "
    '(the kind "exchange" is for an Exchange Server)'
)
_PERMITTED = "in the Entra admin center: App registrations, your application, API permissions"
_WITHOUT_NULL_PATH = (
    "responses leave with your own address as reverse-path, because Microsoft 365 knows no null one; "
    "a bounce of a response comes back to you and is not answered"
)


def examined_mailbox(graph: Graph) -> tuple[Examined, ...]:
    """The inbox and the sent messages, by asking for each."""
    return tuple(_mailbox_parts(graph))


def _mailbox_parts(graph: Graph) -> Iterator[Examined]:
    """The parts of a mailbox; where the first cannot be reached, it alone."""
    inbox = _asked(graph, "inbox", "/mailFolders/inbox", "Mail.Read")
    if inbox is not None:
        yield inbox
        return
    yield Examined("inbox", Condition.OK, _ONLINE)
    sent = _asked(graph, "sent mail", "/mailFolders/sentitems", "Mail.Read")
    yield sent or Examined("sent mail", Condition.OK, "it can be read, and searched for responses of ours")
    yield _sending(graph)


def _sending(graph: Graph) -> Examined:
    """Whether responses may be sent; none is, to try it."""
    try:
        lacking = graph.lacking()
    except ProviderError as error:
        return Examined("sending", Condition.BROKEN, _without_name(graph, error))
    if lacking:
        found = f"the application lacks {', '.join(sorted(lacking))}"
        return Examined("sending", Condition.BROKEN, found, f"an administrator must allow it, {_PERMITTED}")
    return Examined("sending", Condition.OK, "the sign-in covers it", details=(_WITHOUT_NULL_PATH,))


def examined_path(graph: Graph, part: str, path: str, permission: str) -> tuple[Examined, ...]:
    """One part, by asking for a path."""
    return (_asked(graph, part, path, permission) or Examined(part, Condition.OK, "it can be reached"),)


def _asked(graph: Graph, part: str, path: str, permission: str) -> Examined | None:
    """What is wrong with a path; None where nothing is."""
    try:
        graph.get(path)
    except AuthorizationNeeded as error:
        remedy = f"an administrator may have to allow {permission}, {_PERMITTED}"
        return Examined(part, Condition.BROKEN, _without_name(graph, error), remedy)
    except ProviderError as error:
        found = _without_name(graph, error)
        elsewhere = any(code in found for code in NOT_ONLINE)
        remedy = 'take the plugin "exchange" and its kind "exchange" for this mailbox' if elsewhere else ""
        return Examined(part, Condition.BROKEN, found, remedy)
    return None


def _without_name(graph: Graph, error: ProviderError) -> str:
    """What an error says, without whose it is."""
    return str(error).removeprefix(f"{graph.name}: ")
