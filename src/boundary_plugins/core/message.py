"""The facts of one received message, each of which may be unknown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from boundary_plugins.core.fact import UNKNOWN, Unknown


class Headers:
    """The header fields of one message: names in any case, values unfolded but not decoded.

    `known` lists the (lower-case) names the provider was able to give; None means all of them.
    A name outside `known` is unknown, not absent.
    """

    __slots__ = ("_fields", "_known")

    def __init__(self, fields: Mapping[str, tuple[str, ...]], known: frozenset[str] | None = None) -> None:
        """Take `fields` by lower-case name, each with all its values from the top."""
        self._fields = fields
        self._known = known

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

    def names(self) -> Iterable[str]:
        """The lower-case names that are present."""
        return self._fields.keys()


@dataclass(frozen=True, slots=True)
class SubjectMessage:
    """A message that somebody sent to the therapist (RFC 3834: the *subject message*).

    `provider_id` is the mailbox's own id; `arrived_at` is aware and in UTC; `headers` is None where no
    header block could be read. `envelope_sender` is the reverse-path where the transport gives it apart
    from the Return-Path field ("" is the null one, UNKNOWN where only the field can tell).
    `spam` is the provider's own verdict beyond headers; `calendar_method` whether a text/calendar part
    with a METHOD is at the top or in a multipart/mixed or alternative.
    """

    provider_id: str
    arrived_at: datetime
    headers: Headers | None
    envelope_sender: str | Unknown = UNKNOWN
    spam: bool | Unknown = UNKNOWN
    calendar_method: bool | Unknown = UNKNOWN
    delivered_to: tuple[str, ...] = field(default=())
