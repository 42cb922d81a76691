"""What a message is: one ordered table of small named rules that refuse a response, each with its clause.

A rule that cannot see its fact answers None (unknown), which never refuses and is on record. The first
rule that hits is the reason; `response_limits.py` then says how often one may answer.
"""

from boundary_plugins.core import message_rules, sender_rules
from boundary_plugins.core.circumstances import SuppressionRule
from boundary_plugins.core.response_limits import LIMIT_RULES

MESSAGE_RULES: tuple[SuppressionRule, ...] = (
    SuppressionRule(
        "unparsable",
        "RFC 5322, section 2.1",
        "it has no usable header block",
        sender_rules.unparsable,
    ),
    SuppressionRule(
        "null-reverse-path",
        "RFC 3834, section 2",
        "its reverse-path is the null one (`<>`); a missing Return-Path is not",
        sender_rules.null_reverse_path,
    ),
    SuppressionRule(
        "no-sender",
        "RFC 3834, section 4",
        "neither its reverse-path nor its From holds a usable address",
        sender_rules.no_sender,
    ),
    SuppressionRule(
        "own-address",
        "RFC 5230, section 4.6",
        "an own address, plus-addresses included, sent it",
        sender_rules.own_address,
    ),
    SuppressionRule(
        "system-address",
        "RFC 5230, section 4.6",
        "its sender is a program's address: MAILER-DAEMON, postmaster, owner-…, …-request, noreply and kin",
        sender_rules.system_address,
    ),
    SuppressionRule(
        "auto-submitted",
        "RFC 3834, section 5",
        "it has an Auto-Submitted field that does not say `no`",
        message_rules.auto_submitted,
    ),
    SuppressionRule(
        "report",
        "RFC 6522, section 3",
        "it is a delivery, disposition or feedback report",
        message_rules.report,
    ),
    SuppressionRule(
        "list",
        "RFC 3834, section 2",
        "it has a field of RFC 2369 or RFC 2919, Mailing-List, Feedback-ID, or Precedence bulk, list or junk",
        message_rules.mailing_list,
    ),
    SuppressionRule(
        "response-suppressed",
        "MS-OXCMAIL, X-Auto-Response-Suppress",
        "X-Auto-Response-Suppress holds OOF, AutoReply or All",
        message_rules.response_suppressed,
    ),
    SuppressionRule(
        "autoresponder",
        "RFC 3834, section 2",
        "it has a field or a Subject that only responders write",
        message_rules.autoresponder,
    ),
    SuppressionRule(
        "calendar",
        "RFC 6047, section 2.4",
        "it holds text/calendar with a method, at the top or inside multipart/mixed or alternative",
        message_rules.calendar,
    ),
    SuppressionRule(
        "platform-notification",
        "RFC 3834, section 2",
        "a text-therapy or practice platform sent it",
        sender_rules.platform_notification,
    ),
    SuppressionRule(
        "spam",
        "policy: the provider's own verdict",
        "the provider, or a filter on the way, took it for spam",
        message_rules.spam,
    ),
    SuppressionRule(
        "not-addressed",
        "RFC 5230, section 4.5",
        "no own address stands in To, Cc or the delivered-to fields",
        sender_rules.not_addressed,
    ),
)

AUDIENCE_RULES: tuple[SuppressionRule, ...] = (
    SuppressionRule(
        "stranger",
        "policy: responses.audience",
        "its sender is not a client on file, unless everyone is answered",
        sender_rules.stranger,
    ),
    SuppressionRule(
        "client-opted-out",
        "policy: the client's auto_reply",
        "this client is inactive or wants no automatic response",
        sender_rules.client_opted_out,
    ),
)

SUPPRESSION_RULES: tuple[SuppressionRule, ...] = (*MESSAGE_RULES, *AUDIENCE_RULES, *LIMIT_RULES)
