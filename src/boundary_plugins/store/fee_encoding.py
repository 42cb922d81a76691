"""How fee policies and explanations become JSON, and come back; the same policy gives the same text anywhere."""

import json
from hashlib import sha256
from typing import Any

from boundary_plugins.core.contact import Channel
from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import Meter, Rounding, RoundingMode
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import (
    Currency,
    Flat,
    PerTime,
    Price,
    SessionShare,
    SessionTime,
    Tax,
)
from boundary_plugins.core.fees.steps import Step
from boundary_plugins.core.fees.tariff import Boundary, FeePolicy, Match, Tariff, Trigger
from boundary_plugins.store.tables import from_stored, to_stored


def encode_policy(policy: FeePolicy) -> tuple[bytes, str]:
    """The digest and the JSON of a fee policy."""
    text = json.dumps(
        {
            "version": policy.version,
            "effective_at": to_stored(policy.effective_at),
            "currency": [policy.currency.code, policy.currency.digits],
            "tariffs": [_tariff(tariff) for tariff in policy.tariffs],
            "tax": _tax(policy.tax),
        },
        separators=(",", ":"),
        sort_keys=True,
    )
    return sha256(text.encode("utf-8")).digest(), text


def decode_policy(text: str) -> FeePolicy:
    """The fee policy of a stored text."""
    stored = json.loads(text)
    code, digits = stored["currency"]
    return FeePolicy(
        version=stored["version"],
        effective_at=from_stored(stored["effective_at"]),
        currency=Currency(code, digits),
        tariffs=tuple(_tariff_of(tariff) for tariff in stored["tariffs"]),
        tax=Tax(*stored["tax"]) if stored["tax"] else None,
    )


def _tax(tax: Tax | None) -> list[Any] | None:
    """A tax as a list."""
    return None if tax is None else [tax.name, tax.rate, tax.included]


def _tariff(tariff: Tariff) -> dict[str, Any]:
    """A clause as JSON's own kinds; sets in order, so that equal ones give equal texts."""
    allowance = tariff.allowance
    return {
        "name": tariff.name,
        "price": _price(tariff.price),
        "channels": sorted(channel.value for channel in tariff.match.channels),
        "topics": sorted(tariff.match.topics),
        "boundary": tariff.match.boundary.value,
        "exempt_topics": sorted(tariff.exempt_topics),
        "trigger": tariff.trigger.value,
        "proposed_seconds": tariff.proposed_seconds,
        "meters": sorted(meter.value for meter in tariff.meters),
        "aggregate": tariff.aggregate.value,
        "allowance": [allowance.seconds, allowance.beyond.value, allowance.per.value] if allowance else None,
        "rounding": [tariff.rounding.mode.value, tariff.rounding.minutes],
        "minimum_seconds": tariff.minimum_seconds,
        "at_most": tariff.at_most,
    }


def _tariff_of(stored: dict[str, Any]) -> Tariff:
    """The clause that was stored."""
    free, (mode, unit) = stored["allowance"], stored["rounding"]
    return Tariff(
        name=stored["name"],
        price=_price_of(*stored["price"]),
        match=Match(
            frozenset(map(Channel, stored["channels"])),
            frozenset(stored["topics"]),
            Boundary(stored["boundary"]),
        ),
        exempt_topics=frozenset(stored["exempt_topics"]),
        trigger=Trigger(stored["trigger"]),
        proposed_seconds=stored["proposed_seconds"],
        meters=frozenset(map(Meter, stored["meters"])),
        aggregate=Period(stored["aggregate"]),
        allowance=Allowance(free[0], Beyond(free[1]), Period(free[2])) if free else None,
        rounding=Rounding(RoundingMode(mode), unit),
        minimum_seconds=stored["minimum_seconds"],
        at_most=stored["at_most"],
    )


def _price(price: Price) -> list[Any]:
    """A price with the name of its kind."""
    if isinstance(price, PerTime):
        return ["per time", price.minor, price.seconds]
    if isinstance(price, Flat):
        return ["flat", price.minor]
    if isinstance(price, SessionTime):
        return ["session time"]
    return ["session share", price.numerator, price.denominator]


def _price_of(kind: str, *numbers: int) -> Price:
    """The price that was stored."""
    kinds: dict[str, Any] = {
        "per time": PerTime,
        "flat": Flat,
        "session time": SessionTime,
        "session share": SessionShare,
    }
    price: Price = kinds[kind](*numbers)
    return price


def encode_steps(steps: tuple[Step, ...]) -> str:
    """An explanation as JSON."""
    return json.dumps([[step.name, step.passed, step.because] for step in steps], separators=(",", ":"))


def decode_steps(text: str) -> tuple[Step, ...]:
    """The explanation of a stored text."""
    return tuple(Step(*step) for step in json.loads(text))
