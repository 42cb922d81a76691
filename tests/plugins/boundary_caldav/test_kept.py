"""What is remembered of a calendar, in a file that may be missing, foreign or refused by the disk."""

from pathlib import Path

from boundary_caldav.kept import Entry, Keeper, Kept
from boundary_plugins.testing.doubles import MemoryLog
from builders_files import forbidden

KEPT = Kept("place", None, {"7d1c2f": Entry('"1"', "BEGIN:VCALENDAR")})


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    """And nothing lies beside it."""
    keeper = Keeper(tmp_path / "calendar.json", "work", MemoryLog())
    keeper.save(Kept())
    keeper.save(KEPT)

    assert KEPT == Keeper(tmp_path / "calendar.json", "work", MemoryLog()).load()
    assert ["calendar.json"] == [path.name for path in tmp_path.iterdir()]


def test_what_was_kept_of_another_calendar_is_not_found(tmp_path: Path) -> None:
    """The configuration may name another one."""
    Keeper(tmp_path / "calendar.json", "work", MemoryLog()).save(KEPT)

    assert Kept() == Keeper(tmp_path / "calendar.json", "home", MemoryLog()).load()


def test_a_disk_that_refuses_is_told_and_harms_nothing(tmp_path: Path) -> None:
    """The next start reads everything."""
    log = MemoryLog()
    keeper = Keeper(tmp_path / "calendar.json", "work", log)

    with forbidden(tmp_path):
        keeper.save(KEPT)

    assert Kept() == keeper.load()
    assert ["what was read of the calendar cannot be kept"] == [event for _, event, _ in log.lines]
