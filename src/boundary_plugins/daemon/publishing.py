"""Availability published: computed by level, handed to each publisher alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from boundary_plugins.availability_sources.local_time import day_start, wall_clock
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.policy import ResponsePolicy
from boundary_plugins.daemon.ordinary_week import ordinary_week
from boundary_plugins.daemon.programmed import Programmed
from boundary_plugins.daemon.provider_health import ProviderHealth
from boundary_plugins.daemon.responders import Responders, window_responses
from boundary_plugins.daemon.served import ServedPublisher
from boundary_plugins.daemon.timetable import Timetable
from boundary_plugins.errors import PluginError, ProviderError
from boundary_plugins.host.services import Log
from boundary_plugins.ports import Publication, PublishedPractice
from boundary_plugins.rendering import Renderer


def publication(
    timetable: Timetable,
    *,
    weeks: int,
    zone: str,
    own_address: str,
    practice: PublishedPractice,
    at: datetime,
) -> Publication:
    """What may be published at `at` (aware, UTC): from the start of that day in `zone`, so many weeks."""
    today = wall_clock(at, zone).date()
    between = Interval(day_start(today, zone), day_start(today + timedelta(weeks=weeks), zone))
    return Publication(
        between=between,
        windows=timetable.hours().windows_between(between),
        usual=timetable.usual_windows(between),
        absences=timetable.absences(between),
        busy=timetable.busy(between),
        zone=zone,
        as_of=at,
        own_address=own_address,
        holidays=timetable.holidays(between),
        practice=practice,
    )


def with_responses(
    current: Publication, timetable: Timetable, policy: ResponsePolicy, renderer: Renderer
) -> Publication:
    """The publication with what a provider answers by itself, in the weeks that it holds and after them."""
    hours, until = timetable.hours_around(current.as_of), current.between.end
    return replace(
        current,
        responses=window_responses(hours, until, current.as_of, policy, renderer),
        own_addresses=policy.own_addresses,
        week=ordinary_week(timetable.ordinary_week(), hours, until, policy, renderer),
    )


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes to every configured place; one that fails harms no other.

    A place across a network is asked again where something changed, and else so `often` only. A provider
    that answers by itself is programmed while responses may go out, and not before and after.
    """

    publishers: Sequence[ServedPublisher]
    timetable: Timetable
    health: ProviderHealth
    log: Log
    now: Callable[[], datetime]
    weeks: int
    zone: str
    own_address: str
    practice: PublishedPractice
    responders: Responders
    programmed: Programmed
    policy: ResponsePolicy
    renderer: Renderer
    often: timedelta
    #: Whether responses may go out now, by this program or by anybody for it.
    may_answer: Callable[[], bool]
    _published: dict[str, tuple[Publication, datetime]] = field(default_factory=dict)

    def publish(self) -> bool:
        """Write what differs everywhere; whether every publisher could."""
        current = publication(
            self.timetable,
            weeks=self.weeks,
            zone=self.zone,
            own_address=self.own_address,
            practice=self.practice,
            at=self.now(),
        )
        outcomes = [self._publish_to(publisher, current) for publisher in self.publishers]
        return all(outcomes)

    def _publish_to(self, publisher: ServedPublisher, current: Publication) -> bool:
        """Write what differs in one place."""
        answers = publisher.answers_for is not None
        is_silenced = answers and not self.may_answer()
        if answers and not is_silenced:
            current = with_responses(current, self.timetable, self.policy, self.renderer)
        if publisher.is_remote and self._is_fresh(publisher, current):
            return True
        try:
            written = self._written(publisher, current, is_silenced)
        except (ProviderError, PluginError) as error:
            self.health.failed(publisher.title, error)
            # Who knows what stands there now: it is tried again at the next turn, whatever changed meanwhile.
            self._published.pop(publisher.name, None)
            return False
        self._published[publisher.name] = (current, self.now())
        self.health.well(publisher.title)
        if written:
            self.log.info("availability published", publisher=publisher.name)
        return True

    def _written(self, publisher: ServedPublisher, current: Publication, is_silenced: bool) -> bool:
        """Write, or take away what answers, and read back when the provider answers by itself."""
        begun = bool(current.responses) and not is_silenced and self._begin(publisher)
        may_differ = True
        try:
            if is_silenced:
                publisher.port.remove()
                self.programmed.forget(publisher)
                return False
            may_differ = publisher.port.publish(current)
            return may_differ
        finally:
            # Also where it could not be told when to.
            self._read_back(publisher, current, is_unchanged=begun and not may_differ)

    def _begin(self, publisher: ServedPublisher) -> bool:
        """From here on it may answer, and only the read-back tells; whether that was not so before."""
        self.programmed.note(publisher)
        return self.responders.begin(publisher, self.now())

    def _read_back(self, publisher: ServedPublisher, current: Publication, *, is_unchanged: bool) -> None:
        """Ask when the provider answers; where it cannot tell and was told nothing new, its last word holds."""
        try:
            self.responders.ask(publisher, self._judged_during(current))
        except (ProviderError, PluginError):
            if is_unchanged:
                self.responders.give_up(publisher)
            raise

    def _judged_during(self, current: Publication) -> Interval:
        """When mail arrived that may be judged until the next look: also earlier in the window in force.

        What came last evening, while this program was off, may have been answered then.
        """
        window = self.timetable.hours_around(current.as_of).window_at(current.as_of)
        return Interval(min(window.interval.start, current.between.start), current.between.end)

    def _is_fresh(self, publisher: ServedPublisher, current: Publication) -> bool:
        """Whether the very same was published not long ago."""
        published, at = self._published.get(publisher.name, (None, current.as_of))
        if published is None or replace(published, as_of=current.as_of) != current:
            return False
        return timedelta(0) <= current.as_of - at < self.often
