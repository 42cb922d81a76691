"""Who writes: a client on file, known by an id or initials, and how to answer them."""

import re
from dataclasses import dataclass
from enum import Enum

LONGEST_ID = 64
# Two words or more that begin with a capital and go on in small letters: "Maria Example".
_FULL_NAME = re.compile(r"[^\W\d_a-z][^\W\d_]+(\s+[^\W\d_a-z][^\W\d_]+)+")


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


def id_problem(id: str) -> str | None:
    """Why this cannot be a client's id; None where it can."""
    if id.strip() and id.isprintable() and "@" not in id and len(id) <= LONGEST_ID:
        return None
    return "an id is a short text without @, such as initials or the practice's own number"


def looks_like_a_name(id: str) -> bool:
    """Whether an id is rather a full name, which says more to others than it should."""
    return _FULL_NAME.fullmatch(id.strip()) is not None
