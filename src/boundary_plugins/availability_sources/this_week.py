"""What a publisher shows of absences where the therapist does not say more: those of the current week."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from boundary_plugins.availability_sources.local_time import day_start
from boundary_plugins.core.availability import Window
from boundary_plugins.core.interval import Interval, difference, intersection
from boundary_plugins.ports import Publication


def shown_this_week(publication: Publication) -> Publication:
    """The publication without the absences after the current week, Monday to Sunday in its own zone.

    So the world does not learn weeks ahead when nobody is home. Where the publication knows the usual
    windows, those stand after the week; else an absence still shows as closed.
    """
    today = publication.as_of.astimezone(ZoneInfo(publication.zone)).date()
    monday = today + timedelta(days=7 - today.weekday())
    week_ends = day_start(monday, publication.zone)
    week = Interval(min(publication.between.start, week_ends - timedelta(days=7)), week_ends)
    later = difference([publication.between], [week])
    usual = publication.usual or publication.windows
    return replace(
        publication,
        absences=intersection(publication.absences, [week]),
        windows=(*_within(publication.windows, [week]), *_within(usual, later)),
    )


def _within(windows: Iterable[Window], times: Sequence[Interval]) -> Iterator[Window]:
    """The windows, clipped to the times."""
    for window in windows:
        for interval in intersection([window.interval], times):
            yield replace(window, interval=interval)
