"""A calendar over iCalendar files: read again when they change, kept in memory while they do not."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from boundary_files.settings import IcsCalendarSettings
from boundary_plugins import (
    CalendarContents,
    CalendarFile,
    Interval,
    Services,
    Unavailable,
    is_whole_calendar,
    open_calendar,
)

# What tells that a file was changed: its time in nanoseconds, its size, and its inode.
Stamp = tuple[int, int, int]
# In nanoseconds: two changes within one tick of a file system's clock bear the same time.
CLOCK_TICK = 50_000_000


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A file as it was read last; `note` where something other than its present text is used.

    `stamp` is None where the file was so new that a further change might not show in it.
    """

    stamp: Stamp | None
    file: CalendarFile
    note: str = ""


class IcsCalendar:
    """The port `Calendar` over files. It never writes, locks or touches any of them."""

    def __init__(self, settings: IcsCalendarSettings, services: Services) -> None:
        """Open nothing yet: each question looks at the files."""
        self._paths = tuple(services.path(str(path)) for path in settings.paths)
        self._zone = settings.zone or services.zone
        self._name = services.name or "calendar"
        self._remembered: dict[Path, _Remembered] = {}

    def contents(self, between: Interval) -> CalendarContents:
        """Every occurrence of every file that touches the interval.

        A part that cannot be read is set aside and the rest is used. Raises Unavailable where a
        configured file or folder is not there, or a file may not be read: an absence could hide in it.
        """
        current: dict[Path, _Remembered] = {}
        for path in self._paths:
            for file in self._files(path):
                remembered = self._read(file, is_named=file == path)
                if remembered is not None:
                    current[file] = remembered
        self._remembered = current
        parts = [(one.note, one.file.between(between)) for one in current.values()]
        return CalendarContents(
            periods=tuple(period for _, part in parts for period in part.periods),
            availabilities=tuple(layer for _, part in parts for layer in part.availabilities),
            set_aside=tuple(line for note, part in parts for line in (note, *part.set_aside) if line),
        )

    def close(self) -> None:
        """Forget what was read."""
        self._remembered = {}

    def _files(self, path: Path) -> tuple[Path, ...]:
        """The file itself, or the .ics files of a folder in the order of their names."""
        try:
            if not path.is_dir():
                return (path,)
            found = (entry for entry in path.iterdir() if entry.suffix.lower() == ".ics")
            # A name that begins with a dot is one that some program is still writing.
            return tuple(sorted(entry for entry in found if not entry.name.startswith(".")))
        except OSError as error:
            raise self._unavailable(path, error) from None

    def _read(self, path: Path, *, is_named: bool) -> _Remembered | None:
        """The file as it is, from memory where it did not change; None where it left its folder."""
        before = self._remembered.get(path)
        try:
            with path.open("rb") as file:
                stamp = _stamp(file.fileno())
                if before is not None and before.stamp == stamp:
                    return before
                data = file.read()
                settled = stamp if time.time_ns() - stamp[0] > CLOCK_TICK else None
        except FileNotFoundError as error:
            if is_named:
                raise self._unavailable(path, error) from None
            return None
        except OSError as error:
            raise self._unavailable(path, error) from None
        if before is not None and not is_whole_calendar(data):
            note = f"{path.name}: it is being written or was cut off; what it said before is used"
            return _Remembered(settled, before.file, note)
        return _Remembered(settled, open_calendar(data, zone=self._zone, name=path.name))

    def _unavailable(self, path: Path, error: OSError) -> Unavailable:
        """One sentence about a file or folder that cannot be read."""
        if isinstance(error, FileNotFoundError):
            return Unavailable(self._name, f"there is no calendar file at {path}")
        if isinstance(error, PermissionError):
            return Unavailable(self._name, f"{path} may not be read by this user")
        return Unavailable(self._name, f"{path} cannot be read ({error.strerror})")


def _stamp(descriptor: int) -> Stamp:
    """What tells one state of an open file from another."""
    status = os.fstat(descriptor)
    return status.st_mtime_ns, status.st_size, status.st_ino
