"""What a Sieve script can see of the suppression table: tests that are true for a message that no person wrote.

RFC 5230, section 4.6, leaves much to the server, and servers look at little: a script that asks by itself is
as quiet on each of them. Where a test must be coarser than the rule of the core, it is the quieter of the two.
"""

from collections.abc import Collection, Iterable, Iterator

from boundary_plugins.codecs.sieve_text import all_of, any_of, glob, listed, quoted
from boundary_plugins.core.message import RECIPIENT_FIELDS
from boundary_plugins.core.message_rules import (
    BULK_PRECEDENCE,
    EVERY_LIST_FIELD,
    FOREFRONT_VERDICTS,
    PRECEDENCE_FIELDS,
    REPORT_TYPES,
    RESPONDER_FIELDS,
    RESPONDER_VALUES,
    SUPPRESSING,
)
from boundary_plugins.data import platform_domains

#: The tests stand in a list that is indented so deep.
_DEPTH = 2
_SEPARATORS = ".+=_-"
#: Of the fields that name recipients those that every server takes for addresses (RFC 5228, section 5.1).
_ADDRESS_FIELDS = ("to", "cc", "bcc", "resent-to")
#: Servers do not agree on the comparator that this test has where it says none.
_STRING = 'string :comparator "i;ascii-casemap"'
_LOCAL_PARTS, _DOMAINS = (f'["${{path_{part}}}", "${{author_{part}}}"]' for part in ("localpart", "domain"))

#: Local parts that programs have, and those that go on after a separator (core/address.py).
_PROGRAMS = ("postmaster", "mail-daemon", "mdaemon", "daemon", "nobody", "mailman", "sympa", "listmaster")
_PROGRAMS_AND_MORE = ("mailer-daemon", "mailerdaemon", "listserv", "majordomo", "bounce", "bounces")
_ENDS_OF_PROGRAMS = ("owner", "request", "bounce", "bounces", "unsubscribe")
_FORWARDED = ("*+caf_=*", "bounces+srs=*", "srs0=*", "srs0+*", "srs0-*", "srs1=*", "srs1+*", "srs1-*")

_STEMS_OF_REPORTS = (
    *(f"delivery {word}" for word in ("failure", "notification", "delayed", "failed", "has failed")),
    *(f"{word} mail" for word in ("delayed", "failed", "undelivered", "undeliverable")),
    *("mail delivery failed", "mail delivery has failed", "failure notice"),
)
_REPORTS_WITH_COLON = (
    *("undeliverable", "undelivered", "undeliverable mail", "undelivered mail", "undeliverable message"),
    *("undelivered message", "nicht zustellbar", "unzustellbar", "non remis", "no se puede entregar"),
    *("non recapitabile", "não entregue", "nao entregue", "onbestelbaar", "kan ikke leveres"),
    *("olevererbart", "niedostarczalne"),
)
_BEGINNINGS_OF_REPORTS = (
    *("delivery status notification", "redelivery status notification"),
    *("delivery failure (", "delivery notification (", "delivery delayed ("),
    *(f"{word} mail returned to sender" for word in ("delayed", "failed", "undelivered", "undeliverable")),
    *(f"{word} mail delivery" for word in ("delayed", "failed", "undelivered", "undeliverable")),
    *(f"mail delivery {word}" for word in ("failed", "system", "subsystem", "failure")),
    *("mail system error - returned mail", "message status - undeliverable"),
    *(f"returned mail: {word}" for word in ("see transcript", "user unknown", "host unknown")),
    *("returned mail: unable to deliver", "returned mail: cannot send", "warning: could not send message"),
)

_STEMS_OF_RESPONSES = (
    *(
        f"{auto}{between}{word}"
        for auto in ("auto", "automatic", "automated")
        for between in ("", " ", "-")
        for word in ("reply", "response", "responder", "respond")
    ),
    *(
        f"out of {office}{between}{word}"
        for office in ("office", "the office")
        for between in (" ", " auto", " auto ", " auto-", " - ")
        for word in ("reply", "response", "alert", "notification", "message")
    ),
    *("automatische antwort", "automatische rückantwort", "automatische ruckantwort", "abwesenheitsnotiz"),
    *("abwesenheitsmeldung", "abwesenheitsnachricht", "abwesenheitsbenachrichtigung", "réponse automatique"),
    *("reponse automatique", "respuesta automática", "respuesta automatica", "risposta automatica"),
    *("resposta automática", "resposta automatica", "automatisch antwoord", "autosvar", "automatiskt svar"),
    *("automatisk svar", "automaattinen vastaus", "autodpowiedź", "autodpowiedz", "automatyczna odpowiedź"),
    *("automatyczna odpowiedz", "自動応答", "自動返信", "自动答复", "自動回覆", "자동 회신"),
)
_BRACKETED = ("reply", "response")
_STEMS_IF_IN_REPLY = (
    *("out of office", "out of the office", "abwesend", "absence du bureau", "absent du bureau"),
    *("fuera de oficina", "fuera de la oficina", "fuori sede", "fuori ufficio", "afwezig"),
)


def sender_commands() -> Iterator[str]:
    """The commands that note who sent the message: the local part and the domain of reverse-path and From."""
    for part in ("localpart", "domain"):
        for name, test in (("path", "envelope"), ("author", "address")):
            yield f'if {test} :{part} :matches "from" "*" {{ set "{name}_{part}" "${{1}}"; }}'
    # A path that a forwarder wrote says nothing about who sent the message.
    yield f'if {_STRING} :matches "${{path_localpart}}" {listed(_FORWARDED, 0)} {{ set "path_localpart" ""; }}'


def machine_tests(own_addresses: Collection[str], extensions: Collection[str]) -> Iterator[tuple[str, str]]:
    """The tests, each with the id of the rule that it stands for, after `sender_commands`.

    `extensions` are those that the server offers.
    """
    yield "null-reverse-path", 'envelope :is "from" ""'
    yield "no-sender", 'not exists "from"'
    yield "own-address", f'address :matches "from" {_list(_own(own_addresses))}'
    yield "system-address", f"{_STRING} :matches {_LOCAL_PARTS} {_list(_program_forms())}"
    yield "system-address", f"{_STRING} :contains {_LOCAL_PARTS} {_list(_no_reply_forms())}"
    # Not every program's From is an address.
    yield "system-address", 'header :contains "from" ["mailer-daemon", "mail delivery system"]'
    yield "auto-submitted", _auto_submitted()
    yield "report", f'header :matches "content-type" {_list(f"{kind}*" for kind in sorted(REPORT_TYPES))}'
    yield "report", f'header :matches "subject" {_list(_report_subjects())}'
    yield "list", f'header :matches {_list(sorted(EVERY_LIST_FIELD))} "*"'
    yield "list", f"header :contains {_list(sorted(PRECEDENCE_FIELDS))} {_list(sorted(BULK_PRECEDENCE))}"
    yield "response-suppressed", f'header :contains "x-auto-response-suppress" {_list(sorted(SUPPRESSING))}'
    yield "autoresponder", f'header :matches {_list(sorted(RESPONDER_FIELDS))} "*"'
    for field, values in RESPONDER_VALUES.items():
        yield "autoresponder", f"header :contains {quoted(field)} {_list(sorted(values))}"
    yield "autoresponder", 'header :is "delivered-to" "autoresponder"'
    yield "autoresponder", f'header :matches "subject" {_list(_response_subjects())}'
    yield "autoresponder", _response_in_reply()
    yield "calendar", _calendar("mime" in extensions)
    yield "platform-notification", f"{_STRING} :matches {_DOMAINS} {_list(_platforms())}"
    yield "spam", 'header :matches ["x-spam-flag", "x-spam-status"] ["yes*", "true*"]'
    yield "spam", f'header :contains "x-forefront-antispam-report" {_list(FOREFRONT_VERDICTS)}'
    yield "spam", 'header :is "x-ms-exchange-organization-scl" ["5", "6", "7", "8", "9"]'
    yield "not-addressed", _not_addressed(tuple(own_addresses))


def _list(texts: Iterable[str]) -> str:
    """A list at the depth of the tests."""
    return listed(texts, _DEPTH)


def _own(own_addresses: Iterable[str]) -> Iterator[str]:
    """The own addresses, and each with any detail after a plus (RFC 5233)."""
    for address in own_addresses:
        local, at, domain = address.rpartition("@")
        yield glob(address)
        yield f"{glob(local)}+*{at}{glob(domain)}"


def _program_forms() -> Iterator[str]:
    """The local parts that programs have, as far as `:matches` can say them."""
    yield from _PROGRAMS
    for word in _PROGRAMS_AND_MORE:
        yield word
        yield from (f"{word}{separator}*" for separator in _SEPARATORS)
    yield "owner-*"
    for word in _ENDS_OF_PROGRAMS:
        yield f"*-{word}"
        yield from (f"*-{word}{separator}*" for separator in "+=")
    # VERP.
    yield from (f"{word}{separator}*=*" for word in ("verp", "return") for separator in "+=-")


def _no_reply_forms() -> Iterator[str]:
    """What stands in the local part of an address that nobody reads."""
    between = ("", ".", "_", "-")
    for no in ("no", "not", "never"):
        words = ("reply", "replies", "respon", "answer")
        yield from (f"{no}{separator}{word}" for word in words for separator in between)
    yield from (f"dont{separator}reply" for separator in between)
    yield from (f"{no}{separator}antwort" for no in ("keine", "nicht") for separator in between)
    yield from (f"ne{separator}pas{separator}repondre" for separator in between)
    yield from (f"non{separator}rispondere" for separator in between)
    yield from (f"nao{separator}responda" for separator in between)
    yield from ("unmonitored", "unattended")


def _auto_submitted() -> str:
    """Any value but `no`, whatever comments and parameters it has (RFC 3834, section 5)."""
    said_no = 'header :matches "auto-submitted" ["no", "no;*", "no ;*", "no (*", "no(*"]'
    other = all_of(('exists "auto-submitted"', f"not {said_no}"), _DEPTH + 1)
    # A message may have the field twice.
    return any_of((other, 'header :contains "auto-submitted" "auto-"'), _DEPTH)


def _with_colon(stems: Iterable[str]) -> Iterator[str]:
    """Each stem as the whole Subject, and with something after a colon."""
    for stem in stems:
        yield from (stem, f"{stem}:*", f"{stem} :*")


def _report_subjects() -> Iterator[str]:
    """Subjects of delivery reports (core/machine_subjects.py)."""
    yield from _with_colon(_STEMS_OF_REPORTS)
    yield from (f"{stem}:*" for stem in _REPORTS_WITH_COLON)
    yield from (f"{beginning}*" for beginning in _BEGINNINGS_OF_REPORTS)
    yield "warning: message * delayed*"


def _response_subjects() -> Iterator[str]:
    """Subjects of other responders (core/machine_subjects.py)."""
    for stem in _STEMS_OF_RESPONSES:
        yield from (stem, f"{stem}:*")
    yield from (
        f"[{auto}{word}]*" for auto in ("auto", "auto ", "auto-", "automatic ") for word in _BRACKETED
    )


def _response_in_reply() -> str:
    """Subjects that count only in answer to something."""
    forms = listed(("auto:*", *_with_colon(_STEMS_IF_IN_REPLY)), _DEPTH + 1)
    return all_of(('exists "in-reply-to"', f'header :matches "subject" {forms}'), _DEPTH)


def _not_addressed(own_addresses: Collection[str]) -> str:
    """No own address, itself or with any detail, where recipients are named (RFC 5230, section 4.5)."""
    own = tuple(_own(own_addresses))
    written = f"address :matches {listed(_ADDRESS_FIELDS, _DEPTH + 1)} {listed(own, _DEPTH + 1)}"
    within = listed([f"*{address}*" for address in own], _DEPTH + 1)
    others = [name for name in RECIPIENT_FIELDS if name not in _ADDRESS_FIELDS]
    delivered = f"header :matches {listed(others, _DEPTH + 1)} {within}"
    handed_in = f'envelope :matches "to" {listed(own, _DEPTH + 1)}'
    return f"not {any_of((written, delivered, handed_in), _DEPTH)}"


def _calendar(sees_parts: bool) -> str:
    """A calendar part with a method: in any part of the message where the server looks into it (RFC 5703)."""
    where = ":mime :anychild " if sees_parts else ""
    return f'header {where}:matches "content-type" "text/calendar*method=*"'


def _platforms() -> Iterator[str]:
    """The domains of text-therapy and practice platforms, and all below them."""
    for domain in sorted(platform_domains()):
        yield from (domain, f"*.{domain}")
