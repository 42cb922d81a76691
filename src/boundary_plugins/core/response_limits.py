"""How often one may answer: hours, the therapist's own mail, once a window, age and caps."""

from datetime import datetime, timedelta

from boundary_plugins.core.address import domain_of
from boundary_plugins.core.circumstances import Circumstances, Finding, SuppressionRule
from boundary_plugins.core.fact import UNKNOWN
from boundary_plugins.core.history import NOT_WATCHED, PastResponse
from boundary_plugins.core.message import sender_of
from boundary_plugins.core.policy import ResponsePolicy

_HISTORY_UNKNOWN = Finding(True, "what was answered before cannot be read, so nothing is sent")

_OPEN = Finding(True, "it arrived while contact hours were open")
_CLOSED = Finding(False, "it arrived while contact hours were closed")


def in_contact_hours(circumstances: Circumstances) -> Finding:
    """An open window needs no automatic response."""
    return _OPEN if circumstances.window.is_open else _CLOSED


_SOON = Finding(True, "contact hours open again soon after it arrived")
_NOT_SOON = Finding(False, "contact hours do not open soon after it arrived")
_NO_OPENING = Finding(None, "no next opening is known")


def opens_soon(circumstances: Circumstances) -> Finding:
    """A pause that is nearly over, such as lunch, needs no automatic response."""
    opening = circumstances.next_opening_at
    if opening is None:
        return _NO_OPENING
    ahead = opening - circumstances.message.arrived_at
    return _SOON if ahead < circumstances.policy.opens_soon else _NOT_SOON


_WROTE = Finding(True, "the therapist wrote to this client in this closed window")
_DID_NOT_WRITE = Finding(False, "the therapist did not write to this client in this closed window")
_WRITING_UNKNOWN = Finding(True, "whether the therapist wrote meanwhile cannot be read, so nothing is sent")
_WRITING_NOT_WATCHED = Finding(None, "no Sent folder is configured, so the therapist's own mail is not seen")


def therapist_wrote(circumstances: Circumstances) -> Finding:
    """The therapist's own words make an automatic response superfluous for this window."""
    history = circumstances.history
    if history is UNKNOWN:
        return _HISTORY_UNKNOWN
    wrote_at = history.therapist_wrote_at
    if wrote_at is UNKNOWN:
        return _WRITING_UNKNOWN
    if wrote_at is NOT_WATCHED:
        return _WRITING_NOT_WATCHED
    start = circumstances.window.interval.start
    return _WROTE if any(at >= start for at in wrote_at) else _DID_NOT_WRITE


_ANSWERED = Finding(True, "a response went to this client in this closed window")
_ANSWERED_LATELY = Finding(
    True, "the hours were edited, and a response went to this client a short while ago"
)
_NOT_ANSWERED = Finding(False, "no response went to this client in this closed window")
_ANSWERED_LONG_AGO = Finding(False, "the last response of this long absence is old enough to repeat")


def already_answered(circumstances: Circumstances) -> Finding:
    """Previous response tracking by closed window (RFC 5230, section 4.2, with a window for `:days`)."""
    history = circumstances.history
    if history is UNKNOWN:
        return _HISTORY_UNKNOWN
    if not history.responses:
        return _NOT_ANSWERED
    last = max(history.responses, key=_made_at)
    since = circumstances.message.arrived_at - last.at
    start = circumstances.window.interval.start
    if last.at >= start:
        return _ANSWERED if since < circumstances.policy.repeat_after else _ANSWERED_LONG_AGO
    if _window_was_edited(last, start) and since < circumstances.policy.least_gap:
        return _ANSWERED_LATELY
    return _NOT_ANSWERED


def _made_at(response: PastResponse) -> datetime:
    """The instant of a response, for ordering."""
    return response.at


def _window_was_edited(last: PastResponse, start: datetime) -> bool:
    """Whether the last response's own window reached beyond the start of the present one."""
    return last.window_end is not None and last.window_end > start


def resources_were_given(circumstances: Circumstances) -> bool:
    """Whether the one addition that a crisis may get in a window was already made."""
    history = circumstances.history
    if history is UNKNOWN:
        return True
    start = circumstances.window.interval.start
    return any(response.resources_only and response.at >= start for response in history.responses)


_PROVIDER_HAS_IT = Finding(True, "the provider's own responder answers in this window")
_PROVIDER_HAS_NOT = Finding(False, "the provider's own responder does not answer in this window")
_PROVIDER_UNKNOWN = Finding(None, "whether the provider's own responder is on cannot be seen")


def provider_responder(circumstances: Circumstances) -> Finding:
    """One of the two answers in a window, never both."""
    history = circumstances.history
    if history is UNKNOWN or history.provider_responder_has_window is UNKNOWN:
        return _PROVIDER_UNKNOWN
    return _PROVIDER_HAS_IT if history.provider_responder_has_window else _PROVIDER_HAS_NOT


_TOO_OLD = Finding(True, "it is older than the greatest age that is answered")
_WINDOW_OVER = Finding(True, "its closed window is over")
_FRESH = Finding(False, "it is recent, and its closed window is not over")


def too_old(circumstances: Circumstances) -> Finding:
    """A response that has outlived its window would tell the client something false."""
    if circumstances.at - circumstances.message.arrived_at > circumstances.policy.greatest_age:
        return _TOO_OLD
    if not circumstances.window.is_open and circumstances.at >= circumstances.window.interval.end:
        return _WINDOW_OVER
    return _FRESH


_SENDER_CAP = Finding(True, "this sender got as many responses in 24 hours as are allowed")
_DOMAIN_CAP = Finding(True, "this sender's domain got as many responses in 24 hours as are allowed")
_MAILBOX_CAP = Finding(True, "this mailbox sent as many responses in an hour as are allowed")
_BELOW_CAPS = Finding(False, "fewer responses were sent than the caps allow")


def capped(circumstances: Circumstances) -> Finding:
    """What headers cannot tell, numbers can: a loop or a flood stops here."""
    history, policy = circumstances.history, circumstances.policy
    if history is UNKNOWN:
        return _HISTORY_UNKNOWN
    if history.responses_to_sender >= policy.responses_a_day_to_sender:
        return _SENDER_CAP
    if history.responses_to_domain >= policy.responses_a_day_to_domain and not _is_public(circumstances):
        return _DOMAIN_CAP
    if breaker_is_open(history.responses_from_mailbox, policy):
        return _MAILBOX_CAP
    return _BELOW_CAPS


def breaker_is_open(responses_from_mailbox: int, policy: ResponsePolicy) -> bool:
    """Whether a mailbox sent so much within an hour that a person should look."""
    return responses_from_mailbox >= policy.responses_an_hour_from_mailbox


def _is_public(circumstances: Circumstances) -> bool:
    """Whether the sender writes from a public mail provider, whose users have nothing in common."""
    sender = sender_of(circumstances.message)
    return sender is not None and domain_of(sender) in circumstances.policy.public_mail_domains


def not_after(circumstances: Circumstances) -> datetime:
    """The last instant (excluded) at which a response still makes sense."""
    oldest: datetime = circumstances.message.arrived_at + circumstances.policy.greatest_age
    return min(circumstances.window.interval.end, oldest + timedelta(microseconds=1))


LIMIT_RULES: tuple[SuppressionRule, ...] = (
    SuppressionRule(
        "in-contact-hours",
        "RFC 7953, section 3.1",
        "it arrived while contact hours were open",
        in_contact_hours,
    ),
    SuppressionRule(
        "opens-soon",
        "policy: responses.opens_soon",
        "the next opening is nearer than the configured span",
        opens_soon,
    ),
    SuppressionRule(
        "therapist-wrote",
        "promise: once per closed window",
        "the therapist wrote to this client in this closed window",
        therapist_wrote,
    ),
    SuppressionRule(
        "already-answered",
        "RFC 5230, section 4.2",
        "a response went to any address of this client in this window",
        already_answered,
    ),
    SuppressionRule(
        "provider-responder",
        "promise: never together with the provider's responder",
        "the provider's own responder has this window",
        provider_responder,
    ),
    SuppressionRule(
        "too-old",
        "policy: responses.greatest_age",
        "it is older than the greatest age, or its closed window is over",
        too_old,
    ),
    SuppressionRule(
        "capped",
        "RFC 3834, section 2",
        "more responses were sent to this sender, this domain or from this mailbox than the caps allow",
        capped,
    ),
)
