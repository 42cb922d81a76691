"""Texts made comparable (case, accents, apostrophes, spaces) and many phrases as one expression."""

import re
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import combining, normalize

_APOSTROPHES = re.compile("[\u2018\u2019\u201b\u02bc\u02b9\u2032\u00b4\uff07]")
_NO_WORD = re.compile(r"[\W_]+")
#: The same for ASCII alone, which most texts are and a table of bytes does sooner.
_ASCII_GAPS = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)).ljust(256)
_ASCII_APOSTROPHES = b"'`"
#: Dragged letters: "dieeee", "pleaaase".
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
#: Looking whether anything is dragged at all is quicker than replacing it.
_THRICE = re.compile(r"(.)\1\1")

_Trie = dict[str, "_Trie"]


@lru_cache(maxsize=8)
def folded(text: str) -> str:
    """Words in lower case with one space between them: no accents, apostrophes or punctuation."""
    plain = text.casefold()
    if plain.isascii():
        plain = plain.encode().translate(_ASCII_GAPS, _ASCII_APOSTROPHES).decode()
        if _THRICE.search(plain):
            plain = _STRETCHED.sub(r"\1", plain)
        return " ".join(plain.split())
    decomposed = normalize("NFKD", plain)
    plain = "".join(character for character in decomposed if not combining(character)).casefold()
    plain = _APOSTROPHES.sub("", plain)
    plain = _STRETCHED.sub(r"\1", plain.replace("'", "").replace("`", ""))
    return _NO_WORD.sub(" ", plain).strip()


def searchable(text: str) -> str:
    """The folded text as `phrases_expression` needs it: a space stands before every word."""
    return " " + folded(text)


def phrases_expression(phrases: Iterable[str]) -> re.Pattern[str] | None:
    """One expression that finds any of the phrases at word boundaries in what `searchable` makes of a text.

    A final `*` stands for any ending of the last word. None where there is no phrase.
    """
    root: _Trie = {}
    for phrase in phrases:
        text = folded(phrase)
        if text:
            node = root
            for character in text + ("*" if phrase.rstrip().endswith("*") else "$"):
                node = node.setdefault(character, {})
    # A space before the phrase is found much sooner than the places where a word begins.
    return re.compile(f" (?:{_branches(root)})") if root else None


def _branches(node: _Trie) -> str:
    """The alternatives below a node, so that each common beginning is tried only once."""
    found = []
    for character, below in node.items():
        if character == "*":
            # Any ending does, so what is longer need not be tried.
            return ""
        found.append(r"(?!\w)" if character == "$" else re.escape(character) + _branches(below))
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"
