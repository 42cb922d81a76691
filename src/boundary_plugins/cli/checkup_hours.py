"""Whether contact hours make sense: an opening is in sight, and holidays are known."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from boundary_plugins.availability_sources.holidays import holiday_rules
from boundary_plugins.availability_sources.local_time import wall_clock
from boundary_plugins.cli.output import local_text
from boundary_plugins.config.schema import Config
from boundary_plugins.daemon.opener import Opener, timetable_for
from boundary_plugins.errors import BoundaryError
from boundary_plugins.ports import Condition, Examined
from boundary_plugins.store.repository import Store

_SOON = timedelta(days=30)


def hours_examined(config: Config, opener: Opener, store: Store, at: datetime) -> Iterator[Examined]:
    """The next opening, with calendars and one-off commands, and the holidays."""
    try:
        hours = timetable_for(opener, store, _Silent()).hours_around(at)
    except (BoundaryError, ValueError) as error:
        yield Examined("hours", Condition.BROKEN, str(error), "put [hours] right")
        return
    zone = config.practice.zone
    opening = at if hours.is_available(at) else hours.next_opening(at)
    if opening is None:
        yield Examined("hours", Condition.BROKEN, "no opening is in sight", _LOOK)
    elif opening - at > _SOON:
        found = f"the next opening is far away: {local_text(opening, zone)} ({zone})"
        yield Examined("hours", Condition.LOOK, found, _LOOK)
    elif opening == at:
        end = hours.window_at(at).interval.end
        yield Examined("hours", Condition.OK, f"open until {local_text(end, zone)} ({zone})")
    else:
        yield Examined("hours", Condition.OK, f"they open {local_text(opening, zone)} ({zone})")
    yield _holidays(config, at)


_LOOK = "look at them with: boundary availability show"


def _holidays(config: Config, at: datetime) -> Examined:
    """Which holidays are kept, and the next of them."""
    holidays = config.hours.holidays
    if holidays.region is None:
        return Examined("holidays", Condition.OK, "none are kept, as [hours.holidays] names no region")
    today = wall_clock(at, config.practice.zone).date()
    place = f"{holidays.region}-{holidays.subdivision}" if holidays.subdivision else holidays.region
    try:
        rules = holiday_rules(
            holidays.region, holidays.subdivision, holidays.work_on, today, today + timedelta(days=366)
        )
    except ValueError as error:
        return Examined("holidays", Condition.BROKEN, str(error), "put [hours.holidays] right")
    if not rules:
        return Examined("holidays", Condition.LOOK, f"{place} has none in the year to come")
    day = min(rules)
    name = rules[day].source.removeprefix("holiday: ")
    return Examined("holidays", Condition.OK, f"those of {place}; the next is {name}, {day:%a %d %b %Y}")


class _Silent:
    """Says nothing of a calendar that fails, since each is examined by itself."""

    def failed(self, provider: str, error: BoundaryError) -> None:
        """It is told elsewhere."""

    def well(self, provider: str) -> None:
        """It is told elsewhere."""

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """It is told elsewhere."""
