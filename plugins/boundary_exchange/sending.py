"""A response on its way: kept as a draft first, then sent, so that asking again can never send it twice.

Exchange sends a draft once: when it goes, it leaves the drafts. A draft that is still there was not sent,
whatever became of the answer, and is sent in place of a second one.
"""

import contextlib

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.problems import Trouble
from boundary_exchange.vocabulary import DELETED, DRAFTS, OUTBOX, SENT
from boundary_plugins import (
    OutcomeUnknown,
    OutgoingResponse,
    ProviderError,
    Refused,
    SendReceipt,
    SentSearch,
)

#: Where a response stands that was handed over.
_HANDED_OVER = (SENT, OUTBOX, DELETED)


def send(connection: Connection, response: OutgoingResponse) -> SendReceipt:
    """Send once. Raises ProviderError: OutcomeUnknown where it may have gone."""
    mailbox = connection.settings.address
    try:
        draft = _found(connection, response.response_id, (DRAFTS,)) or _drafted(connection, response)
    except Trouble as trouble:
        raise connection.error(trouble) from None
    try:
        connection.ask("SendItem", payloads.send_draft(mailbox, *draft))
    except Trouble as trouble:
        if trouble.code in ("ErrorItemNotFound", "ErrorIrresolvableConflict", "ErrorStaleObject"):
            # Another request may have sent it meanwhile.
            raise OutcomeUnknown(connection.name, "the draft was no longer there") from None
        error = connection.error(trouble, acts=True)
        if isinstance(error, Refused):
            _take_away(connection, draft)
        raise error from None
    return SendReceipt(provider_id=None, reverse_path_is_null=False)


def _take_away(connection: Connection, draft: tuple[str, str]) -> None:
    """Take a draft away that will never be sent; where that fails it stays, and does no harm."""
    with contextlib.suppress(Trouble, ProviderError):
        connection.ask("DeleteItem", payloads.delete_items([draft[0]]))


def find_sent(connection: Connection, response_id: str) -> SentSearch:
    """Whether a response was handed over. A draft that is still there was not. Raises Trouble."""
    return SentSearch.FOUND if _found(connection, response_id, _HANDED_OVER) else SentSearch.ABSENT


def _found(connection: Connection, response_id: str, folders: tuple[str, ...]) -> tuple[str, str] | None:
    """The id and version of the response with an id of ours in some folders; None where it is in none."""
    request = payloads.find_response(folders, connection.settings.address, response_id)
    for message in connection.ask("FindItem", request):
        for item in parse.items(message):
            return parse.id_and_key(item)
    return None


def _drafted(connection: Connection, response: OutgoingResponse) -> tuple[str, str]:
    """Keep the response as a draft; its id and version."""
    request = payloads.create_draft(connection.settings.address, response.content, response.response_id)
    (message,) = connection.ask("CreateItem", request)
    (item,) = parse.items(message)
    return parse.id_and_key(item)
