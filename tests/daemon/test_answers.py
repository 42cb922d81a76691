"""What the therapist writes: whether contact hours were closed then, and which promises it keeps."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from boundary_plugins.core.response_promise import PromiseState
from boundary_plugins.ports import SentMessage
from boundary_plugins.testing.doubles import MemoryMailbox
from daemon.practice import (
    AB_AT_WORK,
    CD,
    DAY,
    FRIDAY_CLOSING,
    FRIDAY_EVENING,
    HOUR,
    MINUTE,
    MONDAY_OPENING,
    Practice,
    dumped,
)


def answered(practice: Practice) -> list[bool]:
    """Whether each contact was answered outside contact hours, oldest first."""
    return [timed.answered_out_of_boundary for timed in practice.store.timed_contacts()]


@pytest.mark.parametrize(
    ("sent_at", "expected"),
    [
        # On the Friday evening itself, and just before contact hours open.
        (FRIDAY_EVENING + HOUR, True),
        (MONDAY_OPENING - MINUTE, True),
        # Once they are open, and once more when they are closed again.
        (MONDAY_OPENING, False),
        (MONDAY_OPENING + 8 * HOUR, True),
    ],
)
def test_an_answer_is_out_of_boundary_by_the_hours_at_which_it_was_written(
    practice: Practice, sent_at: datetime, expected: bool
) -> None:
    practice.start()
    practice.deliver()
    practice.look()
    practice.clock.now = MONDAY_OPENING + 9 * HOUR
    practice.write(AB_AT_WORK, sent_at=sent_at)

    practice.look()

    assert [expected] == answered(practice)


def test_hours_that_were_closed_by_command_count(practice: Practice) -> None:
    """A day off makes an answer in the ordinary hours one out of boundary."""
    practice.configure(more='[[hours.exceptions]]\non = "2026-11-23"\nhours = "closed"')
    practice.start()
    practice.deliver()
    practice.look()
    practice.clock.now = MONDAY_OPENING + HOUR
    practice.write(AB_AT_WORK)

    practice.look()

    assert [True] == answered(practice)


@pytest.mark.parametrize(
    "sent_at",
    [
        # Many years ago: some mailboxes look back so far, and no calendar is read for it.
        FRIDAY_CLOSING - timedelta(days=9000),
        # Still to come, by a clock that is wrong.
        FRIDAY_EVENING + HOUR,
    ],
)
def test_what_was_written_when_nobody_knows_the_hours_is_recorded_without_them(
    practice: Practice, sent_at: datetime
) -> None:
    practice.start()
    mailbox = MemoryMailbox()
    inbox = practice.loops["main"].inbox
    inbox.mailbox = replace(inbox.mailbox, port=mailbox)
    mailbox.file_sent(SentMessage("old", (AB_AT_WORK,), sent_at))

    worked = practice.look()

    assert worked
    assert dumped(practice.database)["therapist_sent"].endswith(", None)]")


def test_a_promised_answer_is_owed_until_the_therapist_writes(practice: Practice) -> None:
    practice.start()
    name = practice.deliver()
    practice.look_and_send()
    (promise,) = practice.store.promises()
    practice.clock.now = MONDAY_OPENING + HOUR
    practice.write(CD)
    practice.look()
    still = practice.store.promises()

    practice.write(AB_AT_WORK)
    practice.look()

    assert (practice.message(name).contact_number, MONDAY_OPENING) == (promise.contact, promise.due_at)
    assert (PromiseState.AHEAD, PromiseState.DUE, PromiseState.LATE) == (
        promise.state_at(FRIDAY_EVENING),
        promise.state_at(MONDAY_OPENING),
        promise.state_at(MONDAY_OPENING + DAY),
    )
    assert ([promise], []) == (still, practice.store.promises())


def test_a_response_to_a_crisis_promises_nothing(practice: Practice) -> None:
    practice.start()
    practice.deliver(subject="I want to kill myself")

    practice.look_and_send()

    assert [True] == [intent.crisis for intent in practice.intents]
    assert 1 == len(practice.responses)
    assert [] == practice.store.promises()
