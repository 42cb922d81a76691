"""Who writes: a client on file, known by an id or initials, and how to answer them."""

from dataclasses import dataclass
from enum import Enum


class AutoReply(Enum):
    """What a client agreed to receive. *Discreet* names neither therapy nor practice."""

    FULL = "full"
    DISCREET = "discreet"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Client:
    """A client on file. `id` is the practice's own id or initials, never a name.

    `addresses` as written on file, the first one preferred; `zone` an IANA name, `language` BCP 47,
    `region` ISO 3166-1 alpha-2 (optionally with subdivision); None means the practice's own.
    """

    id: str
    addresses: tuple[str, ...]
    zone: str | None = None
    language: str | None = None
    region: str | None = None
    auto_reply: AutoReply = AutoReply.DISCREET
    active: bool = True
