"""Availability in a Google calendar: only what differs is written, and only what is ours is touched."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from boundary_plugins.errors import AuthorizationNeeded, ProviderError, RateLimited, Refused, Unavailable
from boundary_plugins.ports import Condition
from boundary_plugins.testing.benches import PublisherBench, hours, invented_publication
from boundary_plugins.testing.contracts import PublisherContract
from builders_google_calendar import LIST, ReadBench, WrittenBench, event
from servers.google import Account, Fault, GoogleServer

INSERT, UPDATE, DELETE = (f"calendar.events.{each}" for each in ("insert", "update", "delete"))
WRITES = (INSERT, UPDATE, DELETE)
NIGHTS = [
    ("2026-03-02T00:00:00Z", "2026-03-02T09:00:00Z"),
    ("2026-03-02T17:00:00Z", "2026-03-03T00:00:00Z"),
]
OPEN = [("2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z")]


@pytest.fixture
def bench(tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[WrittenBench]:
    """The account's own calendar, with nothing in it."""
    with closing(WrittenBench(tmp_path, google, account)) as made:
        yield made


class TestGoogleCalendarPublisher(PublisherContract):
    """The contract of every publisher."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[PublisherBench]:
        with closing(WrittenBench(tmp_path, google, account)) as made:
            yield made


def written(bench: WrittenBench) -> list[str]:
    """The calls that write."""
    return [call for call, _ in bench.account.asked if call in WRITES]


@pytest.mark.parametrize(
    ("shows", "times", "kind", "transparency"),
    [
        ("closed", NIGHTS, "default", "opaque"),
        ("open", OPEN, "default", "transparent"),
        ("out of office", NIGHTS, "outOfOffice", "opaque"),
    ],
)
def test_the_times_are_written_as_the_settings_say(
    tmp_path: Path,
    google: GoogleServer,
    account: Account,
    shows: str,
    times: object,
    kind: str,
    transparency: str,
) -> None:
    """Nobody is reminded of them, and no invitation is declined by them."""
    with closing(WrittenBench(tmp_path, google, account, shows=shows)) as bench:
        bench.port.publish(invented_publication())

        assert times == bench.times()
        for each in bench.diary.there():
            assert (kind, transparency) == (each["eventType"], each["transparency"])
            assert {"useDefault": False} == each["reminders"]
            assert "declineNone" == each.get("outOfOfficeProperties", {}).get(
                "autoDeclineMode", "declineNone"
            )


def test_a_session_shows_as_busy_and_no_more(bench: WrittenBench) -> None:
    """Joined with what is closed, so that nobody can tell one from the other."""
    bench.port.publish(invented_publication(busy=(hours(16, 17), hours(12, 13))))

    expected = [
        NIGHTS[0],
        ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z"),
        ("2026-03-02T16:00:00Z", "2026-03-03T00:00:00Z"),
    ]
    assert expected == bench.times()
    assert {"Busy"} == {each["summary"] for each in bench.diary.there()}


def test_an_absence_after_this_week_does_not_show_unless_it_should(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """As with every other publisher."""
    later = replace(
        invented_publication(),
        between=hours(0, 24 * 14),
        windows=(replace(invented_publication().windows[1], interval=hours(0, 24 * 14)),),
        absences=(hours(24, 48), hours(24 * 8, 24 * 9)),
    )
    with closing(WrittenBench(tmp_path, google, account)) as bench:
        bench.port.publish(later)
        short = bench.times()
        bench.opened(absences="all weeks").publish(later)

        assert ([("2026-03-03T00:00:00Z", "2026-03-04T00:00:00Z")], 2) == (short, len(bench.times()))


def test_a_run_again_writes_only_what_differs(bench: WrittenBench) -> None:
    """Also by another instance, as after a restart."""
    bench.port.publish(invented_publication())
    bench.account.forget_calls()

    is_written = bench.opened().publish(invented_publication(opens=10))

    assert is_written
    assert sorted([INSERT, DELETE]) == sorted(written(bench))
    assert [("2026-03-02T00:00:00Z", "2026-03-02T10:00:00Z"), NIGHTS[1]] == bench.times()


def test_what_comes_back_is_written_again(bench: WrittenBench) -> None:
    """Google never lets an id be taken anew, so the deleted event is brought back."""
    for opens in (9, 10, 9):
        bench.port.publish(invented_publication(opens=opens))

    assert NIGHTS == bench.times()


def test_what_somebody_moved_is_put_back(bench: WrittenBench) -> None:
    """And nothing else is written."""
    bench.port.publish(invented_publication())
    moved = bench.diary.there()[0]
    bench.diary.enter({**moved, "start": {"dateTime": "2026-03-02T03:00:00Z"}})
    bench.account.forget_calls()

    assert bench.port.publish(invented_publication())
    assert [UPDATE] == written(bench)
    assert NIGHTS == bench.times()


def test_what_is_changed_at_the_same_time_is_looked_at_again(bench: WrittenBench) -> None:
    """An event that is no longer the one that was seen is not deleted unseen (`If-Match`)."""
    bench.port.publish(invented_publication())
    first = bench.diary.there()[0]
    bench.diary.meanwhile = lambda: bench.diary.enter(
        {**first, "start": {"dateTime": "2026-03-02T03:00:00Z"}}
    )
    bench.account.forget_calls()

    bench.port.publish(invented_publication(opens=10))

    assert [("2026-03-02T00:00:00Z", "2026-03-02T10:00:00Z"), NIGHTS[1]] == bench.times()
    assert 2 == bench.account.calls[LIST]


@pytest.mark.parametrize("act", ["publish", "remove"])
def test_what_is_not_ours_is_never_touched(bench: WrittenBench, act: str) -> None:
    """A person's own event, a copy of one of ours with its mark, and what another publisher wrote."""
    bench.port.publish(invented_publication())
    ours = bench.diary.there()[0]
    foreign = [
        bench.diary.enter(event("2026-03-02T10:00:00Z", "2026-03-02T11:00:00Z")),
        bench.diary.enter({**ours, "id": "copy1"}),
    ]
    other = WrittenBench(bench.folder, bench.google, bench.account)
    other.name = "publisher other"
    with closing(other):
        other.opened(shows="open").publish(invented_publication())
        if act == "publish":
            bench.port.publish(invented_publication(opens=10))
        else:
            bench.port.remove()

    there = bench.diary.there()
    assert all(each in there for each in foreign)
    assert "Available" in {each["summary"] for each in there}
    assert (5 if act == "publish" else 3) == len(there)


def test_what_was_published_is_not_read_as_busy(
    bench: WrittenBench, tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """Else hours that are closed once would stay closed for ever."""
    bench.port.publish(invented_publication())
    with closing(ReadBench(tmp_path, google, account)) as reading:
        assert () == reading.port.contents(hours(0, 24)).periods


def test_many_events_go_in_batches(bench: WrittenBench) -> None:
    """Four weeks of nights with one list and three batches."""
    windows = tuple(
        replace(window, interval=hours(24 * day + start, 24 * day + end))
        for day in range(28)
        for window, (start, end) in zip(
            invented_publication().windows, [(0, 9), (9, 17), (17, 24)], strict=True
        )
    )
    busy = tuple(hours(24 * day + hour, 24 * day + hour + 1) for day in range(28) for hour in (12, 15))
    bench.port.publish(replace(invented_publication(busy=busy), between=hours(0, 24 * 28), windows=windows))

    assert 85 == len(bench.diary.there())
    # What is not ours is not even asked for.
    (asked,) = [parameters for call, parameters in bench.account.asked if call == LIST]
    assert asked["privateExtendedProperty"][0].startswith("boundary=")
    assert (1, 4) == (bench.account.calls[LIST], bench.account.calls["batch"])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(INSERT, 403, "rateLimitExceeded", skip=1), RateLimited),
        (Fault(INSERT, 403, "quotaExceeded", skip=1), RateLimited),
        (Fault(INSERT, 500, "backendError", skip=1, after=True), Unavailable),
        (Fault(INSERT, 403, "insufficientPermissions", skip=1), AuthorizationNeeded),
        (Fault(INSERT, 400, "invalid", skip=1), Refused),
        (Fault("batch", 503, "backendError"), Unavailable),
        (Fault("batch", act="drop", times=3), Unavailable),
        (Fault(LIST, 429, "rateLimitExceeded", retry_after=7), RateLimited),
    ],
    ids=lambda value: (
        f"{value.call} {value.status} {value.reason} {value.act}" if isinstance(value, Fault) else ""
    ),
)
def test_what_fails_is_told_and_the_next_time_goes_on(
    bench: WrittenBench, fault: Fault, kind: type[ProviderError]
) -> None:
    """Nothing twice, and nothing is left out."""
    bench.account.faults.append(fault)

    with pytest.raises(ProviderError) as caught:
        bench.port.publish(invented_publication())
    bench.account.faults.clear()

    assert kind is type(caught.value)
    bench.port.publish(invented_publication())
    assert NIGHTS == bench.times()
    assert not bench.port.publish(invented_publication())


def test_a_sign_in_that_was_revoked_asks_for_a_person(bench: WrittenBench) -> None:
    """In the middle of a run, too."""
    bench.port.publish(invented_publication())
    bench.google.sign_in.revoke_all(bench.account.address)

    with pytest.raises(AuthorizationNeeded, match="boundary google authorize"):
        bench.port.publish(invented_publication(opens=10))


def test_an_account_that_has_no_out_of_office_events_is_told_so(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """Google takes them only in the main calendar of a Workspace account."""
    with closing(WrittenBench(tmp_path, google, account, shows="out of office")) as bench:
        bench.diary.takes_absences = False

        with pytest.raises(Refused, match="publisher hours: Google answered 400"):
            bench.port.publish(invented_publication())


def test_a_calendar_that_is_not_there_is_told_without_its_address(
    tmp_path: Path, google: GoogleServer, account: Account
) -> None:
    """As one that is not shared with the account."""
    with closing(WrittenBench(tmp_path, google, account, calendar="gone@example.org")) as bench:
        with pytest.raises(Unavailable) as caught:
            bench.port.publish(invented_publication())

        found = bench.port.examine()

    assert "publisher hours: the calendar is not there, or not shared with this account" in str(caught.value)
    assert [Condition.OK, Condition.BROKEN] == [each.condition for each in found]


@pytest.mark.parametrize(
    ("role", "condition"), [("owner", Condition.OK), ("writer", Condition.OK), ("reader", Condition.BROKEN)]
)
def test_an_examination_says_whether_it_may_be_written(
    bench: WrittenBench, role: str, condition: Condition
) -> None:
    """Without writing."""
    bench.diary.role = role

    found = bench.port.examine()

    assert [Condition.OK, condition] == [each.condition for each in found]
    assert [] == written(bench)
