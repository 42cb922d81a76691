"""Calendar files on a real disk."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from boundary_files.calendar import IcsCalendar
from boundary_files.settings import IcsCalendarSettings
from boundary_plugins.core.interval import Interval
from boundary_plugins.errors import Unavailable
from boundary_plugins.ports import AbsenceKind, CalendarPeriod
from boundary_plugins.testing.benches import hours
from boundary_plugins.testing.contracts import CalendarBench, CalendarContract
from boundary_plugins.testing.doubles import memory_services
from builders_files import forbidden

DAY = hours(0, 24)


def text(*events: tuple[str, str], more: str = "") -> bytes:
    """A calendar of events from one time of the invented day to another."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Test//EN"]
    for number, (start, end) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}@example.com"]
        lines += [f"DTSTART:20260302T{start}", f"DTEND:20260302T{end}", *more.split(), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def write(path: Path, content: bytes, *, age: int = 10) -> None:
    """A file that was written some seconds ago, so that its stamp can be trusted."""
    path.write_bytes(content)
    at = path.stat().st_mtime_ns - age * 1_000_000_000
    os.utime(path, ns=(at, at))


def calendar(folder: Path, *paths: str, zone: str | None = None) -> IcsCalendar:
    """A calendar over files in a folder."""
    settings = IcsCalendarSettings(paths=tuple(folder / path for path in paths), zone=zone)
    return IcsCalendar(settings, memory_services(folder, name="calendar work"))


def starts(port: IcsCalendar) -> list[str]:
    """When the periods of the day begin."""
    return [one.interval.start.strftime("%H%M") for one in port.contents(DAY).periods]


class FileBench(CalendarBench):
    """A calendar file that somebody edits."""

    def __init__(self, folder: Path) -> None:
        """Begin with a calendar in which nothing stands."""
        self.path = folder / "work.ics"
        self.path.write_bytes(text())
        self.calendar = calendar(folder, "work.ics")

    def enter(self, period: CalendarPeriod) -> None:
        """Write the file anew."""
        times = f"{period.interval.start:%H%M%S}Z", f"{period.interval.end:%H%M%S}Z"
        is_away = period.kind is AbsenceKind.OUT_OF_OFFICE
        self.path.write_bytes(text(times, more="X-MICROSOFT-CDO-BUSYSTATUS:OOF" if is_away else ""))


class TestContract(CalendarContract):
    """The contract of the port."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> FileBench:
        """A file."""
        return FileBench(tmp_path)


def test_a_file_that_does_not_change_is_read_once(tmp_path: Path) -> None:
    """By its stamp: its text is not looked at again."""
    write(tmp_path / "a.ics", text(("100000Z", "110000Z")))
    port = calendar(tmp_path, "a.ics")
    status = (tmp_path / "a.ics").stat()
    first = starts(port)
    (tmp_path / "a.ics").write_bytes(text(("120000Z", "130000Z")))
    os.utime(tmp_path / "a.ics", ns=(status.st_mtime_ns, status.st_mtime_ns))

    assert (first, starts(port)) == (["1000"], ["1000"])


@pytest.mark.parametrize("how", ["time", "size", "inode"])
def test_a_file_that_changed_is_read_again(tmp_path: Path, how: str) -> None:
    """Another time, another size, or another file under the name."""
    path = tmp_path / "a.ics"
    write(path, text(("100000Z", "110000Z")))
    port = calendar(tmp_path, "a.ics")
    starts(port)
    before = path.stat().st_mtime_ns
    later = text(("120000Z", "130000Z"), more="TRANSP:OPAQUE" if how == "size" else "")
    if how == "inode":
        write(tmp_path / "new", later)
        (tmp_path / "new").replace(path)
    else:
        path.write_bytes(later)
    at = before + (how == "time")
    os.utime(path, ns=(at, at))

    assert starts(port) == ["1200"]


def test_a_file_written_just_now_may_change_within_the_same_tick(tmp_path: Path) -> None:
    """Same size, same inode, same time: only a look tells."""
    path = tmp_path / "a.ics"
    write(path, text(("100000Z", "110000Z")), age=-60)
    port = calendar(tmp_path, "a.ics")
    starts(port)
    before = path.stat().st_mtime_ns
    path.write_bytes(text(("120000Z", "130000Z")))
    os.utime(path, ns=(before, before))

    assert starts(port) == ["1200"]


def test_files_and_folders_are_read_together(tmp_path: Path) -> None:
    """Of a folder the .ics files, also in capitals; not what a program is still writing."""
    (tmp_path / "more").mkdir()
    write(tmp_path / "a.ics", text(("080000Z", "083000Z")))
    write(tmp_path / "more" / "b.ics", text(("100000Z", "110000Z")))
    write(tmp_path / "more" / "c.ICS", text(("120000Z", "130000Z")))
    write(tmp_path / "more" / "d.txt", text(("140000Z", "150000Z")))
    write(tmp_path / "more" / ".e.ics", text(("160000Z", "170000Z")))

    assert starts(calendar(tmp_path, "a.ics", "more")) == ["0800", "1000", "1200"]


def test_a_file_that_leaves_its_folder_is_gone(tmp_path: Path) -> None:
    """As when an event is deleted in a folder of single events."""
    write(tmp_path / "a.ics", text(("080000Z", "083000Z")))
    write(tmp_path / "b.ics", text(("100000Z", "110000Z")))
    port = calendar(tmp_path, ".")
    before = starts(port)
    (tmp_path / "a.ics").unlink()

    assert (before, starts(port)) == (["0800", "1000"], ["1000"])


def test_a_file_that_is_no_calendar_is_set_aside_and_the_rest_is_used(tmp_path: Path) -> None:
    """Its name is told."""
    write(tmp_path / "a.ics", b"<html>Please sign in</html>")
    write(tmp_path / "b.ics", text(("100000Z", "110000Z")))

    contents = calendar(tmp_path, "a.ics", "b.ics").contents(DAY)

    assert len(contents.periods) == 1
    assert contents.set_aside == ("a.ics: it is not a calendar",)


def test_a_half_written_file_keeps_what_it_said_last(tmp_path: Path) -> None:
    """And says so, until it is whole."""
    path = tmp_path / "a.ics"
    whole = text(("100000Z", "110000Z"), ("120000Z", "130000Z"))
    write(path, text(("080000Z", "090000Z")))
    port = calendar(tmp_path, "a.ics")
    starts(port)

    write(path, whole[: len(whole) // 2], age=9)
    half = port.contents(DAY)
    write(path, whole, age=8)

    assert len(half.periods) == 1
    assert half.set_aside == ("a.ics: it is being written or was cut off; what it said before is used",)
    assert starts(port) == ["1000", "1200"]
    assert port.contents(DAY).set_aside == ()


def test_a_file_that_is_not_there_makes_the_calendar_unavailable(tmp_path: Path) -> None:
    """An absence may stand in it; also where it vanished later."""
    port = calendar(tmp_path, "a.ics")

    with pytest.raises(Unavailable) as caught:
        port.contents(DAY)
    write(tmp_path / "a.ics", text(("100000Z", "110000Z")))
    assert starts(port) == ["1000"]
    (tmp_path / "a.ics").unlink()
    with pytest.raises(Unavailable):
        port.contents(DAY)

    assert f"calendar work: there is no calendar file at {tmp_path / 'a.ics'}" == str(caught.value)


def test_a_file_that_may_not_be_read_makes_the_calendar_unavailable(tmp_path: Path) -> None:
    """In one sentence."""
    write(tmp_path / "a.ics", text())
    port = calendar(tmp_path, "a.ics")

    with (
        forbidden(tmp_path / "a.ics"),
        pytest.raises(Unavailable, match=r"a\.ics may not be read by this user$"),
    ):
        port.contents(DAY)


def test_a_loop_of_links_makes_the_calendar_unavailable(tmp_path: Path) -> None:
    """Any other trouble of the disk."""
    (tmp_path / "a.ics").symlink_to(tmp_path / "a.ics")

    with pytest.raises(Unavailable, match=r"a\.ics cannot be read \("):
        calendar(tmp_path, "a.ics").contents(DAY)


@pytest.mark.parametrize("zone, start", [(None, "0900"), ("America/New_York", "1400")])
def test_a_time_without_a_zone_is_meant_in_the_configured_one(
    tmp_path: Path, zone: str | None, start: str
) -> None:
    """Else in the practice's, which is UTC here."""
    write(tmp_path / "a.ics", text(("090000", "100000")))

    assert starts(calendar(tmp_path, "a.ics", zone=zone)) == [start]


def test_a_zone_that_nobody_knows_is_refused() -> None:
    """With what is allowed."""
    with pytest.raises(ValidationError, match="allowed: an IANA time zone"):
        IcsCalendarSettings(paths=(Path("a.ics"),), zone="Eastern Standard Time")


def test_only_what_touches_the_question_is_told(tmp_path: Path) -> None:
    """From one memory, many questions."""
    write(tmp_path / "a.ics", text(("100000Z", "110000Z")))
    port = calendar(tmp_path, "a.ics")
    other = Interval(datetime(2026, 4, 1, tzinfo=UTC), datetime(2026, 4, 2, tzinfo=UTC))

    assert port.contents(other).periods == ()
    assert starts(port) == ["1000"]
