"""Answer or not, and why: the entry to the core, which asks the rules in their one order.

`decide` owns the question; `suppression.py` says what a message is, `response_limits.py` how often one
may answer. Every rule is asked, so that every reason is on record, hit or miss.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from boundary_plugins.core.availability import ContactHours, Window
from boundary_plugins.core.circumstances import Circumstances, Finding, Reason, SuppressionRule, reason_of
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.contact import Channel, Contact
from boundary_plugins.core.crisis_detection import CrisisPhrases
from boundary_plugins.core.fact import Unknown
from boundary_plugins.core.history import History
from boundary_plugins.core.message import SubjectMessage, subject_of
from boundary_plugins.core.policy import Audience, ResponsePolicy
from boundary_plugins.core.response import Response, Wording, response_to
from boundary_plugins.core.response_limits import LIMIT_RULES, not_after, resources_were_given
from boundary_plugins.core.response_promise import promised_by
from boundary_plugins.core.suppression import AUDIENCE_RULES, MESSAGE_RULES, SUPPRESSION_RULES
from boundary_plugins.core.topic import TopicRules

OUT_OF_BOUNDARY = "out-of-boundary"
CRISIS = "crisis"

#: A message with one of these is a machine's, or not for a person to answer: no contact.
NOT_A_PERSON = frozenset(
    {
        "unparsable",
        "null-reverse-path",
        "no-sender",
        "own-address",
        "system-address",
        "auto-submitted",
        "report",
        "list",
        "autoresponder",
        "calendar",
        "spam",
    }
)
_PLATFORM = "platform-notification"
_NOT_A_PLATFORM = frozenset({"unparsable", "null-reverse-path", "own-address", "report", "spam"})

TopicClassifier = Callable[[str], str]
_UNCLASSIFIED = TopicRules(())


@dataclass(frozen=True, slots=True)
class Classification:
    """What tells crises, topics and a practice's own reasons; values and pure functions from the shell.

    `practice_rules` come after the table and can only make the program quieter.
    """

    crisis: CrisisPhrases
    topic: TopicClassifier = _UNCLASSIFIED
    practice_rules: tuple[SuppressionRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about one message, with every reason in order.

    `reason` is the id of the first rule that hit, or `out-of-boundary`. `response` is set exactly where
    `respond` is true, and may be attempted before `not_after` only. `crisis` means: tell the therapist.
    """

    respond: bool
    reason: str
    reasons: tuple[Reason, ...]
    window: Window
    contact: Contact | None
    response: Response | None
    not_after: datetime | None
    crisis: bool


_CRISIS_HIT = Reason(
    CRISIS, True, "its Subject sounds like a crisis; the therapist is told", "promise: safety first"
)
_CRISIS_MISS = Reason(CRISIS, False, "its Subject does not sound like a crisis", "promise: safety first")
_NO_ADDRESS = Reason(
    "no-sender",
    True,
    "no address on file for this client was used, so none may be answered",
    "RFC 3834, section 4",
)


def decide(
    message: SubjectMessage,
    client: Client | None,
    hours: ContactHours,
    policy: ResponsePolicy,
    history: History | Unknown,
    at: datetime,
    classification: Classification,
) -> Decision:
    """Decide one message. `at` is the instant of deciding (aware, UTC); an arrival after it counts as now.

    Raises ValueError where `hours` do not cover the arrival. Any message gives a decision.
    """
    if message.arrived_at > at:
        message = replace(message, arrived_at=at)
    return conclude(appraise(message, client, hours, policy, classification), history, at)


@dataclass(frozen=True, slots=True)
class Appraisal:
    """What a message is, whatever was answered before: the first half of a decision.

    `findings` are those of the rules that need no history, in their order.
    """

    message: SubjectMessage
    client: Client | None
    hours: ContactHours
    policy: ResponsePolicy
    classification: Classification
    window: Window
    next_opening_at: datetime | None
    findings: tuple[Finding, ...]
    contact: Contact | None
    crisis: bool


#: The rules that tell what a message is and who wrote it; those after them ask how often one may answer.
_APPRAISING_RULES = (*MESSAGE_RULES, *AUDIENCE_RULES)
_APPRAISING_CHECKS = tuple(rule.check for rule in _APPRAISING_RULES)
_LIMIT_CHECKS = tuple(rule.check for rule in LIMIT_RULES)
_NOBODY_ASKED = History()


def appraise(
    message: SubjectMessage,
    client: Client | None,
    hours: ContactHours,
    policy: ResponsePolicy,
    classification: Classification,
) -> Appraisal:
    """Ask everything that does not depend on the history. Raises ValueError where `hours` do not cover the arrival."""
    window, next_opening_at = hours.window_at(message.arrived_at), hours.next_opening(message.arrived_at)
    circumstances = Circumstances(
        message, client, window, next_opening_at, policy, _NOBODY_ASKED, message.arrived_at
    )
    findings = tuple([check(circumstances) for check in _APPRAISING_CHECKS])
    subject = subject_of(message)
    crisis = classification.crisis.found_in(subject)
    return Appraisal(
        message=message,
        client=client,
        hours=hours,
        policy=policy,
        classification=classification,
        window=window,
        next_opening_at=next_opening_at,
        findings=findings,
        contact=_contact(circumstances, _hits_among(findings), classification.topic, subject, crisis),
        crisis=crisis,
    )


def conclude(appraisal: Appraisal, history: History | Unknown, at: datetime) -> Decision:
    """Decide what was appraised, by what was answered before. `at` is the instant of deciding (aware, UTC)."""
    message, client, policy = appraisal.message, appraisal.client, appraisal.policy
    if message.arrived_at > at:
        # What seems to come from the future came now.
        return decide(message, client, appraisal.hours, policy, history, at, appraisal.classification)
    window, opening = appraisal.window, appraisal.next_opening_at
    circumstances = Circumstances(message, client, window, opening, policy, history, at)
    crisis = appraisal.crisis
    reasons, hits, first = _verdict(circumstances, appraisal, crisis)
    response = None
    wording = _wording(circumstances, hits, crisis)
    if wording is not None:
        promise = promised_by(appraisal.hours, opening, policy)
        response = response_to(circumstances, wording, promise)
        if response is None:
            first, reasons = _NO_ADDRESS.rule, (*reasons, _NO_ADDRESS)
    return Decision(
        respond=response is not None,
        reason=first,
        reasons=reasons,
        window=window,
        contact=appraisal.contact,
        response=response,
        not_after=not_after(circumstances) if response else None,
        crisis=crisis,
    )


def _hits_among(findings: Sequence[Finding]) -> list[str]:
    """The ids of the appraising rules that hit."""
    return [rule.id for rule, finding in zip(_APPRAISING_RULES, findings, strict=True) if finding.hit]


class _Verdict(NamedTuple):
    """What the rules say together: every reason, the ids of those that hit, and the first of these."""

    reasons: tuple[Reason, ...]
    hits: tuple[str, ...]
    first: str


def _verdict(circumstances: Circumstances, appraisal: Appraisal, crisis: bool) -> _Verdict:
    """Ask the rules that are left; the crisis flag stands last, because it refuses nothing."""
    findings = (*appraisal.findings, *[check(circumstances) for check in _LIMIT_CHECKS])
    practice_rules = appraisal.classification.practice_rules
    if practice_rules:
        reasons = [*map(reason_of, SUPPRESSION_RULES, findings)]
        reasons += [reason_of(rule, rule.check(circumstances)) for rule in practice_rules]
        return _verdict_of((*reasons, _CRISIS_HIT if crisis else _CRISIS_MISS))
    return _usual_verdict(findings, crisis)


@lru_cache(maxsize=256)
def _usual_verdict(findings: tuple[Finding, ...], crisis: bool) -> _Verdict:
    """The verdict of the table alone: its findings are constants, so that the same lists come again and again."""
    reasons = map(reason_of, SUPPRESSION_RULES, findings)
    return _verdict_of((*reasons, _CRISIS_HIT if crisis else _CRISIS_MISS))


def _verdict_of(reasons: tuple[Reason, ...]) -> _Verdict:
    """The reasons with what follows from them."""
    hits = tuple(reason.rule for reason in reasons if reason.hit)
    return _Verdict(reasons, hits, hits[0] if hits else OUT_OF_BOUNDARY)


#: What silences the resources alone, too: they would come too late to be true. So does a practice's own rule.
_TOO_LATE = "too-old"
_OF_A_PLUGIN = ":"


def _wording(circumstances: Circumstances, hits: Sequence[str], crisis: bool) -> Wording | None:
    """Which text the response carries; None where there is none. `hits` may end with `crisis`."""
    refusing = [hit for hit in hits if hit != CRISIS]
    if refusing and refusing[0] == "already-answered" and crisis:
        silenced = any(hit == _TOO_LATE or _OF_A_PLUGIN in hit for hit in refusing)
        return None if silenced or resources_were_given(circumstances) else Wording.RESOURCES_ONLY
    if refusing:
        return None
    if crisis:
        return Wording.CRISIS
    if circumstances.policy.audience is Audience.EVERYONE:
        return Wording.NEUTRAL
    client = circumstances.client
    return Wording.FULL if client and client.auto_reply is AutoReply.FULL else Wording.DISCREET


def _contact(
    circumstances: Circumstances,
    hits: Sequence[str],
    topic_of: TopicClassifier,
    subject: str,
    crisis: bool,
) -> Contact | None:
    """The contact to record: a client's human message, or a platform's notification."""
    client = circumstances.client
    if _PLATFORM in hits and _NOT_A_PLATFORM.isdisjoint(hits):
        channel, client_id = Channel.PLATFORM, client.id if client else None
    elif client is not None and NOT_A_PERSON.isdisjoint(hits):
        channel, client_id = Channel.EMAIL, client.id
    else:
        return None
    window = circumstances.window
    return Contact(
        client_id=client_id,
        channel=channel,
        topic=topic_of(subject),
        arrived_at=circumstances.message.arrived_at,
        out_of_boundary=not window.is_open,
        window_start=window.interval.start,
        window_end=window.interval.end,
        crisis=crisis,
    )
