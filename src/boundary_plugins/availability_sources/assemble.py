"""All sources of availability, brought together into contact hours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from boundary_plugins.availability_sources.calendars import CalendarUse, calendar_layers
from boundary_plugins.availability_sources.day_rules import DayRule, by_day, days_of, layers_of_days
from boundary_plugins.availability_sources.exceptions import DatedHours, exception_rules
from boundary_plugins.availability_sources.holidays import holiday_rules
from boundary_plugins.availability_sources.overrides import override_layers
from boundary_plugins.availability_sources.weekly_hours import Season, season_rules, weekly_rule
from boundary_plugins.core.availability import Availability, ContactHours
from boundary_plugins.core.hours_grammar import WeeklyHours
from boundary_plugins.core.interval import Interval
from boundary_plugins.store.records import AvailabilityChange


@dataclass(frozen=True, slots=True)
class HoursSettings:
    """The hours that a configuration states, by the clock on the wall in `zone` (an IANA name).

    `weekly` as text or as rules; `holiday_region` None: no holidays are kept; `work_on` names those that
    are ordinary days.
    """

    zone: str
    weekly: str | WeeklyHours
    seasons: tuple[Season, ...] = ()
    exceptions: tuple[DatedHours, ...] = ()
    holiday_region: str | None = None
    holiday_subdivision: str | None = None
    work_on: tuple[str, ...] = ()


def assemble(
    settings: HoursSettings,
    changes: Sequence[AvailabilityChange],
    uses: Sequence[CalendarUse],
    covered: Interval,
) -> ContactHours:
    """The contact hours over `covered`; who has more say is in priorities.py.

    Raises ValueError where a text, a region or a subdivision in `settings` is not understood.
    """
    return ContactHours.combine(
        [*settings_layers(settings, covered), *calendar_layers(uses), *override_layers(changes)], covered
    )


def settings_layers(settings: HoursSettings, covered: Interval) -> list[Availability]:
    """The layers of the configuration alone, without calendars and commands."""
    return layers_of_days(_rule_of(settings, covered), settings.zone, covered)


def _rule_of(settings: HoursSettings, covered: Interval) -> Callable[[date], DayRule]:
    """What holds on each day: its exception, else its holiday, else its season's hours, else the week's."""
    first, last = days_of(covered, settings.zone)
    ordinary = weekly_rule(settings.weekly)
    rules = {
        **by_day(season_rules(settings.seasons), first, last),
        **holiday_rules(settings.holiday_region, settings.holiday_subdivision, settings.work_on, first, last),
        **by_day(exception_rules(settings.exceptions), first, last),
    }
    return lambda day: rules.get(day) or ordinary(day)
