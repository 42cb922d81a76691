"""Any CalDAV server: a calendar that is read, and availability that is published there."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boundary_plugins import (
    Calendar,
    CalendarProvider,
    Capability,
    Publisher,
    PublisherProvider,
    Refused,
    Services,
    hookimpl,
)


@contextmanager
def _library(services: Services) -> Iterator[None]:
    """Say what to install where the library is not there."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("caldav", "requests", "lxml"):
            raise
        problem = 'the library for CalDAV is not installed; install the program with its extra "caldav"'
        raise Refused(services.name or "caldav", problem) from None


def _open_calendar(settings: Any, services: Services) -> Calendar:
    """Open a calendar; nothing is asked of the server yet."""
    with _library(services):
        from boundary_caldav.calendar import open_calendar

    return open_calendar(settings, services)


def _open_publisher(settings: Any, services: Services) -> Publisher:
    """Open a publisher; nothing is asked of the server yet."""
    with _library(services):
        from boundary_caldav.publisher import open_publisher

    return open_publisher(settings, services)


@hookimpl
def register_calendars() -> Iterator[CalendarProvider[Any]]:
    """A calendar on a CalDAV server."""
    from boundary_caldav.settings import CaldavCalendarSettings

    yield CalendarProvider(
        name="caldav",
        summary="a calendar on any CalDAV server (Fastmail, iCloud, Nextcloud, your own)",
        settings=CaldavCalendarSettings,
        open=_open_calendar,
        capabilities=frozenset({Capability.READ_AVAILABILITY}),
    )


@hookimpl
def register_publishers() -> Iterator[PublisherProvider[Any]]:
    """The availability that a CalDAV server keeps for its user, or a calendar of its own."""
    from boundary_caldav.settings import CaldavPublisherSettings

    yield PublisherProvider(
        name="caldav",
        summary="writes availability to a CalDAV server",
        settings=CaldavPublisherSettings,
        open=_open_publisher,
        capabilities=frozenset({Capability.PUBLISH_ABSENCES}),
    )
