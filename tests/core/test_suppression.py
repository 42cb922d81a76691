"""What a message is: each rule in each spelling, folded, repeated, encoded, and with its fact unknown."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundary_plugins.codecs.mime import read_message
from boundary_plugins.core.availability import Window
from boundary_plugins.core.circumstances import Circumstances, SuppressionRule
from boundary_plugins.core.client import AutoReply, Client
from boundary_plugins.core.fact import UNKNOWN, Unknown
from boundary_plugins.core.history import History
from boundary_plugins.core.interval import Interval
from boundary_plugins.core.message import Headers, SubjectMessage
from boundary_plugins.core.policy import Audience, ResponsePolicy
from boundary_plugins.core.suppression import AUDIENCE_RULES, MESSAGE_RULES, SUPPRESSION_RULES
from builders import CLIENT, FRIDAY_EVENING, MONDAY_OPENING, OWN, POLICY

RULES: dict[str, SuppressionRule] = {rule.id: rule for rule in SUPPRESSION_RULES}
PLATFORMS = replace(POLICY, platforms=frozenset({"platform.example.net"}))

HUMAN = {
    "Return-Path": "<ab@example.org>",
    "Delivered-To": OWN,
    "From": "A. B. <ab@example.org>",
    "To": f"R. Example <{OWN}>",
    "Subject": "Re: A question about last time",
    "Message-ID": "<1@example.org>",
    "In-Reply-To": "<0@example.com>",
    "Date": "Fri, 20 Nov 2026 20:00:00 +0000",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
}

SPELLINGS: dict[str, Callable[[str], str]] = {"as usual": str, "lower": str.lower, "upper": str.upper}


def circumstances(
    message: SubjectMessage, *, client: Client | None = CLIENT, policy: ResponsePolicy = PLATFORMS
) -> Circumstances:
    """The message in a closed window of which nothing else is special."""
    return Circumstances(
        message=message,
        client=client,
        window=Window(Interval(FRIDAY_EVENING, MONDAY_OPENING), False, ()),
        next_opening_at=MONDAY_OPENING,
        policy=policy,
        history=History(),
        at=FRIDAY_EVENING,
    )


def raw(fields: Mapping[str, str | tuple[str, ...]], body: str = "Hello.\r\n") -> bytes:
    """A message as bytes; a field with a tuple is repeated, one with an empty tuple left out."""
    lines: list[str] = []
    for name, value in fields.items():
        lines.extend(f"{name}: {one}\r\n" for one in ((value,) if isinstance(value, str) else value))
    return ("".join(lines) + "\r\n" + body).encode()


def read(fields: Mapping[str, str | tuple[str, ...]] = {}, body: str = "Hello.\r\n") -> SubjectMessage:
    """A person's message with the given fields in place of its own."""
    return read_message(raw({**HUMAN, **fields}, body), provider_id="1", arrived_at=FRIDAY_EVENING)


def hit(rule: str, message: SubjectMessage, **around: Client | ResponsePolicy | None) -> bool | None:
    """What the rule finds."""
    return RULES[rule].check(circumstances(message, **around)).hit  # type: ignore[arg-type]


#: Rule, field, and a value that makes it hit.
HITS = [
    # RFC 5321, section 4.5.5: the null reverse-path, also with white space in it and a comment behind.
    ("null-reverse-path", "Return-Path", "<>"),
    ("null-reverse-path", "Return-Path", "< >"),
    ("null-reverse-path", "Return-Path", "<> (bounce)"),
    # RFC 5230, section 4.6: own addresses in any case, with detail, in a group.
    ("own-address", "From", "R. Example <Therapist@EXAMPLE.com>"),
    ("own-address", "From", "therapist+out@example.com"),
    ("own-address", "From", "practice: therapist@example.com;"),
    ("own-address", "From", '"A. B. <ab@example.org>" <therapist@example.com>'),
    ("own-address", "From", '"thera\\pist"@example.com'),
    ("own-address", "Return-Path", "<therapist@example.com>"),
    # RFC 3834, section 2, and RFC 5230, section 4.6.
    ("system-address", "Return-Path", "<MAILER-DAEMON>"),
    ("system-address", "Return-Path", "<mailer-daemon@mx.example.net>"),
    ("system-address", "From", "Mail Delivery System <MAILER-DAEMON@mx.example.net>"),
    ("system-address", "From", "postmaster@example.net"),
    ("system-address", "From", "owner-walkers@lists.example.net"),
    ("system-address", "Return-Path", "<walkers-owner@lists.example.net>"),
    ("system-address", "Return-Path", "<walkers-request@lists.example.net>"),
    ("system-address", "Return-Path", "<walkers-bounces@lists.example.net>"),
    ("system-address", "Return-Path", "<walkers-bounces+ab=example.org@lists.example.net>"),
    ("system-address", "Return-Path", "<bounce+1f2e3d@mail.example.net>"),
    ("system-address", "Return-Path", "<bounces-123-ab=example.org@mail.example.net>"),
    ("system-address", "From", "LISTSERV@lists.example.net"),
    ("system-address", "From", "majordomo@lists.example.net"),
    ("system-address", "From", "Shop <no-reply@shop.example.net>"),
    ("system-address", "From", "Shop <noreply@shop.example.net>"),
    ("system-address", "From", "Shop <shop.do_not_reply@shop.example.net>"),
    ("system-address", "From", "Shop <DoNotReply@shop.example.net>"),
    ("system-address", "From", "Shop <noreply+12345@shop.example.net>"),
    ("system-address", "From", "=?utf-8?q?No_Reply?= <calendar-noreply@shop.example.net>"),
    # RFC 3834, section 5: comments, parameters, anything but `no`.
    ("auto-submitted", "Auto-Submitted", "auto-replied"),
    ("auto-submitted", "Auto-Submitted", "auto-generated"),
    ("auto-submitted", "Auto-Submitted", "(by a rule (nested)) auto-replied (vacation); owner-email=x"),
    ("auto-submitted", "Auto-Submitted", "auto-notified; type=x"),
    ("auto-submitted", "Auto-Submitted", "x-something-new"),
    ("auto-submitted", "Auto-Submitted", "=?us-ascii?q?auto-replied?="),
    ("auto-submitted", "Auto-Submitted", "nobody"),
    # RFC 6522, RFC 3464, RFC 8098, RFC 5965.
    ("report", "Content-Type", 'multipart/report; report-type=delivery-status; boundary="x"'),
    ("report", "Content-Type", '(a report) multipart/report (yes); boundary="x"'),
    ("report", "Content-Type", "message/disposition-notification"),
    ("report", "Content-Type", "message/delivery-status"),
    ("report", "Content-Type", "message/feedback-report"),
    ("report", "Subject", "Delivery Status Notification (Failure)"),
    ("report", "Subject", "Undeliverable: our appointment"),
    ("report", "Subject", "Mail delivery failed: returning message to sender"),
    ("report", "Subject", "=?utf-8?q?Undelivered_Mail_Returned_to_Sender?="),
    ("report", "Subject", "failure notice"),
    # RFC 2369, RFC 2919, RFC 8058 and Precedence.
    ("list", "List-Id", "<walkers.lists.example.net>"),
    ("list", "List-Help", "<mailto:help@lists.example.net>"),
    ("list", "List-Subscribe", "<https://lists.example.net/s>"),
    ("list", "List-Unsubscribe", "<https://lists.example.net/u>"),
    ("list", "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ("list", "List-Post", "NO"),
    ("list", "List-Owner", "<mailto:o@lists.example.net>"),
    ("list", "List-Archive", "<https://lists.example.net/a>"),
    ("list", "Mailing-List", "list walkers@lists.example.net"),
    ("list", "Feedback-ID", "1:2:3:example"),
    ("list", "Precedence", "bulk"),
    ("list", "Precedence", "list"),
    ("list", "Precedence", "junk (of a list)"),
    ("list", "Precedence", "=?us-ascii?q?bulk?="),
    # MS-OXCMAIL: OOF, AutoReply, All, in any order among others.
    ("response-suppressed", "X-Auto-Response-Suppress", "OOF"),
    ("response-suppressed", "X-Auto-Response-Suppress", "AutoReply"),
    ("response-suppressed", "X-Auto-Response-Suppress", "All"),
    ("response-suppressed", "X-Auto-Response-Suppress", "DR, RN, NRN, OOF, AutoReply"),
    ("response-suppressed", "X-Auto-Response-Suppress", "DR,OOF"),
    # Fields that only responders write.
    ("autoresponder", "X-Autoreply", "yes"),
    ("autoresponder", "X-Autorespond", "Re: hello"),
    ("autoresponder", "X-Autoresponder", "1"),
    ("autoresponder", "X-Auto-Reply", "yes"),
    ("autoresponder", "X-AutoReply-From", "a@example.net"),
    ("autoresponder", "X-Mail-Autoreply", "a@example.net"),
    ("autoresponder", "X-Loop", "a@example.net"),
    ("autoresponder", "X-Failed-Recipients", "a@example.net"),
    ("autoresponder", "X-Autogenerated", "Reply"),
    ("autoresponder", "X-FC-MachineGenerated", "true"),
    ("autoresponder", "X-POST-MessageClass", "9; Autoresponder"),
    ("autoresponder", "Precedence", "auto_reply"),
    ("autoresponder", "X-Precedence", "auto_reply"),
    ("autoresponder", "Preference", "auto_reply"),
    ("autoresponder", "X-Boundary-Response", "0123"),
    ("autoresponder", "Subject", "Automatic reply: our appointment"),
    ("autoresponder", "Subject", "Out of Office AutoReply: our appointment"),
    ("autoresponder", "Subject", "Out of Office: our appointment"),
    ("autoresponder", "Subject", "Automatische Antwort: Termin"),
    ("autoresponder", "Subject", "=?utf-8?q?R=C3=A9ponse_automatique_=3A_rendez-vous?="),
    ("autoresponder", "Subject", "=?utf-8?b?UmVzcHVlc3RhIGF1dG9tw6F0aWNhOiBjaXRh?="),
    ("autoresponder", "Subject", "Auto: our appointment"),
    # RFC 6047, section 2.4.
    ("calendar", "Content-Type", "text/calendar; method=REQUEST; charset=utf-8"),
    ("calendar", "Content-Type", 'text/calendar; charset=utf-8; METHOD="cancel"'),
    ("calendar", "Content-Class", "urn:content-classes:calendarmessage"),
    # Platforms, by a domain and all below it.
    ("platform-notification", "From", "Platform <messages@platform.example.net>"),
    ("platform-notification", "From", "Platform <messages@mail.Platform.example.net>"),
    ("platform-notification", "Return-Path", "<b@em.platform.example.net>"),
    # Verdicts of SpamAssassin and Exchange.
    ("spam", "X-Spam-Flag", "YES"),
    ("spam", "X-Spam-Status", "Yes, score=9.1 required=5.0"),
    ("spam", "X-Forefront-Antispam-Report", "CIP:192.0.2.1;SFV:SPM;SCL:5"),
    ("spam", "X-MS-Exchange-Organization-SCL", "6"),
]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("rule, name, value", HITS)
def test_a_rule_hits_whatever_the_case_of_the_field_name(
    rule: str, name: str, value: str, spelling: str
) -> None:
    """RFC 5322, section 1.2.2: names have no case."""
    spelt = SPELLINGS[spelling](name)
    fields: dict[str, str | tuple[str, ...]] = {name: ()} if spelt != name else {}

    assert hit(rule, read({**fields, spelt: value})) is True


#: Of these the value is compared; its case never counts either.
CASELESS = [case for case in HITS if "=?" not in case[2]]


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("rule, name, value", CASELESS)
def test_a_rule_hits_whatever_the_case_of_the_value(rule: str, name: str, value: str, spelling: str) -> None:
    """RFC 5322, section 1.2.2: neither have these values."""
    assert hit(rule, read({name: SPELLINGS[spelling](value)})) is True


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n "])
@pytest.mark.parametrize("rule, name, value", HITS)
def test_a_rule_hits_on_a_folded_field(rule: str, name: str, value: str, fold: str) -> None:
    """RFC 5322, section 2.2.3: the value on the next line, and folded at its first space."""
    folded = fold + value.replace(" ", fold, 1)

    assert hit(rule, read({name: folded})) is True


@pytest.mark.parametrize("rule, name, value", HITS)
def test_a_rule_hits_on_a_repeated_field_wherever_it_stands(rule: str, name: str, value: str) -> None:
    """An honest first field does not hide a second one."""
    # Of the reverse-path and of what the structure says the topmost field counts.
    innocent = {**HUMAN, "Auto-Submitted": "no", "Precedence": "normal", "X-Spam-Flag": "NO"}.get(
        name, "None"
    )
    if name in ("Return-Path", "Content-Class") and rule != "null-reverse-path":
        values: tuple[str, ...] = (value, innocent)
    elif name == "Content-Type" and rule == "calendar":
        values = (value, innocent)
    else:
        values = (innocent, value)

    assert hit(rule, read({name: values})) is True


#: Rule, fields of a person's message that must not hit.
MISSES = [
    ("null-reverse-path", {"Return-Path": ()}),
    ("null-reverse-path", {"Return-Path": "<ab@example.org>"}),
    ("null-reverse-path", {"Return-Path": "<@hop.example.net:ab@example.org>"}),
    ("no-sender", {"Return-Path": ()}),
    ("no-sender", {"From": ()}),
    ("own-address", {"From": "therapist@example.org"}),
    ("own-address", {"From": "my.therapist@example.com"}),
    # The own mailbox elsewhere forwards a client's mail (Gmail's form).
    ("own-address", {"Return-Path": "<therapist+caf_=office=example.com@example.com>"}),
    ("system-address", {"From": "Norep Lystrom <norep.lystrom@example.org>"}),
    ("system-address", {"From": "Owner <jo.owner@example.org>"}),
    ("system-address", {"From": "bouncer@example.org"}),
    ("system-address", {"From": "requester@example.org"}),
    ("system-address", {"From": '"noreply@example.org" <ab@example.org>'}),
    # Exchange Online rewrites the path of people's mail that it forwards (SRS).
    ("system-address", {"Return-Path": "<bounces+SRS=44ldt=IX@office.example.com>"}),
    ("system-address", {"Return-Path": "<SRS0=44ldt=IX=example.org=ab@forward.example.net>"}),
    ("auto-submitted", {}),
    ("auto-submitted", {"Auto-Submitted": "no"}),
    ("auto-submitted", {"Auto-Submitted": "No"}),
    ("auto-submitted", {"Auto-Submitted": "NO (a person (really)); x=1"}),
    ("auto-submitted", {"Auto-Submitted": "(auto-replied) no"}),
    ("auto-submitted", {"Auto-Submitted": "=?us-ascii?q?no?="}),
    ("auto-submitted", {"Auto-Submitted": ("no", "no")}),
    ("report", {"Subject": "Re: Undeliverable: our appointment"}),
    ("report", {"Subject": "Fwd: Delivery Status Notification (Failure)"}),
    ("report", {"Subject": "Delivery of my daughter"}),
    ("report", {"Subject": "Failure to cope"}),
    ("report", {"Content-Type": 'multipart/mixed; boundary="multipart/report"'}),
    ("list", {"Precedence": "normal"}),
    ("list", {"Precedence": "first-class (not bulk)"}),
    ("response-suppressed", {"X-Auto-Response-Suppress": "DR, RN, NRN"}),
    ("response-suppressed", {"X-Auto-Response-Suppress": "None"}),
    ("response-suppressed", {"X-Auto-Response-Suppress": "DR"}),
    ("autoresponder", {"Subject": "Out of office hours question"}),
    ("autoresponder", {"Subject": "Out of the office next week, can we move?"}),
    ("autoresponder", {"Subject": "Re: Automatic reply: our appointment"}),
    ("autoresponder", {"Subject": "Automatic thoughts worksheet"}),
    ("autoresponder", {"Subject": "Auto accident"}),
    # Nobody was answered: a person may well write this.
    ("autoresponder", {"Subject": "Out of office: next week", "In-Reply-To": ()}),
    ("autoresponder", {"Subject": "Auto: insurance", "In-Reply-To": ()}),
    # Snail mail.
    ("report", {"Subject": "Returned mail: my letter came back"}),
    # CommuniGate Pro passes a person's mail on.
    ("autoresponder", {"X-Autogenerated": "Forward"}),
    ("calendar", {"Content-Type": "text/calendar; charset=utf-8"}),
    ("calendar", {"Content-Type": 'text/plain; name="text/calendar; method=REQUEST"'}),
    ("platform-notification", {"From": "ab@notplatform.example.net"}),
    ("spam", {"X-Spam-Flag": "NO"}),
    ("spam", {"X-Spam-Status": "No, score=1.0"}),
    ("not-addressed", {}),
    (
        "not-addressed",
        {"To": "others@example.net", "Delivered-To": (), "Cc": f"x@example.net, {OWN.upper()}"},
    ),
    ("not-addressed", {"To": "therapist+intake@example.com", "Delivered-To": ()}),
    ("not-addressed", {"To": "undisclosed-recipients:;"}),
    ("not-addressed", {"To": (), "Delivered-To": (), "X-Original-To": OWN}),
    ("not-addressed", {"To": (), "Delivered-To": (), "Envelope-To": OWN}),
    ("not-addressed", {"To": "team: x@example.net, therapist@example.com;", "Delivered-To": ()}),
    ("not-addressed", {"To": ("x@example.net", OWN), "Delivered-To": ()}),
]


@pytest.mark.parametrize("rule, fields", MISSES)
def test_a_rule_does_not_silence_a_person(rule: str, fields: dict[str, str | tuple[str, ...]]) -> None:
    """What people and their programs write must not look like a machine's."""
    assert hit(rule, read(fields)) is False


def test_no_rule_hits_a_persons_message() -> None:
    """The plain message that is in every table above."""
    hits = [rule.id for rule in (*MESSAGE_RULES, *AUDIENCE_RULES) if rule.check(circumstances(read())).hit]

    assert [] == hits


#: Rule and the fields of which one is unknown, so that the rule cannot say no.
UNKNOWNS = [
    ("null-reverse-path", {"return-path"}),
    ("no-sender", {"return-path", "from"}),
    ("own-address", {"from"}),
    ("own-address", {"return-path"}),
    ("system-address", {"return-path"}),
    ("auto-submitted", {"auto-submitted"}),
    ("report", {"content-type"}),
    ("list", {"list-id"}),
    ("list", {"precedence"}),
    ("response-suppressed", {"x-auto-response-suppress"}),
    ("autoresponder", {"x-loop"}),
    ("calendar", {"content-type"}),
    ("platform-notification", {"from"}),
    ("spam", {"x-spam-flag"}),
    ("not-addressed", {"to", "delivered-to"}),
]


@pytest.mark.parametrize("rule, missing", UNKNOWNS)
def test_an_unknown_fact_never_hits_and_is_unknown(rule: str, missing: set[str]) -> None:
    """A field that the mailbox cannot give is neither present nor absent; `because` says what it is."""
    everything = {
        *(name.lower() for name in HUMAN),
        *(name.lower() for _, name, _ in HITS),
        *("cc", "bcc", "resent-to", "resent-cc", "resent-bcc", "apparently-to"),
        *("x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to"),
    }
    fields = {name.lower(): (value,) for name, value in HUMAN.items() if name.lower() not in missing}
    message = SubjectMessage("1", FRIDAY_EVENING, Headers(fields, frozenset(everything - missing)))

    finding = RULES[rule].check(circumstances(message))

    assert finding.hit is None
    assert finding.because


def test_a_known_field_still_hits_where_another_is_unknown() -> None:
    """What can be seen is enough to refuse."""
    headers = Headers({"list-id": ("<a.example.net>",)}, frozenset({"list-id"}))

    assert hit("list", SubjectMessage("1", FRIDAY_EVENING, headers)) is True


@pytest.mark.parametrize(
    "envelope, expected",
    [
        # The transport's own word counts, and stands for a Return-Path that nobody wrote.
        ("", True),
        ("<>", True),
        ("ab@example.org", False),
        (UNKNOWN, None),
    ],
)
def test_the_envelope_tells_the_reverse_path(envelope: str | Unknown, expected: bool | None) -> None:
    """RFC 5321, section 4.4."""
    message = SubjectMessage("1", FRIDAY_EVENING, Headers({}, frozenset()), envelope_sender=envelope)

    assert hit("null-reverse-path", message) is expected


@pytest.mark.parametrize(
    "fields, expected",
    [
        ({"Return-Path": (), "From": ()}, True),
        ({"Return-Path": (), "From": "undisclosed"}, True),
        ({"Return-Path": "<>", "From": "nobody at all <>"}, True),
        ({"Return-Path": "<MAILER-DAEMON>", "From": ()}, True),
        # One of the two is enough.
        ({"Return-Path": "<>", "From": "ab@example.org"}, False),
    ],
)
def test_a_message_from_nobody_has_no_sender(
    fields: dict[str, str | tuple[str, ...]], expected: bool
) -> None:
    """RFC 3834, section 4."""
    assert hit("no-sender", read(fields)) is expected


def test_a_message_for_others_is_not_addressed() -> None:
    """RFC 5230, section 4.5: a blind copy or an alias that nobody configured."""
    fields: dict[str, str | tuple[str, ...]] = {"To": "others@example.net", "Delivered-To": "x@example.net"}
    alias = replace(POLICY, own_addresses=(OWN, "x@example.net"))

    assert hit("not-addressed", read(fields)) is True
    assert hit("not-addressed", read(fields), policy=alias) is False
    assert hit("not-addressed", replace(read(fields), delivered_to=(OWN,))) is False


def test_suppression_of_a_client_on_file_can_be_disobeyed() -> None:
    """Exchange sites set X-Auto-Response-Suppress on people's mail too: configuration decides."""
    message = read({"X-Auto-Response-Suppress": "All"})
    lenient = replace(POLICY, response_suppress_is_obeyed_for_clients=False)

    assert hit("response-suppressed", message, policy=lenient) is False
    assert hit("response-suppressed", message, policy=lenient, client=None) is True
    assert hit("response-suppressed", message) is True


@pytest.mark.parametrize(
    "spam, field, expected",
    [
        # The provider's verdict and the field's: either says spam; neither says nothing.
        (True, "NO", True),
        (False, "YES", True),
        (False, None, False),
        (UNKNOWN, "NO", False),
        (UNKNOWN, None, None),
    ],
)
def test_spam_needs_a_verdict(spam: bool | Unknown, field: str | None, expected: bool | None) -> None:
    """No verdict is unknown, not innocent."""
    fields: dict[str, str | tuple[str, ...]] = {"X-Spam-Flag": field} if field else {}

    assert hit("spam", replace(read(fields), spam=spam)) is expected


@pytest.mark.parametrize(
    "client, policy, expected",
    [
        (None, POLICY, ["stranger"]),
        (None, replace(POLICY, audience=Audience.EVERYONE), []),
        (CLIENT, POLICY, []),
        (replace(CLIENT, active=False), POLICY, ["client-opted-out"]),
        (replace(CLIENT, auto_reply=AutoReply.NEVER), POLICY, ["client-opted-out"]),
    ],
)
def test_the_audience_is_who_is_answered(
    client: Client | None, policy: ResponsePolicy, expected: list[str]
) -> None:
    """Clients on file who did not opt out, or everyone."""
    around = circumstances(read(), client=client, policy=policy)

    assert expected == [rule.id for rule in AUDIENCE_RULES if rule.check(around).hit]


def test_without_a_header_block_it_is_unparsable_and_most_else_unknown() -> None:
    """Not one rule may raise, and what nobody can see does not hit."""
    message = read_message(b"just a text\r\nand more of it\r\n", provider_id="1", arrived_at=FRIDAY_EVENING)

    assert hit("unparsable", message) is True
    for rule in (
        "auto-submitted",
        "report",
        "list",
        "response-suppressed",
        "autoresponder",
        "calendar",
        "spam",
    ):
        assert hit(rule, message) is None


@given(st.binary(max_size=600))
def test_no_rule_raises_for_arbitrary_bytes(data: bytes) -> None:
    """Whatever arrives is decided."""
    message = read_message(data, provider_id="1")

    for rule in (*MESSAGE_RULES, *AUDIENCE_RULES):
        assert rule.check(circumstances(message)).because


FIELD_NAMES = st.sampled_from(sorted({name for _, name, _ in HITS} | set(HUMAN)))
GARBLED = st.text(st.sampled_from('ab@.<>()[]":;,\\=?-+ \t\r\n' + "é\udce4"), max_size=40) | st.text(
    max_size=20
)


@given(st.dictionaries(FIELD_NAMES, GARBLED, max_size=8), st.text(max_size=10))
def test_no_rule_raises_for_garbled_values(fields: dict[str, str], envelope: str) -> None:
    """Also where a plugin hands over values that no codec has cleaned."""
    headers = Headers({name.lower(): (value,) for name, value in fields.items()})
    message = SubjectMessage("1", FRIDAY_EVENING, headers, envelope_sender=envelope)

    for rule in (*MESSAGE_RULES, *AUDIENCE_RULES):
        assert rule.check(circumstances(message)).because


@pytest.mark.parametrize("rule, name, value", HITS)
def test_no_because_holds_a_header_value(rule: str, name: str, value: str) -> None:
    """House rule: ids and sentences only."""
    secret = "zq7secret"

    reasons = [one.check(circumstances(read({name: f"{value} {secret}"}))).because for one in MESSAGE_RULES]

    assert not any(secret in because for because in reasons)


def test_each_rule_says_when_it_refuses_and_on_what_ground() -> None:
    """The table is documentation too."""
    assert all(rule.clause and rule.refuses_when and rule.check.__doc__ for rule in SUPPRESSION_RULES)
