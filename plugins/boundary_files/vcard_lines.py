"""Cards and their properties in a vCard file (RFC 6350, and 3.0 and 2.1 before it), each with its line.

A reader of our own: vobject 0.9.9, the one library that is kept up, was tried. It ends the whole file at the
first line that it cannot read and numbers lines wrongly, so that one could not say what is wrong where; it
does not read quoted-printable as phones wrap it unless told to guess, and takes 2.4 s for 5,000 cards.
"""

import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_PROPERTY = re.compile(
    r"(?:[A-Za-z0-9-]+\.)?(?P<name>[A-Za-z0-9-]+)(?P<parameters>(?:;(?:\"[^\"]*\"|[^\":;])*)*):(?P<value>.*)",
    re.DOTALL,
)
_PARAMETER = re.compile(r";((?:\"[^\"]*\"|[^\";])*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMPONENTS = re.compile(r"(?<!\\);")
#: Names of encodings that vCard 2.1 gives without "ENCODING=".
_BARE_ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "8BIT", "7BIT", "B"})


@dataclass(frozen=True, slots=True)
class Property:
    """One property: `name` in capitals, `parameters` by name in capitals, the value as it stands."""

    line: int
    name: str
    parameters: dict[str, tuple[str, ...]]
    value: str

    def text(self) -> str:
        """The value without escapes."""
        return _unescaped(self.value)

    def components(self) -> list[str]:
        """The parts of a value that has several (N, ADR)."""
        return [_unescaped(part) for part in _COMPONENTS.split(self.value)]


@dataclass(slots=True)
class Card:
    """One card: the line it begins on, its properties, and what is wrong with it ("" where nothing is)."""

    line: int
    properties: list[Property] = field(default_factory=list)
    problem: str = ""


def cards_of(text: str, wanted: frozenset[str]) -> Iterator[Card]:
    """Each card of the text with the properties whose names are `wanted`."""
    card: Card | None = None
    for number, line in _unfolded(text):
        marker = line.strip().upper()
        if marker == "BEGIN:VCARD":
            if card is not None:
                card.problem = "the card never ends; allowed: END:VCARD before the next one begins"
                yield card
            card = Card(number)
        elif marker == "END:VCARD":
            yield card or Card(number, problem="no card begins before this END:VCARD")
            card = None
        elif card is not None:
            _take(card, number, line, wanted)
    if card is not None:
        card.problem = "the card never ends; allowed: END:VCARD after its last line"
        yield card


def _take(card: Card, number: int, line: str, wanted: frozenset[str]) -> None:
    """Take a line of a card over."""
    found = _PROPERTY.fullmatch(line)
    if found is None:
        # Phones write notes that run over; only a line that could be an address matters.
        if "@" in line:
            card.problem = f"line {number} is no property; allowed: a name, a colon and a value"
        return
    name = found["name"].upper()
    if name in wanted:
        parameters = _parameters(found["parameters"])
        card.properties.append(Property(number, name, parameters, _decoded(found["value"], parameters)))


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Each logical line with its number (RFC 6350, section 3.2; vCard 2.1, section 2.1.3)."""
    begun, parts, is_quoted = 0, list[str](), False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        if parts and (line[:1] in (" ", "\t") or (is_quoted and parts[-1].endswith("="))):
            # A soft line break of quoted-printable keeps its "=", to be decoded with it.
            parts += ["\n", line] if is_quoted else [line[1:]]
            continue
        if parts:
            yield begun, "".join(parts)
        begun, parts = number, [line] if line else []
        is_quoted = "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
    if parts:
        yield begun, "".join(parts)


def _parameters(text: str) -> dict[str, tuple[str, ...]]:
    """The values by name; bare words of vCard 2.1 are types."""
    found: dict[str, list[str]] = {}
    for part in _PARAMETER.findall(text):
        name, equals, value = part.partition("=")
        if not equals:
            name, value = ("ENCODING" if part.upper() in _BARE_ENCODINGS else "TYPE"), part
        found.setdefault(name.strip().upper(), []).extend(
            each.strip() for each in value.replace('"', "").split(",")
        )
    return {name: tuple(values) for name, values in found.items()}


def _decoded(value: str, parameters: dict[str, tuple[str, ...]]) -> str:
    """The value, out of quoted-printable where it is in that."""
    if "QUOTED-PRINTABLE" not in (each.upper() for each in parameters.get("ENCODING", ())):
        return value
    data = quopri.decodestring(value.encode("utf-8"))
    for charset in (*parameters.get("CHARSET", ()), "utf-8", "cp1252"):
        try:
            return data.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1")


def _unescaped(value: str) -> str:
    """Without backslashes (RFC 6350, section 3.4)."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)
