"""Answer or not, and why."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from boundary_plugins.core.circumstances import Circumstances, Finding, SuppressionRule
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.core.decision import Classification, Decision, decide
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.history import History, PastResponse
from boundary_plugins.core.message import SubjectMessage
from boundary_plugins.core.policy import Audience, PromiseKind, ResponsePolicy
from boundary_plugins.core.response import Wording
from boundary_plugins.core.suppression import SUPPRESSION_RULES
from builders import CLIENT, FRIDAY_CLOSING, FRIDAY_EVENING, MONDAY_OPENING, OWN, POLICY, message, weekend

HOUR = timedelta(hours=1)
CLASSIFICATION = Classification(crisis=CrisisPhrases(("want to die",)))
EVERYONE = replace(POLICY, audience=Audience.EVERYONE)


def judge(
    of: SubjectMessage | None = None,
    *,
    client: Client | None = CLIENT,
    policy: ResponsePolicy = POLICY,
    history: History | Unknown = History(),  # noqa: B008
    classification: Classification = CLASSIFICATION,
) -> Decision:
    """Decide the message at its arrival."""
    subject = of or message()
    return decide(subject, client, weekend(), policy, history, subject.arrived_at, classification)


def test_the_table_is_that_of_the_documentation_in_its_order() -> None:
    """The ids are public: a change here is a change of the interface."""
    expected = [
        "unparsable",
        "null-reverse-path",
        "no-sender",
        "own-address",
        "system-address",
        "auto-submitted",
        "report",
        "list",
        "response-suppressed",
        "autoresponder",
        "calendar",
        "platform-notification",
        "spam",
        "not-addressed",
        "stranger",
        "client-opted-out",
        "in-contact-hours",
        "opens-soon",
        "therapist-wrote",
        "already-answered",
        "provider-responder",
        "too-old",
        "capped",
    ]

    assert expected == [rule.id for rule in SUPPRESSION_RULES]


def test_a_client_in_the_closed_hours_is_answered() -> None:
    """The main job: to the address on file, from the address written to, valid until Monday at 9."""
    decision = judge()

    assert decision.respond
    assert decision.reason == "out-of-boundary"
    assert decision.response is not None
    assert decision.response.to == "ab@example.org"
    assert decision.response.sender == OWN
    assert Wording.DISCREET is decision.response.facts.wording
    assert decision.response.facts.next_opening_at == MONDAY_OPENING
    assert decision.response.in_reply_to == "<1@example.org>"


def test_every_reason_is_on_record_in_order() -> None:
    """A hit does not end the asking; the crisis flag stands last."""
    decision = judge(message(auto_submitted="auto-replied", precedence="bulk"))

    rules = [reason.rule for reason in decision.reasons]
    hits = [reason.rule for reason in decision.reasons if reason.hit]
    assert [*(rule.id for rule in SUPPRESSION_RULES), "crisis"] == rules
    assert hits == ["auto-submitted", "list"]
    assert decision.reason == "auto-submitted"


def test_every_reason_carries_its_clause() -> None:
    """Nothing is refused without a source."""
    assert all(reason.clause and reason.because for reason in judge().reasons)


def test_a_contact_is_recorded_in_and_out_of_boundary() -> None:
    """Every human message from a client on file is a contact."""
    outside = judge().contact
    inside = judge(message(FRIDAY_CLOSING - HOUR)).contact

    assert outside is not None
    assert inside is not None
    assert (outside.out_of_boundary, inside.out_of_boundary) == (True, False)


@pytest.mark.parametrize(
    "headers",
    [
        {"auto_submitted": "auto-generated"},
        {"list_id": "<news.example.org>"},
        {"return_path": "<>"},
    ],
)
def test_a_machine_makes_no_contact(headers: dict[str, Any]) -> None:
    """What no person wrote costs nobody anything."""
    assert judge(message(**headers)).contact is None


def test_a_stranger_gets_nothing_and_leaves_no_contact() -> None:
    """The default audience are clients on file."""
    decision = judge(client=None)

    assert decision.reason == "stranger"
    assert (decision.response, decision.contact) == (None, None)


def test_a_forged_sender_learns_nothing() -> None:
    """The oracle attack: From is a client's, the Return-Path the attacker's; only the client is told."""
    decision = judge(message(return_path="<attacker@example.net>", reply_to="attacker@example.net"))

    assert decision.response is not None
    assert decision.response.to == "ab@example.org"


def test_with_the_audience_everyone_a_client_and_a_stranger_read_the_same() -> None:
    """RFC 3834, section 4: the reverse-path; one neutral text in the practice's own zone and language."""
    abroad = replace(CLIENT, zone="Asia/Tokyo", language="de", region="JP", auto_reply=AutoReply.FULL)

    to_client = judge(client=abroad, policy=EVERYONE).response
    to_stranger = judge(client=None, policy=EVERYONE).response

    assert to_client == to_stranger
    assert to_client is not None
    assert Wording.NEUTRAL is to_client.facts.wording


@pytest.mark.parametrize("language", ["fr", "es-MX", "de, en", "fi"])
@pytest.mark.parametrize("subject", ["Hello", "I want to die"])
def test_with_the_audience_everyone_the_same_headers_give_the_same_language(
    language: str, subject: str
) -> None:
    """The language on file would tell who is a client; what the message itself says tells nothing."""
    policy = replace(EVERYONE, languages=frozenset({"en", "es", "fr", "de"}))
    of = message(content_language=language, subject=subject)

    to_client = judge(of, client=replace(CLIENT, language="de"), policy=policy).response
    to_stranger = judge(of, client=None, policy=policy).response

    assert to_client is not None
    assert to_client == to_stranger


def test_a_full_text_goes_only_to_who_chose_it() -> None:
    """Inboxes are shared: discreet is the default."""
    full = judge(client=replace(CLIENT, auto_reply=AutoReply.FULL)).response

    assert full is not None
    assert Wording.FULL is full.facts.wording


@pytest.mark.parametrize(
    "client", [replace(CLIENT, active=False), replace(CLIENT, auto_reply=AutoReply.NEVER)]
)
def test_a_client_who_opted_out_is_recorded_and_not_answered(client: Client) -> None:
    """`client-opted-out`: the contact stands all the same."""
    decision = judge(client=client)

    assert decision.reason == "client-opted-out"
    assert decision.contact is not None


def test_a_crisis_is_answered_with_the_resources_first_and_told() -> None:
    """Promise 1: no fee, no offer and no promise in it."""
    decision = judge(message(subject="I want to die"))

    assert decision.crisis
    assert decision.reason == "crisis"
    assert decision.response is not None
    assert Wording.CRISIS is decision.response.facts.wording
    assert decision.contact is not None
    assert decision.contact.crisis


@pytest.mark.parametrize(
    "headers, client",
    [
        # A machine is never answered, whatever it says.
        ({"auto_submitted": "auto-replied"}, CLIENT),
        # In contact hours, opted out, unknown: told all the same.
        ({}, replace(CLIENT, auto_reply=AutoReply.NEVER)),
        ({}, None),
    ],
)
def test_the_therapist_is_told_of_a_crisis_before_every_refusal(
    headers: dict[str, Any], client: Client | None
) -> None:
    """Telling does not depend on answering."""
    decision = judge(message(subject="I want to die", **headers), client=client)

    assert decision.crisis
    assert not decision.respond


def test_a_crisis_after_a_response_gets_the_resources_alone_and_once() -> None:
    """The one addition that a closed window may have."""
    answered = (PastResponse(FRIDAY_EVENING - HOUR, MONDAY_OPENING),)
    added = (*answered, PastResponse(FRIDAY_EVENING - HOUR / 2, MONDAY_OPENING, resources_only=True))

    second = judge(message(subject="I want to die"), history=History(responses=answered))
    third = judge(message(subject="I want to die"), history=History(responses=added))

    assert second.response is not None
    assert Wording.RESOURCES_ONLY is second.response.facts.wording
    assert second.reason == "already-answered"
    assert third.response is None


@pytest.mark.parametrize("silent", ["too old", "a practice's rule"])
def test_the_resources_alone_do_not_come_too_late_nor_against_a_practices_rule(silent: str) -> None:
    """A rule of the practice makes the program quieter, and a window that is over is over."""

    def never(circumstances: Circumstances) -> Finding:
        return Finding(True, "the practice is quiet today")

    rules = (SuppressionRule("p:quiet", "house", "always", never),) if silent != "too old" else ()
    later = timedelta(hours=25) if silent == "too old" else timedelta(0)
    history = History(responses=(PastResponse(FRIDAY_EVENING - HOUR, MONDAY_OPENING),))
    subject = message(subject="I want to die")

    decision = decide(
        subject,
        CLIENT,
        weekend(),
        POLICY,
        history,
        FRIDAY_EVENING + later,
        replace(CLASSIFICATION, practice_rules=rules),
    )

    assert "already-answered" == decision.reason
    assert decision.crisis
    assert not decision.respond


def test_a_thread_that_continues_after_our_response_is_not_silenced_for_ever() -> None:
    """References keep every ancestor: only the window's history counts."""
    reply = message(
        MONDAY_OPENING + 9 * HOUR, in_reply_to="<ours@example.com>", references="<1@x> <ours@example.com>"
    )

    decision = judge(reply, history=History(responses=(PastResponse(FRIDAY_EVENING, MONDAY_OPENING),)))

    assert decision.respond


def test_unknown_history_silences() -> None:
    """Better no response than a second one."""
    decision = judge(history=UNKNOWN)

    assert not decision.respond
    assert decision.reason == "therapist-wrote"


def test_an_arrival_in_the_future_is_taken_as_now() -> None:
    """A sender's clock moves no window."""
    future = message(MONDAY_OPENING + HOUR)

    decision = decide(future, CLIENT, weekend(), POLICY, History(), FRIDAY_EVENING, CLASSIFICATION)

    assert decision.respond
    assert decision.contact is not None
    assert decision.contact.arrived_at == FRIDAY_EVENING


def test_the_response_id_depends_on_message_and_own_address_only() -> None:
    """The same in any store, another for another message."""
    first, again, other = judge(), judge(history=History()), judge(message(provider_id="2"))

    assert first.response is not None
    assert again.response is not None
    assert other.response is not None
    assert first.response.response_id == again.response.response_id
    assert first.response.response_id != other.response.response_id


def test_a_promise_in_business_days_counts_the_day_of_the_next_opening() -> None:
    """Two business days from a Friday night: Monday is the first, Tuesday the second."""
    policy = replace(POLICY, promise=PromiseKind.BUSINESS_DAYS, promise_business_days=2)

    decision = judge(policy=policy)

    assert decision.response is not None
    assert (MONDAY_OPENING + timedelta(days=1)).date() == decision.response.facts.promised_by


def test_a_practices_rule_makes_it_quieter_and_never_louder() -> None:
    """It stands after the table, so its hit silences and its miss changes nothing."""

    def never(circumstances: Circumstances) -> Finding:
        return Finding(True, "the practice is quiet today")

    def miss(circumstances: Circumstances) -> Finding:
        return Finding(False, "nothing special")

    quiet = replace(CLASSIFICATION, practice_rules=(SuppressionRule("p:quiet", "house", "always", never),))
    plain = replace(CLASSIFICATION, practice_rules=(SuppressionRule("p:plain", "house", "never", miss),))

    assert judge(classification=quiet).reason == "p:quiet"
    assert not judge(client=None, classification=plain).respond
