"""A response on its way over SMTP: exactly once, or set aside with a reason that a person can read."""

from datetime import datetime, timedelta

import pytest

from boundary_plugins.core.interval import Interval
from boundary_plugins.core.retry import FIRST_WAIT
from boundary_plugins.store.records import AvailabilityChange, ChangeKind, IntentState
from boundary_plugins.testing.smtp_receiver import Fault, Reply, SmtpReceiver, Stage
from daemon.practice import (
    AB,
    CD,
    FRIDAY_CLOSING,
    FRIDAY_EVENING,
    HOUR,
    MINUTE,
    MONDAY_OPENING,
    Practice,
    text_of,
)

SENT, INTENDED, SET_ASIDE, DROPPED = (
    IntentState.SENT,
    IntentState.INTENDED,
    IntentState.SET_ASIDE,
    IntentState.DROPPED,
)


def waiting(practice: Practice) -> None:
    """A response that is due."""
    practice.start()
    practice.deliver(AB)
    practice.look()
    practice.clock.advance(3 * MINUTE)


def assert_told_clearly(practice: Practice, words: str) -> None:
    """One line says it, without a traceback and without an address."""
    assert 1 == practice.logged(words)
    assert "Traceback" not in practice.log_text
    practice.assert_nothing_private_was_kept()


def test_a_host_that_is_down_is_tried_again_with_patience_and_never_after_the_window(
    practice: Practice, receiver: SmtpReceiver
) -> None:
    saturday_opening = FRIDAY_EVENING + 10 * HOUR
    practice.configure(hours="mon-fri 09:00-17:00; sat 06:00-08:00")
    waiting(practice)
    receiver.refuse_connections()
    attempts = []
    while practice.clock.now < saturday_opening + HOUR:
        practice.look(after=MINUTE)
        attempts.append(practice.intents[0].attempts)

    receiver.accept_connections()
    practice.look(after=HOUR)

    (intent,) = practice.intents
    assert (DROPPED, [], 0) == (intent.state, receiver.received, len(practice.store.open_attempts("main")))
    # At most every 15 minutes over ten hours, and quicker in the beginning.
    assert attempts[10] >= 4
    assert 25 < intent.attempts < 50
    assert_told_clearly(practice, "no connection to 127.0.0.1")
    assert any("could not be sent before its closed window ended" in text for text in practice.told)


def test_a_host_that_comes_back_gets_it_once_and_it_is_told_once(
    practice: Practice, receiver: SmtpReceiver
) -> None:
    waiting(practice)
    receiver.refuse_connections()
    for _ in range(5):
        practice.look(after=FIRST_WAIT)
    receiver.accept_connections()
    for _ in range(5):
        practice.look(after=HOUR)

    assert ([AB], [SENT], []) == (practice.recipients, practice.states, practice.told)
    assert 1 == practice.logged("sending from main: away: well again")
    assert_told_clearly(practice, "no connection to 127.0.0.1")


@pytest.mark.parametrize(
    "stage, reply, state, words",
    [
        # The host refuses the recipient for good.
        (
            Stage.RCPT,
            Reply("550 5.1.1 no such user a.b@example.org"),
            SET_ASIDE,
            "the relay refused the envelope",
        ),
        # The host refuses the content for good.
        (Stage.FINAL_DOT, Reply("554 5.7.1 no"), SET_ASIDE, "the relay refused the message"),
        # The host has no room now.
        (Stage.RCPT, Reply("452 4.2.2 full a.b@example.org"), INTENDED, "cannot take the envelope now (452)"),
        # The host shuts down.
        (Stage.MAIL, Reply("421 4.3.2 closing"), INTENDED, "cannot take the envelope now (421)"),
        # The connection drops before anything was handed over.
        (Stage.DATA, Fault.DROP, INTENDED, "no connection to 127.0.0.1"),
        # The host stalls before anything was handed over.
        (Stage.MAIL, Fault.STALL, INTENDED, "no answer in time"),
        # The host takes the message, and the connection drops before it says so.
        (Stage.FINAL_DOT, Fault.DROP, SET_ASIDE, "response interrupted"),
        # The host takes the message, and stalls before it says so.
        (Stage.FINAL_DOT, Fault.STALL, SET_ASIDE, "response interrupted"),
    ],
)
def test_each_failure_of_a_host_is_told_in_one_line_and_never_sends_twice(
    practice: Practice,
    receiver: SmtpReceiver,
    stage: Stage,
    reply: Reply | Fault,
    state: IntentState,
    words: str,
) -> None:
    practice.configure(smtp_timeout="0.5")
    waiting(practice)
    receiver.faults[stage] = reply

    practice.look()
    after_failure = practice.states
    receiver.faults.clear()
    for _ in range(3):
        practice.look(after=HOUR)

    assert [state] == after_failure
    assert 1 >= len(receiver.received)
    assert ([SENT] if state is INTENDED else [SET_ASIDE]) == practice.states
    assert (1 if state is SET_ASIDE else 0) == len(practice.told)
    assert_told_clearly(practice, words)


def test_greylisting_is_waited_out(practice: Practice, receiver: SmtpReceiver) -> None:
    waiting(practice)
    receiver.faults[Stage.RCPT] = Reply("451 4.7.1 greylisted, come back later")
    practice.look()
    receiver.faults.clear()

    practice.look(after=FIRST_WAIT - timedelta(seconds=1))
    before = list(practice.recipients)
    practice.look(after=timedelta(seconds=1))

    assert ([], [AB]) == (before, practice.recipients)


def test_what_a_host_refuses_for_one_recipient_holds_up_no_other(
    practice: Practice, receiver: SmtpReceiver
) -> None:
    waiting(practice)
    practice.deliver(CD)
    receiver.faults[Stage.RCPT] = Reply("451 4.7.1 later")
    practice.look()
    receiver.faults.clear()

    practice.look(after=3 * MINUTE)

    assert {AB, CD} == set(practice.recipients)


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT])
def test_a_relay_that_takes_no_null_reverse_path_gets_the_own_address(
    practice: Practice, receiver: SmtpReceiver, stage: Stage
) -> None:
    receiver.null_refused_at = stage
    waiting(practice)

    practice.look()

    assert ["therapist@example.com"] == [each.reverse_path for each in receiver.received]
    assert "own address" in practice.intents[0].note


def test_the_null_reverse_path_is_used_where_it_can_be(practice: Practice, receiver: SmtpReceiver) -> None:
    waiting(practice)

    practice.look()

    assert [""] == [each.reverse_path for each in receiver.received]
    assert "" == practice.intents[0].note


def test_an_attempt_without_an_end_is_set_aside_and_told_and_never_sent(practice: Practice) -> None:
    waiting(practice)
    practice.store.begin_attempt(practice.intents[0].id, practice.clock.now)

    practice.restart()
    practice.look()
    practice.look(after=HOUR)

    assert ([SET_ASIDE], []) == (practice.states, practice.recipients)
    assert 1 == len(practice.told)


def test_a_due_response_while_the_mailbox_is_away_is_not_hammered_on(practice: Practice) -> None:
    waiting(practice)
    practice.maildir.rename(practice.folder / "away")
    practice.look()

    (loop,) = practice.loops.values()

    assert loop.seconds_until_next() >= 1


@pytest.mark.parametrize("asked_to_stop", [True, False])
def test_once_asked_to_stop_no_further_response_is_begun(practice: Practice, asked_to_stop: bool) -> None:
    waiting(practice)
    if asked_to_stop:
        practice.stop.set()

    practice.look()

    assert ([] if asked_to_stop else [AB]) == practice.recipients


def test_an_old_message_is_never_answered_after_an_outage(practice: Practice) -> None:
    practice.start()
    practice.clock.now = MONDAY_OPENING - HOUR
    practice.deliver(AB, arrived=FRIDAY_CLOSING + HOUR)

    practice.look_and_send()

    assert [] == practice.recipients


def change_hours(practice: Practice, kind: ChangeKind, start: datetime, end: datetime) -> None:
    """`boundary availability open` or `close`."""
    change = AvailabilityChange(
        kind, Interval(start, end), "by hand", "America/New_York", "therapist", practice.clock.now
    )
    with practice.store.transaction(practice.clock.now, check_clock=False) as transaction:
        transaction.add_availability_change(change)


def test_a_response_that_waits_is_not_sent_once_the_hours_were_opened_by_hand(practice: Practice) -> None:
    waiting(practice)
    now = practice.clock.now
    change_hours(practice, ChangeKind.OPEN, now - MINUTE, now + HOUR)

    practice.look()

    assert ([], [DROPPED]) == (practice.recipients, practice.states)
    assert "contact hours are open by now" == practice.intents[0].reason


def test_a_response_that_waits_tells_the_next_opening_as_it_stands_when_it_is_sent(
    practice: Practice,
) -> None:
    waiting(practice)
    change_hours(practice, ChangeKind.CLOSE, MONDAY_OPENING, MONDAY_OPENING + 12 * HOUR)

    practice.look()

    assert [SENT] == practice.states
    assert "Tuesday, November 24" in text_of(practice.responses[0])
    assert "Monday" not in text_of(practice.responses[0])
