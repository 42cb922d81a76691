"""What practices publish about their fees, against what a fee policy can say today."""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from boundary_plugins.core.fees.allowance import Allowance, Beyond
from boundary_plugins.core.fees.meter import Rounding, RoundingMode
from boundary_plugins.core.fees.period import Period
from boundary_plugins.core.fees.price import PerTime, Price, SessionTime
from boundary_plugins.core.fees.tariff import Tariff
from builders_fees import assessed, clause, policy, timed

POLICIES = Path(os.environ.get("BOUNDARY_POLICIES") or Path(__file__).parents[4] / "shared" / "policies")
PUBLISHED = POLICIES / "published.jsonl"

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_file(), reason="needs the published policies, in a folder that BOUNDARY_POLICIES names"
)

Fee = Mapping[str, Any]

#: What a fee policy cannot say yet, by the basis that is published for the fee.
NOT_YET = {
    "bands": "bands of minutes",
    "bands/codes": "bands of minutes",
    "subscription": "packages and prepaid time",
    "flat_per_reply": "a price for each reply, paid ahead or by its length",
    "separate_appointment": "a session is booked instead",
    "role_rates": "rates by role",
    "per_clinician": "rates by clinician",
    "after_hours_session_rate": "a premium at some hours",
    "session_equivalent": "a lump for several sessions",
    "insurer_claim": "a claim on an insurer",
}


def published_fees() -> list[Fee]:
    """The fees of the published policies that state one."""
    rows = [json.loads(line) for line in PUBLISHED.read_text(encoding="utf-8").splitlines()]
    return [row["fee"] for row in rows if row.get("fee")]


def clause_of(fee: Fee, beyond: Beyond) -> Tariff | None:
    """The clause for a fee by time: its price, free minutes, unit and minimum; None for any other fee.

    A started unit counts as a whole one unless the policy says otherwise. Where it leaves open what
    happens beyond the free minutes, `beyond` is taken.
    """
    if fee["basis"] != "per_time":
        return None
    if "deductible" in fee.get("free_kind", ""):
        beyond = Beyond.DEDUCTIBLE
    free = fee.get("free_min", 0) * 60
    return clause(
        _price(fee),
        aggregate=Period.DAY if "one day" in fee.get("aggregation", "") else Period.CONTACT,
        allowance=Allowance(free, beyond) if free else None,
        rounding=_rounding(fee),
        minimum_seconds=fee.get("min_minutes", 0) * 60,
    )


def _price(fee: Fee) -> Price:
    """So much for so long; the client's session fee in proportion where no amount is stated."""
    if "amount" not in fee:
        return SessionTime()
    per = re.match(r"(\d+) min|(hour)|(minute)", fee.get("per", f"{fee.get('increment_min')} min"))
    assert per is not None
    minutes = int(per[1]) if per[1] else 60 if per[2] else 1
    return PerTime(int(Fraction(str(fee["amount"])) * 100), minutes * 60)


def _rounding(fee: Fee) -> Rounding:
    """To which unit, and to which side."""
    if "part thereof" in fee.get("per", ""):
        return Rounding(RoundingMode.UP, 60)
    if "increment_min" not in fee:
        return Rounding()
    nearest = "nearest" in fee.get("rounding", "")
    return Rounding(RoundingMode.NEAREST if nearest else RoundingMode.UP, fee["increment_min"])


def test_half_of_the_published_fees_can_be_said() -> None:
    """Of 50 published fees 20 go by time, and 5 are no fee at all; bands, packages and the rest are to come."""
    bases = Counter(fee["basis"] for fee in published_fees())

    can_be_said = {"per_time": 20, "included": 5}
    assert can_be_said == {basis: many for basis, many in bases.items() if basis not in NOT_YET}
    assert 50 == bases.total()
    assert set(NOT_YET) < set(bases)


@pytest.mark.parametrize("beyond", Beyond)
def test_every_published_fee_by_time_is_charged_as_its_words_say(beyond: Beyond) -> None:
    """What lies within its free minutes is free; a unit more is that unit, or its minimum, or all of it."""
    tariffs = [(fee, clause_of(fee, beyond)) for fee in published_fees()]

    for fee, tariff in ((fee, tariff) for fee, tariff in tariffs if tariff):
        free, unit = fee.get("free_min", 0), tariff.rounding.minutes
        within, further = (_counted(minutes, tariff) for minutes in (free, free + unit))
        is_cliff = bool(free) and tariff.allowance is not None and tariff.allowance.beyond is Beyond.CLIFF
        expected = tariff.rounding.round((free + unit) * 60) if is_cliff else unit * 60
        assert within == 0
        assert further == max(expected, fee.get("min_minutes", 0) * 60), fee


def _counted(minutes: int, tariff: Tariff) -> int:
    """The seconds of a contact of so many minutes that are charged."""
    (found,) = assessed([timed(1, minutes)], policy(tariff))
    return found.seconds if found.amount else 0
