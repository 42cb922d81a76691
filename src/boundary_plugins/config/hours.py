"""What a configuration says about contact hours, as the plain values that availability is made from."""

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.weekly_hours import Season
from boundary_plugins.config.schema import Config


def hours_settings(config: Config) -> HoursSettings:
    """The hours that the configuration states, in the practice's zone."""
    hours = config.hours
    return HoursSettings(
        zone=config.practice.zone,
        weekly=hours.weekly,
        seasons=tuple(Season(each.starts_on, each.ends_on, each.weekly) for each in hours.seasons),
        exceptions=tuple(DatedHours(each.on.first, each.on.last, each.hours) for each in hours.exceptions),
        holiday_region=hours.holidays.region,
        holiday_subdivision=hours.holidays.subdivision,
        work_on=hours.holidays.work_on,
    )
