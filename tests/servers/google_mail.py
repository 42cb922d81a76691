"""The calls of the Gmail API (v1), over a mailbox that is a state."""

import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from email.message import Message
from typing import TypeVar

from servers.discovery import Json
from servers.google_account import ApiError, Exchange
from servers.google_mailbox import SYSTEM_LABELS, Change, Mailbox, Stored
from servers.google_pubsub import subscription_of

T = TypeVar("T")

#: Quota units by call (Gmail's own table of November 2026).
UNITS = {
    "gmail.users.getProfile": 1,
    "gmail.users.history.list": 2,
    "gmail.users.labels.create": 5,
    "gmail.users.labels.list": 1,
    "gmail.users.messages.get": 5,
    "gmail.users.messages.list": 5,
    "gmail.users.messages.modify": 5,
    "gmail.users.messages.send": 100,
    "gmail.users.settings.getVacation": 1,
    "gmail.users.settings.sendAs.list": 1,
    "gmail.users.settings.updateVacation": 5,
    "gmail.users.stop": 50,
    "gmail.users.threads.get": 10,
    "gmail.users.watch": 100,
}
_WEEK_MS = 7 * 24 * 3600 * 1000
_KINDS = {
    "messageAdded": "messagesAdded",
    "messageDeleted": "messagesDeleted",
    "labelAdded": "labelsAdded",
    "labelRemoved": "labelsRemoved",
}


def _profile(exchange: Exchange) -> Json:
    mailbox = exchange.account.mailbox
    threads = {each.thread_id for each in mailbox.messages.values()}
    return {
        "emailAddress": mailbox.address,
        "messagesTotal": len(mailbox.messages),
        "threadsTotal": len(threads),
        "historyId": str(mailbox.history_id),
    }


def _list_messages(exchange: Exchange) -> Json:
    asked, mailbox = exchange.parameters, exchange.account.mailbox
    if "q" in asked:
        if exchange.has_scope("gmail.metadata"):
            raise ApiError(403, "forbidden", "Metadata scope does not support 'q' parameter")
        raise NotImplementedError("this server searches nothing")
    wanted = set(asked.get("labelIds", ()))
    hidden = set() if asked.get("includeSpamTrash") else {"SPAM", "TRASH"} - wanted
    found = [each for each in mailbox.listed() if wanted <= each.labels and not hidden & each.labels]
    page, following = _page(found, asked, 500)
    answer: Json = {"resultSizeEstimate": len(found)}
    if page:
        answer["messages"] = [{"id": each.id, "threadId": each.thread_id} for each in page]
    return answer | following


def _page(found: list[T], asked: Json, most: int) -> tuple[list[T], Json]:
    """One page, and where the next one begins."""
    size = min(asked.get("maxResults", 100), most)
    start = int(asked.get("pageToken", "0"))
    following = {"nextPageToken": str(start + size)} if start + size < len(found) else {}
    return found[start : start + size], following


def _get_message(exchange: Exchange) -> Json:
    stored = _stored(exchange.account.mailbox, exchange.parameters["id"])
    return _as_message(exchange, stored, exchange.parameters.get("format", "full"))


def _as_message(exchange: Exchange, stored: Stored, form: str) -> Json:
    """A message in one of the four formats."""
    if form in ("full", "raw") and exchange.has_scope("gmail.metadata"):
        # Also where another scope of the token would allow it.
        raise ApiError(403, "forbidden", f"Metadata scope doesn't allow format {form.upper()}")
    made: Json = {
        "id": stored.id,
        "threadId": stored.thread_id,
        "labelIds": sorted(stored.labels),
        "snippet": "",
        "historyId": str(stored.history_id),
        "internalDate": str(stored.internal_ms),
        "sizeEstimate": len(stored.raw),
    }
    if form == "raw":
        made["raw"] = urlsafe_b64encode(stored.raw).decode()
    elif form == "full":
        made["payload"] = _part(stored.parsed(), "")
    elif form == "metadata":
        wanted = exchange.parameters.get("metadataHeaders")
        parsed = stored.parsed()
        made["payload"] = {"mimeType": parsed.get_content_type(), "headers": _headers(parsed, wanted)}
    return made


def _headers(message: Message, wanted: list[str] | None) -> list[Json]:
    """The fields, all of them or those that are wanted (in any case)."""
    names = None if wanted is None else {name.lower() for name in wanted}
    return [
        {"name": name, "value": str(value)}
        for name, value in message.items()
        if names is None or name.lower() in names
    ]


def _part(message: Message, part_id: str) -> Json:
    """A part of a message, and the parts below it."""
    made: Json = {
        "partId": part_id,
        "mimeType": message.get_content_type(),
        "filename": message.get_filename() or "",
        "headers": _headers(message, None),
    }
    if message.is_multipart():
        inner = [each for each in message.get_payload() if isinstance(each, Message)]
        made["parts"] = [_part(each, f"{part_id}.{index}".lstrip(".")) for index, each in enumerate(inner)]
        made["body"] = {"size": 0}
    else:
        content = message.get_payload(decode=True)
        data = content if isinstance(content, bytes) else b""
        made["body"] = {"size": len(data), "data": urlsafe_b64encode(data).decode()}
    return made


def _send(exchange: Exchange) -> Json:
    mailbox, body = exchange.account.mailbox, exchange.body
    if "raw" not in body:
        raise ApiError(400, "invalidArgument", "'raw' RFC822 payload message string is required")
    raw = urlsafe_b64decode(body["raw"] + "=" * (-len(body["raw"]) % 4))
    thread_id = body.get("threadId")
    if thread_id is not None and thread_id not in {each.thread_id for each in mailbox.messages.values()}:
        raise ApiError(404, "notFound", "Requested entity was not found.")
    stored = mailbox.send(raw, thread_id)
    if not stored.parsed()["To"]:
        raise ApiError(400, "invalidArgument", "Recipient address required")
    return {"id": stored.id, "threadId": stored.thread_id, "labelIds": sorted(stored.labels)}


def _modify(exchange: Exchange) -> Json:
    mailbox, body = exchange.account.mailbox, exchange.body
    stored = _stored(mailbox, exchange.parameters["id"])
    changed = (*body.get("addLabelIds", ()), *body.get("removeLabelIds", ()))
    for label in changed:
        if label not in SYSTEM_LABELS and label not in mailbox.labels:
            raise ApiError(400, "invalidArgument", f"Invalid label: {label}")
    mailbox.relabel(stored.id, body.get("addLabelIds", ()), body.get("removeLabelIds", ()))
    return {"id": stored.id, "threadId": stored.thread_id, "labelIds": sorted(stored.labels)}


def _list_history(exchange: Exchange) -> Json:
    asked, mailbox = exchange.parameters, exchange.account.mailbox
    start = int(asked["startHistoryId"]) if "startHistoryId" in asked else -1
    if not mailbox.oldest_history <= start <= mailbox.history_id:
        raise ApiError(404, "notFound", "Requested entity was not found.")
    wanted = {_KINDS[each] for each in asked.get("historyTypes", _KINDS)}
    label = asked.get("labelId")
    found = [
        each
        for each in mailbox.history
        if each.id > start and each.kind in wanted and (label is None or label in each.labels)
    ]
    page, following = _page(found, asked, 500)
    answer: Json = {"historyId": str(mailbox.history_id)}
    if page:
        answer["history"] = [_as_history(each) for each in page]
    return answer | following


def _as_history(change: Change) -> Json:
    """One record of the history."""
    short = {"id": change.message_id, "threadId": change.thread_id}
    entry: Json = {"message": short | {"labelIds": list(change.labels)}}
    if change.changed:
        entry["labelIds"] = list(change.changed)
    return {"id": str(change.id), "messages": [short], change.kind: [entry]}


def _get_thread(exchange: Exchange) -> Json:
    mailbox, thread_id = exchange.account.mailbox, exchange.parameters["id"]
    found = [each for each in mailbox.messages.values() if each.thread_id == thread_id]
    if not found:
        raise ApiError(404, "notFound", "Requested entity was not found.")
    form = exchange.parameters.get("format", "full")
    return {
        "id": thread_id,
        "historyId": str(max(each.history_id for each in found)),
        "messages": [_as_message(exchange, each, form) for each in found],
    }


def _list_labels(exchange: Exchange) -> Json:
    own = exchange.account.mailbox.labels.items()
    system = [{"id": each, "name": each, "type": "system"} for each in SYSTEM_LABELS]
    return {"labels": [*system, *({"id": each, "name": name, "type": "user"} for each, name in own)]}


def _create_label(exchange: Exchange) -> Json:
    mailbox, name = exchange.account.mailbox, exchange.body.get("name", "")
    if name in mailbox.labels.values():
        raise ApiError(409, "aborted", "Label name exists or conflicts")
    return {"id": mailbox.label(name), "name": name, "type": "user"}


def _watch(exchange: Exchange) -> Json:
    mailbox = exchange.account.mailbox
    if not str(exchange.body.get("topicName", "")).startswith("projects/"):
        raise ApiError(400, "invalidArgument", "Invalid topicName")
    expiration = str(int(time.time() * 1000) + _WEEK_MS)
    mailbox.watcher = subscription_of(exchange.account).tell
    mailbox.watch = {"topic": exchange.body["topicName"], "expiration": expiration}
    return {"historyId": str(mailbox.history_id), "expiration": expiration}


def _stop(exchange: Exchange) -> Json | None:
    exchange.account.mailbox.watch = exchange.account.mailbox.watcher = None
    return None


def _list_send_as(exchange: Exchange) -> Json:
    mailbox = exchange.account.mailbox
    own: Json = {"sendAsEmail": mailbox.address, "isPrimary": True, "isDefault": True}
    return {
        "sendAs": [
            own,
            *({"sendAsEmail": each, "verificationStatus": "accepted"} for each in mailbox.send_as),
        ]
    }


def _get_vacation(exchange: Exchange) -> Json:
    return dict(exchange.account.mailbox.vacation)


def _update_vacation(exchange: Exchange) -> Json:
    body = exchange.body
    start, end = int(body.get("startTime", 0)), int(body.get("endTime", 0))
    if start and end and start >= end:
        raise ApiError(400, "invalidArgument", "startTime must precede endTime")
    if body.get("enableAutoReply") and not (
        body.get("responseSubject") or body.get("responseBodyPlainText") or body.get("responseBodyHtml")
    ):
        raise ApiError(400, "invalidArgument", "a subject or a body is needed")
    kept: Json = {"enableAutoReply": False} | body
    if not exchange.account.mailbox.forgets_vacation:
        exchange.account.mailbox.vacation = kept
    return dict(kept)


def _stored(mailbox: Mailbox, message_id: str) -> Stored:
    """A message. Raises ApiError where it is not there."""
    if message_id not in mailbox.messages:
        raise ApiError(404, "notFound", "Requested entity was not found.")
    return mailbox.messages[message_id]


def _handlers() -> Iterator[tuple[str, Callable[[Exchange], Json | None]]]:
    """Each call and what answers it."""
    yield "gmail.users.getProfile", _profile
    yield "gmail.users.messages.list", _list_messages
    yield "gmail.users.messages.get", _get_message
    yield "gmail.users.messages.send", _send
    yield "gmail.users.messages.modify", _modify
    yield "gmail.users.history.list", _list_history
    yield "gmail.users.threads.get", _get_thread
    yield "gmail.users.labels.list", _list_labels
    yield "gmail.users.labels.create", _create_label
    yield "gmail.users.watch", _watch
    yield "gmail.users.stop", _stop
    yield "gmail.users.settings.sendAs.list", _list_send_as
    yield "gmail.users.settings.getVacation", _get_vacation
    yield "gmail.users.settings.updateVacation", _update_vacation


HANDLERS = dict(_handlers())
