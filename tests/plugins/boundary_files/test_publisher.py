"""Publishing into a file on a real disk."""

import resource
import signal
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from boundary_files.publisher import IcsPublisher
from boundary_files.settings import IcsPublisherSettings
from boundary_plugins.core.availability import Window
from boundary_plugins.errors import Refused, Unavailable
from boundary_plugins.testing.benches import hours, invented_publication
from boundary_plugins.testing.contracts import PublisherBench, PublisherContract
from boundary_plugins.testing.doubles import memory_services
from builders_files import forbidden
from builders_publication import BETWEEN, away


def publisher(path: Path, absences: Literal["this week", "all weeks"] = "this week") -> IcsPublisher:
    """A publisher to one file."""
    settings = IcsPublisherSettings(path=path, absences=absences)
    return IcsPublisher(settings, memory_services(path.parent, name="publisher page"))


class FileBench(PublisherBench):
    """A file that anybody may read."""

    def __init__(self, folder: Path) -> None:
        """Begin with an empty folder."""
        self.path = folder / "page.ics"
        self.publisher = publisher(self.path)

    def seen(self) -> bytes | None:
        """The file."""
        return self.path.read_bytes() if self.path.exists() else None


class TestContract(PublisherContract):
    """The contract of the port."""

    @pytest.fixture
    def bench(self, tmp_path: Path) -> FileBench:
        """A file."""
        return FileBench(tmp_path)


def test_what_is_the_same_is_not_touched(tmp_path: Path) -> None:
    """A web server's cache and a backup see no change."""
    path = tmp_path / "page.ics"
    publisher(path).publish(invented_publication())
    before = path.stat()

    assert not publisher(path).publish(invented_publication())
    assert (before.st_ino, before.st_mtime_ns) == (path.stat().st_ino, path.stat().st_mtime_ns)


def test_a_new_busy_time_shows(tmp_path: Path) -> None:
    """Free and busy follow the calendars."""
    path = tmp_path / "page.ics"
    publisher(path).publish(invented_publication())

    assert publisher(path).publish(invented_publication(busy=(hours(10, 11),)))


def test_a_reader_sees_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """It is replaced, not written over; nothing is left beside it."""
    path = tmp_path / "page.ics"
    publisher(path).publish(invented_publication())
    with path.open("rb") as reader:
        publisher(path).publish(invented_publication(busy=(hours(10, 11),)))

        assert reader.read().endswith(b"END:VCALENDAR\r\n")
    assert [path] == list(tmp_path.iterdir())


def test_the_permissions_that_somebody_gave_stay(tmp_path: Path) -> None:
    """A new file can be read by a web server."""
    path = tmp_path / "page.ics"
    publisher(path).publish(invented_publication())
    fresh = path.stat().st_mode & 0o777
    path.chmod(0o640)
    publisher(path).publish(invented_publication(busy=(hours(10, 11),)))

    assert fresh & 0o400
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """The file that it points to is written."""
    (tmp_path / "web").mkdir()
    (tmp_path / "page.ics").symlink_to(tmp_path / "web" / "real.ics")
    publisher(tmp_path / "page.ics").publish(invented_publication())

    assert (tmp_path / "page.ics").is_symlink()
    assert (tmp_path / "web" / "real.ics").is_file()


def test_a_calendar_of_somebody_else_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    """A slip in the configuration must not cost a therapist the calendar."""
    path = tmp_path / "my.ics"
    own = b"BEGIN:VCALENDAR\r\nPRODID:-//Example//EN\r\nEND:VCALENDAR\r\n"
    path.write_bytes(own)

    with pytest.raises(Refused, match="is not a file that this program wrote"):
        publisher(path).publish(invented_publication())
    publisher(path).remove()

    assert own == path.read_bytes()


def test_a_file_that_broke_off_is_written_anew(tmp_path: Path) -> None:
    """An empty one, or a part of one of ours."""
    path = tmp_path / "page.ics"
    path.touch()
    assert publisher(path).publish(invented_publication())
    whole = path.read_bytes()
    path.write_bytes(whole[:200])

    assert publisher(path).publish(invented_publication())
    assert whole == path.read_bytes()


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    """It is not made: it may be a disk that is not mounted."""
    path = tmp_path / "web" / "page.ics"

    with pytest.raises(Unavailable) as caught:
        publisher(path).publish(invented_publication())
    publisher(path).remove()

    assert f"publisher page: the folder of {path} does not exist" == str(caught.value)


def test_a_folder_in_its_place_is_one_sentence(tmp_path: Path) -> None:
    """With what is allowed."""
    with pytest.raises(Unavailable, match="is a folder; allowed: a file"):
        IcsPublisher(
            IcsPublisherSettings(path=tmp_path), memory_services(tmp_path, name="publisher page")
        ).publish(invented_publication())


def test_a_folder_that_may_not_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """In one sentence."""
    path = tmp_path / "page.ics"
    port = publisher(path)
    port.publish(invented_publication())
    before = path.read_bytes()

    with forbidden(tmp_path), pytest.raises(Unavailable, match="may not be written by this user"):
        port.publish(invented_publication(busy=(hours(10, 11),)))

    assert before == path.read_bytes()


def test_a_disk_that_takes_no_more_leaves_the_old_file(tmp_path: Path) -> None:
    """A real limit of the system on the size of files; nothing is left beside the old one."""
    path = tmp_path / "page.ics"
    publisher(path).publish(invented_publication())
    before = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))

    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            publisher(path).publish(invented_publication(busy=(hours(10, 11),)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)

    assert before == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_all_weeks_are_shown_where_the_therapist_says_so(tmp_path: Path) -> None:
    """The absence then is a part of the busy time throughout."""
    publication = replace(away(), windows=(Window(BETWEEN, True, ("weekly hours",)),))
    publisher(tmp_path / "week.ics").publish(publication)
    publisher(tmp_path / "all.ics", "all weeks").publish(publication)

    assert b"/20260329T220000Z" in (tmp_path / "week.ics").read_bytes()
    assert b"FREEBUSY;FBTYPE=BUSY:20260324T230000Z/20260421T220000Z" in (tmp_path / "all.ics").read_bytes()
