"""Comparing mailboxes: own addresses, plus-addresses, system addresses."""

import re
from functools import lru_cache
from unicodedata import normalize

from boundary_plugins.core.headers import unquote

#: What nearly every address looks like: nothing but the case of its letters can differ.
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9.-]*[A-Za-z0-9]\Z")
_PLAIN_LOCAL_PART = re.compile(r"[^\x00-\x20\x7f\"(),:;<>@\[\\\]]+\Z")
#: BATV (draft-levine-smtp-batv): `prvs=0123abcdef=ab@example.org` is ab@example.org with a signature.
_BATV = re.compile(r"\A(?:btv1==|prvs=)[0-9a-z]+=+", re.IGNORECASE)
#: Gmail forwards with `own+caf_=target=domain@gmail.com`, Exchange Online with `bounces+SRS=…` (SRS):
#: the path is the forwarder's, the message may well be a person's.
_FORWARDING = re.compile(r"[^@]*\+caf_=|bounces\+srs=|srs[01][=+-]", re.IGNORECASE)

_NO_REPLY = (
    r"(?:no|not|never)[._-]?(?:reply|replies|response|respond|answer)|(?:do|does)[._-]?not[._-]?(?:reply|respond|answer)"
    r"|dont[._-]?reply|unmonitored|unattended|(?:keine|nicht)[._-]?antwort(?:en)?|ne[._-]?pas[._-]?repondre"
    r"|no[._-]?responder|non[._-]?rispondere|nao[._-]?responda"
)
_SYSTEM = re.compile(
    # RFC 3834, section 2, and RFC 5230, section 4.6, name these; then what reads like them.
    r"mailer-?daemon(?:[._+=-].*)?|postmaster|mail-daemon|mdaemon|daemon|nobody"
    r"|listserv(?:[._+=-].*)?|majordomo(?:[._+=-].*)?|mailman|sympa|listmaster"
    r"|owner-.*|.*-(?:owner|request|bounces?|unsubscribe)(?:[+=].*)?"
    # VERP: `bounce+ab=example.org@…`, `bounces-123@…`.
    r"|bounces?(?:[+=._-].*)?|(?:verp|return)[+=-].*="
    r".*"
    rf"|(?:.*[._+=-])?(?:{_NO_REPLY})(?:[._+=-].*|[0-9]+)?",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=512)
def canonical(address: str) -> str:
    """The form in which two spellings of one mailbox are equal.

    The domain is compared without case and as Unicode (IDN), the local part without case as every
    provider in use does, in normal form C, without needless quotes and BATV signatures.
    """
    if _PLAIN_ADDRESS.match(address):
        plain = address.lower()
        if "xn--" not in plain:
            return plain
    local, at, domain = address.strip().rpartition("@")
    local = unquote(local) if local.startswith('"') else local
    if not at:
        return _folded(domain)
    local = _BATV.sub("", local, count=1)
    if not _PLAIN_LOCAL_PART.match(local):
        local = '"' + local.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{_folded(local)}{at}{_domain(domain)}"


def same_address(one: str, other: str) -> bool:
    """Whether two addresses are the same mailbox; a plus-address is another one."""
    return one == other or canonical(one) == canonical(other)


@lru_cache(maxsize=512)
def domain_of(address: str) -> str:
    """The domain in canonical form, "" where there is none."""
    return _domain(address.strip().rpartition("@")[2]) if "@" in address else ""


def own_address_of(address: str, own_addresses: tuple[str, ...]) -> str | None:
    """Which of the own addresses this is, itself or with `+detail` (RFC 5233); None where none."""
    own = _own_by_canonical(own_addresses)
    form = canonical(address)
    exact = own.get(form)
    if exact is not None or "+" not in form:
        return exact
    local, _, domain = form.rpartition("@")
    return own.get(f"{local.partition('+')[0]}@{domain}")


def is_own(address: str, own_addresses: tuple[str, ...]) -> bool:
    """Whether the address is an own one, itself or with `+detail` (RFC 5233)."""
    return own_address_of(address, own_addresses) is not None


def is_forwarding_path(address: str) -> bool:
    """Whether a reverse-path was rewritten by a forwarder (Gmail, SRS), so that it is not the sender's."""
    return _FORWARDING.match(address) is not None


#: Every system address holds one of these; they are quicker to look for than the whole expression.
_SYSTEM_HINTS = (
    *(
        "daemon",
        "postmaster",
        "nobody",
        "list",
        "majordomo",
        "mailman",
        "sympa",
        "owner",
        "request",
        "bounce",
    ),
    *(
        "repl",
        "respon",
        "answer",
        "antwort",
        "repond",
        "rispond",
        "unmonitored",
        "unattended",
        "verp",
        "return",
    ),
    "unsubscribe",
)


@lru_cache(maxsize=512)
def is_system_address(address: str) -> bool:
    """Whether such an address is used by programs only (RFC 3834, section 2; RFC 5230, section 4.6)."""
    local = unquote(address.strip().rpartition("@")[0] or address.strip()).lower()
    if not any(map(local.__contains__, _SYSTEM_HINTS)):
        return False
    return _SYSTEM.fullmatch(local) is not None and not is_forwarding_path(local)


@lru_cache(maxsize=512)
def in_domains(address: str, domains: frozenset[str]) -> bool:
    """Whether the domain of the address, or one above it, is among `domains` (lower case)."""
    domain = domain_of(address)
    while domain:
        if domain in domains:
            return True
        domain = domain.partition(".")[2]
    return False


@lru_cache(maxsize=32)
def _own_by_canonical(own_addresses: tuple[str, ...]) -> dict[str, str]:
    """The own addresses by canonical form; the first spelling stays."""
    return {canonical(address): address for address in reversed(own_addresses)}


def _folded(text: str) -> str:
    """Without case, in normal form C."""
    return text.lower() if text.isascii() else normalize("NFC", normalize("NFD", text).casefold())


def _domain(domain: str) -> str:
    """A domain without case and final dot, as Unicode."""
    text = _folded(domain.strip().rstrip("."))
    if "xn--" not in text:
        return text
    try:
        return _folded(text.encode("ascii").decode("idna"))
    except UnicodeError:
        return text
