"""Understands the text of calendars once, and then answers what it says between two instants."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from boundary_plugins.codecs.icalendar_availability import layer
from boundary_plugins.codecs.icalendar_freebusy import free_busy
from boundary_plugins.codecs.icalendar_lines import CalendarTextError, Component, read_components
from boundary_plugins.codecs.icalendar_meaning import Meaning, is_all_day, meaning
from boundary_plugins.codecs.icalendar_publication import PRODID
from boundary_plugins.codecs.icalendar_recurrence import Occurrence, Part, Series
from boundary_plugins.codecs.icalendar_times import Zones
from boundary_plugins.core.availability import Availability
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import CalendarContents, CalendarPeriod

#: Messages about events (RFC 5546) that do not say that the event takes place.
_NO_EVENTS = frozenset({"CANCEL", "COUNTER", "DECLINECOUNTER", "REFRESH", "REPLY"})


class Aside:
    """What could not be read: where it stands and why, never what it says."""

    def __init__(self, place: str, lines: Iterable[str] = ()) -> None:
        """Begin with the lines of an earlier reading of the same place."""
        self.place = place
        self.lines = list(lines)

    def add(self, number: int, kind: str, reason: str) -> None:
        """One component was set aside."""
        self.lines.append(f"{self.place}: component {number} ({kind}): {reason}")

    @contextmanager
    def guard(self, number: int, kind: str) -> Iterator[None]:
        """Set the component aside where the work in the block cannot be done; the rest goes on."""
        try:
            yield
        except CalendarTextError as problem:
            self.add(number, kind, str(problem))
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # The text of such an error may hold text of the calendar.
            self.add(number, kind, "it cannot be understood")


class CalendarFile:
    """A calendar's text, understood; it may be asked again and again."""

    def __init__(self, data: bytes, *, zone: str, name: str) -> None:
        """Read the text; what is wrong with it is told by `between`."""
        calendars = read_components(data)
        self._set_aside = () if calendars else (f"{name}: it is not a calendar",)
        places = (
            [name] if len(calendars) == 1 else [f"{name}: calendar {i + 1}" for i in range(len(calendars))]
        )
        self._calendars = [
            _Reading(calendar, zone, place) for calendar, place in zip(calendars, places, strict=True)
        ]

    def between(self, between: Interval) -> CalendarContents:
        """What it says between two instants: periods by start, each once; layers as in the file."""
        periods: set[CalendarPeriod] = set()
        layers: list[Availability] = []
        set_aside = list(self._set_aside)
        for calendar in self._calendars:
            aside = Aside(calendar.aside.place, calendar.aside.lines)
            periods.update(calendar.periods(between, aside))
            layers += calendar.layers(between, aside)
            set_aside += dict.fromkeys(aside.lines)
        return CalendarContents(tuple(sorted(periods, key=_order)), tuple(layers), tuple(set_aside))


def open_calendar(data: bytes, *, zone: str, name: str) -> CalendarFile:
    """The text of a calendar, read once and ready for many questions (see `read_calendar`)."""
    return CalendarFile(data, zone=zone, name=name)


class _Reading:
    """One VCALENDAR."""

    def __init__(self, calendar: Component, zone: str, place: str) -> None:
        """Read every component, and set aside those that cannot be."""
        self.aside = Aside(place)
        self._single: list[Occurrence] = []
        self._series: list[Series] = []
        self._layers: list[tuple[Component, list[Series]]] = []
        self._busy: list[CalendarPeriod] = []
        self._meanings: dict[int, Meaning | None] = {}
        own = calendar.first("PRODID")
        if own is not None and own.value.strip() == PRODID:
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
        for series in self._series_of(calendar.children, "VEVENT"):
            if (only := series.only()) is None:
                self._series.append(series)
            else:
                self._single.append(only)
        for component in calendar.children:
            if component.name == "VAVAILABILITY":
                series_of = list(self._series_of(component.children, "AVAILABLE"))
                self._layers.append((component, series_of))
            elif component.name == "VFREEBUSY":
                with self.aside.guard(component.number, component.name):
                    self._busy += free_busy(component, self._zones)

    def periods(self, between: Interval, aside: Aside) -> Iterator[CalendarPeriod]:
        """Every busy time and absence that touches the interval."""
        for one in self._single:
            if one.interval.start < between.end and between.start < one.interval.end:
                yield from self._period(one)
        for series in self._series:
            with aside.guard(series.number, "VEVENT"):
                for occurrence in list(series.between(between)):
                    yield from self._period(occurrence)
        for period in self._busy:
            if period.interval.start < between.end and between.start < period.interval.end:
                yield period

    def layers(self, between: Interval, aside: Aside) -> Iterator[Availability]:
        """Every layer that touches the interval."""
        source = f"availability in {aside.place}"
        for component, series in self._layers:
            with aside.guard(component.number, component.name):
                found = layer(component, series, self._zones, between, source)
                if found is not None:
                    yield found

    def _period(self, occurrence: Occurrence) -> Iterator[CalendarPeriod]:
        """An occurrence as a period, if it means anything."""
        component = occurrence.part.component
        if component.number not in self._meanings:
            self._meanings[component.number] = meaning(component)
        found = self._meanings[component.number]
        if found is not None:
            all_day = is_all_day(component, occurrence.part.start.is_date)
            yield CalendarPeriod(occurrence.interval, *found, all_day)

    def _series_of(self, components: Iterable[Component], kind: str) -> Iterator[Series]:
        """The components of a kind, those with one UID together."""
        groups: dict[str, list[Part]] = defaultdict(list)
        for component in components:
            if component.name != kind:
                continue
            self._zones.unknown = False
            with self.aside.guard(component.number, kind):
                part = Part.read(component, self._zones)
                uid = component.first("UID")
                # Without a UID nothing can replace it, nor be replaced by it.
                groups[uid.value if uid else f"\n{component.number}"].append(part)
            if self._zones.unknown:
                self.aside.add(component.number, kind, f"its time zone is unknown; {self._zone} is meant")
        for parts in groups.values():
            yield from self._grouped(parts, kind)

    def _grouped(self, parts: list[Part], kind: str) -> Iterator[Series]:
        """The series of one UID."""
        masters = _newest([part for part in parts if part.recurrence_id is None])
        replacements = _newest([part for part in parts if part.recurrence_id is not None])
        is_told = False
        for master in masters:
            with self.aside.guard(master.component.number, kind):
                yield Series(master, replacements, self._zones)
                is_told = True
        if replacements and not is_told:
            # What was changed in a series that cannot be followed is still known.
            yield Series(None, replacements, self._zones)


def _newest(parts: list[Part]) -> list[Part]:
    """Of components that are the same one (RFC 5545, section 3.8.7.4), the newest revision.

    Revisions that nothing tells apart are all kept: some programs give several events one UID, and a
    forgotten absence is worse than one too many.
    """
    if len(parts) < 2:
        return parts
    newest: dict[datetime | None, list[Part]] = {}
    for part in parts:
        key = part.recurrence_id.instant if part.recurrence_id else None
        known = newest.get(key)
        if known is None or _revision(part) > _revision(known[0]):
            newest[key] = [part]
        elif _revision(part) == _revision(known[0]):
            known.append(part)
    return [part for same in newest.values() for part in same]


def _revision(part: Part) -> tuple[int, str]:
    """How new a component is: by SEQUENCE, then by its stamp."""
    sequence = part.component.word("SEQUENCE", "0")
    number = int(sequence) if sequence.isascii() and sequence.isdigit() and len(sequence) < 12 else 0
    return number, part.component.word("LAST-MODIFIED") or part.component.word("DTSTAMP")


def _order(period: CalendarPeriod) -> tuple[Interval, str, str, bool]:
    """By time, and in the same order at each reading."""
    return period.interval, period.kind.value, period.busy_type.value, period.all_day
