"""The reply and its headers: to whom, from whom, under which Subject, in which wording."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from boundary_plugins.core.policy import SubjectForm


class Wording(Enum):
    """Which text a response carries; every one of them gets crisis resources from the program.

    FULL names the practice; DISCREET neither therapy nor practice; NEUTRAL is the same for clients and
    strangers; CRISIS begins with the resources and has no fee, no offer and no promise; RESOURCES_ONLY
    is the once-a-window addition after an ordinary response was already sent.
    """

    FULL = "full"
    DISCREET = "discreet"
    NEUTRAL = "neutral"
    CRISIS = "crisis"
    RESOURCES_ONLY = "resources only"


@dataclass(frozen=True, slots=True)
class ResponseFacts:
    """What a text needs, and all of it: stored with the intent and rendered when it is sent.

    `next_opening_at` and `promised_by` are aware UTC instants or None; `promised_by` is the *day* of a
    promise in business days. `zone`, `language` and `region` are the client's where on file, else the
    practice's (always the practice's for NEUTRAL). `discreet` keeps a CRISIS text discreet.
    """

    wording: Wording
    next_opening_at: datetime | None
    promised_by: date | None
    promises_next_opening: bool
    zone: str
    practice_zone: str
    language: str
    region: str | None
    discreet: bool


@dataclass(frozen=True, slots=True)
class Response:
    """A response the core decided. `to` is on file, or (audience everyone) as RFC 3834 section 4 says.

    `response_id` is a hash of own address and Message-ID (or provider id), independent of any store.
    """

    response_id: str
    to: str
    sender: str
    subject_form: SubjectForm
    in_reply_to: str | None
    references: tuple[str, ...]
    facts: ResponseFacts
