"""A real Google account's calendar and responder, where somebody names one for tests.

BOUNDARY_LIVE_GOOGLE_EVENTS is a file with a kept sign-in for `calendar.events` and `gmail.settings.basic`, and
BOUNDARY_LIVE_GOOGLE_CALENDAR the ID of a calendar. What is touched: events of 2 March 2026 are written into
that calendar and deleted again; the vacation responder, if it is off, is set for a night that is long over, and
given back. Nothing is sent.
"""

import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_google.calendar import GoogleCalendar
from boundary_google.publisher import CalendarPublisher
from boundary_google.settings import CalendarPublisherSettings, GoogleCalendarSettings, VacationSettings
from boundary_google.vacation import VacationPublisher
from boundary_plugins.host.services import Services
from boundary_plugins.testing.benches import hours, invented_publication, invented_responses
from boundary_plugins.testing.doubles import memory_services

pytestmark = pytest.mark.live("BOUNDARY_LIVE_GOOGLE_EVENTS", "BOUNDARY_LIVE_GOOGLE_CALENDAR")


@pytest.fixture
def services(tmp_path: Path) -> Services:
    """The sign-in."""
    kept = Path(os.environ["BOUNDARY_LIVE_GOOGLE_EVENTS"]).read_text("utf-8")
    return memory_services(tmp_path, secrets={"google": kept})


@pytest.fixture
def publisher(services: Services) -> Iterator[CalendarPublisher]:
    """What writes into the calendar; it takes away what it wrote."""
    settings = CalendarPublisherSettings(calendar=os.environ["BOUNDARY_LIVE_GOOGLE_CALENDAR"])
    with closing(CalendarPublisher(settings, services)) as made:
        yield made
        made.remove()


def test_what_was_written_is_written_once_and_comes_back(publisher: CalendarPublisher) -> None:
    """Also what was deleted before, under the same id."""
    hours_of = [invented_publication(opens=opens) for opens in (9, 9, 10, 9)]

    assert [True, False, True, True] == [publisher.publish(each) for each in hours_of]


def test_what_was_written_is_not_read_as_busy(publisher: CalendarPublisher, services: Services) -> None:
    """By its id."""
    settings = GoogleCalendarSettings(calendars=(os.environ["BOUNDARY_LIVE_GOOGLE_CALENDAR"],))
    with closing(GoogleCalendar(settings, services)) as calendar:
        before = calendar.contents(hours(0, 24)).periods
        publisher.publish(invented_publication())

        assert before == calendar.contents(hours(0, 24)).periods


def test_the_responder_holds_what_it_was_given(services: Services) -> None:
    """In whatever words Gmail keeps it, a second look changes nothing; then it is as it was."""
    night = replace(invented_publication(), responses=invented_responses())
    with closing(VacationPublisher(VacationSettings(), services)) as responder:
        before = responder._present()
        written = [responder.publish(night) for _ in range(2)]
        answered = responder.answers_during(hours(0, 72))
        responder.remove()

        assert ([True, False], (invented_responses()[0].interval,)) == (written, answered)
        assert before == responder._present()
