"""The suppression rules that look at what the fields of a message say about it."""

from boundary_plugins.core.circumstances import Circumstances, Finding
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.headers import parameters, strip_comments, token, words
from boundary_plugins.core.machine_subjects import reads_like_a_report, reads_like_a_response
from boundary_plugins.core.message import Headers

NO_FIELDS = Finding(None, "there is no header block to look at")

_AUTOMATIC = Finding(True, "the Auto-Submitted field says that a machine sent it")
_NOT_AUTOMATIC = Finding(False, "no Auto-Submitted field, or it says no")
_AUTOMATIC_UNKNOWN = Finding(None, "the mailbox does not give the Auto-Submitted field")


def auto_submitted(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 5: any value but `no` is a machine's, whatever comments and parameters it has."""
    headers = circumstances.message.headers
    if headers is None:
        return NO_FIELDS
    values = headers.all("auto-submitted")
    if values is UNKNOWN:
        return _AUTOMATIC_UNKNOWN
    for value in values:
        if value != "no" and token(value) != "no":
            return _AUTOMATIC
    return _NOT_AUTOMATIC


_REPORT = Finding(True, "its Content-Type is that of a report")
_REPORT_SUBJECT = Finding(True, "its Subject is one that mail systems give their reports")
_NO_REPORT = Finding(False, "neither its Content-Type nor its Subject is that of a report")
_REPORT_UNKNOWN = Finding(None, "the mailbox does not give the Content-Type or the Subject")
REPORT_TYPES = frozenset(
    {
        "multipart/report",
        "message/delivery-status",
        "message/global-delivery-status",
        "message/disposition-notification",
        "message/global-disposition-notification",
        "message/feedback-report",
    }
)
#: Most types begin like these, and need no closer look.
_ORDINARY_TYPES = ("text/plain", "text/html", "multipart/alternative", "multipart/mixed", "multipart/related")


def report(circumstances: Circumstances) -> Finding:
    """RFC 6522, section 3, RFC 3464, RFC 8098 and RFC 5965: delivery, disposition and feedback reports."""
    headers = circumstances.message.headers
    if headers is None:
        return NO_FIELDS
    types, subjects = headers.all("content-type"), headers.all("subject")
    if types is not UNKNOWN:
        for value in types:
            if not value.startswith(_ORDINARY_TYPES) and token(value) in REPORT_TYPES:
                return _REPORT
    if subjects is not UNKNOWN:
        for value in subjects:
            if reads_like_a_report(value):
                return _REPORT_SUBJECT
    return _REPORT_UNKNOWN if types is UNKNOWN or subjects is UNKNOWN else _NO_REPORT


_LIST = Finding(True, "it has the fields of a mailing list or of bulk mail")
_BULK = Finding(True, "its Precedence is that of bulk mail or of a list")
_SORTED_WITH_BULK = Finding(True, "the mailbox itself sorted it with bulk mail")
_NO_LIST = Finding(False, "no field of a mailing list or of bulk mail")
_LIST_UNKNOWN = Finding(None, "the mailbox does not give every field of mailing lists")
_LIST_FIELDS = frozenset(
    {
        "list-id",
        "list-help",
        "list-subscribe",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "list-post",
        "list-owner",
        "list-archive",
        "mailing-list",
        "feedback-id",
    }
)
#: What some list managers add beside; never awaited, so never unknown.
_LIST_KIN = frozenset(
    {"x-mailing-list", "x-list", "x-beenthere", "x-mailman-version", "x-ml-name", "x-listserver"}
)
EVERY_LIST_FIELD = _LIST_FIELDS | _LIST_KIN
BULK_PRECEDENCE = frozenset({"bulk", "list", "junk"})
PRECEDENCE_FIELDS = frozenset({"precedence", "x-precedence"})


def mailing_list(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 2, and RFC 5230, section 4.6: any field of RFC 2369 or 2919, or Precedence."""
    headers = circumstances.message.headers
    if circumstances.message.bulk is True:
        return _SORTED_WITH_BULK
    if headers is None:
        return NO_FIELDS
    if not EVERY_LIST_FIELD.isdisjoint(headers.names()):
        return _LIST
    if not PRECEDENCE_FIELDS.isdisjoint(headers.names()) and _has_precedence(headers, BULK_PRECEDENCE):
        return _BULK
    if headers.has_any(_LIST_FIELDS) is UNKNOWN or headers.all("precedence") is UNKNOWN:
        return _LIST_UNKNOWN
    return _NO_LIST


def _has_precedence(headers: Headers, wanted: frozenset[str]) -> bool:
    """Whether a Precedence field says one of the words."""
    for name in PRECEDENCE_FIELDS:
        values = headers.all(name)
        if values and values is not UNKNOWN and any(not wanted.isdisjoint(words(value)) for value in values):
            return True
    return False


_SUPPRESSED = Finding(True, "the X-Auto-Response-Suppress field asks for no automatic response")
_NOT_SUPPRESSED = Finding(False, "no X-Auto-Response-Suppress field asks for no automatic response")
_SUPPRESSED_NOT_OBEYED = Finding(
    False, "the X-Auto-Response-Suppress field asks for none, which is not obeyed for clients on file"
)
_SUPPRESSED_UNKNOWN = Finding(None, "the mailbox does not give the X-Auto-Response-Suppress field")
SUPPRESSING = frozenset({"oof", "autoreply", "all"})


def response_suppressed(circumstances: Circumstances) -> Finding:
    """MS-OXCMAIL, section 2.2.3.2.14: OOF, AutoReply and All; DR, NDR, RN and NRN mean other reports."""
    headers = circumstances.message.headers
    if headers is None:
        return NO_FIELDS
    values = headers.all("x-auto-response-suppress")
    if not values:
        return _NOT_SUPPRESSED
    if values is UNKNOWN:
        return _SUPPRESSED_UNKNOWN
    if all(SUPPRESSING.isdisjoint(words(value)) for value in values):
        return _NOT_SUPPRESSED
    if circumstances.client is not None and not circumstances.policy.response_suppress_is_obeyed_for_clients:
        return _SUPPRESSED_NOT_OBEYED
    return _SUPPRESSED


_RESPONDER = Finding(True, "it has a field that only responders write")
_RESPONDER_SUBJECT = Finding(True, "its Subject is one that responders give their mail")
_NO_RESPONDER = Finding(False, "no field and no Subject of a responder")
_RESPONDER_UNKNOWN = Finding(None, "the mailbox does not give every field of responders")
#: cPanel and BoxTrapper, Gmail, Domain Technologie Control, Exim, FirstClass, Kayako and others
#: (github.com/jpmckinney/multi_mail/wiki/Detecting-autoresponders).
RESPONDER_FIELDS = frozenset(
    {
        "x-autoreply",
        "x-autoreply-from",
        "x-auto-reply",
        "x-auto-reply-from",
        "x-autorespond",
        "x-autoresponder",
        "x-autoresponse",
        "x-auto-respond",
        "x-auto-response",
        "x-auto-responder",
        "x-mail-autoreply",
        "x-vacation",
        "x-loop",
        "x-failed-recipients",
        "x-boundary-response",
    }
)
#: Of these the value tells.
RESPONDER_VALUES = {
    "precedence": frozenset({"auto_reply", "auto-reply", "autoreply"}),
    "x-precedence": frozenset({"auto_reply", "auto-reply", "autoreply"}),
    "preference": frozenset({"auto_reply", "auto-reply", "autoreply"}),
    "x-fc-machinegenerated": frozenset({"true", "yes"}),
    "x-post-messageclass": frozenset({"autoresponder"}),
    # CommuniGate Pro writes Forward, Mirror and Redirect on people's mail that it passes on.
    "x-autogenerated": frozenset({"reply", "letter", "yes", "true", "group"}),
}
_RESPONDER_VALUE_FIELDS = frozenset(RESPONDER_VALUES)
_AWAITED_OF_RESPONDERS = frozenset(
    {"x-loop", "x-failed-recipients", "x-autoreply", "x-autorespond", "subject"}
)


def autoresponder(circumstances: Circumstances) -> Finding:
    """RFC 3834, section 2: other programs' responses must be known even where Auto-Submitted is missing."""
    headers = circumstances.message.headers
    if headers is None:
        return NO_FIELDS
    names = headers.names()
    if not RESPONDER_FIELDS.isdisjoint(names):
        return _RESPONDER
    if not _RESPONDER_VALUE_FIELDS.isdisjoint(names) and _value_of_a_responder(headers):
        return _RESPONDER
    for value in _seen(headers, "delivered-to"):
        # qmail's autoresponder writes this in place of an address.
        if value.lower() == "autoresponder":
            return _RESPONDER
    subjects = headers.all("subject")
    if subjects is not UNKNOWN:
        for subject in subjects:
            if reads_like_a_response(subject, in_reply="in-reply-to" in names):
                return _RESPONDER_SUBJECT
    if headers.knows_all(_AWAITED_OF_RESPONDERS):
        return _NO_RESPONDER
    return _RESPONDER_UNKNOWN


def _value_of_a_responder(headers: Headers) -> bool:
    """Whether one of the fields whose value tells has a responder's value."""
    for name, telling in RESPONDER_VALUES.items():
        values = headers.all(name)
        if values is not UNKNOWN and any(not telling.isdisjoint(words(value)) for value in values):
            return True
    return False


_CALENDAR = Finding(True, "a calendar sent it: it holds a text/calendar part with a method")
_NO_CALENDAR = Finding(False, "no text/calendar part with a method")
_CALENDAR_UNKNOWN = Finding(None, "the mailbox does not give the structure of the message")


def calendar(circumstances: Circumstances) -> Finding:
    """RFC 6047, section 2.4: invitations, replies and cancellations are read by calendars."""
    message = circumstances.message
    if message.calendar_method is not UNKNOWN:
        return _CALENDAR if message.calendar_method else _NO_CALENDAR
    if message.headers is None:
        return NO_FIELDS
    values = message.headers.all("content-type")
    if values is UNKNOWN:
        return _CALENDAR_UNKNOWN
    for value in values:
        kind = token(value)
        if kind == "text/calendar" and "method" in parameters(value):
            return _CALENDAR
        if kind.startswith("multipart/") or kind == "text/calendar":
            return _CALENDAR_UNKNOWN
    return _NO_CALENDAR


_SPAM = Finding(True, "the provider or its filter took it for spam")
_NO_SPAM = Finding(False, "neither the provider nor its filter took it for spam")
_SPAM_UNKNOWN = Finding(None, "the mailbox gives no verdict on spam")
_SPAM_FIELDS = frozenset(
    {"x-spam-flag", "x-spam-status", "x-forefront-antispam-report", "x-ms-exchange-organization-scl"}
)
#: Exchange Online Protection: marked by the filter, by a rule, by the reader's own list.
FOREFRONT_VERDICTS = ("sfv:spm", "sfv:sks", "sfv:skb")


def spam(circumstances: Circumstances) -> Finding:
    """The provider's own verdict: an answer tells a spammer that somebody reads here."""
    message = circumstances.message
    if message.spam is True:
        return _SPAM
    by_field = UNKNOWN if message.headers is None else _spam_by_field(message.headers)
    if by_field is True:
        return _SPAM
    return _SPAM_UNKNOWN if message.spam is UNKNOWN and by_field is UNKNOWN else _NO_SPAM


def _spam_by_field(headers: Headers) -> bool | Unknown:
    """The verdict of SpamAssassin and its kin, or of Exchange; unknown where none is written down."""
    if _SPAM_FIELDS.isdisjoint(headers.names()):
        return UNKNOWN
    for name in ("x-spam-flag", "x-spam-status"):
        for value in _seen(headers, name):
            if strip_comments(value).strip().lower().startswith(("yes", "true")):
                return True
    for value in _seen(headers, "x-forefront-antispam-report"):
        if any(verdict in value.lower() for verdict in FOREFRONT_VERDICTS):
            return True
    levels = _seen(headers, "x-ms-exchange-organization-scl")
    return any(level.strip() in {"5", "6", "7", "8", "9"} for level in levels)


def _seen(headers: Headers, name: str) -> tuple[str, ...]:
    """The values that can be seen."""
    values = headers.all(name)
    return () if values is UNKNOWN else values


#: Every field that these rules look at.
FIELDS_LOOKED_AT = (
    EVERY_LIST_FIELD
    | PRECEDENCE_FIELDS
    | RESPONDER_FIELDS
    | _RESPONDER_VALUE_FIELDS
    | _SPAM_FIELDS
    | {"auto-submitted", "content-type", "delivered-to", "in-reply-to", "subject", "x-auto-response-suppress"}
)
