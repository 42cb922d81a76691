"""Clients in a vCard file, as Google, Apple, Outlook and phones export it."""

import re
from collections.abc import Iterable, Sequence

from boundary_files.client_words import cleaned, country_code, initials_of, language_tag
from boundary_files.vcard_lines import Card, Property, cards_of
from boundary_plugins import ClientEntry, ClientListing, RefusedEntry, is_iana_zone

_WANTED = frozenset({"VERSION", "KIND", "N", "FN", "EMAIL", "LANG", "TZ", "ADR", "X-ABADR"})
_VERSIONS = ("2.1", "3.0", "4.0")
_GROUP = "group"
_MAILTO = re.compile("mailto:", re.IGNORECASE)
#: Preference without a number (`TYPE=pref`) is the first one; without any the last (RFC 6350, section 5.3).
_FIRST, _LAST = 1, 101


def read_client_vcards(text: str, name: str) -> ClientListing:
    """The clients in the cards; `name` is the file's. Raises ValueError where there is no card."""
    read = [_entry(card, name) for card in cards_of(text, _WANTED)]
    if not read:
        raise ValueError(f"{name}: there is no card in it; allowed: cards from BEGIN:VCARD to END:VCARD")
    entries = tuple(each for each in read if isinstance(each, ClientEntry))
    return ClientListing(entries, tuple(each for each in read if isinstance(each, RefusedEntry)))


def _entry(card: Card, name: str) -> ClientEntry | RefusedEntry:
    """The entry of a card, or what is wrong with it."""
    place = f"{name}:{card.line}"
    version = _text(card, "VERSION")
    if card.problem or (version and version not in _VERSIONS):
        allowed = ", ".join(_VERSIONS)
        return RefusedEntry(place, card.problem or f"its version is not known; allowed: {allowed}")
    if _text(card, "KIND").lower() == _GROUP:
        # A group of cards is nobody.
        return ClientEntry(place, ())
    return ClientEntry(
        place=place,
        addresses=tuple(_addresses(card)),
        initials=_initials(card),
        zone=_zone(card),
        language=next((tag for each in _preferred(card, "LANG") if (tag := language_tag(each))), None),
        region=_region(card),
    )


def _all(card: Card, name: str) -> list[Property]:
    """The properties of a name."""
    return [each for each in card.properties if each.name == name]


def _text(card: Card, name: str) -> str:
    """The text of the first property of a name, "" where there is none."""
    return next(iter(cleaned([each.text() for each in _all(card, name)])), "")


def _preferred(card: Card, name: str) -> list[str]:
    """The texts of a name, the preferred one first."""
    return cleaned([each.text() for each in sorted(_all(card, name), key=_preference)])


def _preference(prop: Property) -> int:
    """A number that is smaller for what is preferred."""
    if any(each.lower() == "pref" for each in prop.parameters.get("TYPE", ())):
        return _FIRST
    number = next(iter(prop.parameters.get("PREF", ())), "")
    return int(number) if number.isdecimal() else _LAST


def _addresses(card: Card) -> Iterable[str]:
    """The addresses, the preferred one first; one of X.400 is none."""
    internet = [
        each
        for each in sorted(_all(card, "EMAIL"), key=_preference)
        if "x400" not in (kind.lower() for kind in each.parameters.get("TYPE", ()))
    ]
    return cleaned([_MAILTO.sub("", each.text().strip(), count=1) for each in internet])


def _initials(card: Card) -> str:
    """The initials of the name, which goes no further."""
    parts: Sequence[str] = next((each.components() for each in _all(card, "N")), [])
    family, given = [*parts, "", ""][:2]
    return initials_of(given, family, _text(card, "FN"))


def _zone(card: Card) -> str | None:
    """The time zone by its name; an offset, as older cards have it, names none."""
    zones = (each for each in _preferred(card, "TZ") if "/" in each and is_iana_zone(each))
    return next(zones, None)


def _region(card: Card) -> str | None:
    """The country of the home address, else of any; one that nobody knows is not taken."""
    places = sorted(_all(card, "ADR"), key=_is_not_home)
    named = [parts[6] for each in places if len(parts := each.components()) > 6]
    texts = cleaned([*named, *(each.text() for each in _all(card, "X-ABADR"))])
    return next((code for each in texts if (code := country_code(each))), None)


def _is_not_home(prop: Property) -> bool:
    return "home" not in (each.lower() for each in prop.parameters.get("TYPE", ()))
