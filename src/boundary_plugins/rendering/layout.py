"""Plain paragraphs to a mail's two forms: the text as it is, and an HTML twin that says the same."""

import re
from html import escape
from itertools import groupby

_ITEM = "- "
_SMALL_HOLE = re.compile(r"[ \t]+")
_HOLE = re.compile(r"\n{2,}")

#: Nothing remote, and no colours: a mail client's light or dark theme stays in charge.
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
</head>
<body style="font-family: sans-serif; line-height: 1.5;">
{body}
</body>
</html>
"""


def paragraphs_of(text: str) -> tuple[str, ...]:
    """The paragraphs of a text: blank lines part them, line breaks within them stay, holes are closed."""
    lines = "\n".join(_SMALL_HOLE.sub(" ", line).strip() for line in text.splitlines())
    return tuple(part.strip("\n") for part in _HOLE.split(lines) if part.strip())


def plain(paragraphs: tuple[str, ...]) -> str:
    """The plain text, with a line break at its end."""
    return "\n\n".join(paragraphs) + "\n"


def html(paragraphs: tuple[str, ...], linked: str, links: dict[str, str], language: str, title: str) -> str:
    """The HTML twin. `links` says where the numbers and addresses of the paragraph `linked` lead.

    Only there: "15" is a number to call in France, and elsewhere in a text the hour of an opening.
    """
    body = "\n".join(_block(part, links if part == linked else {}) for part in paragraphs)
    return _PAGE.format(language=escape(language), title=escape(title), body=body)


def _block(paragraph: str, links: dict[str, str]) -> str:
    """One paragraph: its items become a list, its other lines a paragraph."""
    blocks = []
    for is_list, group in groupby(paragraph.split("\n"), key=lambda line: line.startswith(_ITEM)):
        if is_list:
            items = "".join(f"<li>{linked(line.removeprefix(_ITEM), links)}</li>\n" for line in group)
            blocks.append(f"<ul>\n{items}</ul>")
        else:
            blocks.append(f"<p>{'<br>'.join(linked(line, links) for line in group)}</p>")
    return "\n".join(blocks)


def linked(line: str, links: dict[str, str]) -> str:
    """The line, escaped, with links on what can be dialled or opened."""
    if not links:
        return escape(line)
    # Longest first, so that "0477 13 11 14" is not cut by the "13 11 14" within it.
    shown = "|".join(re.escape(text) for text in sorted(links, key=len, reverse=True))
    pieces = re.split(rf"(?<![\w.])({shown})(?!\w)", line)
    return "".join(
        f'<a href="{escape(links[piece])}">{escape(piece)}</a>' if piece in links else escape(piece)
        for piece in pieces
    )
