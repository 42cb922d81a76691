"""Layers of availability and busy times as one free-busy (RFC 7953, section 5): who is free when, and how busy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from boundary_plugins.core.availability import Availability, BusyType
from boundary_plugins.core.interval import Interval, difference, intersection, union

Intervals = tuple[Interval, ...]

#: Where two kinds of busy overlap, the one that has more say comes first (RFC 7953, section 4).
_BUSIEST_FIRST = (BusyType.BUSY, BusyType.UNAVAILABLE, BusyType.TENTATIVE)


@dataclass(frozen=True, slots=True)
class FreeBusy:
    """A maximal interval that is free (None) or busy in one way throughout."""

    interval: Interval
    busy_type: BusyType | None = None


def free_busy(
    layers: Iterable[Availability], busy: Iterable[tuple[Interval, BusyType]], between: Interval
) -> tuple[FreeBusy, ...]:
    """What layers and busy times come to: intervals that cover `between`, in order and without a gap.

    Everything is free at first. The layers speak from the lowest priority to the highest, each in its
    span: busy there, and then free in its available times. Layers of one priority speak together: free
    where any of them is, else the busiest of their types, so that their order never matters. Then the
    busy times lie over all.
    """
    result: dict[BusyType, Intervals] = dict.fromkeys(_BUSIEST_FIRST, ())
    ranked = sorted(layers, key=_rank)
    for _, together in groupby(ranked, key=_rank):
        result = _spoken(result, list(together))
    for busy_type, intervals in _by_type(busy).items():
        result[busy_type] = union([*result[busy_type], *intervals])
    return _in_order(result, between)


def _rank(layer: Availability) -> int:
    """The place of a layer, from the lowest priority (undefined) to the highest (1)."""
    return -(layer.priority or 10)


def _spoken(before: Mapping[BusyType, Intervals], layers: list[Availability]) -> dict[BusyType, Intervals]:
    """What is busy once the layers of one priority have spoken."""
    spans = [layer.span for layer in layers]
    free = [each for layer in layers for each in intersection(layer.available, [layer.span])]
    said = _by_type((layer.span, layer.busy_type) for layer in layers)
    return {
        busy_type: union([*difference(there, spans), *difference(said[busy_type], free)])
        for busy_type, there in before.items()
    }


def _by_type(busy: Iterable[tuple[Interval, BusyType]]) -> dict[BusyType, list[Interval]]:
    """The intervals of each type."""
    found: dict[BusyType, list[Interval]] = {busy_type: [] for busy_type in _BUSIEST_FIRST}
    for interval, busy_type in busy:
        found[busy_type].append(interval)
    return found


def _in_order(busy: Mapping[BusyType, Intervals], between: Interval) -> tuple[FreeBusy, ...]:
    """The whole of `between`, where each instant is what is busiest in it."""
    pieces: list[FreeBusy] = []
    left: Intervals = (between,)
    for busy_type in _BUSIEST_FIRST:
        pieces += [FreeBusy(each, busy_type) for each in intersection(busy[busy_type], left)]
        left = difference(left, busy[busy_type])
    pieces += [FreeBusy(each) for each in left]
    return tuple(sorted(pieces, key=lambda piece: piece.interval.start))
