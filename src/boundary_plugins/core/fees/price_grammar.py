"""Prices in words and back: "150.00 an hour", "25 for 10 minutes", "5.00 each", "1/4 of the session fee"."""

import re

from boundary_plugins.core.fees.price import Flat, PerTime, Price, SessionShare, SessionTime, plain_amount

ALLOWED_PRICE = (
    '"150.00 an hour", "2.50 a minute", "25.00 for 10 minutes", "5.00 each", '
    '"session fee in proportion", or a part of it such as "1/4 session fee"'
)

# Only the digits of ASCII: amounts are read by every person and program alike.
_AMOUNT = r"(?P<amount>[0-9]{1,9}(?:\.[0-9]{1,4})?)"
_PER_TIME = re.compile(
    rf"{_AMOUNT} (?:(?:an|per|a) (?P<unit>hour|minute)|(?:for|per) (?P<minutes>[0-9]{{1,3}}) minutes?)"
)
_FLAT = re.compile(rf"{_AMOUNT} (?:each(?: time)?|flat)")
_IN_PROPORTION = re.compile(r"(?:the )?session fee in proportion")
_SHARE = re.compile(r"(?P<numerator>[0-9]{1,2})/(?P<denominator>[0-9]{1,2}) (?:of )?(?:the )?session fee")
_NUMBER = re.compile(_AMOUNT)


def parse_amount(text: str, digits: int) -> int:
    """An amount such as "12.50" in minor units. Raises ValueError, with what is allowed, for any other text."""
    found = _NUMBER.fullmatch(text.strip())
    whole, _, fraction = text.strip().partition(".")
    if found is None or len(fraction) > digits:
        example = plain_amount(1250 if digits else 12, digits)
        raise ValueError(f'"{text}" is not an amount; allowed: a number such as "{example}"')
    return int(whole + fraction.ljust(digits, "0"))


def parse_price(text: str, digits: int) -> Price:
    """A price in words; `digits` are those of the currency's minor unit.

    Raises ValueError, with what is allowed, where it is not understood or comes to nothing.
    """
    said = " ".join(text.lower().split())
    if _IN_PROPORTION.fullmatch(said):
        return SessionTime()
    share = _SHARE.fullmatch(said)
    if share and int(share["numerator"]) and int(share["denominator"]):
        return SessionShare(int(share["numerator"]), int(share["denominator"]))
    found = _PER_TIME.fullmatch(said) or _FLAT.fullmatch(said)
    if found is None:
        raise ValueError(f'"{text}" is not a price; allowed: {ALLOWED_PRICE}')
    minor = parse_amount(found["amount"], digits)
    seconds = _seconds(found.groupdict())
    if not minor or seconds == 0:
        raise ValueError(f'"{text}" comes to nothing; allowed: {ALLOWED_PRICE}')
    return Flat(minor) if seconds is None else PerTime(minor, seconds)


def _seconds(found: dict[str, str | None]) -> int | None:
    """The time that the amount is for; None where it is for each time."""
    if found.get("unit"):
        return 3600 if found["unit"] == "hour" else 60
    return int(found["minutes"] or 0) * 60 if "minutes" in found else None
