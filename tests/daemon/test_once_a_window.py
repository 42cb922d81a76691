"""Once per closed window and client, whatever address they use; not at all if the therapist wrote."""

import shutil

import pytest

from boundary_plugins.store.records import IntentState
from daemon.practice import (
    AB,
    AB_AT_WORK,
    CD,
    DAY,
    FRIDAY_CLOSING,
    HOUR,
    MINUTE,
    MONDAY_OPENING,
    OWN,
    Practice,
    make_maildir,
)


def test_two_addresses_of_one_client_get_one_response_a_closed_window(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    again = practice.deliver(AB_AT_WORK)

    practice.look_and_send()

    assert "already-answered" == practice.reason(again)
    assert [AB] == practice.recipients


def test_a_thread_that_continues_after_our_response_is_answered_in_the_next_window(
    practice: Practice,
) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    ours = str(practice.responses[0]["Message-ID"])
    practice.clock.now = MONDAY_OPENING + 10 * HOUR
    name = practice.deliver(
        AB,
        "Re: Automatic reply",
        headers={"In-Reply-To": ours, "References": f"<m1@mail.example.net> {ours}"},
    )

    practice.look_and_send()

    assert "out-of-boundary" == practice.reason(name)
    assert [AB, AB] == practice.recipients
    assert ours in str(practice.responses[1]["References"])


def test_six_weeks_of_leave_are_answered_again_after_seven_days(practice: Practice) -> None:
    practice.configure(
        more='[[hours.exceptions]]\non = "2026-11-21..2026-12-31"\nhours = "closed"',
    )
    practice.start()
    reasons = []
    for day in (0, 1, 6, 7, 8, 15):
        practice.clock.now = FRIDAY_CLOSING + 3 * HOUR + day * DAY
        name = practice.deliver(AB)
        practice.look_and_send()
        reasons.append(practice.reason(name))

    # The response of day 0 was made when it came; that of day 7 comes no sooner than a week after it.
    answered, refused = "out-of-boundary", "already-answered"
    expected = [answered, refused, refused, answered, refused, answered]
    assert expected == reasons
    assert 3 == len(practice.recipients)


def test_hours_edited_in_mid_window_answer_again_only_after_twelve_hours(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    # On Saturday the therapist opens from 9 to 10, which makes the night and the weekend two windows.
    practice.configure(hours="mon-fri 09:00-17:00; sat 09:00-10:00")
    practice.restart()
    practice.clock.now = FRIDAY_CLOSING + 13 * HOUR
    soon = practice.deliver(AB)
    practice.look_and_send()
    practice.clock.now = FRIDAY_CLOSING + 18 * HOUR + 30 * MINUTE
    later = practice.deliver(AB)

    practice.look_and_send()

    assert "already-answered" == practice.reason(soon) or "opens-soon" == practice.reason(soon)
    assert "out-of-boundary" == practice.reason(later)


def test_hours_edited_in_mid_window_do_not_answer_again_within_twelve_hours(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    practice.configure(hours="mon-thu 09:00-17:00; fri 09:00-21:00")
    practice.restart()
    practice.clock.now = FRIDAY_CLOSING + 5 * HOUR
    name = practice.deliver(AB)

    practice.look_and_send()

    assert "already-answered" == practice.reason(name)
    assert [AB] == practice.recipients


def test_what_the_therapist_writes_during_the_hold_drops_the_response(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    practice.clock.advance(MINUTE)
    practice.write(AB_AT_WORK)

    practice.look(after=2 * MINUTE)

    assert [IntentState.DROPPED] == practice.states
    assert [] == practice.receiver.received


def test_a_client_whom_the_therapist_wrote_to_in_the_window_is_not_answered(practice: Practice) -> None:
    practice.start()
    practice.write(AB, sent_at=FRIDAY_CLOSING + HOUR)
    wrote_to, other = practice.deliver(AB), practice.deliver(CD)

    practice.look_and_send()

    assert ("therapist-wrote", "out-of-boundary") == (practice.reason(wrote_to), practice.reason(other))
    assert [CD] == practice.recipients


def test_what_the_therapist_wrote_in_contact_hours_suppresses_nothing(practice: Practice) -> None:
    practice.start()
    practice.write(AB, sent_at=FRIDAY_CLOSING - HOUR)
    practice.deliver(AB)

    practice.look_and_send()

    assert [AB] == practice.recipients


def test_without_the_sent_folder_nothing_is_sent_and_it_is_told_once(practice: Practice) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look()
    shutil.rmtree(practice.maildir / ".Sent")

    passes = [practice.look(after=3 * MINUTE) for _ in range(3)]
    away, told = practice.receiver.received[:], practice.told
    make_maildir(practice.maildir / ".Sent")
    practice.look()

    assert [False, False, False] == passes
    assert ([], 1) == (away, len(told))
    assert 1 == practice.logged("there is no Maildir at")
    assert 1 == practice.logged("mailbox main: away: well again")
    assert ([AB], []) == (practice.recipients, practice.told)


@pytest.mark.parametrize(
    "header, value",
    [
        # A responder that says what it is.
        ("Auto-Submitted", "auto-replied"),
        # One of an old kind.
        ("X-Autoreply", "yes"),
        # One that wears our own mark.
        ("X-Auto-Response-Suppress", "All"),
    ],
)
def test_a_loop_with_another_responder_ends_at_its_first_answer(
    practice: Practice, header: str, value: str
) -> None:
    practice.start()
    practice.deliver(AB)
    practice.look_and_send()
    ours = str(practice.responses[0]["Message-ID"])

    practice.deliver(AB, "Auto: Automatic reply", headers={"In-Reply-To": ours, header: value})
    practice.look_and_send()

    assert [AB] == practice.recipients


def test_a_loop_with_a_responder_that_says_nothing_ends_at_the_window(practice: Practice) -> None:
    practice.configure(responses='audience = "everyone"')
    practice.start()
    for _ in range(10):
        practice.deliver("robot@example.net", "Your message was received")
        practice.look_and_send()

    assert ["robot@example.net"] == practice.recipients


def test_a_loop_with_an_ever_changing_address_ends_at_the_cap_of_its_domain(practice: Practice) -> None:
    practice.configure(responses='audience = "everyone"\n[responses.limits]\ndomain_a_day = 5')
    practice.start()
    for number in range(10):
        practice.deliver(f"ticket-{number}@example.net", "Ticket opened")
        practice.look_and_send()

    assert 5 == len(practice.recipients)


def test_own_mail_is_never_answered(practice: Practice) -> None:
    practice.start()
    name = practice.deliver("therapist+tag@example.com")

    practice.look_and_send()

    assert "own-address" == practice.reason(name)
    assert OWN not in practice.recipients


@pytest.mark.parametrize("audience", ["everyone", "clients"])
def test_a_forwarder_that_signs_each_path_anew_gets_its_sender_no_second_response(
    practice: Practice, audience: str
) -> None:
    """SRS puts the day into the reverse-path, which then says nothing about who writes."""
    practice.configure(responses=f'audience = "{audience}"')
    practice.start()
    for stamp in ("aaaa=BB", "bbbb=BC", "cccc=BD"):
        practice.deliver(AB, path=f"SRS0={stamp}=example.org=a.b@forward.example.net")
        practice.look_and_send()

    assert [AB] == practice.recipients
    assert {"already-answered"} == {each.reason for each in practice.store.messages()} - {"out-of-boundary"}
