"""The facts of one received message, each of which may be unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from boundary_plugins.core.address import is_forwarding_path, own_address_of
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.headers import (
    addresses,
    decode,
    is_address,
    language_tags,
    message_ids,
    reverse_path,
)


class Headers:
    """The header fields of one message: names in any case, values unfolded but not decoded.

    `known` lists the (lower-case) names the provider was able to give; None means all of them.
    A name outside `known` is unknown, not absent.
    """

    __slots__ = ("_authors", "_fields", "_known")

    def __init__(self, fields: Mapping[str, tuple[str, ...]], known: frozenset[str] | None = None) -> None:
        """Take `fields` by lower-case name, each with all its values from the top."""
        self._fields = fields
        self._known = known
        self._authors: tuple[str, ...] | Unknown | None = None

    def all(self, name: str) -> tuple[str, ...] | Unknown:
        """Every value of the field from the top; `()` where it is absent. `name` is lower case."""
        values = self._fields.get(name)
        if values is not None:
            return values
        if self._known is None or name in self._known:
            return ()
        return UNKNOWN

    def first(self, name: str) -> str | None | Unknown:
        """The topmost value of the field, None where it is absent."""
        values = self.all(name)
        if values is UNKNOWN:
            return UNKNOWN
        return values[0] if values else None

    def has_any(self, names: frozenset[str]) -> bool | Unknown:
        """Whether one of these (lower-case) fields is there; unknown where one of them cannot be seen."""
        if not names.isdisjoint(self._fields):
            return True
        return False if self.knows_all(names) else UNKNOWN

    def knows_all(self, names: frozenset[str]) -> bool:
        """Whether each of these (lower-case) fields could have been seen."""
        return (
            self._known is None
            or names <= self._known
            or all(n in self._known or n in self._fields for n in names)
        )

    def authors(self) -> tuple[str, ...] | Unknown:
        """The plain addresses of every From field, in order; read once, because many rules ask for them."""
        authors = self._authors
        if authors is None:
            values = self.all("from")
            if values is UNKNOWN:
                authors = UNKNOWN
            elif len(values) == 1:
                authors = addresses(values[0])
            else:
                authors = tuple(each for value in values for each in addresses(value))
            self._authors = authors
        return authors

    def names(self) -> Iterable[str]:
        """The lower-case names that are present."""
        return self._fields.keys()


@dataclass(frozen=True, slots=True)
class SubjectMessage:
    """A message that somebody sent to the therapist (RFC 3834: the *subject message*).

    `provider_id` is the mailbox's own id; `arrived_at` is aware and in UTC; `headers` is None where no
    header block could be read. `envelope_sender` is the reverse-path where the transport gives it apart
    from the Return-Path field ("" is the null one, UNKNOWN where only the field can tell).
    `spam` is the provider's own verdict beyond headers, `bulk` whether it sorted it with bulk mail;
    `calendar_method` whether a text/calendar part with a METHOD is at the top or in a multipart/mixed or
    alternative.
    """

    provider_id: str
    arrived_at: datetime
    headers: Headers | None
    envelope_sender: str | Unknown = UNKNOWN
    spam: bool | Unknown = UNKNOWN
    calendar_method: bool | Unknown = UNKNOWN
    delivered_to: tuple[str, ...] = field(default=())
    bulk: bool | Unknown = UNKNOWN


#: Where the addresses stand that a message was written or delivered to (RFC 5230, section 4.5, and what
#: Postfix, Exim, Dovecot, qmail, fetchers and providers add).
WRITTEN_TO_FIELDS = ("to", "cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "apparently-to")
DELIVERED_TO_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
RECIPIENT_FIELDS = (*WRITTEN_TO_FIELDS, *DELIVERED_TO_FIELDS)


def message_id_of(message: SubjectMessage) -> str | None:
    """The Message-ID with its angle brackets, None where there is none or it cannot be seen."""
    value = message.headers.first("message-id") if message.headers else None
    found = message_ids(value) if isinstance(value, str) else ()
    return found[0] if found else None


def reverse_path_of(message: SubjectMessage) -> str | None | Unknown:
    """The reverse-path: "" the null one, None where no Return-Path is there, UNKNOWN where none can be seen.

    The envelope's own where the transport gives it, else that of the topmost Return-Path field.
    """
    if message.envelope_sender is not UNKNOWN:
        return reverse_path(message.envelope_sender)
    if message.headers is None:
        return None
    value = message.headers.first("return-path")
    return reverse_path(value) if isinstance(value, str) else value


def authors_of(message: SubjectMessage) -> tuple[str, ...] | Unknown:
    """The plain addresses of every From field, in order."""
    return message.headers.authors() if message.headers else ()


def author_of(message: SubjectMessage) -> str | None | Unknown:
    """The first author's plain address, None where no usable one is there."""
    authors = authors_of(message)
    if authors is UNKNOWN:
        return UNKNOWN
    return authors[0] if authors else None


def sender_of(message: SubjectMessage) -> str | None:
    """Whom RFC 3834, section 4, would answer: the reverse-path, else the From; never Reply-To.

    A reverse-path that a forwarder wrote is not the sender's.
    """
    path = reverse_path_of(message)
    if isinstance(path, str) and is_address(path) and not is_forwarding_path(path):
        return path
    author = author_of(message)
    return author if isinstance(author, str) else None


def recipients_of(message: SubjectMessage) -> tuple[str, ...]:
    """Every plain address it was written or delivered to that can be seen, in the order of the fields."""
    found: list[str] = []
    if message.headers is not None:
        for name in RECIPIENT_FIELDS:
            values = message.headers.all(name)
            if values is not UNKNOWN:
                for value in values:
                    found.extend(addresses(value))
    return (*found, *message.delivered_to)


def addressed_own(message: SubjectMessage, own_addresses: tuple[str, ...]) -> str | None:
    """The own address that the message was written or delivered to, as it is configured."""
    headers = message.headers
    if headers is not None:
        for name in RECIPIENT_FIELDS:
            values = headers.all(name)
            if values and values is not UNKNOWN:
                for value in values:
                    own = _first_own(addresses(value), own_addresses)
                    if own is not None:
                        return own
    return _first_own(message.delivered_to, own_addresses)


def _first_own(candidates: tuple[str, ...], own_addresses: tuple[str, ...]) -> str | None:
    """The first of the candidates that is an own address, as it is configured."""
    for candidate in candidates:
        own = own_address_of(candidate, own_addresses)
        if own is not None:
            return own
    return None


def subject_of(message: SubjectMessage) -> str:
    """The decoded Subject, "" where there is none or it cannot be seen."""
    value = message.headers.first("subject") if message.headers else None
    return decode(value) if isinstance(value, str) else ""


def content_languages_of(message: SubjectMessage) -> tuple[str, ...]:
    """The languages it says it is written in, in order (RFC 3282); `()` where it does not, or none is seen."""
    values = message.headers.all("content-language") if message.headers else ()
    if values is UNKNOWN:
        return ()
    return tuple(tag for value in values for tag in language_tags(value))


def in_reply_to_of(message: SubjectMessage) -> tuple[str, ...]:
    """The ids that In-Reply-To names (RFC 5322, section 3.6.4)."""
    return _ids(message, "in-reply-to")


def references_of(message: SubjectMessage) -> tuple[str, ...]:
    """The thread's ids, oldest first: References, else a single In-Reply-To (RFC 5322, section 3.6.4)."""
    references = _ids(message, "references")
    if references:
        return references
    parent = in_reply_to_of(message)
    return parent if len(parent) == 1 else ()


def _ids(message: SubjectMessage, name: str) -> tuple[str, ...]:
    """The message ids of all fields of that name."""
    values = message.headers.all(name) if message.headers else ()
    if values is UNKNOWN:
        return ()
    return tuple(found for value in values for found in message_ids(value))
