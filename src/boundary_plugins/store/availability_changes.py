"""One-off changes of availability, with who made them and when, so that they can be undone."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from boundary_plugins.core.interval import Interval
from boundary_plugins.store.records import AvailabilityChange, ChangeKind
from boundary_plugins.store.session import Reads, Writes
from boundary_plugins.store.tables import availability_changes

_TABLE = availability_changes


class AvailabilityReads(Reads):
    """Reading the changes."""

    def availability_changes(
        self, *, include_undone: bool = False, ends_after: datetime | None = None
    ) -> list[AvailabilityChange]:
        """The changes, oldest first; `ends_after` leaves out what is over (and every SET)."""
        query = sa.select(_TABLE).where(_TABLE.c.therapist == self.therapist).order_by(_TABLE.c.id)
        if not include_undone:
            query = query.where(_TABLE.c.undone_at.is_(None))
        if ends_after is not None:
            query = query.where(_TABLE.c.ends_at > ends_after)
        with self._database.read() as connection:
            return [_change(row) for row in connection.execute(query)]


class AvailabilityWrites(Writes):
    """Making and undoing changes."""

    def add_availability_change(self, change: AvailabilityChange) -> int:
        """Record a change; its id."""
        interval = change.interval
        row = sa.insert(_TABLE).values(
            therapist=self.therapist,
            kind=change.kind.value,
            starts_at=None if interval is None else interval.start,
            ends_at=None if interval is None else interval.end,
            said=change.said,
            zone=change.zone,
            made_by=change.made_by,
            made_at=change.made_at,
            previous_weekly=change.previous_weekly,
            weekly=change.weekly,
        )
        return int(self.connection.scalar(row.returning(_TABLE.c.id)) or 0)

    def undo_availability_change(
        self, at: datetime, change_id: int | None = None
    ) -> AvailabilityChange | None:
        """Undo one change, or the last that stands; what was undone, None where there is no such.

        Of a SET the caller puts `previous_weekly` back into the configuration.
        """
        standing = [_TABLE.c.therapist == self.therapist, _TABLE.c.undone_at.is_(None)]
        if change_id is not None:
            standing.append(_TABLE.c.id == change_id)
        last = sa.select(sa.func.max(_TABLE.c.id)).where(*standing).scalar_subquery()
        change = sa.update(_TABLE).where(_TABLE.c.id == last).values(undone_at=at).returning(_TABLE)
        row = self.connection.execute(change).one_or_none()
        return None if row is None else _change(row)


def _change(row: Any) -> AvailabilityChange:
    """A change as a value."""
    return AvailabilityChange(
        kind=ChangeKind(row.kind),
        interval=None if row.starts_at is None else Interval(row.starts_at, row.ends_at),
        said=row.said,
        zone=row.zone,
        made_by=row.made_by,
        made_at=row.made_at,
        previous_weekly=row.previous_weekly,
        weekly=row.weekly,
        undone_at=row.undone_at,
        id=row.id,
    )
