"""Options whose values are checked as they are given, with the configuration's own sentences."""

from collections.abc import Callable
from typing import Any

import click

Check = Callable[[str], str | None]


def checked(check: Check) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that refuses a value, or one of several, with the sentence of the check; "" passes."""

    def callback(_context: click.Context, _parameter: click.Parameter, value: Any) -> Any:
        for text in value if isinstance(value, tuple) else (value,):
            problem = check(text) if text else None
            if problem:
                raise click.BadParameter(problem)
        return value

    return callback
