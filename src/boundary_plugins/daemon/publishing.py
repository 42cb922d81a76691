"""Availability published: computed by level, handed to each publisher alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from boundary_plugins.core.interval import Interval
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.served import ServedPublisher
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.errors import PluginError, ProviderError
from boundary_plugins.host.services import Log
from boundary_plugins.ports import Publication


def publication(
    timetable: Timetable, *, weeks: int, zone: str, own_address: str, at: datetime
) -> Publication:
    """What may be published at `at` (aware, UTC): from the start of that day in `zone`, so many weeks."""
    local = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    start = local.replace(tzinfo=ZoneInfo(zone)).astimezone(at.tzinfo)
    between = Interval(start, start + timedelta(weeks=weeks))
    return Publication(
        between=between,
        windows=timetable.hours().windows_between(between),
        usual=timetable.usual_windows(between),
        absences=timetable.absences(between),
        busy=timetable.busy(between),
        zone=zone,
        as_of=at,
        own_address=own_address,
    )


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes to every configured place; one that fails harms no other."""

    publishers: Sequence[ServedPublisher]
    timetable: Timetable
    health: ProviderHealth
    log: Log
    now: Callable[[], datetime]
    weeks: int
    zone: str
    own_address: str

    def publish(self) -> bool:
        """Write what differs everywhere; whether every publisher could."""
        current = publication(
            self.timetable, weeks=self.weeks, zone=self.zone, own_address=self.own_address, at=self.now()
        )
        outcomes = [self._publish_to(publisher, current) for publisher in self.publishers]
        return all(outcomes)

    def _publish_to(self, publisher: ServedPublisher, current: Publication) -> bool:
        """Write what differs in one place."""
        title = f"publisher {publisher.name}"
        try:
            written = publisher.port.publish(current)
        except (ProviderError, PluginError) as error:
            self.health.failed(title, error)
            return False
        self.health.well(title)
        if written:
            self.log.info("availability published", publisher=publisher.name)
        return True
