"""Single days, or spans of days, with hours of their own: the dated exceptions of the configuration."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundary_plugins.availability_sources.day_rules import DatedRule, DayRule
from boundary_plugins.availability_sources.priorities import EXCEPTIONS
from boundary_plugins.core.hours_grammar import DayHours, parse_day_hours


@dataclass(frozen=True, slots=True)
class DatedHours:
    """The hours of each day from `first` to `last`, both included; `hours` as text or as windows."""

    first: date
    last: date
    hours: str | DayHours


def exception_rules(exceptions: Iterable[DatedHours]) -> list[DatedRule]:
    """What holds on exceptional days. Raises ValueError for a text that is not understood."""
    return [_rule(exception) for exception in exceptions]


def _rule(exception: DatedHours) -> DatedRule:
    """One exception's rule, the same for all its days."""
    hours = parse_day_hours(exception.hours) if isinstance(exception.hours, str) else exception.hours
    days = str(exception.first)
    if exception.last != exception.first:
        days = f"{exception.first}..{exception.last}"
    rule = DayRule(f"exception {days}", EXCEPTIONS, hours)
    return DatedRule(exception.first, exception.last, lambda _: rule)
