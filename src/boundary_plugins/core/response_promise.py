"""When the therapist will answer: at the next opening, within business days, or no promise."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.policy import PromiseKind, ResponsePolicy
from boundary_plugins.core.response import ResponseFacts, Wording

#: What a text about a crisis says of an answer: nothing.
_WITHOUT_PROMISE = (Wording.CRISIS, Wording.RESOURCES_ONLY)


def promised_by(hours: ContactHours, opening_at: datetime | None, policy: ResponsePolicy) -> date | None:
    """The day (in the practice's zone) by which an answer is promised in business days.

    A business day is a day with contact hours; the day of the next opening is the first one. None where
    the policy promises otherwise, or where the hours do not reach that far.
    """
    if policy.promise is not PromiseKind.BUSINESS_DAYS or opening_at is None:
        return None
    zone = ZoneInfo(policy.zone)
    days: list[date] = []
    for window in hours.windows:
        if not window.is_open or window.interval.end <= opening_at:
            continue
        day = max(window.interval.start, opening_at).astimezone(zone).date()
        if not days or days[-1] != day:
            days.append(day)
        if len(days) == policy.promise_business_days:
            return day
    return None


class PromiseState(Enum):
    """How a promise that is not kept yet stands; `AHEAD` is before the opening that it speaks of."""

    AHEAD = "ahead"
    DUE = "due"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Promise:
    """An answer that a response promised to a client, about one contact of theirs.

    It is due from the next opening on (`due_at`), and late when the day `due_by` is over in `zone` (the
    practice's): the day that was promised, else the day of that opening.
    """

    client_id: str
    contact: int
    came_at: datetime
    promised_at: datetime
    due_at: datetime
    due_by: date
    zone: str
    names_day: bool

    def state_at(self, at: datetime) -> PromiseState:
        """How it stands at an instant."""
        if at.astimezone(ZoneInfo(self.zone)).date() > self.due_by:
            return PromiseState.LATE
        return PromiseState.DUE if at >= self.due_at else PromiseState.AHEAD


def promise_of(
    facts: ResponseFacts, client_id: str, contact: int, came_at: datetime, promised_at: datetime
) -> Promise | None:
    """What a response promised that was sent at `promised_at`; None where it promised nothing."""
    opening = facts.next_opening_at
    if opening is None or facts.wording in _WITHOUT_PROMISE:
        return None
    if facts.promised_by is None and not facts.promises_next_opening:
        return None
    opening_on = opening.astimezone(ZoneInfo(facts.practice_zone)).date()
    return Promise(
        client_id=client_id,
        contact=contact,
        came_at=came_at,
        promised_at=promised_at,
        due_at=opening,
        due_by=facts.promised_by or opening_on,
        zone=facts.practice_zone,
        names_day=facts.promised_by is not None,
    )
