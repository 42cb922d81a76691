"""What a provider answers with once it hears no more of this program: the ordinary week, and what differs from it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

from boundary_plugins.availability_sources.closed_week import ClosedPart, closed_parts, differences
from boundary_plugins.availability_sources.fixed_offsets import weekly_intervals
from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.core.availability import ContactHours, Window
from boundary_plugins.core.hours_grammar import WeeklyHours
from boundary_plugins.core.interval import Interval, intersection
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.core.response import neutral_facts
from boundary_plugins.daemon.responders import answered_in, response_in
from boundary_plugins.ports import OrdinaryWeek, WeeklyResponse
from boundary_plugins.rendering import Renderer

#: Hours that come from a calendar differ from the week each day, and no provider keeps a year of them.
_MOST_DATED = 100


# Asked at each turn, and the same until the hours change or a day is over.
@lru_cache(maxsize=4)
def ordinary_week(
    week: WeeklyHours, hours: ContactHours, after: datetime, policy: ResponsePolicy, renderer: Renderer
) -> OrdinaryWeek:
    """The weekly texts for the time from `after` on, and dated ones as far as `hours` know of anything else.

    What differs is found by comparing: the week as a program keeps it that knows offsets and no zones, and the
    hours as the core judges by them. So a night of the clocks differs exactly where it does.
    """
    parts = [
        (part, answered)
        for part in closed_parts(week)
        if (answered := part.answered(policy.opens_soon)) is not None
    ]
    monday = wall_clock(after, policy.zone).date()
    monday += timedelta(days=7 - monday.weekday())
    responses = tuple(_weekly(part, answered, monday, policy, renderer) for part, answered in parts)
    known = _known(hours, after)
    if known is None:
        return OrdinaryWeek(responses)
    in_force = {interval: window for window, interval in _answered(hours, known, policy)}
    usual = weekly_intervals([answered for _, answered in parts], policy.zone, known)
    differing = differences(tuple(in_force), usual)
    # What begins before `after` is in `Publication.responses`, to its end.
    dated = [
        (window, interval)
        for interval, window in in_force.items()
        if window.interval.start >= after and any(interval.start in each for each in differing)
    ]
    ends = dated[_MOST_DATED][0].interval.start if len(dated) > _MOST_DATED else known.end
    return OrdinaryWeek(
        responses=responses,
        except_during=intersection(differing, [Interval(after, ends)]) if after < ends else (),
        dated=tuple(
            response_in(hours, window, interval, policy, renderer) for window, interval in dated[:_MOST_DATED]
        ),
    )


def _known(hours: ContactHours, after: datetime) -> Interval | None:
    """From the start of the window that holds `after` to where the hours are cut off; None where that is none."""
    start, end = hours.window_at(after).interval.start, hours.windows[-1].interval.start
    return Interval(start, end) if start < end else None


def _answered(
    hours: ContactHours, known: Interval, policy: ResponsePolicy
) -> Iterator[tuple[Window, Interval]]:
    """The closed windows that are answered, with the part in which they are."""
    for window in hours.windows_between(known):
        interval = None if window.is_open else answered_in(hours, window, known.end, policy)
        if interval is not None:
            yield window, interval


def _weekly(
    part: ClosedPart,
    answered: tuple[int, int],
    monday: date,
    policy: ResponsePolicy,
    renderer: Renderer,
) -> WeeklyResponse:
    """What is answered in one closed window of each week; no day is promised, since it would need a date."""
    opening = part.opening_after(monday, policy.zone)
    text = renderer.render(neutral_facts(policy, opening, None), every_week=True)
    return WeeklyResponse(*answered, text.subject, text.plain)
