"""The therapist's time: which meter it runs on, how it adds up, and how minutes are rounded."""

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from boundary_plugins.core.contact import Channel

MINUTE = 60


class Meter(Enum):
    """What the time went into; some practices charge only for some of it."""

    LIVE = "live"
    LISTENING = "listening"
    READING = "reading"
    WRITING = "writing"
    PREPARING = "preparing"
    LIAISON = "liaison"


#: What time that is logged without a word about it most likely was.
USUAL_METER = {
    Channel.EMAIL: Meter.WRITING,
    Channel.SMS: Meter.WRITING,
    Channel.VOICE: Meter.LIVE,
    Channel.VOICEMAIL: Meter.LISTENING,
    Channel.LETTER: Meter.READING,
    Channel.PLATFORM: Meter.WRITING,
    Channel.IN_PERSON: Meter.LIVE,
    Channel.OTHER: Meter.LIVE,
}


@dataclass(frozen=True, slots=True)
class TimeSpent:
    """A stretch of the therapist's time on one contact, in whole seconds.

    Raises ValueError for less than none.
    """

    meter: Meter
    seconds: int

    def __post_init__(self) -> None:
        """Refuse time that would take other time off."""
        if self.seconds < 0:
            raise ValueError("time on a contact is never less than none")


class RoundingMode(Enum):
    """To which side minutes are rounded; `EXACT` leaves seconds as they are."""

    UP = "up"
    NEAREST = "nearest"
    DOWN = "down"
    EXACT = "exact"


@dataclass(frozen=True, slots=True)
class Rounding:
    """To a multiple of so many minutes; at `NEAREST` exactly half a unit counts for the client."""

    mode: RoundingMode = RoundingMode.EXACT
    minutes: int = 1

    def round(self, seconds: int) -> int:
        """The time that counts, in seconds."""
        unit = self.minutes * MINUTE
        if self.mode is RoundingMode.UP:
            return -(-seconds // unit) * unit
        if self.mode is RoundingMode.DOWN:
            return seconds // unit * unit
        if self.mode is RoundingMode.NEAREST:
            return -(-(2 * seconds - unit) // (2 * unit)) * unit
        return seconds


@lru_cache(maxsize=1024)
def in_minutes(seconds: int) -> str:
    """Time in words: "12 minutes", "1 minute", "12 minutes 30 seconds"."""
    minutes, rest = divmod(seconds, MINUTE)
    parts = [f"{minutes} minute{'s' * (minutes != 1)}"] if minutes or not rest else []
    parts += [f"{rest} second{'s' * (rest != 1)}"] if rest else []
    return " ".join(parts)
