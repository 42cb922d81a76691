"""Money in whole minor units: prices, their amounts rounded once, and tax."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its ISO 4217 code, and how many digits its minor unit has (2 for USD, 0 for JPY)."""

    code: str
    digits: int = 2


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in whole minor units of a currency (1250 is 12.50 USD)."""

    minor: int
    currency: Currency

    def __str__(self) -> str:
        """As a person reads it in an explanation: "12.50 USD"."""
        return f"{plain_amount(self.minor, self.currency.digits)} {self.currency.code}"


def plain_amount(minor: int, digits: int) -> str:
    """Minor units as a decimal number: "12.50", "-0.05", "1250" for a currency without a minor unit."""
    sign, whole = "-" if minor < 0 else "", str(abs(minor)).rjust(digits + 1, "0")
    return f"{sign}{whole[:-digits]}.{whole[-digits:]}" if digits else f"{sign}{whole}"


@dataclass(frozen=True, slots=True)
class PerTime:
    """So many minor units for so many seconds, in proportion: 150.00 an hour."""

    minor: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Flat:
    """So many minor units, however long it took."""

    minor: int


@dataclass(frozen=True, slots=True)
class SessionTime:
    """The client's own session fee for as long as their session lasts, in proportion."""


@dataclass(frozen=True, slots=True)
class SessionShare:
    """A fraction of the client's own session fee, however long it took."""

    numerator: int
    denominator: int


Price = PerTime | Flat | SessionTime | SessionShare


@dataclass(frozen=True, slots=True)
class SessionFee:
    """What a client pays for a session: minor units of a currency (its code), and its length in minutes."""

    minor: int
    currency: str
    minutes: int


def needs_session_fee(price: Price) -> bool:
    """Whether the price can be told only where a session fee is on file for the client."""
    return isinstance(price, SessionTime | SessionShare)


def amount_of(price: Price, seconds: int, session: SessionFee | None) -> int:
    """The price of so much time in minor units, rounded once, half up.

    Raises ValueError where the price rests on a session fee and there is none.
    """
    if isinstance(price, Flat):
        return price.minor
    if isinstance(price, PerTime):
        return divided_half_up(price.minor * seconds, price.seconds)
    if session is None:
        raise ValueError("the price rests on a session fee, and none is on file")
    if isinstance(price, SessionTime):
        return divided_half_up(session.minor * seconds, session.minutes * 60)
    return divided_half_up(session.minor * price.numerator, price.denominator)


#: A rate of tax is a whole number of so many parts: 19 % is 19,000 parts of 100,000.
TAX_PARTS = 100_000


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on a fee: its name on the invoice, its rate (of `TAX_PARTS`), and whether prices include it."""

    name: str
    rate: int
    included: bool


@dataclass(frozen=True, slots=True)
class Amount:
    """What a charge comes to, in minor units; `net + tax == gross`, always."""

    net: int
    tax: int

    @property
    def gross(self) -> int:
        """What the client pays."""
        return self.net + self.tax

    def reversed(self) -> "Amount":
        """The amount of the counter-line."""
        return Amount(-self.net, -self.tax)


def with_tax(minor: int, tax: Tax | None) -> Amount:
    """The amount with its tax, which is rounded half up to a minor unit, once a line."""
    if tax is None:
        return Amount(minor, 0)
    if tax.included:
        taxed = divided_half_up(minor * tax.rate, TAX_PARTS + tax.rate)
        return Amount(minor - taxed, taxed)
    return Amount(minor, divided_half_up(minor * tax.rate, TAX_PARTS))


def divided_half_up(numerator: int, denominator: int) -> int:
    """The quotient of a number that is not negative, rounded to a whole one, a half upwards."""
    return (2 * numerator + denominator) // (2 * denominator)
