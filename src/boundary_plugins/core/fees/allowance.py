"""Free minutes: how many, over what, and what happens when they are exceeded."""

from dataclasses import dataclass
from enum import Enum

from boundary_plugins.core.fees.period import LENGTH, Period


class Beyond(Enum):
    """What counts once the free minutes are exceeded: only what lies beyond them, or all of it.

    Of twelve minutes with ten free, `DEDUCTIBLE` counts two and `CLIFF` twelve. There is no default.
    """

    DEDUCTIBLE = "deductible"
    CLIFF = "cliff"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much time is free in each period. A cliff reaches over one unit of aggregation only.

    Over a longer period it would make time chargeable afterwards that was free when it was spent.
    """

    seconds: int
    beyond: Beyond
    per: Period = Period.CONTACT


def allowance_problem(allowance: Allowance, aggregate: Period) -> str | None:
    """Why free minutes do not go with a unit of aggregation; None where they do."""
    if LENGTH[allowance.per] < LENGTH[aggregate]:
        return f"free minutes by {allowance.per.value} cannot be counted where time is added up by {aggregate.value}"
    if (allowance.per, aggregate) == (Period.MONTH, Period.WEEK):
        return "free minutes by month cannot be counted where time is added up by week: a week can lie in two"
    if allowance.beyond is Beyond.CLIFF and allowance.per is not aggregate:
        return f"a cliff by {allowance.per.value} would charge for time afterwards that was free when it was spent"
    return None


def beyond_free(allowance: Allowance, spent: int, left: int) -> int:
    """The seconds that count, of `spent` ones, where `left` free ones were left before."""
    if spent <= left:
        return 0
    return spent if allowance.beyond is Beyond.CLIFF else spent - left
