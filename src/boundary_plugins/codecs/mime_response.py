"""A response as bytes: headers of RFC 3834, plain text and its HTML twin, ready for SMTP."""

import re
from binascii import b2a_base64, b2a_qp
from collections.abc import Iterator
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from boundary_plugins.core.headers import is_address, is_language_tag

#: The longest line that SMTP allows is 998 octets (RFC 5322, section 2.1.1); 78 is good manners.
_LINE = 78
_MAX_ID = 900
#: Printable ASCII without spaces or further brackets.
_ID = re.compile(r"<[!-;=?-~]+>")
#: The root of the thread and its latest ids tell programs enough (RFC 5537, section 3.4.4).
_MAX_REFERENCES = 20
#: 45 octets become 60 letters of base64 and an encoded word of 72 (RFC 2047, section 2: 75 at most).
_ENCODED_OCTETS = 45


def response_fields(
    *,
    response_id: str,
    sender: str,
    to: str,
    subject: str,
    date: datetime,
    message_id: str,
    sender_name: str | None = None,
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    language: str | None = None,
) -> tuple[tuple[str, str], ...]:
    """The header fields of a response by name, in their order (RFC 3834, section 3.1), values folded.

    `sender` and `to` are plain addresses, `date` aware, ids in angle brackets; `subject` and
    `sender_name` any Unicode; `language` is the text's (RFC 3282). Raises ValueError for an address, an
    id or a language that cannot stand in a header field; ids of others that cannot are left out.
    """
    parent = in_reply_to if in_reply_to is not None and _is_id(in_reply_to) else None
    return (
        ("From", " ".join(filter(None, (_phrase(sender_name), _address(sender))))),
        ("To", _address(to)),
        ("Subject", _unstructured(subject)),
        ("Date", format_datetime(date)),
        ("Message-ID", _own_id(message_id)),
        *((("In-Reply-To", parent),) if parent else ()),
        *_references(references),
        ("Auto-Submitted", "auto-replied"),
        ("X-Auto-Response-Suppress", "All"),
        ("X-Boundary-Response", _response_id(response_id)),
        *((("Content-Language", _language(language)),) if language else ()),
    )


def compose_response(fields: tuple[tuple[str, str], ...], *, response_id: str, text: str, html: str) -> bytes:
    """The whole MIME message with CRLF line ends, no line longer than 998 octets.

    `fields` as `response_fields` gives them; `text` and `html` any Unicode.
    """
    lines = [
        *(f"{name}: {value}" for name, value in fields),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="=_{_response_id(response_id)}"',
    ]
    head = "\r\n".join(lines).encode()
    # Quoted-printable never writes "=_", so that the boundary cannot stand in a part.
    delimiter = f"\r\n--=_{response_id}".encode()
    parts = (_part("plain", text), _part("html", html))
    return b"".join([head, b"\r\n", *(delimiter + b"\r\n" + part for part in parts), delimiter, b"--\r\n"])


def _part(subtype: str, text: str) -> bytes:
    """One part in UTF-8, quoted-printable."""
    head = (
        f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    lines = "\n".join(text.splitlines())
    encoded = b2a_qp(lines.encode("utf-8", "replace"), istext=True)
    return head.encode() + encoded.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") + b"\r\n"


@lru_cache(maxsize=512)
def _address(address: str) -> str:
    """A plain address with an ASCII domain. Raises ValueError where it is none."""
    if not is_address(address) or len(address) > 320:
        raise ValueError("this is no plain address")
    local, _, domain = address.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    if any(character < " " or character == "\x7f" for character in local):
        raise ValueError("an address holds no control characters")
    return f"<{local}@{domain}>"


@lru_cache(maxsize=64)
def _phrase(name: str | None) -> str:
    """A display name as a phrase (RFC 5322, section 3.2.5): quoted, or encoded words; "" for none."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name or "").split())
    if not plain:
        return ""
    if plain.isascii() and "=?" not in plain and len(plain) <= _LINE:
        return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return "\r\n ".join(_encoded_words(plain))


def _response_id(response_id: str) -> str:
    """The id of a response, which is made of letters and digits. Raises ValueError else."""
    if not (response_id.isascii() and response_id.isalnum() and len(response_id) <= 60):
        raise ValueError("a response id is made of at most 60 letters and digits")
    return response_id


def _language(tag: str) -> str:
    """A language tag. Raises ValueError where it is none."""
    if not is_language_tag(tag):
        raise ValueError("a language tag is made of letters, digits and hyphens")
    return tag


def _own_id(message_id: str) -> str:
    """Our own Message-ID. Raises ValueError where it cannot stand in a field."""
    if not _is_id(message_id):
        raise ValueError("a Message-ID stands in angle brackets, without spaces")
    return message_id


def _is_id(text: str) -> bool:
    """Whether the text can stand as one message id."""
    return len(text) <= _MAX_ID and _ID.fullmatch(text) is not None


def _references(references: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The References field, one id a line: the first and the latest."""
    ids = list(dict.fromkeys(reference for reference in references if _is_id(reference)))
    if len(ids) > _MAX_REFERENCES:
        ids = [ids[0], *ids[1 - _MAX_REFERENCES :]]
    if ids:
        yield "References", "\r\n ".join(ids)


@lru_cache(maxsize=64)
def _unstructured(text: str) -> str:
    """A Subject's value: folded ASCII as it is, all else as encoded words (RFC 2047)."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if plain.isascii() and "=?" not in plain and all(len(word) < _LINE - 10 for word in plain.split()):
        return _folded(plain.split())
    return "\r\n ".join(_encoded_words(plain))


def _folded(words: list[str]) -> str:
    """Words on lines of at most 78 characters, `Subject: ` included."""
    lines, length = [""], len("Subject: ")
    for word in words:
        if lines[-1] and length + 1 + len(word) > _LINE:
            lines.append("")
            length = 0
        lines[-1] += f" {word}" if lines[-1] else word
        length += 1 + len(word)
    return "\r\n ".join(lines)


def _encoded_words(text: str) -> Iterator[str]:
    """The text as encoded words, no character cut in two."""
    chunk = b""
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(chunk) + len(octets) > _ENCODED_OCTETS:
            yield _encoded_word(chunk)
            chunk = b""
        chunk += octets
    yield _encoded_word(chunk)


def _encoded_word(octets: bytes) -> str:
    """One encoded word."""
    return f"=?utf-8?b?{b2a_base64(octets, newline=False).decode('ascii')}?="
