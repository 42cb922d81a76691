"""When to try again: quickly at first, then ever more patiently, or when the provider says so."""

from datetime import datetime, timedelta

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(minutes=15)


def next_attempt(attempts: int, at: datetime, provider_says: datetime | None = None) -> datetime:
    """The instant of the next attempt after `attempts` failed ones, the last of them at `at`.

    The wait doubles from 15 seconds up to 15 minutes. A provider's own wish (Retry-After) is heeded
    where it is later. Raises ValueError where nothing was attempted.
    """
    if attempts < 1:
        raise ValueError("there is nothing to try again before a first attempt")
    wait = min(FIRST_WAIT * 2 ** min(attempts - 1, 16), LONGEST_WAIT)
    planned: datetime = at + wait
    return max(planned, provider_says) if provider_says else planned
