"""Free minutes: what is beyond them, and what they go with."""

import pytest

from boundary_plugins.core.fees.allowance import Allowance, Beyond, allowance_problem, beyond_free
from boundary_plugins.core.fees.period import Period


@pytest.mark.parametrize(
    ("beyond", "spent", "left", "expected"),
    [
        # Within the free time, and up to its very end.
        (Beyond.DEDUCTIBLE, 599, 600, 0),
        (Beyond.DEDUCTIBLE, 600, 600, 0),
        (Beyond.CLIFF, 599, 600, 0),
        (Beyond.CLIFF, 600, 600, 0),
        # One second more: that second, or all of it.
        (Beyond.DEDUCTIBLE, 601, 600, 1),
        (Beyond.CLIFF, 601, 600, 601),
        # Used up before.
        (Beyond.DEDUCTIBLE, 60, 0, 60),
        # No time is within no free time.
        (Beyond.DEDUCTIBLE, 0, 0, 0),
    ],
)
def test_what_lies_beyond_free_time_counts(beyond: Beyond, spent: int, left: int, expected: int) -> None:
    assert expected == beyond_free(Allowance(600, beyond), spent, left)


@pytest.mark.parametrize("aggregate", Period)
@pytest.mark.parametrize("beyond", Beyond)
def test_free_minutes_over_what_is_added_up_go_together(beyond: Beyond, aggregate: Period) -> None:
    assert allowance_problem(Allowance(600, beyond, aggregate), aggregate) is None


@pytest.mark.parametrize(
    ("beyond", "per", "aggregate", "problem"),
    [
        # Shorter than what is added up.
        (Beyond.DEDUCTIBLE, Period.CONTACT, Period.DAY, "by contact cannot be counted"),
        (Beyond.DEDUCTIBLE, Period.WEEK, Period.MONTH, "by week cannot be counted"),
        # A week does not lie in one month.
        (Beyond.DEDUCTIBLE, Period.MONTH, Period.WEEK, "a week can lie in two"),
        # A cliff over a longer time reaches back.
        (Beyond.CLIFF, Period.DAY, Period.CONTACT, "charge for time afterwards"),
        (Beyond.CLIFF, Period.MONTH, Period.DAY, "charge for time afterwards"),
    ],
)
def test_free_minutes_that_cannot_be_counted_are_refused(
    beyond: Beyond, per: Period, aggregate: Period, problem: str
) -> None:
    assert problem in (allowance_problem(Allowance(600, beyond, per), aggregate) or "")


@pytest.mark.parametrize(
    ("per", "aggregate"),
    [(Period.DAY, Period.CONTACT), (Period.WEEK, Period.DAY), (Period.MONTH, Period.DAY)],
)
def test_a_deductible_may_be_a_pool_over_several_units(per: Period, aggregate: Period) -> None:
    assert allowance_problem(Allowance(600, Beyond.DEDUCTIBLE, per), aggregate) is None
