"""What a calendar on Exchange holds: Exchange itself works out each occurrence, and how one is then."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from boundary_exchange import parse, payloads
from boundary_exchange.connection import Connection
from boundary_exchange.problems import Trouble
from boundary_exchange.vocabulary import ENTRY, Field
from boundary_plugins import AbsenceKind, BusyType, CalendarPeriod, Interval

Xml = Any

# Nothing of an entry's text is asked for.
FIELDS: tuple[Field, ...] = (
    "calendar:Start",
    "calendar:End",
    "calendar:IsAllDayEvent",
    "calendar:LegacyFreeBusyStatus",
    "calendar:IsCancelled",
    "calendar:MyResponseType",
    ENTRY,
)
#: Exchange gives at most two years at once.
LONGEST_VIEW = timedelta(days=365)
#: A view that holds more than Exchange gives is asked for in halves, down to this.
SHORTEST_VIEW = timedelta(hours=1)
#: By Exchange's status; free, and working elsewhere, mean that one can be reached.
_MEANING = {
    "Busy": (AbsenceKind.BUSY, BusyType.BUSY),
    "NoData": (AbsenceKind.BUSY, BusyType.BUSY),
    "OOF": (AbsenceKind.OUT_OF_OFFICE, BusyType.UNAVAILABLE),
    "Tentative": (AbsenceKind.BUSY, BusyType.TENTATIVE),
}


def occurrences(connection: Connection, between: Interval) -> tuple[CalendarPeriod, ...]:
    """Every occurrence that touches the interval and means something, but ours. Raises Trouble."""
    found = [_period(item) for view in _views(between) for item in _items(connection, view)]
    touching = [each for each in found if each is not None and _touches(each.interval, between)]
    # An occurrence may touch two views.
    return tuple(dict.fromkeys(touching))


def _items(connection: Connection, view: Interval) -> Iterator[Xml]:
    """The occurrences of a view; in two halves where they are more than Exchange gives at once."""
    message = None
    try:
        request = payloads.calendar_view(connection.settings.address, view, FIELDS)
        (message,) = connection.ask("FindItem", request)
    except Trouble as trouble:
        if trouble.code != "ErrorExceededFindCountLimit":
            raise
    if message is not None and parse.is_whole(message):
        yield from parse.items(message)
        return
    if view.duration <= SHORTEST_VIEW:
        raise Trouble(words="there are more entries in an hour than Exchange tells")
    # In whole seconds, as Exchange takes them.
    middle = (view.start + view.duration / 2).replace(microsecond=0)
    yield from _items(connection, Interval(view.start, middle))
    yield from _items(connection, Interval(middle, view.end))


def _views(between: Interval) -> Iterator[Interval]:
    """The interval in stretches that Exchange takes."""
    start = between.start
    while start < between.end:
        end = min(start + LONGEST_VIEW, between.end)
        yield Interval(start, end)
        start = end


def _period(item: Xml) -> CalendarPeriod | None:
    """What an entry means; None where it means nothing, is cancelled or declined, or is one of ours."""
    meaning = _MEANING.get(parse.text(item, "t:LegacyFreeBusyStatus"))
    interval = parse.interval(parse.text(item, "t:Start"), parse.text(item, "t:End"))
    if meaning is None or interval is None or parse.extended(item, ENTRY) is not None:
        return None
    if parse.text(item, "t:IsCancelled") == "true" or parse.text(item, "t:MyResponseType") == "Decline":
        return None
    all_day = parse.text(item, "t:IsAllDayEvent") == "true"
    return CalendarPeriod(interval, *meaning, all_day=all_day)


def _touches(one: Interval, other: Interval) -> bool:
    """Whether two intervals have an instant in common."""
    return one.start < other.end and other.start < one.end
