"""Gmail's own responder: programmed for one window, never over somebody else's, and given back as it was."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import (
    AuthorizationNeeded,
    OutcomeUnknown,
    ProviderError,
    RateLimited,
    Refused,
    Unavailable,
)
from boundary_plugins.ports import Condition, Publication, WindowResponse
from boundary_plugins.testing.benches import (
    ResponderBench,
    at,
    hours,
    invented_publication,
    invented_responses,
)
from boundary_plugins.testing.contracts import ResponderContract
from builders_google_calendar import VacationBench
from servers.google import Account, Fault, GoogleServer

GET, UPDATE = "gmail.users.settings.getVacation", "gmail.users.settings.updateVacation"
THEIRS = {"enableAutoReply": False, "responseSubject": "I am at sea", "responseBodyHtml": "<p>Ahoy</p>"}


@pytest.fixture
def bench(tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[VacationBench]:
    """A responder that is off."""
    with closing(VacationBench(tmp_path, google, account)) as made:
        yield made


class TestGmailVacation(ResponderContract):
    """The contract of every responder."""

    @pytest.fixture
    def bench(self, tmp_path: Path, google: GoogleServer, account: Account) -> Iterator[ResponderBench]:
        with closing(VacationBench(tmp_path, google, account)) as made:
            yield made


def night(opens: int = 9, as_of: datetime | None = None) -> Publication:
    """The invented day with what is answered in its nights."""
    made = invented_publication(opens=opens, as_of=as_of or at(0))
    return replace(made, responses=invented_responses(opens))


def edits(bench: VacationBench) -> int:
    """How often the responder was changed, and Gmail forgot whom it had answered."""
    return bench.account.calls[UPDATE]


def test_the_coming_window_is_programmed_with_the_neutral_text(bench: VacationBench) -> None:
    """To the millisecond, for everybody, in plain text."""
    bench.port.publish(night())

    first = invented_responses()[0]
    milliseconds = [str(int(each.timestamp() * 1000)) for each in (first.interval.start, first.interval.end)]
    assert {
        "enableAutoReply": True,
        "responseSubject": first.subject,
        "responseBodyPlainText": first.text,
        "restrictToContacts": False,
        "restrictToDomain": False,
        "startTime": milliseconds[0],
        "endTime": milliseconds[1],
    } == bench.vacation


@pytest.mark.parametrize(
    ("as_of", "window"),
    [(at(0), 0), (at(17), 0), (at(29), 0), (at(30), 1), (at(41), 1)],
    ids=["before", "at its start", "in it", "once nothing is answered any more", "in the next"],
)
def test_the_present_or_the_coming_window_is_programmed(
    bench: VacationBench, as_of: datetime, window: int
) -> None:
    """Gmail holds one at a time."""
    bench.port.publish(night(as_of=as_of))

    assert (invented_responses()[window].interval,) == bench.port.answers_during(hours(0, 72))


@pytest.mark.parametrize(
    ("start", "length"),
    [
        # The nights on which clocks change in Berlin: 28 March and 24 October 2026.
        (datetime(2026, 3, 28, 17, tzinfo=UTC), 12),
        (datetime(2026, 10, 24, 16, tzinfo=UTC), 14),
    ],
)
def test_a_night_on_which_clocks_change_is_as_long_as_it_is(
    bench: VacationBench, start: datetime, length: int
) -> None:
    """Instants are told, not times of the clock."""
    interval = Interval(start, start + timedelta(hours=length))
    response = WindowResponse(interval, interval, "Automatic reply", "Thank you.")
    publication = replace(night(), as_of=start - timedelta(hours=1), responses=(response,))

    bench.port.publish(publication)

    week = Interval(start - timedelta(days=3), start + timedelta(days=3))
    assert (interval,) == bench.port.answers_during(week)


def test_it_is_changed_once_for_each_window(bench: VacationBench) -> None:
    """With each change Gmail forgets whom it answered, so looks change nothing."""
    for hour in (0, 10, 17, 20, 29):
        bench.opened().publish(night(as_of=at(hour)))
    once = edits(bench)
    for hour in (30, 40, 45):
        bench.opened().publish(night(as_of=at(hour)))

    assert (1, 2) == (once, edits(bench))


def test_contacts_alone_may_be_answered(tmp_path: Path, google: GoogleServer, account: Account) -> None:
    """Where the settings say so; it is changed where they change."""
    with closing(VacationBench(tmp_path, google, account, contacts_only=True)) as bench:
        bench.port.publish(night())
        restricted = bench.vacation["restrictToContacts"]
        bench.opened(contacts_only=False).publish(night())

        assert (True, False) == (restricted, bench.vacation["restrictToContacts"])


@pytest.mark.parametrize(
    "theirs",
    [
        THEIRS,
        {"enableAutoReply": False},
        {**THEIRS, "enableAutoReply": True, "startTime": "1000", "endTime": "2000"},
    ],
    ids=["their own words", "none", "one whose time is over"],
)
def test_what_was_there_before_is_given_back(bench: VacationBench, theirs: dict[str, object]) -> None:
    """After two windows, by another instance."""
    bench.account.mailbox.vacation = dict(theirs)
    for hour in (0, 30):
        bench.opened().publish(night(as_of=at(hour)))

    bench.opened().remove()

    assert theirs == bench.vacation
    assert [] == [path for path in bench.folder.rglob("vacation*") if path.is_file()]


def test_what_it_remembers_is_for_this_users_eyes_only(bench: VacationBench) -> None:
    """It may hold the therapist's own words, to give them back."""
    bench.account.mailbox.vacation = dict(THEIRS)
    bench.port.publish(night())

    (path,) = bench.folder.rglob("vacation.json")
    assert 0o600 == path.stat().st_mode & 0o777


def test_nothing_to_answer_gives_it_back(bench: VacationBench) -> None:
    """As in a week that is open throughout."""
    bench.account.mailbox.vacation = dict(THEIRS)
    bench.port.publish(night())
    none = replace(night(), responses=())

    assert (True, False) == (bench.port.publish(none), bench.port.publish(none))
    assert THEIRS == bench.vacation


def test_what_the_therapist_changed_by_hand_is_theirs(bench: VacationBench) -> None:
    """Other words in what was programmed: it is refused in words, and stays."""
    bench.port.publish(night())
    bench.account.mailbox.vacation = {**bench.vacation, "responseBodyPlainText": "I am at sea."}
    theirs = dict(bench.vacation)

    with pytest.raises(Refused, match="is switched on, and not by this program; it is left as it is"):
        bench.port.publish(night(as_of=at(20)))
    bench.port.remove()

    assert theirs == bench.vacation


def test_what_was_programmed_and_switched_off_is_programmed_again(bench: VacationBench) -> None:
    """The configuration says that Gmail answers; it is taken back there."""
    bench.port.publish(night())
    bench.account.mailbox.vacation = {**bench.vacation, "enableAutoReply": False}

    assert bench.port.publish(night())
    assert bench.vacation["enableAutoReply"]


def test_line_ends_of_gmails_own_change_nothing(bench: VacationBench) -> None:
    """It may hold a text in other lines, and with its own markup beside it."""
    bench.port.publish(night())
    text = str(bench.vacation["responseBodyPlainText"])
    html = {"responseBodyPlainText": text.replace("\n", "\r\n").strip(), "responseBodyHtml": "<div>…</div>"}
    bench.account.mailbox.vacation = {**bench.vacation, **html}

    assert not bench.port.publish(night(as_of=at(20)))


@pytest.mark.parametrize("times", [1, 2], ids=["the answer is lost", "and so is the next"])
def test_an_answer_that_was_lost_is_no_second_change(bench: VacationBench, times: int) -> None:
    """It is known for ours, and what was there before is still given back."""
    bench.account.mailbox.vacation = dict(THEIRS)
    bench.account.faults.append(Fault(UPDATE, 500, "backendError", after=True))
    if times == 2:
        bench.account.faults.append(Fault(GET, 500, "backendError", skip=1))

    with pytest.raises(OutcomeUnknown):
        bench.port.publish(night())
    while bench.account.faults:
        with pytest.raises(Unavailable):
            bench.opened().publish(night())

    assert not bench.opened().publish(night())
    assert 1 == edits(bench)
    bench.opened().remove()
    assert THEIRS == bench.vacation


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault(GET, 429, "rateLimitExceeded", retry_after=7), RateLimited),
        (Fault(GET, 500, "backendError"), Unavailable),
        (Fault(UPDATE, 429, "rateLimitExceeded"), RateLimited),
        (Fault(UPDATE, 403, "insufficientPermissions"), AuthorizationNeeded),
        (Fault(UPDATE, 500, "backendError"), OutcomeUnknown),
        (Fault(UPDATE, act="drop"), OutcomeUnknown),
    ],
    ids=lambda value: f"{value.call} {value.status} {value.act}" if isinstance(value, Fault) else "",
)
def test_what_fails_is_told_and_tried_again(
    bench: VacationBench, fault: Fault, kind: type[ProviderError]
) -> None:
    """The next time it is programmed."""
    bench.account.faults.append(fault)

    with pytest.raises(ProviderError) as caught:
        bench.port.publish(night())

    assert kind is type(caught.value)
    assert bench.opened().publish(night())
    assert (invented_responses()[0].interval,) == bench.port.answers_during(hours(0, 72))


def test_a_sign_in_that_was_revoked_asks_for_a_person(bench: VacationBench) -> None:
    """Whether it answers is then unknown, and the program keeps quiet."""
    bench.port.publish(night())
    bench.google.sign_in.revoke_all(bench.account.address)

    with pytest.raises(AuthorizationNeeded, match="boundary google authorize"):
        bench.port.answers_during(hours(0, 72))


@pytest.mark.parametrize(
    ("vacation", "expected"),
    [
        ({"enableAutoReply": False, "startTime": "1000"}, ()),
        ({"enableAutoReply": True}, (hours(0, 72),)),
        ({"enableAutoReply": True, "startTime": "0", "endTime": "0"}, (hours(0, 72),)),
        # 2 March 2026, 20:00 and 22:00.
        ({"enableAutoReply": True, "startTime": "1772481600000"}, (hours(20, 72),)),
        ({"enableAutoReply": True, "endTime": "1772481600000"}, (hours(0, 20),)),
        (
            {"enableAutoReply": True, "startTime": "1772481600000", "endTime": "1772488800000"},
            (hours(20, 22),),
        ),
        ({"enableAutoReply": True, "startTime": "1000", "endTime": "2000"}, ()),
    ],
    ids=str,
)
def test_whoever_switched_it_on_it_answers_then(
    bench: VacationBench, vacation: dict[str, object], expected: object
) -> None:
    """One of the two answers, never both."""
    bench.account.mailbox.vacation = vacation

    assert expected == bench.port.answers_during(hours(0, 72))


def test_an_examination_says_whose_it_is(bench: VacationBench) -> None:
    """Off, this program's, or somebody else's, which is in the way."""
    off = bench.port.examine()
    bench.port.publish(night())
    bench.time = at(18)
    ours = bench.port.examine()
    bench.switch_on_otherwise()
    theirs = bench.port.examine()

    assert [Condition.OK, Condition.OK, Condition.BROKEN] == [
        each[-1].condition for each in (off, ours, theirs)
    ]
    assert "programmed by this program" in ours[-1].found


def test_a_disk_that_refuses_leaves_the_responder_alone(
    bench: VacationBench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be given back is not taken."""

    def refuse(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boundary_google.programmed.os.fsync", refuse)

    with pytest.raises(Unavailable, match="its note cannot be written"):
        bench.port.publish(night())

    assert 0 == edits(bench)


def test_a_responder_that_gmail_does_not_hold_is_told(bench: VacationBench) -> None:
    """It is read back each time."""
    bench.account.mailbox.forgets_vacation = True

    with pytest.raises(Unavailable, match="does not hold the vacation responder that it was given"):
        bench.port.publish(night())
