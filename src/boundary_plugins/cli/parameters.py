"""Options whose values are checked as they are given, with the configuration's own sentences."""

from collections.abc import Callable
from datetime import date
from typing import Any

import click

Check = Callable[[str], str | None]
Function = Callable[..., Any]


def checked(check: Check) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that refuses a value, or one of several, with the sentence of the check; "" passes."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        for text in value if isinstance(value, tuple) else (value,):
            problem = check(text) if text else None
            if problem:
                raise click.BadParameter(problem)
        return value

    return callback


def _day(_context: click.Context, _parameter: click.Parameter, given: str | None) -> date | None:
    """A day from an option."""
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise click.BadParameter(f'"{given}" is not a day; allowed: a date such as "2026-11-30"') from None


def day_option(name: str, variable: str, says: str) -> Callable[[Function], Function]:
    """An option that takes a day in ISO 8601."""
    return click.option(name, variable, callback=_day, metavar="DAY", help=says)
