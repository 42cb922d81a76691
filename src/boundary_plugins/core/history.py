"""What was answered before, as a value: the shell reads it from the store in the deciding transaction."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boundary_plugins.core.fact import Unknown


class NotWatched(Enum):
    """The type of `NOT_WATCHED`: the therapist's own mail is not looked at, by configuration."""

    NOT_WATCHED = "not watched"


NOT_WATCHED = NotWatched.NOT_WATCHED


@dataclass(frozen=True, slots=True)
class PastResponse:
    """One response that was made (sent, about to be, or possibly sent) to any address of the client.

    `window_end` is the end of its closed window as the hours stood then; `resources_only` marks the one
    addition a crisis may get after an ordinary response.
    """

    at: datetime
    window_end: datetime | None = None
    resources_only: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """What bears on one decision; all instants aware and in UTC, each tuple from old to new.

    `responses` and `therapist_wrote_at` are of the last 60 days and of *this* client (all addresses),
    or of this sender where no client is known. Counts are of responses in the last 24 hours, or hour.
    """

    responses: tuple[PastResponse, ...] = ()
    therapist_wrote_at: tuple[datetime, ...] | NotWatched | Unknown = NOT_WATCHED
    responses_to_sender: int = 0
    responses_to_domain: int = 0
    responses_from_mailbox: int = 0
    provider_responder_has_window: bool | Unknown = False
