"""Who writes: a client on file, known by an id or initials, how to answer them, and what they agreed to."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boundary_plugins.core.fees.price import SessionFee

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


@dataclass(frozen=True, slots=True)
class Consent:
    """A client's agreement to one version of the fee policy: when, and how it was given ("signed form").

    In force from `given_at` until before `revoked_at` (both aware, UTC; None: it was not revoked).
    """

    policy_version: str
    given_at: datetime
    how: str
    revoked_at: datetime | None = None

    def in_force_at(self, at: datetime) -> bool:
        """Whether it held at that instant."""
        return self.given_at <= at and (self.revoked_at is None or at < self.revoked_at)


class FeeStanding(Enum):
    """Whether fees for contact may be charged to a client at all (a payer's contract may forbid it)."""

    AS_AGREED = "as agreed"
    SUSPENDED = "suspended"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class FeeTerms:
    """What bears on a client's fees: their standing, their own session fee, and every consent they gave."""

    client_id: str
    standing: FeeStanding = FeeStanding.AS_AGREED
    session_fee: SessionFee | None = None
    consents: tuple[Consent, ...] = ()

    def consent_at(self, policy_version: str, at: datetime) -> Consent | None:
        """The consent to that version which was in force at an instant."""
        return next(
            (
                each
                for each in self.consents
                if each.policy_version == policy_version and each.in_force_at(at)
            ),
            None,
        )


def id_problem(id: str) -> str | None:
    """Why this cannot be a client's id; None where it can."""
    if id.strip() and id.isprintable() and "@" not in id and len(id) <= LONGEST_ID:
        return None
    return "an id is a short text without @, such as initials or the practice's own number"


def looks_like_a_name(id: str) -> bool:
    """Whether an id is rather a full name, which says more to others than it should."""
    return _FULL_NAME.fullmatch(id.strip()) is not None
