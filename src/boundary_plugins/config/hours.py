"""What a configuration means for the hours: the settings that availability sources turn into layers."""

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.config.schema import Config


def hours_settings(config: Config) -> HoursSettings:
    """The configured hours, by the clock on the wall in the practice's zone."""
    hours, holidays = config.hours, config.hours.holidays
    return HoursSettings(
        zone=config.practice.zone,
        weekly=hours.weekly,
        seasons=tuple(Season(season.starts_on, season.ends_on, season.weekly) for season in hours.seasons),
        exceptions=tuple(DatedHours(each.on.first, each.on.last, each.hours) for each in hours.exceptions),
        holiday_region=holidays.region,
        holiday_subdivision=holidays.subdivision,
        work_on=holidays.work_on,
    )
