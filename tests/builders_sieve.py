"""A practice's hours and the Sieve script that is made of them, as the daemon makes it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from boundary_plugins.availability_sources.assemble import HoursSettings
from boundary_plugins.core.policy import Audience, ResponsePolicy
from boundary_plugins.daemon.publishing import publication, with_responses
from boundary_plugins.daemon.timetable import ServedCalendar, Timetable
from boundary_plugins.ports import Publication, PublishedPractice
from boundary_plugins.rendering import Renderer
from boundary_plugins.store.records import AvailabilityChange

OWN = "therapist@example.com"
ALIAS = "r.example@example.com"


class SilentHealth:
    """Nobody is told how a calendar is."""

    def failed(self, provider: str, error: Exception) -> None:
        """Nothing."""

    def well(self, provider: str) -> None:
        """Nothing."""

    def partly(self, provider: str, set_aside: Sequence[str]) -> None:
        """Nothing."""


def policy_in(zone: str, language: str = "en", opens_soon: timedelta = timedelta(hours=3)) -> ResponsePolicy:
    """A policy that answers everyone."""
    return ResponsePolicy(
        own_addresses=(OWN, ALIAS),
        zone=zone,
        language=language,
        languages=frozenset({"de", "en", "es", "fr"}),
        region={"en": "US", "de": "DE", "es": "ES", "fr": "FR"}[language],
        audience=Audience.EVERYONE,
        opens_soon=opens_soon,
    )


def timetable_of(
    settings: HoursSettings,
    at: datetime,
    *,
    changes: Sequence[AvailabilityChange] = (),
    calendars: Sequence[ServedCalendar] = (),
) -> Timetable:
    """The hours in force at an instant."""
    timetable = Timetable(settings, calendars, lambda: changes, SilentHealth(), lambda: at)
    timetable.refresh(calendars=True)
    return timetable


def publication_of(
    timetable: Timetable, policy: ResponsePolicy, at: datetime, *, weeks: int = 8
) -> Publication:
    """What a provider is told at an instant."""
    practice = PublishedPractice("Quiet Harbor", policy.language, policy.region)
    renderer = Renderer(practice_name="Quiet Harbor", therapist_name="R. Example")
    current = publication(timetable, weeks=weeks, zone=policy.zone, own_address=OWN, practice=practice, at=at)
    return with_responses(current, timetable, policy, renderer)


def utc(*parts: int) -> datetime:
    """An instant."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


__all__ = ["ALIAS", "OWN", "policy_in", "publication_of", "replace", "timetable_of", "utc"]
