"""One-off commands ("close tomorrow afternoon") as layers; the latest command has most say."""

from collections.abc import Iterable

from boundary_plugins.availability_sources.priorities import BY_HAND
from boundary_plugins.core.availability import Availability
from boundary_plugins.store.records import AvailabilityChange, ChangeKind

OPENED = "opened by hand"
CLOSED = "closed by hand"


def override_layers(changes: Iterable[AvailabilityChange]) -> list[Availability]:
    """A layer for each opening and closing that was not undone, the oldest first.

    Older means recorded earlier (a lower id), whatever the clock said; what has no id yet is the newest.
    """
    return [
        Availability(
            OPENED if change.kind is ChangeKind.OPEN else CLOSED,
            BY_HAND,
            change.interval,
            (change.interval,) if change.kind is ChangeKind.OPEN else (),
        )
        for change in sorted(changes, key=_recorded)
        if change.interval is not None and change.undone_at is None
    ]


def _recorded(change: AvailabilityChange) -> tuple[bool, int]:
    return change.id is None, change.id or 0
