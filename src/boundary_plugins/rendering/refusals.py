"""What a text must not be: reasons to send the built-in text instead of a practice's own."""

import re
import unicodedata
from functools import lru_cache

from boundary_plugins.core.response import ResponseFacts, Wording
from boundary_plugins.rendering.refused_words import FEE, FOLDS, NEGATION, PROMISE, TELLING, WATCHING

GREATEST_TEXT = 3_000
GREATEST_LINES = 60

_HTML = re.compile(r"<(?:!|/?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>)", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?\n]+")
#: Joiners and marks that scripts need; every other invisible character is refused.
_NEEDED = frozenset("\n\u200c\u200d\u200e\u200f\u00ad")


def refusal(body: str, facts: ResponseFacts, names: tuple[str, ...], language: str) -> str | None:
    """Why a practice's own text cannot be used for these facts; None where it can.

    `names` are the practice's and the therapist's, which a discreet text does not say; `language` is the
    text's, one of those that there are texts in. The reason holds no word of the text.
    """
    body = unicodedata.normalize("NFC", body)
    return (
        _unusable(body, language)
        or (_indiscreet(body, names) if is_discreet(facts) else None)
        or (_too_much_for_a_crisis(body, language) if is_about_a_crisis(facts) else None)
    )


def is_discreet(facts: ResponseFacts) -> bool:
    """Whether the text may land in an inbox that is shared, and so names nothing."""
    return facts.discreet or facts.wording in (Wording.DISCREET, Wording.NEUTRAL)


def is_about_a_crisis(facts: ResponseFacts) -> bool:
    """Whether the resources come first, with no fee, no offer and no promise."""
    return facts.wording in (Wording.CRISIS, Wording.RESOURCES_ONLY)


def is_telling(text: str, names: tuple[str, ...]) -> bool:
    """Whether a text betrays what kind of practice this is, or whose."""
    text = unicodedata.normalize("NFC", text)
    return bool(TELLING.search(text)) or any(_names(name).search(text) for name in names if name.strip())


def _unusable(body: str, language: str) -> str | None:
    """What no text may be."""
    if not body.strip():
        return "it is empty"
    if len(body) > GREATEST_TEXT or body.count("\n") > GREATEST_LINES:
        return f"it is longer than {GREATEST_TEXT} characters or {GREATEST_LINES} lines"
    if any(_is_invisible(character) for character in body):
        return "it holds invisible or control characters"
    if _HTML.search(body):
        return "it holds HTML; texts are plain, and the program makes the HTML"
    if FOLDS.search(body):
        return "it holds a line that mail programs take as the end of a message, and fold away what follows"
    watching, negation = WATCHING[language], NEGATION[language]
    if any(watching.search(part) and not negation.search(part) for part in _SENTENCE_END.split(body)):
        return "it says that somebody watches the mailbox"
    return None


def _indiscreet(body: str, names: tuple[str, ...]) -> str | None:
    """What a discreet text may not say."""
    return (
        "it names the practice, a person or their work, in a text that must not"
        if is_telling(body, names)
        else None
    )


def _too_much_for_a_crisis(body: str, language: str) -> str | None:
    """What a text after crisis resources may not say."""
    if FEE[language].search(body):
        return "it speaks of money after a message that sounds like a crisis"
    return (
        "it offers or promises something after a message that sounds like a crisis"
        if PROMISE[language].search(body)
        else None
    )


def _is_invisible(character: str) -> bool:
    """Control, format, private and unassigned characters, and the odd separators of lines."""
    return character not in _NEEDED and unicodedata.category(character) in {
        "Cc",
        "Cf",
        "Cs",
        "Co",
        "Cn",
        "Zl",
        "Zp",
    }


@lru_cache(maxsize=64)
def _names(name: str) -> re.Pattern[str]:
    """A name as whole words, in any case and spacing."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)
