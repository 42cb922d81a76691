"""The ordinary week of the configuration, changed and put back so that file and store always agree."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from boundary_plugins.config.edit import set_weekly_hours
from boundary_plugins.config.schema import Config
from boundary_plugins.core.hours_grammar import DAY_NAMES, WeeklyHours, parse_weekly
from boundary_plugins.errors import BoundaryError, ConfigError, StoreError, UsageProblem
from boundary_plugins.store.records import AvailabilityChange
from boundary_plugins.store.repository import Store, Transaction

WEEKLY = ("hours", "weekly")


def parsed_week(said: str) -> WeeklyHours:
    """The week. Raises UsageProblem with what is allowed."""
    try:
        return parse_weekly(said)
    except ValueError as error:
        raise UsageProblem(f"{error}; nothing was changed") from None


def surprises_of_week(week: WeeklyHours) -> Iterator[str]:
    """Sentences about what a person may not have meant."""
    for name, hours in zip(DAY_NAMES, week.days, strict=True):
        for window in hours:
            if window.minutes[1] > 24 * 60:
                yield f"The hours of {name.capitalize()} go over midnight, until {window.end:%H:%M}."
    if not any(week.days):
        yield "No day has any hours: you would never be reached."


def change_week(config: Config, store: Store, change: AvailabilityChange) -> int:
    """Record the change and write it into the file; its number.

    Raises ConfigError or StoreError, with the file and the store as they were before.
    """
    numbers: list[int] = []
    _both(
        config,
        store,
        change.made_at,
        record=lambda tx: numbers.append(tx.add_availability_change(change)),
        before=change.previous_weekly or "",
        after=change.weekly or "",
    )
    return numbers[0]


def put_week_back(config: Config, store: Store, change: AvailabilityChange, at: datetime) -> None:
    """Record that the change is undone and put the week before it back into the file.

    Raises UsageProblem where the week was changed since, ConfigError or StoreError; then nothing is undone.
    """
    if config.hours.weekly != change.weekly:
        raise UsageProblem(
            f"the weekly hours in {config.place.file} were changed since (line {config.place.line(WEEKLY)}), "
            "so they stay as they are; nothing was undone"
        )
    _both(
        config,
        store,
        at,
        record=lambda tx: tx.undo_availability_change(at, change.id),
        before=change.weekly or "",
        after=change.previous_weekly or "",
    )


def _both(
    config: Config,
    store: Store,
    at: datetime,
    *,
    record: Callable[[Transaction], object],
    before: str,
    after: str,
) -> None:
    """Record in the store and write the file, or neither.

    The file is written last within the transaction: where it cannot be, nothing is recorded. Where the
    commit itself fails, the text from before is put back.
    """
    path, is_written = Path(config.place.file), False
    try:
        with store.transaction(at, check_clock=False) as tx:
            record(tx)
            set_weekly_hours(path, after, instead_of=before)
            is_written = True
    except BaseException as error:
        if is_written:
            _put_back(path, before, after, error)
        raise


def _put_back(path: Path, before: str, after: str, error: BaseException) -> None:
    """Put the text from before back, and say so. Raises StoreError, whose sentence tells how it stands."""
    because = str(error) if isinstance(error, BoundaryError) else "the store could not be written"
    try:
        set_weekly_hours(path, before, instead_of=after)
    except ConfigError as problem:
        raise StoreError(
            f'{because}; the change is not recorded, and the hours from before ("{before}") could not be '
            f"put back: {problem}"
        ) from None
    if isinstance(error, BoundaryError):
        raise StoreError(f"{because}; {path.name} was put back as it was, nothing is changed") from None
