"""Subject forms of machine mail that carries no automation field; a person's Subject must never match.

Only forms that programs write at the very beginning, with their own punctuation: a reply or a forward of
such mail begins with `Re:` or `Fwd:` and is a person's, and so is "Out of office hours question".
"""

import re

from boundary_plugins.core.headers import decode

#: Delivery reports of Postfix, Exim, qmail, Sendmail, Gmail, Exchange (several languages), Mdaemon.
_REPORTS = (
    r"(?:re)?delivery status notification\b",
    r"delivery (?:failure|notification|delayed)\s*(?::|\(|\Z)",
    r"(?:delayed|failed|undelivered|undeliverable) mail(?:\s*:|\s*\Z| returned to sender| delivery)",
    r"undeliver(?:able|ed)(?: mail| message)?\s*:",
    r"(?:mail )?delivery (?:has )?failed\s*(?::|\Z)",
    r"mail delivery (?:failed|system|subsystem|failure)\b",
    r"mail system error - returned mail",
    r"returned mail: (?:see transcript|user unknown|host unknown|unable to deliver|cannot send)",
    r"message status - undeliverable",
    r"warning: (?:message .{1,80} delayed|could not send message)",
    r"failure notice\s*\Z",
    r"(?:nicht zustellbar|unzustellbar|non remis|no se puede entregar|non recapitabile|n[aã]o entregue)\s*:",
    r"(?:onbestelbaar|kan ikke leveres|olevererbart|niedostarczalne)\s*:",
)

#: Exchange, Outlook, Notes, Zimbra, GroupWise and cPanel, in the languages they speak.
_RESPONSES = (
    r"auto(?:matic|mated|matische|mated)?[ -]?(?:reply|response|responder|respond)\s*(?::|\]|\Z)",
    r"\[auto(?:matic)?[ -]?(?:reply|response)\]",
    r"out of (?:the )?office[ -]+(?:auto[ -]?)?(?:reply|response|alert|notification|message)\s*(?::|\Z)",
    r"automatische (?:antwort|r[uü]ckantwort)\s*(?::|\Z)",
    r"abwesenheits(?:notiz|meldung|nachricht|benachrichtigung)\s*(?::|\Z)",
    r"r[eé]ponse automatique\s*(?::|\Z)",
    r"(?:respuesta|risposta|resposta) autom[aá]tica\s*(?::|\Z)",
    r"automatisch antwoord\s*(?::|\Z)",
    r"(?:autosvar|automatiskt? svar)\s*(?::|\Z)",
    r"(?:automaattinen vastaus|autodpowied[zź]|automatyczna odpowied[zź])\s*(?::|\Z)",
    r"(?:自動応答|自動返信|自动答复|自動回覆|자동 회신)\s*[::]",
)

#: These say so little that a person might write them: only in answer to something do they count.
_RESPONSES_IF_IN_REPLY = (
    # RFC 3834, section 3.1.5; but clients have cars, too.
    r"auto:",
    r"out of (?:the )?office\s*(?::|\Z)",
    r"(?:abwesend|absence du bureau|absent du bureau|fuera de (?:la )?oficina|fuori (?:sede|ufficio)|afwezig)\s*(?::|\Z)",
)


def _compiled(forms: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for the beginning of a Subject."""
    return re.compile(rf"\s*(?:{'|'.join(forms)})", re.IGNORECASE)


_REPORT = _compiled(_REPORTS)
_RESPONSE = _compiled(_RESPONSES)
_RESPONSE_IF_IN_REPLY = _compiled(_RESPONSES_IF_IN_REPLY)

#: The first three letters of every form: most Subjects need no expression.
_REPORT_BEGINNINGS = frozenset(
    (
        *("del", "red", "fai", "und", "ret", "mai", "mes", "war", "nic", "unz", "non", "no ", "não", "nao"),
        *("onb", "kan", "ole", "nie"),
    )
)
_RESPONSE_BEGINNINGS = frozenset(
    (
        *("aut", "[au", "out", "abw", "abs", "rép", "rep", "res", "ris", "afw", "fue", "fuo"),
        *("自動応", "自動返", "自动答", "自動回", "자동 "),
    )
)


def _may_match(subject: str, beginnings: frozenset[str]) -> str | None:
    """The decoded Subject with single spaces, None where no form begins like it."""
    text = decode(subject).lstrip()
    if text[:3].lower().replace("\t", " ") not in beginnings:
        return None
    return " ".join(text.split())


def reads_like_a_report(subject: str) -> bool:
    """Whether a raw Subject is one that mail systems give their delivery reports."""
    text = _may_match(subject, _REPORT_BEGINNINGS)
    return text is not None and _REPORT.match(text) is not None


def reads_like_a_response(subject: str, *, in_reply: bool) -> bool:
    """Whether a raw Subject is one that responders give; `in_reply`: the message answers another."""
    text = _may_match(subject, _RESPONSE_BEGINNINGS)
    if text is None:
        return False
    if _RESPONSE.match(text) is not None:
        return True
    return in_reply and _RESPONSE_IF_IN_REPLY.match(text) is not None
