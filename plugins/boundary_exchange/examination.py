"""How a mailbox on Exchange stands, as `boundary doctor` tells it; everything is read, nothing is tried out."""

from datetime import datetime
from typing import Any

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.online import examined_place
from boundary_exchange.oof import DISABLED, read_replies
from boundary_exchange.problems import Trouble
from boundary_exchange.vocabulary import CALENDAR, DRAFTS, INBOX, SENT
from boundary_plugins import Condition, Examined, ProviderError

Xml = Any

_RIGHTS = "folder:EffectiveRights"


def examined_mailbox(connection: Connection, at: datetime) -> tuple[Examined, ...]:
    """Which plugin it needs, the sign-in, what may be done in it, and whether Exchange answers by itself."""
    try:
        folders = _folders(connection, (INBOX, DRAFTS, SENT))
        replies = connection.ask("GetUserOofSettings", payloads.get_replies(connection.settings.address))
    except (Trouble, ProviderError) as problem:
        return examined_place(connection.endpoint, at), _broken(connection, problem)
    place = examined_place(connection.endpoint, at)
    return place, _signed_in(connection), _may_send(folders), _examined_replies(replies[0])


def examined_calendar(connection: Connection, at: datetime, *, writes: bool) -> tuple[Examined, ...]:
    """Which plugin it needs, the sign-in, and whether it may be written to where that is wanted."""
    try:
        folders = _folders(connection, (CALENDAR,))
    except (Trouble, ProviderError) as problem:
        return examined_place(connection.endpoint, at), _broken(connection, problem)
    place = examined_place(connection.endpoint, at)
    if writes and not _may_create(folders[0]):
        remedy = "give the sign-in the right to write into this calendar (Editor)"
        found = "the sign-in may not write into it"
        return place, _signed_in(connection), Examined("calendar", Condition.BROKEN, found, remedy)
    return place, _signed_in(connection)


def _folders(connection: Connection, names: tuple[str, ...]) -> list[Xml]:
    """Some folders with what the sign-in may do in them. Raises Trouble, ProviderError."""
    request = payloads.get_folders(names, connection.settings.address, (_RIGHTS,))
    return [
        folder
        for message in connection.ask("GetFolder", request)
        for folder in parse.all_of(message, "m:Folders/*")
    ]


def _broken(connection: Connection, problem: Trouble | ProviderError) -> Examined:
    """What stands in the way."""
    error = connection.error(problem) if isinstance(problem, Trouble) else problem
    found = str(error).removeprefix(f"{connection.name}: ")
    return Examined(
        "server", Condition.BROKEN, found, "see server, sign_in and ca_file, and the plugin's own page"
    )


def _signed_in(connection: Connection) -> Examined:
    """That the server is there and takes the sign-in."""
    settings = connection.settings
    build = connection.account.version.build
    acts = "impersonates the owner" if settings.impersonates else "uses the mailbox"
    found = f"{connection.account.protocol.server} ({build}) took the sign-in, which {acts}"
    return Examined("server", Condition.OK, found)


def _may_create(folder: Xml) -> bool:
    """Whether the sign-in may put something into a folder; a server that does not say so lets it."""
    return parse.text(folder, "t:EffectiveRights/t:CreateContents") != "false"


def _may_send(folders: list[Xml]) -> Examined:
    """Whether drafts and sent messages can be kept, without which nothing is sent."""
    if all(map(_may_create, folders[1:])):
        return Examined("sending", Condition.OK, "drafts and sent messages can be kept in the mailbox")
    return Examined(
        "sending",
        Condition.BROKEN,
        "the sign-in may not write into Drafts and Sent Items",
        "ask an administrator for Full Access and Send As on this mailbox",
    )


def _examined_replies(message: Xml) -> Examined:
    """Whether Exchange itself answers, which together with this program would be two answers."""
    replies, part = read_replies(message), "automatic replies"
    if replies.state == DISABLED:
        return Examined(part, Condition.OK, "Exchange itself does not answer")
    if replies.is_of_ours():
        return Examined(part, Condition.OK, "Exchange itself answers as this program told it")
    return Examined(
        part,
        Condition.LOOK,
        "somebody switched automatic replies on in Outlook, so a client may get two answers",
        "switch them off there, or let this program do it with a publisher of the kind exchange-replies",
    )
