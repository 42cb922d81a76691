"""How often one may answer."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boundary_plugins.core import response_limits as limits
from boundary_plugins.core.circumstances import Circumstances
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.history import NOT_WATCHED, History, PastResponse
from boundary_plugins.core.message import SubjectMessage
from builders import CLIENT, FRIDAY_CLOSING, FRIDAY_EVENING, MONDAY_OPENING, POLICY, hours, message, weekend

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def circumstances(
    history: History | Unknown = History(),  # noqa: B008
    *,
    of: SubjectMessage | None = None,
    later: timedelta = timedelta(0),
) -> Circumstances:
    """The client's message of Friday evening, decided `later` than it arrived."""
    subject = of or message()
    timetable = weekend()
    return Circumstances(
        message=subject,
        client=CLIENT,
        window=timetable.window_at(subject.arrived_at),
        next_opening_at=timetable.next_opening(subject.arrived_at),
        policy=POLICY,
        history=history,
        at=subject.arrived_at + later,
    )


def test_a_message_in_contact_hours_gets_no_response() -> None:
    """The instant of closing is out of hours already, the one before it is not."""
    before, at_closing = FRIDAY_CLOSING - timedelta(microseconds=1), FRIDAY_CLOSING

    hit = limits.in_contact_hours(circumstances(of=message(before))).hit
    miss = limits.in_contact_hours(circumstances(of=message(at_closing))).hit

    assert (hit, miss) == (True, False)


@pytest.mark.parametrize(
    "before_opening, expected",
    [
        # Nearer than three hours: it can wait.
        (3 * HOUR - timedelta(seconds=1), True),
        # Exactly three hours is not nearer.
        (3 * HOUR, False),
        (60 * HOUR, False),
    ],
)
def test_a_pause_that_is_nearly_over_gets_no_response(before_opening: timedelta, expected: bool) -> None:
    """`opens-soon` looks from the arrival, whenever it is decided."""
    found = limits.opens_soon(circumstances(of=message(MONDAY_OPENING - before_opening), later=HOUR))

    assert expected is found.hit


def test_an_unknown_opening_is_unknown() -> None:
    """Without a next opening nothing says that it is soon."""
    found = limits.opens_soon(replace(circumstances(), next_opening_at=None))

    assert found.hit is None


@pytest.mark.parametrize(
    "history, expected",
    [
        # Nothing written.
        (History(therapist_wrote_at=()), False),
        # Before the window closed: that was the working day.
        (History(therapist_wrote_at=(FRIDAY_CLOSING - HOUR,)), False),
        # At its first instant.
        (History(therapist_wrote_at=(FRIDAY_CLOSING,)), True),
        # Sent is not watched by configuration: unknown, and told, but it does not silence.
        (History(therapist_wrote_at=NOT_WATCHED), None),
        # Sent is watched and cannot be read: nothing is sent.
        (History(therapist_wrote_at=UNKNOWN), True),
        # The whole history is unknown: nothing is sent.
        (UNKNOWN, True),
    ],
)
def test_the_therapists_own_words_end_the_matter(history: History | Unknown, expected: bool | None) -> None:
    """`therapist-wrote`: in this closed window, and unknown history hits."""
    assert expected is limits.therapist_wrote(circumstances(history)).hit


@pytest.mark.parametrize(
    "history, expected",
    [
        (History(), False),
        # In this window.
        (History(responses=(PastResponse(FRIDAY_CLOSING + HOUR),)), True),
        # In the window before, which ended as planned.
        (History(responses=(PastResponse(FRIDAY_CLOSING - 9 * HOUR, FRIDAY_CLOSING - 8 * HOUR),)), False),
        # Its window was to last until Monday: the hours were edited, and 4 hours are too short.
        (History(responses=(PastResponse(FRIDAY_EVENING - 4 * HOUR, MONDAY_OPENING),)), True),
        # The same, 12 hours ago.
        (History(responses=(PastResponse(FRIDAY_EVENING - 12 * HOUR, MONDAY_OPENING),)), False),
        (UNKNOWN, True),
    ],
)
def test_once_per_closed_window(history: History | Unknown, expected: bool) -> None:
    """RFC 5230, section 4.2, with the closed window in place of `:days`."""
    assert expected is limits.already_answered(circumstances(history)).hit


@pytest.mark.parametrize("days, expected", [(6, True), (7, False), (8, False)])
def test_six_weeks_of_leave_repeat_after_seven_days(days: int, expected: bool) -> None:
    """The client who writes again in a long absence is told again, a week later."""
    leave = hours(
        (FRIDAY_CLOSING - HOUR, FRIDAY_CLOSING), (FRIDAY_CLOSING + 42 * DAY, FRIDAY_CLOSING + 43 * DAY)
    )
    again = message(FRIDAY_EVENING + days * DAY)
    history = History(responses=(PastResponse(FRIDAY_EVENING, FRIDAY_CLOSING + 42 * DAY),))

    found = limits.already_answered(
        replace(circumstances(history), message=again, window=leave.window_at(again.arrived_at))
    )

    assert expected is found.hit


@pytest.mark.parametrize("has, expected", [(True, True), (False, False), (UNKNOWN, None)])
def test_the_providers_responder_owns_its_window(has: bool | Unknown, expected: bool | None) -> None:
    """Two replies are worse than one; what cannot be seen does not silence."""
    assert (
        expected is limits.provider_responder(circumstances(History(provider_responder_has_window=has))).hit
    )


@pytest.mark.parametrize(
    "later, expected",
    [
        (24 * HOUR, False),
        (24 * HOUR + timedelta(microseconds=1), True),
    ],
)
def test_an_old_message_gets_no_late_response(later: timedelta, expected: bool) -> None:
    """An outage never ends in a burst."""
    assert expected is limits.too_old(circumstances(later=later)).hit


def test_a_window_that_is_over_gets_no_response() -> None:
    """ "Back on Monday at 9" is false at 9."""
    late = circumstances(of=message(MONDAY_OPENING - 4 * HOUR), later=4 * HOUR)

    assert limits.too_old(late).hit is True


@pytest.mark.parametrize(
    "history, expected",
    [
        (History(responses_to_sender=2, responses_to_domain=19, responses_from_mailbox=29), False),
        (History(responses_to_sender=3), True),
        (History(responses_to_domain=20), True),
        (History(responses_from_mailbox=30), True),
        (UNKNOWN, True),
    ],
)
def test_caps_stop_what_headers_cannot_tell(history: History | Unknown, expected: bool) -> None:
    """RFC 3834, section 2: limit the rate of responses."""
    assert expected is limits.capped(circumstances(history)).hit


def test_a_public_mail_provider_has_no_cap_as_a_domain() -> None:
    """Twenty clients at one public provider have nothing in common."""
    public = replace(POLICY, public_mail_domains=frozenset({"example.org"}))

    found = limits.capped(replace(circumstances(History(responses_to_domain=20)), policy=public))

    assert found.hit is False


def test_a_response_is_never_after_its_window_nor_past_the_greatest_age() -> None:
    """`not_after` is the end of the closed window, or a day after the arrival."""
    on_friday = limits.not_after(circumstances())
    on_sunday = limits.not_after(circumstances(of=message(MONDAY_OPENING - 4 * HOUR)))

    assert on_sunday == MONDAY_OPENING
    assert timedelta(0) < on_friday - (FRIDAY_EVENING + DAY) < timedelta(seconds=1)
