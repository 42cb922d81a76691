"""The first start, watching, arming and pausing."""

from boundary_plugins.store.records import IntentState
from daemon.practice import AB, AB_AT_WORK, CD, HOUR, MINUTE, MONDAY_OPENING, Practice


def test_mail_already_there_at_the_first_start_is_history(practice: Practice) -> None:
    practice.deliver()

    practice.start()
    practice.look_and_send()

    assert ([], [], []) == (practice.store.messages(), practice.store.contacts(), practice.intents)
    assert 1 == practice.logged("first look: mail that is already there is history; please read it yourself")
    assert [] == practice.receiver.received


def test_until_arm_contacts_are_recorded_but_no_response(practice: Practice) -> None:
    practice.start(armed=False)
    name = practice.deliver()

    practice.look_and_send()

    assert practice.message(name).would_respond
    assert (1, [], []) == (len(practice.store.contacts()), practice.intents, practice.receiver.received)


def test_arm_never_sends_for_the_past(practice: Practice) -> None:
    practice.start(armed=False)
    practice.deliver()
    practice.look(after=MINUTE)
    unread = practice.deliver(CD)
    practice.clock.advance(MINUTE)

    practice.arm()
    practice.look_and_send()

    assert practice.message(unread).would_respond
    assert ([], []) == (practice.intents, practice.receiver.received)


def test_watching_counts_one_response_a_window_and_client_as_would_have_been_sent(practice: Practice) -> None:
    practice.start(armed=False)
    first = practice.deliver(AB)
    practice.look(after=MINUTE)
    second, other = practice.deliver(AB_AT_WORK), practice.deliver(CD)

    practice.look(after=MINUTE)

    assert ["out-of-boundary", "already-answered", "out-of-boundary"] == [
        practice.reason(name) for name in (first, second, other)
    ]
    assert 2 == practice.store.counts(practice.clock.now - HOUR).would_have_sent


def test_watching_counts_a_crisis_in_an_answered_window_once_more(practice: Practice) -> None:
    practice.start(armed=False)
    practice.deliver()
    practice.look(after=MINUTE)
    for _ in range(2):
        practice.deliver(subject="I want to die")
        practice.look(after=MINUTE)

    assert 2 == practice.store.counts(practice.clock.now - HOUR).would_have_sent


def test_what_would_have_been_sent_never_suppresses_a_response_after_arm(practice: Practice) -> None:
    practice.start(armed=False)
    practice.deliver()
    practice.look(after=MINUTE)
    practice.arm()
    name = practice.deliver()

    practice.look_and_send()

    assert "out-of-boundary" == practice.reason(name)
    assert [AB] == practice.recipients


def test_watching_would_answer_again_in_the_next_window(practice: Practice) -> None:
    practice.start(armed=False)
    practice.deliver()
    practice.look()
    practice.clock.now = MONDAY_OPENING + 10 * HOUR
    name = practice.deliver()

    practice.look()

    assert "out-of-boundary" == practice.reason(name)


def test_pause_drops_what_waits_and_arming_again_does_not_send_the_past(practice: Practice) -> None:
    practice.start()
    practice.deliver()
    practice.look()

    dropped = practice.pause()
    practice.deliver(CD)
    practice.look(after=MINUTE)
    practice.clock.advance(MINUTE)
    practice.arm()
    practice.look_and_send()

    assert 1 == len(dropped)
    assert [IntentState.DROPPED] == practice.states
    assert [] == practice.receiver.received


def test_a_client_who_was_dropped_by_pause_is_answered_after_arm(practice: Practice) -> None:
    practice.start()
    practice.deliver()
    practice.look()
    practice.pause()
    practice.clock.advance(MINUTE)
    practice.arm()
    practice.deliver()

    practice.look_and_send()

    assert [AB] == practice.recipients
