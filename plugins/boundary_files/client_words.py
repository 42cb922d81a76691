"""What people write of a client, in English, Spanish, French and German, as the program says it."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from boundary_plugins import AutoReply

_LANGUAGES = ("en", "es", "fr", "de")
_CODE = re.compile(r"[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?")
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
#: What people write for a country besides its names.
_OTHER_COUNTRIES = {
    "usa": "US", "unitedstatesofamerica": "US", "eeuu": "US", "eua": "US", "uk": "GB", "greatbritain": "GB",
    "england": "GB", "scotland": "GB", "wales": "GB", "northernireland": "GB", "brd": "DE", "deu": "DE",
    "gbr": "GB", "fra": "FR", "esp": "ES", "can": "CA", "aut": "AT", "che": "CH", "irl": "IE", "aus": "AU",
}  # fmt: skip
_YES = frozenset(
    {
        "yes",
        "y",
        "true",
        "1",
        "x",
        "si",
        "s",
        "oui",
        "o",
        "ja",
        "j",
        "active",
        "activo",
        "activa",
        "actif",
        "aktiv",
    }
)
_NO = frozenset(
    {"no", "n", "false", "0", "non", "nein", "inactive", "inactivo", "inactiva", "inactif", "inaktiv"}
)
_AUTO_REPLY = {
    "full": AutoReply.FULL, "discreet": AutoReply.DISCREET, "never": AutoReply.NEVER,
    "completo": AutoReply.FULL, "discreto": AutoReply.DISCREET, "nunca": AutoReply.NEVER,
    "complet": AutoReply.FULL, "discret": AutoReply.DISCREET, "jamais": AutoReply.NEVER,
    "vollstandig": AutoReply.FULL, "diskret": AutoReply.DISCREET, "nie": AutoReply.NEVER,
}  # fmt: skip


def folded(text: str) -> str:
    """Letters and digits alone, small and without accents: "E-Mail 2: Adresse" is "email2adresse"."""
    if not text.isascii():
        text = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in text.lower() if character.isalnum())


def country_code(text: str) -> str | None:
    """The code of a country by its code or its name; None where it is not known."""
    if _CODE.fullmatch(text) and text.lower() not in _OTHER_COUNTRIES:
        return text.upper()
    wanted = folded(text)
    return _OTHER_COUNTRIES.get(wanted) or _countries().get(wanted)


def language_tag(text: str) -> str | None:
    """The tag of a language by its tag or its name; None where it is not known."""
    if found := _language_names().get(folded(text)):
        return found
    return text.replace("_", "-") if _TAG.fullmatch(text) else None


def yes_or_no(text: str) -> bool | None:
    """What a person means by it; None where nobody knows."""
    wanted = folded(text)
    return True if wanted in _YES else False if wanted in _NO else None


def auto_reply(text: str) -> AutoReply | None:
    """What the client agreed to receive; None where it is none of the three."""
    return _AUTO_REPLY.get(folded(text))


def initials_of(given: str, family: str, whole: str) -> str:
    """The initials of a name, such as AB; "" where there are none. The name itself goes no further."""
    words = [*_words(given)[:1], *_words(family)[:1]]
    if not words:
        # "Example, Anna" is another way to write Anna Example.
        last, comma, first = whole.partition(",")
        named = [*_words(first), *_words(last)] if comma else _words(whole)
        words = named if len(named) < 2 else [named[0], named[-1]]
    return "".join(unicodedata.normalize("NFC", word[0].upper()[0]) for word in words)


def _words(text: str) -> list[str]:
    """The words that begin with a letter."""
    return [word for word in re.split(r"[\s.]+", text) if word and word[0].isalpha()]


@cache
def _countries() -> Mapping[str, str]:
    """Codes by folded names."""
    return _names("territories", 2)


@cache
def _language_names() -> Mapping[str, str]:
    """Tags by folded names."""
    return _names("languages", 3)


def _names(kind: str, longest: int) -> dict[str, str]:
    """The names of CLDR in our languages; where two share a name, the first language's stays."""
    # It takes long to import, and most files have codes.
    from babel import Locale

    found: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in getattr(Locale(language), kind).items():
            if len(code) <= longest and code.isalpha():
                found.setdefault(folded(name), code)
    return found


def cleaned(values: Sequence[str]) -> list[str]:
    """The values without control characters and spaces around, each once, no empty one."""
    texts = ("".join(c if c.isprintable() else " " for c in value).strip() for value in values)
    return list(dict.fromkeys(text for text in texts if text))
