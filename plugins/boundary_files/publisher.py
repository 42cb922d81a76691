"""A publisher that writes availability into a calendar file, whole or not at all."""

import contextlib
import errno
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from boundary_files.settings import IcsPublisherSettings
from boundary_plugins import (
    Condition,
    Examined,
    Interval,
    Publication,
    Refused,
    Services,
    Unavailable,
    Window,
    difference,
    intersection,
    is_publication,
    write_availability,
)

_SENTENCES = {
    errno.ENOENT: "the folder of {} does not exist",
    errno.ENOTDIR: "the folder of {} is not a folder",
    errno.EISDIR: "{} is a folder; allowed: a file",
    errno.EACCES: "{} may not be written by this user",
    errno.EPERM: "{} may not be written by this user",
    errno.EROFS: "{} is on a disk that cannot be written",
    errno.ENOSPC: "the disk of {} is full",
    errno.EDQUOT: "the disk of {} is full for this user",
}


class IcsPublisher:
    """The port `Publisher` over one file, which it alone writes."""

    def __init__(self, settings: IcsPublisherSettings, services: Services) -> None:
        """Open nothing yet: a folder that is not there may come."""
        self._path = services.path(str(settings.path))
        self._absences = settings.absences
        self._name = services.name or "publisher"

    def publish(self, publication: Publication) -> bool:
        """Write the file where it would differ; True where it was written.

        Raises Unavailable where it cannot be written, with the old file as it was, and Refused where
        the file there is not one of ours.
        """
        if self._absences == "this week":
            publication = shown_this_week(publication)
        content = write_availability(publication)
        try:
            before = self._read()
            if before == content:
                return False
            if before and not is_publication(before):
                problem = f"{self._path} is not a file that this program wrote, so it is left as it is"
                raise Refused(self._name, problem)
            _replace(Path(os.path.realpath(self._path)), content)
        except OSError as error:
            raise self._unavailable(error) from None
        return True

    def remove(self) -> None:
        """Delete the file where it is one of ours."""
        try:
            before = self._read()
            if before and is_publication(before):
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unavailable(error) from None

    def examine(self) -> tuple[Examined, ...]:
        """Whether the file could be written, by looking at its folder and at what lies there."""
        part, folder = "file", Path(os.path.realpath(self._path)).parent
        try:
            before = self._read()
            if not folder.is_dir():
                raise FileNotFoundError(errno.ENOENT, "")
            if not os.access(folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "")
        except OSError as error:
            found = str(self._unavailable(error)).removeprefix(f"{self._name}: ")
            return (Examined(part, Condition.BROKEN, found, "see that this user may write there"),)
        if before and not is_publication(before):
            found = f"{self._path} is not a file that this program wrote, so it is left as it is"
            return (Examined(part, Condition.BROKEN, found, "name another file, or move that one away"),)
        written = "was written before" if before else "can be written"
        return (Examined(part, Condition.OK, f"{self._path} {written}"),)

    def close(self) -> None:
        """Nothing stays open."""

    def _read(self) -> bytes | None:
        """What the file says now; None where there is none."""
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return None

    def _unavailable(self, error: OSError) -> Unavailable:
        """One sentence about a file that cannot be written."""
        sentence = _SENTENCES.get(error.errno or 0)
        if sentence is None:
            sentence = f"{{}} cannot be written ({error.strerror})"
        return Unavailable(self._name, sentence.format(self._path))


def shown_this_week(publication: Publication) -> Publication:
    """The publication without the absences after the current week, Monday to Sunday in its own zone.

    So the world does not learn weeks ahead when nobody is home. Where the publication knows the usual
    windows, those stand after the week; else an absence still shows as closed.
    """
    zone = ZoneInfo(publication.zone)
    today = publication.as_of.astimezone(zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    week_ends = datetime.combine(monday, time(), zone).astimezone(UTC)
    week = Interval(min(publication.between.start, week_ends - timedelta(days=7)), week_ends)
    later = difference([publication.between], [week])
    usual = publication.usual or publication.windows
    return replace(
        publication,
        absences=intersection(publication.absences, [week]),
        windows=(*_within(publication.windows, [week]), *_within(usual, later)),
    )


def _within(windows: Iterable[Window], times: Sequence[Interval]) -> Iterator[Window]:
    """The windows, clipped to the times."""
    for window in windows:
        for interval in intersection([window.interval], times):
            yield replace(window, interval=interval)


def _replace(path: Path, content: bytes) -> None:
    """Write beside the file, to the disk, then rename: a reader sees the old file or the new one."""
    beside = path.with_name(f".{path.name}.boundary-new")
    beside.unlink(missing_ok=True)
    try:
        _write(beside, content, _mode(path))
        beside.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _write(path: Path, content: bytes, mode: int | None) -> None:
    """A new file on the disk; readable for all, as a web server's user must read it, unless `mode`."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(descriptor, "wb") as file:
        if mode is not None:
            os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _mode(path: Path) -> int | None:
    """The permissions that somebody may have given the file."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return None


def _sync_folder(folder: Path) -> None:
    """Make the rename last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
