"""What the practice decided about answering, as one value the decision reads."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Audience(Enum):
    """Who is answered: clients on file, or everyone with one neutral text."""

    CLIENTS = "clients"
    EVERYONE = "everyone"


class SubjectForm(Enum):
    """A neutral Subject, or the original one after `Auto: ` (RFC 3834, section 3.1.5)."""

    NEUTRAL = "neutral"
    ORIGINAL = "original"


class PromiseKind(Enum):
    """What a response promises: the next opening, so many business days after it, or nothing."""

    NEXT_OPENING = "next opening"
    BUSINESS_DAYS = "business days"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ResponsePolicy:
    """The configured rules of answering. `own_addresses` are plain addresses, the first is the default.

    `zone` (IANA), `language` (BCP 47) and `region` (ISO 3166-1 alpha-2) are the practice's own; `languages`
    those that there are texts in, in small letters without a region.
    `response_suppress_is_obeyed_for_clients` False: X-Auto-Response-Suppress of a client on file is
    recorded, not obeyed. `platforms` and `public_mail_domains` are lower-case domains; those below a
    platform's count as it. Caps are counts a day (24 hours) or an hour, rolling.
    """

    own_addresses: tuple[str, ...]
    zone: str = "UTC"
    language: str = "en"
    languages: frozenset[str] = frozenset({"en"})
    region: str | None = None
    audience: Audience = Audience.CLIENTS
    subject_form: SubjectForm = SubjectForm.NEUTRAL
    opens_soon: timedelta = timedelta(hours=3)
    greatest_age: timedelta = timedelta(hours=24)
    least_gap: timedelta = timedelta(hours=12)
    repeat_after: timedelta = timedelta(days=7)
    response_suppress_is_obeyed_for_clients: bool = True
    responses_a_day_to_sender: int = 3
    responses_a_day_to_domain: int = 20
    responses_an_hour_from_mailbox: int = 30
    promise: PromiseKind = PromiseKind.NEXT_OPENING
    promise_business_days: int = 1
    public_mail_domains: frozenset[str] = frozenset()
    platforms: frozenset[str] = frozenset()
