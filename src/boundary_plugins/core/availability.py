"""Contact hours as layers of RFC 7953 availability, and the windows that they make."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from heapq import heappop, heappush
from itertools import pairwise

from boundary_plugins.core.interval import Interval, union


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

    `sources` names the layers that make it so, in the order of time.
    """

    interval: Interval
    is_open: bool
    sources: tuple[str, ...]
    busy_type: BusyType | None = None


_NOTHING_SAID = "outside all contact hours"


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch that one layer decides."""

    interval: Interval
    is_open: bool
    source: str
    busy_type: BusyType | None


class ContactHours:
    """The layers combined over `covered`: alternating open and closed windows without a gap.

    Closed windows next to each other are one closed window (a Friday night, a holiday and the weekend
    after it are one, for *once per closed window*). The first and the last window are clipped to `covered`.
    """

    __slots__ = ("_starts", "covered", "windows")

    def __init__(self, windows: tuple[Window, ...], covered: Interval) -> None:
        """Take windows that cover `covered` without a gap; `combine` makes them."""
        self.windows, self.covered = windows, covered
        self._starts = [window.interval.start for window in windows]

    @classmethod
    def combine(cls, layers: Iterable[Availability], covered: Interval) -> "ContactHours":
        """Let each layer speak where no layer of more priority does (RFC 7953, section 4).

        Of two layers with the same priority the later one in `layers` has more say, so that the order
        decides and not chance. Where no layer speaks, one is closed.
        """
        ranked = sorted(layers, key=_say)
        available = [union(layer.available) for layer in ranked]
        pieces: list[_Piece] = []
        for stretch, rank in _stretches([layer.span for layer in ranked], covered):
            if rank is None:
                pieces.append(_Piece(stretch, False, _NOTHING_SAID, BusyType.UNAVAILABLE))
            else:
                pieces += _pieces(ranked[rank], available[rank], stretch)
        return cls(_windows(pieces), covered)

    def is_available(self, at: datetime) -> bool:
        """Whether contact hours are open at the instant. Raises ValueError outside `covered`."""
        return self.window_at(at).is_open

    def window_at(self, at: datetime) -> Window:
        """The window that holds the instant. Raises ValueError outside `covered`."""
        if at not in self.covered:
            raise ValueError("the contact hours are not known at this instant")
        return self.windows[bisect_right(self._starts, at) - 1]

    def next_opening(self, at: datetime) -> datetime | None:
        """The start of the first open window after the instant (None: not within `covered`)."""
        after = bisect_right(self._starts, at)
        # Open and closed windows alternate, so that one of the next two is open.
        for window in self.windows[after : after + 2]:
            if window.is_open:
                return window.interval.start
        return None

    def windows_between(self, between: Interval) -> tuple[Window, ...]:
        """The windows that touch the interval, clipped to it."""
        found: list[Window] = []
        for window in self.windows[max(bisect_right(self._starts, between.start) - 1, 0) :]:
            start, end = max(window.interval.start, between.start), min(window.interval.end, between.end)
            if window.interval.start >= between.end:
                break
            if start < end:
                found.append(replace(window, interval=Interval(start, end)))
        return tuple(found)


def _say(layer: Availability) -> int:
    """How much say a layer has: 1 is the highest priority, 9 the lowest, 0 is undefined and below it."""
    return -(layer.priority or 10)


def _stretches(spans: Sequence[Interval], covered: Interval) -> Iterator[tuple[Interval, int | None]]:
    """The parts of `covered` in order, each with the last of the spans that holds it (None: no span does).

    One walk along the edges, so that thousands of layers (a year of busy entries) cost no square of them.
    """
    begun: list[tuple[int, datetime]] = []
    starts = sorted((max(span.start, covered.start), rank) for rank, span in enumerate(spans))
    edges = {edge for span in spans for edge in (span.start, span.end) if edge in covered}
    next_start = 0
    for start, end in pairwise(sorted({*edges, covered.start, covered.end})):
        while next_start < len(starts) and starts[next_start][0] <= start:
            rank = starts[next_start][1]
            heappush(begun, (-rank, spans[rank].end))
            next_start += 1
        while begun and begun[0][1] <= start:
            heappop(begun)
        yield Interval(start, end), -begun[0][0] if begun else None


def _pieces(layer: Availability, available: Sequence[Interval], stretch: Interval) -> Iterator[_Piece]:
    """What a layer says in a stretch; `available` are its available times, merged."""
    at = stretch.start
    for index in range(bisect_right(available, at, key=_end), len(available)):
        if available[index].start >= stretch.end:
            break
        start, end = max(available[index].start, at), min(available[index].end, stretch.end)
        if at < start:
            yield _Piece(Interval(at, start), False, layer.source, layer.busy_type)
        yield _Piece(Interval(start, end), True, layer.source, None)
        at = end
    if at < stretch.end:
        yield _Piece(Interval(at, stretch.end), False, layer.source, layer.busy_type)


#: Which busy type a closed window has that several layers make (RFC 7953, section 3.2: busy before all).
_BUSIER = {BusyType.BUSY: 2, BusyType.UNAVAILABLE: 1, BusyType.TENTATIVE: 0}


def _windows(pieces: Iterable[_Piece]) -> tuple[Window, ...]:
    """The pieces, which are in order, with neighbours of one kind joined."""
    windows: list[Window] = []
    for piece in pieces:
        last = windows[-1] if windows else None
        if last is None or last.is_open is not piece.is_open:
            windows.append(Window(piece.interval, piece.is_open, (piece.source,), piece.busy_type))
        else:
            windows[-1] = _joined(last, piece)
    return tuple(windows)


def _joined(window: Window, piece: _Piece) -> Window:
    """The window made longer by a piece of its kind."""
    sources = window.sources if piece.source in window.sources else (*window.sources, piece.source)
    types = [kind for kind in (window.busy_type, piece.busy_type) if kind is not None]
    return Window(
        Interval(window.interval.start, piece.interval.end),
        window.is_open,
        sources,
        max(types, key=_BUSIER.__getitem__, default=None),
    )


def _end(interval: Interval) -> datetime:
    """When an interval ends."""
    return interval.end
