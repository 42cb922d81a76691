"""Understands the text of calendars once, and then answers what it says between two instants."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from boundary_plugins.codecs.icalendar_aside import Aside
from boundary_plugins.codecs.icalendar_availability import layer
from boundary_plugins.codecs.icalendar_clock import around, utc
from boundary_plugins.codecs.icalendar_freebusy import free_busy
from boundary_plugins.codecs.icalendar_lines import Component
from boundary_plugins.codecs.icalendar_meaning import Mark, MarkedSpan, mark_of
from boundary_plugins.codecs.icalendar_plain import PlainEvents
from boundary_plugins.codecs.icalendar_publication import PRODID
from boundary_plugins.codecs.icalendar_recurrence import Occurrence, Part, Series
from boundary_plugins.codecs.icalendar_revisions import newest
from boundary_plugins.codecs.icalendar_structure import read_components
from boundary_plugins.codecs.icalendar_zones import Zones
from boundary_plugins.core.availability import Availability, BusyType
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import AbsenceKind, CalendarContents, CalendarPeriod

#: So many answers are remembered: the same few years are asked about again and again.
_MOST_ANSWERS = 4
#: Messages about events (RFC 5546) that do not say that the event takes place.
_NO_EVENTS = frozenset({"CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH", "REPLY"})


class CalendarFile:
    """A calendar's text, understood; it may be asked again and again."""

    def __init__(self, data: bytes, *, zone: str, name: str, reads_own: bool = False) -> None:
        """Read the text; what is wrong with it is told by `between`."""
        calendars = read_components(data)
        self._set_aside = () if calendars else (f"{name}: it is not a calendar",)
        places = (
            [name] if len(calendars) == 1 else [f"{name}: calendar {i + 1}" for i in range(len(calendars))]
        )
        self._calendars = [
            _Reading(calendar, zone, place, reads_own=reads_own)
            for calendar, place in zip(calendars, places, strict=True)
        ]
        self._answers: dict[Interval, CalendarContents] = {}

    def between(self, between: Interval) -> CalendarContents:
        """What it says between two instants: periods by start, each once; layers as in the file."""
        answer = self._answers.get(between)
        if answer is None:
            answer = self._answer(between)
            if len(self._answers) >= _MOST_ANSWERS:
                self._answers.clear()
            self._answers[between] = answer
        return answer

    def _answer(self, between: Interval) -> CalendarContents:
        """The same, of what was not asked lately."""
        first, last = around(between)
        spans: set[MarkedSpan] = set()
        layers: list[Availability] = []
        set_aside = list(self._set_aside)
        for calendar in self._calendars:
            aside = Aside(calendar.aside.place, calendar.aside.lines)
            spans.update(calendar.spans(first, last, aside))
            layers += calendar.layers(between, aside)
            set_aside += dict.fromkeys(aside.lines)
        return CalendarContents(_periods(sorted(spans)), tuple(layers), tuple(set_aside))


def open_calendar(data: bytes, *, zone: str, name: str, reads_own: bool = False) -> CalendarFile:
    """The text of a calendar, read once and ready for many questions (see `read_calendar`).

    What this program published is read only with `reads_own`: hours that follow from themselves never change.
    """
    return CalendarFile(data, zone=zone, name=name, reads_own=reads_own)


class _Reading:
    """One VCALENDAR."""

    def __init__(self, calendar: Component, zone: str, place: str, *, reads_own: bool) -> None:
        """Read every component, and set aside those that cannot be."""
        self.aside = Aside(place)
        self._single: list[MarkedSpan] = []
        self._series: list[Series] = []
        self._layers: list[tuple[Component, list[Series]]] = []
        own = calendar.first("PRODID")
        if own is not None and own.value.strip() == PRODID and not reads_own:
            self.aside.lines.append(f"{place}: this program published it, so it is not read as a calendar")
            return
        if calendar.problem:
            self.aside.lines.append(f"{place}: {calendar.problem}")
        self._zones = Zones(zone, [one for one in calendar.children if one.name == "VTIMEZONE"])
        self._zone = zone
        if calendar.word("METHOD") not in _NO_EVENTS:
            self._read(calendar)

    def _read(self, calendar: Component) -> None:
        """Sort the components by what they are."""
        for series in self._series_of(self._not_plain(calendar.children), "VEVENT"):
            if (only := series.only()) is None:
                self._series.append(series)
            else:
                start, end, part = only
                self._add_single(start, end, _mark(part))
        for component in calendar.children:
            if component.name == "VAVAILABILITY":
                series_of = list(self._series_of(component.children, "AVAILABLE"))
                self._layers.append((component, series_of))
            elif component.name == "VFREEBUSY":
                with self.aside.guard(component.number, component.name):
                    self._single += free_busy(component, self._zones)

    def _not_plain(self, components: Iterable[Component]) -> list[Component]:
        """Read every event that takes place once and stands alone with its UID; those that remain."""
        plain = PlainEvents(self._zones)
        events = [(one, plain.read(one)) for one in components if one.name == "VEVENT"]
        times = Counter(event.uid if event is not None else _uid(component) for component, event in events)
        remaining: list[Component] = []
        for component, event in events:
            if event is None or (event.uid is not None and times[event.uid] > 1):
                remaining.append(component)
            else:
                self._add_single(event.start, event.end, event.mark)
        return remaining

    def _add_single(self, start: int, end: int, mark: Mark | None) -> None:
        """Keep what takes place once, if it means anything."""
        if mark is not None:
            self._single.append((start, end, mark))

    def spans(self, first: int, last: int, aside: Aside) -> Iterator[MarkedSpan]:
        """Every busy time and absence that touches what lies between two instants."""
        for span in self._single:
            if span[0] < last and first < span[1]:
                yield span
        for series in self._series:
            with aside.guard(series.number, "VEVENT"):
                yield from _marked(list(series.between(first, last)))

    def layers(self, between: Interval, aside: Aside) -> Iterator[Availability]:
        """Every layer that touches the interval."""
        source = f"availability in {aside.place}"
        for component, series in self._layers:
            with aside.guard(component.number, component.name):
                found = layer(component, series, self._zones, between, source)
                if found is not None:
                    yield found

    def _series_of(self, components: Iterable[Component], kind: str) -> Iterator[Series]:
        """The components of a kind, those with one UID together."""
        groups: dict[str, list[Part]] = defaultdict(list)
        for component in components:
            if component.name != kind:
                continue
            self._zones.unknown = False
            with self.aside.guard(component.number, kind):
                part = Part.read(component, self._zones)
                uid = _uid(component)
                # Without a UID nothing can replace it, nor be replaced by it.
                groups[f"\n{component.number}" if uid is None else uid].append(part)
            if self._zones.unknown:
                self.aside.add(component.number, kind, f"its time zone is unknown; {self._zone} is meant")
        for parts in groups.values():
            yield from self._grouped(parts, kind)

    def _grouped(self, parts: list[Part], kind: str) -> Iterator[Series]:
        """The series of one UID."""
        masters = newest([part for part in parts if part.recurrence_id is None])
        replacements = newest([part for part in parts if part.recurrence_id is not None])
        is_told = False
        for master in masters:
            with self.aside.guard(master.component.number, kind):
                yield Series(master, replacements, self._zones)
                is_told = True
        if replacements and not is_told:
            # What was changed in a series that cannot be followed is still known.
            yield Series(None, replacements, self._zones)


def _uid(component: Component) -> str | None:
    """The UID, if there is one."""
    found = component.first("UID")
    return found.value if found else None


def _mark(part: Part) -> Mark | None:
    """What a component means."""
    return mark_of(part.component, part.start.is_date)


def _marked(occurrences: Iterable[Occurrence]) -> Iterator[MarkedSpan]:
    """Occurrences of one event with what they mean, where that is anything."""
    marks: dict[int, Mark | None] = {}
    for start, end, part in occurrences:
        number = part.component.number
        if number not in marks:
            marks[number] = _mark(part)
        mark = marks[number]
        if mark is not None:
            yield start, end, mark


def _periods(spans: Iterable[MarkedSpan]) -> tuple[CalendarPeriod, ...]:
    """Times as the program knows them."""
    meanings = {
        (kind.value, busy_type.value): (kind, busy_type) for kind in AbsenceKind for busy_type in BusyType
    }
    return tuple(
        CalendarPeriod(Interval(utc(start), utc(end)), *meanings[kind, busy_type], all_day)
        for start, end, (kind, busy_type, all_day) in spans
    )
