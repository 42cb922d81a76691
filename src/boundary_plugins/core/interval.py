"""Half-open intervals of instants, and the algebra of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """The instants from `start` (included) to `end` (excluded); both aware and in UTC.

    Raises ValueError where `end` is not after `start` or either instant is naive or not UTC.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        """Refuse what is no interval of instants."""
        if self.start.utcoffset() != timedelta(0) or self.end.utcoffset() != timedelta(0):
            raise ValueError("an interval needs two aware instants in UTC")
        if self.end <= self.start:
            raise ValueError("an interval ends after it starts")

    @property
    def duration(self) -> timedelta:
        """The exact elapsed time."""
        return self.end - self.start

    def __contains__(self, at: datetime) -> bool:
        """Whether the instant lies in the interval; its end does not."""
        return self.start <= at < self.end
