"""History carried along a replay."""

from dataclasses import replace
from datetime import datetime, timedelta

from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.core.decision import Classification, Decision, decide
from boundary_plugins.core.history import History
from boundary_plugins.daemon.replaying import ReplayedHistory
from boundary_plugins.store.records import Sender
from builders import CLIENT, FRIDAY_EVENING, POLICY, message, weekend

AB = Sender("AB", "ab@example.org", "example.org")
AB_AT_WORK = Sender("AB", "ab.work@example.net", "example.net")
OTHER = Sender("CD", "cd@example.org", "example.org")


def answered(at: datetime = FRIDAY_EVENING) -> Decision:
    return decide(
        message(at), CLIENT, weekend(), POLICY, History(), at, Classification(crisis=CrisisPhrases(()))
    )


def test_before_the_first_message_there_is_nothing() -> None:
    history = ReplayedHistory().before(AB, FRIDAY_EVENING)

    assert ((), (), 0, 0, 0) == (
        history.responses,
        history.therapist_wrote_at,
        history.responses_to_sender,
        history.responses_to_domain,
        history.responses_from_mailbox,
    )


def test_a_response_counts_for_every_address_of_the_client_but_caps_go_by_address() -> None:
    replayed = ReplayedHistory()
    replayed.answered(AB, answered(), FRIDAY_EVENING)

    history = replayed.before(AB_AT_WORK, FRIDAY_EVENING + timedelta(minutes=5))

    assert [FRIDAY_EVENING] == [past.at for past in history.responses]
    assert (0, 0, 1) == (
        history.responses_to_sender,
        history.responses_to_domain,
        history.responses_from_mailbox,
    )


def test_another_client_of_the_domain_shares_only_the_domains_cap() -> None:
    replayed = ReplayedHistory()
    replayed.answered(AB, answered(), FRIDAY_EVENING)

    history = replayed.before(OTHER, FRIDAY_EVENING + timedelta(minutes=5))

    assert ((), 0, 1) == (history.responses, history.responses_to_sender, history.responses_to_domain)


def test_a_decision_without_a_response_leaves_no_trace() -> None:
    replayed = ReplayedHistory()
    replayed.answered(AB, replace(answered(), respond=False, response=None), FRIDAY_EVENING)

    assert () == replayed.before(AB, FRIDAY_EVENING + timedelta(minutes=5)).responses


def test_counts_forget_after_their_time() -> None:
    """A day for the sender and the domain, an hour for the mailbox."""
    replayed = ReplayedHistory()
    replayed.answered(AB, answered(), FRIDAY_EVENING)

    after_an_hour = replayed.before(AB, FRIDAY_EVENING + timedelta(hours=1))
    after_a_day = replayed.before(AB, FRIDAY_EVENING + timedelta(hours=24))

    assert (1, 0) == (after_an_hour.responses_to_sender, after_an_hour.responses_from_mailbox)
    assert (0, 0) == (after_a_day.responses_to_sender, after_a_day.responses_to_domain)


def test_the_therapists_own_mail_is_remembered_by_client() -> None:
    replayed = ReplayedHistory()
    replayed.therapist_wrote([AB], FRIDAY_EVENING)

    later = FRIDAY_EVENING + timedelta(hours=1)
    assert (FRIDAY_EVENING,) == replayed.before(AB_AT_WORK, later).therapist_wrote_at
    assert () == replayed.before(OTHER, later).therapist_wrote_at
