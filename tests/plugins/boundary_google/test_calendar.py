"""Google calendars that are read: what an event means, what changed, and whatever may go wrong with it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boundary_plugins.core.availability import BusyType
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import AuthorizationNeeded, ProviderError, RateLimited, Unavailable
from boundary_plugins.ports import AbsenceKind, CalendarPeriod, Condition
from boundary_plugins.testing.benches import hours
from boundary_plugins.testing.contracts import CalendarContract
from builders_google_calendar import LIST, ReadBench, event
from servers.google import Account, Fault, GoogleServer
from servers.google_calendar import diaries
from servers.google_diary import Diary

DAY = hours(0, 24)
TEN, ELEVEN = "2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z"
BUSY, AWAY = AbsenceKind.BUSY, AbsenceKind.OUT_OF_OFFICE


@pytest.fixture
def bench(tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[ReadBench]:
    """An empty calendar."""
    with closing(ReadBench(tmp_path, google, account)) as made:
        yield made


class TestGoogleCalendar(CalendarContract):
    """The contract of every calendar."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[ReadBench]:
        with closing(ReadBench(tmp_path, google, account)) as made:
            yield made


def starts(bench: ReadBench, between: Interval = DAY) -> list[str]:
    """When the periods begin."""
    return [f"{period.interval.start:%d %H:%M}" for period in bench.port.contents(between).periods]


def own(answer: str) -> dict[str, object]:
    """The guests of an event that the account was invited to, and what it answered."""
    other = {"email": "other@example.org", "responseStatus": "accepted"}
    return {"attendees": [other, {"email": "me@example.com", "self": True, "responseStatus": answer}]}


@pytest.mark.parametrize(
    ("more", "meaning"),
    [
        ({}, (BUSY, BusyType.BUSY)),
        ({"transparency": "opaque"}, (BUSY, BusyType.BUSY)),
        # "Show me as available".
        ({"transparency": "transparent"}, None),
        ({"status": "tentative"}, (BUSY, BusyType.TENTATIVE)),
        ({"eventType": "outOfOffice"}, (AWAY, BusyType.BUSY)),
        # Google marks none of its own so, but a program may.
        ({"eventType": "outOfOffice", "transparency": "transparent"}, (AWAY, BusyType.BUSY)),
        ({"eventType": "focusTime"}, (BUSY, BusyType.BUSY)),
        ({"eventType": "fromGmail"}, (BUSY, BusyType.BUSY)),
        # Where one works, and whose birthday it is, takes no time.
        ({"eventType": "workingLocation"}, None),
        ({"eventType": "birthday"}, None),
        (own("accepted"), (BUSY, BusyType.BUSY)),
        (own("declined"), None),
        (own("tentative"), (BUSY, BusyType.TENTATIVE)),
        (own("needsAction"), (BUSY, BusyType.TENTATIVE)),
        # Of a calendar's guests only the account itself counts.
        (
            {"attendees": [{"email": "other@example.org", "responseStatus": "declined"}]},
            (BUSY, BusyType.BUSY),
        ),
    ],
    ids=str,
)
@pytest.mark.parametrize("recurs", [False, True], ids=["once", "each week"])
def test_an_event_means_what_its_marks_say(
    bench: ReadBench, more: dict[str, object], meaning: object, recurs: bool
) -> None:
    """Whether it takes place once or again and again."""
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY"]} if recurs else {}
    bench.diary.enter(event(TEN, ELEVEN, **more, **rule))

    found = [(each.interval, (each.kind, each.busy_type)) for each in bench.port.contents(DAY).periods]

    assert ([(hours(10, 11), meaning)] if meaning else []) == found


def test_no_title_is_asked_for_and_none_leaves(bench: ReadBench) -> None:
    """Nor an address, a place or a text: what is asked for is a list of fields."""
    bench.diary.enter(event(TEN, ELEVEN, location="Private", **own("accepted")))

    contents = bench.port.contents(DAY)

    assert "rivate" not in repr(contents)
    (asked,) = [parameters for call, parameters in bench.account.asked if call == LIST]
    # Of the guests, the account alone.
    assert 1 == asked["maxAttendees"]
    assert {"summary", "description", "location", "email", "iCalUID"}.isdisjoint(
        asked["fields"].replace("(", ",").replace(")", ",").split(",")
    )


@pytest.mark.parametrize(
    ("zone", "first", "start", "end"),
    [
        ("UTC", "2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC)),
        # A night with an hour less, and one with an hour more.
        (
            "Europe/Berlin",
            "2026-03-29",
            datetime(2026, 3, 28, 23, tzinfo=UTC),
            datetime(2026, 3, 29, 22, tzinfo=UTC),
        ),
        (
            "Europe/Berlin",
            "2026-10-25",
            datetime(2026, 10, 24, 22, tzinfo=UTC),
            datetime(2026, 10, 25, 23, tzinfo=UTC),
        ),
    ],
)
@pytest.mark.parametrize("rule", [[], ["RRULE:FREQ=DAILY;COUNT=1"]], ids=["once", "as a series"])
def test_a_whole_day_is_one_of_the_calendars_zone(
    bench: ReadBench, zone: str, first: str, start: datetime, end: datetime, rule: list[str]
) -> None:
    """From midnight to midnight, however long that is."""
    bench.diary.zone = zone
    after = f"{first[:8]}{int(first[8:]) + 1:02}"
    bench.diary.enter(event(first, after, recurrence=rule) if rule else event(first, after))

    (period,) = bench.port.contents(Interval(start, end)).periods

    assert CalendarPeriod(Interval(start, end), BUSY, all_day=True) == period


def test_whole_days_follow_a_calendar_that_changes_its_zone(bench: ReadBench) -> None:
    """Also those that did not change."""
    bench.diary.enter(event("2026-03-02", "2026-03-03"))
    before = starts(bench)
    bench.diary.zone = "America/New_York"

    assert (["02 00:00"], ["02 05:00"]) == (before, starts(bench))


@pytest.mark.parametrize(
    ("first", "days", "expected"),
    [
        # Into summer time, on 29 March in Berlin; Google writes all times by the calendar's own clock.
        ("2026-03-27", 4, ["27 08:00", "28 08:00", "29 07:00", "30 07:00"]),
        # And out of it, on 25 October.
        ("2026-10-23", 4, ["23 07:00", "24 07:00", "25 08:00", "26 08:00"]),
    ],
)
@pytest.mark.parametrize("calendar_zone", ["Europe/Berlin", "America/New_York", "UTC"])
def test_a_series_keeps_the_clock_of_its_own_zone(
    bench: ReadBench, first: str, days: int, expected: list[str], calendar_zone: str
) -> None:
    """Through both nights on which clocks change, whatever zone the calendar has."""
    bench.diary.zone = calendar_zone
    times = {
        name: {"dateTime": f"{first}T{hour}:00:00", "timeZone": "Europe/Berlin"}
        for name, hour in (("start", "09"), ("end", "10"))
    }
    bench.diary.enter({**times, "recurrence": [f"RRULE:FREQ=DAILY;COUNT={days}"]})
    year = Interval(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))

    assert expected == starts(bench, year)


def weekly(bench: ReadBench) -> str:
    """A session each day at ten; its id."""
    return str(bench.diary.enter(event(TEN, ELEVEN, recurrence=["RRULE:FREQ=DAILY;COUNT=3"]))["id"])


def part(series: str, **more: object) -> dict[str, object]:
    """What became of the second day of a series."""
    original = {"dateTime": "2026-03-03T10:00:00Z"}
    return {
        "id": f"{series}_20260303T100000Z",
        "recurringEventId": series,
        "originalStartTime": original,
    } | more


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        # Moved to the afternoon.
        (event("2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z"), ["02 10:00", "03 15:00", "04 10:00"]),
        # Moved to another day.
        (event("2026-03-05T15:00:00Z", "2026-03-05T16:00:00Z"), ["02 10:00", "04 10:00", "05 15:00"]),
        ({"status": "cancelled"}, ["02 10:00", "04 10:00"]),
        # Declined, once, or marked as available.
        (event("2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z", **own("declined")), ["02 10:00", "04 10:00"]),
        (
            event("2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z", transparency="transparent"),
            ["02 10:00", "04 10:00"],
        ),
    ],
    ids=["moved", "to another day", "cancelled", "declined", "available"],
)
@pytest.mark.parametrize("is_known", [True, False], ids=["after a look", "before any"])
def test_one_day_of_a_series_may_differ(
    bench: ReadBench, more: dict[str, object], expected: list[str], is_known: bool
) -> None:
    """The others stay, whether the series was known before or not."""
    series = weekly(bench)
    if is_known:
        bench.port.contents(DAY)
    bench.diary.enter(part(series, **more))

    assert expected == starts(bench, hours(0, 200))


def test_with_a_series_goes_what_was_changed_in_it(bench: ReadBench) -> None:
    """Google tells only that the series was deleted."""
    series = weekly(bench)
    bench.diary.enter(part(series, **event("2026-03-03T15:00:00Z", "2026-03-03T16:00:00Z")))
    before = starts(bench, hours(0, 200))
    bench.diary.delete(series)

    assert (3, []) == (len(before), starts(bench, hours(0, 200)))


def test_days_that_are_left_out_and_added_count(bench: ReadBench) -> None:
    """EXDATE and RDATE, as other programs write them into Google."""
    rules = ["RRULE:FREQ=DAILY;COUNT=3", "EXDATE;TZID=UTC:20260303T100000", "RDATE;TZID=UTC:20260307T100000"]
    bench.diary.enter(event(TEN, ELEVEN, recurrence=rules))

    assert ["02 10:00", "04 10:00", "07 10:00"] == starts(bench, hours(0, 200))


def test_one_day_of_a_series_that_one_was_not_invited_to_stands_alone(bench: ReadBench) -> None:
    """Of the rest nothing is known."""
    bench.diary.enter(part("elsewhere", **event("2026-03-03T10:00:00Z", "2026-03-03T11:00:00Z")))

    assert ["03 10:00"] == starts(bench, hours(0, 200))


def test_after_the_first_look_only_what_changed_is_read(bench: ReadBench) -> None:
    """With no bounds of time, which go with no place."""
    for number in range(5):
        bench.diary.enter(event(TEN, ELEVEN, id=f"first{number}"))
    bench.port.contents(DAY)
    bench.account.forget_calls()
    bench.diary.delete("first1")
    bench.diary.enter(event("2026-03-02T15:00:00Z", "2026-03-02T16:00:00Z", id="first2"))

    found = starts(bench)

    assert ["02 10:00", "02 10:00", "02 10:00", "02 15:00"] == found
    assert [("calendar.events.list", True)] == [
        (call, "syncToken" in asked) for call, asked in bench.account.asked
    ]


def test_a_calendar_of_years_is_read_page_by_page(bench: ReadBench) -> None:
    """However many a page holds; 2,500 are asked for."""
    bench.diary.page = 2
    for number in range(5):
        bench.diary.enter(event(TEN, ELEVEN, id=f"first{number}"))

    assert 5 == len(bench.port.contents(DAY).periods)
    assert [2500] * 3 == [asked["maxResults"] for call, asked in bench.account.asked if call == LIST]


def test_a_place_that_is_too_old_lets_everything_be_read_anew(bench: ReadBench) -> None:
    """410: what was deleted meanwhile is gone, too."""
    bench.diary.enter(event(TEN, ELEVEN, id="first1"))
    bench.port.contents(DAY)
    bench.diary.delete("first1")
    bench.diary.enter(event("2026-03-02T15:00:00Z", "2026-03-02T16:00:00Z"))
    bench.diary.forget_changes()
    bench.account.forget_calls()

    assert ["02 15:00"] == starts(bench)
    assert 2 == bench.account.calls[LIST]
    assert ["02 15:00"] == starts(bench)
    assert 3 == bench.account.calls[LIST]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(LIST, 429, "rateLimitExceeded", retry_after=7, times=9), RateLimited),
        (Fault(LIST, 403, "userRateLimitExceeded", times=9), RateLimited),
        (Fault(LIST, 500, "backendError", times=9), Unavailable),
        (Fault(LIST, 503, "backendError", times=9), Unavailable),
        (Fault(LIST, 403, "insufficientPermissions", times=9), AuthorizationNeeded),
        (Fault(LIST, act="drop", times=9), Unavailable),
    ],
    ids=lambda value: f"{value.status} {value.reason} {value.act}" if isinstance(value, Fault) else "",
)
def test_what_fails_is_told_and_nothing_is_lost(
    bench: ReadBench, fault: Fault, kind: type[ProviderError]
) -> None:
    """The next look goes on from the same place."""
    bench.port.contents(DAY)
    bench.diary.enter(event(TEN, ELEVEN))
    bench.account.faults.append(fault)

    with pytest.raises(ProviderError) as caught:
        bench.port.contents(DAY)
    bench.account.faults.clear()

    assert kind is type(caught.value)
    assert ["02 10:00"] == starts(bench)


def test_a_second_page_that_fails_leaves_nothing_half_read(bench: ReadBench) -> None:
    """All of it comes the next time."""
    bench.diary.page = 2
    for number in range(5):
        bench.diary.enter(event(TEN, ELEVEN, id=f"first{number}"))
    bench.account.faults.append(Fault(LIST, 500, "backendError", skip=1))

    with pytest.raises(Unavailable):
        bench.port.contents(DAY)

    assert 5 == len(bench.port.contents(DAY).periods)


def test_a_sign_in_that_was_revoked_asks_for_a_person(bench: ReadBench) -> None:
    """And goes on once somebody signed in again."""
    bench.port.contents(DAY)
    bench.google.sign_in.revoke_all(bench.account.address)

    with pytest.raises(AuthorizationNeeded, match="boundary google authorize"):
        bench.port.contents(DAY)


def test_a_narrower_sign_in_is_told_before_anything_is_asked(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """With the scope that lacks."""
    with closing(ReadBench(tmp_path, google, account)) as bench:
        bench.secrets["google"] = bench.secrets["google"].replace(
            "calendar.events.readonly", "gmail.metadata"
        )

        with pytest.raises(AuthorizationNeeded, match=r"does not allow calendar\.events\.readonly"):
            bench.opened().contents(DAY)


def test_several_calendars_are_one(tmp_path: Path, google: GoogleServer, account: Account) -> None:
    """Each followed by itself."""
    diaries(account)["rooms@group.calendar.google.com"] = rooms = Diary()
    with closing(
        ReadBench(tmp_path, google, account, calendars=["primary", "rooms@group.calendar.google.com"])
    ) as bench:
        bench.diary.enter(event(TEN, ELEVEN))
        rooms.enter(event("2026-03-02T15:00:00Z", "2026-03-02T16:00:00Z"))

        assert ["02 10:00", "02 15:00"] == starts(bench)


def test_a_calendar_that_is_not_there_is_told_without_its_address(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """By its number."""
    with closing(ReadBench(tmp_path, google, account, calendars=["primary", "gone@example.org"])) as bench:
        with pytest.raises(Unavailable) as caught:
            bench.port.contents(DAY)

        found = bench.port.examine()

    assert "calendar work: calendar 2 of its calendars is not there, or not shared with this account" in str(
        caught.value
    )
    assert [Condition.OK, Condition.OK, Condition.BROKEN] == [each.condition for each in found]


def test_available_hours_are_the_events_and_nothing_else(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """In all of the time that is asked about; an absence among them is one."""
    with closing(ReadBench(tmp_path, google, account, holds="available hours")) as bench:
        bench.diary.enter(event(TEN, ELEVEN, transparency="transparent"))
        bench.diary.enter(event("2026-03-02T15:00:00Z", "2026-03-02T16:00:00Z"))
        bench.diary.enter(event("2026-03-03", "2026-03-04", transparency="transparent", **own("declined")))
        bench.diary.enter(event("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z", eventType="outOfOffice"))

        contents = bench.port.contents(DAY)

    (layer,) = contents.availabilities
    assert (DAY, (hours(10, 11), hours(15, 16))) == (layer.span, layer.available)
    assert [(hours(12, 13), AWAY)] == [(each.interval, each.kind) for each in contents.periods]


@pytest.mark.parametrize(
    "wrong",
    [{"start": {"dateTime": "9999-12-31T23:59:59.5-14:00"}}, {"start": {"date": "2026-02-30"}}],
    ids=["beyond all time", "no day"],
)
@pytest.mark.parametrize("recurs", [False, True], ids=["once", "each week"])
def test_an_event_that_cannot_be_read_is_set_aside_and_the_rest_is_used(
    bench: ReadBench, wrong: dict[str, object], recurs: bool
) -> None:
    """Without a word of it."""
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY"]} if recurs else {}
    bench.diary.enter(event(TEN, ELEVEN, id="first1"))
    bench.diary.enter({**event(TEN, ELEVEN, id="first2"), **wrong, **rule})

    contents = bench.port.contents(DAY)

    assert 1 == len(contents.periods)
    (line,) = contents.set_aside
    assert line.startswith("event ")
    assert "first2" not in line
