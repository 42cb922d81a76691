"""Contact hours as layers of RFC 7953 availability, and the windows that they make."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from boundary_plugins.core.interval import Interval


class BusyType(Enum):
    """How one is busy outside the available times (RFC 7953, section 3.2)."""

    BUSY = "BUSY"
    UNAVAILABLE = "BUSY-UNAVAILABLE"
    TENTATIVE = "BUSY-TENTATIVE"


@dataclass(frozen=True, slots=True)
class Availability:
    """One layer: within `span` one can be reached in `available` and is busy in the rest.

    `priority` as in RFC 7953: 1 is the highest, 9 the lowest, 0 is undefined and below 9.
    `source` is a phrase that a therapist reads: "weekly hours", "holiday: Labor Day", "closed by hand".
    """

    source: str
    priority: int
    span: Interval
    available: tuple[Interval, ...]
    busy_type: BusyType = BusyType.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Window:
    """A concrete, maximal interval in which contact hours are either open or closed throughout.

    `sources` names the layers that make it so, the one with most say first.
    """

    interval: Interval
    is_open: bool
    sources: tuple[str, ...]
    busy_type: BusyType | None = None


class ContactHours:
    """The layers combined over `covered`: alternating open and closed windows without a gap.

    Made by `combine(layers, covered)`. Closed windows next to each other are one closed window
    (a Friday night, a holiday and the weekend after it are one window for *once per closed window*).
    """

    covered: Interval
    windows: tuple[Window, ...]

    def is_available(self, at: datetime) -> bool:
        """Whether contact hours are open at the instant."""
        raise NotImplementedError

    def window_at(self, at: datetime) -> Window:
        """The window that holds the instant. Raises ValueError outside `covered`."""
        raise NotImplementedError

    def next_opening(self, at: datetime) -> datetime | None:
        """The start of the next open window after the instant (None: not within `covered`)."""
        raise NotImplementedError
