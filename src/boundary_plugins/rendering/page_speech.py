"""The days of the published page in words: dates and times as people of the region write them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_interval, get_timezone_gmt

from boundary_plugins.availability_sources.local_time import day_start
from boundary_plugins.core.interval import Interval
from boundary_plugins.data.page_words import PageWords
from boundary_plugins.rendering import moments
from boundary_plugins.rendering.page_days import Day

_DAY = timedelta(days=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class SpokenSpan:
    """Open hours within a day: in words, and as schema.org writes them ("09:00" to "12:30")."""

    text: str
    opens: str
    closes: str


@dataclass(frozen=True, slots=True)
class SpokenDay:
    """A day: "Wednesday, November 25", its ISO date, its English weekday, its hours (none: closed).

    `holiday` and its language are empty where none is to be named.
    """

    name: str
    iso: str
    weekday: str
    spans: tuple[SpokenSpan, ...]
    holiday: str = ""
    holiday_language: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """Says days and instants in one language, locale and zone (IANA); names holidays only if `holidays`."""

    words: PageWords
    locale: Locale
    zone: str
    holidays: bool

    def day(self, day: Day) -> SpokenDay:
        """A day in words."""
        names = dict(day.holiday.names) if self.holidays and day.holiday else {}
        language = next((each for each in (self.locale.language, "en", *names) if each in names), "")
        return SpokenDay(
            name=_capital(moments.day(day.day, self.locale, with_year=False)),
            iso=day.day.isoformat(),
            weekday=_WEEKDAYS[day.day.weekday()],
            spans=tuple(self._span(interval, day.day) for interval in day.opened),
            holiday=names.get(language, ""),
            holiday_language=language,
        )

    def dated(self, day: date) -> str:
        """A date with its year: "Tuesday, November 24, 2026"."""
        return moments.day(day, self.locale, with_year=True)

    def heading(self, day: date) -> str:
        """The same, standing alone."""
        return _capital(self.dated(day))

    def dates(self, days: tuple[Day, ...]) -> str:
        """The dates from the first day to the last: "Nov 25 – 29, 2026"."""
        if len(days) == 1:
            return self.heading(days[0].day)
        return format_interval(days[0].day, days[-1].day, "yMMMd", locale=self.locale)

    def moment(self, at: datetime, beside: date | None = None) -> str:
        """An instant: "Wednesday, November 25 at 9:00 AM"; without the year of a date that stands beside it."""
        local = at.astimezone(ZoneInfo(self.zone))
        with_year = beside is None or local.year != beside.year
        spoken = moments.day(local.date(), self.locale, with_year=with_year)
        return self.words.moment.format(date=spoken, time=moments.time_of(local, self.locale))

    def opening(self, at: datetime, beside: date) -> str:
        """The same, standing alone."""
        return _capital(self.moment(at, beside))

    def until(self, at: datetime, day: date) -> str:
        """The end of hours on a day: its time alone where it is the same day's."""
        local = at.astimezone(ZoneInfo(self.zone))
        if at == day_start(day + _DAY, self.zone):
            return self.words.midnight
        return moments.time_of(local, self.locale) if local.date() == day else self.moment(at, day)

    def city(self) -> str:
        """The place that the zone is named after."""
        return moments.city_of(self.zone, self.locale)

    def _span(self, interval: Interval, day: date) -> SpokenSpan:
        """Hours within a day. schema.org means the next midnight by an end that is not after the start."""
        begins, ends = day_start(day, self.zone), day_start(day + _DAY, self.zone)
        opens, closes = (edge.astimezone(ZoneInfo(self.zone)) for edge in (interval.start, interval.end))
        if (interval.start, interval.end) == (begins, ends):
            return SpokenSpan(self.words.all_day, "00:00", "23:59")
        said = [
            self.words.midnight if edge == midnight else moments.time_of(local, self.locale)
            for edge, midnight, local in ((interval.start, begins, opens), (interval.end, ends, closes))
        ]
        if _clocks_change(opens, closes):
            # Such a night has an hour twice or an hour less, so the clock alone does not tell the times.
            said = [
                f"{text} ({get_timezone_gmt(local, locale=self.locale)})"
                for text, local in zip(said, (opens, closes), strict=True)
            ]
        # A line breaks between two times, and not within one.
        first, last = (text.replace(" ", "\u00a0") for text in said)
        return SpokenSpan(
            self.words.span.format(opens=first, closes=last), f"{opens:%H:%M}", f"{closes:%H:%M}"
        )


def _clocks_change(opens: datetime, closes: datetime) -> bool:
    """Whether clocks change between two local times, or show one of them twice."""
    twice = any(each.replace(fold=1 - each.fold).utcoffset() != each.utcoffset() for each in (opens, closes))
    return twice or opens.utcoffset() != closes.utcoffset()


def _capital(text: str) -> str:
    """A text that stands alone; French and Spanish write days small within a sentence."""
    return text[:1].upper() + text[1:]
