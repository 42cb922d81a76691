"""Values that are checked as they are given: with the configuration's own sentences, and working time."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import click

from boundary_plugins.core.durations import parse_minutes
from boundary_plugins.core.fees.meter import Meter

#: No database that this program uses has a greater number.
_GREATEST = 2**31 - 1

Check = Callable[[str], str | None]
Function = Callable[..., Any]

as_json_option = click.option("--json", "as_json", is_flag=True, help="As JSON.")


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


class WholeNumber(click.ParamType[int]):
    """A whole number from `least` to `most`."""

    name = "number"

    def __init__(self, least: int = 1, most: int = _GREATEST) -> None:
        """Allow these and what lies between them."""
        self.least, self.most = least, most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number; fails with what is allowed."""
        text = str(value).strip()
        # Not "1_000", nor digits of other scripts.
        number = int(text) if re.fullmatch(r"[+-]?[0-9]{1,30}", text) else None
        if number is None or not self.least <= number <= self.most:
            has_end = self.most < _GREATEST or (number or 0) > self.most
            allowed = f"a whole number from {self.least} {f'to {self.most}' if has_end else 'on'}"
            self.fail(f'"{value}" is not allowed here; allowed: {allowed}', param, ctx)
        return number


#: The number of a charge, a contact or a change.
NUMBER = WholeNumber()


class WorkingTime(click.ParamType[int]):
    """The therapist's time, in whole seconds and at most a day: "12", "12.5", "1h 5m"."""

    name = "minutes"

    def __init__(self, least: int = 1) -> None:
        """Allow so many seconds at least."""
        self.least = least

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The seconds; fails with what is allowed."""
        try:
            seconds = parse_minutes(str(value)) // timedelta(seconds=1)
        except (ValueError, OverflowError):
            seconds = -1
        if not self.least <= seconds <= _A_DAY:
            least = "more than nothing and " if self.least else ""
            allowed = f'allowed: minutes such as "12" or "12.5", or "1h 5m"; {least}at most 24 hours'
            self.fail(f"{value!r} is no working time; {allowed}", param, ctx)
        return seconds


_A_DAY = 24 * 60 * 60


def _meter(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Meter | None:
    return None if given is None else Meter(given)


meter_option = click.option(
    "--meter",
    type=click.Choice([meter.value for meter in Meter], case_sensitive=False),
    callback=_meter,
    help="What the time went into; else what is usual for the channel.",
)
