"""Parsing of header values: comments, tokens, parameters, address lists, ids, encoded words; never raises.

The common forms are recognised by one anchored expression each; everything else goes through a scanner
that reads RFC 5322 with its obsolete forms and drops what it cannot understand.
"""

import re
from binascii import Error as BinasciiError
from binascii import a2b_base64, a2b_qp
from collections.abc import Iterator
from functools import lru_cache

_ATEXT = r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]"
#: Bounded, so that many quotes that never close cost no more than their number.
_QUOTED = r'"(?:[^"\\]|\\.){0,256}+"'
_DOMAIN = rf"(?:{_ATEXT}++|\[[^\[\]\\\s]*+\])"
_ADDRESS = rf"(?:{_ATEXT}++|{_QUOTED})++@{_DOMAIN}"

#: Of a longer list of addresses, or of parameters, the rest is not looked at.
_LONGEST_LIST = 1 << 17
_LONGEST_PARAMETERS = 1 << 13

_BREAKS = re.compile(r"\r\n?|\n")
_ONE_MAILBOX = re.compile(
    rf'(?:{_QUOTED}|[^"(),:;<>@\[\\\]]*+)[ \t]*+<({_ATEXT}++@{_ATEXT}++)>[ \t]*+\Z', re.DOTALL
)
_PLAIN_PATH = re.compile(rf"<({_ATEXT}++@{_ATEXT}++)>\Z")
_BARE_ADDRESS = re.compile(rf"{_ATEXT}++@{_ATEXT}++\Z")
_ADDRESS_SPEC = re.compile(rf"{_ADDRESS}\Z", re.DOTALL)
_ADDRESS_TOKEN = re.compile(
    rf'(?P<quoted>{_QUOTED})|(?P<angle><(?:[^<>"]|{_QUOTED})*+>)|(?P<literal>\[[^\]]*+\])'
    r"|(?P<separator>[,;:])|(?P<space>\s++)|(?P<text>[^\s\",;:<>\[\]()]++)|(?P<stray>.)",
    re.DOTALL,
)
_SOURCE_ROUTE = re.compile(r"@[^:<>\"]*+:")
_OUTSIDE_QUOTES = re.compile(rf"({_QUOTED})|\s++", re.DOTALL)
_PARAMETER = re.compile(rf'(?:\A|;)\s*+([^\s=;"]++)\s*+=\s*+(?:({_QUOTED})|([^\s;"]*+))', re.DOTALL)
_QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)
_ONE_ID = re.compile(r"<[^<>\s]++>\Z")
_IN_ANGLES = re.compile(r"<([^<>]*+)>")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]++)(?:\*[^?\s]*+)?\?([bBqQ])\?([^?]*+)\?=")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*+\Z")
_BETWEEN_ENCODED_WORDS = re.compile(r"(\?=)\s++(?==\?[^?\s]++\?[bBqQ]\?)")


def unfold(value: str) -> str:
    """The value on one line: each line break before white space goes (RFC 5322, section 2.2.3)."""
    if "\n" not in value and "\r" not in value:
        return value
    return _BREAKS.sub("", value)


def strip_comments(value: str) -> str:
    """The value with each comment, nested or not, replaced by a space (RFC 5322, section 3.2.2).

    Parentheses in quoted strings stay; a comment that never ends reaches to the end.
    """
    if "(" not in value:
        return value
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif quoted:
            quoted = character != '"'
        elif character == "(":
            depth += 1
            continue
        elif character == ")" and depth:
            depth -= 1
            character = " "
        elif character == '"' and not depth:
            quoted = True
        if not depth:
            kept.append(character)
    return "".join(kept)


def token(value: str) -> str:
    """What stands before the first `;`, without comments, in lower case (RFC 2045, section 5.1)."""
    text = strip_comments(decode(value))
    return text.partition(";")[0].strip().strip('"').lower()


def parameters(value: str) -> dict[str, str]:
    """The parameters after the first `;` by lower-case name, unquoted (RFC 2045, section 5.1)."""
    text = strip_comments(value[:_LONGEST_PARAMETERS]).partition(";")[2]
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(text):
        found.setdefault(name.lower(), unquote(quoted) if quoted else plain)
    return found


def words(value: str) -> frozenset[str]:
    """The lower-case words of a list that is divided by commas, semicolons or spaces."""
    text = strip_comments(decode(value)).lower().replace('"', " ")
    return frozenset(text.replace(",", " ").replace(";", " ").split())


def language_tags(value: str) -> tuple[str, ...]:
    """The language tags of a list, in order, without comments (RFC 3282, section 2); others are left out."""
    listed = strip_comments(unfold(value[:_LONGEST_PARAMETERS])).split(",")
    return tuple(tag for tag in map(str.strip, listed) if is_language_tag(tag))


def is_language_tag(text: str) -> bool:
    """Whether the text has the form of a language tag of two or three letters and what may follow (RFC 5646)."""
    return _LANGUAGE_TAG.match(text) is not None


def unquote(value: str) -> str:
    """A quoted string without its quotes and backslashes; any other text as it is."""
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _QUOTED_PAIR.sub(r"\1", value[1:-1])
    return value


@lru_cache(maxsize=64)
def addresses(value: str) -> tuple[str, ...]:
    """The plain addresses (local@domain) of an address list, in order (RFC 5322, section 3.4).

    Groups are opened, display names, comments and source routes dropped; what is no address is left
    out. A local part keeps its quotes.
    """
    one = _ONE_MAILBOX.match(value)
    if one is not None:
        return (one[1],)
    text = value[:_LONGEST_LIST].strip()
    if _BARE_ADDRESS.match(text):
        return (text,)
    return tuple(_scanned_addresses(strip_comments(unfold(text))))


def _scanned_addresses(text: str) -> Iterator[str]:
    """Read an address list token by token; comments are gone already."""
    bare: list[str] = []
    angle: str | None = None
    for found in _ADDRESS_TOKEN.finditer(text):
        kind, lexeme = found.lastgroup, found[0]
        if kind == "separator":
            # What stands before a colon is the name of a group.
            yield from _address_in("" if lexeme == ":" else "".join(bare), angle)
            bare, angle = [], None
        elif kind == "angle":
            angle = lexeme[1:-1]
        else:
            bare.append(" " if kind == "stray" else lexeme)
    yield from _address_in("".join(bare), angle)


def _address_in(bare: str, angle: str | None) -> Iterator[str]:
    """The address of one mailbox: that in angle brackets, else the one word or the whole that is one."""
    if angle is not None:
        candidates = [_without_source_route(_squeezed(angle))]
    else:
        candidates = [*reversed(bare.split()), _squeezed(bare)]
    for candidate in candidates:
        if _ADDRESS_SPEC.match(candidate):
            yield candidate
            return


def _squeezed(text: str) -> str:
    """The text without white space outside quoted strings (RFC 5322, section 4.4: obsolete addresses)."""
    if " " not in text and text.isprintable():
        # No white space but the plain one can be printed.
        return text
    return _OUTSIDE_QUOTES.sub(lambda found: found[1] or "", text)


@lru_cache(maxsize=64)
def reverse_path(value: str) -> str:
    """The path of a Return-Path field: "" for the null one, else the address (RFC 5321, section 4.4).

    Forms: `<>`, `< >`, `<a@example.org>`, `<@hop:a@example.org>`, bare. A name without a domain, as
    some systems write it (`<MAILER-DAEMON>`), comes back as it is.
    """
    plain = _PLAIN_PATH.match(value)
    if plain is not None:
        return plain[1]
    text = strip_comments(unfold(value[:_LONGEST_PARAMETERS])).strip()
    inner = _IN_ANGLES.search(text)
    path = _squeezed(inner[1] if inner else text)
    return _without_source_route(path)


def _without_source_route(path: str) -> str:
    """The path without the hops that stood before it once (RFC 5321, appendix C)."""
    route = _SOURCE_ROUTE.match(path)
    return path[route.end() :] if route else path


def is_address(text: str) -> bool:
    """Whether the text is one plain address, local@domain."""
    return _BARE_ADDRESS.match(text) is not None or _ADDRESS_SPEC.match(text) is not None


def message_ids(value: str) -> tuple[str, ...]:
    """The message ids of the field, in angle brackets and in order (RFC 5322, section 3.6.4).

    Phrases of the obsolete In-Reply-To are dropped; a single bare id gets its brackets.
    """
    if _ONE_ID.match(value):
        return (value,)
    found = tuple(f"<{_squeezed(inner)}>" for inner in _IN_ANGLES.findall(value) if inner.strip())
    if found or "@" not in value:
        return found
    bare = value.strip().strip("<>")
    return (f"<{bare}>",) if bare and not any(character.isspace() for character in bare) else ()


def decode(value: str) -> str:
    """The value with its encoded words decoded (RFC 2047); broken ones give replacement characters."""
    if "=?" not in value:
        return value
    joined = _BETWEEN_ENCODED_WORDS.sub(r"\1", value)
    return "".join(_decoded_runs(joined))


def _decoded_runs(value: str) -> Iterator[str]:
    """Decode neighbours of one charset together: some programs cut characters in two."""
    end, charset, pending = 0, "", b""
    for found in _ENCODED_WORD.finditer(value):
        if pending and (found.start() != end or found[1].lower() != charset):
            yield _text(pending, charset)
            pending = b""
        yield value[end : found.start()]
        charset = found[1].lower()
        pending += _bytes_of(found[2], found[3])
        end = found.end()
    yield _text(pending, charset)
    yield value[end:]


def _bytes_of(encoding: str, text: str) -> bytes:
    """The bytes of an encoded word's text; of broken base64 those that can be read."""
    raw = text.encode("ascii", "replace")
    if encoding in "qQ":
        return a2b_qp(raw, header=True)
    try:
        return a2b_base64(raw + b"=" * (-len(raw) % 4))
    except BinasciiError:
        return "\ufffd".encode()


def _text(raw: bytes, charset: str) -> str:
    """The bytes in that charset, or as ASCII where nobody knows it; never raises."""
    try:
        return raw.decode(charset, "replace")
    except (LookupError, ValueError):
        return raw.decode("ascii", "replace")
