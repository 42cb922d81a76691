"""Text that people look at: in one line without what nobody can see, its width on a terminal, and wrapped."""

import re
import unicodedata

_SPACE = re.compile(r"\s+")


def one_line(text: str) -> str:
    """A text in one line, without control characters or marks that turn or hide what follows."""
    visible = "".join(
        " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character
        for character in text
        if unicodedata.category(character) not in {"Cf", "Cs", "Co", "Cn"}
    )
    return _SPACE.sub(" ", visible).strip()


def text_width(text: str) -> int:
    """Columns on a terminal: wide characters of East Asia take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def wrapped(text: str, width: int) -> list[str]:
    """The words of a text in lines of at most `width` columns; a word that is longer is cut.

    A space that does not break stays with its words. At least one line.
    """
    lines = [""]
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if text_width(joined) <= width:
            lines[-1] = joined
            continue
        pieces = _cut(word, width)
        lines = (lines if lines[-1] else lines[:-1]) + pieces
    return lines


def _cut(word: str, width: int) -> list[str]:
    """A word in pieces of at most `width` columns (a character that is wider stands alone)."""
    pieces = [""]
    for character in word:
        if pieces[-1] and text_width(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
