"""A year of busy blocks out of a calendar's text, against icalendar and recurring-ical-events over the same."""

import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from time import process_time
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from bench.figures import Figure
from bench.invented_calendar import HOME, YEAR, invented_calendar
from boundary_plugins.availability_sources.calendars import CalendarUse, busy_times
from boundary_plugins.codecs.icalendar import open_calendar
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import CalendarContents

EVENTS = 10_000
#: So many turns, both sides in each, so that what else the machine does strikes both.
TURNS = 3
#: Ours is so much shorter that it is measured more than once a turn.
TIMES = 5
LEAST_RATIO = 10.0
MOST_MEGABYTES = 25.0
_HOME = ZoneInfo(HOME)
#: From New Year to New Year at home, for the other libraries take the days of what they are asked in.
_FIRST, _LAST = datetime(YEAR, 1, 1, tzinfo=_HOME), datetime(YEAR + 1, 1, 1, tzinfo=_HOME)
_BETWEEN = Interval(_FIRST.astimezone(UTC), _LAST.astimezone(UTC))

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one side said: every time that somebody is busy, the same merged, and the seconds it took."""

    spans: frozenset[Span]
    blocks: list[Span]
    seconds: float


def calendar_figures() -> Iterator[Figure]:
    """The ratio as the median of turns, the memory, and a second look at a calendar that did not change."""
    data = invented_calendar(EVENTS)
    turns = [(_theirs(data), [_ours(data) for _ in range(TIMES)]) for _ in range(TURNS)]
    for theirs, (ours, *_) in turns:
        _check(theirs, ours)
    fastest = min(ours.seconds for _, answers in turns for ours in answers)
    ratios = [theirs.seconds / median(ours.seconds for ours in answers) for theirs, answers in turns]
    name = f"a year of {EVENTS:,} events, text to busy blocks"
    yield Figure(f"{name}, to recurring-ical-events' rate", median(ratios), "", least=LEAST_RATIO)
    yield Figure(f"{name}, peak memory", _megabytes(data), "MB", most=MOST_MEGABYTES)
    yield Figure(f"{name}", fastest * 1000, "ms")
    yield Figure("the same by recurring-ical-events", min(one.seconds for one, _ in turns) * 1000, "ms")
    yield Figure("the same again where nothing changed", _again(data) * 1000, "ms")


def _ours(data: bytes) -> _Answer:
    """What the program knows."""
    began = process_time()
    contents = open_calendar(data, zone=HOME, name="calendar.ics").between(_BETWEEN)
    blocks = _blocks(contents)
    seconds = process_time() - began
    spans = frozenset((one.interval.start, one.interval.end) for one in contents.periods)
    return _Answer(spans, [(block.start, block.end) for block in blocks], seconds)


def _blocks(contents: CalendarContents) -> tuple[Interval, ...]:
    """The merged busy blocks of the year."""
    return busy_times([CalendarUse(contents, closes=True, available=False)], _BETWEEN)


def _again(data: bytes) -> float:
    """Seconds that the same question takes of a calendar that was read and asked before."""
    calendar = open_calendar(data, zone=HOME, name="calendar.ics")
    calendar.between(_BETWEEN)
    began = process_time()
    calendar.between(_BETWEEN)
    return process_time() - began


def _theirs(data: bytes) -> _Answer:
    """What two other libraries know, which are told what makes nobody busy."""
    began = process_time()
    calendar = icalendar.Calendar.from_ical(data)
    spans = [
        (_instant(event.start), _instant(event.end))
        for event in recurring_ical_events.of(calendar).between(_FIRST, _LAST)
        if event.get("TRANSP") != "TRANSPARENT" and event.get("STATUS") != "CANCELLED"
    ]
    blocks = _merged(spans)
    return _Answer(frozenset(spans), blocks, process_time() - began)


def _instant(found: date) -> datetime:
    """A time or a day as an instant."""
    if isinstance(found, datetime):
        return found.astimezone(UTC)
    return datetime(found.year, found.month, found.day, tzinfo=_HOME).astimezone(UTC)


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that touch or overlap as one, within the year."""
    blocks: list[Span] = []
    for begins, ends in sorted(spans):
        start, end = max(begins, _BETWEEN.start), min(ends, _BETWEEN.end)
        if blocks and start <= blocks[-1][1]:
            blocks[-1] = blocks[-1][0], max(end, blocks[-1][1])
        elif start < end:
            blocks.append((start, end))
    return blocks


def _megabytes(data: bytes) -> float:
    """The most that reading takes besides the text itself; measured apart, for it slows what it measures."""
    tracemalloc.start()
    _ours(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def _check(theirs: _Answer, ours: _Answer) -> None:
    """See that both say the same. Raises RuntimeError where they differ."""
    if theirs.blocks != ours.blocks or theirs.spans != ours.spans:
        differing = len(theirs.spans ^ ours.spans)
        raise RuntimeError(
            f"{differing} of {len(theirs.spans)} busy times differ from recurring-ical-events'"
        )
