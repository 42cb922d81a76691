"""The ordinary week, and the seasons that replace it on their dates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from boundary_plugins.availability_sources.day_rules import DatedRule, DayRule
from boundary_plugins.availability_sources.priorities import SEASONS, WEEKLY
from boundary_plugins.core.hours_grammar import WeeklyHours, parse_weekly


@dataclass(frozen=True, slots=True)
class Season:
    """Other weekly hours from `first` to `last`, both days included; `weekly` as text or as rules."""

    first: date
    last: date
    weekly: str | WeeklyHours


def weekly_rule(weekly: str | WeeklyHours) -> Callable[[date], DayRule]:
    """What holds on a day of the ordinary week. Raises ValueError for a text that is not understood."""
    return _rule("weekly hours", WEEKLY, weekly)


def season_rules(seasons: Iterable[Season]) -> list[DatedRule]:
    """What holds in the seasons. Raises ValueError for a text that is not understood."""
    return [
        DatedRule(
            season.first,
            season.last,
            _rule(f"season {season.first}..{season.last}", SEASONS, season.weekly),
        )
        for season in seasons
    ]


def _rule(source: str, priority: int, weekly: str | WeeklyHours) -> Callable[[date], DayRule]:
    """The rule of each weekday, looked up."""
    week = parse_weekly(weekly) if isinstance(weekly, str) else weekly
    rules = [DayRule(source, priority, hours) for hours in week.days]
    return lambda day: rules[day.weekday()]
