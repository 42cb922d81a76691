"""What a configuration says about fees, as the fee policy that the core reads."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from boundary_plugins.config.place import Place, problem_at
from boundary_plugins.config.schema import Billing, Config, FeeTable
from boundary_plugins.core.fees.allowance import Allowance
from boundary_plugins.core.fees.meter import Rounding
from boundary_plugins.core.fees.price import TAX_PARTS, Currency, Tax
from boundary_plugins.core.fees.price_grammar import parse_amount, parse_price
from boundary_plugins.core.fees.tariff import EVERY_METER, FeePolicy, Match, Tariff
from boundary_plugins.core.wall_clock_time import day_start
from boundary_plugins.errors import ConfigProblem


def fee_policy(config: Config) -> FeePolicy | None:
    """The fee policy of a configuration that `load` gave; None where it has no fee."""
    billing = config.billing
    if billing is None or not config.fees:
        return None
    currency = currency_of(billing.currency)
    return FeePolicy(
        version=billing.version,
        effective_at=day_start(billing.effective_on, config.practice.zone),
        currency=currency,
        tariffs=tuple(_tariff(fee, currency.digits) for fee in config.fees),
        tax=_tax(billing),
    )


def fee_problems(raw: dict[str, Any], place: Place) -> Iterator[ConfigProblem]:
    """What is wrong with prices and amounts, which only the currency tells, in the tables as they were read."""
    billing, fees = raw.get("billing"), raw.get("fees")
    digits = _digits_of(billing.get("currency") if isinstance(billing, dict) else None)
    for index, fee in enumerate(fees if isinstance(fees, list) else ()):
        for key, parse in (("price", parse_price), ("at_most", parse_amount)):
            text = fee.get(key) if isinstance(fee, dict) else None
            # A value of another type is the schema's matter.
            if isinstance(text, str) and text.strip() and digits is not None:
                try:
                    parse(text, digits)
                except ValueError as error:
                    yield problem_at(place, ("fees", index, key), str(error))


def _digits_of(code: Any) -> int | None:
    """The digits of a currency as somebody wrote it; None where it is none, which the schema tells."""
    from babel.numbers import is_currency

    return currency_of(code).digits if isinstance(code, str) and is_currency(code) else None


def currency_of(code: str) -> Currency:
    """A currency with the digits of its minor unit, as CLDR has them."""
    from babel.numbers import get_currency_precision

    return Currency(code, get_currency_precision(code))


def _tax(billing: Billing) -> Tax | None:
    """The tax, with its rate in parts."""
    tax = billing.tax
    return None if tax is None else Tax(tax.name, int(Fraction(tax.rate) * TAX_PARTS / 100), tax.included)


def _tariff(fee: FeeTable, digits: int) -> Tariff:
    """One clause."""
    per = fee.free_per or fee.together
    return Tariff(
        name=fee.name,
        price=parse_price(fee.price, digits),
        match=Match(frozenset(fee.channels), frozenset(fee.topics), fee.boundary),
        exempt_topics=frozenset(fee.exempt_topics),
        trigger=fee.trigger,
        proposed_seconds=fee.proposed_minutes * 60,
        meters=frozenset(fee.meters) or EVERY_METER,
        aggregate=fee.together,
        allowance=Allowance(fee.free_minutes * 60, fee.free, per) if fee.free_minutes and fee.free else None,
        rounding=Rounding(fee.round, fee.round_to),
        minimum_seconds=fee.minimum_minutes * 60,
        at_most=None if fee.at_most is None else parse_amount(fee.at_most, digits),
    )
