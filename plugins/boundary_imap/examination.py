"""How a mailbox on an IMAP server stands, for `boundary doctor`: tried as in real use, and nothing changed."""

from boundary_imap.connection import Connection
from boundary_imap.link import Link
from boundary_imap.sent import SentFolder
from boundary_imap.settings import ImapSettings
from boundary_imap.trouble import NotTaken
from boundary_plugins import AuthorizationNeeded, Condition, Examined, ProviderError

#: What a server may offer, and what is missed without it.
_OFFERED = {
    "IDLE": "mail is noticed only at each poll",
    "CONDSTORE": "a time mark that is taken away while the program is off is not noticed",
    "SPECIAL-USE": "the folder of sent mail is found by its name",
    "UIDPLUS": "the copy of a response that could not be sent stays, marked as deleted",
    "QRESYNC": "",
}

#: Gmail offers this.
_FILES_ITSELF = "X-GM-EXT-1"


def examined(link: Link, sent: SentFolder, settings: ImapSettings, name: str) -> tuple[Examined, ...]:
    """The server, the inbox and the folder of sent mail."""
    try:
        return link.use(lambda connection: _parts(connection, sent, settings))
    except ProviderError as error:
        found = str(error).removeprefix(f"{name}: ")
        remedy = "see host, port, security and ca_file of this mailbox"
        if isinstance(error, AuthorizationNeeded):
            remedy = "see username, and put the password or token into its secret with `boundary secret set`"
        return (Examined("IMAP server", Condition.BROKEN, found, remedy),)


def _parts(connection: Connection, sent: SentFolder, settings: ImapSettings) -> tuple[Examined, ...]:
    """Each part."""
    return _server(connection, settings), _inbox(connection, settings), _sent(connection, sent, settings)


def _server(connection: Connection, settings: ImapSettings) -> Examined:
    """That it greeted, and what it offers."""
    there = [each for each in _OFFERED if each in connection.capabilities]
    missing = [f"without {each}: {why}" for each, why in _OFFERED.items() if why and each not in there]
    offers = f" and offers {', '.join(there)}" if there else ""
    return Examined(
        "IMAP server",
        Condition.OK,
        f"{settings.host}, port {settings.any_port}, took the sign-in{offers}",
        details=tuple(missing),
    )


def _inbox(connection: Connection, settings: ImapSettings) -> Examined:
    """That it can be opened, and whether a message can be marked as answered."""
    try:
        count = connection.select(settings.inbox).exists
        rights = connection.rights(settings.inbox)
    except NotTaken as error:
        found = f"the folder {settings.inbox} cannot be opened ({error.code or 'NO'})"
        return Examined("inbox", Condition.BROKEN, found, "name the folder with the key inbox")
    found = f"{settings.inbox} holds {count} message{'s' * (count != 1)}"
    if settings.mark_answered and rights is not None and "w" not in rights:
        remedy = 'say mark_answered = false, or let this user set flags there (the right "w")'
        return Examined("inbox", Condition.LOOK, f"{found}, in which no flag can be set", remedy)
    return Examined("inbox", Condition.OK, found)


def _sent(connection: Connection, sent: SentFolder, settings: ImapSettings) -> Examined:
    """That the therapist's own mail is seen, and responses can be filed."""
    part, remedy = "sent mail", 'name the folder of your sent mail with the key "sent"'
    folder = sent.folder(connection)
    if folder is None:
        found = "your own mail is not seen, so a client you have just written to may get a response"
        return Examined(part, Condition.LOOK, found, remedy)
    try:
        count = connection.select(folder).exists
        rights = connection.rights(folder)
    except NotTaken as error:
        found = f"the folder {folder} cannot be opened ({error.code or 'NO'})"
        return Examined(part, Condition.BROKEN, found, remedy)
    found = f"{folder} holds {count} message{'s' * (count != 1)}"
    if _FILES_ITSELF in connection.capabilities and not settings.server_files_sent:
        remedy = "say server_files_sent = true, so that none is filed twice"
        return Examined(part, Condition.LOOK, f"{found}, and the server itself files what it sends", remedy)
    if rights is not None and not {"i", "w"} <= set(rights) and not settings.server_files_sent:
        return Examined(part, Condition.LOOK, f"{found}, and responses cannot be filed there", remedy)
    return Examined(part, Condition.OK, found)
