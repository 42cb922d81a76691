"""Google calendars at a Google that nobody here wrote, through Google's ordinary client.

It knows neither a place to go on from, nor series, nor the kinds of event, nor private properties, so what
depends on them is tested at the small Google alone.
"""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from boundary_google.calendar import GoogleCalendar
from boundary_google.publisher import CalendarPublisher
from boundary_google.settings import CalendarPublisherSettings, GoogleCalendarSettings
from boundary_plugins.core.interval import Interval
from boundary_plugins.host.services import Services
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.benches import CalendarBench, hours, invented_publication
from boundary_plugins.testing.contracts import CalendarContract
from boundary_plugins.testing.doubles import memory_services
from builders_google_calendar import event
from servers.google_emulator import IS_INSTALLED, GoogleEmulator, Person

pytestmark = pytest.mark.skipif(not IS_INSTALLED, reason="the emulator is not installed in .npm")
EVENTS = "/calendar/v3/calendars/primary/events"


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleEmulator]:
    """The emulator, started once."""
    with GoogleEmulator(tmp_path_factory.mktemp("emulator")) as made:
        yield made


@pytest.fixture
def person(emulator: GoogleEmulator) -> Person:
    """Somebody whose calendar is empty."""
    return emulator.person()


def signed_in(folder: Path, person: Person, scope: str) -> Services:
    """What a port is given."""
    return memory_services(
        folder, secrets={"google": json.dumps(person.sign_in(scope))}, name="calendar work"
    )


class EmulatedBench(CalendarBench):
    """Somebody's calendar at the emulator."""

    def __init__(self, folder: Path, emulator: GoogleEmulator, person: Person) -> None:
        self._person = person
        settings = GoogleCalendarSettings(api_endpoint=emulator.url)
        self.calendar = GoogleCalendar(settings, signed_in(folder, person, "calendar.events.readonly"))

    def enter(self, period: CalendarPeriod) -> None:
        start, end = (each.isoformat() for each in (period.interval.start, period.interval.end))
        self._person.ask("POST", EVENTS, event(start, end))


class TestEmulatedCalendar(CalendarContract):
    """The contract of every calendar."""

    @pytest.fixture
    def bench(self, tmp_path: Path, emulator: GoogleEmulator, person: Person) -> Iterator[CalendarBench]:
        made = EmulatedBench(tmp_path, emulator, person)
        with closing(made.calendar):
            yield made

    @pytest.mark.parametrize("kind", [AbsenceKind.BUSY])
    def test_a_period_is_seen_as_what_it_is(self, bench: CalendarBench, kind: AbsenceKind) -> None:
        """Busy; the emulator knows no out of office."""
        bench.enter(CalendarPeriod(hours(10, 11), kind))

        (period,) = bench.calendar.contents(hours(0, 24)).periods

        assert (hours(10, 11), kind) == (period.interval, period.kind)


def test_a_whole_day_and_a_deleted_event_are_read(
    tmp_path: Path, emulator: GoogleEmulator, person: Person
) -> None:
    """Each look reads everything there."""
    person.ask("POST", EVENTS, event("2026-03-02", "2026-03-03"))
    gone = person.ask("POST", EVENTS, event("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"))
    bench = EmulatedBench(tmp_path, emulator, person)
    with closing(bench.calendar):
        both = bench.calendar.contents(hours(0, 24)).periods
        person.ask("DELETE", f"{EVENTS}/{gone['id']}")
        one = bench.calendar.contents(hours(0, 24)).periods

    assert 2 == len(both)
    assert (CalendarPeriod(hours(0, 24), AbsenceKind.BUSY, all_day=True),) == one


def test_what_is_published_makes_one_busy_for_everybody(
    tmp_path: Path, emulator: GoogleEmulator, person: Person
) -> None:
    """As anybody's free-busy query tells; written in one batch."""
    settings = CalendarPublisherSettings(api_endpoint=emulator.url, calendar="primary")
    with closing(CalendarPublisher(settings, signed_in(tmp_path, person, "calendar.events"))) as publisher:
        is_written = publisher.publish(invented_publication())

    assert is_written
    assert [hours(0, 9), hours(17, 24)] == busy(person)


def busy(person: Person) -> list[Interval]:
    """What the emulator says to a free-busy query about the invented day."""
    asked: dict[str, Any] = {"timeMin": "2026-03-02T00:00:00Z", "timeMax": "2026-03-03T00:00:00Z"}
    answer = person.ask("POST", "/calendar/v3/freeBusy", asked | {"items": [{"id": "primary"}]})
    found = answer["calendars"]["primary"]["busy"]
    return [
        Interval(*(datetime.fromisoformat(each[name]).astimezone(UTC) for name in ("start", "end")))
        for each in found
    ]
