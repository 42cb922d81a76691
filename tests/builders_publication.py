"""What is published of ordinary hours, for tests of pages and calendars."""

from datetime import UTC, datetime, timedelta

from boundary_plugins.availability_sources.assemble import HoursSettings, assemble
from boundary_plugins.availability_sources.exceptions import DatedHours
from boundary_plugins.availability_sources.holidays import public_holidays
from boundary_plugins.availability_sources.local_time import day_start, wall_clock
from boundary_plugins.core.availability import BusyType, Window
from boundary_plugins.core.interval import Interval
from boundary_plugins.ports import Publication, PublishedPractice

WEEKLY = "mon-thu 09:00-12:30, 13:30-17:00; fri 09:00-12:00"
NEW_YORK = "America/New_York"
HARBOR = PublishedPractice("Quiet Harbor", "en", "US")

WEDNESDAY = datetime(2026, 3, 25, 12, tzinfo=UTC)
# Midnight between Sunday and Monday in Berlin, which has just gone to summer time.
WEEK_ENDS = datetime(2026, 3, 29, 22, tzinfo=UTC)
BETWEEN = Interval(datetime(2026, 3, 24, 23, tzinfo=UTC), datetime(2026, 4, 21, 22, tzinfo=UTC))


def published(
    at: datetime,
    weekly: str = WEEKLY,
    *,
    zone: str = NEW_YORK,
    practice: PublishedPractice = HARBOR,
    exceptions: tuple[DatedHours, ...] = (),
    weeks: int = 8,
) -> Publication:
    """The weeks from the day of `at` (aware, UTC) on, with the holidays of the practice's region closed."""
    first = wall_clock(at, zone).date()
    last = first + timedelta(weeks=weeks)
    between = Interval(day_start(first, zone), day_start(last, zone))
    settings = HoursSettings(zone, weekly, exceptions=exceptions, holiday_region=practice.region)
    return Publication(
        between=between,
        windows=assemble(settings, [], [], between).windows,
        absences=(),
        busy=(),
        zone=zone,
        as_of=at,
        own_address="therapist@example.com",
        holidays=public_holidays(practice.region, None, (), first, last),
        practice=practice,
    )


def away(usual: tuple[Window, ...] = ()) -> Publication:
    """Four weeks, all closed by an absence."""
    return Publication(
        between=BETWEEN,
        windows=(Window(BETWEEN, False, ("out of office",), BusyType.BUSY),),
        absences=(BETWEEN,),
        busy=(),
        zone="Europe/Berlin",
        as_of=WEDNESDAY,
        own_address="therapist@example.com",
        usual=usual,
    )
