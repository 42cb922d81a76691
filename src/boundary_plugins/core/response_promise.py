"""When the therapist will answer: at the next opening, within business days, or no promise."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from boundary_plugins.core.availability import ContactHours
from boundary_plugins.core.policy import PromiseKind, ResponsePolicy


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
