"""Automatic replies, absences in a calendar, and working hours, as Exchange keeps them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from boundary_microsoft365.calendar import Microsoft365Calendar
from boundary_microsoft365.published_calendar import CalendarPublisher
from boundary_microsoft365.replies import RepliesPublisher
from boundary_microsoft365.settings import (
    CalendarPublisherSettings,
    CalendarSettings,
    RepliesSettings,
    WorkingHoursSettings,
)
from boundary_microsoft365.working_hours import WorkingHoursPublisher
from boundary_plugins.core.availability import BusyType, Window
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import Refused, Unavailable
from boundary_plugins.ports import Publication, WindowResponse
from boundary_plugins.testing.benches import at, hours, invented_publication, invented_responses
from builders_microsoft365 import SignedIn
from servers.graph import Fault

PATCH = "PATCH /mailboxSettings"


def night(opens: int = 9) -> Publication:
    """The invented day, with what is answered in its night."""
    return replace(invented_publication(opens=opens), responses=invented_responses(opens))


@pytest.fixture
def replies(signed_in: SignedIn) -> RepliesPublisher:
    """The automatic replies of the mailbox."""
    return signed_in.open(RepliesPublisher, RepliesSettings, "publisher replies")


class TestReplies:
    """Scheduled for the coming closed window, the same for everybody."""

    def test_people_inside_and_outside_get_the_neutral_text(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """In the window and not a second longer, in a declared zone."""
        replies.publish(night())

        kept = signed_in.account.settings.replies
        assert ("scheduled", "all") == (kept["status"], kept["externalAudience"])
        assert kept["internalReplyMessage"] == kept["externalReplyMessage"]
        assert "<p>I can be reached again at 9:00. Gruß — 988.</p>" in kept["externalReplyMessage"]
        assert "2026-03-02T17:00:00.0000000" == kept["scheduledStartDateTime"]["dateTime"]
        assert "UTC" == kept["scheduledStartDateTime"]["timeZone"]
        first, _ = invented_responses()
        answering = signed_in.account.settings.is_answering
        assert answering(first.interval.start)
        assert answering(first.interval.end - timedelta(seconds=1))
        assert not answering(first.interval.end)

    def test_the_next_window_is_scheduled_once_the_first_is_over(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """Exchange has room for one."""
        replies.publish(night())
        first, second = invented_responses()

        assert replies.publish(replace(night(), as_of=first.interval.end))

        assert signed_in.account.settings.is_answering(second.interval.start)

    def test_what_is_markup_in_a_text_stays_text(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """And reads back as the same."""
        first, _ = invented_responses()
        odd = replace(first, text='A <b> & "c"\nsecond line\n\nnext')
        publication = replace(night(), responses=(odd,))

        assert (True, False) == (replies.publish(publication), replies.publish(publication))
        assert (
            "A &lt;b&gt; &amp; &quot;c&quot;<br>second line</p><p>next"
            in (signed_in.account.settings.replies["externalReplyMessage"])
        )

    def test_replies_of_somebody_else_that_are_over_are_no_hindrance(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """A holiday of last year."""
        signed_in.account.settings.replies |= {"status": "scheduled", "externalReplyMessage": "Away"}

        assert replies.publish(night())

    def test_a_colleagues_text_alone_answers_no_client(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """Nobody outside gets it, so the program answers."""
        signed_in.account.settings.replies |= {"status": "alwaysEnabled", "externalAudience": "none"}

        assert () == replies.answers_during(hours(0, 24))

    def test_a_schedule_in_a_zone_of_windows_is_understood(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """As Outlook writes it."""
        moments = {
            name: {"dateTime": f"2026-03-02T{hour}:00:00.0000000", "timeZone": "W. Europe Standard Time"}
            for name, hour in (("scheduledStartDateTime", 10), ("scheduledEndDateTime", 12))
        }
        signed_in.account.settings.replies |= {"status": "scheduled", **moments}

        assert (hours(9, 11),) == replies.answers_during(hours(0, 24))

    def test_a_schedule_in_a_zone_that_nobody_knows_is_unknown(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """A custom zone has no name."""
        moment = {"dateTime": "2026-03-02T10:00:00.0000000", "timeZone": "Customized Time Zone"}
        signed_in.account.settings.replies |= {"status": "scheduled", "scheduledStartDateTime": moment}

        assert UNKNOWN is replies.answers_during(hours(0, 24))

    def test_a_write_of_which_nobody_knows_is_done_again(
        self, replies: RepliesPublisher, signed_in: SignedIn
    ) -> None:
        """What is found then is known as ours."""
        signed_in.account.faults.append(Fault(PATCH, 500, after=True))
        with pytest.raises(Unavailable):
            replies.publish(night())

        assert not replies.publish(night())

        assert 1 == signed_in.account.settings.writes

    def test_another_instance_knows_what_the_first_one_programmed(self, signed_in: SignedIn) -> None:
        """As after a restart."""
        signed_in.open(RepliesPublisher, RepliesSettings, "publisher replies").publish(night())
        again = signed_in.open(RepliesPublisher, RepliesSettings, "publisher replies")

        assert not again.publish(night())

    def test_an_end_of_all_windows_switches_off(self, replies: RepliesPublisher, signed_in: SignedIn) -> None:
        """Nothing is answered that was not meant to be."""
        replies.publish(night())

        assert replies.publish(invented_publication())

        assert "disabled" == signed_in.account.settings.replies["status"]

    @pytest.mark.parametrize("day", [datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)])
    def test_the_nights_of_a_clock_change_are_whole(
        self, replies: RepliesPublisher, signed_in: SignedIn, day: datetime
    ) -> None:
        """Instants need no zone but UTC."""
        window = Interval(day - timedelta(hours=3), day + timedelta(hours=13))
        response = WindowResponse(window, window, "Automatic reply", "Thank you.")

        replies.publish(replace(night(), responses=(response,), as_of=window.start))

        assert (window,) == replies.answers_during(Interval(day - timedelta(days=2), day + timedelta(days=2)))
        assert signed_in.account.settings.is_answering(day + timedelta(hours=7))


class TestCalendar:
    """Absences as events that are known as this program's own."""

    @pytest.fixture
    def publisher(self, signed_in: SignedIn) -> CalendarPublisher:
        """The default calendar."""
        return signed_in.open(CalendarPublisher, CalendarPublisherSettings, "publisher calendar")

    def test_an_absence_is_entered_once_and_taken_away(
        self, publisher: CalendarPublisher, signed_in: SignedIn
    ) -> None:
        """Out of office, with neutral words."""
        absent = replace(invented_publication(), absences=(hours(12, 14),))

        written = [publisher.publish(absent), publisher.publish(absent)]

        (event,) = signed_in.account.calendars.events.values()
        assert [True, False] == written
        assert (at(12), at(14)) == (event.start, event.end)
        assert ("oof", "Out of office") == (event.fields["showAs"], event.fields["subject"])
        assert publisher.publish(invented_publication())
        assert {} == signed_in.account.calendars.events

    def test_what_is_shown_already_is_not_entered_again(
        self, publisher: CalendarPublisher, signed_in: SignedIn
    ) -> None:
        """The therapist's own event says it; only what it leaves open is entered."""
        signed_in.account.calendars.add(at(10), at(13), showAs="oof")

        publisher.publish(replace(invented_publication(), absences=(hours(10, 15),)))

        assert [(at(10), at(13)), (at(13), at(15))] == [
            (event.start, event.end) for event in signed_in.account.calendars.events.values()
        ]

    def test_nothing_but_our_own_is_removed(self, publisher: CalendarPublisher, signed_in: SignedIn) -> None:
        """Whatever else is there."""
        own = signed_in.account.calendars.add(at(10), at(11))
        publisher.publish(replace(invented_publication(), absences=(hours(12, 14),)))

        publisher.remove()
        publisher.remove()

        assert [own.id] == list(signed_in.account.calendars.events)

    def test_our_own_is_no_absence_for_the_calendar_that_is_read(
        self, publisher: CalendarPublisher, signed_in: SignedIn
    ) -> None:
        """Else an absence that was taken back would stay for ever."""
        publisher.publish(replace(invented_publication(), absences=(hours(12, 14),)))
        calendar = signed_in.open(Microsoft365Calendar, CalendarSettings, "calendar own")

        assert () == calendar.contents(hours(0, 24)).periods

    def test_an_absence_that_has_begun_is_left_as_it_is(
        self, publisher: CalendarPublisher, signed_in: SignedIn
    ) -> None:
        """Of its first days nothing is told any more."""
        publisher.publish(replace(invented_publication(), between=hours(0, 72), absences=(hours(12, 60),)))

        later = replace(invented_publication(), between=hours(24, 96), absences=(hours(24, 60),))

        assert not publisher.publish(later)

    def test_a_write_of_which_nobody_knows_is_not_done_twice(
        self, publisher: CalendarPublisher, signed_in: SignedIn
    ) -> None:
        """What is there is seen before anything is entered."""
        absent = replace(invented_publication(), absences=(hours(12, 14),))
        signed_in.account.faults.append(Fault("POST /events", 500, after=True))
        with pytest.raises(Unavailable):
            publisher.publish(absent)

        publisher.publish(absent)

        assert 1 == len(signed_in.account.calendars.events)

    def test_another_calendar_and_other_words_may_be_chosen(self, signed_in: SignedIn) -> None:
        """Busy instead of away."""
        signed_in.account.calendars.names.append("Practice")
        publisher = signed_in.open(
            CalendarPublisher,
            CalendarPublisherSettings,
            "publisher calendar",
            calendar="Practice",
            subject="Closed",
            show_as="busy",
        )

        publisher.publish(replace(invented_publication(), absences=(hours(12, 14),)))

        (event,) = signed_in.account.calendars.events.values()
        assert ("Practice", "busy", "Closed") == (
            event.calendar,
            event.fields["showAs"],
            event.fields["subject"],
        )


class TestWorkingHours:
    """Days, and one span from the first hour to the last."""

    @pytest.fixture
    def publisher(self, signed_in: SignedIn) -> WorkingHoursPublisher:
        """The working hours of the mailbox."""
        return signed_in.open(WorkingHoursPublisher, WorkingHoursSettings, "publisher hours")

    def test_the_usual_week_is_written_in_its_own_zone(
        self, publisher: WorkingHoursPublisher, signed_in: SignedIn
    ) -> None:
        """From the earliest opening to the latest closing."""
        publisher.publish(week("America/New_York", (14, 17), (38, 46)))

        kept = signed_in.account.settings.hours
        assert ["monday", "tuesday"] == kept["daysOfWeek"]
        assert ("09:00:00.0000000", "17:00:00.0000000") == (kept["startTime"], kept["endTime"])
        assert {"name": "America/New_York"} == kept["timeZone"]

    def test_a_zone_by_windows_name_is_the_same_zone(
        self, publisher: WorkingHoursPublisher, signed_in: SignedIn
    ) -> None:
        """Nothing is written for another name."""
        publication = week("America/New_York", (14, 17))
        publisher.publish(publication)
        signed_in.account.settings.hours["timeZone"] = {"name": "Eastern Standard Time"}

        assert not publisher.publish(publication)

    def test_a_mailbox_that_takes_them_for_utc_gets_its_own_back(
        self, publisher: WorkingHoursPublisher, signed_in: SignedIn
    ) -> None:
        """Every write is read back."""
        signed_in.account.settings.ignores_zone = True

        with pytest.raises(Refused, match="in the zone UTC"):
            publisher.publish(week("America/New_York", (14, 17)))

        assert "08:00:00.0000000" == signed_in.account.settings.hours["startTime"]


def week(zone: str, *spans: tuple[int, int]) -> Publication:
    """A week that is open in these hours since Monday 2 March 2026, 0:00 UTC."""
    opened = tuple(Window(hours(*span), True, ("weekly hours",)) for span in spans)
    closed = Window(hours(160, 168), False, ("weekly hours",), BusyType.UNAVAILABLE)
    return replace(
        invented_publication(), between=hours(0, 168), windows=(*opened, closed), usual=(), zone=zone
    )
