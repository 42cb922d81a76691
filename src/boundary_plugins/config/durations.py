"""Kinds of durations for the models of settings, also of plugins: "2 minutes" becomes a timedelta."""

from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

from boundary_plugins.core.durations import parse_duration


def _of_some_length(text: object) -> timedelta:
    duration = parse_duration(text)
    if duration <= timedelta(0):
        raise ValueError("must be longer than nothing")
    return duration


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
"""A duration of any length, also "0 minutes"."""

PositiveDuration = Annotated[timedelta, BeforeValidator(_of_some_length)]
"""A duration longer than nothing."""
