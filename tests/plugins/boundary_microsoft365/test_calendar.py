"""Calendars over Graph: what each mark means, series and their deltas, whole days, and the nights of a clock change."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from boundary_microsoft365.calendar import Microsoft365Calendar
from boundary_microsoft365.settings import CalendarSettings
from boundary_plugins.core.availability import BusyType
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import Refused
from boundary_plugins.ports import AbsenceKind
from boundary_plugins.testing.benches import at, hours
from builders_microsoft365 import SignedIn
from servers.graph import Fault

DELTA = "GET /calendarView/delta"
BUSY, AWAY = AbsenceKind.BUSY, AbsenceKind.OUT_OF_OFFICE


@pytest.fixture
def calendar(signed_in: SignedIn) -> Microsoft365Calendar:
    """The default calendar of a practice in New York."""
    signed_in.zone = "America/New_York"
    return signed_in.open(Microsoft365Calendar, CalendarSettings, "calendar own")


def local(text: str) -> datetime:
    """A wall clock's time, which belongs to no zone yet."""
    return datetime.fromisoformat(text)


def utc(year: int, month: int, day: int, hour: int = 0) -> datetime:
    """An instant."""
    return datetime(year, month, day, hour, tzinfo=UTC)


class TestMeaning:
    """What an event means for the hours, by its marks alone."""

    @pytest.mark.parametrize(
        "fields, meaning",
        [
            ({"showAs": "busy"}, (BUSY, BusyType.BUSY)),
            ({"showAs": "tentative"}, (BUSY, BusyType.TENTATIVE)),
            ({"showAs": "oof"}, (AWAY, BusyType.BUSY)),
            ({"showAs": "unknown"}, (BUSY, BusyType.BUSY)),
            # Whoever works elsewhere can be reached.
            ({"showAs": "workingElsewhere"}, None),
            ({"showAs": "free"}, None),
            # A private event keeps somebody as busy as any other.
            ({"showAs": "busy", "sensitivity": "private"}, (BUSY, BusyType.BUSY)),
            ({"showAs": "busy", "isCancelled": True}, None),
            ({"showAs": "busy", "responseStatus": {"response": "declined"}}, None),
            ({"showAs": "busy", "responseStatus": {"response": "accepted"}}, (BUSY, BusyType.BUSY)),
            # What this program itself entered is not read back.
            ({"showAs": "oof", "transactionId": "boundary-plugins-1"}, None),
        ],
    )
    def test_is_told_by_marks(
        self,
        calendar: Microsoft365Calendar,
        signed_in: SignedIn,
        fields: dict[str, Any],
        meaning: tuple[AbsenceKind, BusyType] | None,
    ) -> None:
        """Nothing of its text leaves the plugin."""
        signed_in.account.calendars.add(at(10), at(11), **fields)

        periods = calendar.contents(hours(0, 24)).periods

        assert ([meaning] if meaning else []) == [(each.kind, each.busy_type) for each in periods]

    def test_a_whole_day_is_the_therapists_own(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """Midnight to midnight where the practice is, whatever zone it was entered in."""
        signed_in.account.calendars.add(utc(2026, 3, 2), utc(2026, 3, 3), isAllDay=True, showAs="oof")

        (period,) = calendar.contents(Interval(utc(2026, 3, 1), utc(2026, 3, 5))).periods

        assert Interval(utc(2026, 3, 2, 5), utc(2026, 3, 3, 5)) == period.interval
        assert period.all_day

    @pytest.mark.parametrize(
        "day, length",
        [
            # The night of the change to summer time takes an hour, that of the change back gives one.
            ((2026, 3, 8), 23),
            ((2026, 11, 1), 25),
        ],
    )
    def test_a_whole_day_of_a_clock_change_has_its_own_length(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn, day: tuple[int, int, int], length: int
    ) -> None:
        """23 or 25 hours."""
        start = utc(*day)
        signed_in.account.calendars.add(start, start + timedelta(days=1), isAllDay=True, showAs="oof")

        (period,) = calendar.contents(Interval(start - timedelta(days=2), start + timedelta(days=3))).periods

        assert timedelta(hours=length) == period.interval.end - period.interval.start


class TestSeries:
    """A view tells when each occurrence is, and only of the series what it means."""

    def test_occurrences_mean_what_their_series_means(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """A delta tells four fields of them."""
        signed_in.account.calendars.add_weekly(
            local("2026-03-02T10:00"), 1, 3, "America/New_York", showAs="tentative"
        )

        periods = calendar.contents(Interval(utc(2026, 3, 1), utc(2026, 4, 1))).periods

        assert [BusyType.TENTATIVE] * 3 == [each.busy_type for each in periods]

    def test_they_keep_their_wall_clock_over_a_change(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """Ten o'clock in New York is 15:00 and then 14:00, UTC; in autumn the other way round."""
        for first in (local("2026-03-02T10:00"), local("2026-10-26T10:00")):
            signed_in.account.calendars.add_weekly(first, 1, 2, "America/New_York")

        periods = calendar.contents(Interval(utc(2026, 1, 1), utc(2027, 1, 1))).periods

        assert [15, 14, 14, 15] == [each.interval.start.hour for each in periods]

    def test_a_series_that_changed_is_read_anew(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """A delta may tell of its master alone."""
        master, *_ = signed_in.account.calendars.add_weekly(local("2026-03-02T10:00"), 1, 3, "UTC")
        march = Interval(utc(2026, 3, 1), utc(2026, 4, 1))
        calendar.contents(march)
        signed_in.account.calendars.change(master.id, showAs="free")

        assert () == calendar.contents(march).periods

    def test_one_occurrence_that_was_moved_is_seen(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """As an exception, which tells all of itself."""
        _, first, *_ = signed_in.account.calendars.add_weekly(local("2026-03-02T10:00"), 1, 2, "UTC")
        march = Interval(utc(2026, 3, 1), utc(2026, 4, 1))
        calendar.contents(march)
        first.start, first.end, first.type = utc(2026, 3, 3, 12), utc(2026, 3, 3, 13), "exception"
        signed_in.account.calendars.change(first.id)

        assert [(3, 12), (9, 10)] == [
            (each.interval.start.day, each.interval.start.hour) for each in calendar.contents(march).periods
        ]

    def test_one_that_was_deleted_is_missed_within_hours(self, signed_in: SignedIn) -> None:
        """No delta tells of it, so all is read again."""
        _, first, *_ = signed_in.account.calendars.add_weekly(local("2026-03-02T10:00"), 1, 2, "UTC")
        march = Interval(utc(2026, 3, 1), utc(2026, 4, 1))
        now = datetime.now(UTC)
        clock = [now]
        services = replace(signed_in.services("calendar own"), now=lambda: clock[0])
        calendar = Microsoft365Calendar(signed_in.settings(CalendarSettings), services)
        signed_in.opened.append(calendar)
        calendar.contents(march)
        signed_in.account.calendars.remove(first.id)

        soon = len(calendar.contents(march).periods)
        clock[0] = now + timedelta(hours=7)

        assert (2, 1) == (soon, len(calendar.contents(march).periods))


class TestFollowing:
    """By the delta of each view."""

    def test_what_did_not_change_is_not_read_again(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """One small request, and the same again."""
        for hour in range(10):
            signed_in.account.calendars.add(at(hour), at(hour + 1))
        first = calendar.contents(hours(0, 24))
        signed_in.account.calls.clear()

        assert first == calendar.contents(hours(0, 24))
        assert {DELTA: 1} == dict(signed_in.account.calls)

    def test_what_was_deleted_or_changed_is_noticed(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """Single events are told."""
        first, second = (signed_in.account.calendars.add(at(hour), at(hour + 1)) for hour in (9, 12))
        calendar.contents(hours(0, 24))
        signed_in.account.calendars.remove(first.id)
        signed_in.account.calendars.change(second.id, showAs="oof")

        assert [AWAY] == [each.kind for each in calendar.contents(hours(0, 24)).periods]

    def test_a_place_that_graph_forgot_is_read_anew(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """Whatever happened meanwhile."""
        calendar.contents(hours(0, 24))
        signed_in.account.calendars.add(at(9), at(10))
        signed_in.account.calendars.tokens.clear()

        assert 1 == len(calendar.contents(hours(0, 24)).periods)

    def test_times_are_asked_for_in_utc(self, calendar: Microsoft365Calendar, signed_in: SignedIn) -> None:
        """So that no name of a Windows zone has to be known."""
        calendar.contents(hours(0, 24))

        assert all('outlook.timezone="UTC"' in each for each in signed_in.account.prefers)

    def test_several_calendars_are_one(self, signed_in: SignedIn) -> None:
        """By their names."""
        signed_in.account.calendars.names.append("Holidays")
        signed_in.account.calendars.add(at(9), at(10))
        signed_in.account.calendars.add(at(12), at(13), "Holidays", showAs="oof")
        calendar = signed_in.open(
            Microsoft365Calendar, CalendarSettings, "calendar all", calendars=["Calendar", "Holidays"]
        )

        assert [BUSY, AWAY] == [each.kind for each in calendar.contents(hours(0, 24)).periods]

    def test_one_that_is_not_there_is_told_with_those_that_are(self, signed_in: SignedIn) -> None:
        """An absence could hide in it."""
        calendar = signed_in.open(
            Microsoft365Calendar, CalendarSettings, "calendar all", calendars=["Holidys"]
        )

        with pytest.raises(Refused, match='no calendar "Holidys"; allowed: "Calendar"'):
            calendar.contents(hours(0, 24))

    def test_a_round_that_breaks_off_changes_nothing(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """The next one tells all."""
        calendar.contents(hours(0, 24))
        signed_in.account.calendars.add(at(9), at(10))
        signed_in.account.faults.append(Fault(DELTA, 503))

        with pytest.raises(Exception, match="not available"):
            calendar.contents(hours(0, 24))

        assert 1 == len(calendar.contents(hours(0, 24)).periods)

    def test_nothing_of_an_events_text_is_kept(
        self, calendar: Microsoft365Calendar, signed_in: SignedIn
    ) -> None:
        """Graph gives it unasked, and it is dropped at once."""
        signed_in.account.calendars.add(at(9), at(10), subject="Invented secret")

        contents = calendar.contents(hours(0, 24))

        assert "secret" not in repr(contents)
        assert "secret" not in repr(calendar._views)
