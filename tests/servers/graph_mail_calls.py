"""What Graph does with mail: deltas, single messages, their MIME, searches among the sent ones, sendMail."""

import base64
import binascii
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email import message_from_bytes
from email.utils import getaddresses, parsedate_to_datetime

from servers.graph_account import Exchange, GraphError
from servers.graph_description import Json
from servers.graph_mailbox import DRAFTS, FOLDERS, SENT, Change, Stored

#: Properties of the internet message headers that were kept apart ([MS-OXCMAIL], section 2.1.3.2.2).
_SET = "00020386-0000-0000-C000-000000000046"
_PROPERTY = re.compile(rf"String \{{{_SET}\}} Name (X-[A-Za-z-]+)", re.IGNORECASE)
_EXPANDED = re.compile(r"singleValueExtendedProperties\(\$filter=id eq '([^']+)'\)")
_SEARCHED = re.compile(
    r"singleValueExtendedProperties/Any\(ep: ep/id eq '([^']+)' and ep/value eq '([^']+)'\)"
)
_RECEIVED = re.compile(r"receivedDateTime ge (\S+)")
_BETWEEN = re.compile(r"receivedDateTime ge (\S+) and receivedDateTime le (\S+)")
_USUAL = ("subject", "from", "toRecipients", "receivedDateTime", "isRead", "categories", "parentFolderId")


def delta(exchange: Exchange) -> Json:
    """GET /mailFolders/{mailFolder-id}/messages/delta."""
    mailbox = exchange.account.mailbox
    token = exchange.query.get("$deltatoken") or exchange.query.get("$skiptoken")
    if token is None:
        if mailbox.forgotten:
            mailbox.forgotten = ""
        state = _first_state(exchange)
    else:
        known = mailbox.tokens.get(token)
        if known is None:
            raise GraphError(410, mailbox.forgotten or "syncStateInvalid")
        state = dict(known)
    return _round(exchange, state)


def _first_state(exchange: Exchange) -> Json:
    """What a new round begins with."""
    chosen = exchange.query.get("$filter")
    since = _RECEIVED.fullmatch(chosen) if chosen else None
    if chosen and since is None:
        raise GraphError(400, "ErrorInvalidUrlQueryFilter")
    return {
        "folder": _folder(exchange),
        "select": exchange.listed("$select"),
        "since": _seconds(since[1]) if since else 0.0,
        "immutable": _immutable(exchange),
        "seen": None,
        "rest": None,
    }


def _round(exchange: Exchange, state: Json) -> Json:
    """One page of a round."""
    mailbox = exchange.account.mailbox
    rest = state["rest"] if state["rest"] is not None else _changed(exchange, state)
    until = state.get("until") or len(mailbox.changes)
    page, rest = rest[: exchange.page], rest[exchange.page :]
    value = [_entry(exchange, state, Change(*each)) for each in page]
    folder = state["folder"]
    token = secrets.token_urlsafe(9)
    if rest:
        mailbox.tokens[token] = {**state, "rest": rest, "until": until}
        link = exchange.link(f"/mailFolders/{folder}/messages/delta?$skiptoken={token}")
        return {"@odata.context": "invented", "value": value, "@odata.nextLink": link}
    mailbox.tokens[token] = {**state, "rest": None, "until": None, "seen": until}
    link = exchange.link(f"/mailFolders/{folder}/messages/delta?$deltatoken={token}")
    return {"@odata.context": "invented", "value": value, "@odata.deltaLink": link}


def _changed(exchange: Exchange, state: Json) -> list[tuple[int, str, bool]]:
    """What a round holds: all that is there, the newest first, or what changed since."""
    mailbox = exchange.account.mailbox
    if state["seen"] is None:
        there = [each for each in mailbox.messages.values() if each.folder == state["folder"]]
        there = [each for each in there if each.received_at >= state["since"]]
        there.sort(key=lambda each: each.received_at, reverse=True)
        return [(each.number, each.folder, False) for each in there]
    found: dict[int, bool] = {}
    for change in mailbox.changes[state["seen"] :]:
        if change.folder == state["folder"]:
            found[change.number] = change.only_read and found.get(change.number, True)
    return [(number, state["folder"], only_read) for number, only_read in found.items()]


def _entry(exchange: Exchange, state: Json, change: Change) -> Json:
    """One entry of a delta: the message, what little changed of it, or that it is no longer there."""
    stored = exchange.account.mailbox.messages.get(change.number)
    if stored is None or stored.folder != state["folder"]:
        folder = str(state["folder"])
        gone = Stored(change.number, b"", folder, 0).id(immutable=bool(state["immutable"]))
        return {"@odata.type": "#microsoft.graph.message", "id": gone, "@removed": {"reason": "deleted"}}
    told = _told(exchange, stored, state["select"], immutable=bool(state["immutable"]))
    if not exchange.account.mailbox.headers_in_delta:
        told.pop("internetMessageHeaders", None)
    if change.only_read:
        return {name: told[name] for name in ("id", "parentFolderId", "isRead") if name in told}
    return {"@odata.etag": 'W/"invented"', **told}


def message(exchange: Exchange) -> Json:
    """GET /messages/{message-id}."""
    stored = _found(exchange)
    told = _told(exchange, stored, exchange.listed("$select") or _USUAL, immutable=_immutable(exchange))
    return told | _expanded(exchange, stored)


def mime(exchange: Exchange) -> bytes:
    """GET /messages/{message-id}/$value."""
    return _found(exchange).raw


def listed(exchange: Exchange) -> Json:
    """GET /mailFolders/{mailFolder-id}/messages."""
    folder = _folder(exchange)
    there = [each for each in exchange.account.mailbox.messages.values() if each.folder == folder]
    kept = [each for each in there if _is_meant(exchange.query.get("$filter", ""), each)]
    kept.sort(key=lambda each: each.received_at, reverse=True)
    names = exchange.listed("$select") or _USUAL
    top = int(exchange.query.get("$top", "10"))
    told = [
        _told(exchange, each, names, immutable=_immutable(exchange)) | _expanded(exchange, each)
        for each in kept
    ]
    return {"@odata.context": "invented", "value": told[:top]}


def folder(exchange: Exchange) -> Json:
    """GET /mailFolders/{mailFolder-id}."""
    name = _folder(exchange)
    count = sum(each.folder == name for each in exchange.account.mailbox.messages.values())
    whole = {"id": f"folder-{name}", "displayName": name, "totalItemCount": count}
    chosen = exchange.listed("$select") or whole
    return {name: value for name, value in whole.items() if name in chosen or name == "id"}


def send(exchange: Exchange) -> None:
    """POST /sendMail in its MIME form: base64, as text/plain."""
    if not exchange.headers.get("content-type", "").startswith("text/plain"):
        raise GraphError(400, "ErrorInvalidRequest")
    try:
        raw = base64.b64decode(exchange.content, validate=True)
    except binascii.Error:
        raise GraphError(400, "ErrorMimeContentInvalidBase64String") from None
    parsed = message_from_bytes(raw)
    mailbox = exchange.account.mailbox
    senders = {address.lower() for _, address in getaddresses([parsed["From"] or ""])}
    if not senders <= {mailbox.address, *mailbox.aliases}:
        raise GraphError(403, "ErrorSendAsDenied")
    mailbox.send(raw)


def _told(exchange: Exchange, stored: Stored, names: Iterable[str], *, immutable: bool) -> Json:
    """The fields of a message that are asked for, and its id and kind."""
    parsed = stored.parsed()
    sent_at = _date(parsed["Date"], stored.received_at)
    whole: dict[str, Callable[[], object]] = {
        "subject": lambda: parsed["Subject"],
        "from": lambda: _people(parsed.get_all("From", []))[0],
        "toRecipients": lambda: _people(parsed.get_all("To", [])),
        "ccRecipients": lambda: _people(parsed.get_all("Cc", [])),
        "bccRecipients": lambda: _people(parsed.get_all("Bcc", [])),
        "receivedDateTime": lambda: _instant(stored.received_at),
        "sentDateTime": lambda: _instant(sent_at),
        "isRead": lambda: stored.is_read,
        "isDraft": lambda: stored.folder == DRAFTS,
        "hasAttachments": lambda: "mixed" in parsed.get_content_type(),
        "categories": lambda: list(stored.categories),
        "parentFolderId": lambda: f"folder-{stored.folder}",
        "internetMessageId": lambda: parsed["Message-ID"],
        # The copy of what was sent has no such fields.
        "internetMessageHeaders": lambda: _fields(stored) if stored.folder != SENT else None,
    }
    told: Json = {"id": stored.id(immutable=immutable)}
    if any(part.get_content_type() == "text/calendar" for part in parsed.walk()):
        told["@odata.type"] = "#microsoft.graph.eventMessageRequest"
    for name in names:
        value = whole[name]() if name in whole else None
        if value is not None:
            told[name] = value
    return told


def _fields(stored: Stored) -> list[Json]:
    """The header fields, from the top; of a broken MIME whatever can be read."""
    return [{"name": name, "value": str(value)} for name, value in stored.parsed().items()]


def _expanded(exchange: Exchange, stored: Stored) -> Json:
    """The one extended property that is asked for."""
    asked = exchange.query.get("$expand")
    if not asked:
        return {}
    found = _EXPANDED.fullmatch(asked)
    if found is None:
        raise GraphError(400, "ErrorInvalidUrlQuery")
    value = _property(stored, found[1])
    if value is None:
        return {}
    return {"singleValueExtendedProperties": [{"id": found[1], "value": value}]}


def _is_meant(chosen: str, stored: Stored) -> bool:
    """Whether a message is what a filter chooses."""
    if not chosen:
        return True
    between = _BETWEEN.fullmatch(chosen)
    if between:
        return _seconds(between[1]) <= stored.received_at <= _seconds(between[2])
    searched = _SEARCHED.fullmatch(chosen)
    if searched is None:
        raise GraphError(400, "ErrorInvalidUrlQueryFilter")
    return _property(stored, searched[1]) == searched[2]


def _property(stored: Stored, property_id: str) -> str | None:
    """An X- field as a property of the message."""
    named = _PROPERTY.fullmatch(property_id)
    if named is None:
        raise GraphError(400, "ErrorInvalidProperty")
    value = stored.parsed()[named[1]]
    return str(value).strip() if value and stored.has_properties else None


def _found(exchange: Exchange) -> Stored:
    """The message that the path names."""
    stored = exchange.account.mailbox.find(exchange.call.in_path["message-id"])
    if stored is None:
        raise GraphError(404, "ErrorItemNotFound")
    return stored


def _folder(exchange: Exchange) -> str:
    """The folder that the path names."""
    name = exchange.call.in_path["mailFolder-id"].lower()
    if name not in FOLDERS:
        raise GraphError(404, "ErrorFolderNotFound")
    return name


def _immutable(exchange: Exchange) -> bool:
    """Whether ids that never change are asked for."""
    return exchange.prefer.get("idtype") == "ImmutableId"


def _people(values: list[str]) -> list[Json]:
    """Addresses as recipients."""
    found = getaddresses([str(value) for value in values])
    return [{"emailAddress": {"name": name or address, "address": address}} for name, address in found]


def _date(value: object, otherwise: float) -> float:
    """The instant of a Date field, in seconds since 1970."""
    try:
        return parsedate_to_datetime(str(value)).timestamp()
    except ValueError:
        return otherwise


def _instant(seconds: float) -> str:
    """An instant as Graph writes it, to the second."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _seconds(text: str) -> float:
    """Seconds since 1970 of an instant that a filter names."""
    return datetime.fromisoformat(text).timestamp()


HANDLERS: dict[str, Callable[[Exchange], Json | bytes | None]] = {
    "GET /mailFolders/{mailFolder-id}": folder,
    "GET /mailFolders/{mailFolder-id}/messages": listed,
    "GET /mailFolders/{mailFolder-id}/messages/delta": delta,
    "GET /messages/{message-id}": message,
    "GET /messages/{message-id}/$value": mime,
    "POST /sendMail": send,
}
#: Of which permissions one is enough.
PERMISSIONS = {
    **{name: frozenset({"Mail.Read", "Mail.ReadWrite"}) for name in HANDLERS},
    "POST /sendMail": frozenset({"Mail.Send"}),
}
