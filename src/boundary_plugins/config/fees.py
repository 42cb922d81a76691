"""What a configuration says about fees, as the fee policy that the core reads."""

from collections.abc import Iterator
from fractions import Fraction

from boundary_plugins.config.place import problem_at
from boundary_plugins.config.schema import Billing, Config, FeeTable
from boundary_plugins.core.fees.allowance import Allowance
from boundary_plugins.core.fees.meter import Rounding
from boundary_plugins.core.fees.period import day_start
from boundary_plugins.core.fees.price import TAX_PARTS, Currency, Tax
from boundary_plugins.core.fees.price_grammar import parse_amount, parse_price
from boundary_plugins.core.fees.tariff import EVERY_METER, FeePolicy, Match, Tariff
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


def fee_problems(config: Config) -> Iterator[ConfigProblem]:
    """What is wrong with prices and amounts, which only the currency tells."""
    if config.billing is None:
        return
    digits = currency_of(config.billing.currency).digits
    for index, fee in enumerate(config.fees):
        for key, text, parse in (("price", fee.price, parse_price), ("at_most", fee.at_most, parse_amount)):
            try:
                if text is not None:
                    parse(text, digits)
            except ValueError as error:
                yield problem_at(config.place, ("fees", index, key), str(error))


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
