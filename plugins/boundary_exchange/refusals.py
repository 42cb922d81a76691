"""Sign-ins that were refused, and how long each is left alone: accounts get locked otherwise.

The parts of one process share them, because they are so many tries for the server.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)

#: Who signs in where.
Who = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Refusal:
    """With which secret a sign-in was refused, and until when it is left alone."""

    secret: str | None
    pause: timedelta
    until: datetime


_refusals: dict[Who, _Refusal] = {}


def is_held_back(who: Who, secret: str | None, now: datetime) -> bool:
    """Whether a sign-in was refused not long ago with the very same secret."""
    refusal = _refusals.get(who)
    return refusal is not None and refusal.secret == secret and now < refusal.until


def was_refused(who: Who) -> bool:
    """Whether the latest that is known of a sign-in is that it was refused."""
    return who in _refusals


def note_refusal(who: Who, secret: str | None, now: datetime) -> None:
    """A sign-in was refused: leave it for a while, twice as long each time."""
    before = _refusals.get(who)
    pause = min(before.pause * 2, _LONGEST_PAUSE) if before else _FIRST_PAUSE
    _refusals[who] = _Refusal(secret, pause, now + pause)


def forget_refusal(who: Who) -> None:
    """A sign-in was taken."""
    _refusals.pop(who, None)
